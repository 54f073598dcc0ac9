"""What stands in the places of a paper: values of the case as an Indonesian letter writes them.

Decided 2026-11. A paper speaks Indonesian whatever the language of the screen, and writes dates and moments out
("30 November 2026", "Senin, 30 November 2026 pukul 07.00 WIB"). A step's values are those of its last finished round:
a round that was handed back is no longer what the office says. A departure is told while the step still runs. Nothing
is a value that is not held: no "None", no "-".
"""

from datetime import UTC, date, datetime
from typing import Any

from dashboard.formats import (
    clock,
    date_long,
    date_plain,
    date_short,
    in_wib,
    moment_long,
    moment_short,
    number,
    percent,
)
from dashboard.language import _, in_language
from dashboard.prints.spelling import counted_days
from models.queries.case_file import Round
from models.queries.papers import PaperSources
from models.slots import Mark, beginning, slots
from models.sop_document import (
    STEP_WORDS,
    BlockKind,
    Document,
    Fill,
    Place,
    Reference,
    outcome_field,
    pieces,
    places,
    without_gaps,
)
from models.sop_form import Choice, Field, FieldType, named
from models.step_form import step_fields

MISSING = "…………"  # in a first value of a form, for somebody to replace


class Values:
    """The values that one paper can show. Ask within `in_language("id")`."""

    def __init__(self, document: Document, sources: PaperSources) -> None:
        self.sources = sources
        self._document = document
        saved = sources.saved.get(document.key)
        self._own = saved.data if saved else self.first()

    def first(self) -> dict[str, Any]:
        """What stands in the paper's form before anybody has saved it, by field key, in the stored form."""
        fills = {fill.key: fill for fill in self._document.fills}
        found = {}
        for field in self._document.fields:
            value = self._filled(field, fills[field.key]) if field.key in fills else None
            value = field.default if value is None else value
            if value is not None:
                found[field.key] = value
        return found

    def _filled(self, field: Field, fill: Fill) -> Any:
        if fill.template:
            cells = any(
                block.kind is BlockKind.PEOPLE and block.source and block.source.names == (field.key,)
                for block in self._document.blocks
            )
            return self._filled_lines(fill.template, cells=cells) or None
        for source in fill.sources:
            if (value := self._as_stored(field, source)) not in (None, "", []):
                return value
        return None

    def _filled_lines(self, template: str, *, cells: bool) -> str:
        """The template's lines, without those of which nothing is known.

        With `cells` the lines are rows whose cells end at a semicolon, so none may come in with a value.
        """
        kept = []
        for line in template.strip().split("\n"):
            said = [piece if isinstance(piece, str) else self.words(piece) for piece in self.pieces(line)]
            if cells:
                said = [
                    words.replace(";", ",") if words and not isinstance(piece, str) else words
                    for words, piece in zip(said, self.pieces(line), strict=True)
                ]
            known = [self.words(place) for place in places(line)]
            if any(known) or not known:
                kept.append("".join(MISSING if words is None else words for words in said).strip())
        return "\n".join(line for line in kept if line)

    def pieces(self, template: str) -> list[str | Place]:
        """The words and places of a template, without the parts in brackets that have no value."""
        return list(pieces(without_gaps(template, lambda place: self.words(place) is not None)))

    def _as_stored(self, field: Field, source: Reference) -> Any:
        """The value of `source` in the form in which `field` stores its own."""
        origin, value = self.held(source)
        if value in (None, "", []):
            return None
        if field.type is FieldType.DATETIME or field.type is FieldType.DATE:
            return _stored_moment(value) if field.type is FieldType.DATETIME else _stored_day(value)
        if field.type is FieldType.PEOPLE:
            return list(value) if isinstance(value, list | tuple) else [str(value)]
        if field.type in (FieldType.CHOICE, FieldType.CHOICES, FieldType.YES_NO, FieldType.NUMBER):
            return value
        return _said(origin, value, "")

    def held(self, wanted: Reference) -> tuple[Field | None, Any]:
        """The field a reference leads to, if it is one, and the value as it is stored; None where there is none."""
        view = self.sources.view
        match wanted.root, wanted.names:
            case "field", (key,):
                return self._document.field(key), self._own.get(key)
            case "case", (key,):
                return view.sop.field(key), view.data.get(key)
            case "step", (step_key, key):
                return self._of_step(step_key, key)
            case "paper", (document_key, key):
                other = self.sources.saved.get(document_key)
                return view.sop.document(document_key).field(key), other and other.data.get(key)
            case "office", (key,):
                return None, self.sources.office.get(key)
            case "sop", (key,):
                return None, {"legal_basis": "\n".join(view.sop.head.legal_basis)}.get(key) or getattr(
                    view.sop, key
                )
            case "journal", (key, word):
                return None, self._of_journal(key, word)
            case word, _rest:
                return None, self._of_case(word)
        return None, None

    def _of_case(self, word: str) -> Any:
        view = self.sources.view
        match word:
            case "status":
                return view.sop.status(view.status).label.id
            case "journey_days":
                return counted_days(view.departs_at, view.returns_at)
            case "by_hand":
                return None
        return getattr(view, word)

    def _of_journal(self, key: str, word: str) -> str | None:
        kept = [entry for entry in self.sources.entries if entry.journal_key == key]
        if word == "count":
            return str(len(kept))
        journal = self.sources.view.sop.journal(key)
        ended = self._done(journal.during or "")
        if ended is None or ended.finished_at is None or journal.every_minutes is None:
            return None
        row = slots(
            beginning(
                begun_at=ended.begun_at,
                departs_at=self.sources.view.departs_at,
                started_at=ended.started_at,
                round_no=ended.round_no,
            ),
            ended.finished_at,
            every_minutes=journal.every_minutes,
            entries=[Mark(entry.happened_at, entry.recorded_at) for entry in kept],
            as_of=max([ended.finished_at, *(entry.recorded_at for entry in kept)]),
            ended=True,
        )
        return f"{row.filled} dari {row.due} slot ({percent(row.filled / row.due)})" if row.due else None

    def _of_step(self, step_key: str, key: str) -> tuple[Field | None, Any]:
        sop, done = self.sources.view.sop, self._done(step_key)
        step = sop.step(step_key)
        if key == "outcome":
            choices = tuple(Choice(one.key, one.label) for one in sop.outcomes if one.key in step.outcomes)
            return outcome_field(choices), done and done.outcome
        if key not in STEP_WORDS:
            return named(step_fields(step), key), done and done.data.get(key)
        if key == "begun_at":  # a departure is a fact while the step still runs
            current = self.sources.view.current(step_key)
            begun = done or (current if current and current.state == "open" else None)
            return None, begun and begun.begun_at
        return None, done and done.finished_at

    def _done(self, step_key: str) -> Round | None:
        rounds = reversed(self.sources.view.rounds)
        return next((one for one in rounds if one.step_key == step_key and one.state == "done"), None)

    def words(self, place: Place) -> str | None:
        """The value as the paper says it; None where there is none."""
        for option in place.options:
            field, value = self.held(option)
            if value not in (None, "", []):
                return _said(field, value, place.style)
        return None


