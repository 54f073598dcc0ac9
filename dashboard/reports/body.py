"""The rows of a table as the markup of a sheet, written past openpyxl's cells.

Decided 2026-11. openpyxl makes an object of each cell and elements of each object; for 10,000 cases that took 4.4 s of
the 6.3 s of a whole report. So openpyxl writes everything of a sheet but these rows, and `workbook` puts them in their
place. What a value becomes is still said by `cells.written` alone; here it is only spelled. The rows go to a temporary
file, because what stands above them in the file (widths, size) and below (what was lost) is known when they are done.
"""

from collections.abc import Iterator
from math import ceil
from xml.sax.saxutils import escape

from openpyxl.compat import safe_string
from openpyxl.utils import get_column_letter
from openpyxl.utils.datetime import to_excel

from dashboard.reports.cells import Written, written
from dashboard.reports.page import LETTERS_A_WIDTH, LINE_POINTS, PLAIN_POINTS, Page
from dashboard.reports.sheets import Column, Row

LAST_ROW = 1_048_576  # of a sheet of Excel
ROOM_BELOW = 60  # rows for what stands below a table
MOST_LINES = 33  # Excel's highest row is 409 points
REMEMBERED = 4096  # values of a column: most columns hold few, and those with many gain nothing
ROWS_AT_ONCE = 1000
FEW_LETTERS = 30  # in a narrower column the words that do not fit beside each other count


def write_body(page: Page) -> None:
    """Write the table's rows from `page.row` on and go on below them; `page.body` says where they stand.

    What is below Excel's last row is not written and counted in the page's losses.
    """
    first, lines = page.row, []
    plain = [_Cells(page, column, total=False) for column in page.columns]
    bold = [_Cells(page, column, total=True) for column in page.columns]
    addresses = [f'<c r="{get_column_letter(place)}' for place in range(1, page.width + 1)]
    for record, is_last in _with_last(page.rows):
        if page.row > LAST_ROW - ROOM_BELOW:
            page.losses.left_out += 1
            continue
        markup, points = _row(page.row, record, bold if is_last and page.sheet.total else plain, addresses)
        lines.append(markup)
        page.flow(points)
        page.row += 1
        if len(lines) == ROWS_AT_ONCE:
            page.markup.write("".join(lines).encode())
            lines.clear()
    page.markup.write("".join(lines).encode())
    page.body = range(first, page.row)


def _with_last(rows: Iterator[Row]) -> Iterator[tuple[Row, bool]]:
    """Each row, and whether it is the last."""
    row = next(rows, None)
    while row is not None:
        following = next(rows, None)
        yield row, following is None
        row = following


def _row(number: int, record: Row, cells: list["_Cells"], addresses: list[str]) -> tuple[str, float]:
    """The markup of a row and its height."""
    lines, parts = 1, []
    for address, column, value in zip(addresses, cells, record, strict=True):
        content, needed = column[value]
        parts.append(f"{address}{number}{content}")
        if needed > lines:
            lines = needed
    if lines == 1:
        return f'<row r="{number}">{"".join(parts)}</row>', PLAIN_POINTS
    points = LINE_POINTS * min(lines, MOST_LINES) + 3
    return f'<row r="{number}" ht="{points}" customHeight="1">{"".join(parts)}</row>', points


class _Cells(dict[object, tuple[str, int]]):
    """The cells of one column by their value: the markup after the cell's address, and how many lines it needs.

    A value is remembered unless something of it was lost, which is to be counted each time it stands in a cell.
    """

    def __init__(self, page: Page, column: Column, *, total: bool) -> None:
        super().__init__()
        self._page, self._column, self._total = page, column, total
        self._letters = column.width * LETTERS_A_WIDTH
        self._is_text = column.kind in ("text", "long_text")
        self._styles: dict[bool, int] = {}

    def __missing__(self, value: object) -> tuple[str, int]:
        """Spell a value that is new to the column."""
        losses = self._page.losses
        before = losses.count
        content = written(value, self._column.kind, losses)
        made = f'" s="{self._style(content.quoted)}"{_spelled(content)}', self._lines(value)
        # of text only text: 1 and True are one key, but not one word
        lasting = losses.count == before and (isinstance(value, str) or not self._is_text)
        if lasting and len(self) < REMEMBERED:
            self[value] = made
        return made

    def _style(self, quoted: bool) -> int:  # noqa: FBT001 - of the content
        if quoted not in self._styles:
            look = self._page.styles.body[self._column.kind, self._total, quoted]
            self._styles[quoted] = self._page.style_id(look)
        return self._styles[quoted]

    def _lines(self, value: object) -> int:
        """How many lines a text needs in its column."""
        if not isinstance(value, str) or (len(value) <= self._letters and "\n" not in value):
            return 1
        if self._letters > FEW_LETTERS:
            return sum(ceil(len(line) / self._letters) or 1 for line in value.split("\n"))
        return sum(wrapped(line, int(self._letters)) for line in value.split("\n"))


def wrapped(line: str, letters: int) -> int:
    """How many lines a line takes where so many letters fit: whole words, and longer ones cut."""
    lines, room = 1, letters
    for word in line.split(" "):
        length = len(word)
        if length > room:
            lines += room < letters
            room = letters
            while length > letters:
                lines += 1
                length -= letters
        room -= length + 1
    return lines


def _spelled(content: Written) -> str:
    value = content.value
    if value is None:
        return "/>"
    if content.data_type == "s":
        words = str(value)
        space = ' xml:space="preserve"' if words != words.strip() else ""
        return f' t="inlineStr"><is><t{space}>{escape(words)}</t></is></c>'
    return f"><v>{safe_string(to_excel(value)) if content.data_type == 'd' else value}</v></c>"
