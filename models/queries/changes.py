"""What was recorded about some cases after a moment: why a report that was issued no longer says what stands now."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from models.access import Actor, Permission, may
from models.errors import Forbidden
from models.queries.sight import hidden_from
from models.sop import Sop
from models.tables import AuditEntry, CaseFile


@dataclass(frozen=True, slots=True)
class Change:
    """One act upon a case, recorded after the report was issued."""

    register_no: str
    recorded_at: datetime
    actor_name: str
    action: str
    happened_at: datetime | None
    reason: str | None
    details: dict[str, Any]


def changes_since(
    connection: Connection, *, actor: Actor, sop: Sop, register_nos: Sequence[str], report_id: int
) -> dict[str, list[Change]]:
    """The acts upon these cases recorded after a report was issued, by register number, in their order.

    After it by their place on the trail: a clock can stand still. Raises `Forbidden`.
    """
    if not may(actor, Permission.VIEW_REPORTS, sop):
        raise Forbidden
    a, c = AuditEntry, CaseFile
    rows = connection.execute(
        select(c.register_no, a.recorded_at, a.actor_name, a.action, a.happened_at, a.reason, a.details)
        .join(c, c.id == a.case_id)
        .where(
            c.code == sop.code,
            c.register_no.in_(register_nos),
            a.seq > _issued(connection, report_id),
            ~hidden_from(actor),
        )
        .order_by(a.seq)
    )
    found: dict[str, list[Change]] = {}
    for row in rows:
        change = Change(**{**row._mapping, "details": json.loads(row.details)})
        found.setdefault(row.register_no, []).append(change)
    return found


def _issued(connection: Connection, report_id: int) -> int:
    """The place on the trail at which the report was issued, 0 for one that is not on it."""
    acts = connection.execute(
        select(AuditEntry.seq, AuditEntry.details).where(AuditEntry.action == "report.issued")
    )
    return next((act.seq for act in acts if json.loads(act.details)["report"] == report_id), 0)
