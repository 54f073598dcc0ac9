"""Signing in and out, as a person at the browser sees it."""

from contextlib import closing

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.conftest import People
from tests.browser.person import Person, context_of

pytestmark = pytest.mark.xdist_group("browser")


def test_wrong_password_is_told_in_indonesian(browser: Browser, home: str) -> None:
    with closing(context_of(browser, home)) as context:
        person = Person(context, home, "desk")
        person.watch.expected.add(401)
        person.sign_in("bukan-kata-sandinya")
        expect(person.page.get_by_role("alert")).to_have_text("Nama pengguna atau kata sandi salah.")
        assert person.page.input_value("#username") == "desk"
        assert person.page.input_value("#password") == ""
        assert person.address()[0] == "/masuk"
        assert person.page.get_attribute("html", "lang") == "id"
        person.sign_in().settled()  # the same way is open with the right one
        assert person.address()[0] == "/tugas"
        assert person.watch.findings() == []


def test_page_left_open_asks_to_sign_in_after_signing_out(people: People) -> None:
    leader = people("sekretaris")
    other = Person(leader.context, leader.home, leader.who).open("/tugas")
    toggle = leader.open("/tugas").page.get_by_text("Juga yang menunggu peran lain")
    toggle.click()
    leader.settled()
    assert leader.address()[0] == "/tugas"  # the same click does its work while the session lives

    other.open("/akun").press("account.out")
    other.page.wait_for_url("**/masuk*")
    toggle.click()
    leader.page.wait_for_url("**/masuk*")
    expect(leader.page.get_by_role("heading", name="Masuk")).to_be_visible()
    expect(leader.page.get_by_test_id("stMain")).to_have_count(0)

    leader.page.goto("/ringkasan")
    assert leader.address()[0] == "/masuk"
    expect(leader.page.get_by_text("Kepatuhan per bulan")).to_have_count(0)
    assert other.watch.findings() == []
