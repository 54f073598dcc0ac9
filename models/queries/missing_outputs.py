"""Which outputs are missing from the finished rounds of a period: the list beside `completeness`."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, select

from models.access import Actor, Permission, may
from models.errors import Forbidden
from models.queries.outputs import Kept, held_outputs
from models.queries.sight import hidden_from
from models.queries.sops import sop_version
from models.sop import Label, Sop
from models.step_form import missing_outputs as lacking
from models.tables import Attachment, CaseFile, CasePaper, StepRound


@dataclass(frozen=True, slots=True)
class Lacking:
    """A finished round with the outputs that it owes still; of a period's step there is a `period` and no case."""

    register_no: str | None
    period: str | None
    subject: str | None
    step_key: str
    executor: str
    finished_at: datetime
    outputs: tuple[Label, ...]


def missing_outputs(
    connection: Connection, *, actor: Actor, sop: Sop, start: datetime, end: datetime
) -> list[Lacking]:
    """The rounds finished in [start, end) that lack outputs, by their finish; none of a hidden case.

    Raises `Forbidden`.
    """
    if not may(actor, Permission.VIEW_REPORTS, sop):
        raise Forbidden
    r, c = StepRound, CaseFile
    wanted = (r.code == sop.code, r.finished_at >= start, r.finished_at < end, r.outputs_held < r.outputs_due)
    rows = connection.execute(
        select(
            r.id, r.case_id, r.sop_version_id, c.register_no, r.period, c.subject, r.step_key, r.executor,
            r.finished_at, r.data,
        )
        .join(c, c.id == r.case_id, isouter=True)
        .where(*wanted, ~hidden_from(actor))
        .order_by(r.finished_at, r.id)
    ).all()  # fmt: skip
    attached = _attached(connection, wanted)
    saved = _saved(connection, wanted)
    versions = {key: sop_version(connection, key) for key in {row.sop_version_id for row in rows}}
    found = []
    for row in rows:
        of = versions[row.sop_version_id]
        step, papers = of.step(row.step_key), saved.get(row.case_id, {})
        numbered = frozenset(
            (document.step, document.output)
            for document in of.documents
            if document.step and document.fulfilled_by(papers.get(document.key, {})) and document.output
        )
        held = held_outputs(of, step, row.data, round_id=row.id, kept=Kept(attached, numbered))
        missing = tuple(output.label for output in lacking(step, held))
        found.append(
            Lacking(
                row.register_no, row.period, row.subject, row.step_key, row.executor, row.finished_at, missing
            )
        )
    return found


def _attached(connection: Connection, wanted: Sequence[ColumnElement[bool]]) -> frozenset[tuple[int, str]]:
    """(round, output) of the kept files that stand for an output of those rounds."""
    a = Attachment
    rows = connection.execute(
        select(a.round_id, a.output_key)
        .join(StepRound, StepRound.id == a.round_id)
        .where(*wanted, a.state == "kept", a.output_key.is_not(None))
    )
    return frozenset((row.round_id, row.output_key) for row in rows)


def _saved(
    connection: Connection, wanted: Sequence[ColumnElement[bool]]
) -> dict[int | None, dict[str, dict[str, Any]]]:
    """What was saved for the papers of the cases of those rounds."""
    p = CasePaper
    cases = select(StepRound.case_id).where(*wanted, StepRound.case_id.is_not(None))
    found: dict[int | None, dict[str, dict[str, Any]]] = {}
    for row in connection.execute(select(p.case_id, p.document_key, p.data).where(p.case_id.in_(cases))):
        found.setdefault(row.case_id, {})[row.document_key] = row.data
    return found
