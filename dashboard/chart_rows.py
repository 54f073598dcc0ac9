"""What the charts share: rows with their words above the marks, the look of words and boxes, legends in pixels.

Decided 2026-11:
- A row's words stand above its mark, not left of it: so names are whole on a phone (350 px) and marks long on a desk.
  The y axis counts pixels, which makes a row as high as its words need.
- A whole row answers to pointer and finger through one invisible bar, whose customdata begins with the row's key; the
  coloured marks themselves are dumb.
- Text that comes from data is escaped: Plotly reads a small HTML, and TeX between dollar signs.
- Fonts, background and width come from the page; only the colours of words depend on the theme (`dark`).
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import plotly.graph_objects as go

from dashboard import drawn
from dashboard.palette import CLEAR, GREY, INK, PAPER
from dashboard.text import language

LINE, BAR, GAP = 17, 12, 7  # pixels: a line of words, a bar, the room under it
LEGEND, SWATCH, LETTER = 28, 12, 6.3  # pixels: above the rows, a square of the legend, a letter at 12 px
PATTERN = {"fillmode": "overlay", "fgopacity": 0.7, "size": 6, "solidity": 0.25}  # of a hatch over a colour
FIGURE_ROOM = 108  # pixels right of the bars, for "100,0% (n = 1.234)"


@dataclass(frozen=True, slots=True)
class Row:
    """A row as it is drawn: `top`, `bottom` and the `middle` of its mark in pixels above the lower edge."""

    label: str
    top: float
    middle: float
    bottom: float


def rows_of(labels: Sequence[str], *, mark: float = BAR) -> list[Row]:
    """A row per label (lines of escaped words joined by <br>), the first at the top; its mark is so high."""
    heights = [LINE * (label.count("<br>") + 1) + mark + GAP for label in labels]
    found, top = [], float(sum(heights))
    for label, height in zip(labels, heights, strict=True):
        bottom = top - height
        found.append(Row(label=label, top=top, middle=bottom + GAP + mark / 2, bottom=bottom))
        top = bottom
    return found


def row_chart(
    rows: Sequence[Row],
    traces: Sequence[object],
    *,
    words: Sequence[dict[str, object]],
    shapes: Sequence[dict[str, object]] = (),
    dark: bool,
    room: float = FIGURE_ROOM,
    above: float = LEGEND,
    reach: float = 1.0,
) -> go.Figure:
    """A figure of rows whose marks lie between 0 and `reach`, with so many pixels `above` them: a legend's."""
    height = max((rows[0].top if rows else 0) + above, LINE)
    hidden = {"visible": False, "fixedrange": True}
    layout = look(dark=dark) | {
        "barmode": "stack",
        "shapes": list(shapes),
        "annotations": list(words),
        "height": height,
        "margin": {"l": 2, "r": room, "t": 0, "b": 0},
        "xaxis": {"range": [0, reach], **hidden},
        "yaxis": {"range": [0, height], **hidden},
        "yaxis2": {"range": [0, height], "overlaying": "y", **hidden},
    }
    return drawn.figure(traces, layout)


def bars(
    rows: Sequence[Row], lengths: Sequence[float], marker: Mapping[str, object], *, thick: float = BAR
) -> go.Bar:
    """One bar a row, stacked on those of the traces before; a click elsewhere does not fade it."""
    return drawn.bar(
        orientation="h",
        y=[row.middle for row in rows],
        x=list(lengths),
        width=thick,
        marker={"line": {"width": 0}, **marker},
        hoverinfo="skip",
        unselected={"marker": {"opacity": 1}},
        showlegend=False,
    )


def touch_bars(
    rows: Sequence[Row], keys: Sequence[str], said: Sequence[str], *, dark: bool, reach: float = 1.0
) -> go.Bar:
    """The invisible bars: a click's customdata[0] is the row's key, `said` stands in its hover box."""
    return drawn.bar(
        orientation="h",
        yaxis="y2",
        y=[(row.top + row.bottom) / 2 for row in rows],
        x=[reach] * len(rows),
        width=[row.top - row.bottom for row in rows],
        marker={"color": CLEAR, "line": {"width": 0}},
        customdata=[list(pair) for pair in zip(keys, said, strict=True)],
        hovertemplate="%{customdata[1]}<extra></extra>",
        hoverlabel=hover_box(GREY, dark=dark),
        showlegend=False,
    )


def swatches(
    names: Sequence[tuple[str, str]], *, height: float, dark: bool
) -> tuple[list[dict[str, object]], list[dict[str, object]], list[tuple[float, float]]]:
    """A legend of coloured squares in pixels: Plotly's own breaks its line early and squeezes the rows.

    `names` are (colour, word) pairs, `height` that of the rows. Returns the squares as shapes, the words as
    annotations, and the lower left corner of each square.
    """
    left, low = 2.0, height + 10
    squares, words, corners = [], [], []
    for colour, name in names:
        square = f"M{left},{low}H{left + SWATCH}V{low + SWATCH}H{left}Z"
        squares.append(pixel_path(square, fillcolor=colour, line={"width": 0}))
        words_at = left + SWATCH + 5
        words.append(words_in(name, x=0, y=low + SWATCH / 2, xshift=words_at, dark=dark))
        corners.append((left, low))
        left = words_at + LETTER * len(name) + 12
    return squares, words, corners


def pixel_path(path: str, **look: object) -> dict[str, object]:
    """A shape whose x counts pixels from the left edge."""
    across = {"xref": "paper", "xsizemode": "pixel", "xanchor": 0}
    return {"type": "path", "path": path, "yref": "y", **across, **look}


def hover_box(border: str, *, dark: bool) -> dict[str, object]:
    """The look of a hover box."""
    font = {"color": INK[dark], "size": 12}
    return {"align": "left", "bgcolor": PAPER[dark], "bordercolor": border, "font": font}


def words_in(
    text: str, *, x: float, y: float, dark: bool, yanchor: str = "middle", xshift: float = 0
) -> dict[str, object]:
    """A line of words at the left (x = 0) or just right (x = 1) of the marks; the text is read as Plotly's HTML."""
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


def labels_of(rows: Sequence[Row], *, dark: bool) -> Iterator[dict[str, object]]:
    """The words above each row's mark."""
    for row in rows:
        yield words_in(row.label, x=0, y=row.top, yanchor="top", dark=dark)


def look(*, dark: bool) -> dict[str, Any]:
    """The look of all figures, as a layout: no ground of its own, the reader's numbers, a legend that is no switch."""
    return {
        "paper_bgcolor": CLEAR,
        "plot_bgcolor": CLEAR,
        "separators": ",." if language() == "id" else ".,",
        "dragmode": False,
        "font": {"color": INK[dark]},
        "legend": {
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
    }
