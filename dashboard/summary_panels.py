"""The overview on screen: four figures, a bar per step, what needs attention, the trend. Each leads somewhere."""

from collections.abc import Mapping, Sequence
from textwrap import shorten
from typing import Any

import pandas as pd
import streamlit as st

from dashboard import duty_strip, navigation, side_figures
from dashboard.charts import step_bars, trend_lines
from dashboard.drawn import Drawn
from dashboard.formats import brief_percent, clock, number, percent
from dashboard.periods import of_range
from dashboard.status import badge, time_left_briefly
from dashboard.summary import AHEAD, Overview, lines
from dashboard.text import _, language, plain
from models.queries.outlook import Coming
from models.sop import Sop

_CONFIG = {"displayModeBar": False, "scrollZoom": False}
TREND_PIXELS = 126
_STEP_LETTERS = 38  # of a step's name, so that it stands in a line with a person's
_PEOPLE = 2
_BARS = 6  # months; more would run into each other


def show_figures(view: Overview) -> None:
    """The four figures side by side, each with its course, what it is made of, and where it leads."""
    now = view.whole
    beside = side_figures.words(view.counts, now, view.beside.values())
    days = [len(view.due_on(day)) for day in range(AHEAD + 1)]
    with st.grid(4, min_column_width=160):
        with _figure(_("Compliance"), percent(now.rate), view.rates, _("by month"), "line"):
            _rates(view)
            st.caption(" · ".join([f"n = {number(now.n)}", *beside]))
        with _figure(
            _("Overdue now"),
            _sum(view, "overdue"),
            view.not_in_time[-_BARS:],
            _("late or overdue, by month"),
            "bar",
        ):
            _parts(view, "overdue", putusan="overdue")
        with _figure(_("Due soon"), _sum(view, "at_risk"), days, _("due on the next working days"), "bar"):
            _parts(view, "at_risk", putusan="at_risk")
            _ahead(view)
        with _figure(
            _("Open cases"), _sum(view, "cases"), view.open_cases, _("open at the end of each month"), "line"
        ):
            _parts(view, "cases", status="terbuka")


def _sum(view: Overview, name: str) -> str:
    return number(sum(getattr(counts, name) for counts in view.open.values()))


def _figure(
    label: str, value: str, course: Sequence[float], said: str, kind: str
) -> st.delta_generator.DeltaGenerator:
    """A figure with its course at the right; what it is made of goes into the container that is returned."""
    frame = st.container(border=True, height="stretch", gap=None)
    left, right = frame.columns([5, 2], gap="small")
    left.metric(label, value)
    if len(course) > 1:
        right.metric(
            said,
            "",
            chart_data=list(course),
            chart_type="bar" if kind == "bar" else "line",
            label_visibility="collapsed",
            height=74,  # any less, and it would scroll
            help=said,
        )
    return frame


def _parts(view: Overview, name: str, **query: str) -> None:
    """A link per SOP to the cases that the figure counts; of a past day to the steps that were open then."""
    with st.container(horizontal=True, gap="xxsmall"):
        for sop in view.sops:
            value = getattr(view.open[sop.code], name)
            st.page_link(
                navigation.page(navigation.COMPLIANCE) if view.past else navigation.register_page(sop),
                label=f"{sop.short.in_language(language())} {number(value)}",
                query_params=_open_then(view, sop, query) if view.past else query,
                icon=":material/arrow_forward:",
            )


def _rates(view: Overview) -> None:
    """A link per SOP to its compliance of the period, step by step; both in one line at 1440 pixels."""
    with st.container(horizontal=True, gap="xxsmall"):
        for sop in view.sops:
            st.page_link(
                navigation.page(navigation.COMPLIANCE),
                label=f"{sop.short.in_language(language())} {brief_percent(view.each[sop.code].rate)}",
                query_params=_of_day(view, {"sop": sop.code, "periode": view.period.key}),
                icon=":material/arrow_forward:",
            )


def _ahead(view: Overview) -> None:
    st.page_link(
        navigation.page(navigation.COMPLIANCE),
        label=_("Five days ahead"),
        icon=":material/event_upcoming:",
        query_params=_of_day(view, {"sop": view.sops[-1].code, "lihat": "depan"}),
    )


def _of_day(view: Overview, query: dict[str, str]) -> dict[str, str]:
    return query | ({"per": view.day_key} if view.past else {})


def _open_then(view: Overview, sop: Sop, query: Mapping[str, str]) -> dict[str, str]:
    kept = {key: value for key, value in query.items() if key == "putusan"}
    return {"sop": sop.code, "per": view.day_key, "lihat": "daftar", "jenis": "open", **kept}


def nothing_to_show() -> None:
    """What stands in place of figures for somebody who may read no SOP, or where none is in force yet."""
    st.info(_("There is no SOP whose figures you may see."), icon=":material/inbox:")


def show_panels(view: Overview, *, dark: bool) -> None:
    """What needs attention with the trend, then a panel of bars per SOP; as many beside each other as fit."""
    with st.grid(len(view.sops) + 1, min_column_width=370) as grid:
        with grid.cell():
            show_attention(view)
            _show_trend(view, dark=dark)
        for sop in view.sops:
            with grid.cell(), st.container(border=True, height="stretch"):
                _bars(view, sop, dark=dark)
                duty_strip.show(view.duties[sop.code], sop, view.period, reports=sop.code in view.reports)


