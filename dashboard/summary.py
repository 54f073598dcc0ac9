"""The leaders' overview: one sentence, four figures, a bar per step, what needs attention, the trend."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pandas as pd
import streamlit as st

from dashboard import compliance, duty_strip, navigation, reads, side_figures
from dashboard.charts import step_bars, step_bars_text, trend_lines, trend_lines_text
from dashboard.formats import number, percent
from dashboard.periods import Months, of_range, shifted
from dashboard.status import badge, time_left_briefly
from dashboard.text import _, language, ngettext
from models.access import Actor, Permission, may
from models.database import data_version
from models.errors import Forbidden
from models.queries.compliance import OpenCounts, open_counts
from models.queries.sight import hidden_cases
from models.queries.standings import Alarm, alarms
from models.queries.worklist import OpenStep, attention
from models.sop import Sop
from models.work_calendar import WorkCalendar

TREND_MONTHS = 12
_CONFIG = {"displayModeBar": False, "scrollZoom": False}


@dataclass(frozen=True)
class Overview:
    """The figures of one period for the SOPs a person may see."""

    period: Months
    as_of: datetime
    sops: list[Sop]
    counts: dict[str, pd.DataFrame]
    earlier: dict[str, pd.DataFrame]
    matrices: dict[str, pd.DataFrame]
    matrices_in_words: dict[str, str]
    trend: dict[str, pd.DataFrame]
    trend_in_words: str
    open: dict[str, OpenCounts]
    waiting: list[OpenStep]
    duties: dict[str, duty_strip.Duties]
    alarms: list[Alarm]
    beside: dict[str, side_figures.Beside]
    reports: frozenset[str]  # the SOPs whose reports whoever looks may read

    def now(self) -> compliance.Figures:
        """Compliance of the period."""
        return compliance.overall(pd.concat(self.counts.values()))

    def before(self) -> compliance.Figures:
        """Compliance of the period before."""
        return compliance.overall(pd.concat(self.earlier.values()))


def overview(actor: Actor, sops: list[Sop], period: Months, as_of: datetime) -> Overview:
    """All figures at once, remembered as long as nothing changes. Raises `Forbidden`."""
    if not all(may(actor, Permission.VIEW_SUMMARY, sop) for sop in sops):
        raise Forbidden
    versions = tuple((sop.code, sop.version) for sop in sops)
    facts = _facts(
        _actor=actor,
        _sops=sops,
        _period=period,
        versions=versions,
        period_key=period.key,
        as_of=as_of,
        spoken=language(),
        hidden=reads.read(hidden_cases, actor),
        version=reads.read(data_version),
    )
    reports = frozenset(sop.code for sop in sops if may(actor, Permission.VIEW_REPORTS, sop))
    return Overview(period=period, as_of=as_of, sops=sops, reports=reports, **facts)


@st.cache_data(max_entries=100, ttl=300, show_spinner=False)
def _facts(
    *,
    _actor: Actor,
    _sops: list[Sop],
    _period: Months,
    versions: tuple[tuple[str, int], ...],
    period_key: str,
    as_of: datetime,
    spoken: str,
    hidden: tuple[int, ...],
    version: int,
) -> dict[str, Any]:
    """Everything of an `Overview` that has to be read or reckoned; one count per SOP covers all three spans.

    `hidden` are the cases that whoever looks may not see: what needs attention differs by them.
    """
    before = _period.before()
    trend = of_range(shifted(_period.last, 1 - TREND_MONTHS), _period.last)
    months = (min(before.first, trend.first), _period.last)
    counts = {sop.code: reads.counts(_actor, sop, months=months, as_of=as_of) for sop in _sops}
    within = {code: _within(frame, _period) for code, frame in counts.items()}
    matrices = {sop.code: compliance.matrix(within[sop.code], sop) for sop in _sops}
    trends = {code: compliance.trend(frame, trend.months()) for code, frame in counts.items()}
    waiting = [step for sop in _sops for step in reads.read(attention, actor=_actor, sop=sop, as_of=as_of)]
    return {
        "counts": within,
        "earlier": {code: _within(frame, before) for code, frame in counts.items()},
        "matrices": matrices,
        "matrices_in_words": {code: step_bars_text(matrix) for code, matrix in matrices.items()},
        "trend": trends,
        "trend_in_words": trend_lines_text(_lines(_sops, trends)),
        "open": {sop.code: reads.read(open_counts, actor=_actor, sop=sop, as_of=as_of) for sop in _sops},
        "waiting": sorted(waiting, key=lambda step: step.due_at or as_of),
        "duties": {
            sop.code: reads.read(duty_strip.read, actor=_actor, sop=sop, period=_period, as_of=as_of)
            for sop in _sops
        },
        "beside": {
            sop.code: reads.read(side_figures.read, actor=_actor, sop=sop, period=_period, as_of=as_of)
            for sop in _sops
        },
        "alarms": [one for sop in _sops for one in reads.read(alarms, actor=_actor, sop=sop, as_of=as_of)],
    }


def _lines(sops: list[Sop], trends: dict[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    return {sop.short.in_language(language()): trends[sop.code] for sop in sops}


def _within(frame: pd.DataFrame, period: Months) -> pd.DataFrame:
    return frame[(frame["month"] >= period.first) & (frame["month"] <= period.last)]


def sentence(view: Overview) -> str:
    """The state of the office in one sentence, computed; Markdown of our own words and numbers only."""
    now, overdue = view.now(), sum(counts.overdue for counts in view.open.values())
    if now.rate is None:
        said = _("{period}: no step has been judged yet.", period=view.period.label())
    else:
        said = _(
            "{period}: **{rate}** of steps on time ({on_time} of {n})",
            period=view.period.label(),
            rate=percent(now.rate),
            on_time=number(now.on_time),
            n=number(now.n),
        )
        said += _change(now, view.before(), view.period) + "."
    if overdue:
        return f"{said} " + ngettext(
            "**{count} step is overdue** and needs attention.",
            "**{count} steps are overdue** and need attention.",
            overdue,
        )
    return f"{said} " + _("No step is overdue.")


def _change(now: compliance.Figures, before: compliance.Figures, period: Months) -> str:
    points = compliance.difference_in_points(now, before)
    if points is None:
        return ""
    said = number(abs(points), 1)
    if said == number(0, 1):
        return _(", the same as {before}", before=period.before_label())
    if points > 0:
        return _(", up {points} points from {before}", points=said, before=period.before_label())
    return _(", down {points} points from {before}", points=said, before=period.before_label())


def show_figures(view: Overview) -> None:
    """The four figures side by side, each with what it is made of."""
    now = view.now()
    names = {sop.code: sop.short.in_language(language()) for sop in view.sops}
    figures = (
        (_("Overdue now"), {code: counts.overdue for code, counts in view.open.items()}),
        (_("Due soon"), {code: counts.at_risk for code, counts in view.open.items()}),
        (_("Open cases"), {code: counts.cases for code, counts in view.open.items()}),
    )
    with st.grid(4, min_column_width=160):
        beside = side_figures.words(pd.concat(view.counts.values()), now, view.beside.values())
        _metric(_("Compliance"), percent(now.rate), " · ".join([f"n = {number(now.n)}", *beside]))
        for label, values in figures:
            made_of = " · ".join(f"{names[code]} {number(value)}" for code, value in values.items())
            _metric(label, number(sum(values.values())), made_of)


def _metric(label: str, value: str, made_of: str) -> None:
    with st.container(border=True, height="stretch", gap=None):
        st.metric(label, value)
        st.caption(made_of)


def show_panels(view: Overview, *, dark: bool) -> None:
    """A panel of bars per SOP, then what needs attention and the trend; as many beside each other as fit."""
    with st.grid(len(view.sops) + 1, min_column_width=370) as grid:
        for sop in view.sops:
            with grid.cell(), st.container(border=True, height="stretch"):
                _bars(view, sop, dark=dark)
                duty_strip.show(view.duties[sop.code], sop, view.period, reports=sop.code in view.reports)
        with grid.cell():
            show_attention(view)
            show_trend(view, dark=dark)


def _bars(view: Overview, sop: Sop, *, dark: bool) -> None:
    """One SOP's steps as bars; a click on a bar opens its cases."""
    st.markdown(f"**{sop.short.in_language(language())}** · SOP {sop.number}")
    picked = st.plotly_chart(
        _drawn_bars(view.matrices[sop.code], dark, language()),
        key=f"summary.bars.{sop.code}",
        on_select="rerun",
        selection_mode="points",
        config=_CONFIG,
        theme=None,
        alt=view.matrices_in_words[sop.code],
    )
    points = picked["selection"]["points"] if picked else []
    if points and (step := _step_of(points[0])) and sop.step(step).periodic is None:  # a duty has no case
        navigation.go_to(navigation.register_page(sop), langkah=step, tenggat=view.period.key)


