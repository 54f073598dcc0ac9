"""The papers of a SOP file: read as they stand, and refused with line, key and reason when they contradict the file."""

import re

import pytest

from models.sop_document import BlockKind, Place, Reference, pieces, places, without_gaps
from models.sop_file import SopError, parse
from seed import shipped
from tests.unit.broken_sops import SMALL

PAPER = (
    SMALL
    + """
[[journal]]
key = "visits"
label = { id = "Kunjungan", en = "Visits" }

[[journal.field]]
key = "who"
label = { id = "Siapa", en = "Who" }
type = "text"

[[document]]
key = "letter"
label = { id = "Surat", en = "Letter" }
title = "SURAT"
step = "judge"
output = "paper"
number_field = "number"
file_name = "Surat"

[[document.field]]
key = "number"
label = { id = "Nomor", en = "Number" }
type = "text"
from = "step.judge.output_paper | register_no"

[[document.field]]
key = "intro"
label = { id = "Pembuka", en = "Opening" }
type = "long_text"
from = "Perihal {case.subject}[, kepada {step.judge.agency}]"

[[document.field]]
key = "way"
label = { id = "Cara", en = "Way" }
type = "choice"
from = "case.channel"
choices = [
  { key = "direct", label = { id = "Langsung", en = "In person" } },
  { key = "post", label = { id = "Pos", en = "Post" } },
]

[[document.field]]
key = "team"
label = { id = "Tim", en = "Team" }
type = "people"
from = "office.signatory_name"

[[document.field]]
key = "signed_on"
label = { id = "Tanggal", en = "Date" }
type = "date"
from = "step.judge.finished_at"

[[document.block]]
kind = "text"
align = "center"
text = "Nomor: {field.number}"

[[document.block]]
kind = "rows"
lines = [
  { label = "Berangkat", text = "{case.leaves_at:day}" },
  { label = "Hasil", text = "{step.judge.outcome}", optional = true },
]

[[document.block]]
kind = "list"
numbering = "letters"
lines = [
  { text = "{field.intro}" },
]

[[document.block]]
kind = "people"
label = "Kepada"
source = "field.team"
columns = ["Nama", "Jabatan"]

[[document.block]]
kind = "choices"
source = "field.way"

[[document.block]]
kind = "journal"
journal = "visits"
columns = ["who"]
by_hand = ["Paraf"]

[[document.block]]
kind = "blank"
label = "Catatan"
count = 3

[[document.block]]
kind = "signature"
right = { above = "{office.seat}, {field.signed_on}", title = "{office.signatory_title:upper},", name = "{by_hand}" }

[[document]]
key = "note"
label = { id = "Catatan", en = "Note" }
file_name = "Catatan"

[[document.block]]
kind = "text"
text = "Nomor {paper.letter.number|step.judge.output_paper}: {journal.log.count} entri, {journal.log.slots}."
"""
)

