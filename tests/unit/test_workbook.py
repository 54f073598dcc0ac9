"""Workbooks, opened again: text stays text, moments and shares come back as they were, every sheet can be signed."""

import random
import re
from datetime import UTC, date, datetime, timedelta
from io import BytesIO
from zipfile import ZipFile

import openpyxl
import pandas as pd
import pytest
from openpyxl.worksheet.worksheet import Worksheet

from dashboard.reports.cells import LONGEST, Losses, text, written
from dashboard.reports.sheets import Column, Kind, Office, Paper, Sheet, Workbook
from dashboard.reports.workbook import write, write_register
from dashboard.text import in_language

MADE_AT = datetime(2027, 1, 6, 2, 0, tzinfo=UTC)
HEADING = (
    "LAPORAN PENGADUAN MASYARAKAT SEMESTER II TAHUN 2026",
    "(Periode 1 Juli 2026 s.d. 31 Desember 2026)",
)
FORMULAS = (
    "=1+1",
    "=SUM(A1:A9)",
    '=HYPERLINK("http://x.example","klik")',
    "=cmd|' /C calc'!A0",
    "=DDE(\"cmd\";\"/C calc\";\"a\")",
    '=IMPORTXML("http://x.example","//a")',
    '=WEBSERVICE("http://x.example")',
    "=A1",
    "= 1+1",
    "=",
    "==1",
    "=-1",
    '=@SUM(1)',
    "=IF(TRUE,1,0)",
    "=[1]Sheet1!A1",
    "+1+1",
    "+62 812 3456 7890",
    "+cmd|' /C calc'!A0",
    "-1+1",
    "-5",
    "-cmd|' /C calc'!A0",
    "@SUM(1+1)",
    "@A1",
    "\t=1+1",
    "\n=1+1",
    " =1+1",
    "'=1+1",
    "{=1+1}",
    "#REF!",
    "TRUE",
    "1/2",
    "2026-07-01",
    "1E5",
    "081234567890",
)  # fmt: skip


def office(paper: Paper = "A4", **changes: str) -> Office:
    return Office(
        lines=("KOMISI PEMILIHAN UMUM", "KABUPATEN KEPULAUAN MENTAWAI", "Jl. Raya Tuapejat Km. 7"),
        seat="Tuapejat",
        signatory_title="SEKRETARIS",
        signatory_name=changes.get("signatory_name", "NAMA CONTOH"),
        signatory_id=changes.get("signatory_id", "19800908 200604 1 008"),
        paper=paper,
    )


def sheet(columns: dict[str, Kind], rows: list[tuple[object, ...]], **options: object) -> Sheet:
    return Sheet(
        name="Matriks",
        heading=HEADING,
        columns=tuple(Column(key, key.title(), kind, 14) for key, kind in columns.items()),
        frame=pd.DataFrame(rows, columns=list(columns), dtype=object),
        **options,  # type: ignore[arg-type]
    )


def workbook(*sheets: Sheet, paper: Paper = "A4", footer_left: str = "Dicetak oleh Sari") -> Workbook:
    return Workbook(
        office=office(paper),
        title=HEADING[0],
        sheets=sheets,
        footer_left=footer_left,
        signed_on="Tuapejat, 6 Januari 2027",
    )


def reopened(*sheets: Sheet, **options: str) -> Worksheet:
    book = openpyxl.load_workbook(BytesIO(write(workbook(*sheets, **options), made_at=MADE_AT)))  # type: ignore[arg-type]
    return book.worksheets[0]


def header_row(worksheet: Worksheet) -> int:
    return int(worksheet.print_title_rows.split("$")[1].split(":")[0])


def body(worksheet: Worksheet, column: int, count: int) -> list[object]:
    first = header_row(worksheet) + 1
    return [worksheet.cell(row, column).value for row in range(first, first + count)]


def words_of(worksheet: Worksheet) -> list[str]:
    return [str(cell.value) for row in worksheet.iter_rows() for cell in row if cell.value is not None]