# Streamlit's own way to hash a frame takes ten times as long as writing so small a one out.
_remembered_by_content = st.cache_resource(
    max_entries=64, ttl=3600, show_spinner=False, hash_funcs={pd.DataFrame: pd.DataFrame.to_json}
)


@_remembered_by_content
def _drawn_bars(matrix: pd.DataFrame, dark: bool, spoken: str) -> Any:  # noqa: FBT001 - a cache's key
    """The figure of a matrix that was drawn before: Plotly takes longer to check a figure than to fill it.

    `spoken` is the language, in the key because a figure holds words.
    """
    return step_bars(matrix, dark=dark)


@_remembered_by_content
def _drawn_trend(lines: dict[str, pd.DataFrame], dark: bool, spoken: str) -> Any:  # noqa: FBT001
    """As `_drawn_bars`."""
    return trend_lines(lines, dark=dark)


def _step_of(point: dict[str, object]) -> str:
    data = point.get("customdata")
    return str(data[0] if isinstance(data, list) else data or "")


def show_trend(view: Overview, *, dark: bool) -> None:
    """Compliance by month, a line per SOP."""
    lines = _lines(view.sops, view.trend)
    with st.container(border=True, height="stretch"):
        st.markdown(f"**{_('Compliance by month')}**")
        st.plotly_chart(
            _drawn_trend(lines, dark, language()),
            key="summary.trend",
            config=_CONFIG,
            theme=None,
            alt=view.trend_in_words,
        )


