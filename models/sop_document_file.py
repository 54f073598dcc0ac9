"""Reads the papers of a SOP file: their forms, where first values come from, and the blocks of their bodies."""

import re

from models.sop_document import Block, BlockKind, Document, Fill, Line, Reference, Signatory, options
from models.sop_document_check import check_documents
from models.sop_form import Field
from models.sop_form_file import read_field
from models.toml_table import Table

__all__ = ["check_documents", "read_document"]

_FILE_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_]{0,59}")
_ALIGNMENTS = ("left", "center", "right")
_NUMBERINGS = ("", "letters", "numbers")
_MOST_BLANK_LINES = 30


def read_document(table: Table) -> Document:
    """Return one `[[document]]`."""
    forms = [_field(inner) for inner in table.tables("field")]
    document = Document(
        key=table.name("key"),
        label=table.label("label"),
        title=table.text("title", ""),
        step=table.text_or_none("step"),
        output=table.text_or_none("output"),
        number_field=table.text("number_field", ""),
        file_name=_file_name(table),
        landscape=table.flag("landscape"),
        framed=table.flag("framed"),
        fields=tuple(field for field, _ in forms),
        fills=tuple(fill for _, fill in forms if fill),
        blocks=tuple(_block(inner) for inner in table.tables("block")),
    )
    table.done()
    return document


def _file_name(table: Table) -> str:
    name = table.text("file_name")
    if name and not _FILE_NAME.fullmatch(name):
        table.problem("file_name", f"{name!r} must be letters, digits and _, at most 60")
    return name


def _field(table: Table) -> tuple[Field, Fill | None]:
    """A field and its `from`: keys of sources with | between them, or a template, which has a { in it."""
    source = table.text_or_none("from")
    field = read_field(table)
    if source is None:
        return field, None
    if "{" in source:
        return field, Fill(key=field.key, sources=(), template=source)
    return field, Fill(key=field.key, sources=options(source), template="")


def _block(table: Table) -> Block:
    kind = _kind(table)
    block = Block(
        kind=kind,
        label=_only(table, "label", kind, _LABELLED),
        text=_words(table, kind),
        level=_level(table) if kind is BlockKind.HEADING else 1,
        align=_one_of(table, "align", _ALIGNMENTS, "left") if kind in _WORDED else "left",
        optional=kind in _LEFT_OUT and table.flag("optional"),
        lines=_lines(table, kind),
        numbering=_one_of(table, "numbering", _NUMBERINGS, "") if kind is BlockKind.LIST else "",
        source=_source(table) if kind in (BlockKind.PEOPLE, BlockKind.CHOICES) else None,
        journal=table.text("journal") if kind is BlockKind.JOURNAL else "",
        columns=table.texts("columns") if kind in (BlockKind.PEOPLE, BlockKind.JOURNAL) else (),
        by_hand=table.texts("by_hand") if kind is BlockKind.JOURNAL else (),
        count=_count(table) if kind is BlockKind.BLANK else 0,
        right=_signatory(table, "right", needed=True) if kind is BlockKind.SIGNATURE else None,
        left=_signatory(table, "left") if kind is BlockKind.SIGNATURE else None,
    )
    table.done()
    return block


_WORDED = (BlockKind.HEADING, BlockKind.TEXT)
_LABELLED = (BlockKind.LIST, BlockKind.PEOPLE, BlockKind.CHOICES, BlockKind.BLANK)
_LEFT_OUT = (BlockKind.TEXT, BlockKind.LIST, BlockKind.PEOPLE)


def _kind(table: Table) -> BlockKind:
    value = table.text("kind")
    try:
        return BlockKind(value)
    except ValueError:
        if value:
            table.problem("kind", f"{value!r} is none of {', '.join(BlockKind)}")
        return BlockKind.TEXT


def _words(table: Table, kind: BlockKind) -> str:
    if kind is BlockKind.BLANK:  # lines for the pen, where these words have no value
        return table.text("text", "")
    return table.text("text") if kind in _WORDED else ""


def _only(table: Table, key: str, kind: BlockKind, kinds: tuple[BlockKind, ...]) -> str:
    return table.text(key, "") if kind in kinds else ""


def _one_of(table: Table, key: str, allowed: tuple[str, ...], default: str) -> str:
    value = table.text(key, default)
    if value not in allowed:
        table.problem(key, f"{value!r} is none of {', '.join(filter(None, allowed))}")
        return default
    return value


def _level(table: Table) -> int:
    level = table.integer("level", least=1, needed=False) or 1
    if level > 2:
        table.problem("level", f"must be 1 or 2, not {level}")
    return level


def _count(table: Table) -> int:
    count = table.integer("count", least=1) or 1
    if count > _MOST_BLANK_LINES:
        table.problem("count", f"must be {_MOST_BLANK_LINES} or less, not {count}")
    return count


def _lines(table: Table, kind: BlockKind) -> tuple[Line, ...]:
    """Rows say what each line is called; a list's lines have a number or nothing before them."""
    if kind not in (BlockKind.ROWS, BlockKind.LIST):
        return ()
    inner = table.tables("lines")
    if not inner and not table.findings.has((*table.where, "lines")):
        table.problem("lines", "missing")
    return tuple(_line(line, labelled=kind is BlockKind.ROWS) for line in inner)


def _line(table: Table, *, labelled: bool) -> Line:
    line = Line(
        label=table.text("label") if labelled else "",
        text=table.text("text"),
        optional=table.flag("optional"),
    )
    table.done()
    return line


def _source(table: Table) -> Reference | None:
    written = table.text("source")
    return options(written)[0] if written else None


def _signatory(table: Table, key: str, *, needed: bool = False) -> Signatory | None:
    inner = table.table(key, needed=needed)
    if inner is None:
        return None
    signatory = Signatory(
        above=inner.text("above", ""),
        title=inner.text("title"),
        name=inner.text("name", ""),
        number=inner.text("number", ""),
    )
    inner.done()
    return signatory
