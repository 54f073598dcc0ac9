"""Ke depan: what this month will come to, and what falls due in the next working days, with whom.

The names are those of officers, to whom the work belongs; a reporter's name stands in no chart.
"""

from collections.abc import Sequence
from datetime import date, timedelta
from urllib.parse import urlencode

import pandas as pd

from dashboard import reads
from dashboard.analysis import frames
from dashboard.analysis.asked import Asked
from dashboard.analysis.marks import BLUE, Cell, Part, Told, cell_rows, share_rows
from dashboard.analysis.panel import Panel, heading
from dashboard.chart_words import escaped, month_said
from dashboard.formats import date_long, date_plain, number, percent
from dashboard.palette import INK, LESSER_INK, PALE, status_colours
from dashboard.periods import of_range
from dashboard.reports.sheets import Column, Sheet
from dashboard.status import word
from dashboard.text import _, language
from models.queries.outlook import Coming, coming

AHEAD = 5  # working days


def panels(asked: Asked, *, dark: bool) -> list[Panel]:
    """The forecast, the days to come by person, and the steps."""
    today = asked.calendar.local_date(asked.as_of)
    days = [today, *(asked.calendar.nth_working_day_after(today, n) for n in range(1, AHEAD + 1))]
    until = asked.calendar.midnight(days[-1] + timedelta(days=1))
    found = reads.read(coming, **asked.reading(), until=until)
    return [_forecast(asked, today, dark=dark), _days(asked, found, days, dark=dark), _steps(asked, found)]


def _forecast(asked: Asked, today: date, *, dark: bool) -> Panel:
    month = today.year * 100 + today.month
    on_time, judged, still = frames.forecast(asked.counts((month, month)), month)
    whole = judged + still
    nothing = on_time / whole if whole else None
    all_kept = (on_time + still) / whole if whole else None
    so_far = on_time / judged if judged else None
    rows = [
        (_("So far"), judged, so_far),
        (_("If nothing more happens this month"), whole, nothing),
        (_("If all that is open is finished in time"), whole, all_kept),
    ]
    key = urlencode({"bulan": of_range(month, month).key})
    told = [Told(key=key, name=name, end=f"{percent(rate)} (n = {number(n)})") for name, n, rate in rows]
    bar = Part(_("On time"), status_colours(dark=dark)["on_time"], [rate or 0 for _name, _n, rate in rows])
    return Panel(
        key="forecast",
        title=_("What {month} will come to", month=month_said(month)),
        message=_(
            "{month}: {now} so far; {least} if nothing more happens, {most} if all of the {count} open steps are kept.",
            month=month_said(month),
            now=percent(so_far),
            least=percent(nothing),
            most=percent(all_kept),
            count=number(still),
        ),
        figure=share_rows(told, [bar], dark=dark, legend=False),
        sheet=Sheet(
            name=_("Forecast"),
            heading=heading(asked, _("Forecast of the month")),
            columns=(
                Column("name", _("Forecast"), "long_text", 44),
                Column("n", _("Steps"), "integer", 10),
                Column("rate", _("Compliance"), "percent", 12),
            ),
            frame=pd.DataFrame(rows, columns=["name", "n", "rate"]),
        ),
    )


def with_whom(asked: Asked, one: Coming) -> str:
    """The executor, with the names of the people where there are any."""
    executor = asked.sop.executor(one.step.executor).label.in_language(language())
    return f"{executor} ({', '.join(one.people)})" if one.people else executor


