"""The two charts of the overview: the bars of a SOP's steps, and the trend by month.

Decided 2026-11: a state is told by colour and by hatch, for colour-blind readers and for print in black and white. With
n under `ENOUGH` the hatch stays and the colour goes: few cases are shown, not judged.
"""

from collections.abc import Iterator, Mapping, Sequence
from itertools import cycle
from typing import Any

import pandas as pd
import plotly.graph_objects as go

from dashboard import drawn
from dashboard.chart_rows import (
    FIGURE_ROOM,
    LEGEND,
    LETTER,
    PATTERN,
    SWATCH,
    Row,
    bars,
    hover_box,
    labels_of,
    look,
    pixel_path,
    row_chart,
    rows_of,
    swatches,
    touch_bars,
    words_in,
)
from dashboard.chart_words import (
    escaped,
    figure_at_end,
    hover,
    lesser,
    month_said,
    month_ticks,
    plain_figure,
    state_names,
    step_bars_text,
    step_label,
    trend_lines_text,
    whole_text,
)
from dashboard.compliance import COUNTED, ENOUGH, records
from dashboard.palette import GREY, HATCH_INK, HATCHES, LESSER_INK, PALE, status_colours

__all__ = ["FIGURE_ROOM", "step_bars", "step_bars_text", "trend_lines", "trend_lines_text", "whole_text"]

TREND_HEIGHT = 210
LABELLED_MONTHS = 12  # more would run into each other at 350 px
LINES = (
    ("solid", "circle", "#1F6FB2", "#79B8F3"),
    ("dash", "diamond", "#7A4E9E", "#C79FE6"),
    ("dot", "square", "#8A5A00", "#E3B341"),
    ("dashdot", "triangle-up", "#0F766E", "#5CD0C3"),
)


def step_bars(matrix: pd.DataFrame, *, dark: bool) -> go.Figure:
    """Draw `compliance.matrix` as bars in the SOP's order; a click's customdata[0] is the step's key.

    Bars show shares of n: a step with two cases is as long as one with two hundred, so n stands at the bar's end.
    """
    steps = records(matrix)
    rows = rows_of([step_label(step, lesser_ink=LESSER_INK[dark]) for step in steps])
    squares, names = _legend(height=rows[0].top, dark=dark)
    keys, said = [str(step["step_key"]) for step in steps], [hover(step) for step in steps]
    return row_chart(
        rows,
        [
            *_state_bars(rows, steps, dark=dark),
            bars(rows, [0 if step["n"] else 1 for step in steps], {"color": PALE}),
            touch_bars(rows, keys, said, dark=dark),
        ],
        shapes=squares,
        words=[*names, *_row_words(rows, steps, dark=dark)],
        dark=dark,
    )


def _row_words(
    rows: Sequence[Row], steps: Sequence[Mapping[Any, Any]], *, dark: bool
) -> Iterator[dict[str, object]]:
    """Row by row, so that who reads the words in their order reads each figure behind its step."""
    for label, row, step in zip(labels_of(rows, dark=dark), rows, steps, strict=True):
        yield label
        yield words_in(figure_at_end(step), x=1, y=row.middle, xshift=6, dark=dark)
        if step["reason"]:
            reason = lesser(step["reason"], ink=LESSER_INK[dark])
            yield words_in(reason, x=0, y=row.middle, xshift=6, dark=dark)


