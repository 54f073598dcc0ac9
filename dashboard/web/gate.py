"""The gate before everything the server serves, http and websocket alike.

Decided 2026-11. Default is closed: only the paths of `PUBLIC` and Streamlit's own assets are open. Identity comes from
the session cookie alone; headers that could carry an identity are taken off every request before ours are put on. A
foreign `Origin` is refused everywhere, and what changes something or opens a websocket must carry our own. Pure ASGI:
Starlette's BaseHTTPMiddleware would let websockets pass unseen.
"""

from collections.abc import Mapping
from urllib.parse import quote

from anyio import to_thread
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from dashboard.language import _, speak
from dashboard.web import origin
from dashboard.web.site import Site
from models.access import Permission, may
from models.commands import sessions
from models.database import reading
from models.queries.accounts import SignedIn, signed_in

PUBLIC = frozenset(
    {
        "/masuk", "/masuk/gaya.css", "/masuk/isian.js", "/masuk/kata.js", "/masuk/ikon.svg",
        "/keluar", "/auth/logout", "/mulai", "/healthz",
    }
)  # fmt: skip
_ASSETS = "/static/"
_CLOSED = ("/_stcore/agent",)
_FOR_ADMINISTRATORS = ("/_stcore/metrics", "/_stcore/script-health-check")
_SAFE = {"GET", "HEAD"}
_OWN_HEADERS = b"x-app-"


class Gate:
    """Lets in who is signed in, with the identity in `scope["state"]["signed_in"]` and in the headers."""

    def __init__(self, app: ASGIApp, *, site: Site) -> None:
        self.app = app
        self.site = site

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Decide about one request or websocket."""
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
            return
        path = scope["path"]
        scope = {**scope, "headers": [pair for pair in scope["headers"] if not _claims_identity(pair[0])]}
        refusal = _refused_origin(scope)
        found: SignedIn | None = None
        if refusal is None and not path.startswith(_ASSETS):
            found = await to_thread.run_sync(self._who, origin.token(scope), _is_visit(scope))
            refusal = _refused_path(scope, found)
        if refusal is not None:
            await _refuse(refusal, scope, receive, send)
            return
        if found is not None:
            speak(found.actor.language)
            scope = _with_identity(scope, found)
        await self.app(scope, receive, send)

    def _who(self, token: str | None, visit: bool) -> SignedIn | None:  # noqa: FBT001 - called through a thread
        if token is None:
            return None
        store, now = self.site.store(), self.site.instant()
        with reading(store) as connection:
            found = signed_in(connection, sessions.token_hash(token), now)
        if found is not None and visit:
            sessions.touch(store, session_hash=found.token_hash, seen_at=found.seen_at, now=now)
        return found


def _claims_identity(name: bytes) -> bool:
    return name.lower().replace(b"_", b"-").startswith(_OWN_HEADERS)


def _refused_origin(scope: Scope) -> Response | None:
    own = origin.is_own(scope)
    changes = scope["type"] == "websocket" or scope["method"] not in _SAFE
    if own is False or (changes and own is None):
        return PlainTextResponse(_("The origin of the request is not accepted."), status_code=403)
    return None


def _refused_path(scope: Scope, found: SignedIn | None) -> Response | None:
    path = scope["path"]
    if path.startswith(_CLOSED):
        return PlainTextResponse(_("Not found."), status_code=404)
    if path in PUBLIC:
        return None
    if found is None:
        if _is_page(scope):
            return RedirectResponse(f"/masuk?ke={quote(_wanted(scope), safe='/')}", status_code=303)
        return PlainTextResponse(_("Your session has ended. Please sign in again."), status_code=401)
    if found.must_change_password and path != "/sandi":
        if _is_page(scope):
            return RedirectResponse("/sandi", status_code=303)
        return PlainTextResponse(_("Change your password first."), status_code=403)
    if path.startswith(_FOR_ADMINISTRATORS) and not may(found.actor, Permission.MANAGE_USERS):
        return PlainTextResponse(_("Not found."), status_code=404)
    return None


def _wanted(scope: Scope) -> str:
    query = scope.get("query_string", b"").decode("latin-1")
    return origin.local_target(quote(scope["path"]) + (f"?{query}" if query else ""))


def _is_page(scope: Scope) -> bool:
    accepts = origin.header(scope, b"accept") or ""
    return scope["type"] == "http" and scope["method"] in _SAFE and "text/html" in accepts


def _is_visit(scope: Scope) -> bool:
    """Whether a person opened a page or a download: what Streamlit fetches by itself keeps no session awake."""
    return _is_page(scope) and not scope["path"].startswith(("/_stcore/", "/media/", "/component/"))


def _with_identity(scope: Scope, found: SignedIn) -> Scope:
    own = [
        (b"x-app-user", str(found.actor.user_id).encode()),
        (b"x-app-sid", found.token_hash.encode()),
    ]
    state: Mapping[str, object] = {**scope.get("state", {}), "signed_in": found}
    return {**scope, "headers": [*scope["headers"], *own], "state": state}


async def _refuse(answer: Response, scope: Scope, receive: Receive, send: Send) -> None:
    if scope["type"] == "websocket":
        await receive()
        await send({"type": "websocket.close", "code": 4401 if answer.status_code == 401 else 4403})
        return
    answer.headers["cache-control"] = "no-store"
    await answer(scope, receive, send)
