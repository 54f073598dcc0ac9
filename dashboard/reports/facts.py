"""The rows of a report as plain values, kept with an issued report, and what has moved since.

Rows are told apart by the text that names them: the register number, the step, the month. Two rows with one name are
numbered, so that none hides another.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

import pandas as pd

from dashboard.reports.sheets import Sheet, Workbook

# which columns name a row: the first of these that a sheet has all of; of sheets with none, the first column does
_NAMED_BY = (("register_no", "step"), ("register_no",), ("number", "step"), ("no", "name"), ("label",))


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
    return {sheet.name: _rows(sheet) for sheet in workbook.sheets}


def moved(then: Mapping[str, Any], now: Mapping[str, Any]) -> Iterator[Moved]:
    """The rows that differ between two reports, in the order of the sheets as they are now."""
    for sheet in {**now, **then}:
        old, new = then.get(sheet, {}), now.get(sheet, {})
        for row in {**new, **old}:
            if old.get(row) != new.get(row):
                yield Moved(sheet, row, old.get(row), new.get(row))


def _rows(sheet: Sheet) -> dict[str, dict[str, Any]]:
    keys = [column.key for column in sheet.columns]
    names = next((names for names in _NAMED_BY if set(names) <= set(keys)), (keys[0],))
    # a running number moves with every row before it and says nothing of its own
    columns = [column for column in sheet.columns if column.key != "no" or "no" in names]
    found: dict[str, dict[str, Any]] = {}
    for record in sheet.frame.to_dict("records"):
        name = " · ".join(str(record[key]) for key in names if record[key] not in ("", None))
        row, again = name, 1
        while row in found:
            again += 1
            row = f"{name} ({again})"
        found[row] = {column.title: _plain(record[column.key]) for column in columns}
    return found


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
