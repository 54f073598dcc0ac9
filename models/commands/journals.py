"""Keeping the logbooks of a case: an entry, its correction, its striking out.

Decided 2026-11. An entry is never deleted: one that was wrong is corrected with a reason, one that should not be there
is struck with a reason, and both stand in the trail with what they said before. Entries may be made until the case is
closed, also after the step they belong to, and are then known as recorded late by their own two times.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine, RowMapping, insert, select, update

from models import audit
from models.access import Actor, Permission, may, may_record
from models.commands.checks import FUTURE_ALLOWED, given, locked_case, refuse_future
from models.commands.intake import once
from models.errors import N_, Conflict, Forbidden, Invalid, NotFound, Problem
from models.form_data import clean
from models.queries.sight import is_assigned
from models.sop import Sop
from models.sop_books import Journal
from models.tables import JournalEntry


@dataclass(frozen=True, slots=True)
class _Held:
    """An entry that is held against other writers, with its case and logbook."""

    row: RowMapping
    case: RowMapping
    journal: Journal


def record_entry(
    store: Engine,
    *,
    actor: Actor,
    token: str,
    now: datetime,
    case_id: int,
    journal_key: str,
    happened_at: datetime,
    data: Mapping[str, object],
) -> dict[str, Any]:
    """Write an entry into a logbook of an open case; returns entry_id and case_id.

    Raises `Forbidden`, `NotFound`, or `Invalid` by field key ("happened_at" for its moment).
    """

    def act(connection: Connection) -> dict[str, Any]:
        case, sop = locked_case(connection, actor=actor, case_id=case_id)
        journal = _journal(connection, sop, journal_key, case=case, actor=actor)
        at = _moment(case, happened_at, now)
        cleaned = clean(journal.fields, data)
        entry_id = connection.execute(
            insert(JournalEntry)
            .values(
                case_id=case_id,
                code=sop.code,
                journal_key=journal_key,
                happened_at=at,
                recorded_at=now,
                recorded_by=actor.user_id,
                data=cleaned,
            )
            .returning(JournalEntry.id)
        ).scalar_one()
        audit.append(
            connection,
            actor=actor,
            action="journal.written",
            now=now,
            case_id=case_id,
            happened_at=at,
            details={"journal": journal_key, "entry": entry_id, "data": cleaned},
        )
        return {"entry_id": entry_id, "case_id": case_id}

    return once(store, actor=actor, token=token, now=now, action="journal.write", act=act)


def correct_entry(
    store: Engine,
    *,
    actor: Actor,
    token: str,
    now: datetime,
    entry_id: int,
    expected_version: int,
    happened_at: datetime,
    data: Mapping[str, object],
    reason: str,
) -> dict[str, Any]:
    """Put an entry right; the old words stay in the trail. It keeps the moment at which it was first recorded."""

    def act(connection: Connection) -> dict[str, Any]:
        held = _held(connection, actor=actor, entry_id=entry_id, expected_version=expected_version)
        why = given(reason, key="reason")
        at = _moment(held.case, happened_at, now)
        _refuse_after_record(held, at)
        cleaned = clean(held.journal.fields, data)
        _write(connection, held, {"happened_at": at, "data": cleaned})
        _record(
            connection,
            held,
            actor=actor,
            now=now,
            action="journal.corrected",
            happened_at=at,
            reason=why,
            details={"data": [held.row["data"], cleaned], "old_happened_at": held.row["happened_at"]},
        )
        return {"entry_id": entry_id, "case_id": held.case["id"], "version": expected_version + 1}

    return once(store, actor=actor, token=token, now=now, action="journal.correct", act=act)


def strike_entry(
    store: Engine,
    *,
    actor: Actor,
    token: str,
    now: datetime,
    entry_id: int,
    expected_version: int,
    reason: str,
) -> dict[str, Any]:
    """Strike an entry that should not be there; it stays readable and counts nowhere."""

    def act(connection: Connection) -> dict[str, Any]:
        held = _held(connection, actor=actor, entry_id=entry_id, expected_version=expected_version)
        why = given(reason, key="reason")
        _write(connection, held, {"state": "struck", "struck_at": now, "reason": why})
        _record(connection, held, actor=actor, now=now, action="journal.struck", reason=why)
        return {"entry_id": entry_id, "case_id": held.case["id"]}

    return once(store, actor=actor, token=token, now=now, action="journal.strike", act=act)


def may_write(actor: Actor, journal: Journal, sop: Sop, *, assigned: bool = False) -> bool:
    """Whether `actor` keeps this logbook: its executor's role, who records for others, or whom the case is assigned."""
    if assigned or may(actor, Permission.RECORD_FOR_OTHERS, sop):
        return True
    if journal.executor is None:
        return may(actor, Permission.RECORD_STEP, sop)
    return may_record(actor, sop.executor(journal.executor).role, sop)


