"""Sheets into an .xlsx file, the same bytes for the same input.

`made_at` is the aware moment the file says it was made, in its properties and its entries. Nothing here reads a clock,
so a report can be made again and compared with the one that was issued. The properties name the program, no person.
"""

from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

import openpyxl
from openpyxl.writer.excel import ExcelWriter

from dashboard.reports.cells import printable
from dashboard.reports.layout import lay_out
from dashboard.reports.page import Page
from dashboard.reports.sheets import Office, Sheet, Workbook

CREATOR = "Patuh"


def write(workbook: Workbook, *, made_at: datetime) -> bytes:
    """Return the file of a report, each sheet with letterhead and signature."""
    return _file(workbook, signed=True, made_at=made_at)


def write_register(
    title: str, sheet: Sheet, office: Office, *, footer_left: str = "", made_at: datetime
) -> bytes:
    """Return the file of one table as it was shown on screen, without a signature."""
    workbook = Workbook(office=office, title=title, sheets=(sheet,), footer_left=footer_left, signed_on="")
    return _file(workbook, signed=False, made_at=made_at)


def _file(workbook: Workbook, *, signed: bool, made_at: datetime) -> bytes:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for sheet in workbook.sheets:
        page = Page(book.create_sheet(sheet.name), sheet=sheet, office=workbook.office)
        lay_out(page, footer_left=workbook.footer_left, signed_on=workbook.signed_on if signed else None)
    moment = made_at.astimezone(UTC).replace(tzinfo=None)
    properties = book.properties
    properties.creator = properties.lastModifiedBy = CREATOR
    properties.title = printable(workbook.title)
    properties.created = properties.modified = moment
    buffer = BytesIO()
    ExcelWriter(
        book, _Archive(buffer, moment)
    ).save()  # Workbook.save would put the clock into the properties
    return buffer.getvalue()


class _Archive(ZipFile):
    """A zip file whose entries all carry the moment it was made (UTC), not that of their writing."""

    def __init__(self, buffer: BytesIO, moment: datetime) -> None:
        super().__init__(buffer, "w", ZIP_DEFLATED)
        self._entry_time = moment.timetuple()[:6]

    def writestr(self, zinfo_or_arcname: Any, data: Any, *args: Any, **kwargs: Any) -> None:
        entry = ZipInfo(zinfo_or_arcname, self._entry_time)
        entry.compress_type = ZIP_DEFLATED
        super().writestr(entry, data, *args, **kwargs)

    def write(self, filename: Any, arcname: Any = None, *args: Any, **kwargs: Any) -> None:
        self.writestr(arcname, Path(filename).read_bytes(), *args, **kwargs)
