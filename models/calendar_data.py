"""What a working calendar is made of: dated hours, days off, overrides, Ramadan and election periods.

Decided 2026-11:
- Of the hours rules of one kind (ordinary, Ramadan) the latest `valid_from` on or before the day holds; a Ramadan
  day without a Ramadan rule follows the ordinary one.
- An override of a date beats days off, weekend and Ramadan: closed, half day or working weekend.
- Before the first ordinary rule nothing is known: `first_known_on` cuts the horizon there.
"""

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

from models.errors import N_, Problem
from models.work_tables import DAY, Interval

BAD_HOURS = N_("The hours of a day must follow one another without overlapping.")
BAD_WEEK = N_("Weekly hours need seven days, Monday to Sunday.")
BAD_SPAN = N_("A period cannot end before it begins ({first}, {last}).")
TWO_OVERRIDES = N_("Two overrides are given for {on}.")
TWO_RULES = N_("Two rules of hours of the same kind begin on {on}.")


class CalendarError(ValueError):
    """No working time, bad calendar data, or a moment outside the horizon. `problem` carries the words."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(str(problem))
        self.problem = problem


@dataclass(frozen=True, slots=True)
class HoursRule:
    """Weekly hours in force from a date; `week` has seven entries, Monday first, each with its intervals in order."""

    valid_from: date
    ramadan: bool
    week: tuple[tuple[Interval, ...], ...]


@dataclass(frozen=True, slots=True)
class DayOff:
    """A closed date; `kind` is national, joint (cuti bersama) or local. One date may carry several."""

    on: date
    kind: str
    name: str


@dataclass(frozen=True, slots=True)
class Override:
    """The hours of one date whatever else is said of it; no intervals means closed."""

    on: date
    intervals: tuple[Interval, ...]
    reason: str


@dataclass(frozen=True, slots=True)
class Span:
    """A period of whole days, both ends included: a Ramadan, an election period."""

    first_on: date
    last_on: date
    name: str = ""


@dataclass(frozen=True)
class CalendarData:
    """All a calendar is made of. Years outside `decreed_years` make a deadline provisional, not wrong."""

    hours: tuple[HoursRule, ...]
    days_off: tuple[DayOff, ...] = ()
    overrides: tuple[Override, ...] = ()
    ramadan: tuple[Span, ...] = ()
    elections: tuple[Span, ...] = ()
    decreed_years: frozenset[int] = frozenset()
    utc_offset_minutes: int = 420
    first_on: date = date(2020, 1, 1)
    last_on: date = date(2040, 12, 31)


def first_known_on(data: CalendarData) -> date:
    """The first date with hours: the horizon's own start, or the first ordinary rule if that is later."""
    ordinary = [rule.valid_from for rule in data.hours if not rule.ramadan]
    return max(data.first_on, min(ordinary, default=data.first_on))


def day_intervals(data: CalendarData) -> list[tuple[Interval, ...]]:
    """Working intervals of every date from `first_known_on` to the end of the horizon."""
    overrides = {override.on: override.intervals for override in data.overrides}
    closed = {off.on for off in data.days_off}
    ramadan = days_of(data.ramadan)
    rules = {
        kind: sorted((r for r in data.hours if r.ramadan is kind), key=_valid_from) for kind in (False, True)
    }
    starts = {kind: [rule.valid_from for rule in of_kind] for kind, of_kind in rules.items()}

    def hours(on: date) -> tuple[Interval, ...]:
        if on in overrides:
            return overrides[on]
        if on in closed:
            return ()
        for kind in (True, False) if on in ramadan else (False,):
            place = bisect_right(starts[kind], on)
            if place:
                return rules[kind][place - 1].week[on.weekday()]
        return ()

    return [hours(on) for on in _dates(first_known_on(data), data.last_on)]


def days_of(spans: Iterable[Span]) -> frozenset[date]:
    """Every date inside one of the spans."""
    return frozenset(on for span in spans for on in _dates(span.first_on, span.last_on))


def check(data: CalendarData) -> None:
    """Refuse hours that overlap, weeks without seven days, reversed spans and doubled overrides or rules."""
    for rule in data.hours:
        if len(rule.week) != 7:
            raise CalendarError(Problem(BAD_WEEK))
        for intervals in rule.week:
            _check_hours(intervals)
    for override in data.overrides:
        _check_hours(override.intervals)
    for span in (*data.ramadan, *data.elections, Span(data.first_on, data.last_on)):
        if span.last_on < span.first_on:
            raise CalendarError(Problem(BAD_SPAN, {"first": span.first_on, "last": span.last_on}))
    if (doubled := _doubled(override.on for override in data.overrides)) is not None:
        raise CalendarError(Problem(TWO_OVERRIDES, {"on": doubled}))
    for kind in (False, True):
        if (doubled := _doubled(rule.valid_from for rule in data.hours if rule.ramadan is kind)) is not None:
            raise CalendarError(Problem(TWO_RULES, {"on": doubled}))


def _check_hours(intervals: tuple[Interval, ...]) -> None:
    edges = [edge for interval in intervals for edge in interval]
    in_order = all(opening < closing for opening, closing in intervals) and all(
        a <= b for a, b in pairwise(edges)
    )
    if not in_order or (edges and not (edges[0] >= 0 and edges[-1] <= DAY)):
        raise CalendarError(Problem(BAD_HOURS))


def _doubled(dates: Iterable[date]) -> date | None:
    seen: set[date] = set()
    for on in dates:
        if on in seen:
            return on
        seen.add(on)
    return None


def _valid_from(rule: HoursRule) -> date:
    return rule.valid_from


def _dates(first_on: date, last_on: date) -> Iterator[date]:
    return (first_on + timedelta(days=n) for n in range((last_on - first_on).days + 1))
