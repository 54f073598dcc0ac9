"""Who is excluded from a case, to whom it is assigned, and among whom one can choose."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select
from sqlalchemy.orm import aliased

from models.access import Actor, Permission, Role, may
from models.errors import Forbidden
from models.queries.sight import require_sight
from models.sop import Sop
from models.tables import CaseAssignee, CaseConflict, User, UserRole


@dataclass(frozen=True, slots=True)
class Reader:
    """An account whose roles see the SOP's cases."""

    user_id: int
    name: str
    active: bool
    may_reassign: bool


@dataclass(frozen=True, slots=True)
class Named:
    """A person named in a conflict or an assignment that is in force."""

    user_id: int
    name: str
    reason: str
    recorded_at: datetime
    recorded_by: str


@dataclass(frozen=True, slots=True)
class Ties:
    """How people stand to one case; `others` are its SOP's active readers without a conflict in it."""

    conflicts: tuple[Named, ...]
    assignees: tuple[Named, ...]
    others: tuple[Reader, ...]


def readers(connection: Connection, sop: Sop) -> list[Reader]:
    """The accounts, active or not, whose roles see cases of `sop`, by name."""
    rows = connection.execute(
        select(User.id, User.full_name, User.active, UserRole.role)
        .join(UserRole, UserRole.user_id == User.id)
        .where(UserRole.role.in_(list(Role)))
        .order_by(User.full_name, User.id)
    ).all()
    roles: dict[int, set[Role]] = {}
    for row in rows:
        roles.setdefault(row.id, set()).add(Role(row.role))
    found = {}
    for row in rows:
        actor = Actor(row.id, row.full_name, frozenset(roles[row.id]))
        if may(actor, Permission.VIEW_CASES, sop):
            may_reassign = may(actor, Permission.REASSIGN_CASE, sop)
            found[row.id] = Reader(row.id, row.full_name, row.active, may_reassign)
    return list(found.values())


def in_force(
    connection: Connection, tie: type[CaseConflict] | type[CaseAssignee], case_id: int
) -> Sequence[Named]:
    """The conflicts, or the assignments, of a case that have not ended, in their order."""
    author = aliased(User)
    rows = connection.execute(
        select(
            tie.user_id,
            User.full_name.label("name"),
            tie.reason,
            tie.recorded_at,
            author.full_name.label("recorded_by"),
        )
        .join(User, User.id == tie.user_id)
        .join(author, author.id == tie.recorded_by)
        .where(tie.case_id == case_id, tie.ended_at.is_(None))
        .order_by(tie.id)
    )
    return [Named(**row._mapping) for row in rows]


def ties(connection: Connection, *, actor: Actor, sop: Sop, case_id: int) -> Ties:
    """All of it, for those who may declare a conflict; raises `NotFound` and `Forbidden`."""
    require_sight(connection, actor=actor, sop=sop, case_id=case_id)
    if not may(actor, Permission.DECLARE_CONFLICT, sop):
        raise Forbidden
    conflicts = tuple(in_force(connection, CaseConflict, case_id))
    named = {one.user_id for one in conflicts}
    others = tuple(
        reader for reader in readers(connection, sop) if reader.active and reader.user_id not in named
    )
    return Ties(conflicts, tuple(in_force(connection, CaseAssignee, case_id)), others)
