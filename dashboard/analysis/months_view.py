"""Bulan: step by month as a map, and the trend of the whole, by event and by record."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

import pandas as pd

from dashboard import compliance
from dashboard.analysis import frames
from dashboard.analysis.asked import Asked
from dashboard.analysis.marks import Cell, Told, cell_rows
from dashboard.analysis.panel import Panel, heading
from dashboard.chart_words import escaped, month_said, plain_figure, trend_lines_text
from dashboard.charts import trend_lines
from dashboard.formats import month_abbr, number, percent
from dashboard.grades import FAIR_FROM, GOOD_FROM
from dashboard.palette import INK, LESSER_INK, PALE, status_colours
from dashboard.periods import of_range, shifted
from dashboard.reports.sheets import Column, Sheet
from dashboard.text import _, language

_WIDE = 8  # months that leave room for "100,0%"
_TREND = 12


def panels(asked: Asked, *, dark: bool) -> list[Panel]:
    """The map of the period, and the trend up to its end."""
    first = min(asked.period.first, shifted(asked.period.last, 1 - _TREND))
    counts = asked.counts((first, asked.period.last))
    return [_map(asked, counts, dark=dark), _trend(asked, counts, dark=dark)]


def _map(asked: Asked, counts: pd.DataFrame, *, dark: bool) -> Panel:
    months = asked.period.months()
    frame = frames.month_matrix(counts, asked.sop, months)
    by_step = {str(key): rows.to_dict("records") for key, rows in frame.groupby("step_key", sort=False)}
    told = [Told(key="", name=asked.step_name(key)) for key in by_step]
    cells = [
        [_cell(row, asked.step_name(key), wide=len(months) <= _WIDE, dark=dark) for row in rows]
        for key, rows in by_step.items()
    ]
    judged = frame[frame["enough"]]
    message = _("No step has enough judged rounds in a month yet.")
    if not judged.empty:
        low = frames.least(judged, "rate")
        message = _(
            "Lowest: {step} in {month}, {figure}.",
            step=asked.step_name(low["step_key"]),
            month=month_said(low["month"]),
            figure=plain_figure(low),
        )
    return Panel(
        key="map",
        title=_("Step by month"),
        message=message,
        figure=cell_rows(told, [_column(month, months) for month in months], cells, dark=dark),
        sheet=_sheet(asked, frame),
        notes=(_("A cell without a colour has too few steps to be judged (n < 5)."),),
    )


def _column(month: int, months: list[int]) -> str:
    name = month_abbr(month % 100)
    return name if len(months) <= _TREND else name[:1]


def _cell(row: Mapping[Any, Any], step: str, *, wide: bool, dark: bool) -> Cell:
    figure = plain_figure(row)
    hover = f"<b>{escaped(step)}</b><br>{month_said(row['month'])}: {figure}"
    month = of_range(int(row["month"]), int(row["month"])).key
    key = urlencode({"langkah": row["step_key"], "bulan": month}) if row["n"] else ""
    text = "-" if not row["n"] else percent(row["rate"]) if wide else number(round(row["rate"] * 100))
    if not row["enough"]:
        return Cell(key, text, PALE, LESSER_INK[dark], hover)
    colours = status_colours(dark=dark)
    if row["rate"] >= GOOD_FROM:
        return Cell(key, text, colours["on_time"], "#FFFFFF" if not dark else INK[False], hover)
    if row["rate"] >= FAIR_FROM:
        return Cell(key, text, colours["at_risk"], INK[False], hover)
    return Cell(key, text, colours["overdue"], "#FFFFFF" if not dark else INK[False], hover, "/")


def _sheet(asked: Asked, frame: pd.DataFrame) -> Sheet:
    table = frame.assign(
        step=[asked.step_name(key) for key in frame["step_key"]],
        said=[month_said(month) for month in frame["month"]],
    )
    return Sheet(
        name=_("Step by month"),
        heading=heading(asked, _("Compliance by step and month")),
        columns=(
            Column("step", _("Step"), "long_text", 40),
            Column("said", _("Month"), "text", 18),
            Column("n", _("Judged"), "integer", 9),
            Column("on_time", _("On time"), "integer", 9),
            Column("late", _("Late"), "integer", 10),
            Column("overdue", _("Overdue"), "integer", 9),
            Column("rate", _("Compliance"), "percent", 11),
        ),
        frame=table,
    )


def _trend(asked: Asked, counts: pd.DataFrame, *, dark: bool) -> Panel:
    months = of_range(shifted(asked.period.last, 1 - _TREND), asked.period.last).months()
    line = compliance.trend(counts, months)
    lines = {asked.sop.short.in_language(language()): line}
    return Panel(
        key="trend",
        title=_("Compliance by month"),
        message=trend_lines_text(lines),
        figure=trend_lines(lines, dark=dark),
        sheet=Sheet(
            name=_("Trend"),
            heading=heading(asked, _("Compliance by month")),
            columns=(
                Column("said", _("Month"), "text", 18),
                Column("n", _("Judged"), "integer", 9),
                Column("on_time", _("On time"), "integer", 9),
                Column("rate", _("Compliance"), "percent", 11),
            ),
            frame=line.assign(said=[month_said(month) for month in line["month"]]),
        ),
    )
