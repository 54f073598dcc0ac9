"""The first start: a code instead of a default account, good for one administrator."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import Engine, func, select

from models.access import Actor, Role
from models.commands import first_start
from models.database import reading
from models.errors import Invalid, NotFound
from models.queries.accounts import accounts
from models.tables import Setting, User
from tests.conftest import NOW
from tests.web.conftest import PASSWORD, Browser, Clock

FORM = {"username": "ketua.umum", "full_name": "Siti Aminah", "password": PASSWORD, "repeated": PASSWORD}


def count_accounts(store: Engine) -> int:
    with reading(store) as connection:
        return connection.execute(select(func.count()).select_from(User)).scalar_one()


def test_a_fresh_database_has_no_account_and_no_code(store: Engine) -> None:
    assert count_accounts(store) == 0
    with reading(store) as connection:
        assert connection.execute(select(Setting)).all() == []


def test_a_fresh_installation_leads_to_the_first_start(browser: Browser) -> None:
    assert browser.get("/").headers["location"] == "/masuk?ke=/"
    assert browser.get("/masuk").headers["location"] == "/mulai"
    assert "Kode sekali pakai" in browser.get("/mulai").text


@pytest.mark.parametrize("username", ["admin", "administrator", "root", "patuh"])
def test_no_default_account_exists(browser: Browser, username: str) -> None:
    for password in ("admin", "password", "patuh", "contoh-patuh-2026", ""):
        assert browser.sign_in(username, password).status_code in (401, 429)


def test_the_code_makes_the_administrator_once(store: Engine, browser: Browser) -> None:
    code = first_start.prepare(store)
    assert code
    typed = code.lower().replace("-", " ")
    assert browser.post("/mulai", {**FORM, "code": typed}).headers["location"] == "/masuk?pesan=siap"
    assert "Administrator sudah siap." in browser.get("/masuk?pesan=siap").text
    with reading(store) as connection:
        (made,) = accounts(connection)
        assert connection.execute(select(Setting)).all() == []
    assert (made.username, made.full_name, made.roles) == ("ketua.umum", "Siti Aminah", ("administrator",))
    assert browser.sign_in("ketua.umum").headers["location"] == "/"
    again = browser.post("/mulai", {**FORM, "username": "lain", "code": code})
    assert again.headers["location"] == "/masuk"
    assert count_accounts(store) == 1


def test_a_wrong_code_makes_nobody_and_keeps_what_was_typed(store: Engine, browser: Browser) -> None:
    first_start.prepare(store)
    answer = browser.post("/mulai", {**FORM, "code": "AAAA-BBBB-CCCC"})
    assert answer.status_code == 400
    assert "Ini bukan kode dari penyalaan terakhir." in answer.text
    assert 'value="Siti Aminah"' in answer.text
    assert PASSWORD not in answer.text
    assert count_accounts(store) == 0


def test_no_code_at_all_opens_nothing(store: Engine, browser: Browser) -> None:
    for code in ("", "null", "None"):
        assert browser.post("/mulai", {**FORM, "code": code}).status_code == 400
    assert count_accounts(store) == 0


def test_a_new_start_makes_the_former_code_useless(store: Engine, browser: Browser) -> None:
    former, latest = first_start.prepare(store), first_start.prepare(store)
    assert former != latest
    assert browser.post("/mulai", {**FORM, "code": str(former)}).status_code == 400
    assert browser.post("/mulai", {**FORM, "code": str(latest)}).status_code == 303


def test_the_code_is_stored_hashed(store: Engine) -> None:
    code = str(first_start.prepare(store))
    with reading(store) as connection:
        stored = connection.execute(select(Setting.value)).scalar_one()
    assert code not in stored
    assert code.replace("-", "") not in stored


def test_codes_cannot_be_tried_out(store: Engine, browser: Browser, clock: Clock) -> None:
    code = str(first_start.prepare(store))
    for _ in range(5):
        browser.post("/mulai", {**FORM, "code": "AAAA-BBBB-CCCC"})
    assert "Terlalu banyak percobaan." in browser.post("/mulai", {**FORM, "code": code}).text
    assert count_accounts(store) == 0
    clock.forward(seconds=6)
    assert browser.post("/mulai", {**FORM, "code": code}).status_code == 303


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("username", "a b", "Gunakan 3 sampai 64 karakter"),
        ("username", "", "Gunakan 3 sampai 64 karakter"),
        ("full_name", "  ", "Wajib diisi."),
        ("full_name", "Siti\u202eAminah", "paling banyak 120 karakter"),
        ("password", "pendek", "Kedua kata sandi tidak sama."),
        ("repeated", "lain sama sekali", "Kedua kata sandi tidak sama."),
    ],
)
def test_a_bad_field_is_told_beside_it(
    store: Engine, browser: Browser, field: str, value: str, words: str
) -> None:
    code = str(first_start.prepare(store))
    answer = browser.post("/mulai", {**FORM, "code": code, field: value})
    assert answer.status_code == 400
    assert words in answer.text
    assert count_accounts(store) == 0
    assert (
        browser.post("/mulai", {**FORM, "code": code}).status_code == 303
    )  # the code is not burnt by a refusal


def test_with_an_account_there_is_neither_code_nor_page(store: Engine, browser: Browser, budi: Actor) -> None:
    assert first_start.prepare(store) is None
    assert browser.get("/mulai").headers["location"] == "/masuk"


def test_one_code_used_at_once_by_many_names_one_administrator(any_store: Engine) -> None:
    code = str(first_start.prepare(any_store))

    def claim(number: int) -> bool:
        try:
            first_start.claim(
                any_store,
                code=code,
                username=f"admin{number}",
                full_name="Siti",
                password=PASSWORD,
                address=f"10.0.0.{number}",
                now=NOW,
            )
        except (NotFound, Invalid):  # "there is one already", or the code is burnt by now
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(claim, range(8))) == 1
    with reading(any_store) as connection:
        assert [account.roles for account in accounts(connection)] == [(Role.ADMINISTRATOR,)]
