"""What a request says of itself: its own headers, cookie, address and form, and where it may lead afterwards.

Nothing here trusts a proxy but one on this very machine (uvicorn has then already put the client's address and scheme
into the scope).
"""

from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl, quote, unquote, urlsplit

from starlette.requests import Request

Scope = Mapping[str, Any]

COOKIE = "patuh_session"
LARGEST_FORM = 16 * 1024
_LONGEST_TARGET = 500
_LOOPBACK = {"127.0.0.1", "::1", "::ffff:127.0.0.1"}


class FormTooLarge(Exception):
    """More than any of our own forms sends."""


def header(scope: Scope, name: bytes) -> str | None:
    """The first header of that (lower-case) name, or None."""
    return next((value.decode("latin-1") for key, value in scope["headers"] if key == name), None)


def address(scope: Scope) -> str:
    """The client's address, "?" where the server does not know one."""
    client = scope.get("client")
    return str(client[0]) if client else "?"


def is_tls(scope: Scope) -> bool:
    """Whether the browser speaks TLS: to us, or to a proxy on this machine that says so."""
    if scope.get("scheme") in ("https", "wss"):
        return True
    return address(scope) in _LOOPBACK and header(scope, b"x-forwarded-proto") == "https"


def token(scope: Scope) -> str | None:
    """The session token of the cookie; of several the first, as the browser sends the closest path first."""
    for key, value in scope["headers"]:
        if key == b"cookie":
            for pair in value.decode("latin-1").split(";"):
                name, _, content = pair.strip().partition("=")
                if name == COOKIE and content:
                    return str(content)
    return None


def is_own(scope: Scope) -> bool | None:
    """Whether `Origin` names this very server; None when the request carries none."""
    origin = header(scope, b"origin")
    if origin is None:
        return None
    host = header(scope, b"host")
    return bool(host) and urlsplit(origin).netloc.lower() == str(host).lower()


def comes_from_here(scope: Scope) -> bool:
    """Whether a GET was caused by our own page or typed, not by a link or picture of another site."""
    site = header(scope, b"sec-fetch-site")
    if site is not None:
        return site in ("same-origin", "none")
    referrer, host = header(scope, b"referer"), header(scope, b"host")
    return bool(referrer and host) and urlsplit(str(referrer)).netloc.lower() == str(host).lower()


def local_target(wanted: str | None) -> str:
    """`wanted` when it is a path of this server, else "/": nobody is led elsewhere after signing in."""
    if not wanted or len(wanted) > _LONGEST_TARGET:
        return "/"
    for form in (wanted, unquote(wanted)):
        bad = "\\" in form or any(ord(sign) < 33 or ord(sign) == 127 for sign in form)
        if bad or not form.startswith("/") or form.startswith("//"):
            return "/"
        parts = urlsplit(form)
        if parts.scheme or parts.netloc:
            return "/"
    return "/" if urlsplit(wanted).path in _NO_TARGETS else quote(wanted, safe="/?&=%+:,;@~!*'()-._")


_NO_TARGETS = {"/masuk", "/keluar", "/mulai", "/sandi", "/auth/logout", "/healthz"}


async def form(request: Request) -> dict[str, str]:
    """The fields of a sent form, the first of each name; raises `FormTooLarge` before reading more than 16 KB."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > LARGEST_FORM:
            raise FormTooLarge
    fields: dict[str, str] = {}
    try:
        pairs = parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=20)
    except ValueError:
        return fields
    for name, value in pairs:
        fields.setdefault(name, value)
    return fields
