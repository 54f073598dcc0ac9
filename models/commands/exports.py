"""Every file that leaves the program leaves an act on the trail. No figure moves by it: what is remembered stays."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import Engine

from models import audit
from models.access import Actor, Permission, Scope, may
from models.database import transaction
from models.errors import Forbidden
from models.queries.issues import issued_file


def record_export(
    store: Engine, *, actor: Actor, now: datetime, scope: Scope, what: str, details: Mapping[str, object]
) -> None:
    """Record that `actor` took out `what`; raises `Forbidden`. The file's name and content are not kept."""
    if not may(actor, Permission.EXPORT, scope):
        raise Forbidden
    with transaction(store, moves_data=False) as connection:
        audit.append(connection, actor=actor, action="exported", now=now, details={"what": what, **details})


def record_issue_export(store: Engine, *, actor: Actor, now: datetime, report_id: int, kind: str) -> None:
    """Record that `actor` took out a file of an issued report; `NotFound` where they may not see it."""
    details = {"what": "issued report", "report": report_id, "kind": kind}
    with transaction(store, moves_data=False) as connection:
        issued_file(connection, actor=actor, report_id=report_id, kind=kind)
        audit.append(connection, actor=actor, action="exported", now=now, details=details)


def record_program_export(store: Engine, *, now: datetime, details: Mapping[str, object]) -> None:
    """Record that a scheduled task wrote a report: nobody is signed in there."""
    with transaction(store, moves_data=False) as connection:
        audit.append(connection, actor=None, action="exported", now=now, details=details)
