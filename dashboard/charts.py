"""The two charts of the overview: the bars of a SOP's steps, and the trend by month.

Decided 2026-11:
- A step's words stand above its bar, not left of it: so the names are whole on a phone (350 px) and the bars long on
  a desk. The y axis counts pixels, which makes a row as high as its words need.
- A state is told by colour and by hatch, for colour-blind readers and for print in black and white. With n under
  `ENOUGH` the hatch stays and the colour goes: few cases are shown, not judged.
- A whole row answers to pointer and finger through one invisible bar a step, whose customdata begins with the step's
  key; the coloured bars themselves are dumb.
- Text that comes from data is escaped: Plotly reads a small HTML, and TeX between dollar signs.
- Fonts, background and width come from the page; only the colours of words depend on the theme (`dark`).
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import cycle
from typing import Any

import pandas as pd
import plotly.graph_objects as go

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
)
from dashboard.compliance import COUNTED, ENOUGH
from dashboard.palette import (
    CLEAR,
    GREY,
    HATCH_INK,
    HATCHES,
    INK,
    LESSER_INK,
    PALE,
    PAPER,
    status_colours,
)
from dashboard.text import language

__all__ = ["step_bars", "step_bars_text", "trend_lines", "trend_lines_text"]

LINE, BAR, GAP = 17, 14, 9  # pixels: a line of words, a bar, the room under it
LEGEND, SWATCH, LETTER = 28, 12, 6.3  # pixels: above the rows, a square of the legend, a letter at 12 px
FIGURE_ROOM = 108  # pixels right of the bars, for "100,0% (n = 1.234)"
TREND_HEIGHT = 210
LABELLED_MONTHS = 12  # more would run into each other at 350 px
LINES = (
    ("solid", "circle", "#1F6FB2", "#79B8F3"),
    ("dash", "diamond", "#7A4E9E", "#C79FE6"),
    ("dot", "square", "#8A5A00", "#E3B341"),
    ("dashdot", "triangle-up", "#0F766E", "#5CD0C3"),
)


@dataclass(frozen=True, slots=True)
class _Row:
    """A step as it is drawn: `top`, `bottom` and the `middle` of its bar in pixels above the lower edge."""

    step: Mapping[Any, Any]
    label: str
    top: float
    middle: float
    bottom: float


def step_bars(matrix: pd.DataFrame, *, dark: bool) -> go.Figure:
    """Draw `compliance.matrix` as bars in the SOP's order; a click's customdata[0] is the step's key.

    Bars show shares of n: a step with two cases is as long as one with two hundred, so n stands at the bar's end.
    """
    rows = _rows(matrix, dark=dark)
    height = rows[0].top
    figure = go.Figure([*_state_bars(rows, dark=dark), _empty_bars(rows), _touch_bars(rows, dark=dark)])
    squares, names = _legend(height=height, dark=dark)
    hidden = {"visible": False, "fixedrange": True}
    return _dressed(figure, dark=dark).update_layout(
        barmode="stack",
        shapes=squares,
        annotations=[
            *names,
            *_row_words(rows, dark=dark),
        ],  # all at once: one by one, Plotly checks all each time
        height=height + LEGEND,
        margin={"l": 2, "r": FIGURE_ROOM, "t": 0, "b": 0},
        xaxis={"range": [0, 1], **hidden},
        yaxis={"range": [0, height + LEGEND], **hidden},
        yaxis2={"range": [0, height + LEGEND], "overlaying": "y", **hidden},
    )


def _row_words(rows: Sequence[_Row], *, dark: bool) -> Iterator[dict[str, object]]:
    for row in rows:
        yield _words(row.label, x=0, y=row.top, yanchor="top", dark=dark)
        yield _words(figure_at_end(row.step), x=1, y=row.middle, xshift=6, dark=dark)
        if row.step["reason"]:
            reason = lesser(row.step["reason"], ink=LESSER_INK[dark])
            yield _words(reason, x=0, y=row.middle, xshift=6, dark=dark)


def trend_lines(lines: Mapping[str, pd.DataFrame], *, dark: bool) -> go.Figure:
    """Draw `compliance.trend` frames of the same months, one line a label, with a gap where n = 0.

    Lines differ by dash and marker as well as by colour; a hollow marker is a month with n under `ENOUGH`.
    """
    months = [int(month) for month in next(iter(lines.values()))["month"]]
    styled = zip(lines.items(), cycle(LINES), strict=False)
    figure = go.Figure([_line(label, frame, style, dark=dark) for (label, frame), style in styled])
    places = range(0, len(months), -(-len(months) // LABELLED_MONTHS))
    axis = {"fixedrange": True, "zeroline": False, "tickfont": {"color": LESSER_INK[dark], "size": 11}}
    return _dressed(figure, dark=dark).update_layout(
        height=TREND_HEIGHT,
        margin={"l": 44, "r": 12, "t": LEGEND, "b": 36},
        legend={"entrywidth": LETTER * max(map(len, lines)) + 6},
        xaxis={
            "range": [-0.5, len(months) - 0.5],
            "tickvals": list(places),
            "ticktext": month_ticks([months[place] for place in places]),
            "tickangle": 0,
            "showgrid": False,
            **axis,
        },
        yaxis={
            "range": [0, 1.05],
            "tickvals": [0, 0.25, 0.5, 0.75, 1],
            "ticktext": ["0%", "25%", "50%", "75%", "100%"],
            "gridcolor": PALE,
            **axis,
        },
    )


def _rows(matrix: pd.DataFrame, *, dark: bool) -> list[_Row]:
    steps = matrix.to_dict("records")
    labels = [step_label(step, lesser_ink=LESSER_INK[dark]) for step in steps]
    heights = [LINE * (label.count("<br>") + 1) + BAR + GAP for label in labels]
    rows, top = [], sum(heights)
    for step, label, height in zip(steps, labels, heights, strict=True):
        bottom = top - height
        rows.append(_Row(step=step, label=label, top=top, middle=bottom + GAP + BAR / 2, bottom=bottom))
        top = bottom
    return rows


def _state_bars(rows: Sequence[_Row], *, dark: bool) -> Iterator[go.Bar]:
    for state in COUNTED:
        shares = [row.step[state] / row.step["n"] if row.step["n"] else 0 for row in rows]
        colours = [status_colours(dark=dark)[state] if row.step["enough"] else GREY for row in rows]
        yield _bars(rows, shares, _marker(state, colours))


def _empty_bars(rows: Sequence[_Row]) -> go.Bar:
    return _bars(rows, [0 if row.step["n"] else 1 for row in rows], {"color": PALE})


def _bars(rows: Sequence[_Row], shares: Sequence[float], marker: Mapping[str, object]) -> go.Bar:
    """One bar a row, stacked on those of the traces before; a click elsewhere does not fade it."""
    return go.Bar(
        orientation="h",
        y=[row.middle for row in rows],
        x=shares,
        width=BAR,
        marker={"line": {"width": 0}, **marker},
        hoverinfo="skip",
        unselected={"marker": {"opacity": 1}},
        showlegend=False,
    )


def _touch_bars(rows: Sequence[_Row], *, dark: bool) -> go.Bar:
    return go.Bar(
        orientation="h",
        yaxis="y2",
        y=[(row.top + row.bottom) / 2 for row in rows],
        x=[1] * len(rows),
        width=[row.top - row.bottom for row in rows],
        marker={"color": CLEAR, "line": {"width": 0}},
        customdata=[[row.step["step_key"], hover(row.step)] for row in rows],
        hovertemplate="%{customdata[1]}<extra></extra>",
        hoverlabel=_hover_box(GREY, dark=dark),
        showlegend=False,
    )


def _legend(*, height: float, dark: bool) -> tuple[list[dict[str, object]], list[dict[str, object]]]:
    """Name the states above the bars, in pixels: Plotly's own legend breaks its line early and squeezes the rows.

    Returns the squares as shapes and the names as annotations.
    """
    left, low = 2.0, height + 10
    squares, names = [], []
    for state, name in state_names().items():
        square = f"M{left},{low}H{left + SWATCH}V{low + SWATCH}H{left}Z"
        squares.append(_pixel_path(square, fillcolor=status_colours(dark=dark)[state], line={"width": 0}))
        for path in _hatch(HATCHES[state], left, low):
            squares.append(_pixel_path(path, line={"color": HATCH_INK[state][dark], "width": 1}))
        words_at = left + SWATCH + 5
        names.append(_words(name, x=0, y=low + SWATCH / 2, xshift=words_at, dark=dark))
        left = words_at + LETTER * len(name) + 12
    return squares, names


def _hatch(hatch: str, left: float, low: float) -> Iterator[str]:
    """The lines of a hatch across the square whose lower left corner is given."""
    half, far = SWATCH / 2, SWATCH
    for x1, y1, x2, y2 in ((0, half, half, far), (0, 0, far, far), (half, 0, far, half)):
        if hatch:
            yield f"M{left + x1},{low + y1}L{left + x2},{low + y2}"
        if hatch == "x":
            yield f"M{left + x1},{low + far - y1}L{left + x2},{low + far - y2}"


def _pixel_path(path: str, **look: object) -> dict[str, object]:
    across = {"xref": "paper", "xsizemode": "pixel", "xanchor": 0}
    return {"type": "path", "path": path, "yref": "y", **across, **look}


def _marker(state: str, colours: Sequence[str]) -> dict[str, object]:
    """Plotly chooses white or dark lines by the ground; HATCH_INK repeats its choice in the legend."""
    hatch = {"shape": HATCHES[state], "fgopacity": 0.7, "size": 6, "solidity": 0.25}
    return {"color": colours, "pattern": {"fillmode": "overlay", **hatch}}


def _line(label: str, frame: pd.DataFrame, style: tuple[str, str, str, str], *, dark: bool) -> go.Scatter:
    dash, marker, on_light, on_dark = style
    colour = on_dark if dark else on_light
    rows = frame.to_dict("records")
    return go.Scatter(
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
        hoverlabel=_hover_box(colour, dark=dark),
    )


def _hover_box(border: str, *, dark: bool) -> dict[str, object]:
    font = {"color": INK[dark], "size": 12}
    return {"align": "left", "bgcolor": PAPER[dark], "bordercolor": border, "font": font}


def _words(
    text: str, *, x: int, y: float, dark: bool, yanchor: str = "middle", xshift: float = 0
) -> dict[str, object]:
    """A line of words at the left (x = 0) or just right (x = 1) of the bars."""
    return {
        "text": text,
        "x": x,
        "xref": "paper",
        "xanchor": "left",
        "xshift": xshift,
        "y": y,
        "yref": "y",
        "yanchor": yanchor,
        "align": "left",
        "showarrow": False,
        "borderpad": 0,
        "font": {"color": INK[dark], "size": 12},
    }


def _dressed(figure: go.Figure, *, dark: bool) -> go.Figure:
    """What both charts share: no ground of their own, the reader's numbers, a legend that is no switch."""
    return figure.update_layout(
        paper_bgcolor=CLEAR,
        plot_bgcolor=CLEAR,
        separators=",." if language() == "id" else ".,",
        dragmode=False,
        font={"color": INK[dark]},
        legend={
            "traceorder": "normal",
            "orientation": "h",
            "x": 0,
            "xanchor": "left",
            "y": 1,
            "yanchor": "bottom",
            "itemclick": False,
            "itemdoubleclick": False,
            "font": {"color": INK[dark], "size": 12},
        },
    )
