"""The papers of a case under /unduh/: as a PDF to keep, which is an act on the trail, and page by page as pictures."""

import hashlib
from collections.abc import Mapping

from dashboard import reads
from dashboard.clock import instant, now
from dashboard.prints import render, words
from dashboard.settings import store
from dashboard.web.downloads import Download, download
from models.access import Actor
from models.commands.papers import record_print
from models.errors import NotFound
from models.queries.papers import PaperSources, paper_sources
from models.sop_document import Document


@download("cetak.pdf")
def printed(actor: Actor, query: Mapping[str, str]) -> Download:
    """The paper as it was saved, for the printer. Whoever may see the case may print it."""
    sources, document = _asked(actor, query)
    body = render.pdf(words.build(document, sources))
    view = sources.view
    record_print(
        store(),
        actor=actor,
        now=instant(),
        case_id=view.case_id,
        document_key=document.key,
        version=sources.version(document.key),
        sha256=hashlib.sha256(body).hexdigest(),
    )
    return Download(words.file_name(document, view.register_no), "application/pdf", body)


@download("pratinjau.png")
def preview(actor: Actor, query: Mapping[str, str]) -> Download:
    """One page as a picture within the page of the case; leaves no act, for the case itself shows as much."""
    sources, document = _asked(actor, query)
    pages = render.pages_png(words.build(document, sources))
    number = _number(query.get("hal", "1"))
    if not 1 <= number <= len(pages):
        raise NotFound
    return Download(f"{document.file_name}_{number}.png", "image/png", pages[number - 1], inline=True)


def _asked(actor: Actor, query: Mapping[str, str]) -> tuple[PaperSources, Document]:
    """The case and the paper of the query; `NotFound` also where the actor may not see the case."""
    sources = reads.read(paper_sources, actor=actor, case_id=_number(query.get("berkas", "")), as_of=now())
    asked = query.get("dokumen", "")
    document = next((one for one in sources.view.sop.documents if one.key == asked), None)
    if document is None:
        raise NotFound
    return sources, document


def _number(written: str) -> int:
    """A plain number of at most nine digits; 0, which is none, for anything else."""
    return int(written) if written.isascii() and written.isdigit() and len(written) < 10 else 0
