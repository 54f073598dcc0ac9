"""Sheets into an .xlsx file, the same bytes for the same input.

`made_at` is the aware moment the file says it was made, in its properties and its entries. Nothing here reads a clock,
so a report can be made again and compared with the one that was issued. The properties name the program, no person.
"""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from io import BytesIO
from itertools import chain
from tempfile import SpooledTemporaryFile
from typing import IO, Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

import openpyxl
from openpyxl.drawing.spreadsheet_drawing import SpreadsheetDrawing
from openpyxl.utils import get_column_letter
from openpyxl.worksheet._writer import WorksheetWriter
from openpyxl.worksheet.dimensions import SheetDimension
from openpyxl.worksheet.worksheet import Worksheet
from openpyxl.writer.excel import ExcelWriter

from dashboard.reports.cells import printable
from dashboard.reports.layout import lay_out
from dashboard.reports.page import Page
from dashboard.reports.sheets import Office, Table, Workbook
from dashboard.reports.styles import use_office_font

CREATOR = "Patuh"
IN_MEMORY = 4 * 2**20  # bytes of a table's markup; what is longer goes to the disk
PIECE = 2**18


def write(workbook: Workbook, *, made_at: datetime) -> bytes:
    """Return the file of a report, each sheet with letterhead and signature."""
    file = BytesIO()
    paper = _Paper(workbook.office, workbook.title, workbook.footer_left, workbook.signed_on)
    _write(file, workbook.sheets, paper, made_at=made_at)
    return file.getvalue()


def write_register(
    title: str, sheet: Table, office: Office, *, footer_left: str = "", made_at: datetime
) -> bytes:
    """Return the file of one table as it was shown on screen, without a signature."""
    file = BytesIO()
    write_register_into(file, title, sheet, office, footer_left=footer_left, made_at=made_at)
    return file.getvalue()


def write_register_into(
    file: IO[bytes], title: str, sheet: Table, office: Office, *, footer_left: str = "", made_at: datetime
) -> None:
    """As `write_register`, into a file that can be sought in."""
    _write(file, (sheet,), _Paper(office, title, footer_left, signed_on=None), made_at=made_at)


def write_tables(title: str, sheets: Sequence[Table], office: Office, *, made_at: datetime) -> bytes:
    """Return the file of several tables as they were shown on screen, without a signature."""
    file = BytesIO()
    _write(file, sheets, _Paper(office, title, "", signed_on=None), made_at=made_at)
    return file.getvalue()


@dataclass(frozen=True, slots=True)
class _Paper:
    """What all sheets of a file have in common."""

    office: Office
    title: str
    footer_left: str
    signed_on: str | None


def _write(file: IO[bytes], sheets: Sequence[Table], paper: _Paper, *, made_at: datetime) -> None:
    book = openpyxl.Workbook()
    book.remove(book.active)
    use_office_font(book)
    moment = made_at.astimezone(UTC).replace(tzinfo=None)
    properties = book.properties
    properties.creator = properties.lastModifiedBy = CREATOR
    properties.title = printable(paper.title)
    properties.created = properties.modified = moment
    with ExitStack() as opened:
        pages = []
        for sheet in sheets:
            markup = opened.enter_context(SpooledTemporaryFile(max_size=IN_MEMORY))
            page = Page(book.create_sheet(sheet.name), sheet=sheet, office=paper.office, markup=markup)
            lay_out(page, footer_left=paper.footer_left, signed_on=paper.signed_on)
            pages.append(page)
        archive = opened.enter_context(_Archive(file, moment))
        # Workbook.save would put the clock into the properties
        _Writer(book, archive, pages).save()


class _Archive(ZipFile):
    """A zip file whose entries all carry the moment it was made (UTC), not that of their writing."""

    def __init__(self, file: IO[bytes], moment: datetime) -> None:
        super().__init__(file, "w", ZIP_DEFLATED)
        self._entry_time = moment.timetuple()[:6]

    def _entry(self, name: str) -> ZipInfo:
        entry = ZipInfo(name, self._entry_time)
        entry.compress_type = ZIP_DEFLATED
        return entry

    def writestr(self, zinfo_or_arcname: Any, data: Any, *args: Any, **kwargs: Any) -> None:
        super().writestr(self._entry(zinfo_or_arcname), data, *args, **kwargs)

    def write_pieces(self, name: str, pieces: Iterator[bytes]) -> None:
        """Write one entry piece by piece."""
        with self.open(self._entry(name), "w") as entry:
            for piece in pieces:
                entry.write(piece)


class _Writer(ExcelWriter):  # type: ignore[misc]  # openpyxl is not typed
    """openpyxl's writer, with the rows of the tables put into their sheets."""

    def __init__(self, book: openpyxl.Workbook, archive: _Archive, pages: Sequence[Page]) -> None:
        super().__init__(book, archive)
        self._pages = {id(page.worksheet): page for page in pages}

    def write_worksheet(self, ws: Worksheet) -> None:
        """Write one sheet's part; openpyxl calls this for each."""
        ws._drawing = SpreadsheetDrawing()
        ws._drawing.charts, ws._drawing.images = ws._charts, ws._images
        page = self._pages[id(ws)]
        writer = _SheetWriter(page)
        writer.write()
        ws._rels = writer._rels
        self._archive.write_pieces(ws.path[1:], _with_body(writer.out.getvalue(), page))
        self.manifest.append(ws)


class _SheetWriter(WorksheetWriter):  # type: ignore[misc]
    """One sheet but for the rows of its table."""

    def __init__(self, page: Page) -> None:
        super().__init__(page.worksheet, BytesIO())
        self._page = page

    def write_dimensions(self) -> None:
        """Say how far the sheet reaches, its table included."""
        last = max(self.ws.max_row, self._page.body.stop - 1)
        self.xf.send(SheetDimension(f"A1:{get_column_letter(self._page.width)}{last}").to_tree())


def _with_body(markup: bytes, page: Page) -> Iterator[bytes]:
    """The markup of a sheet with its table's rows before the row that follows them."""
    before, below, after = markup.partition(b'<row r="%d"' % page.body.stop if page.body else b"</sheetData>")
    page.markup.seek(0)
    return chain((before,), iter(lambda: page.markup.read(PIECE), b""), (below, after))
