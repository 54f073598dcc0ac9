"""The page in which Streamlit's client runs, put right on its way out: its language, its name, what it says unscripted.

Decided 2026-11. Streamlit serves one index.html to everybody, which says of itself that it is in English: a program
that reads aloud would read Indonesian with an English tongue. The page is in the language of the person who is signed
in, so its answer carries no sign by which a browser could take the other language's from its cache.
"""

import re
from html import escape

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from dashboard.language import _, language
from dashboard.web import client_words, origin

_LANGUAGE, _TITLE = b'<html lang="en">', b"<title>Streamlit</title>"
_UNSCRIPTED = re.compile(rb"<noscript>.*?</noscript>", re.DOTALL)
_SIGNS = ("etag", "last-modified")
# the client's own limit under a field for a file: ours is less and stands in the field's label
_HIDDEN = '<style>section > [data-testid="stFileUploaderDropzoneInstructions"] { display: none }</style>'


class IndexPage:
    """Stands within the gate, which knows who asks."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hold back an answer that is a page until it is whole, and put it right if it is the client's."""
        if scope["type"] != "http" or scope["method"] != "GET" or not _asks_for_page(scope):
            await self.app(scope, receive, send)
            return
        plain = [
            pair for pair in scope["headers"] if pair[0].lower() != b"accept-encoding"
        ]  # to be read here
        held: list[Message] = []

        async def send_whole(message: Message) -> None:
            if message["type"] == "http.response.start" and _is_page(message):
                held.append(message)
            elif held and message["type"] == "http.response.body":
                held.append(message)
                if not message.get("more_body"):
                    for one in _corrected(held):
                        await send(one)
            else:
                await send(message)

        await self.app({**scope, "headers": plain}, receive, send_whole)


def _asks_for_page(scope: Scope) -> bool:
    return "text/html" in (origin.header(scope, b"accept") or "")


def _is_page(start: Message) -> bool:
    headers = MutableHeaders(scope=start)
    return start["status"] == 200 and headers.get("content-type", "").startswith("text/html")


def _corrected(held: list[Message]) -> list[Message]:
    """The whole answer; as it was when it is a page of our own."""
    start, body = held[0], b"".join(part.get("body", b"") for part in held[1:])
    if _TITLE in body:
        body = in_our_words(body)
        headers = MutableHeaders(scope=start)
        headers["content-length"] = str(len(body))
        for sign in _SIGNS:
            del headers[sign]
    return [start, {"type": "http.response.body", "body": body}]


def in_our_words(page: bytes) -> bytes:
    """The client's page in the language spoken now."""
    unscripted = (
        f"<noscript><p>{escape(_('Patuh needs JavaScript. Switch it on for this page.'))}</p></noscript>"
    )
    page = page.replace(_LANGUAGE, f'<html lang="{language()}">'.encode(), 1)
    page = page.replace(_TITLE, f"<title>Patuh</title>{_HIDDEN}{client_words.script_tag()}".encode(), 1)
    return _UNSCRIPTED.sub(unscripted.encode(), page, count=1)
