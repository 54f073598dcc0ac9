"""The rows of a table, which go past openpyxl: the same cells as its own, in pieces, from the disk, in any process."""

import hashlib
import os
import random
import subprocess
import sys
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from io import BytesIO
from pathlib import Path
from tempfile import SpooledTemporaryFile

import openpyxl
import pandas as pd
import pytest
from openpyxl.worksheet.worksheet import Worksheet

from dashboard.reports import body as body_markup
from dashboard.reports import workbook as workbook_file
from dashboard.reports.cells import Losses, written
from dashboard.reports.page import Page
from dashboard.reports.sheets import Column, Kind, LongTable, Row, Sheet, Workbook
from dashboard.reports.workbook import write, write_register
from dashboard.text import in_language
from tests.unit.test_workbook import (
    COMPLIANCE,
    FORMULAS,
    HEADING,
    MADE_AT,
    STEPS,
    body,
    header_row,
    office,
    reopened,
    sheet,
    words_of,
    workbook,
    xml_of,
)

ALL_KINDS: dict[str, Kind] = {
    "words": "text", "story": "long_text", "day": "date", "at": "moment", "count": "integer", "size": "number",
    "share": "percent", "took": "duration",
}  # fmt: skip


def mixed(count: int) -> list[tuple[object, ...]]:
    """Rows of all kinds with gaps, repeated and single values, hostile text, and tall rows."""
    draw = random.Random(14)
    words = (*FORMULAS, "<a&b>", " kosong di tepi ", "satu\ndua", "x" * 300, "a\x00b", "", "_x0041_", "é😀")
    rows = []
    for number in range(count):
        row = (
            draw.choice(words),
            f"{draw.choice(words)} {number}",
            date(2026, 1, 1) + timedelta(days=draw.randrange(700)),
            datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=draw.randrange(10**6)),
            draw.randrange(10**6),
            draw.random() * 1000,
            draw.random(),
            draw.randrange(10**4),
        )
        rows.append(tuple(None if draw.random() < 0.1 else value for value in row))
    return rows


def seen(worksheet: Worksheet, rows: range) -> list[tuple[object, ...]]:
    """All that a reader can see of these rows."""
    return [
        (
            worksheet.row_dimensions[cell.row].height, cell.coordinate, cell.value, cell.data_type, cell.number_format,
            cell.font.b, cell.fill.start_color.rgb, cell.border.left.style, cell.alignment.horizontal,
            cell.alignment.wrap_text, cell.quotePrefix,
        )
        for row in worksheet.iter_rows(min_row=rows.start, max_row=rows.stop - 1)
        for cell in row
    ]  # fmt: skip


def test_rows_are_those_that_openpyxl_would_have_written():
    made = sheet(ALL_KINDS, mixed(400), total=True)
    ours = reopened(made)
    book = openpyxl.Workbook()
    with SpooledTemporaryFile() as markup:
        page = Page(book.active, sheet=made, office=office(), markup=markup)
        first = header_row(ours) + 1
        for number, record in enumerate(page.rows, first):
            tall = 1
            for place, (column, value) in enumerate(zip(page.columns, record, strict=True), 1):
                content = written(value, column.kind, Losses())
                is_sum = number == first + 399
                page.put(number, place, content, page.styles.body[column.kind, is_sum, content.quoted])
                tall = max(tall, lines_needed(value, column.width))
            if tall > 1:
                book.active.row_dimensions[number].height = 12 * min(tall, 33) + 3
        file = BytesIO()
        book.save(file)
    theirs = openpyxl.load_workbook(file).active
    rows = range(first, first + 400)
    assert seen(ours, rows) == seen(theirs, rows)


def lines_needed(value: object, width: float) -> int:
    if not isinstance(value, str):
        return 1
    return sum(len(list(cut(line, int(width * 1.1)))) for line in value.split("\n"))


def cut(line: str, letters: int) -> Iterator[str]:
    """The lines themselves."""
    held: str | None = None
    for word in line.split(" "):
        if held is not None and len(held) + 1 + len(word) > letters:
            yield held
            held = None
        held = word if held is None else f"{held} {word}"
        while len(held) > letters and held == word:
            yield word[:letters]
            held = word = word[letters:]
    yield held or ""


def test_comparison_of_rows_bites():
    honest = reopened(sheet({"a": "text"}, [("1",), ("=2",)]))
    other = reopened(sheet({"a": "text"}, [("1",), ("2",)]))
    rows = range(header_row(honest) + 1, header_row(honest) + 3)
    assert seen(honest, rows) != seen(other, rows)


def long_table(pieces: list[list[Row]], width: float = 14) -> LongTable:
    columns = (Column("a", "A", "text", width), Column("n", "N", "integer", 10))
    return LongTable(name="Daftar", heading=HEADING, columns=columns, rows=iter(pieces))


def one_sheet(content: bytes) -> Worksheet:
    return openpyxl.load_workbook(BytesIO(content)).worksheets[0]


def test_a_table_in_pieces_is_the_same_file_as_in_one():
    rows: list[Row] = [(f"nomor {number}", number) for number in range(5000)]
    pieces = [rows[place : place + 700] for place in range(0, 5000, 700)]
    whole, cut = (
        write_register("Daftar", long_table(given), office(), made_at=MADE_AT) for given in ([rows], pieces)
    )
    assert whole == cut
    worksheet = one_sheet(cut)
    assert body(worksheet, 2, 5000) == list(range(5000))
    assert worksheet.auto_filter.ref == f"A{header_row(worksheet)}:B{header_row(worksheet) + 5000}"
    assert f'<dimension ref="A1:B{header_row(worksheet) + 5000}"/>' in xml_of(cut, "xl/worksheets/sheet1.xml")


