"""Files to download under /unduh/: handlers register themselves, one route serves them all.

`@download("kepatuhan.xlsx")` makes a function answer at /unduh/kepatuhan.xlsx. It is given the actor (with the roles
of this moment) and the query, checks the permission itself, writes its audit row itself, and may take its time: it
runs in a thread of its own. Its refusals become plain pages: NotFound 404, Forbidden 403, Invalid 400, Conflict 409.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from urllib.parse import quote

from anyio import to_thread
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from dashboard.text import translate
from dashboard.web.paper import error_page
from models.access import Actor
from models.errors import Conflict, Forbidden, Invalid, NotFound, PatuhError
from models.queries.accounts import SignedIn


@dataclass(frozen=True, slots=True)
class Download:
    """A finished file. `filename` may hold any letters; what a file system or a header cannot bear is replaced."""

    filename: str
    media_type: str
    body: bytes


Handler = Callable[[Actor, Mapping[str, str]], Download]
_handlers: dict[str, Handler] = {}
_STATUS: tuple[tuple[type[PatuhError], int], ...] = (
    (NotFound, 404), (Forbidden, 403), (Invalid, 400), (Conflict, 409),
)  # fmt: skip


def download(path: str) -> Callable[[Handler], Handler]:
    """Serve the decorated handler under /unduh/`path`; ValueError when another one has that path."""

    def register(handler: Handler) -> Handler:
        if _handlers.get(path, handler) is not handler:
            raise ValueError(f"two downloads under {path!r}")
        _handlers[path] = handler
        return handler

    return register


def routes() -> list[Route]:
    """The one route of all downloads; the gate in front lets only signed-in people reach it."""
    return [Route("/unduh/{path:path}", _serve, methods=["GET"])]


async def _serve(request: Request) -> Response:
    handler = _handlers.get(request.path_params["path"])
    who: SignedIn | None = getattr(request.state, "signed_in", None)
    if handler is None or who is None:
        return error_page(404)
    try:
        made = await to_thread.run_sync(handler, who.actor, dict(request.query_params))
    except PatuhError as refusal:
        status = next((code for kind, code in _STATUS if isinstance(refusal, kind)), 400)
        words = None if isinstance(refusal, NotFound) else translate(refusal.problem)
        return error_page(status, words=words)
    return Response(
        made.body,
        media_type=made.media_type,
        headers={"Content-Disposition": disposition(made.filename), "Cache-Control": "no-store"},
    )


def disposition(filename: str) -> str:
    """The header that names the file (RFC 6266): plain letters for old programs, the real name beside it."""
    name = "".join(_harmless(sign) for sign in filename).strip(" .")[:150] or "patuh"
    plain = name.encode("ascii", "replace").decode().replace("?", "_")
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"


def _harmless(sign: str) -> str:
    return sign if sign.isprintable() and sign not in '\\/:*?"<>|%;' else "_"