def formula_cells(worksheet: Worksheet) -> list[str]:
    return [cell.coordinate for row in worksheet.iter_rows() for cell in row if cell.data_type == "f"]


def test_formulas_stay_text_in_every_text_column():
    worksheet = reopened(
        sheet({"text": "text", "long": "long_text"}, [(payload, payload) for payload in FORMULAS])
    )
    assert len(FORMULAS) >= 30
    assert formula_cells(worksheet) == []
    for column in (1, 2):
        assert body(worksheet, column, len(FORMULAS)) == list(FORMULAS)
        first = header_row(worksheet) + 1
        cells = [worksheet.cell(row, column) for row in range(first, first + len(FORMULAS))]
        assert {cell.data_type for cell in cells} == {"s"}
        marked = [str(cell.value) for cell in cells if cell.quotePrefix]
        assert marked == [payload for payload in FORMULAS if payload[0] in "=+-@\t"]


def test_openpyxl_alone_would_have_made_them_live():
    plain = openpyxl.Workbook()
    for payload in FORMULAS:
        plain.active.append([payload])
    assert len(formula_cells(plain.active)) >= 10


def test_formulas_stay_text_outside_the_table_too():
    payload = "=1+1"
    hostile = Sheet(
        name="Matriks",
        heading=(payload, payload),
        columns=(Column("a", payload, "text", 20), Column("b", payload, "text", 20)),
        frame=pd.DataFrame([{"a": "x", "b": "y"}]),
        notes=(payload,),
    )
    book = Workbook(
        office=Office((payload, payload, payload), payload, payload, payload, payload, "A4"),
        title=payload,
        sheets=(hostile,),
        footer_left=payload,
        signed_on=payload,
    )
    worksheet = openpyxl.load_workbook(BytesIO(write(book, made_at=MADE_AT))).worksheets[0]
    assert formula_cells(worksheet) == []
    assert words_of(worksheet).count(payload) >= 9


def test_numbers_as_text_keep_their_zeros():
    worksheet = reopened(sheet({"phone": "text"}, [("081234567890",), ("0012",)]))
    assert body(worksheet, 1, 2) == ["081234567890", "0012"]


@pytest.mark.parametrize(
    "text_in", ["a\x00b", "a\x0bb", "a\x1fb", "a\x7fb", "a\x85b", "a\ud800b", "a\uffffb"]
)
def test_what_a_sheet_cannot_hold_is_replaced_and_confessed(text_in: str):
    with in_language("en"):
        worksheet = reopened(sheet({"text": "text"}, [(text_in,), ("a\tb\nc",)]))
    assert body(worksheet, 1, 2) == ["a\ufffdb", "a\tb\nc"]
    assert any(words.startswith("1 character that") for words in words_of(worksheet))


def test_nothing_is_confessed_where_nothing_was_lost():
    with in_language("en"):
        worksheet = reopened(sheet({"text": "text"}, [("biasa",)], notes=("Catatan",)))
    assert not any("character" in words or "cut" in words for words in words_of(worksheet))


@pytest.mark.parametrize("letter", ["a", "😀", "_x0041_"])
def test_text_over_the_limit_ends_in_a_mark_and_is_confessed(letter: str):
    with in_language("en"):
        worksheet = reopened(sheet({"text": "long_text"}, [(letter * 40_000,), ("a" * LONGEST,)]))
        words = words_of(worksheet)
    cut, whole = (str(value) for value in body(worksheet, 1, 2))
    assert cut.endswith("… [cut]")
    assert LONGEST - 20 < len(cut.encode("utf-16-le")) // 2 <= LONGEST
    assert whole == "a" * LONGEST
    assert any(line.startswith("1 text was longer") for line in words)


def test_text_that_excel_would_read_as_an_escape_is_guarded():
    assert text("_x0041_ dan _x000D_", Losses()).value == "_x005F_x0041_ dan _x005F_x000D_"
    assert text("nilai_x dan _xyz_", Losses()).value == "nilai_x dan _xyz_"


