"""From a figure to its cases, from the cases to one of them, and back; with the filters in the address all the way."""

from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import People
from tests.browser.person import Person

pytestmark = pytest.mark.xdist_group("browser")

REGISTER_NO, STEP = 1, 4  # columns
ALWAYS_IN_SIGHT = 6  # columns; how many more are drawn depends on where the page is scrolled to


def shown_filters(person: Person) -> dict[str, str]:
    names = ("status", "langkah", "putusan", "terima")
    box = "register.pengaduan."
    found = {name: person.keyed(box + name).get_by_role("combobox").input_value() for name in names}
    return found | {"cari": person.keyed(box + "cari").locator("input").input_value()}


def first_row(person: Person, about: str) -> list[str]:
    """The cells of the first row, once its case is about this: the canvas draws a little after the script has run."""
    grid = person.page.get_by_test_id("stDataFrame").locator("table tbody tr")
    expect(grid.first).to_contain_text(about)
    return person.table()[1][:ALWAYS_IN_SIGHT]


def test_row_opens_its_case_and_back_returns_to_the_filtered_register(people: People) -> None:
    person = people("sekretaris").open("/pengaduan")
    person.keyed("register.pengaduan.status").get_by_role("combobox").scroll_into_view_if_needed()
    person.choose("status", "Berkas berjalan").choose("langkah", "4. Penelaahan")
    person.type("cari", "pemilih").settled()
    filters = {"cari": "pemilih", "status": "terbuka", "langkah": "review"}
    assert person.address() == ("/pengaduan", filters)
    shown, row = shown_filters(person), first_row(person, "pemilih")
    assert row[STEP] == "4. Penelaahan"
    assert shown["status"] == "Berkas berjalan"

    person.page.reload()
    person.settled()
    assert (person.address()[1], shown_filters(person), first_row(person, row[REGISTER_NO])) == (
        filters,
        shown,
        row,
    )

    person.open_first_row()
    expect(person.page.get_by_role("heading", name=row[REGISTER_NO])).to_be_visible()
    person.page.go_back()
    expect(person.keyed("register.pengaduan.cari").locator("input")).to_be_visible()
    person.settled()
    assert (person.address(), shown_filters(person)) == (("/pengaduan", filters), shown)
    assert first_row(person, row[REGISTER_NO]) == row


def test_table_finds_its_widths_anew_for_other_rows(people: People) -> None:
    """Closed cases have no due date: a table that kept their widths would cut off those of the open ones."""
    person = people("sekretaris").open("/pengaduan?status=done")
    grid = person.page.get_by_test_id("stDataFrameResizable")
    grid.evaluate("grid => { grid.dataset.before = 'yes' }")
    person.choose("status", "Berkas berjalan").settled()
    expect(grid).to_have_count(1)
    assert grid.get_attribute("data-before") is None


def test_register_without_a_case_says_what_to_do(people: People) -> None:
    person = people("sekretaris").open("/pengaduan?cari=tidak-ada-yang-begini")
    assert person.said("Tidak ada berkas yang cocok")
    expect(person.page.get_by_test_id("stDataFrame")).to_have_count(0)


def middle_of_bar(person: Person, code: str, step_no: str) -> dict[str, Any]:
    """Where the bar of a step is drawn: on the line of its percentage, left of it."""
    chart = person.keyed(f"summary.bars.{code}")
    label = chart.locator(".annotation").filter(has_text=f"{step_no}. ").first
    label.scroll_into_view_if_needed()
    box = label.bounding_box()
    assert box
    return {"x": box["x"] + 40, "y": box["y"] + box["height"] + 6}


def test_bar_leads_to_its_cases(people: People) -> None:
    person = people("pimpinan")
    bar = middle_of_bar(person, "pengaduan", "4")
    person.page.mouse.click(bar["x"], bar["y"])
    person.page.wait_for_url("**/pengaduan?*")
    person.settled()
    path, query = person.address()
    assert (path, query) == ("/pengaduan", {"langkah": "review", "tenggat": "2026-S2"})
    assert shown_filters(person)["langkah"] == "4. Penelaahan"
    expect(person.page.get_by_text("Tenggat dalam Semester II 2026")).to_be_visible()
