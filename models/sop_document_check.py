"""What the papers of a SOP file must be to the rest of it: what they name exists, and nothing of it is confidential.

`check_documents` only gathers. The keys and the forms of the papers are checked with all other forms of the file.
"""

from collections.abc import Sequence

from models.sop import Sop
from models.sop_document import (
    CASE_WORDS,
    JOURNAL_WORDS,
    OFFICE_WORDS,
    SOP_WORDS,
    STEP_WORDS,
    STYLES,
    Block,
    BlockKind,
    Document,
    Fill,
    Place,
    Reference,
    outcome_field,
    places,
)
from models.sop_form import Choice, Field, FieldType, K
from models.step_form import step_fields
from models.toml_table import Findings, Where

_WRITTEN = (FieldType.TEXT, FieldType.LONG_TEXT, FieldType.PLACE)
# what a field may be filled from, but for written ones, which take anything in words
_FILLED_FROM: dict[FieldType, tuple[FieldType, ...]] = {
    FieldType.DATE: (FieldType.DATE, FieldType.DATETIME),
    FieldType.DATETIME: (FieldType.DATETIME,),
    FieldType.PEOPLE: (FieldType.PEOPLE, FieldType.TEXT),
    FieldType.CHOICE: (FieldType.CHOICE,),
    FieldType.CHOICES: (FieldType.CHOICES,),
    FieldType.YES_NO: (FieldType.YES_NO,),
    FieldType.NUMBER: (FieldType.NUMBER,),
}
_SHOWN_AS: dict[BlockKind, tuple[FieldType, ...]] = {
    BlockKind.PEOPLE: (FieldType.PEOPLE, FieldType.LONG_TEXT),
    BlockKind.CHOICES: (FieldType.CHOICE, FieldType.CHOICES),
}


def check_documents(sop: Sop, findings: Findings) -> None:
    """Gather what contradicts itself in the papers of `sop`."""
    for position, document in enumerate(sop.documents):
        where: Where = ("document", position)
        _place(sop, document, where, findings)
        for fill in document.fills:
            _fill(sop, document, fill, where, findings)
        for place, block in enumerate(document.blocks):
            _block(sop, document, block, (*where, "block", place), findings)
        _body(document, where, findings)


def _place(sop: Sop, document: Document, where: Where, findings: Findings) -> None:
    """Where the paper belongs, and what it stands for there."""
    step = _find(sop.case_steps, document.step or "")
    if document.step and step is None:
        findings.add((*where, "step"), f"{document.step!r} is no step of a case")
    if document.number_field:
        field = _find(document.fields, document.number_field)
        if field is None or field.type is not FieldType.TEXT:
            findings.add(
                (*where, "number_field"), f"{document.number_field!r} is no text field of this paper"
            )
    if document.output is None:
        return
    if step is not None and _find(step.outputs, document.output) is None:
        findings.add((*where, "output"), f"{document.output!r} is no output of {step.key!r}")
    if not document.step:
        findings.add((*where, "output"), "stands only beside a step")
    if not document.number_field:
        findings.add((*where, "output"), "could never be fulfilled: number_field is missing")


def _body(document: Document, where: Where, findings: Findings) -> None:
    if not document.blocks and not findings.has((*where, "block")):
        findings.add((*where, "block"), "missing: the paper would be empty")
    if sum(block.kind is BlockKind.SIGNATURE for block in document.blocks) > 1:
        findings.add((*where, "block"), "is signed twice")
    printed = {document.number_field}
    for block in document.blocks:
        named = [
            one for template in block.templates() for place in _places(template) for one in place.options
        ]
        named += [block.source] if block.source else []
        printed |= {one.names[0] for one in named if one.root == "field" and one.names}
    for position, field in enumerate(document.fields):
        if field.key and field.key not in printed:
            findings.add((*where, "field", position, "key"), f"{field.key!r} is asked for and never printed")


def _places(template: str) -> tuple[Place, ...]:
    try:
        return places(template)
    except ValueError:  # told where the template stands
        return ()


def _fill(sop: Sop, document: Document, fill: Fill, where: Where, findings: Findings) -> None:
    place = next(n for n, field in enumerate(document.fields) if field.key == fill.key)
    field, here = document.fields[place], (*where, "field", place, "from")
    if fill.template:
        if field.type not in _WRITTEN:
            findings.add(here, f"a {field.type} field takes keys, not a template")
        _template(sop, (), fill.template, here, findings)
    for source in fill.sources:
        found = _reference(sop, (), source, here, findings)
        if field.type in _WRITTEN or findings.has(here):
            continue
        kind = _kind(source, found)
        if kind not in _FILLED_FROM[field.type]:
            findings.add(here, f"{source} is {kind}, from which no {field.type} field is filled")
        elif found:
            strange = {choice.key for choice in found.choices} - {choice.key for choice in field.choices}
            if field.choices and strange:
                findings.add(here, f"{source} has choices this field lacks: {', '.join(sorted(strange))}")


