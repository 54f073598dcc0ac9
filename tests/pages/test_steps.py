"""The steps of a case through their forms: finished, left out, handed back, put right; the case changed and closed."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from dashboard.text import _, in_language
from models.access import Role
from tests.commands.flow import give_back
from tests.conftest import NOW
from tests.factories import Office, acts, case_row, latest, open_steps, rounds, sop
from tests.moments import WIB
from tests.pages.conftest import Cases
from tests.pages.test_new_case import beside
from tests.pages.visitor import Visitor


@pytest.fixture(autouse=True)
def _in_indonesian() -> Iterator[None]:
    with in_language("id"):
        yield


def at_the_case(office: Office, case_id: int, role: Role = Role.SEKRETARIS) -> Visitor:
    return Visitor(office, office.actors[role]).open("berkas", id=str(case_id))


def test_task_is_recorded_in_place_in_three_clicks(office: Office, cases: Cases) -> None:
    row = latest(office, cases.new_complaint, "recording")
    visitor = Visitor(office, office.actors[Role.DESK_PELAYANAN]).open("tugas")
    visitor.press(f"task.open.{row['id']}").press(f"finish.{row['id']}.send")
    assert latest(office, cases.new_complaint, "recording")["state"] == "done"
    assert open_steps(office, cases.new_complaint) == ["disposition"]
    said = visitor.texts("success")[0]
    for words in (
        "2",
        "3",
        sop("pengaduan").step("disposition").name.id,
        sop("pengaduan").executor("sekretaris").label.id,
    ):
        assert words in said


def test_finish_stores_outputs_fields_and_note(office: Office, cases: Cases) -> None:
    row = latest(office, cases.recorded_complaint, "disposition")
    visitor = at_the_case(office, cases.recorded_complaint)
    visitor.fill(
        at=NOW - timedelta(minutes=5), output_complaint_file="Map 3", assigned_unit="Hukum", note="segera",
        late_reason="official_away",
    ).press(f"finish.{row['id']}.send")  # fmt: skip
    done = latest(office, cases.recorded_complaint, "disposition")
    assert done["data"].items() >= {"output_complaint_file": "Map 3", "assigned_unit": "Hukum"}.items()
    assert (done["note"], done["late_reason"]) == ("segera", "official_away")
    assert done["finished_at"] == NOW - timedelta(minutes=5)
    assert done["recorded_for"] is None
    filled = sop("pengaduan").step("disposition").outputs[1].label.id
    assert filled in visitor.texts("success")[0]  # named as still missing


@pytest.mark.parametrize(
    ("outcome", "field", "follows"),
    [
        ("oversight", "handling_track", ["written_follow_up"]),
        ("other_unit", "other_unit", ["written_follow_up"]),
        ("not_oversight", "handling_track", ["result_receipt"]),
        ("not_actionable", "not_actionable_reason", []),
    ],
)
def test_result_of_the_review_decides_its_fields_and_what_follows(
    office: Office, cases: Cases, outcome: str, field: str, follows: list[str]
) -> None:
    case_id = cases.reviewed_complaint
    row = latest(office, case_id, "review")
    visitor = at_the_case(office, case_id, Role.SUB_BAGIAN_HUKUM)
    assert not visitor.has_field(field)
    visitor.fill(outcome=outcome).rerun()
    assert visitor.has_field(field)
    if field == "not_actionable_reason":
        visitor.fill(not_actionable_reason="illogical")
    if field == "other_unit":
        visitor.fill(other_unit="Sub Bagian Keuangan")
    visitor.press(f"finish.{row['id']}.send")
    assert visitor.errors() == []
    assert open_steps(office, case_id) == follows
    assert (case_row(office, case_id)["closed_at"] is not None) is (outcome == "not_actionable")


def test_review_without_a_result_is_refused_beside_the_field(office: Office, cases: Cases) -> None:
    row = latest(office, cases.reviewed_complaint, "review")
    visitor = at_the_case(office, cases.reviewed_complaint, Role.SUB_BAGIAN_HUKUM).fill(note="belum selesai")
    visitor.press(f"finish.{row['id']}.send")
    assert beside(visitor, "outcome") == _("Choose one of the choices offered.")
    assert visitor.field("note").value == "belum selesai"
    assert open_steps(office, cases.reviewed_complaint) == ["review"]


@pytest.mark.parametrize(
    ("at", "msgid"),
    [
        (NOW + timedelta(hours=2), "{at} lies in the future; it is now {now}."),
        (NOW - timedelta(days=300), "Finished {finished}, before the step began ({started})."),
    ],
)
def test_impossible_finish_is_refused_with_both_times_and_nothing_is_stored(
    office: Office, cases: Cases, at: object, msgid: str
) -> None:
    row = latest(office, cases.recorded_complaint, "disposition")
    visitor = at_the_case(office, cases.recorded_complaint).fill(
        assigned_unit="Hukum", note="tetap di sini", at=at
    )
    visitor.press(f"finish.{row['id']}.send")
    words = beside(visitor, "at")
    assert words.count("pukul") == msgid.count("{")
    assert words.split("pukul")[0][:3] not in ("Fin", "Thi")
    assert latest(office, cases.recorded_complaint, "disposition") == row
    assert visitor.field("note").value == "tetap di sini"


@pytest.mark.parametrize("note", ["bunyi\x07bel", "p" * 2001])
def test_unstorable_note_is_refused_beside_it(office: Office, cases: Cases, note: str) -> None:
    row = latest(office, cases.recorded_complaint, "disposition")
    visitor = at_the_case(office, cases.recorded_complaint).fill(assigned_unit="Hukum", note=note)
    visitor.press(f"finish.{row['id']}.send")
    assert beside(visitor, "note") in (
        _("Contains characters that cannot be shown."),
        _("At most {limit} characters; this has {length}.", limit="2.000", length="2.001"),
    )
    assert visitor.field("note").value == note
    assert latest(office, cases.recorded_complaint, "disposition") == row


def test_optional_step_is_left_out_only_for_a_reason(office: Office, cases: Cases) -> None:
    case_id = cases.examined_complaint
    row = latest(office, case_id, "examination")
    visitor = at_the_case(office, case_id, Role.TIM_PEMERIKSA).choose(f"action.{row['id']}", 1)
    visitor.press(f"skip.{row['id']}.send")
    assert visitor.errors() == [_("This field is required.")]
    assert open_steps(office, case_id) == ["examination"]
    visitor.fill_key(f"skip.{row['id']}.", ".reason", "Bukti tertulis sudah cukup").press(
        f"skip.{row['id']}.send"
    )
    assert latest(office, case_id, "examination")["reason"] == "Bukti tertulis sudah cukup"
    assert open_steps(office, case_id) == ["result_receipt"]


def test_step_is_handed_back_for_a_reason_and_gets_a_second_round(office: Office, cases: Cases) -> None:
    case_id = cases.reviewed_complaint
    row = latest(office, case_id, "review")
    visitor = at_the_case(office, case_id, Role.SUB_BAGIAN_HUKUM).choose(f"action.{row['id']}", 1)
    visitor.press(f"return.{row['id']}.send")
    assert visitor.errors() == [_("This field is required.")]
    visitor.fill_key(f"return.{row['id']}.", ".reason", "Lembar disposisi belum diisi")
    visitor.press(f"return.{row['id']}.send")
    assert latest(office, case_id, "review")["state"] == "returned"
    again = latest(office, case_id, "disposition")
    assert (again["round_no"], again["state"]) == (2, "open")


def test_further_round_begins_with_what_was_written_before(office: Office, cases: Cases) -> None:
    case_id = cases.recorded_complaint
    row = latest(office, case_id, "disposition")
    at_the_case(office, case_id).fill(
        output_complaint_file="Map 3", assigned_unit="Subbag Teknis", instructions=["answer"], secretary_note="Segera",
    ).press(f"finish.{row['id']}.send")  # fmt: skip
    give_back(office, case_id, "review", to="disposition", at=NOW)
    for url in ("berkas", "tugas"):
        visitor = Visitor(office, office.sekretaris).open(
            url, **({"id": str(case_id)} if url == "berkas" else {})
        )
        again = latest(office, case_id, "disposition")
        if url == "tugas":
            visitor.press(f"task.open.{again['id']}")
        held = {
            name: visitor.field(name).value
            for name in ("output_complaint_file", "assigned_unit", "instructions")
        }
        assert held == {
            "output_complaint_file": "Map 3",
            "assigned_unit": "Subbag Teknis",
            "instructions": ["answer"],
        }
        assert visitor.field("secretary_note").value == "Segera"
        assert visitor.field("note").value == ""
    visitor.fill(assigned_unit="Sub Bagian Hukum").press(f"finish.{again['id']}.send")
    data = latest(office, case_id, "disposition")["data"]
    assert (data["assigned_unit"], data["secretary_note"]) == ("Sub Bagian Hukum", "Segera")


def test_fields_beside_each_other_stand_on_one_line(office: Office, cases: Cases) -> None:
    """The SOP's name of an output may take two lines; a message under one field is not to push the other down."""
    row = latest(office, cases.recorded_complaint, "disposition")
    visitor = at_the_case(office, cases.recorded_complaint)
    assert levels(visitor) == {"bottom"}
    visitor.fill(output_complaint_file="x" * 201).press(f"finish.{row['id']}.send")
    assert levels(visitor) == {"top"}


