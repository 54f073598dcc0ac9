"""Changing one's own password: a temporary one first of all."""

import pytest

from models.access import Actor, Role
from tests.web.conftest import PASSWORD, Browser, People

NEW = "perahu kayu di dermaga"


def form(**changed: str) -> dict[str, str]:
    return {"token": "t1", "current": PASSWORD, "password": NEW, "repeated": NEW, **changed}


def test_a_changed_password_replaces_the_old_and_ends_other_sessions(browser: Browser, budi: Actor) -> None:
    elsewhere = Browser(browser.app)
    browser.sign_in()
    elsewhere.sign_in()
    assert browser.post("/sandi", form()).headers["location"] == "/"
    assert browser.is_in()
    assert not elsewhere.is_in()
    assert elsewhere.sign_in("budi", PASSWORD).status_code == 401
    assert elsewhere.sign_in("budi", NEW).status_code == 303


def test_a_temporary_password_must_be_changed_and_then_all_is_open(browser: Browser, people: People) -> None:
    people.add("budi", Role.DESK_PELAYANAN, must_change_password=True)
    assert browser.sign_in().headers["location"] == "/"
    assert browser.get("/").headers["location"] == "/sandi"
    assert "kata sandi sementara" in browser.get("/sandi").text
    browser.post("/sandi", form())
    assert browser.is_in()


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"current": "salah sama sekali"}, "Ini bukan kata sandi Anda saat ini."),
        ({"repeated": "lain"}, "Kedua kata sandi tidak sama."),
        ({"password": "pendek", "repeated": "pendek"}, "Gunakan sedikitnya 10 karakter."),
        ({"password": PASSWORD, "repeated": PASSWORD}, "Pilih kata sandi yang berbeda"),
        ({"password": "", "repeated": ""}, "Gunakan sedikitnya 10 karakter."),
    ],
)
def test_a_refused_change_changes_nothing(
    browser: Browser, budi: Actor, changed: dict[str, str], words: str
) -> None:
    browser.sign_in()
    answer = browser.post("/sandi", form(**changed))
    assert answer.status_code == 400
    assert words in answer.text
    for typed in (PASSWORD, NEW, *changed.values()):
        assert not typed or f'value="{typed}"' not in answer.text
    assert browser.sign_in("budi", PASSWORD).status_code == 303


def test_the_current_password_cannot_be_tried_out(browser: Browser, budi: Actor) -> None:
    browser.sign_in()
    for number in range(5):
        browser.post("/sandi", form(token=f"t{number}", current="salah sama sekali"))
    assert "Terlalu banyak percobaan." in browser.post("/sandi", form()).text


def test_the_same_form_sent_twice_is_one_change(browser: Browser, budi: Actor) -> None:
    browser.sign_in()
    assert browser.post("/sandi", form()).status_code == 303
    assert (
        browser.post("/sandi", form()).status_code == 303
    )  # answered as before, not "wrong current password"


def test_nobody_without_a_session_gets_the_form(browser: Browser, budi: Actor) -> None:
    assert browser.get("/sandi").headers["location"] == "/masuk?ke=/"
    assert browser.client.post("/sandi", data=form(), headers={"origin": browser.home}).status_code == 401
