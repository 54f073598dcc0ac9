"""Every file that leaves the program leaves an act on the trail."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import Engine

from models import audit
from models.access import Actor, Permission, Scope, may
from models.database import transaction
from models.errors import Forbidden


def record_export(
    store: Engine, *, actor: Actor, now: datetime, scope: Scope, what: str, details: Mapping[str, object]
) -> None:
    """Record that `actor` took out `what`; raises `Forbidden`. The file's name and content are not kept."""
    if not may(actor, Permission.EXPORT, scope):
        raise Forbidden
    with transaction(store) as connection:
        audit.append(connection, actor=actor, action="exported", now=now, details={"what": what, **details})


def record_issue_export(store: Engine, *, actor: Actor, now: datetime, report_id: int, kind: str) -> None:
    """Record that `actor` took out a file of an issued report, which they were found to be allowed to see."""
    details = {"what": "issued report", "report": report_id, "kind": kind}
    with transaction(store) as connection:
        audit.append(connection, actor=actor, action="exported", now=now, details=details)
