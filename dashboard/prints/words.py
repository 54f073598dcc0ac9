"""From a paper of the SOP and a case to plain words for the template: lists, texts and None, nothing of the program.

Decisions (2026-11):
- Words on paper are Indonesian whatever the screen speaks; they are the SOP's, the office's or stand in this package.
- A place without a value is None and becomes a dotted line. Columns of people without any value are left out, unless
  nobody is named: then the whole table is there to be filled in by hand.
- The foot says KONSEP as long as nobody has saved the paper's form, for then nobody has looked at what was filled in;
  and SEMENTARA below a logbook that is still being written. It is a line and no watermark, and it does not wait for
  the step to be finished: a Surat Tugas is signed before its step is, and the signed sheet must not say KONSEP.
"""

from base64 import b64decode
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any

from dashboard.formats import moment_long, moment_short
from dashboard.language import in_language
from dashboard.prints.values import Values, chosen_keys, lines_of, table_words
from models.queries.books import Entry
from models.queries.papers import PaperSources
from models.sop_books import Journal
from models.sop_document import Block, BlockKind, Document, Line, Signatory
from models.sop_form import Field

Pieces = list[str | None]
_WHEN, _WHO = "Hari, tanggal, dan jam", "Dicatat oleh"
_EMPTY_ROWS = 3
_LONGEST_WORD, _WIDEST = 20, 70  # letters of a column, by which the columns of a table share its width


def build(document: Document, sources: PaperSources) -> dict[str, Any]:
    """The words of one paper, ready for JSON, in the order of its blocks."""
    with in_language("id"):
        values = Values(document, sources)
        saved = sources.saved.get(document.key)
        made_at = saved.recorded_at if saved else sources.view.recorded_at
        blocks = [made for block in document.blocks if (made := _block(block, values)) is not None]
        return {
            "name": f"{document.label.id} {sources.view.register_no}",
            "title": document.title,
            "paper": "F4" if sources.office.get("paper") == "F4" else "A4",
            "landscape": document.landscape,
            "framed": document.framed,
            "kop": _kop(sources),
            "blocks": blocks,
            "foot": " · ".join(_foot(document, sources)),
            "made_at": int(made_at.astimezone(UTC).timestamp()),
        }


def file_name(document: Document, register_no: str) -> str:
    """ "Surat_Tugas_001-KAWAL-I-2026.pdf"; no person's name is ever in it."""
    return f"{document.file_name}_{register_no.replace('/', '-')}.pdf"


def _kop(sources: PaperSources) -> dict[str, Any]:
    office = sources.office
    return {
        "lines": list(office["kop"]),
        "address": list(office["address"]),
        "seat": office["seat"],
        "logo": _logo(office.get("logo")),
    }


def _logo(encoded: object) -> list[int] | None:
    """The picture the office has put in its profile (base64 of a PNG or JPEG); none is ever drawn in its place."""
    if not isinstance(encoded, str):
        return None
    try:
        picture = b64decode(encoded, validate=True)
    except ValueError:
        return None
    return list(picture) if picture.startswith((b"\x89PNG\r\n", b"\xff\xd8\xff")) else None


def _foot(document: Document, sources: PaperSources) -> Iterable[str]:
    yield f"{document.label.id} · {sources.view.register_no}"
    saved = sources.saved.get(document.key)
    if document.journals and _goes_on(document, sources):
        yield "SEMENTARA: pencatatan masih berjalan"
    if saved:
        yield f"isian ke-{saved.version}, {moment_long(saved.recorded_at)}"
    elif document.fields:
        yield "KONSEP: isian belum diperiksa dan disimpan"


def _goes_on(document: Document, sources: PaperSources) -> bool:
    if document.step is None:
        return sources.view.closed_at is None
    current = sources.view.current(document.step)
    return current is None or current.state == "open"


# ---------------------------------------------------------------- blocks


def _block(block: Block, values: Values) -> dict[str, Any] | None:
    """A block's words; None where an optional one has nothing to say."""
    made = _MAKERS[block.kind](block, values)
    return None if made is None else {"kind": str(block.kind), "label": block.label, **made}


def _paragraphs(template: str, values: Values) -> tuple[list[Pieces], bool]:
    """The template's paragraphs, and whether it has places and not one of them a value."""
    paragraphs: list[Pieces] = [[]]
    asked = found = 0
    for piece in values.pieces(template):
        words = piece if isinstance(piece, str) else values.words(piece)
        if not isinstance(piece, str):
            asked, found = asked + 1, found + (words is not None)
        if words is None:
            paragraphs[-1].append(None)
            continue
        first, *more = words.split("\n")
        _append(paragraphs[-1], first)
        for line in more:
            paragraphs.append([])
            _append(paragraphs[-1], line)
    return [one for one in paragraphs if one], bool(asked) and not found


def _append(words: Pieces, more: str) -> None:
    """Add to a paragraph; texts that touch are one, because a word may reach across a place."""
    if words and isinstance(words[-1], str):
        words[-1] += more
    elif more.strip() or (words and more):
        words.append(more)


def _heading(block: Block, values: Values) -> dict[str, Any]:
    paragraphs, _ = _paragraphs(block.text, values)
    return {"paras": paragraphs, "level": block.level, "align": block.align}


def _text(block: Block, values: Values) -> dict[str, Any] | None:
    paragraphs, empty = _paragraphs(block.text, values)
    return None if empty and block.optional else {"paras": paragraphs, "align": block.align}


