"""The one place where a round is entered or changed, so that how it stood before is never lost.

Decided 2026-11. Any past day can be shown by what had been recorded by then (rules of time, 4). The trail holds every
act but cannot be counted by a database; so before a round changes, what figures are made of is copied, with the time
from which and until which the office knew it so. What changes twice at one moment was never seen in between.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, case, insert, literal, select, update

from models.tables import Instant, StepRound, StepRoundPast

_KEPT = [
    column.name
    for column in StepRoundPast.__table__.columns
    if column.name not in ("id", "round_id", "known_until")
]


def enter(connection: Connection, *, now: datetime, **columns: Any) -> int:
    """Insert a round that is known from `now` on, and return its id."""
    return connection.execute(
        insert(StepRound).values(**{"data": {}, **columns}, known_from=now).returning(StepRound.id)
    ).scalar_one()


def revise(
    connection: Connection, *which: ColumnElement[bool], now: datetime, touch: bool = True, **values: Any
) -> int:
    """Change the rounds that meet the conditions, and return how many there were; how they stood stays readable.

    `touch` moves their version, so that a form that was open meanwhile is told; an output that came or went does not.
    """
    r = StepRound
    before = [getattr(r, name) for name in _KEPT]
    connection.execute(
        insert(StepRoundPast).from_select(
            ["round_id", "known_until", *_KEPT],
            select(r.id, literal(now, Instant), *before).where(*which, r.known_from < now),
        )
    )
    since = case((r.known_from < now, literal(now, Instant)), else_=r.known_from)
    if touch:
        values["version"] = r.version + 1
    return connection.execute(update(r).where(*which).values(**values, known_from=since)).rowcount
