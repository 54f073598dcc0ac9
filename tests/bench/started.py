"""The sample year: the time from the start of the server to its first page; reruns of one server."""

import time
from collections.abc import Iterator
from pathlib import Path

import httpx

from tests.bench.browserless import Server, patuh, server, tab
from tests.bench.figures import RUNS, Figure, best_of, time_figure
from tests.bench.screens import OVERVIEW, Screen, cold_rerun, open_warm, warm_rerun

AT = "sample year"
START_BUDGET, FIRST_PAGE_BUDGET = 2.0, 0.3
WARM_BUDGET, COLD_BUDGET = 0.040, 0.150
STARTS, WARM_RUNS, COLD_RUNS = 5, 20, 7


def measure(folder: Path) -> Iterator[Figure]:
    """Build the sample year in `folder` and measure."""
    patuh(folder, "demo", "--build-only")
    folder = folder / "contoh"
    starts, first_pages = [], []
    for _ in range(STARTS):
        with server(folder) as started:
            starts.append(started.started_in)
            first_pages.append(_first_page(started))
    yield time_figure("start to healthy", at=AT, seconds=starts, must=START_BUDGET)
    yield time_figure("first page after start", at=AT, seconds=first_pages, must=FIRST_PAGE_BUDGET)


def _first_page(started: Server) -> float:
    """From asking for the page to the end of the first run of Ringkasan, in seconds."""
    cookie = started.sign_in("pimpinan")
    began = time.perf_counter()
    httpx.get(f"{started.url}/ringkasan", cookies={"patuh_session": cookie}).raise_for_status()
    with tab(started, cookie) as page:
        page.open("ringkasan")
        return time.perf_counter() - began


def reruns(started: Server, shown: list[Screen], *, at: str) -> Iterator[Figure]:
    """Every screen warm, then Ringkasan with all caches emptied before each run."""
    names = sorted({screen.username for screen in shown})
    cookies = {name: started.sign_in(name) for name in names}
    for screen in shown:
        with tab(started, cookies[screen.username]) as page:
            open_warm(page, screen)
            runs = [[warm_rerun(page) for _ in range(WARM_RUNS)] for _ in range(RUNS)]
        yield best_of(f"warm rerun: {screen.name}", at=at, runs=runs, must=WARM_BUDGET, judged_by=0.95)
    with tab(started, cookies[OVERVIEW.username]) as page:
        page.open(OVERVIEW.path)
        times = [cold_rerun(page) for _ in range(COLD_RUNS)]
    yield time_figure("Ringkasan, nothing cached", at=at, seconds=times, must=COLD_BUDGET)