def levels(visitor: Visitor) -> set[str]:
    """How the halves of the rows of fields stand to each other."""
    halves = [node.proto for node in visitor.at._tree if node.type == "column" and node.weight == 0.5]
    return {half.VerticalAlignment.Name(half.vertical_alignment).lower() for half in halves}


def test_finished_step_is_put_right_for_a_reason_and_the_old_value_stays(
    office: Office, cases: Cases
) -> None:
    case_id = cases.reviewed_complaint
    old = latest(office, case_id, "disposition")
    visitor = at_the_case(office, case_id).act("Perbaiki langkah")
    visitor.at.selectbox(key=f"correct.{case_id}.round").select_index(1).run()
    moved = old["finished_at"] + timedelta(minutes=10)
    begin = f"correct.{old['id']}."
    visitor.fill_key(begin, ".at", moved.astimezone(WIB).replace(tzinfo=None)).press(f"{begin}send")
    assert visitor.errors() == [_("This field is required.")]
    assert latest(office, case_id, "disposition") == old
    visitor.fill_key(begin, ".reason", "Salah ketik jam").press(f"{begin}send")
    assert latest(office, case_id, "disposition")["finished_at"] == moved
    assert [act["reason"] for act in acts(office, "step.corrected", case_id=case_id)] == ["Salah ketik jam"]
    assert visitor.choose("case.tab", "Riwayat").shows("Salah ketik jam")


