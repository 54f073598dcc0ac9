"""Which outputs of a case's steps are there: by their number, by a file attached to them, or by a numbered paper.

Decided 2026-11. What the SOP names as an output counts as there only when one of the three is; that a step was
finished says nothing about its papers. Completeness stands beside the compliance in time and is never mixed with it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import JSON, Connection, Integer, bindparam, cast, exists, null, or_, select, union_all

from models.sop import Sop, Step
from models.step_form import number_keys
from models.tables import Attachment, CasePaper

_KEPT = union_all(
    select(Attachment.round_id, Attachment.output_key.label("key"), cast(null(), JSON).label("data")).where(
        Attachment.case_id == bindparam("of_case"),
        Attachment.state == "kept",
        Attachment.output_key.is_not(None),
    ),
    select(cast(null(), Integer), CasePaper.document_key, CasePaper.data).where(
        CasePaper.case_id == bindparam("of_case")
    ),
)


# whether there may be any, of one case; for who reads other things of the case beside
ANY_KEPT = or_(
    exists().where(Attachment.case_id == bindparam("of_case")),
    exists().where(CasePaper.case_id == bindparam("of_case")),
)


@dataclass(frozen=True, slots=True)
class Kept:
    """What a case holds of its outputs: (round, output) of the files attached, (step, output) of numbered papers."""

    attached: frozenset[tuple[int, str]] = frozenset()
    papers: frozenset[tuple[str, str]] = frozenset()


def kept_outputs(connection: Connection, *, sop: Sop, case_id: int) -> Kept:
    """Every kept attachment that stands for an output, and every paper of the case whose number was filled in."""
    rows = connection.execute(_KEPT, {"of_case": case_id}).all()
    saved = {row.key: row.data for row in rows if row.data is not None}
    numbered = {
        (document.step, document.output)
        for document in sop.documents
        if document.step and document.output and saved.get(document.key, {}).get(document.number_field)
    }
    attached = {(row.round_id, row.key) for row in rows if row.data is None}
    return Kept(frozenset(attached), frozenset(numbered))


def held_outputs(
    sop: Sop,
    step: Step,
    data: Mapping[str, Any],
    *,
    round_id: int,
    kept: Kept,
) -> frozenset[str]:
    """The keys of the outputs of one round that are there."""
    return frozenset(
        output.key
        for output in step.outputs
        if any(data.get(key) for key in number_keys(sop, step, output))
        or (round_id, output.key) in kept.attached
        or (step.key, output.key) in kept.papers
    )
