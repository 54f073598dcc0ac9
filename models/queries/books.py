"""What stands in the logbooks of a case."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, bindparam, select

from models.sop_books import Journal
from models.tables import DutyEntry, JournalEntry, User


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of a logbook, struck ones too (`state`)."""

    entry_id: int
    journal_key: str
    happened_at: datetime
    recorded_at: datetime
    recorded_by: str
    data: dict[str, Any]
    state: str
    reason: str | None
    version: int


@dataclass(frozen=True, slots=True)
class Check:
    """One recorded duty of a working day."""

    entry_id: int
    duty_key: str
    on_date: date
    happened_at: datetime
    recorded_at: datetime
    recorded_by: str
    data: dict[str, Any]
    version: int


_E = JournalEntry
_OF_CASE = (
    select(
        _E.id.label("entry_id"), _E.journal_key, _E.happened_at, _E.recorded_at,
        User.full_name.label("recorded_by"), _E.data, _E.state, _E.reason, _E.version,
    )
    .join(User, User.id == _E.recorded_by)
    .where(_E.case_id == bindparam("of_case"))
    .order_by(_E.happened_at, _E.id)
)  # fmt: skip


def entries(connection: Connection, case_id: int) -> list[Entry]:
    """All entries of a case in the order in which they happened; whether the case may be seen is asked before."""
    rows = connection.execute(_OF_CASE, {"of_case": case_id})
    return [Entry(**row._mapping) for row in rows]


def kept(found: list[Entry], journal_key: str) -> list[Entry]:
    """The entries of one logbook that were not struck."""
    return [entry for entry in found if entry.journal_key == journal_key and entry.state == "kept"]


def stands(journal: Journal, found: list[Entry]) -> tuple[str, Entry | None]:
    """How the case stands by this logbook, as the key of a choice, and the entry that says so."""
    assert journal.standing is not None  # noqa: S101 - asked of such logbooks alone
    of_this = kept(found, journal.key)
    if not of_this:
        return journal.standing.otherwise, None
    return str(of_this[-1].data[journal.standing.field]), of_this[-1]


def checks_on(connection: Connection, *, code: str, on: date) -> list[Check]:
    """The recorded duties of one day, struck ones left out."""
    d = DutyEntry
    rows = connection.execute(
        select(
            d.id.label("entry_id"), d.duty_key, d.on_date, d.happened_at, d.recorded_at,
            User.full_name.label("recorded_by"), d.data, d.version,
        )
        .join(User, User.id == d.recorded_by)
        .where(d.code == code, d.on_date == on, d.state == "kept")
        .order_by(d.happened_at, d.id)
    )  # fmt: skip
    return [Check(**row._mapping) for row in rows]
