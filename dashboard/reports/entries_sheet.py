"""Sheet of a logbook without slots, as the pocket book: what happened in the period, entry by entry."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Any

import pandas as pd

from dashboard.formats import number
from dashboard.reports.sheets import Column, Kind, Sheet, sheet_name, withheld
from dashboard.stored import stored_words
from dashboard.text import _, language
from models.queries.report_books import ReportEntry
from models.sop import Field, FieldType
from models.sop_books import Journal

if TYPE_CHECKING:
    from dashboard.reports.source import Source

_KINDS: dict[FieldType, Kind] = {
    FieldType.DATE: "date",
    FieldType.DATETIME: "moment",
    FieldType.NUMBER: "number",
}
_WIDTHS: dict[Kind, float] = {"date": 11, "moment": 15, "number": 9}


def build(source: Source, journal: Journal, *, heading: tuple[str, ...]) -> Sheet:
    """A row per entry by when it happened, in the fields that the SOP wants in its report."""
    book = next(one for one in source.books if one.journal.key == journal.key)
    fields = [field for field in journal.fields if field.in_report and not field.confidential]
    columns = (
        Column("register_no", _("Register no."), "text", 18),
        Column("subject", _("Subject"), "long_text", 26),
        Column("happened_at", _("Time"), "moment", 15),
        *(_column(field) for field in fields),
        Column("recorded_by", _("Recorded by"), "long_text", 18),
        Column("recorded_at", _("Recorded"), "moment", 15),
    )
    rows = [_row(entry, fields) for entry in book.entries]
    return Sheet(
        name=sheet_name(journal.label.in_language(language())),
        heading=heading,
        columns=columns,
        frame=pd.DataFrame(rows, columns=[column.key for column in columns]),
        notes=(_("Entries of the period: {count}.", count=number(book.count)), withheld()),
    )


def _column(field: Field) -> Column:
    kind = _KINDS.get(field.type, "long_text")
    width = _WIDTHS.get(kind, 30 if field.type is FieldType.LONG_TEXT else 18)
    return Column(f"field.{field.key}", field.label.in_language(language()), kind, width)


def _row(entry: ReportEntry, fields: list[Field]) -> list[Any]:
    told = (_value(field, entry.data.get(field.key)) for field in fields)
    return [entry.register_no, entry.subject, entry.happened_at, *told, entry.recorded_by, entry.recorded_at]


def _value(field: Field, value: Any) -> Any:
    if field.type in _KINDS and value in (None, ""):
        return None
    if field.type is FieldType.DATE:
        return date.fromisoformat(value)
    if field.type is FieldType.DATETIME:
        return datetime.fromisoformat(value)
    return value if field.type is FieldType.NUMBER else stored_words(field, value)
