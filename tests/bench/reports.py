"""The semester report as a workbook and in print, made as the program makes them."""

import time
from collections.abc import Iterator
from pathlib import Path

from sqlalchemy import Engine

from dashboard.periods import of_semester
from dashboard.prints.report import report_pdf
from dashboard.reports import semester
from dashboard.reports.issued import compared
from dashboard.reports.workbook import write
from models.access import Actor, Role
from models.database import reading
from models.queries.sops import sop_in_force
from tests.bench import large_office
from tests.bench.figures import Figure, time_figure
from tests.conftest import NOW

SOMEONE = Actor(1, "Sekretaris", frozenset({Role.SEKRETARIS}))
WORKBOOK_BUDGETS = {2: 1.5, 1: 4.0}  # by semester: 2,000 and 10,000 cases
PRINT_BUDGET = 2.0
FEW_HUNDRED = large_office.few_hundred(second=400)
RUNS = 3


def measure(folder: Path) -> Iterator[Figure]:
    """Build the offices in `folder` and measure."""
    store = large_office.build(folder / "large")
    try:
        for half, budget in WORKBOOK_BUDGETS.items():
            yield _workbook(store, half, budget)
    finally:
        store.dispose()
    store = large_office.build(folder / "few", FEW_HUNDRED)
    try:
        yield _print(store)
    finally:
        store.dispose()


def _workbook(store: Engine, half: int, budget: float) -> Figure:
    times, cases = [], 0
    for _ in range(RUNS):
        began = time.perf_counter()
        with reading(store) as connection:
            _, sop = sop_in_force(connection, "pengaduan", NOW.date())
            made = semester.build(
                connection, actor=SOMEONE, sop=sop, months=of_semester(2026, half), as_of=NOW
            )
        write(made, made_at=NOW)
        times.append(time.perf_counter() - began)
        cases = len(made.sheets[0].frame)
    return time_figure("semester workbook", at=f"{cases:,} cases", seconds=times, must=budget)


def _print(store: Engine) -> Figure:
    times, cases = [], 0
    for _ in range(RUNS):
        began = time.perf_counter()
        with reading(store) as connection:
            _, sop = sop_in_force(connection, "pengaduan", NOW.date())
            made, summary = compared(
                connection, actor=SOMEONE, sop=sop, months=of_semester(2026, 2), as_of=NOW
            )
        report_pdf(made, summary=summary, made_at=NOW)
        times.append(time.perf_counter() - began)
        cases = len(made.sheets[0].frame)
    return time_figure("semester print-out", at=f"{cases:,} cases", seconds=times, must=PRINT_BUDGET)
