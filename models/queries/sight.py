"""Who sees which case: the SOP's readers do, but for those named in a conflict of interest; and who was assigned to it.

Decided 2026-11. The SOPs say nothing of a complaint about somebody through whose hands it would go. From a declaration
on (`models.commands.conflicts`) the person named meets the case nowhere: not in a list, a count of a list, a report's
sheet, its own page or a command. Figures of compliance count it for everybody, or they would differ from person to
person. Each query that gives rows of cases leaves out `hidden_from`; each that gives one case asks `require_sight`.
"""

import json

from sqlalchemy import ColumnElement, Connection, and_, bindparam, exists, select
from sqlalchemy.orm import InstrumentedAttribute

from models.access import Actor, Permission, may
from models.errors import NotFound
from models.sop import Sop
from models.tables import CaseAssignee, CaseConflict, CaseFile

CaseId = InstrumentedAttribute[int] | InstrumentedAttribute[int | None]
# of one case and one person; put together once, and read beside other things by who holds the case
ASSIGNED = exists().where(
    CaseAssignee.case_id == bindparam("of_case"),
    CaseAssignee.user_id == bindparam("of_user"),
    CaseAssignee.ended_at.is_(None),
)
HIDDEN = exists().where(
    CaseConflict.case_id == bindparam("of_case"),
    CaseConflict.user_id == bindparam("of_user"),
    CaseConflict.ended_at.is_(None),
)
_IS_ASSIGNED, _IS_HIDDEN = select(ASSIGNED), select(HIDDEN)
_HIDDEN = (  # asked at every run of every screen, so put together once; those of `hidden_from`
    select(CaseConflict.case_id)
    .where(CaseConflict.user_id == bindparam("of_user"), CaseConflict.ended_at.is_(None))
    .distinct()
    .order_by(CaseConflict.case_id)
)


def hidden_from(actor: Actor, case_id: CaseId = CaseFile.id) -> ColumnElement[bool]:
    """Whether the case of a row is hidden from the actor; false, not unknown, where a row has no case."""
    named = select(CaseConflict.case_id).where(
        CaseConflict.user_id == actor.user_id, CaseConflict.ended_at.is_(None)
    )
    return and_(case_id.is_not(None), case_id.in_(named))


def hidden_cases(connection: Connection, actor: Actor) -> tuple[int, ...]:
    """The ids of the cases hidden from the actor: what a remembered list must carry in its key."""
    return tuple(connection.execute(_HIDDEN, {"of_user": actor.user_id}).scalars())


def names_hidden(connection: Connection, *, actor: Actor, code: str, facts: object) -> bool:
    """Whether a report's stored rows name a case of the SOP `code` that is hidden from the actor."""
    rows = select(CaseFile.register_no).where(CaseFile.code == code, hidden_from(actor))
    numbers = connection.execute(rows).scalars().all()
    said = json.dumps(facts, ensure_ascii=False) if numbers else ""
    return any(json.dumps(number, ensure_ascii=False).strip('"') in said for number in numbers)


def require_sight(
    connection: Connection, *, actor: Actor, sop: Sop, case_id: int, hidden: bool | None = None
) -> None:
    """Raise `NotFound` unless the actor may see this case of this SOP. In a command: after the case is held.

    `hidden` says whether the case is hidden from the actor, where that was read already.
    """
    if not may(actor, Permission.VIEW_CASES, sop):
        raise NotFound
    if hidden is None:
        asked = {"of_case": case_id, "of_user": actor.user_id}
        hidden = bool(connection.execute(_IS_HIDDEN, asked).scalar_one())
    if hidden:
        raise NotFound


def is_assigned(connection: Connection, *, actor: Actor, case_id: int) -> bool:
    """Whether the case was assigned to the actor, who may then record each of its steps."""
    asked = {"of_case": case_id, "of_user": actor.user_id}
    return bool(connection.execute(_IS_ASSIGNED, asked).scalar_one())


def assigned_cases(connection: Connection, actor: Actor) -> dict[int, str]:
    """The cases assigned to the actor that are still open, with the code of their SOP."""
    rows = connection.execute(
        select(CaseFile.id, CaseFile.code)
        .join(CaseAssignee, CaseAssignee.case_id == CaseFile.id)
        .where(
            CaseAssignee.user_id == actor.user_id,
            CaseAssignee.ended_at.is_(None),
            CaseFile.closed_at.is_(None),
            ~hidden_from(actor),
        )
    )
    return {row.id: row.code for row in rows}
