"""Security headers on every answer, and error pages that tell nothing but a reference number."""

import base64
import hashlib
import logging
import re
from pathlib import Path

import pytest
import streamlit
from httpx import Response

from dashboard.web.shell import HEADERS
from dashboard.web.site import Site
from models.access import Actor, Role
from tests.web.conftest import HTML, Browser, People, application

SECRET = "Maria Sikerei"


def answers(browser: Browser) -> dict[int, Response]:
    """One answer of each kind the server gives, by its status."""
    made = [
        browser.get("/masuk"),
        browser.get("/ringkasan"),
        browser.client.get("/media/x", headers={"accept": "image/*"}),
        browser.post("/masuk", {"username": "x" * 17_000}),
        browser.post("/masuk", origin="http://jahat.test"),
        browser.get("/_stcore/agent/interact"),
    ]
    browser.sign_in()
    made += [browser.get("/rusak"), browser.get("/unduh/tidak-ada.xlsx"), browser.get("/healthz")]
    return {answer.status_code: answer for answer in made}


def without_headers(browser: Browser) -> list[int]:
    return [
        status
        for status, answer in answers(browser).items()
        if any(answer.headers.get(name) != value for name, value in HEADERS.items())
    ]


def test_every_answer_carries_every_header(browser: Browser, budi: Actor) -> None:
    assert set(answers(browser)) >= {200, 303, 401, 403, 404, 413, 500}
    assert without_headers(browser) == []


def test_no_answer_would_carry_them_without_the_shell(site: Site, budi: Actor) -> None:
    assert len(without_headers(Browser(application(site, middleware=[])))) >= 4


def test_the_policy_lets_no_foreign_or_inline_script_in() -> None:
    policy = dict(part.split(" ", 1) for part in HEADERS["content-security-policy"].split("; "))
    assert re.fullmatch(r"'self' 'sha256-[A-Za-z0-9+/=]{44}'", policy["script-src"])
    assert policy["default-src"] == "'self'"
    assert policy["frame-ancestors"] == policy["object-src"] == "'none'"
    assert policy["form-action"] == policy["base-uri"] == policy["connect-src"] == "'self'"
    assert "http" not in HEADERS["content-security-policy"]


def test_the_one_inline_script_allowed_is_streamlits_own() -> None:
    index = Path(streamlit.__file__).parent / "static" / "index.html"
    inline = re.findall(r"<script>(.*?)</script>", index.read_text("utf-8"), re.DOTALL)
    hashes = [base64.b64encode(hashlib.sha256(line.encode()).digest()).decode() for line in inline]
    assert len(hashes) == 1
    assert f"'sha256-{hashes[0]}'" in HEADERS["content-security-policy"]


def test_strict_transport_is_asked_for_by_tls_only(site: Site, budi: Actor) -> None:
    inside = application(site)
    assert "strict-transport-security" in Browser(inside, home="https://patuh.test").get("/masuk").headers
    assert "strict-transport-security" not in Browser(inside).get("/masuk").headers


def test_our_pages_are_kept_by_no_cache(browser: Browser, budi: Actor) -> None:
    for path in ("/masuk", "/ringkasan", "/healthz"):
        assert browser.get(path).headers["cache-control"] == "no-store"


def test_an_unforeseen_error_shows_a_number_and_logs_the_same_without_values(
    browser: Browser, budi: Actor, caplog: pytest.LogCaptureFixture
) -> None:
    browser.sign_in()
    with caplog.at_level(logging.DEBUG):
        page = browser.get("/rusak")
    number = re.search(r"<code>([2-9A-Z]{4}-[2-9A-Z]{4})</code>", page.text)
    assert page.status_code == 500
    assert number
    assert number[1] in caplog.text
    assert "RuntimeError" in caplog.text
    assert "conftest.py" in caplog.text
    assert SECRET not in caplog.text + page.text
    assert "RuntimeError" not in page.text
    assert "Traceback" not in page.text


def test_an_unforeseen_error_would_be_raised_through_without_the_shell(site: Site, budi: Actor) -> None:
    bare = Browser(application(site, middleware=[]))
    bare.client.headers.update(HTML)
    assert bare.get("/rusak").text == "Internal Server Error"


def test_health_needs_no_session_and_tells_when_the_database_is_gone(
    browser: Browser, site: Site, people: People
) -> None:
    people.add("budi", Role.PIMPINAN)
    assert (browser.get("/healthz").status_code, browser.get("/healthz").json()) == (200, {"status": "ok"})
    from models.database import engine

    gone = engine("sqlite:////nowhere/at/all/patuh.db")
    without = Browser(application(Site(store=lambda: gone, instant=site.instant)))
    assert (without.get("/healthz").status_code, without.get("/healthz").json()) == (
        503,
        {"status": "unavailable"},
    )
    gone.dispose()
