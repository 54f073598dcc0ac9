"""The real server: Streamlit behind our gate, driven over its websocket as a browser does.

One server per test process: Streamlit's runtime cannot be started twice.
"""

import logging
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from secrets import token_urlsafe
from typing import Any

import pytest
import streamlit
from sqlalchemy import Engine
from streamlit import get_option
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from dashboard import clock, settings
from dashboard.condition import unsafe_options
from dashboard.language import in_language
from dashboard.server import build
from dashboard.web import downloads
from dashboard.web.index_page import in_our_words
from dashboard.web.shell import HEADERS
from dashboard.web.site import Site
from models.access import Role
from models.commands import rescue, users
from models.database import reading
from models.queries.accounts import accounts, actor_by_id
from tests.web.client import TestClient
from tests.web.conftest import HOME, HTML, PASSWORD

TINY = Path(__file__).parent / "scripts" / "tiny.py"
pytestmark = pytest.mark.xdist_group("streamlit")


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("PATUH_DATA", str(tmp_path_factory.mktemp("office")))
        environment.delenv("PATUH_DATABASE_URL", raising=False)
        environment.delenv("PATUH_SAMPLE", raising=False)
        settings.store.cache_clear()
        app = build(TINY, Site(store=settings.store, instant=clock.instant))
        with TestClient(app, base_url=HOME, follow_redirects=False) as client:
            for username, role in (
                ("budi", Role.SUB_BAGIAN_HUKUM),
                ("tono", Role.PIMPINAN),
                ("admin", Role.ADMINISTRATOR),
            ):
                rescue.add_account(
                    settings.store(),
                    username=username,
                    full_name=username.title(),
                    roles={role},
                    password=PASSWORD,
                    now=clock.instant(),
                    must_change_password=False,
                )
            yield client
        settings.store().dispose()
        settings.store.cache_clear()


@pytest.fixture
def office(server: TestClient) -> Engine:
    return settings.store()


@pytest.fixture
def client(server: TestClient) -> Iterator[TestClient]:
    server.cookies.clear()
    yield server
    server.cookies.clear()


def sign_in(client: TestClient, username: str) -> str:
    answer = client.post(
        "/masuk", data={"username": username, "password": PASSWORD}, headers={"origin": HOME}
    )
    assert answer.status_code == 303
    return str(client.cookies["patuh_session"])


@dataclass
class Screen:
    """One tab: sends reruns and keeps the texts, errors, buttons, fragments and redirects of the last one."""

    socket: Any
    texts: list[str] = field(default_factory=list)
    buttons: dict[str, str] = field(default_factory=dict)
    fragments: list[str] = field(default_factory=list)
    redirect: str = ""
    session: str = ""

    def rerun(self, *, press: str = "", fragment: str = "") -> "Screen":
        message = BackMsg()
        message.rerun_script.fragment_id = fragment
        if press:
            state = message.rerun_script.widget_states.widgets.add()
            state.id, state.trigger_value = self.buttons[press], True
        else:
            message.rerun_script.query_string = ""
        self.socket.send_bytes(message.SerializeToString())
        self.texts, self.redirect = [], ""
        while not self._take(ForwardMsg.FromString(self.socket.receive_bytes())):
            pass
        return self

    def _take(self, message: ForwardMsg) -> bool:
        kind = message.WhichOneof("type")
        if kind == "new_session":
            self.session = message.new_session.initialize.session_id
        elif kind == "auth_redirect":
            self.redirect = message.auth_redirect.url
        elif kind == "delta":
            if message.delta.fragment_id:
                self.fragments.append(message.delta.fragment_id)
            element = message.delta.new_element
            what = element.WhichOneof("type")
            if what == "button":
                self.buttons[element.button.label] = element.button.id
            elif what in ("text", "alert", "exception"):
                part = getattr(element, what)
                self.texts.append(part.message if what == "exception" else part.body)
        return kind == "script_finished"


@contextmanager
def screen(client: TestClient, resume: str = "") -> Iterator[Screen]:
    protocols = ["streamlit", "", resume] if resume else ["streamlit"]
    headers = {"origin": HOME, "sec-websocket-protocol": ", ".join(protocols)}
    with client.websocket_connect(HOME.replace("http", "ws") + "/_stcore/stream", headers=headers) as socket:
        yield Screen(socket)


def test_the_server_runs_with_the_shipped_settings(client: TestClient) -> None:
    assert unsafe_options(get_option) == []


def test_a_script_gets_its_identity_from_the_gate(client: TestClient) -> None:
    sign_in(client, "budi")
    with screen(client) as tab:
        assert tab.rerun().texts[0].startswith("Budi|sub_bagian_hukum|")


def test_each_tab_has_the_identity_of_its_own_cookie(client: TestClient) -> None:
    sign_in(client, "budi")
    with screen(client) as mine:
        assert mine.rerun().texts[0].startswith("Budi|")
        client.cookies.clear()
        sign_in(client, "tono")
        with screen(client) as other:
            assert other.rerun().texts == ["Anda tidak memiliki akses ke halaman ini."]
        assert mine.rerun().texts[0].startswith("Budi|")


def test_a_stolen_streamlit_session_is_of_no_use_to_another(client: TestClient) -> None:
    sign_in(client, "budi")
    with screen(client) as mine:
        stolen = mine.rerun().session
    client.cookies.clear()
    sign_in(client, "admin")
    with screen(client, resume=stolen) as thief:
        assert thief.rerun().texts[0].startswith("Admin|")
        assert thief.session != stolen


