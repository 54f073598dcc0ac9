"""The two SOPs that are shipped, against their tables: what each step is, allows and leaves behind."""

import tomllib
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from models.form_data import is_shown
from models.sop import Field, Label, Sop, register_number
from models.sop_file import load

SOPS = Path(__file__).parents[2] / "seed" / "sops"

# no, executor, reconstructed, lower, upper, unit, counted, required outputs, part of the SOP's own remark
ESCORT = """
1 | kasubbag_kul  | R |   | 3 | working_days    | yes | issue_inventory               | SOP Penanganan Masalah
2 | kasubbag_kul  | R |   | 1 | working_days    | yes | pocket_book_report            |
3 | kasubbag_kul  | R |   | 1 | working_days    | yes | assignment_letter             |
4 | kasubbag_kul  | R |   | 5 | working_minutes | yes |                               |
5 | jagat_saksana | R |   | 1 | working_days    | yes | escort_schedule               |
6 | jagat_saksana | R |   |   | schedule        | no  |                               |
7 | jagat_saksana | R |   |   | none            | no  | travel_report digital_report  |
8 | kasubbag_kul  | R |   |   | none            | no  | evaluation_report             | SOP Penanganan Masalah
"""
COMPLAINT = """
1 | pelapor          |   |   | 1  | working_days    | no  | reporter_identity evidence              | Pengecekan email
2 | desk_pelayanan   |   |   | 30 | working_minutes | yes | complaint_file disposition_sheet        |
3 | sekretaris       |   | 1 | 2  | working_days    | yes | complaint_file filled_disposition_sheet |
4 | sub_bagian_hukum |   |   | 7  | working_days    | yes | file_and_sheet review_report            |
5 | sub_bagian_hukum | R |   | 3  | working_days    | yes | complaint_file working_paper            |
6 | tim_pemeriksa    | R | 5 | 7  | working_days    | yes | assignment_letter team_report           |
7 | ketua            | R |   | 3  | working_days    | yes | result_letter                           |
8 | sub_bagian_hukum | R |   | 1  | working_days    | yes | recapitulation                          |
9 | sub_bagian_hukum | R |   | 1  | working_days    | yes | semester_report                         |
"""


@pytest.fixture(scope="module")
def escort() -> Sop:
    return load(SOPS / "pengawalan.toml")


@pytest.fixture(scope="module")
def complaint() -> Sop:
    return load(SOPS / "pengaduan.toml")


def rows(sop: Sop) -> Iterator[list[str]]:
    """Each step as the tables above write it."""
    for step in sop.steps:
        yield [
            step.no,
            step.executor,
            "R" if step.reconstructed else "",
            str(step.target.lower or ""),
            str(step.target.upper or ""),
            step.target.unit,
            "yes" if step.counted else "no",
            " ".join(output.key for output in step.outputs if output.required),
            step.remark,
        ]


@pytest.mark.parametrize(("code", "table"), [("pengawalan", ESCORT), ("pengaduan", COMPLAINT)])
def test_steps_are_those_of_the_sop(code: str, table: str) -> None:
    expected = [[cell.strip() for cell in line.split("|")] for line in table.strip().split("\n")]
    found = list(rows(load(SOPS / f"{code}.toml")))
    assert len(found) == len(expected)
    for row, wanted in zip(found, expected, strict=True):
        assert row[:-1] == wanted[:-1]
        assert row[-1].startswith(wanted[-1])
        assert bool(row[-1]) == bool(wanted[-1])


def test_each_step_keeps_the_words_of_the_sop(escort: Sop, complaint: Sop) -> None:
    for sop in (escort, complaint):
        columns = sop.head.original_columns.count("¦")
        for step in sop.steps:
            assert step.original
            assert any(row.startswith(f"{step.no}¦") for row in step.original)
            assert all(row.count("¦") <= columns for row in step.original)
            if step.reconstructed:
                assert step.reconstruction.startswith("Rekonstruksi, keyakinan ")
    assert "pengawasan" in escort.step("escort").original[0]
    assert "pengawasan" not in escort.step("escort").activity
    assert "lokasi khusus" in complaint.step("recording").original[0]
    assert "lokasi kasus" in complaint.step("recording").activity


def test_escort_step_5_has_two_parts_under_one_clock(escort: Sop) -> None:
    step = escort.step("coordinate")
    assert [part[0] for part in step.parts] == ["a", "b"]
    assert len(step.original) == 2
    assert (step.time_text, step.target.upper) == ("1 hari", 1)


def test_steps_before_the_departure_are_one_to_five(escort: Sop) -> None:
    assert [step.no for step in escort.steps if step.before_departure] == ["1", "2", "3", "4", "5"]
    assert (escort.departure_field, escort.return_field) == ("departs_at", "returns_at")


def test_only_the_reporters_step_is_automatic(escort: Sop, complaint: Sop) -> None:
    assert [step.key for step in complaint.steps if step.automatic] == ["submission"]
    assert not [step.key for step in escort.steps if step.automatic]
    assert complaint.executor("pelapor").outside
    unless = complaint.step("submission").unmeasured_unless
    assert unless is not None
    every = {choice.key for choice in complaint.field("channel").choices}
    assert every - set(unless.values) == {"post"}


def test_only_the_examination_may_be_left_out(escort: Sop, complaint: Sop) -> None:
    assert [step.no for step in (*escort.steps, *complaint.steps) if step.optional] == ["6"]
    assert complaint.step("examination").optional


def test_semester_duties_are_steps_8_and_9(complaint: Sop) -> None:
    due = {step.no: step.periodic.working_day for step in complaint.steps if step.periodic}
    assert due == {"8": 1, "9": 2}
    assert {step.periodic.every for step in complaint.periodic_steps if step.periodic} == {"semester"}


