"""Two people at one step or case: the second is told, sees what stands now, and keeps all that was typed."""

from collections.abc import Iterator

import pytest

from dashboard import drafts
from dashboard.text import _, in_language
from models.commands.cases import edit_case
from models.commands.closing import close_case
from tests.conftest import NOW
from tests.factories import VAULT, Office, acts, case_row, complaint_form, finish, latest, token
from tests.pages.conftest import Cases
from tests.pages.visitor import Visitor

MINE, THEIRS = "catatan saya yang panjang", "catatan orang lain"


@pytest.fixture(autouse=True)
def _in_indonesian() -> Iterator[None]:
    with in_language("id"):
        yield


def at_the_case(office: Office, case_id: int) -> Visitor:
    return Visitor(office, office.sekretaris).open("berkas", id=str(case_id))


def somebody_finishes(office: Office, case_id: int) -> None:
    data = {"assigned_unit": "Sub Bagian Hukum", "secretary_note": "segera"}
    finish(office, case_id, "disposition", by=office.second, note=THEIRS, data=data, now=NOW)


def told(visitor: Visitor) -> bool:
    return _("Somebody else has changed this in the meantime.") in visitor.errors()


@pytest.mark.parametrize("when", ["before anything was typed", "after typing"])
def test_step_finished_meanwhile_is_told_and_what_was_typed_stays(
    office: Office, cases: Cases, when: str
) -> None:
    case_id = cases.recorded_complaint
    visitor = at_the_case(office, case_id)
    if when == "before anything was typed":
        somebody_finishes(office, case_id)
    visitor.fill(assigned_unit="Subbag Teknis", note=MINE)
    if when == "after typing":
        visitor.rerun()
        somebody_finishes(office, case_id)
        visitor.rerun()
    first = latest(office, case_id, "disposition")
    visitor.press(f"finish.{first['id']}.send")
    assert told(visitor)
    assert visitor.field("assigned_unit").value == "Subbag Teknis"
    assert visitor.at.text_area(key=visitor.key_of(f"finish.{first['id']}.", ".note")).value == MINE
    shown = visitor.texts("text")
    assert THEIRS in shown
    assert any("Sub Bagian Hukum" in text for text in shown)
    assert latest(office, case_id, "disposition")["note"] == THEIRS
    visitor.press(f"finish.{first['id']}.reload")
    assert not told(visitor)
    assert not visitor.shows(MINE)
    assert visitor.has_field("core_issue")


def test_step_finished_meanwhile_is_told_at_the_tasks_too(office: Office, cases: Cases) -> None:
    case_id = cases.recorded_complaint
    first = latest(office, case_id, "disposition")
    visitor = Visitor(office, office.sekretaris).open("tugas").press(f"task.open.{first['id']}")
    visitor.fill(assigned_unit="Subbag Teknis", note=MINE).rerun()
    somebody_finishes(office, case_id)
    visitor.rerun()
    assert visitor.field("note").value == MINE
    visitor.press(f"finish.{first['id']}.send")
    assert told(visitor)
    assert visitor.field("note").value == MINE
    assert THEIRS in visitor.texts("text")
    assert len(acts(office, "step.finished", case_id=case_id)) == 2  # the recording, and the other person's
    visitor.press(f"finish.{first['id']}.reload")
    assert not visitor.shows(MINE)


def test_step_in_which_nothing_was_typed_gives_way_to_the_newest_state(office: Office, cases: Cases) -> None:
    visitor = at_the_case(office, cases.recorded_complaint)
    somebody_finishes(office, cases.recorded_complaint)
    visitor.rerun()
    assert not told(visitor)
    assert not visitor.has_field("assigned_unit")
    assert visitor.has_field("core_issue")


