"""A register as a table for Excel: the columns of the screen and its order, with dates as dates and moments as moments.

Decided 2026-11. A register can be longer than what one wants to hold in memory as it is stored, so `picked` takes of
each case what the table shows and no more, and the words are found while the rows are written (`table`). Nothing
confidential is among them: the vault's fields are no part of a case's data. The words of the verdicts are handed in,
because they come from a module of screens, and whoever builds a large register does without Streamlit's weight.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from functools import lru_cache
from itertools import chain
from typing import Any, NamedTuple

from dashboard.formats import in_wib
from dashboard.reports.sheets import Column, Kind, LongTable, Row
from dashboard.stored import stored_words
from dashboard.text import _, language
from models.queries.register import RegisterRow
from models.sop import Field, FieldType, Sop

LONG_FROM = 30  # letters in one of the first rows


class Picked(NamedTuple):
    """What the table needs of a case, as it is stored; `values` are those of the fields."""

    verdict: str
    register_no: str
    subject: str
    received_at: datetime
    status: str
    open_steps: tuple[str, ...]
    next_due_at: datetime | None
    values: tuple[Any, ...]


def picked(rows: Iterable[RegisterRow], sop: Sop) -> list[Picked]:
    """To be held until it is written."""
    keys = [field.key for field in _fields(sop)]
    return [
        Picked(
            row.verdict,
            row.register_no,
            row.subject,
            row.received_at,
            row.status,
            row.open_steps,
            row.next_due_at,
            tuple(map(row.data.get, keys)),
        )
        for row in rows
    ]


def table(
    pieces: Iterable[Sequence[Picked]], sop: Sop, *, verdicts: Mapping[str, str], as_of: datetime
) -> LongTable:
    """The table of what was `picked`, in the spoken language; its rows are spelled as they are taken."""
    spelled = _spelled(pieces, sop, verdicts)
    first = next(spelled, [])
    name = sop.short.in_language(language())
    return LongTable(
        name=name,
        heading=(name.upper(),),
        columns=_columns(sop, first),
        notes=(_("As of {moment} WIB", moment=in_wib(as_of).strftime("%d/%m/%Y %H.%M")),),
        rows=chain([first], spelled),
    )


def _fields(sop: Sop) -> list[Field]:
    return [field for field in sop.fields if field.in_table and field.key != sop.subject_field]


def _columns(sop: Sop, first: Sequence[Row]) -> tuple[Column, ...]:
    titles: list[tuple[str, FieldType]] = [
        (_("Time"), FieldType.TEXT),
        (_("Register no."), FieldType.TEXT),
        (sop.field(sop.subject_field).label.in_language(language()), FieldType.TEXT),
        (_("Received"), FieldType.DATE),
        (_("Status"), FieldType.TEXT),
        (_("Current step"), FieldType.TEXT),
        (_("Due"), FieldType.DATETIME),
        *((field.label.in_language(language()), field.type) for field in _fields(sop)),
    ]
    return tuple(
        Column(str(place), title, *_kind(type_, [row[place] for row in first]))
        for place, (title, type_) in enumerate(titles)
    )


def _kind(type_: FieldType, values: Sequence[Any]) -> tuple[Kind, float]:
    """Kind and width of a column that begins with these values."""
    if type_ is FieldType.DATE:
        return "date", 12
    if type_ is FieldType.DATETIME:
        return "moment", 17
    if type_ is FieldType.NUMBER:
        whole = all(float(value).is_integer() for value in values if value is not None)
        return "integer" if whole else "number", 12
    longest = max((len(value) for value in values), default=0)
    return "long_text", 40 if longest > LONG_FROM else 18


def _spelled(
    pieces: Iterable[Sequence[Picked]], sop: Sop, verdicts: Mapping[str, str]
) -> Iterator[list[Row]]:
    statuses = {status.key: status.label.in_language(language()) for status in sop.statuses}
    steps = {step.key: f"{step.no}. {step.name.in_language(language())}" for step in sop.case_steps}
    fields = [_reader(field) for field in _fields(sop)]
    for piece in pieces:
        yield [
            (
                verdicts.get(case.verdict, ""),
                case.register_no,
                case.subject,
                in_wib(case.received_at).date(),
                statuses.get(case.status, case.status),
                ", ".join(steps.get(key, key) for key in case.open_steps),
                case.next_due_at,
                *(read(value) for read, value in zip(fields, case.values, strict=True)),
            )
            for case in piece
        ]


def _reader(field: Field) -> Callable[[object], object]:
    """How a stored value of the field comes into a cell."""
    if field.type is FieldType.DATE:
        return lambda value: date.fromisoformat(str(value)) if value else None
    if field.type is FieldType.DATETIME:
        return lambda value: datetime.fromisoformat(str(value)) if value else None
    if field.type is FieldType.NUMBER:
        return lambda value: value
    if field.type is FieldType.CHOICE:
        return lru_cache(maxsize=1024)(lambda value: stored_words(field, value))
    return lambda value: stored_words(field, value)
