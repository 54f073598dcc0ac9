"""Issued files under /unduh/terbit: byte for byte as they were issued, for who may see the report, each time an act."""

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from httpx import Response
from sqlalchemy import Engine

from dashboard import issue_downloads, settings
from dashboard.web import downloads
from models.access import Role
from models.commands.conflicts import declare_conflict
from models.queries import issues as issue_queries
from tests.commands.issue_rows import files, issue, made
from tests.conftest import ENGINES, NOW, sqlite_database
from tests.factories import PASSWORD, Office, acts, case_row, office_in, open_one, prepare_office, token
from tests.web.conftest import Browser, Clock

YEARS = timedelta(days=2 * 365)
READERS = {Role.ADMINISTRATOR, Role.PIMPINAN, Role.SEKRETARIS, Role.SUB_BAGIAN_HUKUM}


@pytest.fixture(params=ENGINES)
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    """The office's database, once on each engine."""
    if request.param == "postgresql":
        with request.getfixturevalue("postgres").database("office", prepare_office) as prepared:
            yield prepared
        return
    with sqlite_database(tmp_path / "patuh.db") as prepared:
        prepare_office(prepared)
        yield prepared


@pytest.fixture
def office(store: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, clock: Clock) -> Iterator[Office]:
    """The office as the program's own installation, with its clock stopped."""
    monkeypatch.setenv("PATUH_DATA", str(tmp_path))
    monkeypatch.setenv("PATUH_DATABASE_URL", store.url.render_as_string(hide_password=False))
    monkeypatch.setenv("PATUH_SAMPLE", "1")
    monkeypatch.setenv("PATUH_NOW", NOW.isoformat())
    monkeypatch.setitem(downloads._handlers, "terbit", issue_downloads.issued)
    settings.store.cache_clear()
    yield office_in(store)
    settings.store().dispose()
    settings.store.cache_clear()


def asked(browser: Browser, report_id: object, kind: str = "pdf") -> Response:
    return browser.get(f"/unduh/terbit?id={report_id}&jenis={kind}")


def exports(office: Office) -> list[tuple[int, object, object]]:
    """By whom which file was taken out."""
    found = ((act["actor_id"], json.loads(act["details"])) for act in acts(office, "exported"))
    return [(actor_id, told["report"], told["kind"]) for actor_id, told in found]


def test_issued_file_is_sent_byte_for_byte_two_years_later(
    office: Office, browser: Browser, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    body = bytes(range(256)) * 40
    issue(office, report=made(office, words=body.decode("latin-1")))
    issue(office, reason="salah jumlah")
    clock.moment += YEARS
    monkeypatch.setenv("PATUH_NOW", clock.moment.isoformat())
    open_one(office, "pengaduan")
    browser.sign_in("pimpinan", PASSWORD)
    stored = files(office)
    assert len(stored) == 4
    for (report_id, kind), as_issued in stored.items():
        answer = asked(browser, report_id, kind)
        assert (answer.status_code, answer.content) == (200, as_issued)
        assert answer.headers["content-type"] == issue_downloads.MEDIA_TYPES[kind]
        assert f'filename="Laporan.{kind}"' in answer.headers["content-disposition"]
        assert answer.headers["cache-control"] == "no-store"
        assert int(answer.headers["content-length"]) == len(as_issued)
    who = office.actors[Role.PIMPINAN].user_id
    assert exports(office) == [(who, *key) for key in stored]
    assert {act["recorded_at"] for act in acts(office, "exported")} == {NOW + YEARS}


@pytest.mark.parametrize("role", list(Role))
def test_file_is_for_who_may_see_the_report(office: Office, browser: Browser, role: Role) -> None:
    report_id = issue(office)["report_id"]
    browser.sign_in(str(role), PASSWORD)
    answer = asked(browser, report_id)
    assert answer.status_code == (200 if role in READERS else 404)
    assert (answer.content in files(office).values()) is (role in READERS)
    assert len(exports(office)) == (role in READERS)


def test_twin_without_the_permission_the_desk_gets_the_file(
    office: Office, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    report_id = issue(office)["report_id"]
    monkeypatch.setattr(issue_queries, "may", lambda *_: True)
    browser.sign_in(str(Role.DESK_PELAYANAN), PASSWORD)
    assert asked(browser, report_id).content in files(office).values()


def test_who_is_not_signed_in_is_led_to_the_sign_in(office: Office, browser: Browser) -> None:
    report_id = issue(office)["report_id"]
    assert asked(browser, report_id).headers["location"].startswith("/masuk")
    assert exports(office) == []


@pytest.mark.parametrize(
    ("report_id", "kind"),
    [
        ("2", "pdf"), ("0", "pdf"), ("-1", "pdf"), ("", "pdf"), ("x", "pdf"), ("1.0", "pdf"), ("%D9%A1", "pdf"),
        ("9" * 9, "pdf"), ("9" * 30, "pdf"), ("1'--", "pdf"), ("1", ""), ("1", "docx"), ("1", "PDF"), ("1", "../x"),
    ],
)  # fmt: skip
def test_what_is_not_there_is_not_found_and_no_act(
    office: Office, browser: Browser, report_id: str, kind: str
) -> None:
    assert issue(office)["report_id"] == 1
    browser.sign_in("sekretaris", PASSWORD)
    answer = asked(browser, report_id, kind)
    assert answer.status_code == 404
    assert "content-disposition" not in answer.headers
    assert exports(office) == []
    assert asked(browser, "1").status_code == 200


def test_report_that_names_a_hidden_case_is_not_found_by_the_person_named(
    office: Office, browser: Browser
) -> None:
    case_id = open_one(office, "pengaduan")
    number = case_row(office, case_id)["register_no"]
    report_id = issue(office, report=made(office, facts={"Matriks": {number: {}}}))["report_id"]
    declare_conflict(
        office.store, actor=office.actors[Role.ADMINISTRATOR], token=token(), now=NOW, case_id=case_id,
        user_id=office.sekretaris.user_id, reason="keluarga",
    )  # fmt: skip
    for username, status in (("sekretaris", 404), ("second", 200)):
        browser.sign_in(username, PASSWORD)
        assert asked(browser, report_id).status_code == status
        browser.post("/keluar")
    assert [who for who, *_ in exports(office)] == [office.second.user_id]
