"""A form that was begun in two places: what was typed in one of them is never answered with what the other sent."""

import pytest
from sqlalchemy import select

from dashboard import acts, kept_drafts
from models.access import Role
from models.tables import JournalEntry
from tests.factories import Office
from tests.pages.conftest import Cases
from tests.pages.visitor import Visitor


def at_the_notes(office: Office, case_id: int) -> Visitor:
    visitor = Visitor(office, office.actors[Role.SUB_BAGIAN_HUKUM]).open("berkas", id=str(case_id))
    return visitor.choose("case.tab", "Buku").choose("case.book", 1)


def notes(office: Office) -> list[str]:
    with office.reading() as connection:
        rows = connection.execute(select(JournalEntry.data).order_by(JournalEntry.id)).scalars()
        return [row["note"] for row in rows]


def sent_from_both(office: Office, case_id: int) -> list[str]:
    """The notes that are kept after a draft of the desk was sent from the phone, and another text from the desk."""
    desk = at_the_notes(office, case_id)
    desk.fill(note="setengah").rerun()
    phone = at_the_notes(office, case_id)
    assert phone.field("note").value == "setengah"
    phone.fill(note="dari ponsel").press(f"entry.{case_id}.notes.send")
    desk.fill(note="dari meja").press(f"entry.{case_id}.notes.send")
    return notes(office)


def test_two_texts_of_one_draft_are_two_entries(office: Office, cases: Cases) -> None:
    assert sent_from_both(office, cases.reviewed_complaint) == ["dari ponsel", "dari meja"]


def test_twin_with_the_form_s_token_alone_the_second_text_is_lost(
    office: Office, cases: Cases, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(acts, "_sent", lambda form, arguments: acts.token(form))
    assert sent_from_both(office, cases.reviewed_complaint) == ["dari ponsel"]


def test_draft_of_an_older_sop_file_is_left(
    office: Office, cases: Cases, monkeypatch: pytest.MonkeyPatch
) -> None:
    at_the_notes(office, cases.reviewed_complaint).fill(note="dari berkas SOP lama").rerun()
    monkeypatch.setattr(kept_drafts, "sops_fingerprint", lambda connection: "another")
    assert at_the_notes(office, cases.reviewed_complaint).field("note").value == ""
