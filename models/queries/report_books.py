"""The entries of logbooks that a report lists: of logbooks without slots, of the period, by when they happened."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, select

from models.access import Actor, Permission, may
from models.errors import Forbidden
from models.queries.sight import hidden_from
from models.sop import Sop
from models.sop_books import Journal
from models.tables import CaseFile, JournalEntry, User


@dataclass(frozen=True, slots=True)
class ReportEntry:
    """One entry with the case it belongs to; `data` as stored."""

    register_no: str
    subject: str
    happened_at: datetime
    recorded_at: datetime
    recorded_by: str
    data: dict[str, Any]


@dataclass(frozen=True, slots=True)
class ReportBook:
    """A logbook of the report. `count` is of all cases, the entries are of those that are not hidden."""

    journal: Journal
    entries: tuple[ReportEntry, ...]
    count: int


def report_books(
    connection: Connection, *, actor: Actor, sop: Sop, start: datetime, end: datetime, as_of: datetime
) -> list[ReportBook]:
    """Each logbook that is in the report, with what happened in [start, end) and was recorded by `as_of`.

    Struck entries are left out. Raises `Forbidden`.
    """
    if not may(actor, Permission.VIEW_REPORTS, sop):
        raise Forbidden
    j, c = JournalEntry, CaseFile
    found = []
    for journal in sop.journals:
        if not journal.in_report:
            continue
        rows = connection.execute(
            select(
                hidden_from(actor),
                c.register_no,
                c.subject,
                j.happened_at,
                j.recorded_at,
                User.full_name,
                j.data,
            )
            .join(c, c.id == j.case_id)
            .join(User, User.id == j.recorded_by)
            .where(
                j.code == sop.code,
                j.journal_key == journal.key,
                j.state == "kept",
                j.happened_at >= start,
                j.happened_at < end,
                j.recorded_at < as_of + timedelta(minutes=1),
            )
            .order_by(j.happened_at, j.id)
        ).all()
        shown = tuple(ReportEntry(*row) for hidden, *row in rows if not hidden)
        found.append(ReportBook(journal, shown, len(rows)))
    return found