def test_moments_are_written_as_the_clock_of_the_office():
    border = datetime(2026, 6, 30, 17, 0, tzinfo=UTC)
    worksheet = reopened(sheet({"at": "moment"}, [(border,), (pd.Timestamp(border),), (None,)]))
    assert body(worksheet, 1, 3) == [datetime(2026, 7, 1, 0, 0), datetime(2026, 7, 1, 0, 0), None]
    assert worksheet.cell(header_row(worksheet) + 1, 1).number_format == "dd/mm/yyyy hh:mm"


def test_a_pandas_column_of_moments_is_written_alike():
    frame = pd.DataFrame({"at": pd.to_datetime(["2026-12-31T17:00Z", None])})
    columns = (Column("at", "Tenggat", "moment", 17),)
    worksheet = reopened(Sheet(name="Matriks", heading=HEADING, columns=columns, frame=frame))
    assert body(worksheet, 1, 2) == [datetime(2027, 1, 1, 0, 0), None]


def test_dates_are_dates_of_excel():
    worksheet = reopened(sheet({"on": "date"}, [(date(2026, 7, 1),), (pd.NaT,)]))
    assert body(worksheet, 1, 2) == [datetime(2026, 7, 1), None]
    assert worksheet.cell(header_row(worksheet) + 1, 1).number_format == "dd/mm/yyyy"


@pytest.mark.parametrize(
    ("kind", "value", "error"),
    [
        ("date", "2026-07-01", TypeError),
        ("date", datetime(2026, 7, 1, tzinfo=UTC), TypeError),
        ("moment", date(2026, 7, 1), TypeError),
        ("moment", datetime(2026, 7, 1), ValueError),
        ("integer", "12", TypeError),
        ("percent", float("inf"), ValueError),
    ],
)
def test_a_value_of_the_wrong_kind_is_refused(kind: Kind, value: object, error: type[Exception]):
    with pytest.raises(error):
        written(value, kind, Losses())


@pytest.mark.parametrize("nothing", [None, float("nan"), pd.NaT, pd.NA])
@pytest.mark.parametrize("kind", ["text", "long_text", "date", "moment", "integer", "number", "duration"])
def test_nothing_is_an_empty_cell(kind: Kind, nothing: object):
    assert written(nothing, kind, Losses()).value is None


def test_a_share_of_nothing_is_a_dash():
    assert body(reopened(sheet({"rate": "percent"}, [(float("nan"),)])), 1, 1) == ["-"]


def shares() -> list[float]:
    draw = random.Random(2026)
    return [draw.randint(0, n) / n for n in (draw.randint(1, 999) for _ in range(1000))]


def test_shares_come_back_to_the_last_digit():
    frame = pd.DataFrame({"rate": shares()})
    columns = (Column("rate", "Kepatuhan", "percent", 12),)
    worksheet = reopened(Sheet(name="Matriks", heading=HEADING, columns=columns, frame=frame))
    assert body(worksheet, 1, 1000) == shares()
    assert worksheet.cell(header_row(worksheet) + 1, 1).number_format == "0.0%_)"


def test_sixteen_digits_would_not_bring_them_back():
    assert [float(f"{share:.16g}") for share in shares()] != shares()


def test_counts_stay_whole_beside_missing_ones():
    frame = pd.DataFrame({"n": pd.array([1234, None], dtype="Int64"), "m": [7.0, float("nan")]})
    columns = (Column("n", "Dinilai", "integer", 10), Column("m", "Masuk", "integer", 10))
    worksheet = reopened(Sheet(name="Matriks", heading=HEADING, columns=columns, frame=frame))
    assert (body(worksheet, 1, 2), body(worksheet, 2, 2)) == ([1234, None], [7, None])
    assert all(isinstance(body(worksheet, column, 1)[0], int) for column in (1, 2))


def test_working_minutes_are_written_as_hours():
    worksheet = reopened(sheet({"took": "duration"}, [(450,), (20,)]))
    assert body(worksheet, 1, 2) == [7.5, 20 / 60]


