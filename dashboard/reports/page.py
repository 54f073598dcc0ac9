"""A worksheet being written downwards: how wide its columns are, words across it, single cells.

Decided 2026-11:
- A table wider than the paper is printed smaller to fit across. Its columns are first narrowed to what stands in them,
  and letterhead, heading, notes and signature grow beforehand by as much as the print shrinks (`zoom`).
- Programs differ in fitting rows to wrapped text, and none fits merged cells. So a row that needs more than one line
  gets its height from the length of the text, rather too high than too low.
- Cells are made by hand, not by `worksheet.cell`, whose guesses (a formula? a date?) are both slow and unwanted.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain
from math import ceil
from typing import IO, Any

from openpyxl.cell import Cell
from openpyxl.worksheet.worksheet import Worksheet

from dashboard.reports.cells import Losses, Written, text
from dashboard.reports.sheets import Column, Kind, Office, Row, Table
from dashboard.reports.styles import Styles, styles

PAGE_PIXELS = {"A4": 1026, "F4": 1151}  # between the margins, at 96 to the inch
PAGE_POINTS = {"A4": 485, "F4": 501}  # likewise, from top to bottom, less what programs differ by
PLAIN_POINTS = 13.5  # of a row without a height of its own
LARGEST_ZOOM = 2.0
LINE_POINTS = 12  # of the table's type
LETTERS_A_WIDTH = 1.1  # 1.3 of the table's type stand side by side, but words do not break
NARROWEST: dict[Kind, float] = {
    "date": 10,
    "moment": 15,
    "integer": 6,
    "number": 8,
    "percent": 8,
    "duration": 8,
}


@dataclass
class Page:
    """`row` is the next free one; `columns` are the sheet's, as wide as they will be; `on_paper` is the page it is on.

    The rows of the table are not cells of `worksheet`: their markup goes to `markup`, and `body` says which they are.
    """

    worksheet: Worksheet
    sheet: Table
    office: Office
    markup: IO[bytes]
    losses: Losses = field(default_factory=Losses)
    row: int = 1
    body: range = range(0)
    on_paper: int = 1

    def __post_init__(self) -> None:
        paper = PAGE_PIXELS[self.office.paper]
        pieces = self.sheet.pieces()
        first = next(pieces, ())
        self.rows: Iterator[Row] = chain(first, chain.from_iterable(pieces))  # of the table, in its order
        self.columns = _fitted(self.sheet.columns, first, paper)
        self.zoom = min(LARGEST_ZOOM, max(1.0, self.pixels / paper))
        self.styles: Styles = styles(self.worksheet, self.zoom)
        self._length = PAGE_POINTS[self.office.paper] * max(1.0, self.pixels / paper)
        self._filled, self._repeated = 0.0, 0.0

    @property
    def pixels(self) -> float:
        """The width of the table on a screen."""
        return pixels(self.columns)

    @property
    def width(self) -> int:
        """The number of columns."""
        return len(self.columns)

    def put(self, row: int, column: int, content: Written, style: Any) -> None:
        """Set one cell, whatever it held."""
        cell = Cell(self.worksheet, row=row, column=column)
        cell._value, cell.data_type, cell._style = content.value, content.data_type, style
        self.worksheet._cells[row, column] = cell

    def style_id(self, style: Any) -> int:
        """The number of a look in the file."""
        return int(self.worksheet.parent._cell_styles.add(style))

    def across(self, words: str, style: Any, line_points: float, *, first: int = 1) -> None:
        """Write the next row: words over the columns from `first` on, in as many lines as they need."""
        letters = sum(column.width for column in self.columns[first - 1 :])
        points = line_points * self.zoom
        lines = sum(ceil(len(line) * points / 14 / letters) or 1 for line in words.split("\n"))
        self.put(self.row, first, text(words, self.losses), style)
        if self.width > first:
            self.worksheet.merge_cells(
                start_row=self.row, end_row=self.row, start_column=first, end_column=self.width
            )
        self.gap(points * lines)

    def gap(self, points: float) -> None:
        """Give the next row a height and go on below it."""
        self.worksheet.row_dimensions[self.row].height = points
        self.row += 1
        self.flow(points)

    def heighten(self, row: int, points: float) -> None:
        """Make the row written last at least so high."""
        more = points - (self.worksheet.row_dimensions[row].height or 0)
        if more > 0:
            self.worksheet.row_dimensions[row].height = points
            self.flow(more)

    def flow(self, points: float) -> None:
        """Take note of a row of that height: where it finds no room it stands on the next page of the paper."""
        if self._filled + points > self._length and self._filled > self._repeated:
            self.on_paper += 1
            self._filled = self._repeated
        self._filled += points

    @property
    def is_crowded(self) -> bool:
        """Whether what stands last on this page may find no room there on another machine.

        Programs differ by a little in the heights of rows, which adds up over pages.
        """
        return self._filled > self._length * (0.95 if self.on_paper == 1 else 0.85)

    @property
    def is_begun(self) -> bool:
        """Whether so little stands on this page, and it is not the first, that it may stand on the one before."""
        drift = min(0.5, 0.06 * self.on_paper)
        return self.on_paper > 1 and self._filled - self._repeated < self._length * drift

    def repeat(self, points: float) -> None:
        """Count a row of that height at the head of every further page."""
        self._repeated = points


def pixels(columns: Sequence[Column]) -> float:
    """The width of columns on a screen."""
    return sum(7 * column.width + 5 for column in columns)


def _fitted(columns: tuple[Column, ...], rows: Sequence[Row], paper: float) -> tuple[Column, ...]:
    """The columns narrowed as far as the paper asks for it and what stands in them allows."""
    too_wide = pixels(columns) - paper
    if too_wide <= 0 or not rows:
        return columns
    values = zip(*rows, strict=True)
    least = [_least_width(column, found) for column, found in zip(columns, values, strict=True)]
    spare = 7 * sum(column.width - width for column, width in zip(columns, least, strict=True))
    share = min(1.0, too_wide / spare) if spare else 0
    return tuple(
        replace(column, width=column.width - share * (column.width - width))
        for column, width in zip(columns, least, strict=True)
    )


def _least_width(column: Column, values: Sequence[object]) -> float:
    """Room for the longest text and the longest word of the title, at most what the column may have."""
    title = max((len(word) for word in column.title.split()), default=0) + 1
    texts = {value for value in values if isinstance(value, str)}
    longest = max((len(line) for value in texts for line in value.split("\n")), default=0)
    return min(column.width, max(NARROWEST.get(column.kind, 0), title, longest / LETTERS_A_WIDTH + 1))
