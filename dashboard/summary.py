"""The leaders' overview: its figures, read at once and remembered, and the sentence that says what they mean."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

import pandas as pd
import streamlit as st

from dashboard import compliance, duty_strip, reads, side_figures
from dashboard.charts import step_bars_text, trend_lines_text
from dashboard.compliance import ENOUGH
from dashboard.formats import number, percent
from dashboard.periods import Months, of_range, shifted
from dashboard.text import _, language, ngettext
from models.access import Actor, Permission, may
from models.errors import Forbidden
from models.queries.compliance import OpenCounts, open_counts
from models.queries.open_cases import open_by_month
from models.queries.outlook import Coming, coming
from models.queries.standings import Alarm, alarms
from models.sop import Sop
from models.work_calendar import WorkCalendar

TREND_MONTHS = 12
AHEAD = 5  # working days


class Weak(NamedTuple):
    """The step with the lowest rate of those that can be judged: its SOP, and its row of the matrix."""

    sop: Sop
    row: dict[Any, Any]


@dataclass(frozen=True)
class Overview:
    """The figures of one period for the SOPs a person may see. `past` says that `as_of` is a day that lies behind.

    `counts` are those of the period, `whole` and `former` its compliance and that of the period before, `each` that of
    each SOP by code, `rates` its course by month. `coming` are the open measured steps that are overdue or fall due
    within the next AHEAD working days, by due date, and `due_dates` the days of those.
    """

    period: Months
    as_of: datetime
    past: bool
    calendar: WorkCalendar
    sops: list[Sop]
    counts: pd.DataFrame
    whole: compliance.Figures
    former: compliance.Figures
    each: dict[str, compliance.Figures]
    rates: list[float]
    weak: Weak | None
    matrices: dict[str, pd.DataFrame]
    matrices_in_words: dict[str, str]
    trend: dict[str, pd.DataFrame]
    contents: dict[str, str]  # what tells one matrix from another, and at "" one trend
    trend_in_words: str
    not_in_time: list[int]
    open_cases: list[int]
    open: dict[str, OpenCounts]
    coming: list[Coming]
    due_dates: list[date | None]
    duties: dict[str, duty_strip.Duties]
    alarms: list[Alarm]
    beside: dict[str, side_figures.Beside]
    reports: frozenset[str]  # the SOPs whose reports whoever looks may read

    @property
    def day_key(self) -> str:
        """How the day stands in an address; "" for today."""
        return self.calendar.local_date(self.as_of).isoformat() if self.past else ""

    def overdue(self) -> list[Coming]:
        """What is overdue, the longest first."""
        return [one for one in self.coming if one.step.verdict == "overdue"]

    def due_on(self, days: int) -> list[Coming]:
        """What falls due on the `days`-th working day from today on and is not overdue; 0 is today.

        A day off before it goes with it: a step may be due at a departure on a Saturday.
        """
        today = self.calendar.local_date(self.as_of)
        day = self.calendar.nth_working_day_after(today, days) if days else today
        before = self.calendar.nth_working_day_after(today, days - 1) if days > 1 else today
        return [
            one
            for one, due_on in zip(self.coming, self.due_dates, strict=True)
            if due_on is not None
            and one.step.verdict != "overdue"
            and (before < due_on <= day if days else due_on <= today)
        ]


def overview(
    actor: Actor, sops: list[Sop], period: Months, as_of: datetime, *, past: bool = False
) -> Overview:
    """All figures at once, remembered as long as nothing changes. Raises `Forbidden`."""
    if not all(may(actor, Permission.VIEW_SUMMARY, sop) for sop in sops):
        raise Forbidden
    versions = tuple((sop.code, sop.version) for sop in sops)
    calendar = reads.calendar()
    version, hidden = reads.stands(actor)
    facts = _facts(
        _actor=actor,
        _sops=sops,
        _period=period,
        _calendar=calendar,
        versions=versions,
        period_key=period.key,
        as_of=as_of,
        past=past,
        spoken=language(),
        hidden=hidden,
        version=version,
    )
    reports = frozenset(sop.code for sop in sops if may(actor, Permission.VIEW_REPORTS, sop))
    return Overview(
        period=period, as_of=as_of, past=past, calendar=calendar, sops=sops, reports=reports, **facts
    )


@st.cache_resource(max_entries=100, ttl=300, show_spinner=False)
def _facts(
    *,
    _actor: Actor,
    _sops: list[Sop],
    _period: Months,
    _calendar: WorkCalendar,
    versions: tuple[tuple[str, int], ...],
    period_key: str,
    as_of: datetime,
    past: bool,
    spoken: str,
    hidden: tuple[int, ...],
    version: int,
) -> dict[str, Any]:
    """Everything of an `Overview` that has to be read or reckoned; one count per SOP covers all three spans.

    It is handed to everybody as it is, and nobody changes it.

    `hidden` are the cases that whoever looks may not see: what needs attention differs by them.
    """
    before = _period.before()
    trend = of_range(shifted(_period.last, 1 - TREND_MONTHS), _period.last)
    months = (min(before.first, trend.first), _period.last)
    counts = {
        sop.code: _known(reads.counts(_actor, sop, months=months, as_of=as_of, past=past), sop)
        for sop in _sops
    }
    within = {code: _within(frame, _period) for code, frame in counts.items()}
    together = pd.concat(within.values())
    matrices = {sop.code: compliance.matrix(within[sop.code], sop) for sop in _sops}
    trends = {code: compliance.trend(frame, trend.months()) for code, frame in counts.items()}
    return {
        "counts": together,
        "whole": compliance.overall(together),
        "former": compliance.overall(pd.concat(_within(frame, before) for frame in counts.values())),
        "each": {code: compliance.overall(frame) for code, frame in within.items()},
        "rates": compliance.trend(together, _period.months())["rate"].dropna().tolist(),
        "weak": _weakest(_sops, matrices),
        "matrices": matrices,
        "matrices_in_words": {code: step_bars_text(matrix) for code, matrix in matrices.items()},
        "trend": trends,
        "contents": {
            **{code: matrix.to_json() for code, matrix in matrices.items()},
            "": "".join(label + course.to_json() for label, course in lines(_sops, trends).items()),
        },
        "trend_in_words": trend_lines_text(lines(_sops, trends)),
        "not_in_time": _not_in_time(trends.values()),
        **_read(_actor, _sops, _period, calendar=_calendar, as_of=as_of, past=past, trend=trend),
    }


def _read(
    actor: Actor,
    sops: Sequence[Sop],
    period: Months,
    *,
    calendar: WorkCalendar,
    as_of: datetime,
    past: bool,
    trend: Months,
) -> dict[str, Any]:
    """What is read for each SOP besides the counts."""
    until = calendar.midnight(
        calendar.nth_working_day_after(calendar.local_date(as_of), AHEAD) + timedelta(days=1)
    )
    at: dict[str, Any] = {"actor": actor, "as_of": as_of, "past": past}
    ahead = [one for sop in sops for one in reads.read(coming, sop=sop, until=until, **at)]
    ahead.sort(key=lambda one: one.step.due_at or as_of)
    opened = [
        reads.read(open_by_month, sop=sop, months=trend.months(), calendar=calendar, **at) for sop in sops
    ]
    return {
        "open_cases": [sum(month) for month in zip(*opened, strict=True)],
        "open": {sop.code: reads.read(open_counts, sop=sop, **at) for sop in sops},
        "coming": ahead,
        "due_dates": [one.step.due_at and calendar.local_date(one.step.due_at) for one in ahead],
        "duties": {sop.code: reads.read(duty_strip.read, sop=sop, period=period, **at) for sop in sops},
        "beside": {sop.code: reads.read(side_figures.read, sop=sop, period=period, **at) for sop in sops},
        "alarms": [one for sop in sops for one in reads.read(alarms, sop=sop, **at)],
    }


def lines(sops: Sequence[Sop], trends: dict[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    """The trends by what each SOP is called."""
    return {sop.short.in_language(language()): trends[sop.code] for sop in sops}


def _known(frame: pd.DataFrame, sop: Sop) -> pd.DataFrame:
    """The counts of the steps that there are: a past version may have had others that no screen names."""
    known = {step.key for step in sop.steps}
    return frame if known.issuperset(frame["step_key"]) else frame[frame["step_key"].isin(known)]


def _within(frame: pd.DataFrame, period: Months) -> pd.DataFrame:
    return frame[(frame["month"] >= period.first) & (frame["month"] <= period.last)]


def _not_in_time(trends: Iterable[pd.DataFrame]) -> list[int]:
    """Late and overdue steps of all SOPs by month of their due date."""
    missed = [(course["n"] - course["on_time"]).tolist() for course in trends]
    return [sum(month) for month in zip(*missed, strict=True)]


def sentence(view: Overview) -> str:
    """The state of the office in one sentence, computed; Markdown of our own words and numbers only."""
    now, overdue = view.whole, sum(counts.overdue for counts in view.open.values())
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
        said += _change(now, view.former, view.period) + "."
    if overdue:
        return f"{said} " + ngettext(
            "**{count} step is overdue** and needs attention.",
            "**{count} steps are overdue** and need attention.",
            overdue,
        )
    return f"{said} " + _("No step is overdue.")


def _weakest(sops: Sequence[Sop], matrices: dict[str, pd.DataFrame]) -> Weak | None:
    found = [
        Weak(sop, row)
        for sop in sops
        for row in compliance.records(matrices[sop.code])
        if row["n"] >= ENOUGH and row["rate"] < 1
    ]
    return min(found, key=lambda one: one.row["rate"], default=None)


def weakest(view: Overview) -> str:
    """Where the office fails most, of the steps with enough cases to be judged; "" where there is none. Plain text."""
    if view.weak is None:
        return ""
    sop, row = view.weak
    return _(
        "Weakest: {sop}, step {no}. {name}: {rate} (n = {n}).",
        sop=sop.short.in_language(language()),
        no=row["no"],
        name=row["name"],
        rate=percent(row["rate"]),
        n=number(int(row["n"])),
    )


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