def test_a_session_ended_elsewhere_sends_the_open_screen_to_the_door(
    client: TestClient, office: Engine
) -> None:
    sign_in(client, "budi")
    with screen(client) as tab:
        tab.rerun()
        client.post("/keluar", headers={"origin": HOME})
        tab.rerun()
    assert (tab.texts, tab.redirect) == ([], "/auth/logout")


def test_leaving_by_the_button_leads_to_the_door(client: TestClient) -> None:
    cookie = sign_in(client, "budi")
    with screen(client) as tab:
        tab.rerun()
        tab.rerun(press="leave")
    assert tab.redirect == "/auth/logout"
    answer = client.get("/auth/logout", headers={**HTML, "sec-fetch-site": "same-origin"})
    assert answer.headers["location"] == "/masuk?pesan=keluar"
    again = client.get("/ringkasan", headers={**HTML, "cookie": f"patuh_session={cookie}"})
    assert again.headers["location"] == "/masuk?ke=/ringkasan"


def test_a_mistake_in_a_page_shows_a_number_and_no_trace(
    client: TestClient, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    sign_in(client, "budi")
    with screen(client) as tab, caplog.at_level(logging.DEBUG):
        tab.rerun()
        tab.rerun(press="break")
    said = " ".join(tab.texts)
    number = re.search(r"Nomor rujukan: ([2-9A-Z]{4}-[2-9A-Z]{4})", said)
    printed = capfd.readouterr()
    everything = said + caplog.text + printed.out + printed.err
    assert number
    assert number[1] in caplog.text
    assert "ValueError" in caplog.text
    assert "Maria Sikerei" not in everything
    assert "ValueError" not in said


@contextmanager
def english(office: Engine, username: str) -> Iterator[None]:
    """Whose screens are in English for a while."""
    with reading(office) as connection:
        account = next(one for one in accounts(connection) if one.username == username)
        actor = actor_by_id(connection, account.user_id)
    assert actor

    def speak(language: str) -> None:
        token = token_urlsafe(8)  # one act each time: the same token would be the same act
        users.set_language(office, actor=actor, token=token, now=clock.instant(), language=language)

    speak("en")
    try:
        yield
    finally:
        speak("id")


def test_a_fragment_speaks_the_language_of_the_person(client: TestClient, office: Engine) -> None:
    sign_in(client, "budi")
    with english(office, "budi"), screen(client) as tab:
        assert tab.rerun().texts[-1] == "Sign in"
        assert tab.rerun(fragment=tab.fragments[-1]).texts == ["Sign in"]


def test_the_page_of_the_client_is_in_the_language_of_the_person(client: TestClient, office: Engine) -> None:
    sign_in(client, "budi")
    indonesian = client.get("/ringkasan", headers=HTML)
    with english(office, "budi"):
        in_english = client.get("/ringkasan", headers=HTML)
    assert '<html lang="id">' in indonesian.text
    assert "<noscript><p>Patuh memerlukan JavaScript." in indonesian.text
    assert '<html lang="en">' in in_english.text
    assert "<noscript><p>Patuh needs JavaScript." in in_english.text
    for answer in (indonesian, in_english):
        assert "<title>Patuh</title>" in answer.text
        assert "Streamlit app" not in answer.text
        assert '<div id="root"></div>' in answer.text
        assert answer.headers["content-length"] == str(len(answer.content))
        # a browser that came back with such a sign would be told to show the other language's page
        assert not {"etag", "last-modified"} & answer.headers.keys()
        assert answer.headers["cache-control"] == "no-cache"


def test_what_is_put_right_stands_in_the_page_as_streamlit_ships_it() -> None:
    shipped = (Path(streamlit.__file__).parent / "static" / "index.html").read_bytes()
    with in_language("id"):
        ours = in_our_words(shipped)
    assert shipped.count(b'<html lang="en">') == shipped.count(b"<title>Streamlit</title>") == 1
    assert shipped.count(b"<noscript>") == ours.count(b"<noscript>") == 1
    assert b'<html lang="en">' not in ours
    assert b"enable JavaScript" not in ours


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/ringkasan",
        "/media/x.png",
        "/_stcore/health",
        "/_stcore/host-config",
        "/_stcore/metrics",
        "/component/x",
    ],
)
def test_streamlits_own_addresses_are_shut_without_a_session(client: TestClient, path: str) -> None:
    assert client.get(path, headers={"accept": "*/*"}).status_code == 401
    assert client.get(path, headers=HTML).headers["location"].startswith("/masuk?ke=/")
    assert client.put("/_stcore/upload_file/a/b", headers={"origin": HOME}).status_code == 401


def test_streamlits_own_answers_carry_the_headers(client: TestClient) -> None:
    sign_in(client, "admin")
    for path in (
        "/",
        "/media/x.png",
        "/_stcore/health",
        "/_stcore/metrics",
        "/static/nothing.js",
        "/unduh/nothing",
    ):
        headers = client.get(path, headers=HTML).headers
        assert {name: headers.get(name) for name in HEADERS} == HEADERS, path


def test_the_agent_is_off(client: TestClient) -> None:
    sign_in(client, "admin")
    answer = client.post("/_stcore/agent/interact", json={}, headers={"origin": HOME})
    assert answer.status_code == 404


def test_the_files_to_download_are_registered_once_the_server_stands(client: TestClient) -> None:
    assert "register.xlsx" in downloads._handlers
