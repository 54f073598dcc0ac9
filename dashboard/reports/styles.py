"""How a sheet looks: fonts, fills, borders, number formats, each made once a workbook and shared by its cells.

A style set cell by cell costs more than the cell; sharing one style array per look keeps 2,000 rows under a second.
"""

from dataclasses import dataclass
from typing import Any

from openpyxl.cell import Cell
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from dashboard.palette import STATUS_COLOURS
from dashboard.reports.sheets import Kind

FACE = "Arial"
INK = "15232D"
HEADER_FILL = "DCE6EC"
TOTAL_FILL = "EEF2F5"
SWATCHES = {state: colour.removeprefix("#") for state, colour in STATUS_COLOURS.items()}
TINTS = {"good": "CFE8DD", "fair": "FBECC4", "poor": "F1CDD3"}  # on_time, at_risk, overdue under dark words
NUMBER_FORMATS: dict[Kind, str] = {
    "text": "@",
    "long_text": "General",
    "date": "dd/mm/yyyy",
    "moment": "dd/mm/yyyy hh:mm",
    # "_)" leaves a little room, or a figure would touch the words of the next column
    "integer": "#,##0_)",
    "number": "#,##0.0_)",
    "percent": "0.0%_)",
    "duration": "#,##0.0_)",
}
_SIDES: dict[Kind, str] = {"text": "left", "long_text": "left", "date": "center", "moment": "center"}
_THIN = Side(style="thin", color="7B8A97")
_BOX = Border(left=_THIN, right=_THIN, top=_THIN, bottom=_THIN)


@dataclass(frozen=True)
class Styles:
    """The looks of one workbook; each value is what a cell's `_style` takes."""

    office_name: Any
    office_line: Any
    office_seat: Any
    rule: Any
    title: Any
    heading: Any
    header: Any
    nihil: Any
    note: Any
    signature: Any
    body: dict[tuple[Kind, bool, bool], Any]  # by kind, total row, text mark


def styles(sheet: Worksheet, zoom: float) -> Styles:
    """Make the looks in the workbook of `sheet`; what is not the table itself is `zoom` times as large."""
    centre = Alignment(horizontal="center", vertical="center", wrap_text=True)
    top = Alignment(horizontal="center", vertical="top", wrap_text=True)
    return Styles(
        office_name=_look(sheet, font=_font(13 * zoom, bold=True), alignment=centre),
        office_line=_look(sheet, font=_font(9 * zoom), alignment=centre),
        office_seat=_look(sheet, font=_font(9 * zoom, bold=True), alignment=centre),
        rule=_look(sheet, border=Border(bottom=Side(style="double", color=INK))),
        title=_look(sheet, font=_font(12 * zoom, bold=True), alignment=centre),
        heading=_look(sheet, font=_font(10 * zoom), alignment=centre),
        header=_look(sheet, font=_font(9, bold=True), alignment=centre, border=_BOX, fill=_fill(HEADER_FILL)),
        nihil=_look(sheet, font=_font(10, bold=True), alignment=centre, border=_BOX),
        note=_look(sheet, font=_font(8.5 * zoom), alignment=Alignment(vertical="top", wrap_text=True)),
        signature=_look(sheet, font=_font(10 * zoom), alignment=top),
        body={
            (kind, total, quoted): _body(sheet, kind, total=total, quoted=quoted)
            for kind in NUMBER_FORMATS
            for total in (False, True)
            for quoted in (False, True)
        },
    )


def _body(sheet: Worksheet, kind: Kind, *, total: bool, quoted: bool) -> Any:
    alignment = Alignment(
        horizontal=_SIDES.get(kind, "right"), vertical="center", wrap_text=kind in ("text", "long_text")
    )
    look: dict[str, object] = {"fill": _fill(TOTAL_FILL)} if total else {}
    return _look(
        sheet,
        font=_font(9, bold=total),
        alignment=alignment,
        border=_BOX,
        number_format=NUMBER_FORMATS[kind],
        quotePrefix=quoted,
        **look,
    )


def use_office_font(book: Workbook) -> None:
    """Make the workbook's own font one that every machine has: widths of columns are counted in its digits.

    With Excel's own, a machine without it draws the columns a third wider and prints all sheets smaller.
    """
    font = _font(10)
    book._fonts[0] = font
    book._named_styles["Normal"].font = font


def _look(sheet: Worksheet, **attributes: object) -> Any:
    cell = Cell(sheet, row=1, column=1)
    for name, value in attributes.items():
        setattr(cell, name, value)
    return cell._style


def _font(size: float, *, bold: bool = False) -> Font:
    return Font(name=FACE, size=round(size, 1), bold=bold, color=INK)


def _fill(colour: str) -> PatternFill:
    return PatternFill("solid", start_color=colour, end_color=colour)
