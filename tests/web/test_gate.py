"""Who gets through the gate, by http and by websocket."""

from collections.abc import Callable

import pytest
from starlette.websockets import WebSocketDisconnect

from dashboard.web import gate
from dashboard.web.site import Site
from models.access import Actor, Role
from tests.web.client import WebSocketDenialResponse
from tests.web.conftest import HOME, HTML, Browser, People, application

DOORS = (
    "/", "/ringkasan", "/tugas", "/pengaduan", "/berkas", "/laporan", "/pengguna", "/sandi", "/tidak-ada",
    "/media/0a1b2c.png", "/component/x/index.html", "/_stcore/health", "/_stcore/host-config", "/_stcore/metrics",
    "/_stcore/upload_file/s/f", "/_stcore/bidi-components/x", "/unduh/kepatuhan.xlsx", "/unduh/", "/app/static/x",
    "/masuk/", "/masuk/../ringkasan", "/masuk/gaya.css/x", "//static/x", "/Static/x", "/healthz/", "/static",
)  # fmt: skip
AGENT = ("/_stcore/agent/interact", "/_stcore/agent/openapi.json", "/_stcore/agent/mcp")


def open_doors(browser: Browser) -> list[str]:
    """The doors through which somebody without a session comes further than the sign-in page."""
    found = []
    for path in (*DOORS, *AGENT):
        page = browser.get(path)
        if page.status_code != 404 and not page.headers.get("location", "").startswith("/masuk?ke="):
            found.append(f"GET {path}")
        for method in ("GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS"):
            answer = browser.client.request(method, path, headers={"origin": HOME, "accept": "*/*"})
            if answer.status_code not in (401, 404):
                found.append(f"{method} {path}")
        if websocket_opens(browser, path):
            found.append(f"websocket {path}")
    return found


def websocket_opens(browser: Browser, path: str, **headers: str) -> bool:
    try:
        with browser.websocket(path, **headers) as socket:
            socket.receive_text()
    except (WebSocketDisconnect, WebSocketDenialResponse):
        return False
    return True


def test_no_door_is_open_without_a_session(browser: Browser, budi: Actor) -> None:
    assert open_doors(browser) == []


def test_every_door_is_open_without_the_gate(site: Site, budi: Actor) -> None:
    found = open_doors(Browser(application(site, middleware=[])))
    assert {"GET /ringkasan", "PUT /_stcore/upload_file/s/f", "websocket /ringkasan"} <= set(found)


@pytest.mark.parametrize("token", ["", "x", "A" * 43, "../../etc/passwd", "\xff\xfe", "a" * 5_000])
def test_no_door_is_open_with_a_forged_cookie(browser: Browser, budi: Actor, token: str) -> None:
    forged = [(b"accept", b"text/html"), (b"cookie", f"patuh_session={token}".encode("latin-1"))]
    assert browser.client.get("/ringkasan", headers=forged).status_code == 303
    if token.isascii():
        assert not websocket_opens(browser, "/_stcore/stream", cookie=f"patuh_session={token}")


def test_the_stored_hash_of_a_token_opens_nothing(browser: Browser, budi: Actor) -> None:
    browser.sign_in()
    told = dict(browser.get("/ringkasan").json()["headers"])
    thief = Browser(browser.app)
    assert thief.get("/ringkasan", cookie=f"patuh_session={told['x-app-sid']}").status_code == 303


@pytest.mark.parametrize("path", sorted(gate.PUBLIC | {"/static/js/main.js"}))
def test_public_paths_need_no_session(browser: Browser, budi: Actor, path: str) -> None:
    answer = browser.get(path)
    assert answer.status_code in (200, 303)
    assert not answer.headers.get("location", "").startswith("/masuk?ke=")


def test_signing_in_opens_pages_and_websocket(browser: Browser, budi: Actor) -> None:
    browser.sign_in()
    assert browser.get("/ringkasan").json()["path"] == "/ringkasan"
    with browser.websocket("/_stcore/stream") as socket:
        assert socket.receive_json() == {"user": str(budi.user_id)}


SPOOFED = {"X-App-User": "1", "x-app-sid": "0" * 64, "X_App_User": "1", "x-app-role": "administrator"}