def test_an_empty_table_says_so_across_its_columns_and_has_no_filter():
    worksheet = reopened(sheet({"a": "text", "b": "date", "c": "percent"}, [], chart="compliance"))
    row = header_row(worksheet) + 1
    assert worksheet.cell(row, 1).value in ("NIHIL", "NIL")
    assert f"A{row}:C{row}" in {str(merged) for merged in worksheet.merged_cells.ranges}
    assert worksheet.auto_filter.ref is None
    assert worksheet._charts == []
    assert any("NAMA CONTOH" in words for words in words_of(worksheet))


@pytest.mark.parametrize(("paper", "size"), [("A4", 9), ("F4", 14)])
def test_a_sheet_prints_across_one_landscape_page_with_its_header_repeated(paper: Paper, size: int):
    worksheet = reopened(sheet({"a": "text", "b": "text"}, [("x", "y")] * 3), paper=paper)
    header = header_row(worksheet)
    assert worksheet.page_setup.orientation == "landscape"
    assert int(worksheet.page_setup.paperSize) == size
    assert worksheet.sheet_properties.pageSetUpPr.fitToPage
    assert (int(worksheet.page_setup.fitToWidth), int(worksheet.page_setup.fitToHeight)) == (1, 0)
    assert worksheet.print_title_rows == f"${header}:${header}"
    assert [worksheet.cell(header, column).value for column in (1, 2)] == ["A", "B"]
    assert worksheet.print_area == f"'Matriks'!$A$1:$B${worksheet.max_row}"
    assert worksheet.freeze_panes == f"A{header + 1}"
    assert worksheet.auto_filter.ref == f"A{header}:B{header + 3}"


def test_a_sheet_begins_with_letterhead_and_heading_centred_over_the_table():
    worksheet = reopened(sheet({"a": "text", "b": "text"}, [("x", "y")]))
    words = words_of(worksheet)
    expected = [*office().lines, "TUAPEJAT", *HEADING, "A", "B", "x", "y"]
    assert words[: len(expected)] == expected
    merged = {str(found) for found in worksheet.merged_cells.ranges}
    assert {f"A{row}:B{row}" for row in (1, 2, 3, 4)} <= merged
    assert worksheet["A1"].alignment.horizontal == "center"


def xml_of(content: bytes, name: str) -> str:
    with ZipFile(BytesIO(content)) as archive:
        return archive.read(name).decode()


def test_the_footer_counts_pages_and_takes_a_name_as_it_stands():
    book = workbook(sheet({"a": "text"}, [("x",)]), footer_left="Dicetak oleh Sari & &P " + "n" * 500)
    with in_language("en"):
        found = re.search(
            r"<oddFooter>(.*)</oddFooter>", xml_of(write(book, made_at=MADE_AT), "xl/worksheets/sheet1.xml")
        )
    assert found
    footer = found[1].replace("&amp;", "&")
    assert "Sari && &&P nnn" in footer
    assert footer.endswith("&R&8 Page &P of &N")
    assert len(footer) <= 255


def test_the_signature_stands_in_one_row_at_the_right_below_the_notes():
    rows = [(str(number),) * 8 for number in range(3)]
    worksheet = reopened(sheet(dict.fromkeys("abcdefgh", "text"), rows, notes=("Catatan.",)))
    (signed,) = [cell for row in worksheet.iter_rows() for cell in row if "NAMA CONTOH" in str(cell.value)]
    assert (
        signed.value == "Tuapejat, 6 Januari 2027\nSEKRETARIS,\n\n\n\nNAMA CONTOH\nNIP. 19800908 200604 1 008"
    )
    (note,) = [cell for row in worksheet.iter_rows() for cell in row if cell.value == "Catatan."]
    assert signed.row > note.row > header_row(worksheet) + 3
    (merged,) = [found for found in worksheet.merged_cells.ranges if found.min_row == signed.row]
    assert (merged.min_row, merged.max_col) == (merged.max_row, 8)
    assert merged.min_col > 4
    assert worksheet.row_dimensions[signed.row].height >= 100


