"""Pausing a case and going on: waiting for what a reporter must add, for the sea, for a warrant.

Decided 2026-11. The SOPs know no pause, so no deadline moves and the official figure ignores them (rules of time, 4);
what the deadlines would be is shown beside. A pause that still runs when the case is closed ends with it.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine, RowMapping, func, insert, select, update

from models import audit
from models.access import Actor, Permission, may
from models.commands.checks import given, locked_case, refuse_future
from models.commands.intake import once
from models.errors import N_, Conflict, Forbidden, Invalid, Problem
from models.tables import Pause

KINDS = ("reporter", "other")


def pause_case(
    store: Engine,
    *,
    actor: Actor,
    token: str,
    now: datetime,
    case_id: int,
    kind: str,
    started_at: datetime,
    reason: str,
) -> dict[str, Any]:
    """Begin a pause of an open case. Raises `Invalid` when one runs already or another one lies in its way."""

    def act(connection: Connection) -> dict[str, Any]:
        case = _open_case(connection, actor=actor, case_id=case_id)
        if kind not in KINDS:
            raise Invalid({"kind": Problem(N_("Choose one of the choices offered."))})
        why = given(reason, key="reason")
        at = started_at.replace(second=0, microsecond=0)
        refuse_future(at, now=now, key="started_at")
        if at < case["received_at"]:
            params = {"at": at, "received": case["received_at"]}
            problem = Problem(N_("{at} lies before the case was received ({received})."), params)
            raise Invalid({"started_at": problem})
        _refuse_overlap(connection, case_id, at)
        pause_id = connection.execute(
            insert(Pause)
            .values(
                case_id=case_id,
                kind=kind,
                reason=why,
                started_at=at,
                recorded_at=now,
                recorded_by=actor.user_id,
            )
            .returning(Pause.id)
        ).scalar_one()
        audit.append(
            connection,
            actor=actor,
            action="case.paused",
            now=now,
            case_id=case_id,
            happened_at=at,
            reason=why,
            details={"pause": pause_id, "kind": kind},
        )
        return {"pause_id": pause_id, "case_id": case_id}

    return once(store, actor=actor, token=token, now=now, action="case.pause", act=act)


def resume_case(
    store: Engine,
    *,
    actor: Actor,
    token: str,
    now: datetime,
    case_id: int,
    pause_id: int,
    expected_version: int,
    ended_at: datetime,
) -> dict[str, Any]:
    """End the pause that runs. Raises `Conflict` when somebody else has, `Invalid` for an end before its beginning."""

    def act(connection: Connection) -> dict[str, Any]:
        _open_case(connection, actor=actor, case_id=case_id)
        at = ended_at.replace(second=0, microsecond=0)
        refuse_future(at, now=now, key="ended_at")
        row = (
            connection.execute(
                select(Pause.__table__)
                .where(Pause.id == pause_id, Pause.case_id == case_id)
                .with_for_update()
            )
            .mappings()
            .one_or_none()
        )
        if row is None or row["version"] != expected_version or row["ended_at"] is not None:
            raise Conflict
        if at <= row["started_at"]:
            params = {"ended": at, "started": row["started_at"]}
            problem = Problem(N_("The pause would end {ended}, not after it began ({started})."), params)
            raise Invalid({"ended_at": problem})
        connection.execute(
            update(Pause)
            .where(Pause.id == pause_id)
            .values(ended_at=at, ended_recorded_at=now, ended_by=actor.user_id, version=Pause.version + 1)
        )
        audit.append(
            connection,
            actor=actor,
            action="case.resumed",
            now=now,
            case_id=case_id,
            happened_at=at,
            details={"pause": pause_id, "kind": row["kind"], "paused_from": row["started_at"]},
        )
        return {"pause_id": pause_id, "case_id": case_id}

    return once(store, actor=actor, token=token, now=now, action="case.resume", act=act)


def _open_case(connection: Connection, *, actor: Actor, case_id: int) -> RowMapping:
    case, sop = locked_case(connection, actor=actor, case_id=case_id)
    if not may(actor, Permission.EDIT_CASE, sop):
        raise Forbidden
    if case["closed_at"] is not None:
        raise Invalid({"": Problem(N_("The case is closed."))})
    return case


def _refuse_overlap(connection: Connection, case_id: int, started_at: datetime) -> None:
    """A new pause begins after all others have ended: they lie in order, and none runs twice."""
    running = connection.execute(
        select(Pause.started_at).where(Pause.case_id == case_id, Pause.ended_at.is_(None))
    ).scalar_one_or_none()
    if running is not None:
        params = {"started": running}
        raise Invalid({"started_at": Problem(N_("A pause is running since {started}."), params)})
    last = connection.execute(select(func.max(Pause.ended_at)).where(Pause.case_id == case_id)).scalar_one()
    if last is not None and started_at < last:
        params = {"ended": last}
        raise Invalid(
            {
                "started_at": Problem(
                    N_("An earlier pause lasted until {ended}; pauses cannot overlap."), params
                )
            }
        )
