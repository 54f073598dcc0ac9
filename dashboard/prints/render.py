"""Turns the words of a paper into pages, by Typst's compiler within the wheel: no network, no font of the machine.

Decided 2026-11. The same words give the same bytes, on every machine: the fonts are the compiler's own, and the moment
in the file is the one the words carry. The file is PDF/A (made for archives), unless it holds a character that none
of the fonts has; then it is plain PDF, in which that character is a box.

Typst keeps what it has laid out for its next ten documents. That serves the pages of a preview, but eleven reports of
500 cases kept 3 GB of the server; so after a report it is given empty pages until it has forgotten it, in a thread of
its own, for which nobody waits.
"""

import json
from functools import lru_cache
from pathlib import Path
from threading import Thread
from typing import Any, Final, Literal

import typst


def _template(name: str) -> bytes:
    """A template with what every paper has before it: one text needs no folder to import from."""
    folder = Path(__file__).parent
    return (folder / "letter.typ").read_bytes() + (folder / name).read_bytes()


_TEMPLATE = _template("paper.typ")
_REPORT = _template("report.typ")
_ARCHIVAL: Final = "a-2a"
_PLAIN: Final = "1.7"
_REMEMBERED = 10  # documents


def pdf(words: dict[str, Any]) -> bytes:
    """The paper as a PDF; `words` as `dashboard.prints.words.build` returns them."""
    return _archived(_TEMPLATE, words)


def report_pdf(words: dict[str, Any]) -> bytes:
    """The report as a PDF; `words` as `dashboard.prints.report_words.build` returns them."""
    try:
        return _archived(_REPORT, words)
    finally:
        Thread(target=_forget, name="patuh-forget").start()


def _forget() -> None:
    """Empty pages in the place of what is remembered, a sixth of a report's time."""
    for _ in range(_REMEMBERED + 1):
        typst.compile(b"", format="svg", ignore_system_fonts=True)


def _archived(template: bytes, words: dict[str, Any]) -> bytes:
    text = _json(words)
    try:
        return _compiled(template, text, words["made_at"], _ARCHIVAL)
    except typst.TypstError:
        return _compiled(template, text, words["made_at"], _PLAIN)


def _compiled(template: bytes, text: str, made_at: int, standard: Literal["a-2a", "1.7"]) -> bytes:
    made: bytes = typst.compile(
        template,
        format="pdf",
        ignore_system_fonts=True,
        sys_inputs={"data": text},
        pdf_standards=standard,
        timestamp=made_at,
    )
    return made


def _json(words: dict[str, Any]) -> str:
    return json.dumps(words, ensure_ascii=False, sort_keys=True)


def pages_png(words: dict[str, Any], ppi: float = 110) -> list[bytes]:
    """The pages of the paper as pictures, in order."""
    return list(_pages(_json(words), ppi))


@lru_cache(maxsize=8)
def _pages(text: str, ppi: float) -> tuple[bytes, ...]:
    """Kept for a moment: a preview asks for one page after the other."""
    made: bytes | list[bytes] = typst.compile(
        _TEMPLATE, format="png", ppi=ppi, ignore_system_fonts=True, sys_inputs={"data": text}
    )
    return (made,) if isinstance(made, bytes) else tuple(made)