def _filled(lines: Sequence[Line], values: Values) -> list[tuple[Line, list[Pieces]]]:
    """The lines with their words, without optional ones that have nothing to say."""
    found = [(line, *_paragraphs(line.text, values)) for line in lines]
    return [(line, paragraphs) for line, paragraphs, empty in found if not (empty and line.optional)]


def _rows(block: Block, values: Values) -> dict[str, Any] | None:
    rows = [{"label": line.label, "paras": paras} for line, paras in _filled(block.lines, values)]
    return {"rows": rows} if rows else None


def _list(block: Block, values: Values) -> dict[str, Any] | None:
    items = [item for _, paragraphs in _filled(block.lines, values) for item in paragraphs]
    if not items or (block.optional and all(item == [None] for item in items)):
        return None
    return {"items": items, "numbering": block.numbering}


def _people(block: Block, values: Values) -> dict[str, Any] | None:
    assert block.source is not None  # noqa: S101 - the reader asks for it
    lines = lines_of(values.held(block.source)[1])
    if not lines:
        if block.optional:
            return None
        empty = _table(block.columns, [[""] * len(block.columns)] * _EMPTY_ROWS)
        return empty | {"widths": [_WIDEST, *(_WIDEST // 2 for _ in block.columns[1:])]}
    last = len(block.columns) - 1
    rows = []
    for line in lines:
        parts = [part.strip() for part in line.split(";", last)]
        rows.append(parts + [""] * (len(block.columns) - len(parts)))
    used = [n for n in range(len(block.columns)) if n == 0 or any(row[n] for row in rows)]
    return _table([block.columns[n] for n in used], [[row[n] for n in used] for row in rows])


def _table(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> dict[str, Any]:
    """A numbered table whose columns are as wide as what stands in them."""
    return {
        "header": ["No.", *columns],
        "widths": [_width([name, *(row[n] for row in rows)]) for n, name in enumerate(columns)],
        "rows": [[f"{n}.", *row] for n, row in enumerate(rows, 1)],
    }


def _width(cells: Iterable[str]) -> int:
    """Room for the longest word, and for the longest line as far as it is not too long."""
    words = lines = 1
    for cell in cells:
        words = max(words, *(len(word) for word in cell.split()), 1) if cell.split() else words
        lines = max(lines, *(len(line) for line in cell.split("\n")))
    return max(min(words, _LONGEST_WORD) + 2, min(lines, _WIDEST))


def _choices(block: Block, values: Values) -> dict[str, Any]:
    assert block.source is not None  # noqa: S101 - the reader asks for it
    field, value = values.held(block.source)
    chosen = chosen_keys(value)
    offered = field.choices if field else ()
    return {"items": [{"words": choice.label.id, "on": choice.key in chosen} for choice in offered]}


def _journal(block: Block, values: Values) -> dict[str, Any]:
    journal = values.sources.view.sop.journal(block.journal)
    entries = [entry for entry in values.sources.entries if entry.journal_key == journal.key]
    fields = _columns(block, journal, entries)
    scored = [journal.score.label.id] if journal.score else []
    names = [_WHEN, *(field.label.id for field in fields), *scored, _WHO, *block.by_hand]
    rows = [[*_entry(entry, fields, journal), *([""] * len(block.by_hand))] for entry in entries]
    return _table(names, rows)


def _columns(block: Block, journal: Journal, entries: Sequence[Entry]) -> list[Field]:
    """The fields the paper names; where it names none, those that hold something in at least one entry."""
    if block.columns:
        return [field for key in block.columns for field in journal.fields if field.key == key]
    used = {key for entry in entries for key in entry.data}
    return [field for field in journal.fields if field.key in used or not entries]


def _entry(entry: Entry, fields: Sequence[Field], journal: Journal) -> list[str]:
    words = [_when(entry.happened_at), *(table_words(field, entry.data.get(field.key)) for field in fields)]
    if journal.score:
        value = journal.score.value(entry.data)
        words.append("" if value is None else f"{value} ({journal.score.band(value).label.id})")
    return [*words, entry.recorded_by]


def _when(moment: datetime) -> str:
    day, _, hour = moment_short(moment).partition(" ")
    return f"{moment_long(moment).partition(',')[0]}, {day}\n{hour}"


def _blank(block: Block, values: Values) -> dict[str, Any]:
    """Lines for the pen; where the words in their place have a value, the words."""
    paragraphs, empty = _paragraphs(block.text, values)
    return {"count": block.count, "paras": [] if empty else paragraphs}


def _signature(block: Block, values: Values) -> dict[str, Any]:
    return {side: _signatory(who, values) for side, who in (("left", block.left), ("right", block.right))}


def _signatory(who: Signatory | None, values: Values) -> dict[str, Pieces] | None:
    if who is None:
        return None
    said = {key: _paragraphs(getattr(who, key), values)[0] for key in ("above", "title", "name", "number")}
    return {key: paragraphs[0] if paragraphs else [] for key, paragraphs in said.items()}


_MAKERS = {
    BlockKind.HEADING: _heading,
    BlockKind.TEXT: _text,
    BlockKind.ROWS: _rows,
    BlockKind.LIST: _list,
    BlockKind.PEOPLE: _people,
    BlockKind.CHOICES: _choices,
    BlockKind.JOURNAL: _journal,
    BlockKind.BLANK: _blank,
    BlockKind.SIGNATURE: _signature,
}