def trend_lines(
    lines: Mapping[str, pd.DataFrame],
    *,
    dark: bool,
    pixels: int = TREND_HEIGHT,
    labelled: int = LABELLED_MONTHS,
) -> go.Figure:
    """Draw `compliance.trend` frames of the same months, one line a label, with a gap where n = 0.

    Lines differ by dash and marker as well as by colour; a hollow marker is a month with n under `ENOUGH`.
    """
    months = [int(month) for month in next(iter(lines.values()))["month"]]
    styled = zip(lines.items(), cycle(LINES), strict=False)
    traces = [_line(label, frame, style, dark=dark) for (label, frame), style in styled]
    places = range(0, len(months), -(-len(months) // labelled))
    axis = {"fixedrange": True, "zeroline": False, "tickfont": {"color": LESSER_INK[dark], "size": 11}}
    layout = look(dark=dark)
    return drawn.figure(
        traces,
        layout
        | {
            "height": pixels,
            "margin": {"l": 44, "r": 12, "t": LEGEND, "b": 36},
            "legend": layout["legend"] | {"entrywidth": LETTER * max(map(len, lines)) + 6},
            "xaxis": {
                "range": [-0.5, len(months) - 0.5],
                "tickvals": list(places),
                "ticktext": month_ticks([months[place] for place in places]),
                "tickangle": 0,
                "showgrid": False,
                **axis,
            },
            "yaxis": {
                "range": [0, 1.05],
                "tickvals": [0, 0.25, 0.5, 0.75, 1],
                "ticktext": ["0%", "25%", "50%", "75%", "100%"],
                "gridcolor": PALE,
                **axis,
            },
        },
    )


def _state_bars(rows: Sequence[Row], steps: Sequence[Mapping[Any, Any]], *, dark: bool) -> Iterator[go.Bar]:
    for state in COUNTED:
        shares = [step[state] / step["n"] if step["n"] else 0 for step in steps]
        colours = [status_colours(dark=dark)[state] if step["enough"] else GREY for step in steps]
        yield bars(rows, shares, state_marker(state, colours))


def _legend(*, height: float, dark: bool) -> tuple[list[dict[str, object]], list[dict[str, object]]]:
    """Name the states above the bars: the squares with their hatches as shapes, and the names as annotations."""
    states = state_names()
    colours = status_colours(dark=dark)
    squares, names, corners = swatches(
        [(colours[state], name) for state, name in states.items()], height=height, dark=dark
    )
    hatched = []
    for state, square, (left, low) in zip(states, squares, corners, strict=True):
        hatched.append(square)
        for path in _hatch(HATCHES[state], left, low):
            hatched.append(pixel_path(path, line={"color": HATCH_INK[state][dark], "width": 1}))
    return hatched, names


def _hatch(hatch: str, left: float, low: float) -> Iterator[str]:
    """The lines of a hatch across the square whose lower left corner is given."""
    half, far = SWATCH / 2, SWATCH
    for x1, y1, x2, y2 in ((0, half, half, far), (0, 0, far, far), (half, 0, far, half)):
        if hatch:
            yield f"M{left + x1},{low + y1}L{left + x2},{low + y2}"
        if hatch == "x":
            yield f"M{left + x1},{low + far - y1}L{left + x2},{low + far - y2}"


def state_marker(state: str, colours: Sequence[str]) -> dict[str, object]:
    """Plotly chooses white or dark lines by the ground; HATCH_INK repeats its choice in the legend."""
    return {"color": colours, "pattern": PATTERN | {"shape": HATCHES[state]}}


def _line(label: str, frame: pd.DataFrame, style: tuple[str, str, str, str], *, dark: bool) -> go.Scatter:
    dash, marker, on_light, on_dark = style
    colour = on_dark if dark else on_light
    rows = records(frame)
    return drawn.scatter(
        name=escaped(label),
        x=list(range(len(rows))),
        y=[None if pd.isna(row["rate"]) else row["rate"] for row in rows],
        mode="lines+markers",
        connectgaps=False,
        line={"color": colour, "dash": dash, "width": 2.5},
        marker={
            "size": 8,
            "symbol": [marker if row["n"] >= ENOUGH else f"{marker}-open" for row in rows],
        },
        customdata=[
            [row["month"], f"<b>{escaped(label)}</b><br>{month_said(row['month'])}: {plain_figure(row)}"]
            for row in rows
        ],
        hovertemplate="%{customdata[1]}<extra></extra>",
        hoverlabel=hover_box(colour, dark=dark),
    )
