"""Hostile text in every text column of every workbook: nothing computes, nothing is lost without a mark.

The columns are those of the real reports and registers of both SOPs; their rows are replaced by what somebody hostile,
careless or merely foreign would type. The file is read twice: by openpyxl, and as the XML that Excel and LibreOffice
read, because a reader can be kinder than they are.
"""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import openpyxl
import pandas as pd
import pytest
from lxml import etree
from openpyxl.worksheet.worksheet import Worksheet

from dashboard import periods
from dashboard.reports import register_sheet, semester
from dashboard.reports.cells import LONGEST
from dashboard.reports.register_sheet import Picked
from dashboard.reports.sheets import Column, Sheet
from dashboard.reports.workbook import write, write_register
from dashboard.text import in_language
from models.sop import FieldType
from tests import factories
from tests.conftest import NOW, sqlite_database
from tests.factories import Office, office_in, sop
from tests.unit.test_workbook import FORMULAS, header_row
from tests.unit.test_workbook import office as letterhead

CODES = ("pengaduan", "pengawalan")
SPREADSHEET = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
KEPT = (
    *FORMULAS,
    "0012",
    "081234567890",
    "2026-11-20T02:00:00+00:00",
    "20/11/2026 09.00",
    "<b>tebal</b> & </t></is></c></row>",
    "]]>",
    " spasi di depan dan di belakang ",
    "baris\nbaris\tdan tab",
    "_x0041_ dan _x000D_",
    "\u202egnp.exe\u202c",
    "مرحبا 👩‍👩‍👧 Žluťoučký",
)
CONTROLS = ("a\x00b", "a\x01b\x02c", "a\x0bb\x0c", "\x1b[31m", "a\x85b", "a\ud800b", "a\uffffb")
TOO_LONG = ("a" * 40_000, "😀" * 20_000, "_x0041_" * 6_000, "=" + "1+" * 20_000)
TYPED = (*KEPT, *CONTROLS, *TOO_LONG)
LOST_LETTERS = sum(
    len(re.findall("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\uffff]", text)) for text in CONTROLS
)
OTHERS: dict[str, object] = {
    "date": date(2026, 11, 20),
    "moment": datetime(2026, 11, 20, 2, 0, tzinfo=UTC),
    "integer": 7,
    "number": 7.25,
    "percent": 0.875,
    "duration": 450,
}


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    with sqlite_database(tmp_path_factory.mktemp("safe") / "patuh.db") as made:
        factories.prepare_office(made)
        office = office_in(made)
        for code in CODES:
            factories.open_one(office, code)
        yield office


def is_text(column: Column) -> bool:
    return column.kind in ("text", "long_text")


def hostile(sheet: Sheet) -> Sheet:
    """The same sheet with what was typed in each text column, and something honest in the others."""
    rows = [
        {column.key: text if is_text(column) else OTHERS[column.kind] for column in sheet.columns}
        for text in TYPED
    ]
    return replace(sheet, frame=pd.DataFrame(rows, dtype=object), total=False)


def reports(office: Office, code: str) -> tuple[tuple[Sheet, ...], bytes]:
    months = periods.of_semester(2026, 2)
    with in_language("en"), office.reading() as connection:
        book = semester.build(connection, actor=office.sekretaris, sop=sop(code), months=months, as_of=NOW)
        book = replace(book, sheets=tuple(hostile(sheet) for sheet in book.sheets))
        return book.sheets, write(book, made_at=NOW)


def registers(code: str) -> bytes:
    of = sop(code)
    table_fields = [field for field in of.fields if field.in_table and field.key != of.subject_field]
    honest = {
        FieldType.DATE: "2026-11-20",
        FieldType.DATETIME: "2026-11-20T02:00:00+00:00",
        FieldType.NUMBER: 7,
    }
    cases = [
        Picked(
            "running",
            text,
            text,
            NOW,
            text,
            (text,),
            NOW,
            tuple(honest.get(f.type, text) for f in table_fields),
        )
        for text in TYPED
    ]
    with in_language("en"):
        table = register_sheet.table([cases], of, verdicts={"running": "=1+1"}, as_of=NOW)
        return write_register("=1+1", table, letterhead(), made_at=NOW)


