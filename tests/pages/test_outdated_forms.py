"""Forms that are filled in from the case: untouched they follow it, begun they say that it has changed."""

from collections.abc import Iterator

import pytest

from dashboard import drafts
from dashboard.text import _, in_language
from models.commands.cases import edit_case
from tests.conftest import NOW
from tests.factories import VAULT, Office, case_row, escort_form, token
from tests.moments import wib
from tests.pages.conftest import Cases
from tests.pages.visitor import Visitor

CHANGED = "The case has changed since this form was begun; compare before saving."
UNSAVED = "The entries above are not saved yet; the PDF holds those that were saved."


@pytest.fixture(autouse=True)
def _in_indonesian() -> Iterator[None]:
    with in_language("id"):
        yield


def at_the_papers(office: Office, case_id: int) -> Visitor:
    visitor = Visitor(office, office.sekretaris).open("berkas", id=str(case_id))
    return visitor.choose("case.tab", _("Papers"))


def moves(office: Office, case_id: int) -> None:
    row = case_row(office, case_id)
    edit_case(
        office.store, vault=VAULT, actor=office.second, token=token(), now=NOW, case_id=case_id,
        expected_version=row["version"], received_at=row["received_at"], reason="Kapal ditunda",
        data=escort_form(
            activity=row["data"]["activity"],
            departs_at=wib("Selasa 2026-12-01 07:00"), returns_at=wib("Kamis 2026-12-03 18:00"),
        ),
    )  # fmt: skip


def says(visitor: Visitor, msgid: str) -> bool:
    return any(_(msgid) in text for text in visitor.texts("caption"))


def schedule_after_the_move(office: Office, cases: Cases) -> str:
    visitor = at_the_papers(office, cases.prepared_escort)
    assert visitor.field("schedule").value.startswith("Senin, 30 November 2026")
    moves(office, cases.prepared_escort)
    return str(visitor.rerun().field("schedule").value)


def test_untouched_paper_follows_the_journey(office: Office, cases: Cases) -> None:
    assert schedule_after_the_move(office, cases).startswith("Selasa, 1 Desember 2026")


def test_paper_that_does_not_follow_holds_the_old_journey(
    office: Office, cases: Cases, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The twin: what Streamlit does by itself."""
    monkeypatch.setattr(drafts, "follow", lambda form, filled_with: None)
    assert schedule_after_the_move(office, cases).startswith("Senin, 30 November 2026")


@pytest.mark.parametrize("later", [False, True], ids=["in the same session", "in a session of its own"])
def test_begun_paper_keeps_what_was_typed_and_says_that_the_case_has_changed(
    office: Office, cases: Cases, later: bool
) -> None:
    case_id = cases.prepared_escort
    visitor = at_the_papers(office, case_id).fill(number="J-1/2026").rerun()
    assert not says(visitor, CHANGED)
    moves(office, case_id)
    visitor = at_the_papers(office, case_id) if later else visitor.rerun()
    assert says(visitor, CHANGED)
    assert visitor.field("number").value == "J-1/2026"
    visitor.press(f"paper.{case_id}.escort_schedule.newest")
    assert not says(visitor, CHANGED)
    assert visitor.field("number").value == ""
    assert visitor.field("schedule").value.startswith("Selasa, 1 Desember 2026")


@pytest.mark.parametrize(
    ("act", "form", "field"), [("Ubah data", "edit", "place"), ("Jadwal ulang", "move", "reason")]
)
def test_begun_form_of_the_case_says_that_it_has_changed(
    office: Office, cases: Cases, act: str, form: str, field: str
) -> None:
    case_id = cases.prepared_escort
    visitor = Visitor(office, office.sekretaris).open("berkas", id=str(case_id)).act(act)
    visitor.fill_key(f"{form}.{case_id}.", f".{field}", "Sikakap").rerun()
    assert not says(visitor, CHANGED)
    moves(office, case_id)
    visitor.rerun()
    assert says(visitor, CHANGED)
    visitor.press(f"{form}.{case_id}.newest")
    assert not says(visitor, CHANGED)


def test_paper_with_unsaved_typing_says_that_the_pdf_holds_the_saved_entries(
    office: Office, cases: Cases
) -> None:
    case_id = cases.prepared_escort
    visitor = at_the_papers(office, case_id)
    assert not says(visitor, UNSAVED)
    visitor.fill(number="J-1/2026").rerun()
    assert says(visitor, UNSAVED)
    visitor.press(f"paper.{case_id}.escort_schedule.send")
    assert not says(visitor, UNSAVED)
