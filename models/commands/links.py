"""Saying that two cases belong together, and taking it back."""

from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine, delete, insert, select

from models import audit
from models.access import Actor, Permission, may
from models.commands.checks import given, locked_case
from models.commands.intake import once
from models.errors import N_, Forbidden, Invalid, NotFound, Problem
from models.sop import Sop
from models.tables import CaseFile, CaseLink


def link_cases(
    store: Engine, *, actor: Actor, token: str, now: datetime, case_id: int, other_no: str, reason: str
) -> dict[str, Any]:
    """Tie the case to the one with the register number `other_no`; `Invalid` beside "other_no" when there is none.

    A case that the actor may not see is answered like one that does not exist.
    """

    def act(connection: Connection) -> dict[str, Any]:
        other_id = _numbered(connection, given(other_no, key="other_no"))
        seen = _held(connection, actor, {case_id, other_id or case_id})
        if not may(actor, Permission.RECORD_STEP, _sop(seen, case_id)):
            raise Forbidden
        if other_id not in seen:
            raise Invalid({"other_no": Problem(N_("No case with this number."))})
        if other_id == case_id:
            raise Invalid({"other_no": Problem(N_("That is this case itself."))})
        why = given(reason, key="reason")
        pair = {"case_id": min(case_id, other_id), "other_id": max(case_id, other_id)}
        if connection.execute(select(CaseLink.id).filter_by(**pair)).first() is not None:
            raise Invalid({"other_no": Problem(N_("The two cases are tied already."))})
        connection.execute(
            insert(CaseLink).values(**pair, reason=why, recorded_at=now, recorded_by=actor.user_id)
        )
        _record(connection, actor, now, "case.linked", (case_id, other_id), reason=why)
        return {"case_id": case_id, "other_id": other_id}

    return once(store, actor=actor, token=token, now=now, action="case.link", act=act)


def unlink_cases(
    store: Engine, *, actor: Actor, token: str, now: datetime, case_id: int, other_id: int, reason: str
) -> dict[str, Any]:
    """Take the tie between two cases back; the trail keeps both acts."""

    def act(connection: Connection) -> dict[str, Any]:
        seen = _held(connection, actor, {case_id, other_id})
        if not may(actor, Permission.RECORD_STEP, _sop(seen, case_id)):
            raise Forbidden
        _sop(seen, other_id)
        why = given(reason, key="reason")
        pair = {"case_id": min(case_id, other_id), "other_id": max(case_id, other_id)}
        if connection.execute(delete(CaseLink).filter_by(**pair)).rowcount != 1:
            raise NotFound
        _record(connection, actor, now, "case.unlinked", (case_id, other_id), reason=why)
        return {"case_id": case_id, "other_id": other_id}

    return once(store, actor=actor, token=token, now=now, action="case.unlink", act=act)


def _numbered(connection: Connection, register_no: str) -> int | None:
    wanted = CaseFile.register_no.in_((register_no, register_no.upper()))
    return connection.execute(select(CaseFile.id).where(wanted)).scalars().first()


def _held(connection: Connection, actor: Actor, cases: set[int]) -> dict[int, Sop]:
    """The SOPs of those of the cases that the actor may see.

    The lower id is held first, or two people who tie a pair from its two sides would wait for one another for ever.
    """
    seen: dict[int, Sop] = {}
    for one in sorted(cases):
        with suppress(NotFound):
            _, seen[one] = locked_case(connection, actor=actor, case_id=one)
    return seen


def _sop(seen: Mapping[int, Sop], case_id: int) -> Sop:
    if case_id not in seen:
        raise NotFound
    return seen[case_id]


def _record(
    connection: Connection, actor: Actor, now: datetime, action: str, pair: tuple[int, int], *, reason: str
) -> None:
    """One act on the history of each of the two."""
    for one, other in (pair, pair[::-1]):
        audit.append(
            connection,
            actor=actor,
            action=action,
            now=now,
            case_id=one,
            reason=reason,
            details={"other": other},
        )