def body(worksheet: Worksheet, column: int) -> list[Any]:
    first = header_row(worksheet) + 1
    return [worksheet.cell(row, column) for row in range(first, first + len(TYPED))]


def formulas_in(content: bytes) -> list[str]:
    """Whatever Excel would compute: every <f> of every part but the rules of colours and charts, and typed "str"."""
    found = []
    with ZipFile(BytesIO(content)) as archive:
        for name in archive.namelist():
            if name.startswith("xl/worksheets/sheet"):
                tree = etree.fromstring(archive.read(name))
                found += [
                    name for cell in tree.iter(f"{SPREADSHEET}c") if cell.find(f"{SPREADSHEET}f") is not None
                ]
                found += [name for cell in tree.iter(f"{SPREADSHEET}c") if cell.get("t") == "str"]
    return found


def check_column(cells: list[Any]) -> None:
    """One text column holds what was typed, as text, and marks what it could not hold."""
    assert {cell.data_type for cell in cells} == {"s"}
    texts = [str(cell.value) for cell in cells]
    guarded = [text.replace("_x", "_x005F_x") if "_x00" in text else text for text in KEPT]
    assert texts[: len(KEPT)] == guarded
    assert all("\ufffd" in text for text in texts[len(KEPT) : len(KEPT) + len(CONTROLS)])
    for text in texts[-len(TOO_LONG) :]:
        assert text.endswith("… [cut]")
        assert len(text.encode("utf-16-le")) // 2 <= LONGEST
    assert all(cell.quotePrefix for cell in cells if str(cell.value)[0] in "=+-@\t")


@pytest.mark.parametrize("code", CODES)
def test_no_text_of_a_report_computes_or_gets_lost(office: Office, code: str) -> None:
    sheets, content = reports(office, code)
    assert formulas_in(content) == []
    book = openpyxl.load_workbook(BytesIO(content))
    text_columns = 0
    for sheet, worksheet in zip(sheets, book.worksheets, strict=True):
        places = [place for place, column in enumerate(sheet.columns, 1) if is_text(column)]
        for place in places:
            check_column(body(worksheet, place))
        for place, column in enumerate(sheet.columns, 1):
            if column.kind == "moment":
                assert {cell.value for cell in body(worksheet, place)} == {datetime(2026, 11, 20, 9, 0)}
        text_columns += len(places)
        confessed = [str(cell.value) for row in worksheet.iter_rows() for cell in row if cell.value]
        assert f"{LOST_LETTERS * len(places)} characters" in " ".join(confessed), worksheet.title
        assert f"{len(TOO_LONG) * len(places)} texts" in " ".join(confessed), worksheet.title
    assert text_columns > 15
    assert len(sheets) >= 5


@pytest.mark.parametrize("code", CODES)
def test_no_text_of_a_register_computes_or_gets_lost(code: str) -> None:
    content = registers(code)
    assert formulas_in(content) == []
    worksheet = openpyxl.load_workbook(BytesIO(content)).worksheets[0]
    for place in (2, 3, 5, 6):  # number, subject, status, step
        check_column(body(worksheet, place))
    assert {cell.value for cell in body(worksheet, 1)} == {"=1+1"}
    assert {cell.value for cell in body(worksheet, 4)} == {datetime(2026, 11, 20)}
    assert {cell.value for cell in body(worksheet, 7)} == {datetime(2026, 11, 20, 9, 0)}
    for cells in (body(worksheet, place) for place in range(8, worksheet.max_column + 1)):
        if {cell.data_type for cell in cells} == {"d"}:  # a moment of the form
            assert {cell.value for cell in cells} == {datetime(2026, 11, 20, 9, 0)}
        else:
            check_column(cells)


def test_search_for_live_cells_bites(tmp_path: Path) -> None:
    """The twin: the same texts by openpyxl's own hand."""
    book = openpyxl.Workbook()
    for text in FORMULAS:
        book.active.append([text])
    book.save(tmp_path / "live.xlsx")
    assert len(formulas_in((tmp_path / "live.xlsx").read_bytes())) >= 10
