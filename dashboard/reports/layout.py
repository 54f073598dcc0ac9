"""One sheet from top to bottom: letterhead, heading, table, notes, signature, chart; and how it prints.

Decided 2026-11:
- Every table starts in column A and everything else is centred over it or set under it, so a sheet is as wide as its
  table and fits one page across.
- Signature and chart stand side by side in one high row, because a row is never cut by the end of a page; two charts
  do so above the signature. Where they find no room below the table, its last two rows go with them to the next page:
  a signature never stands alone.
- The header row is repeated on every page and stays in sight on a screen.
"""

import textwrap
from collections.abc import Iterator

from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.chart import BarChart
from openpyxl.drawing.spreadsheet_drawing import OneCellAnchor
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.pagebreak import Break
from openpyxl.worksheet.properties import PageSetupProperties

from dashboard.formats import number
from dashboard.reports.body import LAST_ROW, write_body
from dashboard.reports.cells import EMPTY, Losses, Written, printable, text
from dashboard.reports.colours import colour
from dashboard.reports.native_chart import (
    TablePlace,
    below_the_edge,
    compliance_chart,
    duration_chart,
    stand_beside,
)
from dashboard.reports.page import LINE_POINTS, PLAIN_POINTS, Page, pixels
from dashboard.reports.sheets import Sheet, Table
from dashboard.reports.styles import FACE, INK
from dashboard.text import _, ngettext

PAPER_SIZES = {"A4": 9, "F4": 14}
MARGINS_INCHES = {"left": 0.5, "right": 0.5, "top": 0.55, "bottom": 0.7, "header": 0.3, "footer": 0.35}
POINTS_A_CM = 72 / 2.54
SIGNATURE_WIDTH, SIGNATURE_POINTS = 34, 118
NARROWEST_CHART_CM = 12
STAYS = 2  # rows of a table that stay on one page with what is below it
MOST_FROZEN = 230  # points, about 300 pixels
WIDE = 1.3  # times the paper
UNNAMED = f"({'.' * 40})"


def lay_out(page: Page, *, footer_left: str, signed_on: str | None) -> None:
    """Write the page's sheet; without `signed_on` there is no signature (a register)."""
    for place, column in enumerate(page.columns, 1):
        page.worksheet.column_dimensions[get_column_letter(place)].width = column.width
    _letterhead(page)
    first = page.row
    _heading(page)
    header = page.row
    table = _table(page)
    _keep_in_sight(page, header=header, first=first)
    colour(page, table)
    ends_on, begun = page.on_paper, page.is_begun
    _notes(page)
    page.gap(10)
    drawn = page.sheet.chart is not None and page.body and _is_judged(page.sheet)
    timed = drawn and _took_time(page.sheet) and stand_beside(table)
    if timed:
        _two_charts(page, table)
    beside = page.width if signed_on is None else _signature(page, signed_on)
    if drawn and not timed:
        _chart(page, table, beside)
    torn = page.on_paper > ends_on or begun or page.is_crowded
    if torn and len(page.body) > STAYS:
        page.worksheet.row_breaks.append(Break(id=page.body.stop - 1 - STAYS))
    _print_set_up(page, header=header, footer_left=footer_left)


def _letterhead(page: Page) -> None:
    for place, line in enumerate(page.office.lines):
        name = place < 2
        page.across(line, page.styles.office_name if name else page.styles.office_line, 17 if name else 12)
    if page.office.seat:
        page.across(page.office.seat.upper(), page.styles.office_seat, 13)
    for column in range(1, page.width + 1):
        page.put(page.row, column, EMPTY, page.styles.rule)
    page.gap(4)
    page.gap(12 * page.zoom)


def _heading(page: Page) -> None:
    for place, line in enumerate(page.sheet.heading):
        title = place == 0
        page.across(line, page.styles.title if title else page.styles.heading, 16 if title else 13.5)
    page.gap(12 * page.zoom)


def _table(page: Page) -> TablePlace:
    header, columns = page.row, page.columns
    for place, column in enumerate(columns, 1):
        page.put(header, place, text(column.title, page.losses), page.styles.header)
    lines = max(len(textwrap.wrap(column.title, max(1, int(column.width)))) for column in columns)
    height = LINE_POINTS * max(2, lines) + 4
    page.gap(height)
    page.repeat(height)
    write_body(page)
    last = page.row - 1 - (1 if page.sheet.total and page.body else 0)
    if page.body:
        page.worksheet.auto_filter.ref = f"A{header}:{get_column_letter(page.width)}{last}"
    else:
        _nihil(page)
    places = {column.key: place for place, column in enumerate(columns, 1)}
    return TablePlace(sheet=page.worksheet, header=header, first=header + 1, last=last, columns=places)


def _nihil(page: Page) -> None:
    for place in range(1, page.width + 1):
        page.put(page.row, place, EMPTY, page.styles.nihil)
    page.across(_("NIL"), page.styles.nihil, 20 / page.zoom)


def _keep_in_sight(page: Page, *, header: int, first: int) -> None:
    """Freeze what stands above the table, and of a wide one the number of the case.

    Where that took more than half of a laptop's window, the letterhead is left to the paper: what is frozen begins
    with the `first` row of the heading.
    """
    sheet = page.worksheet
    keys = [column.key for column in page.columns[:2]]
    columns = keys.index("register_no") + 1 if "register_no" in keys and page.zoom > WIDE else 0
    sheet.freeze_panes = f"{get_column_letter(columns + 1)}{header + 1}"
    frozen = sum(sheet.row_dimensions[row].height or PLAIN_POINTS for row in range(1, header + 1))
    if frozen > MOST_FROZEN:
        sheet.sheet_view.topLeftCell = f"A{first}"
        sheet.sheet_view.pane.ySplit = header + 1 - first


