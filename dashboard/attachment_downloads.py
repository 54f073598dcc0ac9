"""Attached files under /unduh/: the file itself, and a picture of what can be looked at."""

import threading
from collections.abc import Mapping
from io import BytesIO

import pypdfium2

from dashboard.clock import instant
from dashboard.settings import store, vault
from dashboard.web.downloads import Download, download
from models.access import Actor
from models.commands.attachments import Opened, open_attachment
from models.errors import NotFound

_WIDEST, _TALLEST = 1000, 1400  # pixels
_drawing = threading.Lock()


@download("lampiran")
def attachment(actor: Actor, query: Mapping[str, str]) -> Download:
    """One attachment, always as a file to keep: what somebody attached never runs in a page of ours."""
    opened = _opened(actor, query)
    return Download(opened.filename, opened.media_type, opened.body)


@download("pratinjau-lampiran")
def preview(actor: Actor, query: Mapping[str, str]) -> Download:
    """A picture as it is, the first page of a PDF as a picture; `NotFound` for anything else."""
    opened = _opened(actor, query)
    if opened.media_type.startswith("image/"):
        return Download(opened.filename, opened.media_type, opened.body, inline=True)
    if opened.media_type == "application/pdf":
        return Download("pratinjau.png", "image/png", _first_page(opened.body), inline=True)
    raise NotFound


def _opened(actor: Actor, query: Mapping[str, str]) -> Opened:
    asked = query.get("id", "")
    if not (asked.isascii() and asked.isdigit() and len(asked) < 10):
        raise NotFound
    return open_attachment(store(), vault=vault(), actor=actor, now=instant(), attachment_id=int(asked))


def _first_page(body: bytes) -> bytes:
    """The first page as PNG; `NotFound` where it cannot be drawn. One at a time: PDFium bears no second thread."""
    with _drawing:
        try:
            document = pypdfium2.PdfDocument(body)
            try:
                page = document[0]
                picture = page.render(scale=_scale(page.get_width(), page.get_height())).to_pil()
            finally:
                document.close()
        except (pypdfium2.PdfiumError, MemoryError, ValueError, IndexError) as error:
            raise NotFound from error
    buffer = BytesIO()
    picture.save(buffer, "PNG")
    return buffer.getvalue()


def _scale(width: float, height: float) -> float:
    """So that the page fits into the picture, however long and narrow somebody made it."""
    return min(_WIDEST / max(width, 1), _TALLEST / max(height, 1))
