"""A small site: our entrance, gate and headers around an inner application that tells what reached it."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import pytest
from argon2 import PasswordHasher
from httpx import Response
from sqlalchemy import Engine
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket

from dashboard.web import downloads
from dashboard.web.entrance import Entrance
from dashboard.web.gate import Gate
from dashboard.web.shell import Shell
from dashboard.web.site import Site
from models import passwords
from models.access import Actor, Role
from models.commands.accounts import store_account
from models.database import transaction
from models.queries.accounts import actor_by_id
from tests.conftest import NOW
from tests.web.client import TestClient, WebSocketTestSession

HOME = "http://patuh.test"
PASSWORD = "hujan di teluk pagi"
HTML = {"accept": "text/html,application/xhtml+xml"}


@dataclass
class Clock:
    """A clock that moves only when it is told to."""

    moment: datetime = NOW

    def __call__(self) -> datetime:
        return self.moment

    def forward(self, **by: float) -> None:
        self.moment += timedelta(**by)


@dataclass
class Browser:
    """A client that behaves as a browser does: an Origin on what changes something, cookies kept, no following."""

    app: Any
    home: str = HOME
    client_address: tuple[str, int] = ("10.1.1.7", 50_000)
    client: TestClient = field(init=False)

    def __post_init__(self) -> None:
        self.client = TestClient(
            self.app,
            base_url=self.home,
            follow_redirects=False,
            client=self.client_address,
            raise_server_exceptions=False,
        )

    def get(self, path: str, **headers: str) -> Response:
        return self.client.get(path, headers={**HTML, **_dashed(headers)})

    def post(self, path: str, data: Mapping[str, str] | None = None, **headers: str) -> Response:
        return self.client.post(path, data=data, headers={**HTML, "origin": self.home, **_dashed(headers)})

    def websocket(self, path: str, **headers: str) -> WebSocketTestSession:
        url = self.home.replace("http", "ws", 1) + path
        return self.client.websocket_connect(url, headers={"origin": self.home, **_dashed(headers)})

    def sign_in(self, username: str = "budi", password: str = PASSWORD, **more: str) -> Response:
        return self.post("/masuk", {"username": username, "password": password, **more})

    @property
    def cookie(self) -> str | None:
        return self.client.cookies.get("patuh_session")

    def is_in(self) -> bool:
        return self.get("/ringkasan").status_code == 200


def _dashed(headers: Mapping[str, str]) -> dict[str, str]:
    return {name.replace("_", "-"): value for name, value in headers.items()}


async def tell(request: Request) -> JSONResponse:
    names = [name for name in request.headers if name.replace("_", "-").startswith("x-app-")]
    if request.url.path == "/rusak":
        raise RuntimeError("Maria Sikerei, 0812-3456-7890")
    told = {"path": request.url.path, "headers": sorted((name, request.headers[name]) for name in names)}
    return JSONResponse(told)


async def tell_by_websocket(websocket: WebSocket) -> None:
    await websocket.accept()
    await websocket.send_text(json.dumps({"user": websocket.headers.get("x-app-user")}))
    await websocket.close()


def application(site: Site, middleware: list[Middleware] | None = None) -> Starlette:
    """The site; `middleware` in place of headers and gate for a test that shows what they are good for."""
    guarded = [Middleware(Shell), Middleware(Gate, site=site)]
    methods = ["GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS"]
    return Starlette(
        routes=[
            *Entrance(site).routes(),
            *downloads.routes(),
            WebSocketRoute("/{path:path}", tell_by_websocket),
            Route("/{path:path}", tell, methods=methods),
        ],
        middleware=guarded if middleware is None else middleware,
    )


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def site(store: Engine, clock: Clock) -> Site:
    return Site(store=lambda: store, instant=clock)


@pytest.fixture(autouse=True)
def quick_hashing(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """argon2id with the least settings: the real ones are slow on purpose (tests/unit/test_passwords.py)."""
    monkeypatch.setattr(passwords, "_hasher", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
    passwords._dummy.cache_clear()
    yield
    passwords._dummy.cache_clear()


@pytest.fixture
def sealed(quick_hashing: None) -> str:
    return passwords.sealed(PASSWORD)


@dataclass
class People:
    """Makes accounts without a command, so that a test says only what it is about."""

    store: Engine
    sealed: str

    def add(self, username: str, *roles: Role, must_change_password: bool = False) -> Actor:
        with transaction(self.store) as connection:
            user_id = store_account(
                connection,
                username=username,
                full_name=username.title(),
                password_hash=self.sealed,
                roles=roles,
                must_change_password=must_change_password,
                now=NOW,
            )
            actor = actor_by_id(connection, user_id)
        assert actor is not None
        return actor


@pytest.fixture
def people(store: Engine, sealed: str) -> People:
    return People(store, sealed)


@pytest.fixture
def budi(people: People) -> Actor:
    """A member of staff."""
    return people.add("budi", Role.SUB_BAGIAN_HUKUM)


@pytest.fixture
def admin(people: People) -> Actor:
    return people.add("admin", Role.ADMINISTRATOR)


@pytest.fixture
def browser(site: Site) -> Browser:
    return Browser(application(site))
