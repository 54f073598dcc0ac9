"""The papers of a case: keeping what was filled in for one, and the act of printing it.

Decisions (2026-11): a paper is filled in by whoever may record the step it belongs to; one that belongs to the case as
a whole by whoever records steps of the case. Anybody who may see the case may print it, and each print-out is on the
trail with the hash of the file that was made. The papers of a closed case can be printed and no longer changed.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine, RowMapping, insert, select, update

from models import audit
from models.access import Actor, Permission, may, may_record
from models.commands.checks import locked_case
from models.commands.intake import once
from models.commands.outputs import count_outputs
from models.database import transaction
from models.errors import N_, Conflict, Forbidden, Invalid, NotFound, Problem
from models.form_data import clean
from models.queries.sight import is_assigned
from models.sop import Sop
from models.sop_document import Document
from models.tables import CasePaper


def save_paper(
    store: Engine,
    *,
    actor: Actor,
    token: str,
    now: datetime,
    case_id: int,
    document_key: str,
    expected_version: int,
    data: Mapping[str, object],
) -> dict[str, Any]:
    """Keep what was filled in for a paper; the old words stay in the trail. Returns case_id, document and version.

    `expected_version` is 0 while nothing was saved for it. Raises `Forbidden`, `NotFound`, `Conflict` with version and
    data as they stand, or `Invalid` by field key.
    """

    def act(connection: Connection) -> dict[str, Any]:
        case, sop = locked_case(connection, actor=actor, case_id=case_id)
        document = _document(sop, document_key)
        if not may_fill_in(actor, document, sop, assigned=_assigned(connection, actor, case_id)):
            raise Forbidden
        before = _saved(connection, case_id, document_key)
        if (before["version"] if before else 0) != expected_version:
            raise Conflict(current=dict(before) if before else {"version": 0, "data": {}})
        if case["closed_at"] is not None:
            raise Invalid({"": Problem(N_("The case is closed."))})
        cleaned = clean(document.fields, data)
        columns = {"data": cleaned, "recorded_at": now, "recorded_by": actor.user_id}
        _write(connection, before, {**columns, "case_id": case_id, "document_key": document_key})
        audit.append(
            connection,
            actor=actor,
            action="paper.saved",
            now=now,
            case_id=case_id,
            details={"document": document_key, "data": [before["data"] if before else {}, cleaned]},
        )
        count_outputs(connection, sop=sop, case_id=case_id, now=now)
        return {"case_id": case_id, "document": document_key, "version": expected_version + 1}

    return once(store, actor=actor, token=token, now=now, action="paper.save", act=act)


def may_fill_in(actor: Actor, document: Document, sop: Sop, *, assigned: bool = False) -> bool:
    """Whether `actor` fills in this paper; `assigned` says that the case was assigned to the actor."""
    if document.step is not None:
        role = sop.executor(sop.step(document.step).executor).role
        return may_record(actor, role, sop, assigned=assigned)
    return may_record(actor, None, sop, assigned=assigned) or may(actor, Permission.RECORD_STEP, sop)


def record_print(
    store: Engine, *, actor: Actor, now: datetime, case_id: int, document_key: str, version: int, sha256: str
) -> None:
    """Record that a paper was printed, from which version of what was filled in (0: nothing was), and as which file.

    Raises `NotFound` where there is no such paper or the actor may not see the case.
    """
    with transaction(store) as connection:
        _case, sop = locked_case(connection, actor=actor, case_id=case_id)
        details = {"document": _document(sop, document_key).key, "version": version, "sha256": sha256}
        audit.append(
            connection, actor=actor, action="paper.printed", now=now, case_id=case_id, details=details
        )


def _document(sop: Sop, key: str) -> Document:
    document = next((document for document in sop.documents if document.key == key), None)
    if document is None:
        raise NotFound
    return document


def _assigned(connection: Connection, actor: Actor, case_id: int) -> bool:
    return is_assigned(connection, actor=actor, case_id=case_id)


def _saved(connection: Connection, case_id: int, document_key: str) -> RowMapping | None:
    wanted = select(CasePaper.__table__).where(
        CasePaper.case_id == case_id, CasePaper.document_key == document_key
    )
    return connection.execute(wanted).mappings().one_or_none()


def _write(connection: Connection, before: RowMapping | None, columns: Mapping[str, Any]) -> None:
    if before is None:
        connection.execute(insert(CasePaper).values(**columns))  # nobody else can: the case is held
        return
    changed = connection.execute(
        update(CasePaper)
        .where(CasePaper.id == before["id"], CasePaper.version == before["version"])
        .values(**columns, version=CasePaper.version + 1)
    )
    if changed.rowcount != 1:
        raise Conflict
