"""Files to download under /unduh/: handlers register themselves, one route serves them all.

`@download("kepatuhan.xlsx")` makes a function answer at /unduh/kepatuhan.xlsx. It is given the actor (with the roles
of this moment) and the query, checks the permission itself, writes its audit row itself, and may take its time: it
runs in a thread of its own. Its refusals become plain pages: NotFound 404, Forbidden 403, Invalid 400, Conflict 409.
A large file is answered with a `Preparation` instead: whoever asks with a browser sees how far it is (`siap` in the
address is its key, and the handler's to look up), and anybody else waits for the file.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, urlencode

from anyio import to_thread
from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import Route

from dashboard.formats import number
from dashboard.text import _, translate
from dashboard.web.paper import error_page, page
from dashboard.web.preparing import Preparation
from models.access import Actor
from models.errors import N_, Conflict, Forbidden, Invalid, NotFound, PatuhError
from models.queries.accounts import SignedIn


@dataclass(frozen=True, slots=True)
class Download:
    """A finished file. `filename` may hold any letters; what a file system or a header cannot bear is replaced.

    `inline` shows it in the page, as a picture, instead of keeping it as a file. A large `body` is the path of a file
    that whoever made it takes away later; it is sent piece by piece.
    """

    filename: str
    media_type: str
    body: bytes | Path
    inline: bool = False


PATIENCE = 2.0  # seconds for which one looks at a blank page
Handler = Callable[[Actor, Mapping[str, str]], Download | Preparation[Download]]
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
        if isinstance(made, Preparation):
            if await to_thread.run_sync(_shows_progress, request, made):
                return _progress(request, made)
            made = await to_thread.run_sync(made.result)
    except PatuhError as refusal:
        status = next((code for kind, code in _STATUS if isinstance(refusal, kind)), 400)
        words = None if isinstance(refusal, NotFound) else translate(refusal.problem)
        return error_page(status, words=words)
    headers = {
        "Content-Disposition": disposition(made.filename, inline=made.inline),
        "Cache-Control": "no-store",
        # these files are compressed as they are: doing it again takes the server's time and the length, without which
        # the browser cannot show how much of the file is there
        "Content-Encoding": "identity",
    }
    if isinstance(made.body, Path):
        return FileResponse(made.body, media_type=made.media_type, headers=headers)
    return Response(made.body, media_type=made.media_type, headers=headers)


def _shows_progress(request: Request, made: Preparation[Download]) -> bool:
    """Whether a page comes before the file: somebody looks, and it takes its time or has been looked at already."""
    query = request.query_params
    if "text/html" not in request.headers.get("accept", "") or "ambil" in query:
        return False
    over = made.is_over(within=0.0 if "siap" in query else PATIENCE)
    return not over or ("siap" in query and not made.failed())


def _progress(request: Request, made: Preparation[Download]) -> Response:
    over = made.is_over()
    query = {**request.query_params, "siap": made.key} | ({"ambil": "1"} if over else {})
    said = N_("{far} of {total} rows written") if made.far else N_("{total} rows are being read")
    address = f"{request.url.path}?{urlencode(query)}"
    values = {
        "title": _("Your file is ready") if over else _("Preparing your file"),
        "words": _("The download begins by itself. You can close this tab then."),
        "said": _(said, far=number(made.far), total=number(made.total)),
        "far": made.far,
        "total": made.total,
        "address": address,
        "link": _("Download again") if over else _("Look again now"),
    }
    return page("preparing.html", values, headers={"Refresh": f"{0 if over else 1}; url={address}"})


def disposition(filename: str, *, inline: bool = False) -> str:
    """The header that names the file (RFC 6266): plain letters for old programs, the real name beside it."""
    how = "inline" if inline else "attachment"
    name = "".join(_harmless(sign) for sign in filename).strip(" .")[:150] or "patuh"
    plain = name.encode("ascii", "replace").decode().replace("?", "_")
    return f"{how}; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"


def _harmless(sign: str) -> str:
    return sign if sign.isprintable() and sign not in '\\/:*?"<>|%;' else "_"
