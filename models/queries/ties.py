"""Which cases belong together, and who has worked on a case."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, or_, select

from models.access import Actor, Permission, may
from models.queries.sight import hidden_from
from models.queries.sops import sop_version
from models.tables import AuditEntry, CaseFile, CaseLink


@dataclass(frozen=True, slots=True)
class Tied:
    """A case that belongs with the one asked about."""

    case_id: int
    register_no: str
    subject: str
    reason: str


@dataclass(frozen=True, slots=True)
class Worker:
    """Somebody who recorded something in a case."""

    name: str
    acts: int
    first_at: datetime
    last_at: datetime


def tied(connection: Connection, *, actor: Actor, case_id: int) -> list[Tied]:
    """The cases tied to this one that the actor may see, too."""
    link, other = CaseLink, CaseFile
    rows = connection.execute(
        select(other.id, other.register_no, other.subject, other.sop_version_id, link.reason)
        .join(
            other,
            or_(
                (link.case_id == case_id) & (other.id == link.other_id),
                (link.other_id == case_id) & (other.id == link.case_id),
            ),
        )
        .where(~hidden_from(actor))
        .order_by(link.id)
    ).all()
    return [
        Tied(row.id, row.register_no, row.subject, row.reason)
        for row in rows
        if may(actor, Permission.VIEW_CASES, sop_version(connection, row.sop_version_id))
    ]


def workers(connection: Connection, case_id: int) -> list[Worker]:
    """Who has recorded something in the case, by name; whether the case may be seen is asked before."""
    a = AuditEntry
    rows = connection.execute(
        select(a.actor_name, func.count(), func.min(a.recorded_at), func.max(a.recorded_at))
        .where(a.case_id == case_id, a.actor_id.is_not(None))
        .group_by(a.actor_name)
        .order_by(func.min(a.recorded_at))
    )
    return [Worker(*row) for row in rows]
