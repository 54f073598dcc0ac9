"""Files under /unduh/: who gets them, under which name, how a refusal looks, and how one waits for a large one."""

import threading
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from queue import Queue
from urllib.parse import unquote

import pytest
from httpx import Response

from dashboard.web import downloads, preparing
from dashboard.web.downloads import Download, disposition, download
from dashboard.web.preparing import Preparation
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
    assert answer.headers["content-length"] == str(len(answer.content))


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


class Kitchen:
    """A large file whose making the test holds back, and how often it was made."""

    def __init__(self) -> None:
        self.begun = threading.Event()
        self.may_end = threading.Event()
        self.made = 0
        self.fails = False

    def make(self, path: Path, tell: Callable[[int], None]) -> Download:
        self.made += 1
        tell(1_500)
        self.begun.set()
        assert self.may_end.wait(20)
        if self.fails:
            raise RuntimeError("Maria Sikerei")
        path.write_bytes(b"x" * 300_000)
        return Download("Besar.xlsx", XLSX, path)


@pytest.fixture
def kitchen(monkeypatch: pytest.MonkeyPatch) -> Iterator[Kitchen]:
    """Its file under /unduh/besar.xlsx; nobody has patience."""
    monkeypatch.setattr(downloads, "PATIENCE", 0.0)
    kitchen = Kitchen()

    @download("besar.xlsx")
    def large(actor: Actor, query: Mapping[str, str]) -> Download | Preparation[Download]:
        if "siap" in query:
            return preparing.find(actor.user_id, query["siap"])
        return preparing.begin(actor.user_id, query["apa"], total=3_000, make=kitchen.make)

    yield kitchen
    kitchen.may_end.set()
    with preparing._turn:  # whatever was begun has ended
        preparing.close()


def ahead(answer: Response) -> str:
    """Where a page that waits goes on to by itself."""
    return answer.headers["refresh"].split("url=")[1]


def test_a_large_file_is_waited_for_on_a_page_that_counts(
    browser: Browser, budi: Actor, kitchen: Kitchen
) -> None:
    browser.sign_in()
    first = browser.get("/unduh/besar.xlsx?apa=semua+%26")
    assert first.status_code == 200
    assert first.headers["content-type"].startswith("text/html")
    assert first.headers["cache-control"] == "no-store"
    assert first.headers["refresh"].startswith("1; url=/unduh/besar.xlsx?apa=semua+%26&siap=")
    assert kitchen.begun.wait(20)
    waiting = browser.get(ahead(first))
    assert 'value="1500"' in waiting.text
    assert "1.500" in waiting.text
    assert "3.000" in waiting.text
    assert ahead(waiting) == ahead(first)

    kitchen.may_end.set()
    preparing.find(budi.user_id, ahead(first).split("siap=")[1]).result()
    ready = browser.get(ahead(first))
    assert ready.headers["content-type"].startswith("text/html")
    assert ready.headers["refresh"].startswith("0; url=")
    file = browser.get(ahead(ready))
    assert file.content == b"x" * 300_000
    assert file.headers["content-length"] == "300000"  # so that the browser shows how much is there
    assert file.headers["content-disposition"].startswith('attachment; filename="Besar.xlsx"')
    assert file.headers["cache-control"] == "no-store"
    assert kitchen.made == 1


def test_whoever_reads_no_pages_waits_for_the_file(browser: Browser, budi: Actor, kitchen: Kitchen) -> None:
    browser.sign_in()
    kitchen.may_end.set()
    answer = browser.get("/unduh/besar.xlsx?apa=semua", accept="*/*")
    assert answer.content == b"x" * 300_000


def test_a_file_that_is_soon_ready_comes_without_a_page(
    browser: Browser, budi: Actor, kitchen: Kitchen, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(downloads, "PATIENCE", 20.0)
    browser.sign_in()
    kitchen.may_end.set()
    assert browser.get("/unduh/besar.xlsx?apa=semua").content == b"x" * 300_000


def test_asking_twice_is_one_file_and_another_wish_another(
    browser: Browser, budi: Actor, kitchen: Kitchen
) -> None:
    browser.sign_in()
    ways = [ahead(browser.get(f"/unduh/besar.xlsx?apa={what}")) for what in ("semua", "semua", "lain")]
    keys = [way.split("siap=")[1] for way in ways]
    assert keys[0] == keys[1] != keys[2]
    kitchen.may_end.set()
    for key in keys:
        preparing.find(budi.user_id, key).result()
    assert kitchen.made == 2
    assert browser.get("/unduh/besar.xlsx?apa=semua", accept="*/*").status_code == 200
    assert kitchen.made == 3  # what is over is old


def test_a_prepared_file_is_nobody_elses(browser: Browser, people: People, kitchen: Kitchen) -> None:
    people.add("budi", Role.PIMPINAN)
    people.add("sari", Role.PIMPINAN)
    browser.sign_in("budi")
    way = ahead(browser.get("/unduh/besar.xlsx?apa=semua"))
    kitchen.may_end.set()
    browser.sign_in("sari")
    assert browser.get(way).status_code == 404
    assert browser.get(f"{way}&ambil=1").status_code == 404
    assert browser.get("/unduh/besar.xlsx?siap=").status_code == 404


def test_a_file_that_could_not_be_made_shows_a_number(
    browser: Browser, budi: Actor, kitchen: Kitchen, caplog: pytest.LogCaptureFixture
) -> None:
    browser.sign_in()
    way = ahead(browser.get("/unduh/besar.xlsx?apa=semua"))
    kitchen.fails = True
    kitchen.may_end.set()
    found = preparing.find(budi.user_id, way.split("siap=")[1])
    assert found.is_over(within=20)
    answer = browser.get(way)
    assert answer.status_code == 500
    assert "refresh" not in answer.headers
    assert "Maria" not in answer.text + caplog.text


def test_files_are_made_one_at_a_time_and_go_in_due_time(
    budi: Actor, kitchen: Kitchen, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone, forget = Queue[str](), preparing._forget

    def forget_and_say(key: str, path: Path) -> None:
        forget(key, path)
        assert not path.exists()
        gone.put(key)

    monkeypatch.setattr(preparing, "KEPT_SECONDS", 0.0)
    monkeypatch.setattr(preparing, "_forget", forget_and_say)
    first = preparing.begin(1, "a", total=1, make=kitchen.make)
    assert kitchen.begun.wait(20)
    second = preparing.begin(2, "a", total=1, make=kitchen.make)
    assert kitchen.made == 1
    assert not second.is_over(within=0.05)
    kitchen.may_end.set()
    made = first.result().body
    assert isinstance(made, Path)
    second.result()
    assert {gone.get(timeout=20), gone.get(timeout=20)} == {first.key, second.key}
    with pytest.raises(NotFound):
        preparing.find(1, first.key)
    assert kitchen.made == 2


def test_the_end_of_the_server_takes_the_files_along(budi: Actor, kitchen: Kitchen) -> None:
    kitchen.may_end.set()
    made = preparing.begin(budi.user_id, "a", total=1, make=kitchen.make).result().body
    assert isinstance(made, Path)
    assert made.exists()
    assert made.parent.stat().st_mode & 0o077 == 0
    preparing.close()
    assert not made.exists()
