"""What an office with 100,000 rounds of steps has to wait for: figures, screens, workbooks."""

import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

from sqlalchemy import Connection, Engine

from dashboard.periods import Months, of_semester
from dashboard.prints.report import report_pdf, summary_of
from dashboard.reports import semester
from dashboard.reports.sheets import Sheet
from dashboard.reports.workbook import write
from dashboard.text import in_language
from models.access import Actor, Role
from models.database import reading
from models.queries.compliance import step_counts
from models.queries.sops import readable
from models.sop import Sop
from tests.bench import large_office, screens
from tests.bench.browserless import server
from tests.bench.figures import Figure, time_figure
from tests.conftest import NOW

SOMEONE = Actor(1, "Sekretaris", frozenset({Role.SEKRETARIS}))
YEAR = (202601, 202612)
COUNTS_BUDGET = 0.040  # a whole rerun's at so many rounds
PRINTED, PRINT_BUDGET = 500, 2.0  # cases
WORKBOOK_BUDGETS = {2: 1.5, 1: 4.0}  # by semester: 2,000 and 10,000 cases


def measure(folder: Path) -> Iterator[Figure]:
    """Build the office in `folder` and measure."""
    place = folder / "large"
    store = large_office.build(place)
    try:
        at = f"{large_office.round_count(store) / 1000:.0f} k steps"
        yield time_figure(
            "step_counts, both SOPs, a year", at=at, seconds=_counting(store), must=COUNTS_BUDGET
        )
        for half, budget in WORKBOOK_BUDGETS.items():
            yield _semester_workbook(store, of_semester(2026, half), budget)
        yield _semester_print(store, of_semester(2026, 2))
    finally:
        store.dispose()
    with server(place, clock=NOW) as started:
        yield from screens.reruns(started, place, at=at, must=screens.LARGE_BUDGET, runs=10)


def _timed(work: Callable[[Connection], object], store: Engine, *, repeat: int) -> list[float]:
    times = []
    for _ in range(repeat):
        began = time.perf_counter()
        with reading(store) as connection:
            work(connection)
        times.append(time.perf_counter() - began)
    return times


def _counting(store: Engine) -> list[float]:
    with reading(store) as connection:
        sops = readable(connection, SOMEONE, NOW.date())

    def count(connection: Connection) -> None:
        for sop in sops:
            step_counts(connection, actor=SOMEONE, sop=sop, months=YEAR, as_of=NOW)

    return _timed(count, store, repeat=15)


def _complaints(connection: Connection) -> Sop:
    return next(sop for sop in readable(connection, SOMEONE, NOW.date()) if sop.code == "pengaduan")


def _semester_workbook(store: Engine, months: Months, budget: float) -> Figure:
    cases = 0

    def build(connection: Connection) -> None:
        nonlocal cases
        made = semester.build(
            connection, actor=SOMEONE, sop=_complaints(connection), months=months, as_of=NOW
        )
        cases = len(made.sheets[0].frame)
        write(made, made_at=NOW)

    seconds = _timed(build, store, repeat=3)
    return time_figure("semester workbook", at=f"{cases:,} cases", seconds=seconds, must=budget)


def _semester_print(store: Engine, months: Months) -> Figure:
    """The print-out of the first cases of a semester; its lists are as long as those of so many cases."""
    with reading(store) as connection, in_language("id"):
        sop = _complaints(connection)
        whole = semester.build(connection, actor=SOMEONE, sop=sop, months=months, as_of=NOW)
    listed = replace(whole.sheets[0], frame=whole.sheets[0].frame.head(PRINTED))
    made = replace(whole, sheets=(listed, *(short(sheet) for sheet in whole.sheets[1:])))
    summary = summary_of(made, sop=sop, months=months, as_of=NOW)
    seconds = []
    for _ in range(3):
        began = time.perf_counter()
        report_pdf(made, summary=summary, made_at=NOW)
        seconds.append(time.perf_counter() - began)
    return time_figure("semester print-out", at=f"{PRINTED} cases", seconds=seconds, must=PRINT_BUDGET)


def short(sheet: Sheet) -> Sheet:
    """A list as long as it would be for so few cases; the figures as they are."""
    listed = "register_no" in sheet.frame.columns or "due_at" in sheet.frame.columns
    return replace(sheet, frame=sheet.frame.head(PRINTED // 4)) if listed else sheet
