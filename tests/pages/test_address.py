"""Filters stand in the address; anything else there is a plain "tidak ditemukan" or the default, never an error."""

import pytest

from dashboard.text import _, in_language
from models.access import Role
from tests.factories import Office, case_row
from tests.pages.conftest import Cases
from tests.pages.visitor import Visitor

GARBAGE = (
    "abc", "-1", "0", "999999", "999999999999999999999", "1.5", "1e9", "１", "٣",
    "' OR 1=1 --", "<script>alert(1)</script>",
    "../../etc/passwd", "\x00", "%00", "🙂", "a" * 5000, "[]", "None", "null", "true", "1 ", " 1",
)  # fmt: skip
FEW = ("abc", "-1", "999999", "' OR 1=1 --", "<script>alert(1)</script>", "\x00", "🙂", "a" * 5000)
REGISTER_PARAMETERS = ("cari", "status", "langkah", "putusan", "tenggat", "terima", "hal")


def rows(visitor: Visitor) -> list[str]:
    """The register numbers shown, in order."""
    with in_language("id"):
        return [str(number) for frame in visitor.at.dataframe for number in frame.value[_("Register no.")]]


def number(office: Office, case_id: int) -> str:
    return str(case_row(office, case_id)["register_no"])


@pytest.mark.parametrize("asked", GARBAGE)
def test_case_that_there_is_not_is_plainly_not_found(shared_office: Office, asked: str) -> None:
    visitor = Visitor(shared_office, shared_office.sekretaris).open("berkas", id=asked)
    assert not visitor.at.exception
    with in_language("id"):
        assert [node.value for node in visitor.elements()] == [_("Not found.")]


def test_case_of_a_sop_one_may_not_read_is_not_told_from_none(shared_office: Office, cases: Cases) -> None:
    jagat = shared_office.actors[Role.JAGAT_SAKSANA]
    there = Visitor(shared_office, jagat).open("berkas", id=str(cases.new_complaint))
    not_there = Visitor(shared_office, jagat).open("berkas", id="4711")
    assert [node.value for node in there.elements()] == [node.value for node in not_there.elements()]


@pytest.mark.parametrize("name", REGISTER_PARAMETERS)
def test_register_takes_any_address(shared_office: Office, name: str) -> None:
    visitor = Visitor(shared_office, shared_office.sekretaris)
    everything = rows(visitor.open("pengaduan"))
    assert len(everything) == 5
    for asked in (*FEW, "0000-S1", "9999-12", "2026-13", "zzz", "finished"):
        visitor.open("pengaduan", **{name: asked})
        assert not visitor.at.exception, asked
        assert visitor.errors() == [], asked
        if name in ("status", "langkah", "putusan", "tenggat", "terima"):
            assert rows(visitor) == everything, asked


@pytest.mark.parametrize(
    ("url", "name"),
    [("ringkasan", "periode"), ("laporan", "sop"), ("laporan", "semester"), ("sop", "x"), ("tugas", "id")],
)
def test_screen_takes_any_address_as_its_default(shared_office: Office, url: str, name: str) -> None:
    visitor = Visitor(shared_office, shared_office.sekretaris)
    plain = [
        node.value
        for node in visitor.open(url).elements()
        if node.type in ("caption", "text", "markdown", "metric")
    ]
    for asked in (*FEW, "0000-S1", "9999-12", "2026-13", "2026-12..2026-01"):
        visitor.open(url, **{name: asked})
        assert not visitor.at.exception, asked
        assert visitor.errors() == [], asked
        found = [
            node.value
            for node in visitor.elements()
            if node.type in ("caption", "text", "markdown", "metric")
        ]
        assert found == plain, asked


def test_register_shows_what_the_address_asks_for(shared_office: Office, cases: Cases) -> None:
    office = shared_office
    visitor = Visitor(office, office.sekretaris)
    assert rows(visitor.open("pengaduan", cari="Pantarlih")) == [number(office, cases.examined_complaint)]
    assert rows(visitor.open("pengaduan", langkah="disposition")) == [
        number(office, cases.recorded_complaint)
    ]
    assert rows(visitor.open("pengaduan", status="archived")) == [number(office, cases.closed_complaint)]
    assert number(office, cases.closed_complaint) not in rows(visitor.open("pengaduan", status="terbuka"))
    assert rows(visitor.open("pengaduan", terima="2026-10")) == [number(office, cases.closed_complaint)]
    assert set(rows(visitor.open("pengaduan", putusan="overdue"))) <= set(
        rows(visitor.open("pengaduan", status="terbuka"))
    )
    assert rows(visitor.open("pengaduan", cari="tidak ada yang begini")) == []


def test_filter_that_is_chosen_goes_into_the_address_and_back(shared_office: Office, cases: Cases) -> None:
    office = shared_office
    visitor = Visitor(office, office.sekretaris).open("pengaduan")
    visitor.at.selectbox(key="register.pengaduan.langkah").set_value("review").run()
    assert rows(visitor) == [number(office, cases.reviewed_complaint)]
    address = {name: value for name, value in visitor.at.query_params.items() if value}
    assert {name: value[0] if isinstance(value, list) else value for name, value in address.items()} == {
        "langkah": "review"
    }
    other = Visitor(office, office.actors[Role.SUB_BAGIAN_HUKUM]).open("pengaduan", langkah="review")
    assert rows(other) == rows(visitor)


def test_search_is_no_pattern_and_no_query(shared_office: Office) -> None:
    visitor = Visitor(shared_office, shared_office.sekretaris)
    for asked in ("%", "_", "%%%", "' OR '1'='1", "\\", "*", '"'):
        assert rows(visitor.open("pengaduan", cari=asked)) == [], asked


def test_excel_address_carries_what_is_shown(shared_office: Office) -> None:
    visitor = Visitor(shared_office, shared_office.sekretaris).open(
        "pengaduan", langkah="review", cari="a&b=c#d"
    )
    link = next(node for node in visitor.elements() if node.type == "link_button")
    assert link.url == "/unduh/register.xlsx?sop=pengaduan&cari=a%26b%3Dc%23d&langkah=review"


def test_page_after_the_last_shows_the_last(shared_office: Office) -> None:
    visitor = Visitor(shared_office, shared_office.sekretaris)
    assert rows(visitor.open("pengaduan", hal="99")) == rows(visitor.open("pengaduan"))
