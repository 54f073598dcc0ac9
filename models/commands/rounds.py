"""The one place where a round is entered or changed, so that how it stood before is never lost.

Decided 2026-11. Any past day can be shown by what had been recorded by then (rules of time, 4). The trail holds every
act but cannot be counted by a database; so before a round changes, what figures are made of is copied, with the time
from which and until which the office knew it so. What changes twice at one moment was never seen in between.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Insert, Update, bindparam, case, insert, select, update

from models.tables import Instant, StepRound, StepRoundPast

ROUND: Any = StepRound.__table__  # the table itself: through the class each statement costs twice the time
_COLUMNS = frozenset(ROUND.c.keys())
_KEPT = [
    column.name
    for column in StepRoundPast.__table__.columns
    if column.name not in ("id", "round_id", "known_until")
]
_NOW = bindparam("known_now", type_=Instant)
_BEFORE = select(ROUND.c.id, _NOW, *(ROUND.c[name] for name in _KEPT)).where(ROUND.c.known_from < _NOW)
_SINCE = case((ROUND.c.known_from < _NOW, _NOW), else_=ROUND.c.known_from)
_ENTER = insert(ROUND).returning(ROUND.c.id)


def enter(connection: Connection, *, now: datetime, **columns: Any) -> int:
    """Insert a round that is known from `now` on, and return its id."""
    row = {"data": {}, **columns, "known_from": now}
    _known(row)
    return int(connection.execute(_ENTER, row).scalar_one())


def revise(
    connection: Connection, *which: ColumnElement[bool], now: datetime, touch: bool = True, **values: Any
) -> int:
    """Change the rounds that meet the conditions, and return how many there were; how they stood stays readable.

    `touch` moves their version, so that a form that was open meanwhile is told; an output that came or went does not.
    """
    _known(values)
    known = {"known_now": now}
    connection.execute(_kept(*which), known)
    return connection.execute(_changed(*which, touch=touch), known | values).rowcount


def revise_shown(connection: Connection, *, round_id: int, version: int, now: datetime, **values: Any) -> int:
    """`revise` for the round of that id if it still is of that version; its statements are put together once."""
    _known(values)
    known = {"known_now": now, "of_round": round_id, "as_shown": version}
    if connection.dialect.name == "postgresql":
        return connection.execute(_KEEP_AND_CHANGE, known | values).rowcount
    connection.execute(_KEEP_SHOWN, known)
    return connection.execute(_CHANGE_SHOWN, known | values).rowcount


def _known(columns: Mapping[str, Any]) -> None:
    """Refuse a column that there is not: as a parameter it would be left out without a word."""
    if strange := columns.keys() - _COLUMNS:
        raise TypeError(f"a round has no {', '.join(sorted(strange))}")


def _kept(*which: ColumnElement[bool]) -> Insert:
    kept = ["round_id", "known_until", *_KEPT]
    return insert(StepRoundPast.__table__).from_select(kept, _BEFORE.where(*which))  # type: ignore[arg-type]


def _changed(*which: ColumnElement[bool], touch: bool) -> Update:
    """What else changes comes with the parameters."""
    moved = {"version": ROUND.c.version + 1} if touch else {}
    return update(ROUND).where(*which).values(known_from=_SINCE, **moved)


_SHOWN = (ROUND.c.id == bindparam("of_round"), ROUND.c.version == bindparam("as_shown"))
_KEEP_SHOWN, _CHANGE_SHOWN = _kept(*_SHOWN), _changed(*_SHOWN, touch=True)
# in one go, where the database can: what is kept is read before what changes
_KEEP_AND_CHANGE = _CHANGE_SHOWN.add_cte(_KEEP_SHOWN.cte("kept"))
