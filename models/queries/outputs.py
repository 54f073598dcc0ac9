"""Which outputs of a case's steps are there: by their number, by a file attached to them, or by a numbered paper.

Decided 2026-11. What the SOP names as an output counts as there only when one of the three is; that a step was
finished says nothing about its papers. Completeness stands beside the compliance in time and is never mixed with it.
"""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, bindparam, select

from models.sop import Sop, Step
from models.step_form import number_keys
from models.tables import Attachment, CasePaper

_ATTACHED = select(Attachment.round_id, Attachment.output_key).where(
    Attachment.case_id == bindparam("of_case"),
    Attachment.state == "kept",
    Attachment.output_key.is_not(None),
)
_PAPERS = select(CasePaper.document_key, CasePaper.data).where(CasePaper.case_id == bindparam("of_case"))


def attached_outputs(connection: Connection, case_id: int) -> set[tuple[int, str]]:
    """(round, output) of every kept attachment that stands for an output."""
    rows = connection.execute(_ATTACHED, {"of_case": case_id})
    return {(row.round_id, row.output_key) for row in rows}


def numbered_papers(connection: Connection, sop: Sop, case_id: int) -> set[tuple[str, str]]:
    """(step, output) of every paper of the case whose number was filled in."""
    rows = connection.execute(_PAPERS, {"of_case": case_id})
    saved = {row.document_key: row.data for row in rows}
    return {
        (document.step, document.output)
        for document in sop.documents
        if document.step and document.output and saved.get(document.key, {}).get(document.number_field)
    }


def held_outputs(
    sop: Sop,
    step: Step,
    data: Mapping[str, Any],
    *,
    round_id: int,
    attached: set[tuple[int, str]],
    papers: set[tuple[str, str]],
) -> frozenset[str]:
    """The keys of the outputs of one round that are there."""
    return frozenset(
        output.key
        for output in step.outputs
        if any(data.get(key) for key in number_keys(sop, step, output))
        or (round_id, output.key) in attached
        or (step.key, output.key) in papers
    )
