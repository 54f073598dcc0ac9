"""Conflicts of interest: who sees nothing of a case, and to whom it is assigned instead.

Decisions (2026-11), because the SOPs do not regulate it:
- Whoever receives or leads may declare a conflict, also their own; leaders and administrators lift one and assign the
  case. The person named is bound whoever they are: the case is not found by them from the next click on.
- Somebody must remain who can assign the case: a declaration that would leave nobody is refused.
- A case may be assigned to several; each records any of its steps, on behalf of whom the SOP names. An assignment ends
  with a declared conflict, or by hand. Nothing is deleted: what ended stays with its reason.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine, insert, select, update

from models import audit
from models.access import Actor, Permission, may
from models.commands.checks import given, locked_case
from models.commands.intake import once
from models.errors import N_, Conflict, Forbidden, Invalid, NotFound, Problem
from models.queries.conflicts import in_force, readers
from models.sop import Sop
from models.tables import CaseAssignee, CaseConflict, User

_Tie = type[CaseConflict] | type[CaseAssignee]


def declare_conflict(
    store: Engine, *, actor: Actor, token: str, now: datetime, case_id: int, user_id: int, reason: str
) -> dict[str, Any]:
    """Hide the case from `user_id`, who must be among those who see the SOP's cases, and end their assignment.

    Returns case_id and user_id. Raises `Forbidden`, `NotFound` or `Invalid` (beside "user_id" for the person).
    """

    def act(connection: Connection) -> dict[str, Any]:
        sop = _held(connection, actor=actor, case_id=case_id, permission=Permission.DECLARE_CONFLICT)
        name = _name(connection, user_id)
        why = given(reason, key="reason")
        if user_id not in {reader.user_id for reader in readers(connection, sop)}:
            raise Invalid({"user_id": Problem(N_("This person does not see cases of this SOP anyway."))})
        if _stands(connection, CaseConflict, case_id, user_id):
            raise Invalid(
                {"user_id": Problem(N_("A conflict of interest is declared for this person already."))}
            )
        _keep_somebody(connection, sop, case_id=case_id, but=user_id)
        _insert(connection, CaseConflict, actor=actor, now=now, case_id=case_id, user_id=user_id, reason=why)
        ended = _end(
            connection, CaseAssignee, actor=actor, now=now, case_id=case_id, user_id=user_id, reason=why
        )
        details = {"user_id": user_id, "name": name, "unassigned": ended}
        _record(connection, actor, now, "conflict.declared", case_id, details, reason=why)
        return {"case_id": case_id, "user_id": user_id}

    return once(store, actor=actor, token=token, now=now, action="conflict.declare", act=act)


def lift_conflict(
    store: Engine, *, actor: Actor, token: str, now: datetime, case_id: int, user_id: int, reason: str
) -> dict[str, Any]:
    """Let `user_id` see the case again; `Conflict` when somebody else has lifted it already."""
    return _end_by_hand(
        store, CaseConflict, "conflict.lifted",
        actor=actor, token=token, now=now, case_id=case_id, user_id=user_id, reason=reason,
    )  # fmt: skip


def reassign(
    store: Engine, *, actor: Actor, token: str, now: datetime, case_id: int, user_id: int, reason: str
) -> dict[str, Any]:
    """Let `user_id` record every step of the case; an active reader of the SOP's cases without a conflict in this one.

    Others to whom it is assigned stay so until `end_assignment`. Raises as `declare_conflict` does.
    """

    def act(connection: Connection) -> dict[str, Any]:
        sop = _held(connection, actor=actor, case_id=case_id, permission=Permission.REASSIGN_CASE)
        name = _name(connection, user_id)
        why = given(reason, key="reason")
        able = {reader.user_id for reader in readers(connection, sop) if reader.active}
        if user_id not in able:
            raise Invalid({"user_id": Problem(N_("This person does not see cases of this SOP."))})
        if _stands(connection, CaseConflict, case_id, user_id):
            raise Invalid({"user_id": Problem(N_("For this person a conflict of interest is declared."))})
        if _stands(connection, CaseAssignee, case_id, user_id):
            raise Invalid({"user_id": Problem(N_("The case is assigned to this person already."))})
        _insert(connection, CaseAssignee, actor=actor, now=now, case_id=case_id, user_id=user_id, reason=why)
        details = {"user_id": user_id, "name": name}
        _record(connection, actor, now, "case.assigned", case_id, details, reason=why)
        return {"case_id": case_id, "user_id": user_id}

    return once(store, actor=actor, token=token, now=now, action="case.assign", act=act)


def end_assignment(
    store: Engine, *, actor: Actor, token: str, now: datetime, case_id: int, user_id: int, reason: str
) -> dict[str, Any]:
    """Take the case out of the hands of `user_id`; `Conflict` when somebody else has done so already."""
    return _end_by_hand(
        store, CaseAssignee, "case.unassigned",
        actor=actor, token=token, now=now, case_id=case_id, user_id=user_id, reason=reason,
    )  # fmt: skip


def _end_by_hand(
    store: Engine,
    tie: _Tie,
    action: str,
    *,
    actor: Actor,
    token: str,
    now: datetime,
    case_id: int,
    user_id: int,
    reason: str,
) -> dict[str, Any]:
    def act(connection: Connection) -> dict[str, Any]:
        _held(connection, actor=actor, case_id=case_id, permission=Permission.REASSIGN_CASE)
        name = _name(connection, user_id)
        why = given(reason, key="reason")
        if not _end(connection, tie, actor=actor, now=now, case_id=case_id, user_id=user_id, reason=why):
            raise Conflict
        _record(connection, actor, now, action, case_id, {"user_id": user_id, "name": name}, reason=why)
        return {"case_id": case_id, "user_id": user_id}

    return once(store, actor=actor, token=token, now=now, action=action, act=act)


def _held(connection: Connection, *, actor: Actor, case_id: int, permission: Permission) -> Sop:
    _, sop = locked_case(connection, actor=actor, case_id=case_id)
    if not may(actor, permission, sop):
        raise Forbidden
    return sop


def _name(connection: Connection, user_id: int) -> str:
    name = connection.execute(select(User.full_name).where(User.id == user_id)).scalar_one_or_none()
    if name is None:
        raise NotFound
    return name


def _keep_somebody(connection: Connection, sop: Sop, *, case_id: int, but: int) -> None:
    """Refuse a declaration after which nobody could lift it or assign the case."""
    named = {tie.user_id for tie in in_force(connection, CaseConflict, case_id)} | {but}
    left = [
        reader
        for reader in readers(connection, sop)
        if reader.active and reader.may_reassign and reader.user_id not in named
    ]
    if not left:
        problem = Problem(
            N_("Nobody would be left who can assign the case. Make an account that can, first.")
        )
        raise Invalid({"user_id": problem})


def _stands(connection: Connection, tie: _Tie, case_id: int, user_id: int) -> bool:
    return user_id in {one.user_id for one in in_force(connection, tie, case_id)}


def _insert(
    connection: Connection,
    tie: _Tie,
    *,
    actor: Actor,
    now: datetime,
    case_id: int,
    user_id: int,
    reason: str,
) -> None:
    columns = {"case_id": case_id, "user_id": user_id, "reason": reason}
    connection.execute(insert(tie).values(**columns, recorded_at=now, recorded_by=actor.user_id))


def _end(
    connection: Connection,
    tie: _Tie,
    *,
    actor: Actor,
    now: datetime,
    case_id: int,
    user_id: int,
    reason: str,
) -> bool:
    """End what is in force; whether anything was."""
    ended = connection.execute(
        update(tie)
        .where(tie.case_id == case_id, tie.user_id == user_id, tie.ended_at.is_(None))
        .values(ended_at=now, ended_by=actor.user_id, ended_reason=reason)
    )
    return bool(ended.rowcount)


def _record(
    connection: Connection,
    actor: Actor,
    now: datetime,
    action: str,
    case_id: int,
    details: dict[str, Any],
    *,
    reason: str,
) -> None:
    audit.append(
        connection, actor=actor, action=action, now=now, case_id=case_id, reason=reason, details=details
    )
