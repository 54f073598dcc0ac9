"""The charts of Kepatuhan, drawn from rows of plain values: shares, pairs, spreads, cells.

A click's customdata[0] is the row's or cell's `key`: the parameters of the address that shows what is behind it.
"""

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass

import plotly.graph_objects as go

from dashboard import drawn
from dashboard.chart_rows import (
    BAR,
    LEGEND,
    LINE,
    PATTERN,
    Row,
    bars,
    hover_box,
    labels_of,
    row_chart,
    rows_of,
    swatches,
    touch_bars,
    words_in,
)
from dashboard.chart_words import escaped, label_in_lines, lesser
from dashboard.palette import GREY, INK, LESSER_INK, PALE

CELL = 22  # pixels
CELL_GAP = 0.04  # of a cell's width
CELL_LETTERS = 8  # of its name in one line, where seven cells stand in 330 pixels
SPREAD_REACH = 2.0  # times the target; what lies beyond is drawn at the edge
BLUE = {False: "#1F6FB2", True: "#79B8F3"}
TARGET = "#C4541A"
PURPLE = {False: "#7A4E9E", True: "#C79FE6"}


@dataclass(frozen=True, slots=True)
class Told:
    """The words of one row: its name, lesser words beside it and under it, the figure at its end, its hover box."""

    key: str
    name: str
    small: str = ""
    under: str = ""
    end: str = ""
    more: tuple[str, ...] = ()

    def label(self, *, dark: bool) -> str:
        """The lines above the mark, escaped."""
        lines = label_in_lines(self.name, self.small, ink=LESSER_INK[dark])
        return f"{lines}<br>{lesser(self.under, ink=LESSER_INK[dark])}" if self.under else lines

    def hover(self) -> str:
        """The hover box, escaped."""
        lines = [
            f"<b>{escaped(self.name)}</b>",
            *map(escaped, self.more or (self.small, self.under, self.end)),
        ]
        return "<br>".join(line for line in lines if line)


@dataclass(frozen=True, slots=True)
class Part:
    """One part of all rows' bars: its word in the legend, colour, lengths, and the hatch of its bars."""

    name: str
    colour: str
    lengths: Sequence[float]
    hatch: str = ""


def hatched(colour: str, hatch: str) -> dict[str, object]:
    """A bar's colour with its hatch over it."""
    return {"color": colour, "pattern": PATTERN | {"shape": hatch}}


def share_rows(
    told: Sequence[Told], parts: Sequence[Part], *, dark: bool, legend: bool = True, room: float = 108
) -> go.Figure:
    """Stacked bars whose lengths lie between 0 and 1."""
    rows = rows_of([one.label(dark=dark) for one in told])
    squares, names, _ = swatches(
        [(part.colour, part.name) for part in parts] if legend else [],
        height=rows[0].top if rows else 0,
        dark=dark,
    )
    drawn = [bars(rows, part.lengths, hatched(part.colour, part.hatch)) for part in parts]
    rest = bars(
        rows,
        [max(0.0, 1 - sum(part.lengths[n] for part in parts)) for n in range(len(rows))],
        {"color": PALE},
    )
    return row_chart(
        rows,
        [*drawn, rest, _touched(rows, told, dark=dark)],
        shapes=squares,
        words=[*names, *labels_of(rows, dark=dark), *_ends(rows, told, dark=dark)],
        dark=dark,
        room=room,
        above=LEGEND if legend else 0,
    )


def pair_rows(
    told: Sequence[Told],
    pairs: Sequence[Sequence[float | None]],
    names: Sequence[str],
    *,
    dark: bool,
    room: float = 108,
) -> go.Figure:
    """Marks on a line from 0 to 1, one per name: the first a full circle, the others hollow diamonds."""
    rows = rows_of([one.label(dark=dark) for one in told])
    height = rows[0].top if rows else 0
    colours = [BLUE[dark], PURPLE[dark], INK[dark], GREY]
    squares, legend, _ = swatches(list(zip(colours, names, strict=False)), height=height, dark=dark)
    marks = [
        drawn.scatter(
            x=[pair[place] for pair in pairs],
            y=[row.middle for row in rows],
            mode="markers",
            marker={
                "size": 12 if place == 0 else 11,
                "symbol": "circle" if place == 0 else "diamond-open",
                "color": colours[place],
                "line": {"width": 2.5, "color": colours[place]},
            },
            cliponaxis=False,
            hoverinfo="skip",
            showlegend=False,
        )
        for place in range(len(names))
    ]
    ground = bars(rows, [1.0] * len(rows), {"color": PALE}, thick=4)
    return row_chart(
        rows,
        [ground, *marks, _touched(rows, told, dark=dark)],
        shapes=squares,
        words=[*legend, *labels_of(rows, dark=dark), *_ends(rows, told, dark=dark)],
        dark=dark,
        room=room,
    )


@dataclass(frozen=True, slots=True)
class Spread:
    """How long a step took, in shares of its target; without a `target` in shares of whatever, and drawn grey."""

    p10: float
    p25: float
    median: float
    p75: float
    p90: float
    target: float | None


