"""A workbook as plain values: what a report or a register fills in, and `workbook.write` lays out."""

from dataclasses import dataclass
from typing import Literal

import pandas as pd

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


@dataclass(frozen=True)
class Sheet:
    """A table with what stands above and below it. An empty frame becomes one row NIHIL: no case is a report too.

    `name` is at most 31 letters without any of []:*?/\\. With `total` the frame's last row is a sum, set in bold and
    left out of filter and chart. A column `rate` is coloured where the column `n` is large enough to judge.
    `chart="compliance"` draws on_time, late and overdue per `name`, columns which the sheet must then have.
    """

    name: str
    heading: tuple[str, ...]
    columns: tuple[Column, ...]
    frame: pd.DataFrame
    notes: tuple[str, ...] = ()
    chart: Chart | None = None
    total: bool = False


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