def _is_judged(sheet: Table) -> bool:
    """Whether the chart would have a bar."""
    return not isinstance(sheet, Sheet) or bool(sheet.frame["n"].fillna(0).sum())


def _took_time(sheet: Table) -> bool:
    """Whether the chart of working times would have a bar."""
    timed = {"mean", "median"} <= {column.key for column in sheet.columns}
    return timed and isinstance(sheet, Sheet) and bool(sheet.frame["mean"].notna().any())


def _notes(page: Page) -> None:
    """The sheet's own notes, and what could not be written as it was."""
    page.gap(6)
    for note in (*page.sheet.notes, *_confessed(page.losses)):
        page.across(note, page.styles.note, 12)


def _confessed(losses: Losses) -> Iterator[str]:
    if losses.replaced:
        yield ngettext(
            "{count} character that a sheet cannot hold was replaced by �.",
            "{count} characters that a sheet cannot hold were replaced by �.",
            losses.replaced,
        )
    if losses.shortened:
        yield ngettext(
            "{count} text was longer than a cell holds and was cut.",
            "{count} texts were longer than a cell holds and were cut.",
            losses.shortened,
        )
    if losses.left_out:
        yield ngettext(
            "{count} row is missing: a sheet of Excel ends at row {last}.",
            "{count} rows are missing: a sheet of Excel ends at row {last}.",
            losses.left_out,
            last=number(LAST_ROW),
        )


def _signature(page: Page, signed_on: str) -> int:
    """Place, date, title, room to sign, name and number, at the right. Returns how many columns are free beside it."""
    office = page.office
    first, letters = page.width, page.columns[-1].width
    while first > 1 and letters < SIGNATURE_WIDTH * page.zoom:
        first -= 1
        letters += page.columns[first - 1].width
    above = f"{signed_on}\n{office.signatory_title},\n\n\n\n"
    name = office.signatory_name or UNNAMED
    below = f"\nNIP. {office.signatory_id}" if office.signatory_id else ""
    row = page.row
    page.across(f"{above}{name}{below}", page.styles.signature, 14, first=first)
    font = InlineFont(rFont=FACE, sz=round(10 * page.zoom, 1), color=INK, b=True, u="single")
    words = CellRichText(printable(above), TextBlock(font, printable(name)), printable(below))
    page.put(row, first, Written(words, "s"), page.styles.signature)
    page.heighten(row, SIGNATURE_POINTS * page.zoom)
    return first - 1


def _chart(page: Page, table: TablePlace, beside: int) -> None:
    """Draw over the free columns of the row just written, below it where they are too few."""
    width_cm = pixels(page.columns[:beside]) / 96 * 2.54
    row = page.row - 1
    if beside == page.width or width_cm < NARROWEST_CHART_CM:
        width_cm = page.pixels / 96 * 2.54
        row = page.row
        page.row += 1
    chart = compliance_chart(table, width_cm=width_cm)
    _place(page, chart, row, below_the_edge(row, width_cm=chart.width, height_cm=chart.height))


def _two_charts(page: Page, table: TablePlace) -> None:
    """What was judged and what it took, side by side in a row of their own."""
    half = int(page.pixels / 2)
    before = 0
    while pixels(page.columns[: before + 1]) <= half:
        before += 1
    inside = int(half - pixels(page.columns[:before]))
    for chart, column, offset in (
        (compliance_chart(table, width_cm=half / 96 * 2.54), 1, 0),
        (duration_chart(table, width_cm=half / 96 * 2.54), before + 1, inside),
    ):
        anchor = below_the_edge(
            page.row, width_cm=chart.width, height_cm=chart.height, column=column, inside=offset
        )
        _place(page, chart, page.row, anchor)
    page.row += 1
    page.gap(10)


def _place(page: Page, chart: BarChart, row: int, anchor: OneCellAnchor) -> None:
    """Put the chart there and make its row as high."""
    chart.anchor = anchor
    page.worksheet.add_chart(chart)
    page.heighten(row, chart.height * POINTS_A_CM + 8)


def _print_set_up(page: Page, *, header: int, footer_left: str) -> None:
    worksheet = page.worksheet
    worksheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    worksheet.page_setup.orientation = "landscape"
    worksheet.page_setup.paperSize = PAPER_SIZES[page.office.paper]
    worksheet.page_setup.fitToWidth, worksheet.page_setup.fitToHeight = 1, 0
    worksheet.print_options.horizontalCentered = True
    for side, inches in MARGINS_INCHES.items():
        setattr(worksheet.page_margins, side, inches)
    worksheet.print_title_rows = f"{header}:{header}"
    worksheet.print_area = f"A1:{get_column_letter(page.width)}{page.row - 1}"
    worksheet.sheet_view.showGridLines = False
    worksheet.sheet_format.defaultRowHeight, worksheet.sheet_format.customHeight = PLAIN_POINTS, True
    worksheet.HeaderFooter.scaleWithDoc = False
    footer = worksheet.oddFooter
    footer.left.text = _in_footer(footer_left)
    footer.right.text = _("Page {page} of {pages}", page="&P", pages="&N")
    footer.left.size = footer.right.size = 8


def _in_footer(words: str) -> str:
    """Words for a footer, where & starts a code and where Excel refuses a file with more than 255 letters in all."""
    return printable(words.replace("\n", " ")[:100]).replace("&", "&&")
