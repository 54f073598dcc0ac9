"""The bars of the compliance table as a chart of Excel's own, so that it follows when somebody edits the table.

Counts are stacked, not shares: on paper the length of a bar tells how much stands behind it. Hatches repeat the colours
for print in black and white.
"""

from openpyxl.chart import BarChart, Reference
from openpyxl.chart.label import DataLabelList
from openpyxl.chart.layout import Layout, ManualLayout
from openpyxl.chart.series import SeriesLabel
from openpyxl.chart.shapes import GraphicalProperties
from openpyxl.chart.text import RichText
from openpyxl.chart.title import Title
from openpyxl.drawing.fill import ColorChoice, PatternFillProperties
from openpyxl.drawing.line import LineProperties
from openpyxl.drawing.text import CharacterProperties, Paragraph, ParagraphProperties, RichTextProperties
from openpyxl.worksheet.worksheet import Worksheet

from dashboard.chart_words import state_names
from dashboard.compliance import COUNTED
from dashboard.reports.styles import INK, SWATCHES
from dashboard.text import _
