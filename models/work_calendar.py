"""Working time: which minutes count, and the sums made of them.

Decided 2026-11:
- Time is a row of minutes. W(t) is the number of working minutes before t; elapsed is W(end) - W(start), adding is
  the inverse of W. Scalars and arrays read the same tables, so that a screen and a report cannot disagree.
- The inverse is the *earliest* minute: working time used up exactly at closing is used up at that closing, not at
  the next opening.
- A moment outside the horizon is refused, never counted as 0 minutes, and nothing searches day by day: an empty
  calendar cannot loop.
- The zone is a fixed offset (WIB, UTC+7, no daylight saving); the server's own zone plays no part.
"""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import numpy as np
import numpy.typing as npt

from models.calendar_data import (
    CalendarData,
    CalendarError,
    DayOff,
    HoursRule,
    Override,
    Span,
    check,
    day_intervals,
    days_of,
    first_known_on,
)
from models.errors import N_, Problem
from models.work_tables import DAY, Interval, Minutes, WorkTables, in_blocks

__all__ = [
    "CalendarData",
    "CalendarError",
    "DayOff",
    "HoursRule",
    "Interval",
    "Moments",
    "Override",
    "Span",
    "WorkCalendar",
]

Moments = npt.NDArray[np.datetime64]

BEYOND = N_("{moment} lies outside the working calendar, which runs from {first} to {last}.")
TOO_FAR = N_("The working calendar ends on {last}, before that much working time has passed.")
NO_TIME = N_("The working calendar has no working time at all.")
NOT_WORKING = N_("{on} is not a working day.")


class WorkCalendar:
    """Counts working minutes and days. Scalar calls take aware datetimes of any zone and answer in UTC.

    Seconds are cut off, not rounded. Naive datetimes raise TypeError; anything outside the horizon, before the first
    hours rule, or needing more working time than there is raises CalendarError.
    """

    def __init__(self, data: CalendarData) -> None:
        check(data)
        self.data = data
        self._first_on = first_known_on(data)
        self._offset = timedelta(minutes=data.utc_offset_minutes)
        self._origin = self.midnight(self._first_on)
        self._origin_minute = int(self._origin.timestamp()) // 60
        self._overrides = {override.on: override for override in data.overrides}
        self._names: dict[date, tuple[str, ...]] = {}
        for off in data.days_off:
            self._names[off.on] = (*self._names.get(off.on, ()), off.name)
        self._election_days = days_of(data.elections)
        self._intervals = day_intervals(data)
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
        first, last = self._minutes(starts), self._minutes(ends)
        if len(first) != len(last):
            raise ValueError(f"{len(first)} starts, {len(last)} ends")

        def work(block: slice) -> Minutes:
            self._check_inside(first[block].min(), last[block].max())
            begin, end = first[block] - self._origin_minute, last[block] - self._origin_minute
            if (end < begin).any():
                raise ValueError("an end lies before its start")
            worked = self._tables.worked_array(end)
            worked -= self._tables.worked_array(begin)
            return worked

        return in_blocks(work, len(first))

    def add_minutes_array(self, starts: Moments, n: Minutes | int) -> Moments:
        """`add_minutes` for each start; `n` is one number or one per start."""
        first, counts = self._minutes(starts), _counts(n, len(starts))

        def work(block: slice) -> Minutes:
            begin, count = self._inside(first[block]), counts[block]
            wanted = self._tables.worked_array(begin)
            wanted += count
            used_up = self._tables.used_up_at_array(wanted)
            return used_up if count.all() else np.where(count == 0, begin, used_up)

        return self._moments(work, len(first))

    def due_days_array(self, starts: Moments, n: Minutes | int) -> Moments:
        """Closing of the n-th working day after day 0 of each start (rules 2: day 0 is the effective start's)."""
        first, counts = self._minutes(starts), _counts(n, len(starts))

        def work(block: slice) -> Minutes:
            begin = self._inside(first[block])
            return self._tables.closing_array(begin, counts[block])

        return self._moments(work, len(first))

    # Between the world's dates and the tables' integers.

    def _minute(self, at: datetime) -> int:
        since = at - self._origin
        minute = since.days * DAY + since.seconds // 60
        if not 0 <= minute <= self._tables.limit:
            raise self._beyond(at)
        return minute

    def _moment(self, minute: int) -> datetime:
        return self._origin + timedelta(0, minute * 60)

    def _used_up_at(self, count: int) -> int:
        if count > self._tables.total:
            raise self._too_far()
        return self._tables.used_up_at(count)

    def _day(self, on: date) -> int:
        day = (on - self._first_on).days
        if not 0 <= day < len(self._intervals):
            raise self._beyond(on)
        return day

    def _work_day(self, index: int) -> date:
        try:
            return self._first_on + timedelta(days=self._tables.work_day(index))
        except IndexError:
            raise self._too_far() from None

    def _minutes(self, moments: Moments) -> Minutes:
        return np.ascontiguousarray(moments, dtype="datetime64[m]").view(np.int64)

    def _moments(self, work: Callable[[slice], Minutes], size: int) -> Moments:
        try:
            found = in_blocks(work, size)
        except IndexError:
            raise self._too_far() from None
        found += self._origin_minute
        return found.view("datetime64[m]")

    def _inside(self, minutes: Minutes) -> Minutes:
        self._check_inside(minutes.min(), minutes.max())
        return minutes - self._origin_minute

    def _check_inside(self, least: np.int64, most: np.int64) -> None:
        for minute in (int(least), int(most)):
            if not 0 <= minute - self._origin_minute <= self._tables.limit:
                raise self._beyond(np.datetime64(minute, "m"))

    def _beyond(self, moment: object) -> CalendarError:
        return CalendarError(
            Problem(BEYOND, {"moment": moment, "first": self._first_on, "last": self.data.last_on})
        )

    def _too_far(self) -> CalendarError:
        return CalendarError(Problem(TOO_FAR, {"last": self.data.last_on}))


def _counts(n: Minutes | int, size: int) -> Minutes:
    counts = np.broadcast_to(np.asarray(n, dtype=np.int64), (size,))
    if (counts < 0).any():
        raise ValueError("cannot add negative working time")
    return counts
