"""Rounds, cases and entries as the office knew them at the end of a past day (rules of time, 4).

Decided 2026-11. What was recorded later than that day is not there: a finish entered afterwards leaves the step open, a
correction shows what stood before it. "By then" includes the minute itself, as moments are asked for by the minute.
Who may see a case today sees its past, and nobody else does. What an entry of a logbook said before it was put right
is not kept as a row; it shows as it reads today. So do a case's journey, its form and its end once they were put right.
"""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, or_, select, union_all
from sqlalchemy.orm import aliased

from models.tables import CaseFile, DutyEntry, JournalEntry, StepRound, StepRoundPast

_COLUMNS = [
    column.name
    for column in StepRoundPast.__table__.columns
    if column.name not in ("id", "round_id", "known_from", "known_until")
]


def end_of_minute(moment: datetime) -> datetime:
    """What was recorded before this is known at `moment`."""
    return moment + timedelta(minutes=1)


def rounds(as_of: datetime, *, past: bool) -> Any:
    """`StepRound`, or with `past` what stands in its place: the rounds as they were known at `as_of`.

    It has the columns of `StepRoundPast`, with the round's own `id`.
    """
    if not past:
        return StepRound
    r, before, end = StepRound, StepRoundPast, end_of_minute(as_of)
    now = select(r.id, *(getattr(r, name) for name in _COLUMNS)).where(r.known_from < end)
    then = select(before.round_id.label("id"), *(getattr(before, name) for name in _COLUMNS)).where(
        before.known_from < end, before.known_until >= end
    )
    return aliased(StepRound, union_all(now, then).subquery("known"), adapt_on_names=True)


def case_was_open(as_of: datetime, *, past: bool) -> ColumnElement[bool]:
    """Whether a case is open; with `past` whether it was registered by then, and its end not recorded yet."""
    c, end = CaseFile, end_of_minute(as_of)
    if not past:
        return c.closed_at.is_(None)
    return and_(
        c.recorded_at < end,
        or_(c.closed_at.is_(None), and_(c.closed_recorded_at.is_not(None), c.closed_recorded_at >= end)),
    )


def entry_was_kept(
    entry: type[JournalEntry] | type[DutyEntry], as_of: datetime, *, past: bool
) -> ColumnElement[bool]:
    """Whether an entry recorded by then counts; with `past` one that was struck later still does."""
    end = end_of_minute(as_of)
    kept = or_(entry.state == "kept", entry.struck_at >= end) if past else entry.state == "kept"
    return and_(entry.recorded_at < end, kept)
