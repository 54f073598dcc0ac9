"""The leaders' overview: one sentence, four figures, a bar per step, what needs attention, the trend."""

from dataclasses import dataclass
from datetime import datetime

import pandas as pd
import streamlit as st

from dashboard import compliance, navigation, reads
from dashboard.charts import step_bars, step_bars_text, trend_lines, trend_lines_text
from dashboard.formats import number, percent
from dashboard.periods import Months, of_range, shifted
from dashboard.status import badge, time_left
from dashboard.text import _, language, ngettext
from models.access import Actor
from models.queries.compliance import OpenCounts, open_counts
from models.queries.worklist import OpenStep, attention
from models.sop import Sop

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
    trend: dict[str, pd.DataFrame]
    open: dict[str, OpenCounts]
    waiting: list[OpenStep]

    def now(self) -> compliance.Figures:
        """Compliance of the period."""
        return compliance.overall(pd.concat(self.counts.values()))

    def before(self) -> compliance.Figures:
        """Compliance of the period before."""
        return compliance.overall(pd.concat(self.earlier.values()))


def overview(actor: Actor, sops: list[Sop], period: Months, as_of: datetime) -> Overview:
    """Read all figures at once: one count per SOP covers the period, the one before, and the trend."""
    before = period.before()
    trend = of_range(shifted(period.last, 1 - TREND_MONTHS), period.last)
    first = min(before.first, trend.first)
    counts = {sop.code: reads.counts(actor, sop, months=(first, period.last), as_of=as_of) for sop in sops}
    waiting = [step for sop in sops for step in reads.read(attention, actor=actor, sop=sop, as_of=as_of)]
    return Overview(
        period=period,
        as_of=as_of,
        sops=sops,
        counts={code: _within(frame, period) for code, frame in counts.items()},
        earlier={code: _within(frame, before) for code, frame in counts.items()},
        trend={code: compliance.trend(frame, trend.months()) for code, frame in counts.items()},
        open={sop.code: reads.read(open_counts, actor=actor, sop=sop, as_of=as_of) for sop in sops},
        waiting=sorted(waiting, key=lambda step: step.due_at or as_of),
    )


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
    now, opened = view.now(), view.open
    rates = [row for frame in view.trend.values() for row in frame["rate"].dropna()]
    spark = _spark(view) if len(rates) > 1 else None
    per_sop = {sop.code: sop.short.in_language(language()) for sop in view.sops}
    columns = st.columns(4)
    columns[0].metric(
        _("Compliance"),
        percent(now.rate),
        delta=f"n = {number(now.n)}",
        delta_color="off",
        delta_arrow="off",
        chart_data=spark,
        border=True,
        height="stretch",
    )
    figures = (
        (_("Overdue now"), {code: counts.overdue for code, counts in opened.items()}),
        (_("Due soon"), {code: counts.at_risk for code, counts in opened.items()}),
        (_("Open cases"), {code: counts.cases for code, counts in opened.items()}),
    )
    for column, (label, values) in zip(columns[1:], figures, strict=True):
        made_of = " · ".join(f"{per_sop[code]} {number(value)}" for code, value in values.items())
        column.metric(
            label,
            number(sum(values.values())),
            delta=made_of,
            delta_color="off",
            delta_arrow="off",
            border=True,
            height="stretch",
        )


def _spark(view: Overview) -> list[float]:
    sums = pd.concat(view.trend.values()).groupby("month")[["n", "on_time"]].sum()
    judged = sums[sums["n"] > 0]
    return [round(float(rate) * 100, 1) for rate in judged["on_time"] / judged["n"]]


def show_bars(view: Overview, *, dark: bool) -> None:
    """A panel per SOP; a click on a bar opens its cases."""
    for column, sop in zip(st.columns(len(view.sops)), view.sops, strict=True):
        with column.container(border=True):
            st.markdown(f"**{sop.short.in_language(language())}** · SOP {sop.number}")
            matrix = compliance.matrix(view.counts[sop.code], sop)
            picked = st.plotly_chart(
                step_bars(matrix, dark=dark),
                key=f"summary.bars.{sop.code}",
                on_select="rerun",
                selection_mode="points",
                config=_CONFIG,
                theme=None,
                alt=step_bars_text(matrix),
            )
            points = picked["selection"]["points"] if picked else []
            if points and (step := _step_of(points[0])):
                navigation.go_to(navigation.register_page(sop), langkah=step, tenggat=view.period.key)


def _step_of(point: dict[str, object]) -> str:
    data = point.get("customdata")
    return str(data[0] if isinstance(data, list) else data or "")


def show_trend(view: Overview, *, dark: bool) -> None:
    """Compliance by month, a line per SOP."""
    lines = {sop.short.in_language(language()): view.trend[sop.code] for sop in view.sops}
    with st.container(border=True, height="stretch"):
        st.markdown(f"**{_('Compliance by month')}**")
        st.plotly_chart(
            trend_lines(lines, dark=dark),
            key="summary.trend",
            config=_CONFIG,
            theme=None,
            alt=trend_lines_text(lines),
        )


def show_attention(view: Overview, *, limit: int = 6) -> None:
    """What is overdue, then what is due soon, each with a link to its case."""
    sops = {sop.code: sop for sop in view.sops}
    with st.container(border=True, height="stretch"):
        st.markdown(f"**{_('Needs attention')}**")
        if not view.waiting:
            st.caption(_("Nothing is overdue or due soon."))
        for step in view.waiting[:limit]:
            attention_line(step, sops[step.code], as_of=view.as_of)
        if len(view.waiting) > limit:
            st.caption(_("and {count} more", count=len(view.waiting) - limit))


def attention_line(step: OpenStep, sop: Sop, *, as_of: datetime) -> None:
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
        who = sop.executor(step.executor).label.in_language(language())
        left = time_left(step.due_at, verdict=step.verdict, now=as_of, calendar=reads.calendar())
        name = f"{row.no}. {row.name.in_language(language())}"
        st.caption(f"{name} · {who} · {left}", width="stretch")
