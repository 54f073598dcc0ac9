"""What was typed and not sent outlives the page: a reload, another page, another browser, a lost connection."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.conftest import People
from tests.browser.paperwork import send_form
from tests.browser.person import Person, context_of

pytestmark = pytest.mark.xdist_group("browser")

NAME = "Pelapor Belum Terkirim"
BACK = "Yang Anda ketik sebelumnya dipulihkan."
# How many connections were opened stands on the page: the content security policy lets no wait evaluate a script.
_HOLD_SOCKETS = """window.sockets = []; window.WebSocket = class extends WebSocket {
    constructor(...all) {
        super(...all);
        const place = sockets.push(this);
        this.addEventListener('open', () => { document.documentElement.dataset.connection = place });
    }
}"""


def subject(person: Person) -> str:
    return person.field("subject").locator("input").input_value()


def begun(person: Person) -> Person:
    """A complaint that was begun, with a name among what was typed."""
    person.open("/baru?sop=pengaduan")
    if person.page.get_by_text(BACK).count():
        person.press("open.pengaduan.empty").settled()
    return (
        person.type("subject", "Setengah jadi")
        .type("reporter_name", NAME)
        .choose("district", "Sikakap")
        .settled()
    )


def expect_all_back(person: Person) -> None:
    expect(person.page.get_by_text(BACK)).to_be_visible()
    assert subject(person) == "Setengah jadi"
    expect(person.field("reporter_name").locator("input")).to_have_value(NAME)
    expect(person.field("district").get_by_role("combobox")).to_have_value("Sikakap")


def test_draft_comes_back_after_a_reload_and_in_another_browser(
    people: People, browser: Browser, home: str
) -> None:
    desk = begun(people("desk"))
    expect(desk.page.get_by_text(BACK)).to_have_count(0)
    desk.page.reload()
    expect_all_back(desk.settled())
    desk.open("/tugas").open("/baru?sop=pengaduan")
    expect_all_back(desk)
    elsewhere = context_of(browser, home)
    expect_all_back(Person(elsewhere, home, "desk").come_in().open("/baru?sop=pengaduan"))
    elsewhere.close()
    assert subject(people("hukum").open("/baru?sop=pengaduan")) == ""
    desk.press("open.pengaduan.empty").settled()
    assert subject(desk) == ""
    desk.page.reload()
    assert subject(desk.settled()) == ""


def test_draft_survives_a_lost_connection(people: People) -> None:
    desk = begun(people("desk"))
    desk.watch.expected |= {0}
    desk.context.set_offline(True)
    desk.field("description").locator("textarea").fill("Ditulis tanpa sambungan.")
    desk.context.set_offline(False)
    desk.field("description").locator("textarea").blur()
    desk.settled().page.reload()
    expect_all_back(desk.settled())
    expect(desk.field("description").locator("textarea")).to_have_value("Ditulis tanpa sambungan.")
    desk.press("open.pengaduan.empty").settled()


def test_draft_survives_a_connection_that_breaks_off(people: People) -> None:
    desk = people("desk")
    desk.page.add_init_script(_HOLD_SOCKETS)
    begun(desk)
    runs = desk.traffic.runs
    desk.page.evaluate("sockets.at(-1).close()")
    desk.field("description").locator("textarea").fill("Ditulis saat terputus.")
    expect(desk.page.locator("html[data-connection='2']")).to_be_attached()
    desk.field("description").locator("textarea").blur()
    desk.traffic.wait_for_run(after=runs)
    expect(desk.settled().field("description").locator("textarea")).to_have_value("Ditulis saat terputus.")
    assert subject(desk) == "Setengah jadi"
    desk.page.reload()
    expect_all_back(desk.settled())
    expect(desk.field("description").locator("textarea")).to_have_value("Ditulis saat terputus.")
    desk.press("open.pengaduan.empty").settled()


def test_draft_is_gone_once_it_was_sent(people: People, office_folder: Path) -> None:
    desk = begun(people("desk"))
    desk.page.reload()
    desk.settled().type("description", "Kini lengkap.").type("reporter_phone", "0812-7777-0001")
    desk.choose("reported_element", "PPS")
    assert kept_drafts(office_folder) == 1
    send_form(desk, "open.pengaduan.send")
    expect(desk.page.get_by_text("Setengah jadi").first).to_be_visible()
    assert kept_drafts(office_folder) == 0
    desk.open("/baru?sop=pengaduan")
    expect(desk.page.get_by_text(BACK)).to_have_count(0)
    assert (subject(desk), desk.field("reporter_name").locator("input").input_value()) == ("", "")


def test_draft_stands_sealed_in_the_database(people: People, office_folder: Path) -> None:
    desk = begun(people("desk"))
    assert kept_drafts(office_folder) == 1
    assert files_with(NAME, office_folder) == []
    desk.page.reload()
    desk.settled().press("open.pengaduan.empty").settled()


def test_text_that_is_not_sealed_is_found_in_the_database(office_folder: Path, home: str) -> None:
    """The twin: the name of an account stands there in clear."""
    assert home
    assert files_with("Nurul Aini", office_folder) == ["patuh.db"]


def kept_drafts(folder: Path) -> int:
    """How many complaints are begun and not sent, of all people."""
    with closing(sqlite3.connect(f"file:{folder / 'contoh' / 'patuh.db'}?mode=ro", uri=True)) as connection:
        found = connection.execute("SELECT count(*) FROM form_draft WHERE form = 'open.pengaduan'").fetchone()
    return int(found[0])


def files_with(text: str, folder: Path) -> list[str]:
    """The names of the server's files, the database among them, in which the text stands in clear."""
    files = [path for path in folder.rglob("*") if path.is_file()]
    return sorted(path.name for path in files if text.encode() in path.read_bytes())
