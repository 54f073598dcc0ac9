"""The rows of a report as plain values, kept with an issued report, and what has moved since.

Rows are told apart by the text that names them: the register number, the step, the month. Two rows with one name are
numbered, and two columns with one title, so that none hides another. A sheet that explains the others is no part of
the data: it names who made the report, who is not who looks at it later.
"""

from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

import pandas as pd

from dashboard.formats import in_wib
from dashboard.reports.sheets import Column, Kind, Sheet, Workbook

# which columns name a row: the first of these that a sheet has all of; of sheets with none, the first column does
_NAMED_BY = (
    ("register_no", "step"), ("register_no", "happened_at"), ("register_no",), ("number", "step"), ("no", "name"),
    ("label",),
)  # fmt: skip
BETWEEN = " · "  # the parts of a name; a register number is always the first


@dataclass(frozen=True, slots=True)
class Moved:
    """One row that is no longer as it was issued; `old` or `new` None: the row was not there, or is not any more."""

    sheet: str
    row: str
    old: Mapping[str, Any] | None
    new: Mapping[str, Any] | None

    def columns(self) -> list[str]:
        """The titles of the columns that differ."""
        if self.old is None or self.new is None:
            return []
        return [title for title in self.new if self.old.get(title) != self.new[title]]


def facts(workbook: Workbook) -> dict[str, Any]:
    """Every sheet's rows by name, as JSON can hold them: moments in UTC, shares and minutes rounded to six places."""
    return {sheet.name: _rows(sheet) for sheet in workbook.sheets if not sheet.explains}


def kinds(workbook: Workbook) -> dict[tuple[str, str], Kind]:
    """What a fact is, by its sheet and title."""
    return {
        (sheet.name, title): column.kind
        for sheet in workbook.sheets
        for title, column in _titled(sheet).items()
    }


def moved(then: Mapping[str, Any], now: Mapping[str, Any]) -> Iterator[Moved]:
    """The rows that differ between two reports, in the order of the sheets as they are now."""
    for sheet in {**now, **then}:
        old, new = then.get(sheet, {}), now.get(sheet, {})
        for row in {**new, **old}:
            if old.get(row) != new.get(row):
                yield Moved(sheet, row, old.get(row), new.get(row))


def _rows(sheet: Sheet) -> dict[str, dict[str, Any]]:
    names, titles = _names(sheet), _titled(sheet)
    found: dict[str, dict[str, Any]] = {}
    for record in sheet.frame.to_dict("records"):
        name = BETWEEN.join(part for key in names if (part := _named(record[key])))
        found[_apart(name, found)] = {title: _plain(record[column.key]) for title, column in titles.items()}
    return found


def _names(sheet: Sheet) -> tuple[str, ...]:
    """The keys of the columns by which rows are told apart."""
    keys = [column.key for column in sheet.columns]
    return next((names for names in _NAMED_BY if set(names) <= set(keys)), (keys[0],))


def _titled(sheet: Sheet) -> dict[str, Column]:
    """The columns that are facts, by titles of their own."""
    titles: dict[str, Column] = {}
    for column in sheet.columns:
        # a running number moves with every row before it and says nothing of its own
        if column.key != "no" or "no" in _names(sheet):
            titles[_apart(column.title, titles)] = column
    return titles


def _apart(name: str, taken: Container[str]) -> str:
    """The name, numbered where it is taken."""
    free, again = name, 1
    while free in taken:
        again += 1
        free = f"{name}{BETWEEN}({again})"
    return free


def _named(value: object) -> str:
    if _plain(value) is None:
        return ""
    return f"{in_wib(value):%d/%m/%Y %H.%M}" if isinstance(value, datetime) else str(value)


def _plain(value: object) -> Any:
    if value is None or value is pd.NA or value is pd.NaT or (isinstance(value, float) and pd.isna(value)):
        return None
    if isinstance(value, datetime):
        return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%MZ")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, bool | str):
        return value
    number = float(str(value))
    return int(number) if number.is_integer() else round(number, 6)
