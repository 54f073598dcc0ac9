"""The papers that a SOP lets the office print from a case: what stands on them, and where it comes from. Pure.

Decisions (2026-11):
- A paper is data as a form is: a body of blocks in order, with templates such as "{case.place}" or
  "{field.signed_on:date}". A third SOP brings its papers in its file.
- What the case does not hold is asked for in the paper's own form (`Document.fields`); `Fill` says what stands in a
  field before anybody has saved the form. From then on the form says it, and the case no longer does.
- A value that is missing prints as a dotted line to be filled in by hand; a line that is `optional` is left out.
- What the vault holds can never be named in a template: where the reporter's name belongs on a paper, a dotted line
  is printed. `models.sop_document_check` refuses such a file.
- Letters' numbers are typed; none is ever made up.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from string import Formatter

from models.sop_form import Choice, Field, FieldType, Label, named

_PART = re.compile(r"\[([^\[\]]*)\]")
STYLES = frozenset({"", "date", "day", "time", "upper"})
CASE_WORDS = frozenset({"register_no", "received_at", "status", "journey_days", "by_hand"})
SOP_WORDS = frozenset({"number", "title", "legal_basis"})
STEP_WORDS = frozenset({"outcome", "begun_at", "finished_at"})
JOURNAL_WORDS = frozenset({"count", "slots"})
OFFICE_WORDS = frozenset({"name", "seat", "signatory_title", "signatory_name", "signatory_id"})


@dataclass(frozen=True, slots=True)
class Reference:
    """A value of the case: `root` is field, case, step, paper, office, journal, sop or a word of `CASE_WORDS`.

    `names` is what follows it ("review", "conclusion"); a `paper` is another one, as far as it was saved. "by_hand"
    never has a value: the pen gives it.
    """

    root: str
    names: tuple[str, ...]

    def __str__(self) -> str:
        return ".".join((self.root, *self.names))


@dataclass(frozen=True, slots=True)
class Place:
    """A place to be filled, "{field.a|case.b:date}": the first of `options` that holds a value fills it.

    `style`: "" as it is usually written, "date" without the time, "day" a date with its weekday, "time" the hour
    alone, "upper" in capitals.
    """

    options: tuple[Reference, ...]
    style: str


def options(written: str) -> tuple[Reference, ...]:
    """Return "step.review.conclusion|case.subject" as references."""
    parts = [part.strip().split(".") for part in written.split("|")]
    return tuple(Reference(root, tuple(names)) for root, *names in parts)


def without_gaps(template: str, is_known: Callable[[Place], bool]) -> str:
    """The template without the parts in [ ] of which a place is not known; ValueError when a bracket stands alone.

    "{case.leader}[ ({case.leader_position})]" leaves the brackets and what is between them out where no position is
    held, instead of a dotted line.
    """

    def part(found: re.Match[str]) -> str:
        return found[1] if all(is_known(place) for place in _places(found[1])) else ""

    kept = _PART.sub(part, template)
    if "[" in kept or "]" in kept:
        raise ValueError("a [ or ] stands alone")
    return kept


def pieces(template: str) -> Iterator[str | Place]:
    """The words and places of a template in order; ValueError, told at the first piece, when it is none."""
    for words, written, style, conversion in Formatter().parse(template):
        if words:
            yield words
        if written is None:
            continue
        if conversion or not written or any(sign in written for sign in "[]{}"):
            raise ValueError(f"{{{written}}} is no plain place to be filled")
        yield Place(options(written), style or "")


def places(template: str) -> tuple[Place, ...]:
    """The places of a whole template; ValueError when it is none."""
    return _places(without_gaps(template, lambda _: True))


def _places(template: str) -> tuple[Place, ...]:
    return tuple(piece for piece in pieces(template) if isinstance(piece, Place))


def outcome_field(outcomes: tuple[Choice, ...]) -> Field:
    """The result of a step, `step.review.outcome`, as the field it is to a paper."""
    return Field(
        key="outcome",
        label=Label(id="Hasil", en="Result"),
        group="",
        type=FieldType.CHOICE,
        required=False,
        show_if=None,
        choices=outcomes,
        in_table=False,
        in_report=False,
        confidential=False,
        max_length=200,
        help=None,
        default=None,
    )


class BlockKind(StrEnum):
    """What a block of a paper is."""

    HEADING = "heading"
    TEXT = "text"
    ROWS = "rows"
    LIST = "list"
    PEOPLE = "people"
    CHOICES = "choices"
    JOURNAL = "journal"
    BLANK = "blank"
    SIGNATURE = "signature"


@dataclass(frozen=True, slots=True)
class Line:
    """One line of `rows` (with a label) or of a `list` (without). Of a template's long text each line is one."""

    label: str
    text: str
    optional: bool


@dataclass(frozen=True, slots=True)
class Signatory:
    """Who signs: all four are templates; `above` is place and date, or "Mengetahui,"; `number` the NIP, or ""."""

    above: str
    title: str
    name: str
    number: str


@dataclass(frozen=True, slots=True)
class Block:
    """One part of a paper's body; what a kind has no use for is empty.

    `text` of a heading, a paragraph, or in place of blank lines; `level` 1 or 2 of a heading; `align` left, center or
    right; `lines` of rows and lists, `numbering` "", "letters" or "numbers" of a list; `source` is the field whose
    people or choices are shown; `columns` are the parts of a person's line; `journal` with its `columns` (keys of its
    fields, none: all) and `by_hand` (titles of empty columns); `count` of blank lines; `right` and `left` of a
    signature.
    """

    kind: BlockKind
    label: str
    text: str
    level: int
    align: str
    optional: bool
    lines: tuple[Line, ...]
    numbering: str
    source: Reference | None
    journal: str
    columns: tuple[str, ...]
    by_hand: tuple[str, ...]
    count: int
    right: Signatory | None
    left: Signatory | None

    def templates(self) -> Iterator[str]:
        """Every template of the block."""
        yield self.text
        for line in self.lines:
            yield line.text
        for signatory in (self.right, self.left):
            if signatory:
                yield from (signatory.above, signatory.title, signatory.name, signatory.number)


@dataclass(frozen=True, slots=True)
class Fill:
    """What stands in the field `key` at first: the first of `sources` that holds a value, or else `template`."""

    key: str
    sources: tuple[Reference, ...]
    template: str


@dataclass(frozen=True, slots=True)
class Document:
    """One paper. `step` None: it belongs to the case as a whole.

    `output` is the output of the step that counts as there once `number_field` holds a number. `framed` puts each part
    of the body into a ruled box, as sheets to be filled in have it; `title` is "" where the paper is a letter.
    """

    key: str
    label: Label
    title: str
    step: str | None
    output: str | None
    number_field: str
    file_name: str
    landscape: bool
    framed: bool
    fields: tuple[Field, ...]
    fills: tuple[Fill, ...]
    blocks: tuple[Block, ...]

    def field(self, key: str) -> Field:
        """Return a field of the paper's own form; KeyError when it has none."""
        return named(self.fields, key)

    @property
    def journals(self) -> tuple[str, ...]:
        """The keys of the logbooks whose entries are printed."""
        return tuple(block.journal for block in self.blocks if block.journal)

    def fulfilled_by(self, data: dict[str, object]) -> str | None:
        """The number that fulfils `output`, of what was saved for this paper; None while there is none."""
        number = data.get(self.number_field) if self.output else None
        return str(number) if number else None