def test_outcomes_of_the_review_lead_where_they_should(complaint: Sop) -> None:
    found = {o.key: (o.opens, o.skips, o.closes) for o in complaint.outcomes}
    rest = ("written_follow_up", "examination", "result_receipt")
    assert found == {
        "oversight": (("written_follow_up",), (), None),
        "not_oversight": (("result_receipt",), ("written_follow_up", "examination"), None),
        "other_agency": ((), rest, "forwarded"),
        "other_unit": (("written_follow_up",), (), None),
        "not_actionable": ((), rest, "archived"),
    }
    assert complaint.step("review").outcomes == tuple(found)


def test_final_statuses_have_the_offices_words(escort: Sop, complaint: Sop) -> None:
    def finals(sop: Sop) -> dict[str, str]:
        return {status.key: status.label.id for status in sop.statuses if status.final}

    assert finals(escort) == {"done": "Selesai", "withdrawn": "Dibatalkan"}
    assert finals(complaint) == {
        "done": "Selesai",
        "forwarded": "Disalurkan ke Instansi Lain",
        "archived": "Diarsipkan",
        "withdrawn": "Dicabut",
    }


def test_who_the_reporter_is_is_confidential_and_little_else(complaint: Sop) -> None:
    assert {field.key for field in complaint.confidential_fields} == {
        "reporter_name",
        "reporter_phone",
        "reporter_email",
        "reporter_address",
        "reporter_id_number",
        "reporter_occupation",
        "reporter_sex",
    }
    assert not complaint.field("reported_name").in_table
    assert "administrator" not in complaint.identity_readers
    assert "UU 27/2022" in str(complaint.group("reporter").note)


def test_roles_are_those_decided(escort: Sop, complaint: Sop) -> None:
    assert set(escort.readers) == {"administrator", "pimpinan", "sekretaris", "kasubbag_kul", "jagat_saksana"}
    assert set(escort.openers) == {"sekretaris", "kasubbag_kul", "administrator"}
    assert escort.identity_readers == ()
    assert "kasubbag_kul" not in complaint.readers
    assert "jagat_saksana" not in complaint.readers
    assert set(complaint.openers) == {"desk_pelayanan", "sub_bagian_hukum", "sekretaris", "administrator"}
    assert set(complaint.identity_readers) == set(complaint.readers) - {"administrator"}
    assert complaint.executor("ketua").role == "sekretaris"


def shown(sop: Sop, **answers: str) -> list[Field]:
    """The fields a form shows for some answers; other choices stand at their defaults."""
    values: dict[str, object] = {}
    found = []
    for field in sop.fields:
        if is_shown(field, values):
            found.append(field)
            values[field.key] = answers.get(field.key, field.default)
    return found


def test_forms_stay_humane(escort: Sop, complaint: Sop) -> None:
    """A desk officer registers a complaint in a minute: few fields are demanded, and not many shown."""

    def to_fill(fields: list[Field]) -> list[str]:
        return [field.key for field in fields if field.required and field.default is None]

    assert len(shown(escort)) <= 22
    assert to_fill(shown(escort)) == ["leader", "activity", "place", "departs_at", "returns_at"]
    for channel in complaint.field("channel").choices:
        fields = shown(complaint, channel=channel.key)
        assert len(fields) <= 23, channel.key
        assert len(to_fill(fields)) <= 7, channel.key
    reporter = [field.key for field in shown(complaint, channel="wbs") if field.group == "reporter"]
    assert reporter == []
    anonymous = shown(complaint, reporter_category="anonymous")
    assert not [field.key for field in anonymous if field.confidential]


def test_office_words_and_districts_are_complete(complaint: Sop) -> None:
    assert len(complaint.field("district").choices) == 10 + 1  # and one for what lies in none of them
    assert {g.key for g in complaint.groups} == {"complaint", "reporter", "reported", "location", "evidence"}
    agency = next(field for field in complaint.step("review").fields if field.key == "other_agency")
    assert {"bawaslu", "dkpp", "ombudsman", "other"} <= {choice.key for choice in agency.choices}


def test_log_book_is_owed_every_two_hours_of_the_escort(escort: Sop, complaint: Sop) -> None:
    book = escort.journal("mutation_book")
    assert (book.every_minutes, book.during) == (120, "escort")
    assert [journal.key for journal in escort.journals if journal.every_minutes] == ["mutation_book"]
    assert [(duty.every, duty.executor) for duty in complaint.duties] == [("working_day", "desk_pelayanan")]


def test_register_numbers_of_both_sops(escort: Sop, complaint: Sop) -> None:
    assert register_number(escort, seq=7, received_on=date(2026, 11, 20)) == "007/KAWAL/XI/2026"
    assert register_number(complaint, seq=1, received_on=date(2026, 1, 5)) == "001/DUMAS/I/2026"


def labels(node: object) -> Iterator[Label]:
    """Every label of a file as it stands there."""
    if isinstance(node, dict):
        if set(node) == {"id", "en"}:
            yield Label(**node)
        for value in node.values():
            yield from labels(value)
    elif isinstance(node, list):
        for item in node:
            yield from labels(item)


@pytest.mark.parametrize("code", ["pengawalan", "pengaduan"])
def test_labels_use_the_offices_words(code: str) -> None:
    data = tomllib.loads((SOPS / f"{code}.toml").read_text(encoding="utf-8"))
    words = [label.id for label in labels(data)]
    assert len(words) > 80
    for word in words:
        assert word == word.strip()
        assert (
            "tahapan" not in word.lower() or "masa tahapan pemilu" in word
        )  # means the election's stages here
    if code == "pengawalan":
        assert not [word for word in words if "pengawasan" in word.lower()]