def test_case_is_changed_for_a_reason_and_keeps_what_is_sealed(office: Office, cases: Cases) -> None:
    case_id = cases.new_complaint
    visitor = at_the_case(office, case_id, Role.SUB_BAGIAN_HUKUM).act("Ubah data")
    assert visitor.field("reporter_name").value == ""
    visitor.fill(description="Uraian yang lebih jelas").press(f"edit.{case_id}.send")
    assert visitor.errors() == [_("This field is required.")]
    assert visitor.field("description").value == "Uraian yang lebih jelas"
    visitor.fill_key(f"edit.{case_id}.", ".reason", "Pelapor menambah keterangan").press(
        f"edit.{case_id}.send"
    )
    assert case_row(office, case_id)["data"]["description"] == "Uraian yang lebih jelas"
    visitor.choose("case.tab", 0).fill_key(f"reveal.{case_id}.", ".reason", "Memeriksa").press(
        f"reveal.{case_id}.send"
    )
    assert visitor.shows("Teuku Rahasia")


def test_case_is_closed_for_a_reason_and_asks_for_nothing_more(office: Office, cases: Cases) -> None:
    case_id = cases.new_escort
    visitor = at_the_case(office, case_id)
    visitor.act("Tutup").press(f"close.{case_id}.send")
    assert visitor.errors() == [_("This field is required.")]
    visitor.fill_key(f"close.{case_id}.", ".reason", "Kegiatan dibatalkan").press(f"close.{case_id}.send")
    row = case_row(office, case_id)
    assert (row["status"], row["close_reason"]) == ("withdrawn", "Kegiatan dibatalkan")
    assert {one["state"] for one in rounds(office, case_id)} == {"stopped"}
    visitor.open("berkas", id=str(case_id)).choose("case.tab", "Berkas")
    assert not any(".send" in node.key for node in visitor.widgets())
    changes = ("finish.", "edit.", "move.", "pause.", "close.")
    assert not any(node.key.startswith(changes) for node in visitor.choose("case.tab", "Tindakan").widgets())


def test_sekretaris_records_for_others_and_the_record_says_so(office: Office, cases: Cases) -> None:
    row = latest(office, cases.new_escort, "confirm_schedule")
    visitor = at_the_case(office, cases.new_escort)
    label = sop("pengawalan").executor("kasubbag_kul").label.id
    assert any(label in text for text in visitor.texts("info"))
    visitor.press(f"finish.{row['id']}.send")
    assert latest(office, cases.new_escort, "confirm_schedule")["recorded_for"] == "kasubbag_kul"


@pytest.mark.parametrize("role", [Role.PIMPINAN, Role.JAGAT_SAKSANA])
def test_case_offers_no_form_to_who_may_not_record_its_step(office: Office, cases: Cases, role: Role) -> None:
    visitor = at_the_case(office, cases.new_escort, role)
    assert not any(node.key.endswith(".send") for node in visitor.widgets())


def test_what_was_written_with_a_step_is_read_by_everybody_after_it(office: Office, cases: Cases) -> None:
    row = latest(office, cases.recorded_complaint, "disposition")
    at_the_case(office, cases.recorded_complaint).fill(
        output_filled_disposition_sheet="Map 7", assigned_unit="Sub Bagian Hukum", instructions=["review", "answer"],
        secretary_note="Telaah *bukti* lebih dahulu",
    ).press(f"finish.{row['id']}.send")  # fmt: skip
    for role in (Role.SUB_BAGIAN_HUKUM, Role.PIMPINAN):
        visitor = at_the_case(office, cases.recorded_complaint, role)
        shown = "\n".join(visitor.texts("text"))
        for words in (
            "Diteruskan kepada (sub bagian): Sub Bagian Hukum",
            "Instruksi: Telaah dan sarankan, Siapkan jawaban",
            "Sifat: Biasa",
            "dan catatan Sekretaris: Map 7",
            "Telaah *bukti* lebih dahulu",
        ):
            assert words in shown, words
        assert visitor.kinds_with("*bukti*") == {"text"}
        assert "None" not in shown
