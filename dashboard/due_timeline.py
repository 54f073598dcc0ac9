"""The way to a due date as a picture: weeks with each day counted or left out, or the stretches of working minutes."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta

import plotly.graph_objects as go

from dashboard.analysis.marks import BLUE, TARGET, Cell, Told, cell_rows
from dashboard.chart_words import escaped
from dashboard.formats import clock, date_long, date_plain, in_wib, working_duration
from dashboard.palette import CLEAR, GREY, INK, LESSER_INK, PALE
from dashboard.text import _
from models.explanation import DayRow, Explanation

_LONGEST = 12  # weeks, or stretches; what is longer is told in words alone
_WEEK = 7


def figure(made: Explanation, *, due_at: datetime | None, dark: bool) -> go.Figure | None:
    """The picture of one sum; None where nothing is counted or there is too much to draw."""
    if made.stretches:
        return _stretches(made, due_at=due_at, dark=dark) if len(made.stretches) <= _LONGEST // 2 else None
    if not made.days or len(made.days) > _LONGEST * _WEEK:
        return None
    return _weeks(made.days, due_on=in_wib(due_at).date() if due_at else None, dark=dark)


def _weeks(days: Sequence[DayRow], *, due_on: date | None, dark: bool) -> go.Figure:
    by_date = {row.on: row for row in days}
    monday = days[0].on - timedelta(days=days[0].on.weekday())
    mondays = []
    while monday <= days[-1].on:
        mondays.append(monday)
        monday += timedelta(days=_WEEK)
    told = [Told(key="", name=f"{first.day}-{date_plain(first + timedelta(days=6))}") for first in mondays]
    cells = [
        [_day(by_date.get(first + timedelta(days=place)), due_on=due_on, dark=dark) for place in range(_WEEK)]
        for first in mondays
    ]
    names = [date_long(mondays[0] + timedelta(days=place))[:3] for place in range(_WEEK)]
    return cell_rows(told, names, cells, dark=dark)


def _day(row: DayRow | None, *, due_on: date | None, dark: bool) -> Cell:
    if row is None:
        return Cell("", "", CLEAR, INK[dark], "")
    day = date_long(row.on)
    if row.ordinal == 0:
        return Cell("", "0", GREY, "#FFFFFF", escaped(_("{day}: day 0", day=day)))
    if row.counted:
        said = escaped(_("{day}: day {ordinal}", day=day, ordinal=row.ordinal))
        colour = TARGET if row.on == due_on else BLUE[dark]
        return Cell(
            "", str(row.ordinal), colour, INK[False] if dark and row.on != due_on else "#FFFFFF", said
        )
    why = ", ".join(row.names) or (_("weekend") if row.weekend else _("after closing"))
    return Cell("", "-", PALE, LESSER_INK[dark], escaped(f"{day}: {why}"), "/")


def _stretches(made: Explanation, *, due_at: datetime | None, dark: bool) -> go.Figure:
    cells = [cell for cell, _name in _pieces(made, due_at=due_at, dark=dark)]
    names = [name for _cell, name in _pieces(made, due_at=due_at, dark=dark)]
    first, last = made.stretches[0][0], made.stretches[-1][1]
    name = (
        date_long(first)
        if in_wib(first).date() == in_wib(last).date()
        else f"{date_long(first)} - {date_long(last)}"
    )
    return cell_rows([Told(key="", name=name)], names, [cells], dark=dark)


def _pieces(made: Explanation, *, due_at: datetime | None, dark: bool) -> Iterator[tuple[Cell, str]]:
    """Each stretch, and between two of them the break, the night or the days off."""
    before: datetime | None = None
    for begin, end in made.stretches:
        if before is not None:
            same_day = in_wib(before).date() == in_wib(begin).date()
            word = _("break") if same_day else _("closed")
            yield (
                Cell(
                    "", word, PALE, LESSER_INK[dark], escaped(f"{clock(before)}-{clock(begin)}: {word}"), "/"
                ),
                "",
            )
        minutes = int((end - begin).total_seconds() // 60)
        said, span = working_duration(minutes), f"{clock(begin)}-{clock(end)}"
        is_last = end == due_at
        ink = INK[False] if dark and not is_last else "#FFFFFF"
        hover = escaped(f"{date_long(begin)}, {span}: {said}")
        yield Cell("", said, TARGET if is_last else BLUE[dark], ink, hover), span
        before = end