def test_text_after_the_first_piece_breaks_its_lines_and_no_row_is_held():
    held: list[int] = []

    def pieces() -> Iterator[Sequence[Row]]:
        for number in range(4):
            held.append(number)
            yield [("kata " * 40 * number, number)]

    table = LongTable(name="Daftar", heading=HEADING, columns=long_table([]).columns, rows=pieces())
    with SpooledTemporaryFile() as markup:
        Page(openpyxl.Workbook().active, sheet=table, office=office(), markup=markup)
        assert held == [0]  # only what the widths are fitted to was taken
    worksheet = one_sheet(write_register("Daftar", long_table(
        [[("pendek", 1)], [("kata " * 40, 2)]]
    ), office(), made_at=MADE_AT))  # fmt: skip
    row = header_row(worksheet) + 1
    assert worksheet.row_dimensions[row].height is None
    assert worksheet.row_dimensions[row + 1].height >= 12 * 200 / (14 * 1.3)


@pytest.mark.parametrize("pieces", [[], [[]], [[], [("x", 1)]]])
def test_pieces_may_be_empty(pieces: list[list[Row]]):
    worksheet = one_sheet(write_register("Daftar", long_table(pieces), office(), made_at=MADE_AT))
    expected = ["x"] if any(pieces) else ["NIHIL"]
    assert body(worksheet, 1, 1) == expected


def test_rows_below_the_end_of_a_sheet_are_counted(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(body_markup, "LAST_ROW", 100)
    monkeypatch.setattr(body_markup, "ROOM_BELOW", 20)
    rows: list[Row] = [("x", number) for number in range(200)]
    with in_language("en"):
        worksheet = one_sheet(write_register("Daftar", long_table([rows]), office(), made_at=MADE_AT))
    kept = 80 - header_row(worksheet)
    assert body(worksheet, 2, kept + 1) == [*range(kept), None]
    assert any(words.startswith(f"{200 - kept} rows are missing") for words in words_of(worksheet))
    assert worksheet.max_row <= 100


def test_a_table_on_the_disk_is_the_same_file_as_in_memory(monkeypatch: pytest.MonkeyPatch):
    book = workbook(sheet(ALL_KINDS, mixed(300)), sheet(COMPLIANCE, STEPS, chart="compliance"))
    in_memory = write(book, made_at=MADE_AT)
    monkeypatch.setattr(workbook_file, "IN_MEMORY", 1)
    monkeypatch.setattr(workbook_file, "PIECE", 7)
    assert write(book, made_at=MADE_AT) == in_memory


def test_a_value_is_remembered_as_what_it_is_and_its_loss_is_counted_each_time():
    frame = pd.DataFrame({"a": [1, True, "1", "a\x00b", "a\x00b"]}, dtype=object)
    columns = (Column("a", "A", "text", 20),)
    with in_language("en"):
        worksheet = reopened(Sheet(name="Matriks", heading=HEADING, columns=columns, frame=frame))
    assert body(worksheet, 1, 5) == ["1", "True", "1", "a\ufffdb", "a\ufffdb"]
    assert any(words.startswith("2 characters that") for words in words_of(worksheet))


def test_memory_of_values_ends(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(body_markup, "REMEMBERED", 3)
    rows: list[Row] = [(f"x{number % 7}", number) for number in range(50)]
    worksheet = one_sheet(write_register("Daftar", long_table([rows]), office(), made_at=MADE_AT))
    assert body(worksheet, 1, 50) == [f"x{number % 7}" for number in range(50)]


def test_text_cannot_leave_its_cell():
    texts = ['</t></is></c></row><row r="1">', "]]>", "&lt;", "<!-- -->", '"', "'"]
    assert body(reopened(sheet({"a": "text"}, [(text,) for text in texts])), 1, 6) == texts


def file_of_another_process(seed: str) -> str:
    """The hash of the same file made by a process with other hashes of strings."""
    program = (
        "import hashlib; from tests.unit.test_workbook_rows import *; "
        "print(hashlib.sha256(write(example(), made_at=MADE_AT)).hexdigest())"
    )
    answer = subprocess.run(
        [sys.executable, "-c", program],
        env={**os.environ, "PYTHONHASHSEED": seed},
        cwd=Path(__file__).parent.parent.parent,
        check=True,
        capture_output=True,
        text=True,
    )
    return answer.stdout.strip()


def example() -> Workbook:
    return workbook(sheet(ALL_KINDS, mixed(30)), sheet(COMPLIANCE, STEPS, chart="compliance", total=True))


def test_every_process_makes_the_same_file():
    here = hashlib.sha256(write(example(), made_at=MADE_AT)).hexdigest()
    assert {file_of_another_process(seed) for seed in ("1", "2")} == {here}


@pytest.mark.parametrize(
    ("line", "letters", "lines"),
    [
        ("", 10, 1),
        ("sepuluh ab", 10, 1),
        ("sepuluh abc", 10, 2),
        ("Anggota KPU Divisi Hukum dan Pengawasan", 13, 4),
        ("abcdefghijklmnopqrst", 10, 2),
        ("abcdefghijklmnopqrstu", 10, 3),
        ("ab abcdefghijklmnopqrst ab", 10, 4),
        ("ab abcdefghijklmnop ab", 10, 3),
    ],
)
def test_a_narrow_column_takes_whole_words_to_a_line(line: str, letters: int, lines: int):
    assert body_markup.wrapped(line, letters) == lines
