"""What was typed and not sent outlives the page: a reload, another page, another browser, a connection that was lost."""

import sqlite3
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.conftest import People
from tests.browser.person import Person, context_of

pytestmark = pytest.mark.xdist_group("browser")

NAME = "Pelapor Belum Terkirim"
BACK = "Yang Anda ketik sebelumnya dipulihkan."


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


def test_draft_stands_sealed_in_the_database(people: People, office_folder: Path) -> None:
    desk = begun(people("desk"))
    database = office_folder / "contoh" / "patuh.db"
    with sqlite3.connect(f"file:{database}?mode=ro", uri=True) as connection:
        kept = connection.execute("SELECT count(*) FROM form_draft WHERE form = 'open.pengaduan'").fetchone()
    assert kept == (1,)
    assert NAME.encode() not in database.read_bytes()
    desk.page.reload()
    desk.settled().press("open.pengaduan.empty").settled()
