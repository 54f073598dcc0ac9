"""The one place where a round is entered or changed, so that how it stood before is never lost.

Decided 2026-11. Any past day can be shown by what had been recorded by then (rules of time, 4). The trail holds every
act but cannot be counted by a database; so before a round changes, what figures are made of is copied, with the time
from which and until which the office knew it so. What changes twice at one moment was never seen in between.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, bindparam, case, insert, select, update

from models.tables import Instant, StepRound, StepRoundPast

ROUND: Any = StepRound.__table__  # the table itself: through the class each statement costs twice the time
_KEPT = [
    column.name
    for column in StepRoundPast.__table__.columns
    if column.name not in ("id", "round_id", "known_until")
]
_NOW = bindparam("known_now", type_=Instant)
_BEFORE = select(ROUND.c.id, _NOW, *(ROUND.c[name] for name in _KEPT)).where(ROUND.c.known_from < _NOW)
_SINCE = case((ROUND.c.known_from < _NOW, _NOW), else_=ROUND.c.known_from)


def enter(connection: Connection, *, now: datetime, **columns: Any) -> int:
    """Insert a round that is known from `now` on, and return its id."""
    row = {"data": {}, **columns, "known_from": now}
    return int(connection.execute(insert(ROUND).values(row).returning(ROUND.c.id)).scalar_one())


def revise(
    connection: Connection, *which: ColumnElement[bool], now: datetime, touch: bool = True, **values: Any
) -> int:
    """Change the rounds that meet the conditions, and return how many there were; how they stood stays readable.

    `touch` moves their version, so that a form that was open meanwhile is told; an output that came or went does not.
    """
    known = {"known_now": now}
    kept = insert(StepRoundPast.__table__).from_select(  # type: ignore[arg-type]
        ["round_id", "known_until", *_KEPT], _BEFORE.where(*which)
    )
    connection.execute(kept, known)
    if touch:
        values["version"] = ROUND.c.version + 1
    changed = update(ROUND).where(*which).values(**values, known_from=_SINCE)
    return connection.execute(changed, known).rowcount