def _journal(connection: Connection, sop: Sop, key: str, *, case: RowMapping, actor: Actor) -> Journal:
    journal = next((journal for journal in sop.journals if journal.key == key), None)
    if journal is None:
        raise NotFound
    if not may_write(actor, journal, sop, assigned=is_assigned(connection, actor=actor, case_id=case["id"])):
        raise Forbidden
    if case["closed_at"] is not None:
        raise Invalid({"": Problem(N_("The case is closed."))})
    return journal


def _moment(case: RowMapping, happened_at: datetime, now: datetime) -> datetime:
    at = happened_at.replace(second=0, microsecond=0)
    refuse_future(at, now=now, key="happened_at")
    if at < case["received_at"]:
        params = {"at": at, "received": case["received_at"]}
        problem = Problem(N_("{at} lies before the case was received ({received})."), params)
        raise Invalid({"happened_at": problem})
    return at


def _refuse_after_record(held: _Held, at: datetime) -> None:
    """What was recorded at noon cannot have happened in the evening, and would fill that slot on time."""
    recorded_at = held.row["recorded_at"]
    if at > recorded_at + FUTURE_ALLOWED:
        params = {"at": at, "recorded": recorded_at}
        problem = Problem(N_("{at} lies after this entry was recorded ({recorded})."), params)
        raise Invalid({"happened_at": problem})


def _held(connection: Connection, *, actor: Actor, entry_id: int, expected_version: int) -> _Held:
    case_id = connection.execute(
        select(JournalEntry.case_id).where(JournalEntry.id == entry_id)
    ).scalar_one_or_none()
    if case_id is None:
        raise NotFound
    case, sop = locked_case(connection, actor=actor, case_id=case_id)
    row = (
        connection.execute(
            select(JournalEntry.__table__).where(JournalEntry.id == entry_id).with_for_update()
        )
        .mappings()
        .one()
    )
    journal = _journal(connection, sop, row["journal_key"], case=case, actor=actor)
    if row["version"] != expected_version or row["state"] != "kept":
        raise Conflict(current=dict(row))
    return _Held(row, case, journal)


def _write(connection: Connection, held: _Held, columns: Mapping[str, Any]) -> None:
    changed = connection.execute(
        update(JournalEntry)
        .where(JournalEntry.id == held.row["id"], JournalEntry.version == held.row["version"])
        .values(**columns, version=JournalEntry.version + 1)
    )
    if changed.rowcount != 1:
        raise Conflict


def _record(
    connection: Connection,
    held: _Held,
    *,
    actor: Actor,
    now: datetime,
    action: str,
    reason: str,
    happened_at: datetime | None = None,
    details: Mapping[str, Any] | None = None,
) -> None:
    audit.append(
        connection,
        actor=actor,
        action=action,
        now=now,
        case_id=held.case["id"],
        happened_at=happened_at,
        reason=reason,
        details={"journal": held.journal.key, "entry": held.row["id"], **(details or {})},
    )
