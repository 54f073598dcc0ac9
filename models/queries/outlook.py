"""What will fall due next, and with whom it lies: the warning before anything is late."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from sqlalchemy import Connection, select

from models.access import Actor
from models.queries.compliance import check_summary
from models.queries.past import rounds
from models.queries.worklist import OpenStep, open_steps
from models.sop import Sop
from models.tables import CaseAssignee, User, UserRole

K = TypeVar("K")


@dataclass(frozen=True, slots=True)
class Coming:
    """An open measured step with the names of those it lies with: whom its case was assigned to, else its role's."""

    step: OpenStep
    people: tuple[str, ...]


def coming(
    connection: Connection,
    *,
    actor: Actor,
    sop: Sop,
    as_of: datetime,
    until: datetime,
    limit: int = 5_000,
    past: bool = False,
) -> list[Coming]:
    """Counted open steps of the SOP due before `until`, overdue ones too, by due date. Raises `Forbidden`.

    With `past` as known at `as_of`, but for the names, which are those of today.
    """
    check_summary(actor, sop)
    r = rounds(as_of, past=past)
    query = open_steps(actor, as_of, r).where(r.code == sop.code, r.counted, r.due_at < until).limit(limit)
    steps = [OpenStep(**row._mapping) for row in connection.execute(query)]
    roles = {executor.key: executor.role for executor in sop.executors}
    holders = _holders(connection, {role for role in roles.values() if role})
    assigned = _assigned(connection, [step.case_id for step in steps if step.case_id])
    return [
        Coming(step, assigned.get(step.case_id or 0) or holders.get(roles.get(step.executor) or "", ()))
        for step in steps
    ]


def _holders(connection: Connection, roles: Collection[str]) -> Mapping[str, tuple[str, ...]]:
    rows = connection.execute(
        select(UserRole.role, User.full_name)
        .join(User, User.id == UserRole.user_id)
        .where(UserRole.role.in_(roles), User.active)
        .order_by(User.full_name)
    )
    return _gathered([(row.role, row.full_name) for row in rows])


def _assigned(connection: Connection, cases: Sequence[int]) -> Mapping[int, tuple[str, ...]]:
    a = CaseAssignee
    rows = connection.execute(
        select(a.case_id, User.full_name)
        .join(User, User.id == a.user_id)
        .where(a.case_id.in_(cases), a.ended_at.is_(None))
        .order_by(User.full_name)
    )
    return _gathered([(row.case_id, row.full_name) for row in rows])


def _gathered(pairs: Sequence[tuple[K, str]]) -> dict[K, tuple[str, ...]]:
    found: dict[K, tuple[str, ...]] = {}
    for key, name in pairs:
        found[key] = (*found.get(key, ()), name)
    return found
