"""What a SOP file says of its report: read as it stands, and refused where no report could follow it."""

import pytest

from models.sop_file import SopError, SopProblem, parse
from tests.unit.broken_sops import SMALL

CHANNEL = 'key = "channel"\n'
BOOK = """
[[journal]]
key = "book"
label = { id = "Buku", en = "Book" }
in_report = true

[[journal.field]]
key = "what"
label = { id = "Apa", en = "What" }
type = "text"
in_report = true
"""


def edited(old: str, new: str, text: str = SMALL) -> str:
    assert old in text, f"{old!r} is not in the file"
    return text.replace(old, new, 1)


def told(text: str) -> list[tuple[str, str]]:
    with pytest.raises(SopError) as refusal:
        parse(text, name="small.toml")
    problems: tuple[SopProblem, ...] = refusal.value.problems
    return [(problem.key, problem.reason) for problem in problems]


def test_flags_are_read_and_false_where_nothing_is_said() -> None:
    plain = parse(SMALL, name="small.toml")
    assert not any(field.breakdown for field in plain.fields)
    assert not any(step.in_report for step in plain.steps)
    flagged = edited(CHANNEL, CHANNEL + "breakdown = true\n")
    flagged = edited('no = "2"\n', 'no = "2"\nin_report = true\n', flagged) + BOOK
    sop = parse(flagged, name="small.toml")
    assert [field.key for field in sop.fields if field.breakdown] == ["channel"]
    assert [step.key for step in sop.steps if step.in_report] == ["judge"]
    assert [journal.key for journal in sop.journals if journal.in_report] == ["book"]


@pytest.mark.parametrize(
    ("key", "reason"),
    [
        ("name", "a confidential field is counted nowhere"),
        ("leaves_at", "a datetime field has no single value to count by"),
    ],
)
def test_breakdown_needs_one_open_value_a_case(key: str, reason: str) -> None:
    line = f'key = "{key}"\n'
    (problem,) = told(edited(line, line + "breakdown = true\n"))
    assert problem[0].endswith("breakdown")
    assert problem[1] == reason


def test_breakdown_is_for_the_form_of_a_case() -> None:
    (problem,) = told(SMALL + edited("in_report = true\n\n", "\n", BOOK).replace("in_report", "breakdown"))
    assert problem[1] == "only fields of the case's form can be breakdown"


def test_logbook_in_the_report_needs_a_field_in_it() -> None:
    (problem,) = told(SMALL + BOOK.removesuffix("in_report = true\n"))
    assert problem[1] == "none of its fields is in the report"


def test_logbook_with_slots_stands_in_the_report_as_it_is() -> None:
    slots = 'key = "book"\nevery_minutes = 60\nduring = "judge"\n'
    (problem,) = told(SMALL + edited('key = "book"\n', slots, BOOK))
    assert problem[1] == "its slots stand in the report as they are"


def test_a_report_is_called_as_the_file_says() -> None:
    words = """[report]
title = { id = "Laporan contoh", en = "Sample report" }
list = { id = "Daftar", en = "List" }
file = "Lap_Contoh"

[head]
"""
    assert parse(SMALL, name="small.toml").report is None
    report = parse(edited("[head]\n", words), name="small.toml").report
    assert report is not None
    assert (report.title.id, report.list.en, report.file) == ("Laporan contoh", "List", "Lap_Contoh")