def test_a_register_has_letterhead_and_table_but_no_signature():
    content = write_register("Daftar", sheet({"a": "text"}, [("x",)]), office(), made_at=MADE_AT)
    worksheet = openpyxl.load_workbook(BytesIO(content)).worksheets[0]
    words = words_of(worksheet)
    assert "KOMISI PEMILIHAN UMUM" in words
    assert not any("NAMA CONTOH" in line or "SEKRETARIS" in line for line in words)


COMPLIANCE: dict[str, Kind] = {
    "name": "text",
    "n": "integer",
    "on_time": "integer",
    "late": "integer",
    "overdue": "integer",
    "rate": "percent",
}
STEPS: list[tuple[object, ...]] = [
    ("Penerimaan", 10, 8, 1, 1, 0.8),
    ("Disposisi", 4, 4, 0, 0, 1.0),
    ("Jumlah", 14, 12, 1, 1, 12 / 14),
]


def test_the_chart_stacks_the_states_of_the_steps_and_leaves_the_total_out():
    worksheet = reopened(sheet(COMPLIANCE, STEPS, chart="compliance", total=True))
    header = header_row(worksheet)
    (chart,) = worksheet._charts
    assert (chart.type, chart.grouping, chart.overlap) == ("bar", "stacked", 100)
    for series, column in zip(chart.series, "CDE", strict=True):
        assert series.val.numRef.f == f"'Matriks'!${column}${header + 1}:${column}${header + 2}"
        assert series.cat.numRef.f == f"'Matriks'!$A${header + 1}:$A${header + 2}"
        assert series.tx.strRef.f == f"'Matriks'!{column}{header}"
    fills = [series.spPr.solidFill or series.spPr.pattFill.bgClr for series in chart.series]
    assert [fill.srgbClr for fill in fills] == ["1B7F5C", "C4541A", "A11D33"]
    assert [bool(series.spPr.pattFill) for series in chart.series] == [False, True, True]
    assert worksheet.auto_filter.ref == f"A{header}:F{header + 2}"
    assert worksheet.cell(header + 3, 1).font.bold
    assert not worksheet.cell(header + 2, 1).font.bold


def test_a_second_chart_sets_mean_and_median_of_working_time_side_by_side():
    keys: dict[str, Kind] = {**COMPLIANCE, "mean": "duration", "median": "duration"}
    timed = [(*row, minutes, minutes) for row, minutes in zip(STEPS, (90, None, None), strict=True)]
    worksheet = reopened(sheet(keys, timed, chart="compliance", total=True))
    header = header_row(worksheet)
    stacked, times = worksheet._charts
    assert (stacked.grouping, times.grouping, times.overlap) == ("stacked", "clustered", None)
    for series, column in zip(times.series, "GH", strict=True):
        assert series.val.numRef.f == f"'Matriks'!${column}${header + 1}:${column}${header + 2}"
        assert series.cat.numRef.f == f"'Matriks'!$A${header + 1}:$A${header + 2}"
    corners = [chart.anchor._from for chart in (stacked, times)]
    assert corners[0].row == corners[1].row
    assert corners[0].col < corners[1].col
    assert worksheet.row_dimensions[corners[0].row + 1].height * 12_700 >= times.anchor.ext.height
    signed = next(row[0].row for row in worksheet.iter_rows() if "NAMA CONTOH" in str([c.value for c in row]))
    assert signed > corners[0].row + 1
    untimed = [(*row, None, None) for row in STEPS]
    assert drawn_of(reopened(sheet(keys, untimed, chart="compliance", total=True))) == 1


def test_the_chart_stands_in_one_row_high_enough_for_it():
    worksheet = reopened(sheet(COMPLIANCE, STEPS * 10, chart="compliance"))
    (chart,) = worksheet._charts
    row = chart.anchor._from.row + 1
    assert worksheet.row_dimensions[row].height * 12_700 >= chart.anchor.ext.height
    assert worksheet.row_dimensions[row].height <= 409


