"""Reports that were issued, and which of them a file is."""

import hashlib
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, select

from models.access import Actor, Permission, may
from models.errors import Forbidden, NotFound
from models.queries.calendar import work_calendar
from models.queries.sight import names_hidden
from models.queries.sops import codes, sop_in_force
from models.sop import Sop
from models.tables import IssuedFile, IssuedReport, StepRound, User


@dataclass(frozen=True, slots=True)
class Issue:
    """One issued report without its files; `digests` by kind."""

    report_id: int
    code: str
    first_month: int
    last_month: int
    revision: int
    number: str
    place: str
    issued_on: date
    signatory_title: str
    signatory_name: str
    signatory_id: str
    as_of: datetime
    rests_on: dict[str, Any]
    reason: str | None
    recorded_at: datetime
    recorded_by: str
    digests: dict[str, str]


@dataclass(frozen=True, slots=True)
class OwedRound:
    """An open periodic round that a report of that period can fulfil."""

    round_id: int
    step_key: str
    due_at: datetime


_COLUMNS = tuple(name for name in Issue.__slots__ if name not in ("report_id", "recorded_by", "digests"))


def issues(connection: Connection, *, actor: Actor, sop: Sop, months: tuple[int, int]) -> list[Issue]:
    """The issued reports of a SOP for a run of months, the latest revision first. Raises `Forbidden`."""
    if not may(actor, Permission.VIEW_REPORTS, sop):
        raise Forbidden
    r = IssuedReport
    return _issues(connection, r.code == sop.code, r.first_month == months[0], r.last_month == months[1])


def issue_facts(connection: Connection, report_id: int) -> dict[str, Any]:
    """The rows of an issued report; whether it may be seen is asked before."""
    return dict(
        connection.execute(select(IssuedReport.facts).where(IssuedReport.id == report_id)).scalar_one()
    )


def issued_file(connection: Connection, *, actor: Actor, report_id: int, kind: str) -> tuple[str, bytes]:
    """Name and bytes of an issued file; `NotFound` also for a report the actor may not see.

    A report stays as it was issued, so one that names a case hidden from the actor is hidden as a whole.
    """
    row = connection.execute(
        select(
            IssuedFile.filename, IssuedFile.body, IssuedReport.code, IssuedReport.as_of, IssuedReport.facts
        )
        .join(IssuedReport, IssuedReport.id == IssuedFile.report_id)
        .where(IssuedFile.report_id == report_id, IssuedFile.kind == kind)
    ).one_or_none()
    if row is None or not _may_view(connection, actor, row.code, row.as_of):
        raise NotFound
    if names_hidden(connection, actor=actor, code=row.code, facts=row.facts):
        raise NotFound
    return row.filename, row.body


def issue_of(connection: Connection, *, actor: Actor, body: bytes) -> tuple[Issue, str] | None:
    """Which issued report this file is, and of which kind; None when it is none that the actor may see."""
    digest = hashlib.sha256(body).hexdigest()
    row = connection.execute(
        select(IssuedFile.report_id, IssuedFile.kind).where(IssuedFile.sha256 == digest).limit(1)
    ).one_or_none()
    if row is None:
        return None
    found = _issues(connection, IssuedReport.id == row.report_id)[0]
    return (found, row.kind) if _may_view(connection, actor, found.code, found.as_of) else None


def owed_rounds(connection: Connection, *, code: str, period: str) -> list[OwedRound]:
    """The periodic steps of a period ("2026-2") that still wait, by their due date."""
    r = StepRound
    rows = connection.execute(
        select(r.id, r.step_key, r.due_at)
        .where(r.code == code, r.period == period, r.state == "open")
        .order_by(r.due_at, r.id)
    )
    return [OwedRound(row.id, row.step_key, row.due_at) for row in rows]


def _issues(connection: Connection, *conditions: Any) -> list[Issue]:
    r = IssuedReport
    rows = connection.execute(
        select(
            r.id.label("report_id"),
            User.full_name.label("recorded_by"),
            *(getattr(r, name) for name in _COLUMNS),
        )
        .join(User, User.id == r.recorded_by)
        .where(*conditions)
        .order_by(r.revision.desc())
    ).all()
    files = connection.execute(
        select(IssuedFile.report_id, IssuedFile.kind, IssuedFile.sha256).where(
            IssuedFile.report_id.in_([row.report_id for row in rows])
        )
    ).all()
    digests: dict[int, dict[str, str]] = {}
    for file in files:
        digests.setdefault(file.report_id, {})[file.kind] = file.sha256
    return [Issue(**row._mapping, digests=digests.get(row.report_id, {})) for row in rows]


def _may_view(connection: Connection, actor: Actor, code: str, as_of: datetime) -> bool:
    on = work_calendar(connection).local_date(as_of)
    return code in codes(connection) and may(
        actor, Permission.VIEW_REPORTS, sop_in_force(connection, code, on)[1]
    )