def show_attention(view: Overview, *, limit: int = 3) -> None:
    """What is overdue, then what is due soon, each with a link to its case."""
    sops = {sop.code: sop for sop in view.sops}
    with st.container(border=True, gap="xsmall"):
        st.markdown(f"**{_('Needs attention')}**")
        if not view.waiting:
            st.caption(_("Nothing is overdue or due soon."))
        calendar = reads.calendar()
        for step in view.waiting[:limit]:
            _attention_line(step, sops[step.code], as_of=view.as_of, calendar=calendar)
        if len(view.waiting) > limit:
            st.caption(_("and {count} more", count=len(view.waiting) - limit))


def _attention_line(step: OpenStep, sop: Sop, *, as_of: datetime, calendar: WorkCalendar) -> None:
    """One open step: state, case, step, who, how long."""
    row = sop.step(step.step_key)
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        badge(step.verdict)
        if step.case_id is not None:
            st.page_link(
                navigation.page(navigation.CASE),
                label=str(step.register_no),
                query_params={"id": str(step.case_id)},
            )
        if step.due_at is not None:
            left = time_left_briefly(step.due_at, verdict=step.verdict, now=as_of, calendar=calendar)
            st.caption(left, width="content")
    who = sop.executor(step.executor).label.in_language(language())
    st.caption(f"{row.no}\\. {row.name.in_language(language())} · {who}")  # a bare "2." would begin a list