def test_rates_are_shaded_by_rules_that_ask_for_enough_cases():
    worksheet = reopened(sheet(COMPLIANCE, STEPS))
    first = header_row(worksheet) + 1
    ((place, rules),) = [(str(found.sqref), found.rules) for found in worksheet.conditional_formatting]
    assert place == f"F{first}:F{first + 2}"
    assert len(rules) == 3
    assert all(f"ISNUMBER($F{first}),$B{first}>=5" in rule.formula[0] for rule in rules)


def test_a_share_without_its_n_is_not_shaded():
    worksheet = reopened(sheet({"name": "text", "rate": "percent"}, [("a", 0.1)]))
    assert list(worksheet.conditional_formatting) == []


def test_a_wide_table_is_narrowed_to_its_contents_and_a_small_one_is_left_alone():
    keys = [f"k{number}" for number in range(20)]
    columns = tuple(Column(key, key, "text", 20) for key in keys)
    frame = pd.DataFrame([dict.fromkeys(keys, "pendek")])
    wide = reopened(Sheet(name="Matriks", heading=HEADING, columns=columns, frame=frame))
    small = reopened(Sheet(name="Matriks", heading=HEADING, columns=columns[:3], frame=frame))
    widths = [wide.column_dimensions[letter].width for letter in "ABCDEFGHIJKLMNOPQRST"]
    assert sum(7 * width + 5 for width in widths) == pytest.approx(1026)
    assert [small.column_dimensions[letter].width for letter in "ABC"] == [20, 20, 20]


def test_long_text_gets_a_row_that_shows_it():
    worksheet = reopened(
        sheet({"a": "long_text"}, [("kata " * 40,), ("kata",), ("a\nb\nc",), ("x" * 30_000,)])
    )
    first = header_row(worksheet) + 1
    heights = [worksheet.row_dimensions[row].height for row in range(first, first + 4)]
    assert heights[0] >= 12 * 200 / (14 * 1.3)
    assert heights[1] is None
    assert heights[2] >= 36
    assert heights[3] <= 409


def test_the_same_input_makes_the_same_file_that_names_no_person():
    book = workbook(sheet(COMPLIANCE, STEPS, chart="compliance", total=True))
    content = write(book, made_at=MADE_AT)
    assert write(book, made_at=MADE_AT) == content
    assert write(book, made_at=MADE_AT + timedelta(minutes=1)) != content
    with ZipFile(BytesIO(content)) as archive:
        assert {entry.date_time for entry in archive.infolist()} == {(2027, 1, 6, 2, 0, 0)}
    properties = openpyxl.load_workbook(BytesIO(content)).properties
    assert (properties.creator, properties.lastModifiedBy) == ("Patuh", "Patuh")
    assert properties.created == properties.modified == MADE_AT.replace(tzinfo=None)
    assert properties.title == HEADING[0]


def test_every_sheet_has_its_letterhead_and_signature():
    sheets = [
        Sheet(
            name=name,
            heading=HEADING,
            columns=(Column("a", "A", "text", 20),),
            frame=pd.DataFrame({"a": ["x"]}),
        )
        for name in ("Matriks", "Rekapitulasi", "Kepatuhan SOP", "Keterlambatan")
    ]
    book = openpyxl.load_workbook(BytesIO(write(workbook(*sheets), made_at=MADE_AT)))
    assert book.sheetnames == ["Matriks", "Rekapitulasi", "Kepatuhan SOP", "Keterlambatan"]
    for worksheet in book.worksheets:
        words = words_of(worksheet)
        assert sum("NAMA CONTOH" in line for line in words) == 1
        assert words[0] == "KOMISI PEMILIHAN UMUM"


def drawn_of(worksheet: Worksheet) -> int:
    return len(worksheet._charts)


def test_a_chart_without_a_bar_is_not_drawn():
    nothing = [("Penerimaan", 0, 0, 0, 0, None), ("Jumlah", 0, 0, 0, 0, None)]
    assert drawn_of(reopened(sheet(COMPLIANCE, nothing, chart="compliance", total=True))) == 0
    assert drawn_of(reopened(sheet(COMPLIANCE, STEPS, chart="compliance", total=True))) == 1


