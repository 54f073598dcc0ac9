"""A workbook as plain values: what a report or a register fills in, and `workbook.write` lays out."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from dashboard.text import _

if TYPE_CHECKING:
    import pandas as pd

Row = tuple[object, ...]  # in the order of the columns
Kind = Literal["text", "long_text", "date", "moment", "integer", "number", "percent", "duration"]
Paper = Literal["A4", "F4"]
Chart = Literal["compliance"]


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table; `key` is its column in the frame, `width` is Excel's: about a digit at 11 points.

    A page is made to fit across, so widths that add up to 130 print at full size and 190 at seven tenths; where they
    are more than the paper holds, a column is only as wide as what stands in it, and `width` is the most it may have.

    What a kind expects, None, NaN and NaT being an empty cell everywhere ("-" in a percent):
    - text, long_text: str, whatever it looks like; both break their lines. Over 255 letters take long_text, which
      Excel shows where it would show a row of # for a text;
    - date: datetime.date; moment: an aware datetime, written as the office's clock (WIB);
    - integer, number: numbers; percent: a share of one (0.876);
    - duration: working minutes. Written as working hours so that Excel can compute: the title says so.
    """

    key: str
    title: str
    kind: Kind
    width: float


@dataclass(frozen=True, kw_only=True)
class Table(ABC):
    """A table with what stands above and below it. Without a row it says NIHIL: no case is a report too.

    `name` is at most 31 letters without any of []:*?/\\. With `total` the last row is a sum, set in bold and left out
    of filter and chart. A column `rate` is coloured where the column `n` is large enough to judge.
    `chart="compliance"` draws on_time, late and overdue per `name`, columns which the table must then have, and where
    it has mean and median a second chart of these. One that `explains` says what the others rest on and is no part of
    a report's data.
    """

    name: str
    heading: tuple[str, ...]
    columns: tuple[Column, ...]
    notes: tuple[str, ...] = ()
    chart: Chart | None = None
    total: bool = False
    explains: bool = False

    @abstractmethod
    def pieces(self) -> Iterator[Sequence[Row]]:
        """The rows, some at a time. Widths are fitted to the first piece; longer text further on breaks its lines."""


@dataclass(frozen=True, kw_only=True)
class Sheet(Table):
    """A table whose rows are those of a frame."""

    frame: pd.DataFrame

    def pieces(self) -> Iterator[Sequence[Row]]:
        """All rows at once."""
        values = (self.frame[column.key].tolist() for column in self.columns)
        yield list(zip(*values, strict=True))


@dataclass(frozen=True, kw_only=True)
class LongTable(Table):
    """A table too large to be held twice: its rows are taken as they are written, once. It has no total."""

    rows: Iterator[Sequence[Row]]

    def pieces(self) -> Iterator[Sequence[Row]]:
        """What is left of the rows."""
        return self.rows


@dataclass(frozen=True, slots=True)
class Office:
    """Who reports: `lines` of the letterhead (the first two its name), the seat below them, who signs, the paper."""

    lines: tuple[str, ...]
    seat: str
    signatory_title: str
    signatory_name: str
    signatory_id: str
    paper: Paper


@dataclass(frozen=True)
class Workbook:
    """Sheets under one letterhead. `signed_on` is place and date ("Tuapejat, 6 Januari 2027")."""

    office: Office
    title: str
    sheets: tuple[Sheet, ...]
    footer_left: str
    signed_on: str


def withheld() -> str:
    """The note below a list of cases; it stands there for everybody, so that who is named learns nothing by it."""
    return _(
        "Files with a declared conflict of interest are not listed for the person named; the figures count them."
    )


def sheet_name(words: str) -> str:
    """Words of a SOP as the name of a sheet: without what Excel forbids in one, at most 31 letters."""
    return "".join(" " if letter in "[]:*?/\\" else letter for letter in words).strip("' ")[:31]