# mistake: what is replaced, by what, the key it is told under, part of the reason
BROKEN = {
    "step": ('step = "judge"\noutput', 'step = "jump"\noutput', "document.letter.step", "no step of a case"),
    "periodic step": ('step = "judge"\noutput', 'step = "recap"\noutput', "document.letter.step", "no step"),
    "output": ('output = "paper"', 'output = "pot"', "document.letter.output", "no output of 'judge'"),
    "output without number": (
        'number_field = "number"\n', "", "document.letter.output", "could never be fulfilled",
    ),
    "number field": (
        'number_field = "number"', 'number_field = "team"', "document.letter.number_field", "no text field",
    ),
    "file name": ('file_name = "Surat"', 'file_name = "../Surat"', "document.letter.file_name", "letters, digits"),
    "twice": ('key = "note"\nlabel', 'key = "letter"\nlabel', "document.letter.key", "is there twice"),
    "confidential in the body": (
        "{case.leaves_at:day}", "{case.name}", "document.letter.block.2.lines.1.text", "case.name is confidential",
    ),
    "confidential among options": (
        "{case.leaves_at:day}", "{case.channel|case.name}", "document.letter.block.2.lines.1.text", "confidential",
    ),
    "confidential as first value": (
        'from = "case.channel"', 'from = "case.name"', "document.letter.field.way.from", "confidential",
    ),
    "confidential in a first text": (
        "Perihal {case.subject}", "Perihal {case.name}", "document.letter.field.intro.from", "confidential",
    ),
    "confidential in brackets": (
        "[, kepada {step.judge.agency}]", "[ {case.name}]", "document.letter.field.intro.from", "confidential",
    ),
    "confidential as title of a signature": (
        "{office.signatory_title:upper}", "{case.name}", "document.letter.block.8.right.title", "confidential",
    ),
    "case field": ("{case.subject}", "{case.topic}", "document.letter.field.intro.from", "no field of the case"),
    "own field": ("{field.signed_on}", "{field.day}", "document.letter.block.8.right.above", "of this paper"),
    "own field in from": (
        'from = "case.channel"', 'from = "field.number"', "document.letter.field.way.from", "of this paper",
    ),
    "step field": ("{step.judge.agency}", "{step.judge.fee}", "document.letter.field.intro.from", "of this step"),
    "step of a place": ("{step.judge.agency}", "{step.jump.x}", "document.letter.field.intro.from", "no such step"),
    "outcome of a step without": (
        "{step.judge.outcome}", "{step.dig.outcome}", "document.letter.block.2.lines.2.text", "of this step",
    ),
    "office": ("{office.seat}", "{office.key}", "document.letter.block.8.right.above", "'key' is none of name"),
    "journal place": ("{journal.log.count}", "{journal.l.count}", "document.note.block.1.text", "no such logbook"),
    "journal word": ("{journal.log.count}", "{journal.log.first}", "document.note.block.1.text", "none of count"),
    "slots where none are owed": (
        "{journal.log.slots}", "{journal.visits.slots}", "document.note.block.1.text", "owes no entry",
    ),
    "other paper": ("{paper.letter.number|", "{paper.lettre.number|", "document.note.block.1.text", "no such paper"),
    "field of another paper": (
        "{paper.letter.number|", "{paper.letter.size|", "document.note.block.1.text", "no field of it",
    ),
    "nothing": ("{by_hand}", "{moon}", "document.letter.block.8.right.name", "names nothing"),
    "reach into a value": (
        "{case.subject}", "{case.subject.__class__}", "document.letter.field.intro.from", "names nothing",
    ),
    "index": ("{case.leaves_at:day}", "{case[leaves_at]}", "document.letter.block.2.lines.1.text", "names nothing"),
    "brace": ("{case.leaves_at:day}", "{case.leaves_at", "document.letter.block.2.lines.1.text", "is no template"),
    "bracket": ("[, kepada", ", kepada", "document.letter.field.intro.from", "stands alone"),
    "style": (":day}", ":week}", "document.letter.block.2.lines.1.text", "'week' is none of the styles"),
    "conversion": ("{case.leaves_at:day}", "{case.leaves_at!r}", "document.letter.block.2.lines.1.text", "no plain"),
    "kind": ('kind = "choices"', 'kind = "chart"', "document.letter.block.5.kind", "'chart' is none of heading"),
    "key of another kind": (
        'kind = "choices"\n', 'kind = "choices"\ncount = 3\n', "document.letter.block.5.count", "unknown key",
    ),
    "align": ('align = "center"', 'align = "middle"', "document.letter.block.1.align", "none of left, center, right"),
    "numbering": (
        'numbering = "letters"', 'numbering = "roman"', "document.letter.block.3.numbering", "none of letters",
    ),
    "lines": ('lines = [\n  { text = "{field.intro}" },\n]\n', "", "document.letter.block.3.lines", "missing"),
    "label of a list's line": (
        '{ text = "{field.intro}" }', '{ label = "A", text = "{field.intro}" }',
        "document.letter.block.3.lines.1.label", "unknown key",
    ),
    "people of a choice": (
        'source = "field.team"', 'source = "field.way"', "document.letter.block.4.source", "is choice, not people",
    ),
    "people without columns": (
        'columns = ["Nama", "Jabatan"]\n', "", "document.letter.block.4.columns", "missing",
    ),
    "choices of a moment": (
        'source = "field.way"', 'source = "step.judge.finished_at"', "document.letter.block.5.source", "no field",
    ),
    "logbook": ('journal = "visits"', 'journal = "visit"', "document.letter.block.6.journal", "no logbook"),
    "column": ('columns = ["who"]', 'columns = ["whom"]', "document.letter.block.6.columns", "no field of 'visits'"),
    "blank lines": ("count = 3", "count = 300", "document.letter.block.7.count", "must be 30 or less"),
    "signed twice": (
        '[[document.block]]\nkind = "choices"\nsource = "field.way"\n',
        '[[document.block]]\nkind = "choices"\nsource = "field.way"\n'
        '[[document.block]]\nkind = "signature"\nright = { title = "X" }\n',
        "document.letter.block", "signed twice",
    ),
    "nobody signs": (
        'right = { above = "{office.seat}, {field.signed_on}", title = "{office.signatory_title:upper},", '
        'name = "{by_hand}" }',
        "", "document.letter.block.8.right", "missing",
    ),
    "template for a choice": (
        'from = "case.channel"', 'from = "{case.channel}"', "document.letter.field.way.from", "not a template",
    ),
    "wrong type": (
        'from = "step.judge.finished_at"', 'from = "case.subject"',
        "document.letter.field.signed_on.from", "is text, from which no date",
    ),
    "choices that do not fit": (
        '  { key = "post", label = { id = "Pos", en = "Post" } },\n]\n\n[[document.field]]', "]\n\n[[document.field]]",
        "document.letter.field.way.from", "has choices this field lacks: post",
    ),
    "never printed": (
        'source = "field.way"', 'source = "case.channel"', "document.letter.field.way.key", "never printed",
    ),
    "empty paper": (
        '[[document.block]]\nkind = "text"\ntext = "Nomor {paper', 'text = "{paper', "document.note.block", "missing",
    ),
    "confidential form": (
        'key = "intro"\n', 'key = "intro"\nconfidential = true\n', "document.letter.field.intro.confidential",
        "only fields of the case",
    ),
}  # fmt: skip


