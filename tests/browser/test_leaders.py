"""The leader between two meetings: five answers at once, from a figure to the event and back, past days, the wall."""

import re
from io import BytesIO

import pytest
from openpyxl import load_workbook
from playwright.sync_api import Locator, expect

from tests.browser.conftest import People
from tests.browser.person import DESKTOP, PHONE, Person

pytestmark = pytest.mark.xdist_group("browser")


def bottom(place: Locator) -> float:
    """How far down the page the lower edge of an element lies, the page not scrolled."""
    box = place.bounding_box()
    assert box, place
    return box["y"] + box["height"]


def answers(leader: Person) -> dict[str, Locator]:
    """Where the five questions are answered."""
    page = leader.page
    sentence = page.get_by_text(re.compile(r"langkah tepat waktu \(\d+ dari \d+\)")).first
    return {
        "do we keep our word": sentence,
        "better or worse": page.get_by_text(re.compile(r"(naik|turun) \d+,\d poin|sama dengan")).first,
        "where do we fail": page.get_by_text(re.compile(r"Paling lemah: .+ \d+,\d%")).first,
        "what is overdue, with whom": page.get_by_text(re.compile(r"/\d{4} · lewat ")).last,
        "what falls due today": page.get_by_text(re.compile(r"/\d{4} · sampai pukul ")).last,
    }


def test_five_answers_stand_on_the_first_screen(people: People) -> None:
    leader = people("pimpinan")
    for question, place in answers(leader).items():
        assert bottom(place) <= DESKTOP[1], question
    beyond = leader.page.get_by_test_id("stMain").evaluate("main => main.scrollHeight - main.clientHeight")
    assert beyond <= 0, "the overview does not fit its screen"


def test_five_answers_stand_on_the_first_two_screens_of_a_phone(people: People) -> None:
    leader = people("pimpinan", size=PHONE)
    for question, place in answers(leader).items():
        assert bottom(place) <= 2 * PHONE[1], question


def press(leader: Person, mark: Locator) -> None:
    """Click on a part of a chart, which leads to the list of what is behind it."""
    mark.scroll_into_view_if_needed()
    box = mark.bounding_box()
    assert box
    leader.page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    leader.page.wait_for_url("**/kepatuhan?*lihat=daftar*")
    leader.settled()


def test_cell_leads_to_its_steps_to_their_case_and_back(people: People) -> None:
    leader = people("pimpinan").open("/kepatuhan?sop=pengaduan&lihat=bulan")
    cell = leader.keyed("compliance.map").locator(".bartext").filter(has_text="%").first
    press(leader, cell)
    leader.page.go_back()  # once
    expect(leader.keyed("compliance.map")).to_be_visible()
    assert leader.settled().address() == ("/kepatuhan", {"sop": "pengaduan", "lihat": "bulan"})
    press(leader, cell)
    shown = leader.address()[1]
    assert shown["lihat"] == "daftar"
    assert shown["langkah"]
    assert shown["bulan"].startswith("2026-")
    number = leader.table()[1][0]

    leader.open_first_row()
    expect(leader.page.get_by_role("heading", name=number)).to_be_visible()
    expect(leader.badge("langkah yang Anda buka")).to_have_count(1)

    leader.page.go_back()
    expect(leader.page.get_by_text("Langkah di balik angka")).to_be_visible()
    leader.settled()
    assert leader.address() == ("/kepatuhan", shown)
    assert leader.table()[1][0] == number
    leader.page.get_by_role("link", name="Kembali ke grafik").click()
    expect(leader.keyed("compliance.lihat")).to_be_visible()
    assert leader.settled().address()[1].get("lihat", "langkah") == "langkah"