def table_words(field: Field, value: Any) -> str:
    """A stored value as a table on paper says it: moments and dates in figures, "" where there is none."""
    if value in (None, "", []):
        return ""
    if field.type is FieldType.DATETIME:
        return moment_short(_moment(value))
    return date_short(date.fromisoformat(value)) if field.type is FieldType.DATE else _said(field, value, "")


def first_values(document: Document, sources: PaperSources) -> dict[str, Any]:
    """What stands in a paper's form before anybody has saved it; stored values, as the form takes them."""
    with in_language("id"):
        return Values(document, sources).first()


def _said(field: Field | None, value: Any, style: str) -> str:
    kind = field.type if field else None
    if isinstance(value, datetime) or kind is FieldType.DATETIME:
        words = _moment_words(_moment(value), style)
    elif kind is FieldType.DATE:
        day = date.fromisoformat(value)
        words = date_long(day) if style == "day" else date_plain(day)
    elif field and field.choices:
        keys = [value] if isinstance(value, str) else value
        words = ", ".join(_choice_words(field, key) for key in keys)
    elif isinstance(value, bool):
        words = _("Yes") if value else _("No")
    elif isinstance(value, int | float):
        words = number(value)
    elif isinstance(value, list):
        words = "; ".join(str(line).partition(";")[0].strip() for line in value)
    else:
        words = str(value)
    return words.upper() if style == "upper" else words


def _choice_words(field: Field, key: str) -> str:
    label = next((choice.label for choice in field.choices if choice.key == key), None)
    return label.id if label else key


def _moment_words(moment: datetime, style: str) -> str:
    if style == "time":
        return f"{clock(moment)} WIB"
    return {"date": date_plain, "day": date_long}.get(style, moment_long)(moment)


def _moment(value: Any) -> datetime:
    return value if isinstance(value, datetime) else datetime.fromisoformat(str(value).replace("Z", "+00:00"))


def _stored_moment(value: Any) -> str:
    return _moment(value).astimezone(UTC).strftime("%Y-%m-%dT%H:%MZ")


def _stored_day(value: Any) -> str:
    if isinstance(value, str) and len(value) == len("2026-11-30"):
        return value
    return in_wib(_moment(value)).date().isoformat()


def chosen_keys(value: Any) -> frozenset[str]:
    """The keys a choice or several hold."""
    return frozenset([value] if isinstance(value, str) else value or ())


def lines_of(value: Any) -> tuple[str, ...]:
    """The lines of a list of people or of a long text, blank ones left out."""
    lines = value.split("\n") if isinstance(value, str) else value or ()
    return tuple(line.strip() for line in lines if line.strip())
