"""Counts of verdicts per step and month of the due date, straight from an index (rules of time, 3)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, and_, case, func, select

from models.access import Actor, Permission, may
from models.errors import Forbidden
from models.queries.past import case_was_open, rounds
from models.queries.verdicts import judged
from models.sla import Verdict
from models.sop import Sop
from models.tables import CaseFile, StepRound


@dataclass(frozen=True, slots=True)
class StepCount:
    """Verdicts of one step whose due date lies in one month (yyyymm, WIB); only what the SOP measures."""

    step_key: str
    month: int
    on_time: int
    late: int
    overdue: int
    at_risk: int
    running: int
    skipped: int
    recorded_late: int


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
    check_summary(actor, sop)
    r = rounds(as_of, past=past)
    running = and_(r.counted, r.state == "open", r.late_from > as_of)
    conditions = judged(as_of, r) | {
        Verdict.AT_RISK.value: and_(running, r.at_risk_from <= as_of),
        Verdict.RUNNING.value: and_(running, r.at_risk_from > as_of),
        Verdict.SKIPPED.value: and_(r.counted, r.state == "stopped", r.finished_at < r.late_from),
        "recorded_late": and_(r.counted, r.recorded_late),
    }
    sums = [func.sum(case((condition, 1), else_=0)).label(name) for name, condition in conditions.items()]
    rows = connection.execute(
        select(r.step_key, r.due_month.label("month"), *sums)
        .where(*of_version(r, version_id), r.code == sop.code, r.due_month.between(*months))
        .group_by(r.step_key, r.due_month)
    )
    return [_count(dict(row._mapping)) for row in rows]


def _count(columns: dict[str, Any]) -> StepCount:
    """PostgreSQL sums to Decimal; a count is a whole number."""
    step_key = columns.pop("step_key")
    return StepCount(step_key=step_key, **{key: int(value) for key, value in columns.items()})


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
