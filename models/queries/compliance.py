"""Counts of verdicts per step and month of the due date, straight from an index (rules of time, 3)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import chain
from operator import attrgetter
from typing import Any

from sqlalchemy import Connection, and_, case, func, select

from models.access import Actor, Permission, may
from models.errors import Forbidden
from models.queries.past import case_was_open, rounds
from models.queries.verdicts import judged, was_late
from models.sop import Sop
from models.tables import CaseFile, StepRound


@dataclass(frozen=True, slots=True)
class StepCount:
    """Verdicts of one step whose due date lies in one month (yyyymm, WIB); only what the SOP measures."""

    step_key: str
    month: int
    on_time: int = 0
    late: int = 0
    overdue: int = 0
    at_risk: int = 0
    running: int = 0
    skipped: int = 0
    recorded_late: int = 0


@dataclass(frozen=True, slots=True)
class OpenCounts:
    """What is open now: cases, and counted steps past or near their due date."""

    cases: int
    overdue: int
    at_risk: int


def step_counts(
    connection: Connection,
    *,
    actor: Actor,
    sop: Sop,
    months: tuple[int, int],
    as_of: datetime,
    past: bool = False,
    version_id: int | None = None,
) -> list[StepCount]:
    """Counts for due dates from the first to the last month (both included). Raises `Forbidden`.

    With `past` by what had been recorded at `as_of`; with `version_id` of the cases of that SOP version alone.
    """
    at: dict[str, Any] = {"actor": actor, "sop": sop, "months": months, "version_id": version_id}
    ended = ended_counts(connection, **at, as_of=as_of if past else None)
    return joined(ended, open_step_counts(connection, **at, as_of=as_of, past=past))


def ended_counts(
    connection: Connection,
    *,
    actor: Actor,
    sop: Sop,
    months: tuple[int, int],
    version_id: int | None = None,
    as_of: datetime | None = None,
) -> list[StepCount]:
    """The counts of the rounds that have ended: they stay what they are as time goes by. Raises `Forbidden`.

    With `as_of` those that were known as ended at that past moment. One pass over an index in its own order; what the
    groups are made of is added up here, because a database takes twice as long over as many conditions.
    """
    check_summary(actor, sop)
    r = rounds(as_of, past=True) if as_of else StepRound
    rows = connection.execute(
        select(
            r.step_key,
            r.due_month,
            r.counted,
            r.state,
            func.count(),
            func.count().filter(was_late(r)),
            func.count().filter(r.recorded_late),
        )
        .where(
            *of_version(r, version_id),
            r.code == sop.code,
            r.due_month.between(*months),
            r.state != "open",
        )
        .group_by(r.due_month, r.step_key, r.counted, r.state)  # as the index stands: nothing is sorted
    )
    found = []
    for step_key, month, counted, state, count, late, recorded_late in rows:
        if not counted:
            continue
        in_time = count - late if state in ("done", "returned") else 0
        stopped = count - late if state == "stopped" else 0
        found.append(
            StepCount(
                step_key, month, on_time=in_time, late=late, skipped=stopped, recorded_late=recorded_late
            )
        )
    return joined(found)


def open_step_counts(
    connection: Connection,
    *,
    actor: Actor,
    sop: Sop,
    months: tuple[int, int],
    as_of: datetime,
    past: bool = False,
    version_id: int | None = None,
) -> list[StepCount]:
    """The counts of the rounds that are open, which move with every minute. Raises `Forbidden`."""
    check_summary(actor, sop)
    r = rounds(as_of, past=past)
    running = r.late_from > as_of
    rows = connection.execute(
        select(
            r.step_key,
            r.due_month.label("month"),
            func.count().filter(judged(as_of, r)["overdue"]).label("overdue"),
            func.count().filter(and_(running, r.at_risk_from <= as_of)).label("at_risk"),
            func.count().filter(and_(running, r.at_risk_from > as_of)).label("running"),
        )
        .where(
            *of_version(r, version_id),
            r.code == sop.code,
            r.due_month.between(*months),
            r.counted,
            r.state == "open",
        )
        .group_by(r.due_month, r.step_key)
    )
    return [StepCount(**row._mapping) for row in rows]


_FIELDS = attrgetter(*StepCount.__slots__)


def joined(*parts: Iterable[StepCount]) -> list[StepCount]:
    """One count for each step and month, the parts added up."""
    found: dict[tuple[str, int], list[int]] = {}
    for step_key, month, *counts in map(_FIELDS, chain(*parts)):
        before = found.get((step_key, month), [0] * len(counts))
        found[step_key, month] = [a + b for a, b in zip(before, counts, strict=True)]
    return [StepCount(*key, *counts) for key, counts in found.items()]


def of_version(r: Any, version_id: int | None) -> list[Any]:
    """The condition that a round is of a case of that SOP version; none without one."""
    return [] if version_id is None else [r.sop_version_id == version_id]


def check_summary(actor: Actor, sop: Sop) -> None:
    """Raise `Forbidden` unless the actor may see the figures of this SOP."""
    if not may(actor, Permission.VIEW_SUMMARY, sop):
        raise Forbidden


def durations(
    connection: Connection, *, actor: Actor, sop: Sop, months: tuple[int, int]
) -> Sequence[tuple[str, int]]:
    """Step and working minutes of every finished round whose due date lies in those months, counted or not."""
    check_summary(actor, sop)
    r = StepRound
    rows = connection.execute(
        select(r.step_key, r.worked_minutes).where(
            r.code == sop.code,
            r.due_month.between(*months),
            r.state == "done",
            r.worked_minutes.is_not(None),
        )
    )
    return [(row.step_key, row.worked_minutes) for row in rows]


def open_counts(
    connection: Connection, *, actor: Actor, sop: Sop, as_of: datetime, past: bool = False
) -> OpenCounts:
    """What is open at `as_of` for one SOP, with `past` as it was known then. Raises `Forbidden`."""
    check_summary(actor, sop)
    r = rounds(as_of, past=past)
    cases = connection.execute(
        select(func.count()).where(CaseFile.code == sop.code, case_was_open(as_of, past=past))
    ).scalar_one()
    found = connection.execute(
        select(
            func.count(case((r.late_from <= as_of, 1))).label("overdue"),
            func.count(case((and_(r.late_from > as_of, r.at_risk_from <= as_of), 1))).label("at_risk"),
        ).where(r.code == sop.code, r.state == "open", r.counted)
    ).one()
    return OpenCounts(cases=cases, overdue=found.overdue, at_risk=found.at_risk)