def edit_by_somebody(office: Office, case_id: int, **changed: object) -> None:
    edit_case(
        office.store, vault=VAULT, actor=office.second, token=token(), now=NOW, case_id=case_id,
        expected_version=case_row(office, case_id)["version"], received_at=case_row(office, case_id)["received_at"],
        data=complaint_form(**changed), reason="Diperbaiki",
    )  # fmt: skip


def test_case_edited_meanwhile_is_not_overwritten(office: Office, cases: Cases) -> None:
    case_id = cases.new_complaint
    visitor = at_the_case(office, case_id).act("Ubah data")
    visitor.fill(description="Uraian dari saya").rerun()
    edit_by_somebody(office, case_id, subject="Pokok dari orang lain")
    at = visitor.key_of(f"edit.{case_id}.", ".reason")
    visitor.at.text_area(key=at).set_value("Karena keliru")
    visitor.press(f"edit.{case_id}.send")
    assert told(visitor)
    assert visitor.field("description").value == "Uraian dari saya"
    assert visitor.at.text_area(key=at).value == "Karena keliru"
    assert any("Pokok dari orang lain" in text for text in visitor.texts("text"))
    assert case_row(office, case_id)["data"]["description"] == complaint_form()["description"]
    visitor.press(f"edit.{case_id}.reload")
    assert visitor.field("subject").value == "Pokok dari orang lain"
    assert visitor.field("description").value == complaint_form()["description"]


def test_case_form_in_which_nothing_was_typed_follows_what_somebody_else_stored(
    office: Office, cases: Cases
) -> None:
    """Otherwise its old values would go back over the new ones with the next save."""
    visitor = at_the_case(office, cases.new_complaint).act("Ubah data")
    edit_by_somebody(office, cases.new_complaint, subject="Pokok dari orang lain")
    visitor.rerun()
    assert visitor.field("subject").value == "Pokok dari orang lain"


def test_case_closed_meanwhile_keeps_the_form_that_was_begun(office: Office, cases: Cases) -> None:
    case_id = cases.new_complaint
    visitor = at_the_case(office, case_id).act("Ubah data")
    visitor.fill(description="Uraian dari saya").rerun()
    close_case(
        office.store, actor=office.second, token=token(), now=NOW, case_id=case_id, status="withdrawn",
        expected_version=case_row(office, case_id)["version"], closed_at=NOW, reason="Dicabut",
    )  # fmt: skip
    visitor.at.text_area(key=visitor.key_of(f"edit.{case_id}.", ".reason")).set_value("Karena keliru")
    visitor.press(f"edit.{case_id}.send")
    assert told(visitor)
    assert visitor.field("description").value == "Uraian dari saya"


def test_without_drafts_the_second_would_not_be_told(
    office: Office, cases: Cases, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The twin: where no form counts as begun, it vanishes with what was typed, and nobody says why."""
    monkeypatch.setattr(drafts, "is_begun", lambda _form: False)
    visitor = at_the_case(office, cases.recorded_complaint)
    first = latest(office, cases.recorded_complaint, "disposition")
    visitor.fill(note=MINE)
    somebody_finishes(office, cases.recorded_complaint)
    visitor.press(f"finish.{first['id']}.send")
    assert not told(visitor)
    assert not visitor.shows(MINE)


def test_form_sent_twice_is_counted_once_and_called_no_conflict(office: Office, cases: Cases) -> None:
    """As a double click sends it: the second press arrives with the same screen as the first."""
    case_id = cases.recorded_complaint
    first = latest(office, case_id, "disposition")
    visitor = at_the_case(office, case_id).fill(assigned_unit="Hukum", note=MINE)
    next(button for button in visitor.at.button if button.key == f"finish.{first['id']}.send").click()
    sent = visitor.at._tree.get_widget_states()
    for _press in range(2):
        visitor.at._run(sent)
        assert visitor.errors() == []
    assert visitor.has_field("core_issue")
    assert len(acts(office, "step.finished", case_id=case_id)) == 2  # the recording, and this one once
    assert latest(office, case_id, "disposition")["note"] == MINE
