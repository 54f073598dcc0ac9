"""How many cases were open at the end of each month, by when they were received and ended."""

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import Connection, func, select

from models.access import Actor
from models.queries.compliance import check_summary
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
) -> list[int]:
    """Cases received and not yet ended at the end of each of `months` (yyyymm), or at `as_of` where that is earlier.

    Months that begin after `as_of` are left out. Raises `Forbidden`.
    """
    check_summary(actor, sop)
    c = CaseFile
    ends = [min(_end(month, calendar), as_of) for month in months if _begin(month, calendar) <= as_of]
    wanted = [
        func.count().filter(c.received_at <= end, (c.closed_at.is_(None)) | (c.closed_at > end))
        for end in ends
    ]
    if not wanted:
        return []
    return list(connection.execute(select(*wanted).select_from(c).where(c.code == sop.code)).one())


def _begin(month: int, calendar: WorkCalendar) -> datetime:
    return calendar.midnight(date(month // 100, month % 100, 1))


def _end(month: int, calendar: WorkCalendar) -> datetime:
    year, following = divmod(month // 100 * 12 + month % 100, 12)
    return calendar.midnight(date(year, following + 1, 1))
