"""The life of a session: resumed, ended, grown idle, grown old, its account disabled, its roles withdrawn."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import Engine, select, update

from models.access import Actor, Permission, Role, may
from models.commands import sessions, users
from models.database import reading, transaction
from models.queries import accounts
from models.queries.accounts import actor_by_session
from models.tables import SignInSession
from tests.conftest import NOW
from tests.web.conftest import Browser, Clock
from tests.web.test_gate import websocket_opens


def seen_at(store: Engine) -> datetime:
    with reading(store) as connection:
        return connection.execute(select(SignInSession.seen_at)).scalar_one()


def test_a_session_is_resumed_in_another_tab(browser: Browser, budi: Actor) -> None:
    browser.sign_in()
    tab = Browser(browser.app)
    tab.client.cookies.set("patuh_session", str(browser.cookie), domain="patuh.test")
    assert tab.is_in()
    assert websocket_opens(tab, "/_stcore/stream")


def test_the_old_cookie_opens_nothing_after_signing_out(browser: Browser, budi: Actor) -> None:
    browser.sign_in()
    old = str(browser.cookie)
    answer = browser.post("/keluar")
    assert answer.headers["location"] == "/masuk?pesan=keluar"
    assert 'patuh_session=""' in answer.headers["set-cookie"]
    assert "Anda telah keluar." in browser.get("/masuk?pesan=keluar").text
    for _ in range(100):
        assert browser.get("/ringkasan", cookie=f"patuh_session={old}").status_code == 303
    assert not websocket_opens(browser, "/_stcore/stream", cookie=f"patuh_session={old}")


def test_leaving_in_english_is_confirmed_in_english(browser: Browser, budi: Actor) -> None:
    browser.sign_in()
    target = browser.post("/keluar?bahasa=en").headers["location"]
    assert "You are signed out." in browser.get(target).text


@pytest.mark.parametrize("path", ["/keluar", "/auth/logout"])
def test_leaving_by_a_link_of_our_own_needs_no_question(browser: Browser, budi: Actor, path: str) -> None:
    browser.sign_in()
    assert browser.get(path, sec_fetch_site="same-origin").headers["location"] == "/masuk?pesan=keluar"
    assert not browser.is_in()


@pytest.mark.parametrize(
    "headers",
    [
        {"sec_fetch_site": "cross-site"},
        {"referer": "http://jahat.test/"},
        {"sec_fetch_site": "same-site"},
        {},
    ],
)
def test_another_site_cannot_sign_anybody_out(browser: Browser, budi: Actor, headers: dict[str, str]) -> None:
    browser.sign_in()
    for path in ("/keluar", "/auth/logout"):
        assert "Keluar dari Patuh?" in browser.get(path, **headers).text
    assert browser.is_in()


def test_a_referrer_of_our_own_is_enough_without_tls(browser: Browser, budi: Actor) -> None:
    browser.sign_in()
    browser.get("/auth/logout", referer="http://patuh.test/tugas")
    assert not browser.is_in()


def test_the_script_that_ended_the_session_is_followed_by_a_plain_goodbye(
    store: Engine, browser: Browser, budi: Actor
) -> None:
    browser.sign_in()
    sessions.sign_out(store, session_hash=sessions.token_hash(str(browser.cookie)), now=NOW)
    answer = browser.get("/auth/logout", sec_fetch_site="same-origin")
    assert answer.headers["location"] == "/masuk?pesan=keluar"


def test_an_idle_session_ends_after_half_an_hour_and_says_so(
    browser: Browser, clock: Clock, budi: Actor
) -> None:
    browser.sign_in()
    clock.forward(minutes=29, seconds=59)
    assert browser.is_in()
    clock.forward(minutes=30)
    assert not browser.is_in()
    assert not websocket_opens(browser, "/_stcore/stream")
    assert browser.get("/auth/logout", sec_fetch_site="same-origin").headers["location"] == "/masuk"
    page = browser.get("/masuk")
    assert "Sesi berakhir. Silakan masuk kembali." in page.text
    assert browser.cookie is None


def test_an_idle_session_would_live_on_without_the_limit(
    browser: Browser, clock: Clock, budi: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(accounts, "IDLE_FOR", timedelta(days=99))
    browser.sign_in()
    clock.forward(minutes=30)
    assert browser.is_in()


def test_pages_keep_a_session_awake_and_what_streamlit_fetches_does_not(
    browser: Browser, clock: Clock, budi: Actor
) -> None:
    browser.sign_in()
    clock.forward(minutes=20)
    assert browser.is_in()
    clock.forward(minutes=20)
    for path in ("/media/x.png", "/_stcore/health", "/component/a/index.html"):
        assert browser.get(path).status_code == 200
    assert websocket_opens(browser, "/_stcore/stream")
    clock.forward(minutes=11)
    assert not browser.is_in()


def test_a_session_ends_after_ten_hours_however_busy(browser: Browser, clock: Clock, budi: Actor) -> None:
    browser.sign_in()
    for _ in range(59):
        clock.forward(minutes=10)
        assert browser.is_in()
    clock.forward(minutes=10)
    assert not browser.is_in()


def test_a_session_would_never_grow_old_without_the_limit(
    browser: Browser, clock: Clock, budi: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sessions, "LASTS_FOR", timedelta(days=99))
    browser.sign_in()
    for _ in range(61):
        clock.forward(minutes=10)
        assert browser.is_in()


def test_activity_is_written_once_a_minute_at_most(
    store: Engine, browser: Browser, clock: Clock, budi: Actor
) -> None:
    browser.sign_in()
    clock.forward(seconds=59)
    browser.is_in()
    assert seen_at(store) == NOW
    clock.forward(seconds=1)
    browser.is_in()
    assert seen_at(store) == NOW + timedelta(minutes=1)


def test_a_dead_session_is_not_woken_by_a_late_touch(store: Engine, browser: Browser, budi: Actor) -> None:
    browser.sign_in()
    late = NOW + timedelta(minutes=31)
    sessions.touch(store, session_hash=sessions.token_hash(str(browser.cookie)), seen_at=NOW, now=late)
    assert seen_at(store) == NOW


def test_a_disabled_account_is_out_at_its_next_click(
    store: Engine, browser: Browser, budi: Actor, admin: Actor
) -> None:
    browser.sign_in()
    with transaction(store) as connection:  # only the account: its session row is left alive on purpose
        connection.execute(update(accounts.User).where(accounts.User.id == budi.user_id).values(active=False))
    assert not browser.is_in()
    assert not websocket_opens(browser, "/_stcore/stream")


def test_disabling_ends_all_sessions_and_enabling_brings_none_back(
    store: Engine, browser: Browser, budi: Actor, admin: Actor
) -> None:
    browser.sign_in()
    for token, active, version in (("a", False, 1), ("b", True, 2)):
        users.set_active(
            store,
            actor=admin,
            token=token,
            now=NOW,
            user_id=budi.user_id,
            active=active,
            expected_version=version,
        )
    assert not browser.is_in()


def test_a_withdrawn_role_counts_at_the_next_look(
    store: Engine, browser: Browser, budi: Actor, admin: Actor
) -> None:
    browser.sign_in()
    session = sessions.token_hash(str(browser.cookie))
    with reading(store) as connection:
        before = actor_by_session(connection, session, NOW)
    users.set_roles(
        store,
        actor=admin,
        token="t",
        now=NOW,
        user_id=budi.user_id,
        roles={Role.PIMPINAN},
        expected_version=1,
    )
    with reading(store) as connection:
        after = actor_by_session(connection, session, NOW)
    assert before
    assert after
    assert may(before, Permission.RECORD_STEP)
    assert not may(after, Permission.RECORD_STEP)
    assert browser.is_in()


def test_a_reset_password_ends_every_session_of_that_account_only(
    store: Engine, browser: Browser, budi: Actor, admin: Actor
) -> None:
    other = Browser(browser.app)
    browser.sign_in()
    other.sign_in("admin")
    users.reset_password(
        store,
        actor=admin,
        token="t",
        now=NOW,
        user_id=budi.user_id,
        password="ombak besar sekali",
        expected_version=1,
    )
    assert not browser.is_in()
    assert other.is_in()


def test_fifty_tabs_at_once_are_fine(browser: Browser, budi: Actor) -> None:
    browser.sign_in()
    assert all(websocket_opens(browser, "/_stcore/stream") for _ in range(50))
