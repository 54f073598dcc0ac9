"""Recording a duty of the working day: the check of the complaints' e-mail (complaint SOP, step 1, remark).

Decided 2026-11. A check counts for the day it happened on, and may be entered for an earlier day; what was entered
after its day is seen by its two times. Several checks a day are kept, one is enough.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine, insert, select, update

from models import audit
from models.access import Actor, Permission, may, may_record
from models.commands.checks import given, refuse_future
from models.commands.intake import once
from models.errors import Conflict, Forbidden, NotFound
from models.form_data import clean
from models.queries.calendar import work_calendar
from models.queries.sops import sop_in_force
from models.sop import Sop
from models.sop_books import Duty
from models.tables import DutyEntry


def record_check(
    store: Engine,
    *,
    actor: Actor,
    token: str,
    now: datetime,
    code: str,
    duty_key: str,
    happened_at: datetime,
    data: Mapping[str, object],
) -> dict[str, Any]:
    """Enter that a daily duty was done; returns entry_id and on_date. Raises `Forbidden`, `NotFound` or `Invalid`."""

    def act(connection: Connection) -> dict[str, Any]:
        at = happened_at.replace(second=0, microsecond=0)
        refuse_future(at, now=now, key="happened_at")
        on = work_calendar(connection).local_date(at)
        _, sop = sop_in_force(connection, code, on)
        duty = _duty(sop, duty_key, actor)
        cleaned = clean(duty.fields, data)
        entry_id = connection.execute(
            insert(DutyEntry)
            .values(
                code=code,
                duty_key=duty_key,
                on_date=on,
                happened_at=at,
                recorded_at=now,
                recorded_by=actor.user_id,
                data=cleaned,
            )
            .returning(DutyEntry.id)
        ).scalar_one()
        audit.append(
            connection,
            actor=actor,
            action="duty.done",
            now=now,
            happened_at=at,
            details={"sop": code, "duty": duty_key, "entry": entry_id, "data": cleaned},
        )
        return {"entry_id": entry_id, "on_date": on.isoformat()}

    return once(store, actor=actor, token=token, now=now, action="duty.check", act=act)


def strike_check(
    store: Engine,
    *,
    actor: Actor,
    token: str,
    now: datetime,
    entry_id: int,
    expected_version: int,
    reason: str,
) -> dict[str, Any]:
    """Strike a check that was entered by mistake; it stays readable and counts for no day."""

    def act(connection: Connection) -> dict[str, Any]:
        row = (
            connection.execute(select(DutyEntry.__table__).where(DutyEntry.id == entry_id).with_for_update())
            .mappings()
            .one_or_none()
        )
        if row is None:
            raise NotFound
        _, sop = sop_in_force(connection, row["code"], row["on_date"])
        _duty(sop, row["duty_key"], actor)
        if row["version"] != expected_version or row["state"] != "kept":
            raise Conflict(current=dict(row))
        why = given(reason, key="reason")
        connection.execute(
            update(DutyEntry)
            .where(DutyEntry.id == entry_id)
            .values(state="struck", struck_at=now, reason=why, version=DutyEntry.version + 1)
        )
        audit.append(
            connection,
            actor=actor,
            action="duty.struck",
            now=now,
            reason=why,
            details={"sop": row["code"], "duty": row["duty_key"], "entry": entry_id},
        )
        return {"entry_id": entry_id}

    return once(store, actor=actor, token=token, now=now, action="duty.strike", act=act)


def may_check(actor: Actor, sop: Sop, duty: Duty) -> bool:
    """Whether `actor` does this duty, or may record it for who does."""
    return may_record(actor, sop.executor(duty.executor).role, sop)


def _duty(sop: Sop, key: str, actor: Actor) -> Duty:
    if not may(actor, Permission.VIEW_CASES, sop):
        raise NotFound
    duty = next((duty for duty in sop.duties if duty.key == key and duty.every == "working_day"), None)
    if duty is None:
        raise NotFound
    if not may_check(actor, sop, duty):
        raise Forbidden
    return duty
