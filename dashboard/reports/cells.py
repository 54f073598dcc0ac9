"""A value into a cell, so that nothing typed by somebody can compute, break the file or get lost unseen.

Decided 2026-11:
- Text is stored as text whatever it looks like. What begins as a formula would carries the text mark (quotePrefix)
  as well, so that it stays text when somebody edits the cell in Excel.
- A character that a sheet cannot hold becomes U+FFFD, text over Excel's 32,767 characters ends in a visible mark, and
  both are counted in `Losses` for the note below the table.
- Numbers are written with all their digits; openpyxl's own 16 are not enough to read a share back unchanged.
- A date column takes dates and no text that looks like one: sorting text by day first makes lateness figures wrong.
"""

import re
from bisect import bisect_right
from dataclasses import dataclass
from datetime import date, datetime
from math import isfinite

from dashboard.formats import in_wib
from dashboard.reports.sheets import Kind
from dashboard.text import _

LONGEST = 32_767  # Excel counts UTF-16 units
_UNPRINTABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_LINE_END = re.compile("\r\n?")
_LOOKS_ESCAPED = re.compile("_(?=x[0-9A-Fa-f]{4}_)")  # Excel reads _x0041_ as "A"
_TO_LOOK_AT = re.compile(f"{_UNPRINTABLE.pattern}|{_LINE_END.pattern}|{_LOOKS_ESCAPED.pattern}")
_FORMULA_STARTS = tuple("=+-@\t")


@dataclass(slots=True)
class Losses:
    """What could not be written as it was: characters replaced, texts shortened, rows that found no room."""

    replaced: int = 0
    shortened: int = 0
    left_out: int = 0

    @property
    def count(self) -> int:
        """All of them."""
        return self.replaced + self.shortened + self.left_out


@dataclass(frozen=True, slots=True)
class Written:
    """What goes into a cell: openpyxl's value and data type, and whether it needs the text mark."""

    value: object
    data_type: str
    quoted: bool = False


EMPTY = Written(None, "n")
NO_FIGURE = Written("-", "s")


def written(value: object, kind: Kind, losses: Losses) -> Written:
    """Return what to write for `value`; TypeError when it is not what its kind expects (see `Column`)."""
    if _is_nothing(value):
        return NO_FIGURE if kind == "percent" else EMPTY
    if kind in ("text", "long_text"):
        return text(str(value), losses)
    if kind == "date":
        return _date(value)
    if kind == "moment":
        return _moment(value)
    return _number(value, kind)


def _is_nothing(value: object) -> bool:
    """Whether it is None, NaN, NaT or NA, without loading pandas to ask."""
    if value is None:
        return True
    try:
        return bool(value != value)  # NaN and NaT are not themselves
    except TypeError:  # NA does not say
        return True


def printable(value: str) -> str:
    """Return the text with U+FFFD for what no part of a file can hold; every line ends in \\n."""
    return _UNPRINTABLE.sub("\ufffd", _LINE_END.sub("\n", value))


def text(value: str, losses: Losses) -> Written:
    """Return text as a cell can hold it; "" is an empty cell."""
    held = value
    if _TO_LOOK_AT.search(value):
        losses.replaced += len(_UNPRINTABLE.findall(_LINE_END.sub("\n", value)))
        value = printable(value)
        held = _guarded(value)
    if len(held) * 2 > LONGEST and _units(held) > LONGEST:
        held = _shortened(value)
        losses.shortened += 1
    return Written(held, "s", held.startswith(_FORMULA_STARTS)) if held else EMPTY


def _shortened(value: str) -> str:
    """The longest beginning that fits together with the mark."""
    mark = _("… [cut]")
    held = bisect_right(
        range(LONGEST), LONGEST - len(mark), key=lambda letters: _units(_guarded(value[:letters]))
    )
    return _guarded(value[: held - 1]) + mark


def _guarded(value: str) -> str:
    return _LOOKS_ESCAPED.sub("_x005F_", value)


def _units(value: str) -> int:
    return len(value.encode("utf-16-le")) // 2


def _date(value: object) -> Written:
    if isinstance(value, datetime) or not isinstance(value, date):
        raise TypeError(f"a date column holds datetime.date, not {type(value).__name__}")
    return Written(value, "d")


def _moment(value: object) -> Written:
    if not isinstance(value, datetime):
        raise TypeError(f"a moment column holds aware datetimes, not {type(value).__name__}")
    clock = in_wib(value)
    return Written(datetime.combine(clock.date(), clock.time()), "d")  # no Timestamp of pandas


def _number(value: object, kind: Kind) -> Written:
    if isinstance(value, str):
        raise TypeError(f"a column of {kind} holds numbers, not text")
    number = float(value)  # type: ignore[arg-type]  # what is no number raises TypeError, which is meant
    if not isfinite(number):
        raise ValueError(f"a column of {kind} cannot hold {number}")
    if kind == "duration":
        number /= 60
    return Written(str(int(number)) if number.is_integer() else repr(number), "n")
