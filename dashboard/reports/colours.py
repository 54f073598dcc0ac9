"""Colours that say how something stands, by rules of Excel: a figure that is edited changes its colour.

The colours are those of the screens, and never alone: the word or the figure stands in the cell.
"""

from collections.abc import Iterator

from openpyxl.formatting.rule import FormulaRule
from openpyxl.styles import Font, PatternFill
from openpyxl.utils import get_column_letter

from dashboard.grades import ENOUGH, FAIR_FROM, GOOD_FROM
from dashboard.reports.native_chart import TablePlace
from dashboard.reports.page import Page
from dashboard.reports.styles import SWATCHES, TINTS
from dashboard.text import _


def colour(page: Page, table: TablePlace) -> None:
    """Shade shares where `n` allows a judgement, and write verdicts and overruns in the colour of their state."""
    if not page.body:
        return
    for key, rule in (*_shares(table), *_verdicts(table), *_overruns(table)):
        column = get_column_letter(table.columns[key])
        page.worksheet.conditional_formatting.add(f"{column}{table.first}:{column}{page.body[-1]}", rule)


def _cell(table: TablePlace, key: str) -> str:
    return f"${get_column_letter(table.columns[key])}{table.first}"


def _shares(table: TablePlace) -> Iterator[tuple[str, FormulaRule]]:
    """`rate`, where the column `n` is large enough to judge."""
    if not {"rate", "n"} <= table.columns.keys():
        return
    value = _cell(table, "rate")
    judged = f"ISNUMBER({value}),{_cell(table, 'n')}>={ENOUGH}"
    conditions = {
        "good": f"{value}>={GOOD_FROM}",
        "fair": f"{value}>={FAIR_FROM},{value}<{GOOD_FROM}",
        "poor": f"{value}<{FAIR_FROM}",
    }
    for grade, condition in conditions.items():
        fill = PatternFill("solid", start_color=TINTS[grade], end_color=TINTS[grade])
        yield "rate", FormulaRule(formula=[f"AND({judged},{condition})"], fill=fill)


def _verdicts(table: TablePlace) -> Iterator[tuple[str, FormulaRule]]:
    """`kept` of a case: all of it on time, or not."""
    if "kept" in table.columns:
        value, in_time = _cell(table, "kept"), _("On time").replace('"', '""')
        yield "kept", _written_in("on_time", f'{value}="{in_time}"')
        yield "kept", _written_in("late", f'AND({value}<>"",{value}<>"-",{value}<>"{in_time}")')


def _overruns(table: TablePlace) -> Iterator[tuple[str, FormulaRule]]:
    """`over` of a late step: late once it is finished, overdue until then."""
    if {"over", "finished_at"} <= table.columns.keys():
        finished = _cell(table, "finished_at")
        yield "over", _written_in("late", f'{finished}<>""')
        yield "over", _written_in("overdue", f'{finished}=""')


def _written_in(state: str, condition: str) -> FormulaRule:
    return FormulaRule(formula=[condition], font=Font(color=SWATCHES[state], bold=True))
