"""How many cases were open at the end of each month, by when they were received and ended."""

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import ColumnElement, Connection, false, func, or_, select, true

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
    c = CaseFile
    ends = [min(_end(month, calendar), as_of) for month in months if _begin(month, calendar) <= as_of]
    known, unknown_end = _known(as_of) if past else (true(), false())
    wanted = [
        func.count().filter(
            known, c.received_at <= end, or_(c.closed_at.is_(None), c.closed_at > end, unknown_end)
        )
        for end in ends
    ]
    if not wanted:
        return []
    return list(connection.execute(select(*wanted).select_from(c).where(c.code == sop.code)).one())


def _known(as_of: datetime) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    """Whether a case had been registered by then, and whether its end was recorded only later."""
    end = end_of_minute(as_of)
    return CaseFile.recorded_at < end, CaseFile.closed_recorded_at >= end


def _begin(month: int, calendar: WorkCalendar) -> datetime:
    return calendar.midnight(date(month // 100, month % 100, 1))


def _end(month: int, calendar: WorkCalendar) -> datetime:
    year, following = divmod(month // 100 * 12 + month % 100, 12)
    return calendar.midnight(date(year, following + 1, 1))