def _kind(source: Reference, field: Field | None) -> FieldType:
    """The type of what a reference holds."""
    if field is not None:
        return field.type
    is_moment = source.root == "received_at" or source.names[-1:] in (("begun_at",), ("finished_at",))
    return FieldType.DATETIME if is_moment else FieldType.TEXT


def _block(sop: Sop, document: Document, block: Block, where: Where, findings: Findings) -> None:
    for position, line in enumerate(block.lines):
        _template(sop, document.fields, line.text, (*where, "lines", position, "text"), findings)
    _template(sop, document.fields, block.text, (*where, "text"), findings)
    for side, signatory in (("right", block.right), ("left", block.left)):
        if signatory is None:
            continue
        for key in ("above", "title", "name", "number"):
            _template(sop, document.fields, getattr(signatory, key), (*where, side, key), findings)
    if block.source is not None:
        field = _reference(sop, document.fields, block.source, (*where, "source"), findings)
        allowed = _SHOWN_AS[block.kind]
        if field is not None and field.type not in allowed:
            findings.add((*where, "source"), f"{block.source} is {field.type}, not {' or '.join(allowed)}")
        elif field is None and not findings.has((*where, "source")):
            findings.add((*where, "source"), f"{block.source} is no field")
    if block.kind is BlockKind.PEOPLE and not block.columns and not findings.has((*where, "columns")):
        findings.add((*where, "columns"), "missing: what the parts of a line are called")
    if block.journal:
        _journal(sop, block, where, findings)


def _journal(sop: Sop, block: Block, where: Where, findings: Findings) -> None:
    journal = _find(sop.journals, block.journal)
    if journal is None:
        findings.add((*where, "journal"), f"{block.journal!r} is no logbook")
        return
    for key in block.columns:
        if _find(journal.fields, key) is None:
            findings.add((*where, "columns"), f"{key!r} is no field of {block.journal!r}")


def _template(sop: Sop, own: tuple[Field, ...], template: str, where: Where, findings: Findings) -> None:
    try:
        found = places(template)
    except ValueError as error:
        findings.add(where, f"is no template: {error}")
        return
    for place in found:
        for option in place.options:
            _reference(sop, own, option, where, findings)
        if place.style not in STYLES:
            findings.add(where, f"{place.style!r} is none of the styles {_listed(STYLES)}")


def _reference(
    sop: Sop, own: tuple[Field, ...], place: Reference, where: Where, findings: Findings
) -> Field | None:
    """Report a reference to nothing or to the vault; return the field it leads to, if it leads to one."""
    match place.root, place.names:
        case "field", (key,):
            return _known(own, key, f"{place} is no field of this paper", where, findings)
        case "case", (key,):
            field = _known(sop.fields, key, f"{place} is no field of the case's form", where, findings)
            if field and field.confidential:
                findings.add(where, f"{place} is confidential and never printed")
            return field
        case "step", (step_key, key):
            return _of_step(sop, step_key, key, place, where, findings)
        case "paper", (document_key, key):
            other = _known(sop.documents, document_key, f"{place}: no such paper", where, findings)
            return _known(other.fields, key, f"{place} is no field of it", where, findings) if other else None
        case "journal", (journal_key, key):
            _of_journal(sop, journal_key, key, place, where, findings)
        case "office", (key,):
            _word(key, OFFICE_WORDS, place, where, findings)
        case "sop", (key,):
            _word(key, SOP_WORDS, place, where, findings)
        case root, () if root in CASE_WORDS:
            pass
        case _:
            findings.add(where, f"{place} names nothing a paper can show")
    return None


def _of_step(
    sop: Sop, step_key: str, key: str, place: Reference, where: Where, findings: Findings
) -> Field | None:
    step = _known(sop.case_steps, step_key, f"{place}: no such step", where, findings)
    if step is None or (key in STEP_WORDS and key != "outcome"):
        return None
    if key == "outcome" and step.outcomes:
        return outcome_field(tuple(Choice(o.key, o.label) for o in sop.outcomes if o.key in step.outcomes))
    return _known(step_fields(step), key, f"{place} is no field of this step", where, findings)


def _of_journal(
    sop: Sop, journal_key: str, key: str, place: Reference, where: Where, findings: Findings
) -> None:
    journal = _known(sop.journals, journal_key, f"{place}: no such logbook", where, findings)
    _word(key, JOURNAL_WORDS, place, where, findings)
    if journal and key == "slots" and journal.every_minutes is None:
        findings.add(where, f"{place}: {journal_key!r} owes no entry at regular times")


def _word(key: str, allowed: frozenset[str], place: Reference, where: Where, findings: Findings) -> None:
    if key not in allowed:
        findings.add(where, f"{place}: {key!r} is none of {_listed(allowed)}")


def _known(things: Sequence[K], key: str, reason: str, where: Where, findings: Findings) -> K | None:
    found = _find(things, key)
    if found is None:
        findings.add(where, reason)
    return found


def _find(things: Sequence[K], key: str) -> K | None:
    return next((thing for thing in things if thing.key == key), None)


def _listed(words: frozenset[str]) -> str:
    return ", ".join(sorted(filter(None, words)))