def test_verdicts_and_overruns_are_written_in_the_colour_of_their_state():
    at = datetime(2026, 7, 1, tzinfo=UTC)
    with in_language("id"):
        matrix = reopened(
            sheet({"no": "integer", "kept": "text"}, [(1, "Tepat waktu"), (2, "1 dari 3 terlambat")])
        )
        late = reopened(sheet({"finished_at": "moment", "over": "duration"}, [(at, 60), (None, 90)]))
    told = {}
    for worksheet in (matrix, late):
        for found in worksheet.conditional_formatting:
            told |= {rule.formula[0]: (str(found.sqref), rule.dxf.font.color.rgb[2:]) for rule in found.rules}
    row = header_row(matrix) + 1
    area = f"B{row}:B{row + 1}"
    assert told == {
        f'$B{row}="Tepat waktu"': (area, "1B7F5C"),
        f'AND($B{row}<>"",$B{row}<>"-",$B{row}<>"Tepat waktu")': (area, "C4541A"),
        f'$A{row}<>""': (area, "C4541A"),
        f'$A{row}=""': (area, "A11D33"),
    }


def paper_of(worksheet: Worksheet, paper_points: float) -> list[list[int]]:
    """The rows on each page of the paper, counted here a second time."""
    header = header_row(worksheet)
    heights = [worksheet.row_dimensions[row].height or 13.5 for row in range(1, worksheet.max_row + 1)]
    breaks = {int(one.id) for one in worksheet.row_breaks.brk}
    found: list[list[int]] = [[]]
    filled = 0.0
    for row, points in enumerate(heights, start=1):
        if found[-1] and (filled + points > paper_points or row - 1 in breaks):
            found.append([])
            filled = heights[header - 1]
        found[-1].append(row)
        filled += points
    return found


@pytest.mark.parametrize("count", range(1, 60))
def test_a_signature_stands_with_rows_of_its_table(count: int):
    rows = [(f"{number}", "kata") for number in range(count)]
    worksheet = reopened(sheet({"a": "text", "b": "text"}, rows, notes=("Catatan.",)))
    first = header_row(worksheet) + 1
    *_before, last = paper_of(worksheet, 485)
    assert any(first <= row < first + count for row in last)


def test_twin_without_the_break_a_signature_stands_alone():
    alone = 0
    for count in range(1, 60):
        rows = [(f"{number}", "kata") for number in range(count)]
        worksheet = reopened(sheet({"a": "text", "b": "text"}, rows, notes=("Catatan.",)))
        worksheet.row_breaks.brk = []
        first = header_row(worksheet) + 1
        alone += not any(first <= row < first + count for row in paper_of(worksheet, 485)[-1])
    assert alone


def test_a_wide_list_leaves_room_on_a_small_screen_and_keeps_its_numbers_in_sight():
    columns = tuple(
        Column(key, key, "text", 16) for key in ("no", "register_no", *(f"k{n}" for n in range(14)))
    )
    frame = pd.DataFrame([{column.key: "kata " * 3 for column in columns}])
    heading = (*HEADING, "Dasar: SOP", "Per Selasa")
    view = reopened(Sheet(name="Matriks", heading=heading, columns=columns, frame=frame)).sheet_view
    small = reopened(sheet(dict.fromkeys("abcdef", "text"), [("x",) * 6]))
    title = next(cell.row for row in small.iter_rows() for cell in row if cell.value == HEADING[0])
    assert (view.pane.xSplit, view.pane.topLeftCell[0]) == (2, "C")
    assert view.topLeftCell == f"A{title}"
    assert view.pane.ySplit + title == int(view.pane.topLeftCell[1:])
    assert small.sheet_view.topLeftCell is None
    assert small.freeze_panes == f"A{header_row(small) + 1}"


def test_widths_are_counted_in_a_font_that_every_machine_has():
    content = write(workbook(sheet({"a": "text"}, [("x",)])), made_at=MADE_AT)
    first = xml_of(content, "xl/styles.xml").partition("<font>")[2].partition("</font>")[0]
    assert '<name val="Arial"/>' in first
    assert '<sz val="10"/>' in first