def spread_rows(
    told: Sequence[Told], spreads: Sequence[Spread], names: Sequence[str], *, dark: bool
) -> go.Figure:
    """A thin bar from P10 to P90, a thick one over the middle half, a mark at the median, a line at the target.

    `names` are the words of the legend: middle half, nine in ten, median, target.
    """
    rows = rows_of([one.label(dark=dark) for one in told])
    height = rows[0].top if rows else 0
    colours = [BLUE[dark] if one.target else GREY for one in spreads]
    pale = [f"rgba({_rgb(colour)}, 0.35)" for colour in colours]
    legend_colours = (BLUE[dark], f"rgba({_rgb(BLUE[dark])}, 0.35)", INK[dark], TARGET)
    squares, legend, _ = swatches(list(zip(legend_colours, names, strict=True)), height=height, dark=dark)
    targets = [
        {
            "type": "line",
            "x0": 1 / SPREAD_REACH,
            "x1": 1 / SPREAD_REACH,
            "y0": row.middle - BAR * 0.75,
            "y1": row.middle + BAR * 0.75,
            "line": {"color": TARGET, "width": 2.5},
        }
        for row, one in zip(rows, spreads, strict=True)
        if one.target
    ]
    return row_chart(
        rows,
        [
            _stretch(rows, [(one.p10, one.p90) for one in spreads], pale, thick=6),
            _stretch(rows, [(one.p25, one.p75) for one in spreads], colours, thick=BAR),
            drawn.scatter(
                x=[_scaled(one.median) for one in spreads],
                y=[row.middle for row in rows],
                mode="markers",
                marker={
                    "symbol": "diamond",
                    "size": 12,
                    "color": INK[dark],
                    "line": {"color": "#FFFFFF", "width": 1},
                },
                cliponaxis=False,
                hoverinfo="skip",
                showlegend=False,
            ),
            _touched(rows, told, dark=dark),
        ],
        shapes=[*squares, *targets],
        words=[*legend, *labels_of(rows, dark=dark)],
        dark=dark,
        room=8,
    ).update_layout(barmode="overlay")


def _stretch(
    rows: Sequence[Row], ends: Sequence[tuple[float, float]], colours: Sequence[str], *, thick: float
) -> go.Bar:
    low = [_scaled(first) for first, _ in ends]
    long = [max(_scaled(last) - first, 0.004) for first, (_, last) in zip(low, ends, strict=True)]
    return bars(rows, long, {"color": list(colours)}, thick=thick).update(base=low)


def _scaled(share: float) -> float:
    return min(share, SPREAD_REACH) / SPREAD_REACH


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of a row: what stands in it, its ground, and its ink; `hover` is escaped already."""

    key: str
    text: str
    colour: str
    ink: str
    hover: str
    hatch: str = ""


def cell_rows(
    told: Sequence[Told], columns: Sequence[str], cells: Sequence[Sequence[Cell]], *, dark: bool
) -> go.Figure:
    """A strip of cells under each row's words, with the columns' names above them all."""
    rows = rows_of([one.label(dark=dark) for one in told], mark=CELL)
    wide = 1 / max(len(columns), 1)
    traces = [
        drawn.bar(
            orientation="h",
            y=[row.middle for row in rows],
            x=[wide * (1 - CELL_GAP)] * len(rows),
            base=[place * wide] * len(rows),
            width=CELL,
            marker={
                "color": [line[place].colour for line in cells],
                "line": {"width": 0},
                "pattern": PATTERN | {"shape": [line[place].hatch for line in cells]},
            },
            text=[line[place].text for line in cells],
            textposition="inside",
            insidetextanchor="middle",
            textangle=0,
            constraintext="none",
            textfont={"size": 11, "color": [line[place].ink for line in cells]},
            customdata=[[line[place].key, line[place].hover] for line in cells],
            hovertemplate="%{customdata[1]}<extra></extra>",
            hoverlabel=hover_box(GREY, dark=dark),
            unselected={"marker": {"opacity": 1}},
            showlegend=False,
        )
        for place in range(len(columns))
    ]
    height = rows[0].top if rows else 0
    lines = [_over_cell(name) for name in columns]
    above = LEGEND + LINE * max((line.count("<br>") for line in lines), default=0)
    names = [
        words_in(line, x=(place + 0.5) * wide, y=height + 4, dark=dark)
        | {"xanchor": "center", "xref": "x", "yanchor": "bottom"}
        for place, line in enumerate(lines)
    ]
    words = [*names, *labels_of(rows, dark=dark)]
    figure = row_chart(rows, traces, words=words, dark=dark, room=8, above=above)
    return figure.update_layout(barmode="overlay")


def _over_cell(name: str) -> str:
    """A column's name in lines that are hardly wider than its cell on a phone."""
    return "<br>".join(escaped(line) for line in textwrap.wrap(name, CELL_LETTERS)) or escaped(name)


def _touched(rows: Sequence[Row], told: Sequence[Told], *, dark: bool) -> go.Bar:
    return touch_bars(rows, [one.key for one in told], [one.hover() for one in told], dark=dark)


def _ends(rows: Sequence[Row], told: Sequence[Told], *, dark: bool) -> list[dict[str, object]]:
    return [
        words_in(lesser(one.end, ink=INK[dark]), x=1, y=row.middle, xshift=12, dark=dark)
        for row, one in zip(rows, told, strict=True)
        if one.end
    ]


def _rgb(colour: str) -> str:
    return ", ".join(str(int(colour[at : at + 2], 16)) for at in (1, 3, 5))
