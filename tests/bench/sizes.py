"""Every screen in offices of 1 k, 100 k and 1 M rounds of steps on SQLite, their servers side by side.

The reruns of one screen go round the three servers in turn: what the machine does besides burdens all alike, so that
the ratio of the largest office to the smallest is that of the program. The ratio is of the medians.
"""

import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from sqlalchemy import Connection

from models.access import Actor, Role
from models.database import reading
from models.queries.compliance import step_counts
from models.queries.sops import readable
from tests.bench import large_office
from tests.bench.browserless import Server, Tab, server, tab
from tests.bench.figures import RUNS, Figure, best_of, spoken, time_figure
from tests.bench.large_office import ONE_HUNDRED_THOUSAND, ONE_MILLION, ONE_THOUSAND
from tests.bench.screens import COMPLIANCE, OVERVIEW, Screen, cold_rerun, open_warm, screens, warm_rerun
from tests.conftest import NOW

SIZES = (ONE_THOUSAND, ONE_HUNDRED_THOUSAND, ONE_MILLION)
SMALLEST, MIDDLE, LARGEST = (size.name for size in SIZES)
WARM_BUDGET = 0.040
GROWTH_BUDGET = 1.5
COLD_BUDGETS = {SMALLEST: 0.150, MIDDLE: 0.150, LARGEST: 0.400}
WARM_RUNS, COLD_RUNS = 20, 7
SOMEONE = Actor(1, "Sekretaris", frozenset({Role.SEKRETARIS}))


@dataclass(frozen=True)
class Office:
    """A running office: its server, its screens, and who has signed in."""

    started: Server
    screens: Mapping[str, Screen]
    cookies: Mapping[str, str]


def measure(folder: Path) -> Iterator[Figure]:
    """Build the three offices in `folder` and measure."""
    for size in SIZES:
        yield from _built(folder / _place(size.name), size)
    with ExitStack() as stack:
        offices = {size.name: _started(stack, folder / _place(size.name)) for size in SIZES}
        for name in offices[MIDDLE].screens:
            yield from _warm(offices, name)
        for screen in (OVERVIEW, *COMPLIANCE):
            yield from _cold(offices, screen)


def _place(name: str) -> str:
    return name.replace(" ", "")


def _built(place: Path, size: large_office.Size) -> Iterator[Figure]:
    began = time.perf_counter()
    store = large_office.build(place, size)
    took = time.perf_counter() - began
    try:
        rounds = f"{large_office.round_count(store):,} rounds"
        yield Figure("building the office", size.name, "", f"{spoken(took)}, {rounds}", None)
        seconds = []
        for _ in range(COLD_RUNS):
            began = time.perf_counter()
            with reading(store) as connection:
                _count(connection)
            seconds.append(time.perf_counter() - began)
        yield time_figure("step_counts, both SOPs, a year", at=size.name, seconds=seconds, must=None)
    finally:
        store.dispose()


def _count(connection: Connection) -> None:
    for sop in readable(connection, SOMEONE, NOW.date()):
        step_counts(connection, actor=SOMEONE, sop=sop, months=(202601, 202612), as_of=NOW)


def _started(stack: ExitStack, place: Path) -> Office:
    started = stack.enter_context(server(place, clock=NOW))
    shown = {screen.name: screen for screen in screens(place)}
    names = {screen.username for screen in shown.values()}
    return Office(started, shown, {name: started.sign_in(name) for name in names})


def _tabs(stack: ExitStack, offices: Mapping[str, Office], username: str) -> dict[str, Tab]:
    return {
        size: stack.enter_context(tab(office.started, office.cookies[username]))
        for size, office in offices.items()
    }


def _warm(offices: Mapping[str, Office], name: str) -> Iterator[Figure]:
    runs: list[dict[str, list[float]]] = [{size: [] for size in offices} for _ in range(RUNS)]
    with ExitStack() as stack:
        pages = _tabs(stack, offices, offices[MIDDLE].screens[name].username)
        for size, page in pages.items():
            open_warm(page, offices[size].screens[name])
        for times in runs:
            for _ in range(WARM_RUNS):
                for size, page in pages.items():
                    times[size].append(warm_rerun(page))
    what = f"warm rerun: {name}"
    middle = [times[MIDDLE] for times in runs]
    yield best_of(what, at=MIDDLE, runs=middle, must=WARM_BUDGET, judged_by=0.95)
    small, large = ([one for times in runs for one in times[size]] for size in (SMALLEST, LARGEST))
    yield _growth(what, small, large)


def _growth(what: str, small: list[float], large: list[float]) -> Figure:
    grown = median(large) / median(small)
    best = f"best {spoken(min(large))} / {spoken(min(small))}"
    said = f"{grown:.2f} x ({spoken(median(large))} / {spoken(median(small))}; {best})"
    return Figure(what, "1 M / 1 k", f"<= {GROWTH_BUDGET} x", said, grown / GROWTH_BUDGET)


def _cold(offices: Mapping[str, Office], screen: Screen) -> Iterator[Figure]:
    """A screen with nothing cached; only that of Ringkasan is promised."""
    times: dict[str, list[float]] = {size: [] for size in offices}
    with ExitStack() as stack:
        pages = _tabs(stack, offices, screen.username)
        for page in pages.values():
            page.open(screen.path, screen.query)
        for _ in range(COLD_RUNS):
            for size, page in pages.items():
                times[size].append(cold_rerun(page))
    for size, seconds in times.items():
        must = COLD_BUDGETS[size] if screen is OVERVIEW else None
        yield time_figure(f"{screen.name}, nothing cached", at=size, seconds=seconds, must=must)
