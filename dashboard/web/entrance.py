"""The pages before the screens: signing in and out, the first start, one's own password, and the health check."""

from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from secrets import token_urlsafe
from typing import Any
from urllib.parse import urlencode

from anyio import to_thread
from sqlalchemy.exc import SQLAlchemyError
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from dashboard import mishaps
from dashboard.language import INDONESIAN, LANGUAGES, _, in_language, language
from dashboard.roles import role_name
from dashboard.text import translate_all
from dashboard.web import origin
from dashboard.web.paper import error_page, page
from dashboard.web.site import Site
from models.commands import first_start, sessions, users
from models.database import reading
from models.errors import N_, Invalid, NotFound, Problem
from models.queries import health
from models.queries.accounts import SignedIn, anyone, signed_in, was_ended
from seed.demo_accounts import SAMPLE_ACCOUNTS, SAMPLE_PASSWORD

_ASSETS = Path(__file__).parent / "assets"
_SCRIPT = "text/javascript"
_MEDIA_TYPES = {"gaya.css": "text/css", "isian.js": _SCRIPT, "kata.js": _SCRIPT, "ikon.svg": "image/svg+xml"}
_DAY = "max-age=86400"
_KEPT = ("code", "username", "full_name")  # of a refused first start, shown again; never a password

Endpoint = Callable[[Request], Awaitable[Response]]


class Entrance:
    """The endpoints, for one installation."""

    def __init__(self, site: Site) -> None:
        self.site = site

    def routes(self) -> list[Route]:
        """All of them; the paths are those the gate leaves open, and /sandi, which needs a session."""
        return [
            Route("/masuk", _spoken(self.sign_in), methods=["GET", "POST"]),
            *(Route(f"/masuk/{name}", _asset(name), methods=["GET"]) for name in _MEDIA_TYPES),
            Route("/keluar", _spoken(self.sign_out), methods=["GET", "POST"]),
            Route("/auth/logout", _spoken(self.sign_out), methods=["GET"]),
            Route("/mulai", _spoken(self.first_start), methods=["GET", "POST"]),
            Route("/sandi", _spoken(self.own_password), methods=["GET", "POST"]),
            Route("/healthz", self.health, methods=["GET"]),
        ]

    async def sign_in(self, request: Request) -> Response:
        """The sign-in form; a right password leads to where the person wanted to go, with a new session cookie."""
        fields = await origin.form(request) if request.method == "POST" else dict(request.query_params)
        target = origin.local_target(fields.get("ke"))
        if request.method == "GET":
            if _who(request):
                return RedirectResponse(target, status_code=303)
            if not await to_thread.run_sync(self._anyone):
                return RedirectResponse("/mulai", status_code=303)
            return self._sign_in_page(target, notice=_notice(request), request=request)
        username = fields.get("username", "")
        try:
            token = await to_thread.run_sync(
                lambda: self._open_session(request, username, fields.get("password", ""))
            )
        except Invalid as refusal:
            problems = translate_all(refusal.problems)
            waiting = isinstance(refusal, sessions.Waiting)
            answer = self._sign_in_page(
                target, username=username, problems=problems, status=429 if waiting else 401
            )
            if isinstance(refusal, sessions.Waiting):
                answer.headers["retry-after"] = str(int(refusal.wait.total_seconds()) + 1)
            return answer
        answer = RedirectResponse(target, status_code=303)
        answer.set_cookie(
            origin.COOKIE, token, path="/", httponly=True, samesite="lax", secure=origin.is_tls(request.scope)
        )
        return answer

    def _anyone(self) -> bool:
        with reading(self.site.store()) as connection:
            return anyone(connection)

    def _open_session(self, request: Request, username: str, password: str) -> str:
        store, now = self.site.store(), self.site.instant()
        token = sessions.sign_in(
            store, username=username, password=password, address=origin.address(request.scope), now=now
        )
        if former := origin.token(request.scope):
            sessions.sign_out(store, session_hash=sessions.token_hash(former), now=now)
        return token

    def _sign_in_page(
        self,
        target: str,
        *,
        username: str = "",
        problems: Mapping[str, str] | None = None,
        notice: str = "",
        status: int = 200,
        request: Request | None = None,
    ) -> Response:
        values = {
            "target": target,
            "username": username,
            "problems": problems or {},
            "notice": notice,
            "samples": _samples() if self.site.sample else (),
            "sample_password": SAMPLE_PASSWORD,
            "other_language": urlencode({"ke": target, "bahasa": "id" if language() == "en" else "en"}),
        }
        answer = page("sign_in.html", values, status=status)
        if request is not None and origin.token(request.scope):
            _forget_cookie(answer, request)
        return answer

    async def sign_out(self, request: Request) -> Response:
        """End the session; a GET that another site caused only asks first."""
        if request.method == "GET" and not origin.comes_from_here(request.scope):
            return page("sign_out.html", {})
        token = origin.token(request.scope)
        if token and not await to_thread.run_sync(self._end_session, sessions.token_hash(token)):
            return RedirectResponse("/masuk", status_code=303)  # the cookie tells that page why
        answer = RedirectResponse(_door("keluar"), status_code=303)
        _forget_cookie(answer, request)
        return answer

    def _end_session(self, session_hash: str) -> bool:
        """End it; false when it had died of age before anybody signed out."""
        store = self.site.store()
        with reading(store) as connection:
            if was_ended(connection, session_hash):
                return True
            alive = signed_in(connection, session_hash, self.site.instant()) is not None
        sessions.sign_out(store, session_hash=session_hash, now=self.site.instant())
        return alive

    async def first_start(self, request: Request) -> Response:
        """Name the first administrator with the one-time code; gone as soon as there is an account."""
        if await to_thread.run_sync(self._anyone):
            return RedirectResponse("/masuk", status_code=303)
        if request.method == "GET":
            return page("first_start.html", {"fields": dict.fromkeys(_KEPT, ""), "problems": {}})
        fields = await origin.form(request)
        try:
            await to_thread.run_sync(lambda: self._claim(request, fields))
        except Invalid as refusal:
            shown = {key: fields.get(key, "") for key in _KEPT}
            values = {"fields": shown, "problems": translate_all(refusal.problems)}
            return page("first_start.html", values, status=400)
        except NotFound:
            return error_page(404)
        return RedirectResponse(_door("siap"), status_code=303)

    def _claim(self, request: Request, fields: Mapping[str, str]) -> None:
        _check_repeated(fields)
        first_start.claim(
            self.site.store(),
            code=fields.get("code", ""),
            username=fields.get("username", ""),
            full_name=fields.get("full_name", ""),
            password=fields.get("password", ""),
            address=origin.address(request.scope),
            now=self.site.instant(),
        )

    async def own_password(self, request: Request) -> Response:
        """Change one's own password; a temporary one leads here before anything else."""
        who = _who(request)
        if who is None:
            return error_page(403)
        values: dict[str, Any] = {
            "problems": {},
            "must": who.must_change_password,
            "token": token_urlsafe(16),
        }
        if request.method == "GET":
            return page("own_password.html", values)
        fields = await origin.form(request)
        try:
            await to_thread.run_sync(lambda: self._change_password(who, fields))
        except Invalid as refusal:
            return page(
                "own_password.html", {**values, "problems": translate_all(refusal.problems)}, status=400
            )
        return RedirectResponse("/", status_code=303)

    def _change_password(self, who: SignedIn, fields: Mapping[str, str]) -> None:
        _check_repeated(fields)
        users.change_own_password(
            self.site.store(),
            actor=who.actor,
            token=fields.get("token", "")[:64] or token_urlsafe(16),
            now=self.site.instant(),
            current=fields.get("current", ""),
            new=fields.get("password", ""),
            keep_session=who.token_hash,
        )

    async def health(self, _request: Request) -> Response:
        """200 when the database answers, 503 when it does not; open to everybody and says nothing else."""
        try:
            await to_thread.run_sync(self._ask_database)
        except (SQLAlchemyError, OSError) as error:
            mishaps.record(error)
            return JSONResponse(
                {"status": "unavailable"}, status_code=503, headers={"cache-control": "no-store"}
            )
        return JSONResponse({"status": "ok"}, headers={"cache-control": "no-store"})

    def _ask_database(self) -> None:
        with reading(self.site.store()) as connection:
            health.answers(connection)