def _bars(view: Overview, sop: Sop, *, dark: bool) -> None:
    """One SOP's steps as bars; a click on a bar opens its cases."""
    navigation.panel_title(f"{sop.short.in_language(language())} · SOP {sop.number}")
    picked = st.plotly_chart(
        drawn_bars(view.matrices[sop.code], view.contents[sop.code], dark, language()),
        key=f"summary.bars.{sop.code}",
        on_select="rerun",
        selection_mode="points",
        config=_CONFIG,
        theme=None,
        alt=view.matrices_in_words[sop.code],
    )
    points = picked["selection"]["points"] if picked else []
    if points and (step := _step_of(points[0])):
        _open_behind(view, sop, step)


def _open_behind(view: Overview, sop: Sop, step: str) -> None:
    """The cases of a bar: in the register, or as they were known on a past day in the list of Kepatuhan."""
    if not view.past and sop.step(step).periodic is None:
        navigation.go_to(navigation.register_page(sop), langkah=step, tenggat=view.period.key)
    query = {"sop": sop.code, "periode": view.period.key, "lihat": "daftar", "langkah": step}
    navigation.go_to(navigation.COMPLIANCE, **query, per=view.day_key)


remembered = st.cache_resource(max_entries=64, ttl=3600, show_spinner=False)


@remembered
def drawn_bars(_matrix: pd.DataFrame, content: str, dark: bool, spoken: str) -> Drawn:  # noqa: FBT001 - a cache's key
    """The figure of a matrix that was drawn before: to draw it takes as long as to show the rest of the screen.

    `content` tells the matrix from others; `spoken` is the language, in the key because a figure holds words.
    """
    return Drawn(step_bars(_matrix, dark=dark))


@remembered
def drawn_trend(
    _courses: dict[str, pd.DataFrame],
    content: str,
    dark: bool,  # noqa: FBT001 - a cache's key
    spoken: str,
    pixels: int,
) -> Drawn:
    """As `drawn_bars`."""
    return Drawn(trend_lines(_courses, dark=dark, pixels=pixels))


def _step_of(point: dict[str, object]) -> str:
    data = point.get("customdata")
    return str(data[0] if isinstance(data, list) else data or "")


def _show_trend(view: Overview, *, dark: bool) -> None:
    """Compliance by month, a line per SOP; a click on a point opens the steps behind it."""
    with st.container(border=True, height="stretch", gap="xsmall"):
        navigation.panel_title(_("Compliance by month"))
        picked = st.plotly_chart(
            drawn_trend(lines(view.sops, view.trend), view.contents[""], dark, language(), TREND_PIXELS),
            key="summary.trend",
            on_select="rerun",
            selection_mode="points",
            config=_CONFIG,
            theme=None,
            alt=view.trend_in_words,
        )
    points = picked["selection"]["points"] if picked else []
    if points:
        _open_month(view, points[0])


def _open_month(view: Overview, point: Mapping[str, Any]) -> None:
    """The steps behind a point of the trend: those of the line's SOP that were due in its month."""
    data = point["customdata"]
    month = int(data[0] if isinstance(data, list) else data)
    query = {
        "sop": view.sops[point["curve_number"]].code,
        "periode": of_range(month, month).key,
        "lihat": "daftar",
    }
    navigation.go_to(navigation.COMPLIANCE, **query, per=view.day_key)


def show_attention(view: Overview, *, overdue: int = 3, today: int = 2) -> None:
    """What is overdue and with whom, then what falls due today; each with a link to its case."""
    with st.container(border=True, gap="xxsmall"):
        navigation.panel_title(_("Needs attention"))
        late, due = view.overdue(), view.due_on(0)
        if not late and not due:
            st.caption(_("Nothing is overdue, and nothing falls due today."))
        if late:
            _group("overdue", late, view, limit=overdue, of=sum(one.overdue for one in view.open.values()))
        if due:
            _group("today", due, view, limit=today, of=len(due))


def _group(kind: str, steps: Sequence[Coming], view: Overview, *, limit: int, of: int) -> None:
    """Some steps of a kind, `of` how many there are in all: the figure's own number, for everybody the same."""
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        if kind == "overdue":
            badge("overdue")
        else:
            st.badge(_("Due today"), icon=":material/today:", color="yellow")
        more = of - min(limit, len(steps))
        said = _("{count} steps", count=number(of))
        st.caption(f"{said} · {_('{count} more', count=number(more))}" if more > 0 else said, width="content")
    for one in steps[:limit]:
        _line(one, view)


def _line(one: Coming, view: Overview) -> None:
    """One open step: case and how long, then step and who."""
    sop = next(sop for sop in view.sops if sop.code == one.step.code)
    step, due_at = sop.step(one.step.step_key), one.step.due_at
    left = ""
    if due_at is not None:
        left = (
            time_left_briefly(due_at, verdict="overdue", now=view.as_of, calendar=view.calendar)
            if one.step.verdict == "overdue"
            else _("until {time}", time=clock(due_at))
        )
    label = " · ".join(part for part in (one.step.register_no or one.step.period or "", left) if part)
    with st.container(gap=None):
        if one.step.case_id is not None:
            st.page_link(
                navigation.page(navigation.CASE),
                label=label,
                query_params={"id": str(one.step.case_id), "sorot": step.key},
            )
        else:
            st.text(label)
        name = shorten(step.name.in_language(language()), _STEP_LETTERS, placeholder="…")
        st.caption(plain(f"{step.no}. {name} · {with_whom(one, sop)}"))


def with_whom(one: Coming, sop: Sop) -> str:
    """The people it lies with, the executor where there are none or many."""
    if 1 <= len(one.people) <= _PEOPLE:
        return ", ".join(one.people)
    return sop.executor(one.step.executor).label.in_language(language())