def test_small_file_with_papers_is_sound() -> None:
    """The twin of every broken file: without the edit nothing is refused, and everything is read."""
    letter, note = parse(PAPER, name="small.toml").documents
    assert (letter.step, letter.output, letter.number_field, note.step) == ("judge", "paper", "number", None)
    assert [block.kind for block in letter.blocks] == [
        BlockKind.TEXT, BlockKind.ROWS, BlockKind.LIST, BlockKind.PEOPLE, BlockKind.CHOICES, BlockKind.JOURNAL,
        BlockKind.BLANK, BlockKind.SIGNATURE,
    ]  # fmt: skip
    fills = {fill.key: fill for fill in letter.fills}
    assert fills["number"].sources == (
        Reference("step", ("judge", "output_paper")),
        Reference("register_no", ()),
    )
    assert fills["intro"].template == "Perihal {case.subject}[, kepada {step.judge.agency}]"
    assert letter.journals == ("visits",)
    assert letter.blocks[5].by_hand == ("Paraf",)
    assert letter.blocks[7].left is None
    assert letter.fulfilled_by({"number": "1/2026"}) == "1/2026"
    assert letter.fulfilled_by({}) is None
    assert note.fulfilled_by({"number": "1/2026"}) is None


@pytest.mark.parametrize("mistake", BROKEN)
def test_broken_paper_is_refused_with_line_key_and_reason(mistake: str) -> None:
    old, new, key, reason = BROKEN[mistake]
    assert old in PAPER, f"{old!r} is not in the file"
    text = PAPER.replace(old, new, 1)
    with pytest.raises(SopError) as caught:
        parse(text, name="small.toml")
    told = [one for one in caught.value.problems if one.key == key and reason in one.reason]
    assert told, "\n".join(map(str, caught.value.problems))
    assert told[0].line is not None
    assert told[0].line > SMALL.count("\n")


@pytest.mark.parametrize("table", sorted(set(re.findall(r"^\[\[document.*\]\]$", PAPER, re.MULTILINE))))
def test_unknown_key_is_refused_in_every_table_of_a_paper(table: str) -> None:
    with pytest.raises(SopError, match="colour: unknown key"):
        parse(PAPER.replace(f"{table}\n", f"{table}\ncolour = 2\n", 1), name="small.toml")


def test_template_is_words_and_places_in_order() -> None:
    template = "Nomor {field.a|case.b:date} {{x}}"
    place = Place((Reference("field", ("a",)), Reference("case", ("b",))), "date")
    assert list(pieces(template)) == ["Nomor ", place, " {", "x}"]
    assert places(template) == (place,)


def test_part_in_brackets_goes_with_its_place_alone() -> None:
    template = "Rudi[ ({case.a})][, {case.b}] datang"
    assert without_gaps(template, lambda place: str(place.options[0]) == "case.b") == "Rudi, {case.b} datang"
    assert without_gaps(template, lambda _: True) == "Rudi ({case.a}), {case.b} datang"


@pytest.mark.parametrize("code", ["pengawalan", "pengaduan"])
def test_shipped_papers_name_nothing_confidential(code: str) -> None:
    """The checker says so for any file; here each place of the two files is looked at on its own."""
    found = next(sop for sop in shipped.sops() if sop.code == code)
    hidden = {field.key for field in found.confidential_fields}
    assert (code == "pengaduan") == bool(hidden)
    named = [
        option
        for document in found.documents
        for template in [
            *(fill.template for fill in document.fills),
            *(one for block in document.blocks for one in block.templates()),
        ]
        for place in places(template)
        for option in place.options
    ]
    named += [source for document in found.documents for fill in document.fills for source in fill.sources]
    assert len(named) > 100
    assert not [one for one in named if hidden & set(one.names)]


def test_shipped_papers_are_those_that_the_office_signs() -> None:
    held = {sop.code: {document.key: document for document in sop.documents} for sop in shipped.sops()}
    assert set(held["pengawalan"]) == {
        "assignment_letter", "escort_schedule", "equipment_check", "mutation_book", "pocket_book", "travel_report",
        "evaluation_report",
    }  # fmt: skip
    assert set(held["pengaduan"]) == {
        "receipt", "disposition_sheet", "expedition_book", "review_report", "cover_letter", "working_paper",
        "team_assignment_letter", "team_report", "result_letter",
    }  # fmt: skip
    fulfilled = {
        (code, one.step, one.output) for code, papers in held.items() for one in papers.values() if one.output
    }
    assert fulfilled == {
        ("pengawalan", "prepare_papers", "assignment_letter"),
        ("pengawalan", "coordinate", "escort_schedule"),
        ("pengawalan", "write_report", "travel_report"),
        ("pengawalan", "evaluate", "evaluation_report"),
        ("pengaduan", "disposition", "filled_disposition_sheet"),
        ("pengaduan", "review", "review_report"),
        ("pengaduan", "written_follow_up", "working_paper"),
        ("pengaduan", "examination", "assignment_letter"),
        ("pengaduan", "examination", "team_report"),
        ("pengaduan", "result_receipt", "result_letter"),
    }
