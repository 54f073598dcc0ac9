"""The overview on the wall of the office (`?layar=1`): the same figures, larger, no controls, renewed each minute."""

import re
from textwrap import shorten

import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from dashboard import drawn, duty_strip, navigation, periods, reads, session
from dashboard.chart_rows import look
from dashboard.charts import step_bars, trend_lines
from dashboard.drawn import Drawn
from dashboard.formats import moment_long, number, percent
from dashboard.palette import INK, LESSER_INK
from dashboard.summary import Overview, lines, overview, sentence, weakest
from dashboard.summary_panels import TREND_PIXELS, remembered, with_whom
from dashboard.text import _, language, plain
from models.access import Permission

NAME = "layar"
EVERY_SECONDS = 60
_LARGER = 1.4
_LISTED, _STEP_LETTERS = 4, 44
_UNDER_YEAR = 8  # pixels
_LABELLED_MONTHS = 6  # at the most: larger letters need more room
_CONFIG = {"displayModeBar": False, "scrollZoom": False, "staticPlot": True}
_PIXELS = re.compile(r"([MLH])(\d+(?:\.\d+)?)")


def is_asked_for() -> bool:
    """Whether the address asks for the big screen."""
    return st.query_params.get(NAME) == "1"


@st.fragment(run_every=EVERY_SECONDS)
def show(*, dark: bool) -> None:
    """The figures of the running semester. Asks again who is looking: a fragment does not pass the entry script."""
    who, now = session.require(Permission.VIEW_SUMMARY), session.now()
    sops = reads.readable_sops(who, now)
    view = overview(who, sops, periods.current(reads.today(now)), now)
    st.title(sentence(view).replace("**", ""), anchor=False)
    st.header(plain(weakest(view)), anchor=False)
    duty_strip.show_alarms(view.alarms)
    _figures(view, dark=dark)
    times = 1.0 if _is_phone() else _LARGER
    with st.grid(len(sops) + 1, min_column_width=540 if times > 1 else 320) as grid:
        with grid.cell():
            _attention(view)
            with st.container(border=True):
                st.header(_("Compliance by month"), anchor=False)
                st.plotly_chart(
                    _large_trend(lines(sops, view.trend), view.contents[""], times, dark, language()),
                    key="wall.trend",
                    config=_CONFIG,
                    theme=None,
                    alt=view.trend_in_words,
                )
        for sop in sops:
            with grid.cell(), st.container(border=True, height="stretch"):
                st.header(sop.short.in_language(language()), anchor=False)
                st.plotly_chart(
                    _large_bars(view.matrices[sop.code], view.contents[sop.code], times, dark, language()),
                    key=f"wall.bars.{sop.code}",
                    config=_CONFIG,
                    theme=None,
                    alt=view.matrices_in_words[sop.code],
                )
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(_("As of {moment}", moment=moment_long(now)), width="content")
        if st.button(_("Leave the big screen"), type="tertiary", key="wall.leave"):
            navigation.go_to(navigation.SUMMARY)


def _attention(view: Overview) -> None:
    with st.container(border=True, gap="small"):
        for word, colour, found in (
            (_("Overdue"), "red", view.overdue()),
            (_("Due today"), "orange", view.due_on(0)),
        ):
            st.header(f":{colour}[{word}]", anchor=False)
            if not found:
                st.markdown(f"### {_('No step at the moment.')}", anchors=False)
            for one in found[:_LISTED]:
                sop = next(sop for sop in view.sops if sop.code == one.step.code)
                step = sop.step(one.step.step_key)
                name = shorten(step.name.in_language(language()), _STEP_LETTERS, placeholder="…")
                st.markdown(f"### {plain(f'{step.no}. {name} · {with_whom(one, sop)}')}", anchors=False)


def _figures(view: Overview, *, dark: bool) -> None:
    now = view.whole
    figures = {
        _("Compliance"): percent(now.rate),
        _("Overdue now"): number(sum(counts.overdue for counts in view.open.values())),
        _("Due today"): number(len(view.due_on(0))),
        _("Open cases"): number(sum(counts.cases for counts in view.open.values())),
    }
    with st.grid(len(figures), min_column_width=200) as grid:
        for place, (label, value) in enumerate(figures.items()):
            with grid.cell():
                st.plotly_chart(
                    _large_figure(label, value, dark=dark),
                    key=f"wall.figure.{place}",
                    config=_CONFIG,
                    theme=None,
                    alt=f"{label}: {value}",
                )


def _is_phone() -> bool:
    """Whether a phone asks: there is no room for larger figures."""
    return "Mobi" in (st.context.headers.get("User-Agent") or "")


def _large_figure(label: str, value: str, *, dark: bool) -> go.Figure:
    """A word and a number that are read across a room: a page's own text grows no further."""
    at = {"x": 0, "xref": "paper", "xanchor": "left", "yref": "paper", "showarrow": False}
    words = [
        {**at, "text": label, "y": 1, "yanchor": "top", "font": {"size": 24, "color": LESSER_INK[dark]}},
        {**at, "text": value, "y": 0, "yanchor": "bottom", "font": {"size": 64, "color": INK[dark]}},
    ]
    hidden = {"visible": False, "fixedrange": True}
    layout = {
        "annotations": words,
        "height": 118,
        "margin": {"l": 0, "r": 0, "t": 0, "b": 0},
        "xaxis": hidden,
        "yaxis": hidden,
    }
    return drawn.figure([], look(dark=dark) | layout)


@remembered
def _large_bars(
    _matrix: pd.DataFrame,
    content: str,
    times: float,
    dark: bool,  # noqa: FBT001 - a cache's key
    spoken: str,
) -> Drawn:
    return Drawn(enlarged(step_bars(_matrix, dark=dark), times))


@remembered
def _large_trend(
    _courses: dict[str, pd.DataFrame],
    content: str,
    times: float,
    dark: bool,  # noqa: FBT001 - a cache's key
    spoken: str,
) -> Drawn:
    if times == 1:
        return Drawn(trend_lines(_courses, dark=dark, pixels=TREND_PIXELS))
    figure = enlarged(trend_lines(_courses, dark=dark, labelled=_LABELLED_MONTHS), times)
    figure.layout.margin.b += _UNDER_YEAR
    return Drawn(figure)


def enlarged(figure: go.Figure, times: float) -> go.Figure:
    """The figure drawn so many times larger: height, margins, words and what is measured in pixels."""
    if times == 1:
        return figure
    layout = figure.layout
    words = [
        {
            "font": {"size": (note.font.size or 12) * times},
            "xshift": (note.xshift or 0) * times,
            "text": re.sub(
                r"font-size:(\d+)px",
                lambda found: f"font-size:{int(found[1]) * times:.0f}px",
                note.text or "",
            ),
        }
        for note in layout.annotations
    ]
    paths = [
        {"path": _PIXELS.sub(lambda found: f"{found[1]}{float(found[2]) * times}", shape.path)}
        for shape in layout.shapes
        if shape.path
    ]
    margin = {side: (getattr(layout.margin, side) or 0) * times for side in ("l", "r", "t", "b")}
    for axis in (layout.xaxis, layout.yaxis):
        if axis.tickfont.size:
            axis.tickfont.size *= times
    return figure.update_layout(
        height=layout.height * times,
        margin=margin,
        annotations=words,
        shapes=paths,
        legend={"font": {"size": 12 * times}, "entrywidth": (layout.legend.entrywidth or 0) * times},
    )
