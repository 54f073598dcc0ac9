"""Counts of verdicts per step and month of the due date, straight from an index (rules of time, 3)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, and_, case, func, select

from models.access import Actor, Permission, may
from models.errors import Forbidden
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
    connection: Connection, *, actor: Actor, sop: Sop, months: tuple[int, int], as_of: datetime
) -> list[StepCount]:
    """Counts for due dates from the first to the last month (both included). Raises `Forbidden`."""
    if not may(actor, Permission.VIEW_SUMMARY, sop):
        raise Forbidden
    r = StepRound
    running = and_(r.counted, r.state == "open", r.late_from > as_of)
    conditions = judged(as_of) | {
        Verdict.AT_RISK.value: and_(running, r.at_risk_from <= as_of),
        Verdict.RUNNING.value: and_(running, r.at_risk_from > as_of),
        Verdict.SKIPPED.value: and_(r.counted, r.state == "stopped", r.finished_at < r.late_from),
        "recorded_late": and_(r.counted, r.recorded_late),
    }
    sums = [func.sum(case((condition, 1), else_=0)).label(name) for name, condition in conditions.items()]
    rows = connection.execute(
        select(r.step_key, r.due_month.label("month"), *sums)
        .where(r.code == sop.code, r.due_month.between(*months))
        .group_by(r.step_key, r.due_month)
    )
    return [_count(dict(row._mapping)) for row in rows]


def _count(columns: dict[str, Any]) -> StepCount:
    """PostgreSQL sums to Decimal; a count is a whole number."""
    step_key = columns.pop("step_key")
    return StepCount(step_key=step_key, **{key: int(value) for key, value in columns.items()})


def durations(
    connection: Connection, *, actor: Actor, sop: Sop, months: tuple[int, int]
) -> Sequence[tuple[str, int]]:
    """Step and working minutes of every finished round whose due date lies in those months, counted or not."""
    if not may(actor, Permission.VIEW_SUMMARY, sop):
        raise Forbidden
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


def open_counts(connection: Connection, *, actor: Actor, sop: Sop, as_of: datetime) -> OpenCounts:
    """What is open at `as_of` for one SOP. Raises `Forbidden`."""
    if not may(actor, Permission.VIEW_SUMMARY, sop):
        raise Forbidden
    r = StepRound
    cases = connection.execute(
        select(func.count()).where(CaseFile.code == sop.code, CaseFile.closed_at.is_(None))
    ).scalar_one()
    rounds = connection.execute(
        select(
            func.count(case((r.late_from <= as_of, 1))).label("overdue"),
            func.count(case((and_(r.late_from > as_of, r.at_risk_from <= as_of), 1))).label("at_risk"),
        ).where(r.code == sop.code, r.state == "open", r.counted)
    ).one()
    return OpenCounts(cases=cases, overdue=rounds.overdue, at_risk=rounds.at_risk)
