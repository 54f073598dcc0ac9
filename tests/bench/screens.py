"""Server time of every screen, warm and cold, and the time from the start of the server to its first page."""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
from sqlalchemy import select

from models.database import engine, reading
from models.tables import CaseFile
from tests.bench.browserless import BETWEEN_RUNS, Server, Tab, patuh, server, tab
from tests.bench.figures import Figure, time_figure

RERUN_BUDGET = 0.060  # on the sample year
LARGE_BUDGET = 0.040  # what is aimed at, on 100,000 steps
COLD_BUDGET = 0.150
START_BUDGET = 2.0
FIRST_PAGE_BUDGET = 0.3
RUNS, STARTS = 25, 3
OTHERS_TOO = "Juga yang menunggu peran lain"


@dataclass(frozen=True, slots=True)
class Screen:
    """A screen by its address, and who looks at it; `toggle` is switched on first."""

    name: str
    path: str
    query: str = ""
    username: str = "sekretaris"
    toggle: str = ""


def screens(folder: Path) -> list[Screen]:
    """All screens; the cases are the ones with the most in them: open, the oldest of each SOP."""
    escort, complaint = (_oldest_open(folder, code) for code in ("pengawalan", "pengaduan"))
    return [
        Screen("Ringkasan", "ringkasan", username="pimpinan"),
        Screen("Tugas", "tugas", username="hukum"),
        Screen("Tugas, everybody's", "tugas", toggle=OTHERS_TOO),
        Screen("Pengawalan", "pengawalan"),
        Screen("Pengaduan", "pengaduan"),
        Screen("an escort", "berkas", f"id={escort}"),
        Screen("a complaint", "berkas", f"id={complaint}"),
        Screen("new escort", "baru", "sop=pengawalan"),
        Screen("new complaint", "baru", "sop=pengaduan"),
        Screen("Laporan, pengawalan", "laporan", "sop=pengawalan"),
        Screen("Laporan, pengaduan", "laporan", "sop=pengaduan"),
        Screen("SOP", "sop"),
        Screen("Pengguna", "pengguna", username="admin"),
        Screen("Akun", "akun"),
    ]


def _oldest_open(folder: Path, code: str) -> int:
    store = engine(f"sqlite:///{folder / 'patuh.db'}")
    try:
        with reading(store) as connection:
            query = select(CaseFile.id).where(CaseFile.code == code, CaseFile.closed_at.is_(None))
            return connection.execute(query.order_by(CaseFile.received_at).limit(1)).scalar_one()
    finally:
        store.dispose()


def measure(folder: Path) -> Iterator[Figure]:
    """Build the sample year in `folder` and measure."""
    patuh(folder, "demo", "--build-only")
    folder = folder / "contoh"
    starts, first_pages = [], []
    for _ in range(STARTS):
        with server(folder) as started:
            starts.append(started.started_in)
            first_pages.append(first_page(started))
    yield time_figure("start to healthy", at="sample year", seconds=starts, must=START_BUDGET)
    yield time_figure("first page after start", at="sample year", seconds=first_pages, must=FIRST_PAGE_BUDGET)
    with server(folder) as started:
        yield from reruns(started, folder, at="sample year")


def first_page(started: Server) -> float:
    """From asking for the page to the end of the first run of Ringkasan, in seconds."""
    cookie = started.sign_in("pimpinan")
    began = time.perf_counter()
    httpx.get(f"{started.url}/ringkasan", cookies={"patuh_session": cookie}).raise_for_status()
    with tab(started, cookie) as page:
        page.open("ringkasan")
        return time.perf_counter() - began


def reruns(
    started: Server, folder: Path, *, at: str, must: float = RERUN_BUDGET, runs: int = RUNS
) -> Iterator[Figure]:
    """Every screen warm, then Ringkasan with all caches emptied before each run."""
    shown = screens(folder)
    cookies = {name: started.sign_in(name) for name in {screen.username for screen in shown}}
    for screen in shown:
        with tab(started, cookies[screen.username]) as page:
            times = warm_reruns(page, screen, runs)
        yield time_figure(f"warm rerun: {screen.name}", at=at, seconds=times, must=must, judged_by=0.95)
    with tab(started, cookies["pimpinan"]) as page:
        page.open("ringkasan")
        times = [_cold(page) for _ in range(runs)]
    yield time_figure("Ringkasan, nothing cached", at=at, seconds=times, must=COLD_BUDGET)


def warm_reruns(page: Tab, screen: Screen, runs: int) -> list[float]:
    """Seconds of each rerun once the screen is open."""
    page.open(screen.path, screen.query)
    if screen.toggle:
        page.switched_on.add(screen.toggle)
    for _ in range(2):
        page.rerun()
    times = []
    for _ in range(runs):
        time.sleep(BETWEEN_RUNS)
        times.append(page.rerun())
    return times


def _cold(page: Tab) -> float:
    page.forget()
    time.sleep(BETWEEN_RUNS)
    return page.rerun()