def _check_repeated(fields: Mapping[str, str]) -> None:
    if fields.get("password", "") != fields.get("repeated", ""):
        raise Invalid({"repeated": Problem(N_("The two passwords are not alike."))})


def _spoken(endpoint: Endpoint) -> Endpoint:
    """Speak the language the address asks for (`?bahasa=`), else the one spoken already; refuse what is too large."""

    async def answer(request: Request) -> Response:
        asked = request.query_params.get("bahasa", "")
        with in_language(asked if asked in LANGUAGES else language()):
            try:
                return await endpoint(request)
            except origin.FormTooLarge:
                return error_page(413)

    return answer


def _asset(name: str) -> Endpoint:
    async def answer(_request: Request) -> Response:
        return FileResponse(
            _ASSETS / name, media_type=_MEDIA_TYPES[name], headers={"cache-control": f"public, {_DAY}"}
        )

    return answer


def _who(request: Request) -> SignedIn | None:
    found = getattr(request.state, "signed_in", None)
    return found if isinstance(found, SignedIn) else None


def _notice(request: Request) -> str:
    said = {"keluar": _("You are signed out."), "siap": _("The administrator is ready. You can sign in now.")}
    if origin.token(request.scope):
        return _("Your session has ended. Please sign in again.")
    return said.get(request.query_params.get("pesan", ""), "")


def _door(message: str) -> str:
    """The sign-in page with that message, in the language spoken now: nobody is signed in there who has one."""
    spoken = {} if language() == INDONESIAN else {"bahasa": language()}
    return f"/masuk?{urlencode({'pesan': message, **spoken})}"


def _forget_cookie(answer: Response, request: Request) -> None:
    answer.delete_cookie(
        origin.COOKIE, path="/", httponly=True, samesite="lax", secure=origin.is_tls(request.scope)
    )


def _samples() -> list[dict[str, str]]:
    return [
        {"username": username, "full_name": full_name, "role": role_name(role)}
        for username, full_name, role in SAMPLE_ACCOUNTS
    ]