def identity_claims(browser: Browser, path: str) -> list[list[str]]:
    headers: list[tuple[str, str]] = [*HTML.items(), *SPOOFED.items()]
    told = browser.client.get(path, headers=headers).json()["headers"]
    return [claim for claim in told if claim[1] in SPOOFED.values()]


def test_a_client_cannot_bring_its_own_identity(browser: Browser, budi: Actor) -> None:
    assert identity_claims(browser, "/static/x") == []
    browser.sign_in()
    assert identity_claims(browser, "/ringkasan") == [] or budi.user_id == 1
    told = browser.client.get("/ringkasan", headers={**HTML, **SPOOFED}).json()["headers"]
    assert [name for name, _ in told] == ["x-app-sid", "x-app-user"]


def test_a_brought_identity_would_arrive_unstripped(
    browser: Browser, budi: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gate, "_claims_identity", lambda name: False)
    assert len(identity_claims(browser, "/static/x")) == len(SPOOFED)


FOREIGN = (
    "http://jahat.test",
    "http://patuh.test.jahat.test",
    "http://patuh.test:81",
    "null",
    "",
    "patuh.test",
)


@pytest.mark.parametrize("origin", FOREIGN)
def test_a_foreign_origin_is_refused(browser: Browser, budi: Actor, origin: str) -> None:
    browser.sign_in()
    assert browser.post("/ringkasan", origin=origin).status_code == 403
    assert browser.get("/ringkasan", origin=origin).status_code == 403
    assert not websocket_opens(browser, "/_stcore/stream", origin=origin)


def test_a_foreign_origin_would_pass_unasked(
    browser: Browser, budi: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser.sign_in()
    monkeypatch.setattr(gate, "_refused_origin", lambda scope: None)
    assert browser.post("/ringkasan", origin=FOREIGN[0]).status_code == 200
    assert websocket_opens(browser, "/_stcore/stream", origin=FOREIGN[0])


def test_what_changes_something_must_carry_an_origin(browser: Browser, budi: Actor) -> None:
    browser.sign_in()
    for method in ("POST", "PUT", "DELETE", "OPTIONS"):
        assert browser.client.request(method, "/ringkasan", headers=HTML).status_code == 403
    with pytest.raises((WebSocketDisconnect, WebSocketDenialResponse)):
        browser.client.websocket_connect("ws://patuh.test/_stcore/stream").__enter__()


@pytest.mark.parametrize("role", list(Role))
def test_metrics_are_for_administrators_and_the_agent_for_nobody(
    browser: Browser, people: People, role: Role
) -> None:
    people.add("siapa", role)
    browser.sign_in("siapa")
    seen = browser.get("/_stcore/metrics").status_code
    assert seen == (200 if role is Role.ADMINISTRATOR else 404)
    assert [browser.post(path).status_code for path in AGENT] == [404] * len(AGENT)


def test_a_temporary_password_leads_to_its_change_and_nowhere_else(browser: Browser, people: People) -> None:
    people.add("baru", Role.DESK_PELAYANAN, must_change_password=True)
    browser.sign_in("baru")
    assert browser.get("/ringkasan").headers["location"] == "/sandi"
    assert browser.client.get("/media/x", headers={"accept": "image/*"}).status_code == 403
    assert not websocket_opens(browser, "/_stcore/stream")
    assert browser.get("/sandi").status_code == 200


@pytest.mark.parametrize(
    ("path", "wanted"),
    [
        ("/pengaduan?status=terlambat&h=2", "/pengaduan?status=terlambat&h=2"),
        ("/unduh/kepatuhan.xlsx?semester=2026-2", "/unduh/kepatuhan.xlsx?semester=2026-2"),
        ("/", "/"),
    ],
)
def test_after_signing_in_one_is_where_one_wanted_to_be(
    browser: Browser, budi: Actor, path: str, wanted: str, follow: Callable[[str], str]
) -> None:
    asked = browser.get(path).headers["location"]
    target = follow(browser.get(asked).text)
    assert browser.sign_in(ke=target).headers["location"] == wanted


@pytest.fixture
def follow() -> Callable[[str], str]:
    """The hidden field of the sign-in page that says where to go afterwards."""

    def target(page: str) -> str:
        from html import unescape

        return unescape(page.split('name="ke" value="')[1].split('"', maxsplit=1)[0])

    return target
