"""The papers of a case on its screen: chosen, completed, looked at; and the files under /unduh/."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from sqlalchemy import select

from dashboard import paper_downloads
from dashboard.text import _, in_language
from models.access import Actor, Role
from models.commands.conflicts import declare_conflict
from models.commands.papers import save_paper
from models.errors import NotFound
from models.queries.papers import paper_sources
from models.tables import CasePaper
from tests.conftest import NOW
from tests.factories import Office, acts, case_row, token
from tests.pages.conftest import REPORTER, Cases
from tests.pages.visitor import Visitor
from tests.print_cases import pages


@pytest.fixture(autouse=True)
def _in_indonesian() -> Iterator[None]:
    with in_language("id"):
        yield


def at_the_papers(office: Office, case_id: int, role: Role = Role.SEKRETARIS) -> Visitor:
    visitor = Visitor(office, office.actors[role]).open("berkas", id=str(case_id))
    return visitor.choose("case.tab", _("Papers"))


def saved(office: Office, case_id: int, key: str) -> dict[str, object] | None:
    with office.reading() as connection:
        query = select(CasePaper.data).where(CasePaper.case_id == case_id, CasePaper.document_key == key)
        return connection.execute(query).scalar_one_or_none()


def pictures(visitor: Visitor) -> list[str]:
    return [text for text in visitor.texts("markdown") if "/unduh/pratinjau.png" in text]


def test_paper_of_the_running_step_is_chosen_first(office: Office, cases: Cases) -> None:
    visitor = at_the_papers(office, cases.prepared_escort)
    assert visitor.field(str(cases.prepared_escort)).value == "escort_schedule"
    assert visitor.field("schedule").value.startswith("Senin, 30 November 2026 pukul 07.00 WIB; Berangkat")


def test_entries_are_saved_and_shown_in_the_preview(office: Office, cases: Cases) -> None:
    case_id = cases.prepared_escort
    visitor = at_the_papers(office, case_id)
    visitor.fill(number="J-1/2026", personnel="Saibi; ; ; Danru\nTeu")
    first = pictures(visitor)
    visitor.press(f"paper.{case_id}.escort_schedule.send")
    found = saved(office, case_id, "escort_schedule")
    assert found is not None
    assert found["number"] == "J-1/2026"
    assert found["personnel"] == ["Saibi; ; ; Danru", "Teu"]
    assert _("Entries saved. The paper below shows them.") in visitor.texts("success")[0]
    assert visitor.field("number").value == "J-1/2026"
    assert len(pictures(visitor)) == len(first) == 1
    assert pictures(visitor) != first  # another picture, or the browser would show the old one


def test_history_tells_what_was_filled_in_and_from_what_it_was_changed(office: Office, cases: Cases) -> None:
    visitor = at_the_papers(office, cases.prepared_escort)
    for number in ("J-1/2026", "J-2/2026"):
        visitor.fill(number=number).press(f"paper.{cases.prepared_escort}.escort_schedule.send")
    told = visitor.choose("case.tab", _("History")).texts("text")
    ends = [line.partition(": ")[2] for line in told if "J-1/2026" in line]
    assert ends == ["J-1/2026 → J-2/2026", "J-1/2026"]  # the latest first


def test_refusal_stands_beside_its_field_and_nothing_typed_is_lost(office: Office, cases: Cases) -> None:
    case_id = cases.prepared_escort
    visitor = at_the_papers(office, case_id).fill(number="9" * 101, schedule="besok")
    visitor.press(f"paper.{case_id}.escort_schedule.send")
    assert any("101" in error for error in visitor.errors())
    assert (visitor.field("number").value, visitor.field("schedule").value) == ("9" * 101, "besok")
    assert saved(office, case_id, "escort_schedule") is None


def test_colleague_who_was_faster_is_told_of(office: Office, cases: Cases) -> None:
    case_id = cases.prepared_escort
    visitor = at_the_papers(office, case_id).fill(number="milik saya")
    save_paper(
        office.store, actor=office.second, token=token(), now=NOW, case_id=case_id, document_key="escort_schedule",
        expected_version=0, data={"number": "lebih cepat"},
    )  # fmt: skip
    visitor.rerun().press(f"paper.{case_id}.escort_schedule.send")
    assert saved(office, case_id, "escort_schedule") == {"number": "lebih cepat"}
    assert visitor.field("number").value == "milik saya"
    assert any("lebih cepat" in text for text in visitor.texts("text"))


def test_who_may_not_fill_in_still_sees_the_pages(office: Office, cases: Cases) -> None:
    visitor = at_the_papers(office, cases.prepared_escort, Role.PIMPINAN)
    assert not visitor.has_field("number")
    assert len(pictures(visitor)) == 1
    assert _("Download PDF") in [
        getattr(node, "label", "") for node in visitor.at._tree if node.type == "link_button"
    ]


def test_closed_case_shows_its_papers_without_a_form(office: Office, cases: Cases) -> None:
    visitor = at_the_papers(office, cases.closed_complaint)
    assert not visitor.has_field("number")
    assert pictures(visitor)


def asked(case_id: int, key: str, **more: str) -> dict[str, str]:
    return {"berkas": str(case_id), "dokumen": key} | more


def test_pdf_is_a_file_and_an_act(office: Office, cases: Cases) -> None:
    case_id, who = cases.new_escort, office.actors[Role.PIMPINAN]
    made = paper_downloads.printed(who, asked(case_id, "assignment_letter"))
    number = case_row(office, case_id)["register_no"].replace("/", "-")
    assert made.filename == f"Surat_Tugas_{number}.pdf"
    assert (made.media_type, made.inline) == ("application/pdf", False)
    assert "SURAT TUGAS" in pages(made.body)[0]
    (act,) = acts(office, "paper.printed")
    assert (act["case_id"], act["actor_id"]) == (case_id, who.user_id)


def test_preview_is_a_picture_and_no_act(office: Office, cases: Cases) -> None:
    made = paper_downloads.preview(office.sekretaris, asked(cases.new_escort, "assignment_letter", hal="1"))
    assert made.body.startswith(b"\x89PNG")
    assert (made.media_type, made.inline) == ("image/png", True)
    assert acts(office, "paper.printed") == []


@pytest.mark.parametrize(
    "changed",
    [
        {"dokumen": "receipt"}, {"dokumen": ""}, {"berkas": "999"}, {"berkas": "-1"}, {"berkas": "1'--"},
        {"berkas": "٣"},
        {"berkas": "9" * 30}, {"hal": "0"}, {"hal": "2"}, {"hal": "x"},
    ],
)  # fmt: skip
def test_what_is_not_there_is_not_found(office: Office, cases: Cases, changed: dict[str, str]) -> None:
    with pytest.raises(NotFound):
        paper_downloads.preview(office.sekretaris, asked(cases.new_escort, "assignment_letter") | changed)


def test_case_of_others_and_a_hidden_case_are_not_found(office: Office, cases: Cases) -> None:
    guard, desk = office.actors[Role.JAGAT_SAKSANA], office.actors[Role.DESK_PELAYANAN]
    query = asked(cases.recorded_complaint, "receipt")
    declare_conflict(
        office.store, actor=office.actors[Role.ADMINISTRATOR], token=token(), now=NOW,
        case_id=cases.recorded_complaint, user_id=desk.user_id, reason="keluarga",
    )  # fmt: skip
    for who in (guard, desk, office.nobody):
        for make in (paper_downloads.printed, paper_downloads.preview):
            with pytest.raises(NotFound):
                make(who, query)
    assert acts(office, "paper.printed") == []


def words_of_all_papers(office: Office, case_id: int, who: Actor) -> str:
    with office.reading() as connection:
        view = paper_sources(connection, actor=who, case_id=case_id, as_of=NOW).view
    made = [paper_downloads.printed(who, asked(case_id, one.key)) for one in view.sop.documents]
    assert len(made) == 9
    return " ".join(" ".join(pages(one.body)) + one.filename for one in made)


def test_no_paper_of_a_complaint_holds_the_reporter(office: Office, cases: Cases) -> None:
    said = words_of_all_papers(office, cases.examined_complaint, office.sekretaris)
    assert "Dugaan pemotongan honor Pantarlih" in said
    for value in REPORTER.values():
        assert value not in said


def test_twin_a_reporter_written_where_it_does_not_belong_would_be_found(
    office: Office, cases: Cases
) -> None:
    save_paper(
        office.store, actor=office.sekretaris, token=token(), now=NOW, case_id=cases.examined_complaint,
        document_key="receipt", expected_version=0, data={"officer_name": REPORTER["reporter_name"]},
    )  # fmt: skip
    said = words_of_all_papers(office, cases.examined_complaint, replace(office.sekretaris, language="en"))
    assert REPORTER["reporter_name"] in said