def _days(asked: Asked, found: Sequence[Coming], days: Sequence[date], *, dark: bool) -> Panel:
    rows: dict[str, list[int]] = {}
    executors: dict[str, str] = {}
    for one in found:
        who = with_whom(asked, one)
        executors[who] = one.step.executor
        counts = rows.setdefault(who, [0] * (len(days) + 1))
        due_on = asked.calendar.local_date(one.step.due_at or asked.as_of)
        if one.step.verdict == "overdue":
            counts[0] += 1
        else:
            counts[1 + next((n for n, day in enumerate(days) if due_on <= day), len(days) - 1)] += 1
    names = [_("Overdue"), *(_short(day) for day in days)]
    most = max((count for counts in rows.values() for count in counts[1:]), default=1) or 1
    told = [Told(key="", name=who) for who in rows]
    cells = [
        [
            _cell(who, _key(executors[who], place, days), names[place], count, most, dark=dark)
            for place, count in enumerate(counts)
        ]
        for who, counts in rows.items()
    ]
    table = [(who, *counts, sum(counts)) for who, counts in rows.items()]
    columns = (
        Column("who", _("With whom"), "long_text", 40),
        *(Column(str(n), name, "integer", 10) for n, name in enumerate(names)),
        Column("sum", _("Together"), "integer", 10),
    )
    return Panel(
        key="days",
        title=_("What falls due, with whom"),
        message=_(
            "{count} steps fall due until {date}; {overdue} are overdue.",
            count=number(sum(sum(counts[1:]) for counts in rows.values())),
            date=date_plain(days[-1]),
            overdue=number(sum(counts[0] for counts in rows.values())),
        ),
        figure=cell_rows(told, names, cells, dark=dark),
        empty=_("Nothing falls due in the next five working days."),
        sheet=Sheet(
            name=_("By person"),
            heading=heading(asked, _("Due in the next five working days")),
            columns=columns,
            frame=pd.DataFrame(table, columns=[column.key for column in columns]),
        ),
    )


def _short(day: date) -> str:
    return f"{date_long(day)[:3]} {day.day}"


def _key(executor: str, place: int, days: Sequence[date]) -> str:
    """Where a cell leads: the executor's overdue steps, or those that fall due on the day."""
    narrowed = {"putusan": "overdue"} if place == 0 else {"hari": days[place - 1].isoformat()}
    return urlencode({"pelaksana": executor, "jenis": "open", **narrowed})


def _cell(who: str, key: str, name: str, count: int, most: int, *, dark: bool) -> Cell:
    hover = f"<b>{escaped(who)}</b><br>{escaped(name)}: {number(count)}"
    if not count:
        return Cell("", "", PALE, LESSER_INK[dark], hover)
    if "putusan" in key:
        red = status_colours(dark=dark)["overdue"]
        # no hatch, through which the number would be hard to read: the name above the column tells the state
        return Cell(key, number(count), red, INK[False] if dark else "#FFFFFF", hover)
    strong = count * 2 > most
    colour = BLUE[dark] if strong else "rgba(31, 111, 178, 0.3)"
    ink = (INK[False] if dark else "#FFFFFF") if strong else INK[dark]
    return Cell(key, number(count), colour, ink, hover)


def _steps(asked: Asked, found: Sequence[Coming]) -> Panel:
    columns = (
        Column("due_at", _("Due"), "moment", 16),
        Column("verdict", _("State"), "text", 15),
        Column("number", _("Register no."), "text", 18),
        Column("step", _("Step"), "long_text", 34),
        Column("who", _("With whom"), "long_text", 34),
    )
    rows = [
        (
            one.step.due_at,
            word(one.step.verdict),
            one.step.register_no or one.step.period or "",
            asked.step_name(one.step.step_key),
            with_whom(asked, one),
        )
        for one in found
    ]
    return Panel(
        key="coming",
        title=_("The steps"),
        message=_("{count} steps, the earliest due first.", count=number(len(rows))),
        empty=_("Nothing falls due in the next five working days."),
        sheet=Sheet(
            name=_("Coming steps"),
            heading=heading(asked, _("Due in the next five working days")),
            columns=columns,
            frame=pd.DataFrame(rows, columns=[column.key for column in columns], dtype="object"),
        ),
        opens=urlencode({"jenis": "open"}),
    )
