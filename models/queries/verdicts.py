"""The verdict of a round in SQL: the same as `models.sla.verdict`, for counting and sorting in the database."""

from datetime import datetime
from typing import Any

from sqlalchemy import BindParameter, ColumnElement, String, and_, case, literal

from models.sla import Verdict
from models.tables import StepRound


def verdict_of(as_of: datetime | BindParameter[datetime], r: Any = StepRound) -> ColumnElement[str]:
    """The verdict at `as_of` as one of `Verdict`'s values; a round stopped before it was late is not applicable.

    `as_of` may be a place for the moment; `r` is what stands for the rounds (`models.queries.past`).
    """
    return case(
        (r.state.in_(("skipped", "void")), literal(Verdict.SKIPPED.value, String)),
        (r.late_from.is_(None), Verdict.UNMEASURED.value),
        (r.finished_at >= r.late_from, Verdict.LATE.value),
        (r.state == "stopped", Verdict.SKIPPED.value),
        (r.finished_at.is_not(None), Verdict.ON_TIME.value),
        (r.late_from <= as_of, Verdict.OVERDUE.value),
        (r.at_risk_from <= as_of, Verdict.AT_RISK.value),
        else_=Verdict.RUNNING.value,
    )


def judged(as_of: datetime, r: Any = StepRound) -> dict[str, ColumnElement[bool]]:
    """The three verdicts that make the percentage, as conditions on counted rounds."""
    return {
        Verdict.ON_TIME.value: and_(
            r.counted, r.state.in_(("done", "returned")), r.finished_at < r.late_from
        ),
        Verdict.LATE.value: and_(r.counted, was_late(r)),
        Verdict.OVERDUE.value: and_(r.counted, r.state == "open", r.late_from <= as_of),
    }


def was_late(r: Any = StepRound) -> ColumnElement[bool]:
    """Whether a round ended at or after the moment from which it was late; not true of one that is open."""
    ended_late: ColumnElement[bool] = r.finished_at >= r.late_from
    return ended_late
