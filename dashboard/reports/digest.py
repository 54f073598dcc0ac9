"""The SHA-256 of a report's data: the same figures and lists give the same one on every machine.

Decided 2026-11. It covers the frames of the sheets as plain values in one fixed spelling (JSON without blanks): moments
in UTC to the minute, dates as ISO, numbers rounded to six places, so that no machine's last bit moves it. Looks,
headings and notes are no data, nor is what explains the figures, which names the moment and the person. Identities are
left out, so that the variant with them carries the hash of the one without.
"""

import hashlib
import json
from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime
from typing import Any

from dashboard.reports.matrix_sheet import IDENTITY
from dashboard.reports.sheets import Column, Kind, Sheet

_NUMBERS: tuple[Kind, ...] = ("integer", "number", "percent", "duration")


def sha256_of(sheets: Iterable[Sheet]) -> str:
    """The hash of these sheets, in hexadecimal."""
    told = [_plain(sheet) for sheet in sheets]
    text = json.dumps(told, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _plain(sheet: Sheet) -> dict[str, Any]:
    columns = [column for column in sheet.columns if not column.key.startswith(IDENTITY)]
    return {"sheet": sheet.name, "columns": {column.key: _values(sheet, column) for column in columns}}


def _values(sheet: Sheet, column: Column) -> list[Any]:
    values = sheet.frame[column.key]
    empty, told = values.isna(), values.tolist()
    if spell := _SPELLED.get(column.kind):
        return [
            None if nothing else spell(value) for value, nothing in zip(told, empty.tolist(), strict=True)
        ]
    if empty.any():
        return [None if nothing else value for value, nothing in zip(told, empty.tolist(), strict=True)]
    return told


def _number(value: Any) -> float | int:
    exact = round(float(value), 6)
    return int(exact) if exact.is_integer() else exact


def _moment(value: datetime) -> str:
    return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%MZ")


_SPELLED: dict[str, Callable[[Any], Any]] = {
    "date": date.isoformat,
    "moment": _moment,
    **dict.fromkeys(_NUMBERS, _number),
}
