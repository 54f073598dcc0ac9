"""Working time: which minutes count, from dated hours, days off and overrides.

Decided 2026-11:
- Time is a row of minutes. W(t) is the number of working minutes before t; elapsed is W(end) - W(start), adding is
  the inverse of W. Scalars and arrays read the same tables, so that a screen and a report cannot disagree.
- The inverse is the *earliest* minute: working time used up exactly at closing is used up at that closing, not at
  the next opening.
- Of the hours rules of one kind (ordinary, Ramadan) the latest `valid_from` on or before the day holds; a Ramadan
  day without a Ramadan rule follows the ordinary one. An override of a date beats days off, weekend and Ramadan.
- Before the first ordinary rule nothing is known: such moments are outside the calendar and refused, never 0 minutes.
- The zone is a fixed offset (WIB, UTC+7, no daylight saving); the server's own zone plays no part.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import numpy as np
import numpy.typing as npt

from models.errors import N_, Problem
from models.work_tables import DAY, Interval, Minutes, WorkTables, in_blocks

Moments = npt.NDArray[np.datetime64]

BEYOND = N_("{moment} lies outside the working calendar, which runs from {first} to {last}.")
TOO_FAR = N_("The working calendar ends on {last}, before that much working time has passed.")
NO_TIME = N_("The working calendar has no working time at all.")
BAD_HOURS = N_("The hours of a day must follow one another without overlapping.")
BAD_WEEK = N_("Weekly hours need seven days, Monday to Sunday.")
BAD_SPAN = N_("A period cannot end before it begins ({first}, {last}).")
TWO_OVERRIDES = N_("Two overrides are given for {on}.")
NOT_WORKING = N_("{on} is not a working day.")


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


class WorkCalendar:
    """Counts working minutes and days. Scalar calls take aware datetimes of any zone and answer in UTC.

    Seconds are cut off, not rounded. Naive datetimes raise TypeError; anything outside the horizon, before the first
    hours rule, or needing more working time than there is raises CalendarError.
    """

    def __init__(self, data: CalendarData) -> None:
        _check(data)
        self.data = data
        ordinary = [rule.valid_from for rule in data.hours if not rule.ramadan]
        self._first_on = max(data.first_on, min(ordinary, default=data.first_on))
        self._ordinal = self._first_on.toordinal()
        self._offset = timedelta(minutes=data.utc_offset_minutes)
        self._origin = datetime.combine(self._first_on, datetime.min.time(), UTC) - self._offset
        self._origin_minutes = int(self._origin.timestamp()) // 60
        self._closed = {off.on for off in data.days_off}
        self._overrides = {override.on: override for override in data.overrides}
        self._names: dict[date, tuple[str, ...]] = {}
        for off in data.days_off:
            self._names[off.on] = (*self._names.get(off.on, ()), off.name)
        self._election_days = _days_of(data.elections)
        days = range(self._ordinal, data.last_on.toordinal() + 1)
        self._intervals = _day_intervals(data, [date.fromordinal(day) for day in days])
        self._tables = WorkTables(self._intervals)
        if self._tables.total == 0:
            raise CalendarError(Problem(NO_TIME))

    # Moments.

    def is_working(self, at: datetime) -> bool:
        """Whether the minute that begins at `at` is working time (a closing time is not)."""
        minute = self._minute(at)
        return self._tables.worked(min(minute + 1, self._tables.limit)) > self._tables.worked(minute)

    def effective_start(self, at: datetime) -> datetime:
        """`at` itself inside working time, else the next opening."""
        return self._moment(self._used_up_at(self._tables.worked(self._minute(at)) + 1) - 1)

    def elapsed(self, start: datetime, end: datetime) -> int:
        """Working minutes in [start, end). An end before the start raises ValueError: it is never 0."""
        first, last = self._minute(start), self._minute(end)
        if last < first:
            raise ValueError(f"end {end.isoformat()} lies before start {start.isoformat()}")
        return self._tables.worked(last) - self._tables.worked(first)

    def add_minutes(self, start: datetime, n: int) -> datetime:
        """The earliest instant at which `n` working minutes have been used since `start`; n = 0 is `start` itself."""
        if n < 0:
            raise ValueError(f"cannot add {n} working minutes")
        minute = self._minute(start)
        return self._moment(self._used_up_at(self._tables.worked(minute) + n) if n else minute)

    # Dates.

    def local_date(self, at: datetime) -> date:
        """The calendar date of `at` at the office, whatever zone `at` is written in."""
        return (at.astimezone(UTC) + self._offset).date()

    def midnight(self, on: date) -> datetime:
        """The instant at which `on` begins at the office."""
        return datetime.combine(on, datetime.min.time(), UTC) - self._offset

    def intervals(self, on: date) -> tuple[Interval, ...]:
        """Working intervals of a date, in minutes of the local day; () when closed."""
        return self._intervals[self._day(on)]

    def is_working_day(self, on: date) -> bool:
        """Whether the date has any working time; a half day counts."""
        return self._tables.is_working_day(self._day(on))

    def nth_working_day_after(self, on: date, n: int) -> date:
        """The n-th working day strictly after `on`, which itself need not be one; n >= 1."""
        if n < 1:
            raise ValueError(f"no {n}-th working day")
        return self._work_day(self._tables.work_days_before(self._day(on) + 1) + n - 1)

    def next_working_day(self, on: date) -> date:
        """`on` itself when it is a working day, else the next one."""
        return self._work_day(self._tables.work_days_before(self._day(on)))

    def closing(self, on: date) -> datetime:
        """Closing time of a working day; CalendarError for any other day."""
        if not self.is_working_day(on):
            raise CalendarError(Problem(NOT_WORKING, {"on": on.isoformat()}))
        return self._moment(self._tables.closing(self._tables.work_days_before(self._day(on))))

    def in_election(self, on: date) -> bool:
        """Whether "hari" counts calendar days on this date."""
        return on in self._election_days

    def is_provisional(self, on: date) -> bool:
        """Whether the year's days off are not decreed yet (SKB 3 Menteri)."""
        return on.year not in self.data.decreed_years

    def day_off_names(self, on: date) -> tuple[str, ...]:
        """Why the date departs from its weekday: the override's reason if there is one, else the days off's names."""
        override = self._overrides.get(on)
        return (override.reason,) if override else self._names.get(on, ())

    # Whole arrays: datetime64 in UTC, cut to the minute. NaT lies outside the calendar and is refused.

    def elapsed_array(self, starts: Moments, ends: Moments) -> Minutes:
        """`elapsed` for each pair, int64 minutes; ValueError when any end lies before its start."""
        first, last = _minutes(starts), _minutes(ends)

        def work(block: slice) -> Minutes:
            begin, finish = self._inside(first[block]), self._inside(last[block])
            if (finish < begin).any():
                raise ValueError("an end lies before its start")
            return self._tables.worked_array(finish) - self._tables.worked_array(begin)

        return in_blocks(work, len(first))

    def add_minutes_array(self, starts: Moments, n: Minutes | int) -> Moments:
        """`add_minutes` for each start; `n` is one number or one per start."""
        first, counts = _minutes(starts), np.broadcast_to(np.asarray(n, dtype=np.int64), np.shape(starts))
        if (counts < 0).any():
            raise ValueError("cannot add negative working minutes")

        def work(block: slice) -> Minutes:
            begin, count = self._inside(first[block]), counts[block]
            wanted = self._tables.worked_array(begin)
            wanted += count
            due = self._refusing_the_end(lambda: self._tables.used_up_at_array(wanted))
            return due if count.all() else np.where(count == 0, begin, due)

        return self._moments(in_blocks(work, len(first)))

    def due_days_array(self, starts: Moments, n: Minutes | int) -> Moments:
        """Closing of the n-th working day after day 0 of each start (rules 2: day 0 is the effective start's)."""
        first, counts = _minutes(starts), np.broadcast_to(np.asarray(n, dtype=np.int64), np.shape(starts))
        if (counts < 0).any():
            raise ValueError("cannot add negative working days")

        def work(block: slice) -> Minutes:
            begin = self._inside(first[block])
            return self._refusing_the_end(lambda: self._tables.closing_array(begin, counts[block]))

        return self._moments(in_blocks(work, len(first)))
