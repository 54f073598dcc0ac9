"""Files under /unduh/: who gets them, under which name, and how a refusal looks."""

from collections.abc import Mapping
from urllib.parse import unquote

import pytest

from dashboard.web import downloads
from dashboard.web.downloads import Download, disposition, download
from models.access import Actor, Permission, Role, may
from models.errors import Conflict, Forbidden, Invalid, NotFound, Problem
from tests.web.conftest import Browser, People

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
REFUSALS = {
    "404": NotFound(),
    "403": Forbidden(),
    "400": Invalid({"dari": Problem("Required.")}),
    "409": Conflict(),
}


@pytest.fixture(autouse=True)
def a_register_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(downloads, "_handlers", {})

    @download("daftar.xlsx")
    def register(actor: Actor, query: Mapping[str, str]) -> Download:
        if not may(actor, Permission.EXPORT):
            raise Forbidden
        return Download(f"Daftar {query['dari']}.xlsx", XLSX, f"{actor.name}:{query['dari']}".encode())

    @download("tolak")
    def refuse(actor: Actor, query: Mapping[str, str]) -> Download:
        raise REFUSALS[query["status"]]


def test_a_file_comes_with_its_name_and_is_kept_by_no_cache(browser: Browser, budi: Actor) -> None:
    browser.sign_in()
    answer = browser.get("/unduh/daftar.xlsx?dari=2026-07-01")
    assert answer.content == b"Budi:2026-07-01"
    assert answer.headers["content-type"] == XLSX
    assert answer.headers["content-disposition"] == (
        "attachment; filename=\"Daftar 2026-07-01.xlsx\"; filename*=UTF-8''Daftar%202026-07-01.xlsx"
    )
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["x-content-type-options"] == "nosniff"


def test_a_file_needs_a_session_each_time(browser: Browser, budi: Actor) -> None:
    assert (
        browser.get("/unduh/daftar.xlsx?dari=1")
        .headers["location"]
        .startswith("/masuk?ke=/unduh/daftar.xlsx")
    )
    browser.sign_in()
    old = f"patuh_session={browser.cookie}"
    browser.post("/keluar")
    assert browser.client.get("/unduh/daftar.xlsx?dari=1", headers={"cookie": old}).status_code == 401


@pytest.mark.parametrize("status", sorted(REFUSALS))
def test_a_refusal_is_a_plain_page_with_its_status(browser: Browser, budi: Actor, status: str) -> None:
    browser.sign_in()
    answer = browser.get(f"/unduh/tolak?status={status}")
    assert answer.status_code == int(status)
    assert answer.headers["content-type"].startswith("text/html")
    assert "content-disposition" not in answer.headers
    assert "Kembali ke Patuh" in answer.text


def test_a_refusal_speaks_the_language_of_the_person(browser: Browser, budi: Actor) -> None:
    browser.sign_in()
    assert "Wajib diisi." in browser.get("/unduh/tolak?status=400").text


def test_an_unknown_file_is_not_found_and_a_mistake_shows_a_number(browser: Browser, people: People) -> None:
    people.add("budi", Role.PIMPINAN)
    browser.sign_in()
    for path in ("/unduh/", "/unduh/lain.xlsx", "/unduh/../daftar.xlsx", "/unduh/daftar.xlsx/"):
        assert browser.get(path).status_code in (200, 404)
        assert "content-disposition" not in browser.get(path).headers
    assert (
        browser.get("/unduh/daftar.xlsx").status_code == 500
    )  # the query it needs is missing: the handler's mistake


def test_two_handlers_cannot_have_one_path() -> None:
    with pytest.raises(ValueError, match="daftar"):
        download("daftar.xlsx")(lambda actor, query: Download("x", XLSX, b""))


@pytest.mark.parametrize(
    "filename",
    [
        'a"; filename="b.exe', "a\r\nX-Evil: 1", "../../etc/passwd", "Rekap Juli \u2013 Dumas.xlsx", "", "...",
        "\u202efdp.exe", "🙂", "a" * 400,
    ],
)  # fmt: skip
def test_a_file_name_cannot_leave_its_header(filename: str) -> None:
    header = disposition(filename)
    plain, encoded = header.removeprefix('attachment; filename="').split("\"; filename*=UTF-8''")
    for name in (plain, unquote(encoded)):
        assert name
        assert not set(name) & set('"\r\n\\/:;<>|*?\u202e')
        assert len(name) <= 150
    assert header.isascii()
    assert header.isprintable()


def test_letters_beyond_ascii_stay_in_the_real_name() -> None:
    assert unquote(disposition("Rekap – Juli.xlsx").rsplit("''", 1)[1]) == "Rekap – Juli.xlsx"
