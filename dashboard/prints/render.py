"""Turns the words of a paper into pages, by Typst's compiler within the wheel: no network, no font of the machine.

Decided 2026-11. The same words give the same bytes, on every machine: the fonts are the compiler's own, and the moment
in the file is the one the words carry. The file is PDF/A (made for archives), unless it holds a character that none
of the fonts has; then it is plain PDF, in which that character is a box.
"""

import json
from functools import lru_cache
from pathlib import Path
from typing import Any, Final, Literal

import typst

_FOLDER = Path(__file__).parent
_ARCHIVAL: Final = "a-2a"
_PLAIN: Final = "1.7"


def pdf(words: dict[str, Any], template: str = "paper.typ") -> bytes:
    """The paper as a PDF; `words` as that template takes them, with the moment of making as `made_at` (Unix time)."""
    text = _json(words)
    try:
        return _compiled(template, text, words["made_at"], _ARCHIVAL)
    except typst.TypstError:
        return _compiled(template, text, words["made_at"], _PLAIN)


def _compiled(template: str, text: str, made_at: int, standard: Literal["a-2a", "1.7"]) -> bytes:
    made: bytes = typst.compile(
        _FOLDER / template,
        root=_FOLDER,
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
        _FOLDER / "paper.typ",
        root=_FOLDER,
        format="png",
        ppi=ppi,
        ignore_system_fonts=True,
        sys_inputs={"data": text},
    )
    return (made,) if isinstance(made, bytes) else tuple(made)
