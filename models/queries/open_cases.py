"""How many cases were open at the end of each month, by when they were received and ended."""

from collections.abc import Sequence
from datetime import date, datetime
from functools import lru_cache
from itertools import pairwise
from typing import Any

from sqlalchemy import Connection, Select, bindparam, func, or_, select

from models.access import Actor
from models.queries.compliance import check_summary
from models.queries.past import end_of_minute
from models.sop import Sop
from models.tables import CaseFile
from models.work_calendar import WorkCalendar


def open_by_month(
    connection: Connection,
    *,
    actor: Actor,
    sop: Sop,
    months: Sequence[int],
    calendar: WorkCalendar,
    as_of: datetime,
    past: bool = False,
) -> list[int]:
    """Cases received and not yet ended at the end of each of `months` (yyyymm), or at `as_of` where that is earlier.

    Months that begin after `as_of` are left out. With `past` a case that was registered later is not there, and one
    whose end was recorded later is open still. Raises `Forbidden`.
    """
    check_summary(actor, sop)
    ends = [min(_end(month, calendar), as_of) for month in months if _begin(month, calendar) <= as_of]
    if not ends:
        return []
    if past:
        return _open_then(connection, sop, ends, as_of)
    bounds = {f"end_{place}": end for place, end in enumerate(ends)}
    still_open, *moved = connection.execute(_moves(len(ends)), {"of_code": sop.code, **bounds}).one()
    received, ended = moved[: len(ends)], moved[len(ends) :]
    return [still_open - sum(received[at:]) + sum(ended[at:]) for at in range(len(ends))]


def _open_then(connection: Connection, sop: Sop, ends: Sequence[datetime], as_of: datetime) -> list[int]:
    """By what had been registered and ended at `as_of`."""
    c, known = CaseFile, end_of_minute(as_of)
    counts = [
        func.count().filter(
            c.received_at <= end, or_(c.closed_at.is_(None), c.closed_at > end, c.closed_recorded_at >= known)
        )
        for end in ends
    ]
    rows = select(*counts).select_from(c).where(c.code == sop.code, c.recorded_at < known)
    return list(connection.execute(rows).one())


@lru_cache(maxsize=64)
def _moves(ends: int) -> Select[*tuple[Any, ...]]:
    """What is open now; then what was received, and then what ended, after each of so many moments until the next.

    A case is received before it ends: what was open at a moment is what is open now, less what came later, and what
    ended later. So only an index is counted, and only from the first moment on.
    """
    c, own = CaseFile, CaseFile.code == bindparam("of_code")
    moments: list[Any] = [bindparam(f"end_{place}") for place in range(ends)]
    counts = [select(func.count()).where(own, c.closed_at.is_(None)).scalar_subquery()]
    for moved_at in (c.received_at, c.closed_at):
        for after, until in pairwise([*moments, None]):
            span = [moved_at > after, *([] if until is None else [moved_at <= until])]
            counts.append(select(func.count()).where(own, *span).scalar_subquery())
    return select(*counts)


def _begin(month: int, calendar: WorkCalendar) -> datetime:
    return calendar.midnight(date(month // 100, month % 100, 1))


def _end(month: int, calendar: WorkCalendar) -> datetime:
    year, following = divmod(month // 100 * 12 + month % 100, 12)
    return calendar.midnight(date(year, following + 1, 1))
