"""Kepatuhan: every view says its message, takes any address, follows a past day, and its file holds what it shows."""

from io import BytesIO
from typing import Any

import openpyxl
import pytest

from dashboard import compliance_downloads, compliance_screen
from dashboard.text import _, in_language
from models.access import Role
from models.errors import Forbidden, NotFound
from tests.factories import Office, acts, finish
from tests.moments import wib
from tests.pages.conftest import Cases
from tests.pages.test_address import FEW
from tests.pages.visitor import Visitor

VIEWS = tuple(compliance_screen.VIEWS)
BOTH = ("pengaduan", "pengawalan")
NAMES = (
    "sop", "periode", "per", "versi", "lihat", "langkah", "putusan", "jenis", "pelaksana", "alasan", "bulan"
)  # fmt: skip
LATE_ONE = "recording"  # of the prepared office: long overdue


def titles(visitor: Visitor) -> list[str]:
    return [node.value for node in visitor.at.markdown if node.value.startswith("**")]


@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize("code", BOTH)
@pytest.mark.parametrize("language", ["id", "en"])
def test_every_view_stands_with_its_titles(
    shared_office: Office, code: str, view: str, language: str
) -> None:
    visitor = Visitor(shared_office, shared_office.sekretaris)
    visitor.open("kepatuhan", sop=code, lihat=view)
    assert not visitor.at.exception
    assert visitor.errors() == []
    assert len(titles(visitor)) >= 1
    assert visitor.at.get("link_button"), "no file to take along"


@pytest.mark.parametrize("name", NAMES)
def test_kepatuhan_takes_any_address(shared_office: Office, name: str) -> None:
    visitor = Visitor(shared_office, shared_office.sekretaris)
    for asked in (*FEW, "2026-13", "2026-02-30", "9999-12-31", "daftar"):
        for query in ({name: asked}, {"lihat": "daftar", name: asked}):
            visitor.open("kepatuhan", **query)
            assert not visitor.at.exception, query
            assert visitor.errors() == [], query


def test_past_day_leaves_out_what_was_recorded_later(office: Office, cases: Cases) -> None:
    """The step was finished in time and entered days later; on the day between it was overdue."""
    finish(
        office,
        cases.new_complaint,
        LATE_ONE,
        at=wib("Senin 2026-11-09 08:20"),
        now=wib("Kamis 2026-11-19 09:00"),
    )
    today, then = (
        sheet_rows(office, {"sop": "pengaduan", "lihat": "langkah", "per": day}) for day in ("", "2026-11-12")
    )
    with in_language("id"):
        step = "Penerimaan dan pencatatan"
        on_time, overdue = _("On time"), _("Overdue")
    assert (today[step][on_time], then[step][on_time]) == (today[step][on_time], today[step][on_time] - 1)
    assert then[step][overdue] == today[step][overdue] + 1


def test_past_day_is_said_on_the_screen(shared_office: Office) -> None:
    visitor = Visitor(shared_office, shared_office.sekretaris).open("kepatuhan", per="2026-11-12")
    with in_language("id"):
        warned = _("You are looking at a past day. What was recorded after it is not counted here.")
    assert [node.value for node in visitor.at.warning] == [warned]
    visitor.open("kepatuhan", per="2026-11-20")  # today is no past day
    assert not visitor.at.warning


def sheet_rows(office: Office, query: dict[str, str]) -> dict[str, dict[str, Any]]:
    """The rows of the first sheet of a view's file, by their second column."""
    made = compliance_downloads.compliance_xlsx(office.sekretaris, query)
    assert isinstance(made.body, bytes)
    sheet = openpyxl.load_workbook(BytesIO(made.body)).worksheets[0]
    rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    with in_language("id"):
        head = next(n for n, row in enumerate(rows) if _("Judged") in row)
    return {row[1]: dict(zip(rows[head], row, strict=True)) for row in rows[head + 1 :] if row[1]}


@pytest.mark.parametrize("view", VIEWS)
def test_file_of_a_view_has_a_sheet_for_each_panel(office: Office, view: str) -> None:
    made = compliance_downloads.compliance_xlsx(office.sekretaris, {"sop": "pengaduan", "lihat": view})
    assert isinstance(made.body, bytes)
    book = openpyxl.load_workbook(BytesIO(made.body))
    visitor = Visitor(office, office.sekretaris).open("kepatuhan", sop="pengaduan", lihat=view)
    assert len(book.sheetnames) == len(titles(visitor))
    assert [act["action"] for act in acts(office, "exported")] == ["exported"]


def test_list_behind_a_figure_has_its_cases(office: Office, cases: Cases) -> None:
    query = {"sop": "pengaduan", "lihat": "daftar", "langkah": LATE_ONE, "putusan": "overdue"}
    visitor = Visitor(office, office.sekretaris).open("kepatuhan", **query)
    with in_language("id"):
        numbers = visitor.at.dataframe[0].value[_("Register no.")].tolist()
    assert len(numbers) == 1
    made = compliance_downloads.compliance_xlsx(office.sekretaris, query)
    assert isinstance(made.body, bytes)
    sheet = openpyxl.load_workbook(BytesIO(made.body)).worksheets[0]
    assert numbers[0] in [cell.value for row in sheet.iter_rows() for cell in row]


def test_file_is_for_readers_who_may_export(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    jagat = office.actors[Role.JAGAT_SAKSANA]
    with pytest.raises(NotFound):
        compliance_downloads.compliance_xlsx(jagat, {"sop": "pengaduan"})
    assert compliance_downloads.compliance_xlsx(jagat, {"sop": "pengawalan"}).body
    monkeypatch.setattr(compliance_downloads, "may", lambda *_: False)
    with pytest.raises(Forbidden):
        compliance_downloads.compliance_xlsx(jagat, {"sop": "pengawalan"})


def test_figures_move_with_what_is_recorded(office: Office, cases: Cases) -> None:
    """A remembered figure is not an old one."""
    before = sheet_rows(office, {"sop": "pengaduan"})
    Visitor(office, office.sekretaris).open("kepatuhan", sop="pengaduan")
    finish(
        office,
        cases.new_complaint,
        LATE_ONE,
        at=wib("Senin 2026-11-09 08:20"),
        now=wib("Jumat 2026-11-20 09:00"),
    )
    after = sheet_rows(office, {"sop": "pengaduan"})
    with in_language("id"):
        column, step = _("On time"), "Penerimaan dan pencatatan"
    assert after[step][column] == before[step][column] + 1
