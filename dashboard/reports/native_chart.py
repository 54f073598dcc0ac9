"""The bars of the compliance table as a chart of Excel's own, so that it follows when somebody edits the table.

Counts are stacked, not shares: on paper the length of a bar tells how much stands behind it. Hatches repeat the colours
for print in black and white.
"""

from dataclasses import dataclass

from openpyxl.chart import BarChart, Reference
from openpyxl.chart.data_source import AxDataSource, NumRef
from openpyxl.chart.series import Series
from openpyxl.chart.series_factory import SeriesFactory
from openpyxl.chart.shapes import GraphicalProperties
from openpyxl.chart.text import RichText
from openpyxl.chart.title import Title, title_maker
from openpyxl.drawing.fill import ColorChoice, PatternFillProperties
from openpyxl.drawing.line import LineProperties
from openpyxl.drawing.spreadsheet_drawing import AnchorMarker, OneCellAnchor
from openpyxl.drawing.text import CharacterProperties, Font, Paragraph, ParagraphProperties
from openpyxl.drawing.xdr import XDRPositiveSize2D
from openpyxl.utils.units import cm_to_EMU, pixels_to_EMU
from openpyxl.worksheet.worksheet import Worksheet

from dashboard.grades import COUNTED
from dashboard.reports.styles import FACE, INK, SWATCHES
from dashboard.text import _

HATCHES = {"late": "wdUpDiag", "overdue": "openDmnd"}
HEAD_CM, BAR_CM = 2.4, 0.62
# half a page wide: names on two lines, and room below for the signature
NARROW_CM, WRAPPED_CM, LOWER_CM, LEAST_CM = 18, 0.85, 9.2, 0.62
TALLEST_CM = 14.0  # Excel's highest row is 14.4 cm, and one row keeps the chart on one page


@dataclass(frozen=True, slots=True)
class TablePlace:
    """Where the table stands: rows from 1, `columns` the column numbers by key, `last` before any total row."""

    sheet: Worksheet
    header: int
    first: int
    last: int
    columns: dict[str, int]


def compliance_chart(table: TablePlace, *, width_cm: float) -> BarChart:
    """Return the stacked bars of COUNTED per `name`, first step on top; its height in cm is `chart.height`."""
    chart = _bars(table, width_cm=width_cm)
    chart.grouping, chart.overlap = "stacked", 100
    chart.title = _titled(_("Steps on time, late and overdue"), size=11)
    chart.y_axis.title = _titled(_("number of steps"), size=9)
    chart.y_axis.number_format = "#,##0"
    for state in COUNTED:
        chart.series.append(_series(table, state, SWATCHES[state], HATCHES.get(state)))
    return chart


def duration_chart(table: TablePlace, *, width_cm: float) -> BarChart:
    """Return two bars per `name`, its mean and its median working time; as `compliance_chart` otherwise."""
    chart = _bars(table, width_cm=width_cm)
    chart.title = _titled(_("Working time of the steps"), size=11)
    chart.y_axis.title = _titled(_("working hours"), size=9)
    chart.y_axis.number_format = "#,##0.0"
    chart.series.append(_series(table, "mean", SWATCHES["running"], None))
    chart.series.append(_series(table, "median", SWATCHES["unmeasured"], "wdUpDiag"))
    return chart


def stand_beside(table: TablePlace) -> bool:
    """Whether two charts half a page wide are high enough for the names of all steps."""
    return (LOWER_CM - HEAD_CM) / (table.last - table.first + 1) >= LEAST_CM


def _bars(table: TablePlace, *, width_cm: float) -> BarChart:
    """A chart with a place per `name`, and no bar yet."""
    chart = BarChart(gapWidth=45)
    chart.type = "bar"
    chart.width = width_cm
    each, most = (WRAPPED_CM, LOWER_CM) if width_cm < NARROW_CM else (BAR_CM, TALLEST_CM)
    chart.height = min(most, HEAD_CM + each * (table.last - table.first + 1))
    chart.legend.position = "t"
    chart.legend.txPr = _words(9)
    chart.x_axis.tickLblSkip = 1
    chart.x_axis.scaling.orientation = "maxMin"  # the table's order, from the top
    chart.y_axis.crosses = "max"  # so the numbers stand below the last step
    chart.y_axis.scaling.min = 0
    chart.y_axis.majorGridlines.spPr = GraphicalProperties(ln=LineProperties(solidFill="DCE2E7"))
    chart.graphical_properties = GraphicalProperties(ln=LineProperties(noFill=True))
    for axis in (chart.x_axis, chart.y_axis):
        axis.delete = False  # openpyxl leaves it unsaid, which Excel takes for deleted
        axis.txPr = _words(9)
    return chart


def below_the_edge(
    row: int, *, width_cm: float, height_cm: float, column: int = 1, inside: int = 0
) -> OneCellAnchor:
    """Place a chart a little below the upper edge of `row`, so that it is wholly on that row's page.

    Its left edge is so many pixels `inside` the column (from 1).
    """
    size = XDRPositiveSize2D(cm_to_EMU(width_cm), cm_to_EMU(height_cm))
    corner = AnchorMarker(col=column - 1, colOff=pixels_to_EMU(inside), row=row - 1, rowOff=pixels_to_EMU(4))
    return OneCellAnchor(_from=corner, ext=size)


def _series(table: TablePlace, key: str, colour: str, hatch: str | None) -> Series:
    series = SeriesFactory(_cells(table, key, table.header), title_from_data=True)
    series.cat = AxDataSource(numRef=NumRef(f=str(_cells(table, "name", table.first))))
    if hatch:
        series.spPr = GraphicalProperties(
            pattFill=PatternFillProperties(
                prst=hatch, fgClr=ColorChoice(srgbClr="FFFFFF"), bgClr=ColorChoice(srgbClr=colour)
            )
        )
    else:
        series.spPr = GraphicalProperties(solidFill=colour)
    series.spPr.ln = LineProperties(solidFill=colour)
    return series


def _cells(table: TablePlace, key: str, from_row: int) -> Reference:
    return Reference(table.sheet, min_col=table.columns[key], min_row=from_row, max_row=table.last)


def _titled(text: str, *, size: int) -> Title:
    title = title_maker(text)
    title.overlay = False
    for paragraph in title.tx.rich.paragraphs:
        paragraph.pPr = ParagraphProperties(defRPr=_type(size, bold=True))
        for run in paragraph.r:
            run.rPr = _type(size, bold=True)
    return title


def _words(size: int) -> RichText:
    properties = ParagraphProperties(defRPr=_type(size))
    return RichText(p=[Paragraph(pPr=properties, endParaRPr=_type(size))])


def _type(size: int, *, bold: bool = False) -> CharacterProperties:
    return CharacterProperties(sz=size * 100, b=bold, solidFill=INK, latin=Font(typeface=FACE))