def test_compliance_and_its_course_lead_to_what_is_behind_them(people: People) -> None:
    leader = people("pimpinan")
    leader.page.get_by_role("link").filter(has_text=re.compile(r"Pengaduan \d+,\d%")).click()
    leader.page.wait_for_url("**/kepatuhan?*sop=pengaduan*")
    leader.settled()
    expect(leader.page.get_by_text(re.compile(r"\d+,\d% dari \d+ langkah tepat waktu"))).to_be_visible()
    leader.page.go_back()
    expect(leader.keyed("summary.trend")).to_be_visible()
    leader.settled()

    course = leader.keyed("summary.trend").locator(".scatterlayer .trace").nth(1)  # of the complaints
    press(leader, course.locator(".points path").last)
    shown = leader.address()[1]
    assert (shown["sop"], shown["lihat"]) == ("pengaduan", "daftar")
    assert shown["periode"].startswith("2026-")
    leader.page.go_back()
    leader.settled()
    assert leader.address() == ("/ringkasan", {})


def test_link_that_was_sent_shows_the_same(people: People) -> None:
    query = "sop=pengaduan&lihat=terlambat&periode=2026-10"
    first = people("pimpinan").open(f"/kepatuhan?{query}")
    second = people("sekretaris").open(first.page.url)
    assert first.address() == second.address()
    assert first.keyed("panel-reasons").inner_text() == second.keyed("panel-reasons").inner_text()


def test_past_day_is_chosen_kept_and_left(people: People) -> None:
    leader = people("pimpinan").open("/ringkasan")
    today = leader.page.get_by_text(re.compile("langkah tepat waktu")).first.inner_text()
    leader.page.get_by_role("button", name="Per hari ini").click()
    parts = leader.page.get_by_test_id("stDateInput").get_by_role("spinbutton")
    parts.first.click()
    leader.page.keyboard.type("30092026")
    leader.page.keyboard.press("Tab")  # to the calendar's button
    leader.page.keyboard.press("Tab")
    leader.said("Anda melihat keadaan hari yang lampau")
    leader.page.keyboard.press("Escape")
    assert leader.settled().address()[1] == {"per": "2026-09-30"}
    then = leader.page.get_by_text(re.compile("langkah tepat waktu")).first.inner_text()
    assert then != today

    leader.page.reload()
    leader.settled()
    assert leader.page.get_by_text(re.compile("langkah tepat waktu")).first.inner_text() == then
    expect(leader.page.get_by_role("button", name="Per 30 Sep 2026")).to_be_visible()


def test_file_of_a_view_holds_what_the_table_shows(people: People) -> None:
    leader = people("pimpinan").open("/kepatuhan?sop=pengaduan")
    leader.keyed("panel-steps").locator("summary").click()
    leader.settled()
    heading, *rows = leader.table()
    file = leader.download(leader.page.get_by_role("link", name="Unduh Excel"))
    assert file.suggested_filename.startswith("Kepatuhan_Pengaduan_")
    sheet = load_workbook(BytesIO(file.path().read_bytes())).worksheets[0]
    cells = [[cell.value for cell in row] for row in sheet.iter_rows()]
    at = next(n for n, row in enumerate(cells) if row[0] == heading[0])
    judged = heading.index("Jumlah dinilai")
    for shown, written in zip(rows, cells[at + 1 :], strict=False):
        assert shown[1] == written[1]
        assert shown[judged] == ("" if written[judged] is None else str(written[judged]))


def test_wall_shows_the_figures_without_controls(people: People) -> None:
    leader = people("pimpinan").open("/ringkasan?layar=1")
    expect(leader.page.get_by_text(re.compile("langkah tepat waktu"))).to_be_visible()
    expect(leader.page.get_by_test_id("stTopNavLink")).to_have_count(0)
    expect(leader.page.get_by_test_id("stSelectbox")).to_have_count(0)
    expect(leader.page.get_by_test_id("stPlotlyChart")).to_have_count(7)
    leader.press("wall.leave")
    expect(leader.page.get_by_test_id("stTopNavLink").first).to_be_visible()
    assert leader.settled().address() == ("/ringkasan", {})
