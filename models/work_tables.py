"""Working minutes as tables: counted and inverted for one minute or for a million.

A minute is an integer counted from local midnight of the first day; a day is given as its working intervals.
Decided 2026-11: three small tables (working minutes before each day, a cumulative template per kind of day, where
that template begins) and the inverse (the minute at which the k-th working minute has been used). The scalar path
reads them as lists, because numpy costs ten times more on one element; the array path works through blocks that stay
in the processor's cache, which is half of its speed.
"""

from collections.abc import Callable, Iterator, Sequence

import numpy as np
import numpy.typing as npt

Interval = tuple[int, int]  # minutes of the day, half-open [open, close)
Minutes = npt.NDArray[np.int64]

DAY = 1440
BLOCK = 32_768


class WorkTables:
    """Tables over consecutive days. No bounds are checked here but those of numpy: `WorkCalendar` does that."""

    def __init__(self, days: Sequence[tuple[Interval, ...]]) -> None:
        kinds = {intervals: index for index, intervals in enumerate(dict.fromkeys([*days, ()]))}
        kind_of_day = np.array(
            [kinds[intervals] for intervals in [*days, ()]], dtype=np.int64
        )  # one closed day after
        working = np.zeros((len(kinds), DAY), dtype=np.bool_)
        for intervals, kind in kinds.items():
            for opening, closing in intervals:
                working[kind, opening:closing] = True
        per_day = working.sum(axis=1)[kind_of_day]
        every_day = np.arange(len(kind_of_day), dtype=np.int64)
        cumulative = working.cumsum(axis=1) - working  # before the minute, not with it
        closing_of_kind = np.array([intervals[-1][1] if intervals else 0 for intervals in kinds])
        used_up_at = np.flatnonzero(working[kind_of_day].ravel()) + 1

        self.limit = len(days) * DAY
        self.total = int(per_day.sum())
        self._before = np.cumsum(per_day) - per_day
        self._shift = (kind_of_day - every_day) * DAY
        self._template = cumulative.ravel()
        self._used_up_at: Minutes = np.concatenate(([0], used_up_at))
        self._work_days = np.flatnonzero(per_day)
        self._work_days_before = np.cumsum(per_day > 0) - (per_day > 0)
        closings = every_day * DAY + closing_of_kind[kind_of_day]
        self._closings = closings[self._work_days]
        # A closed day has no closing to miss: nothing is later than "never".
        self._last_minute = np.where(per_day > 0, closings, np.iinfo(np.int64).max)
        self._make_scalars()

    def _make_scalars(self) -> None:
        self._before_list: list[int] = self._before.tolist()
        self._shift_list: list[int] = self._shift.tolist()
        self._template_list: list[int] = self._template.tolist()
        self._used_up_view = self._used_up_at.data
        self._work_days_list: list[int] = self._work_days.tolist()
        self._work_days_before_list: list[int] = self._work_days_before.tolist()
        self._closings_list: list[int] = self._closings.tolist()

    # One value.

    def worked(self, minute: int) -> int:
        """Working minutes before `minute` (0 <= minute <= limit)."""
        day = minute // DAY
        return self._before_list[day] + self._template_list[minute + self._shift_list[day]]

    def used_up_at(self, count: int) -> int:
        """The earliest minute before which `count` working minutes lie; IndexError when there are not so many."""
        found: int = self._used_up_view[count]
        return found

    def is_working_day(self, day: int) -> bool:
        """Whether day number `day` has at least one working minute."""
        return self._before_list[day + 1] > self._before_list[day]

    def work_days_before(self, day: int) -> int:
        """How many working days lie before day number `day`."""
        return self._work_days_before_list[day]

    def work_day(self, index: int) -> int:
        """The day number of working day `index`, counted from 0; IndexError beyond the last."""
        return self._work_days_list[index]

    def closing(self, index: int) -> int:
        """The closing minute of working day `index`; IndexError beyond the last."""
        return self._closings_list[index]

    # Whole arrays (int64 in, int64 out).

    def worked_array(self, minutes: Minutes) -> Minutes:
        """`worked` for each element."""
        day = minutes // DAY
        place = self._shift.take(day)
        place += minutes
        worked: Minutes = self._template.take(place)
        worked += self._before.take(day)
        return worked

    def used_up_at_array(self, counts: Minutes) -> Minutes:
        """`used_up_at` for each element; IndexError when one has too few."""
        return self._used_up_at.take(counts)

    def closing_array(self, minutes: Minutes, count: Minutes | int) -> Minutes:
        """Closing minute of the `count`-th working day after each minute's day 0; IndexError beyond the last."""
        day = minutes // DAY
        index = self._work_days_before.take(day)
        index += minutes >= self._last_minute.take(day)
        index += count
        closings: Minutes = self._closings.take(index)
        return closings


def in_blocks(work: Callable[[slice], Minutes], size: int) -> Minutes:
    """Apply `work` to consecutive slices of `size` elements and join the results."""
    result = np.empty(size, dtype=np.int64)
    for block in _blocks(size):
        result[block] = work(block)
    return result


def _blocks(size: int) -> Iterator[slice]:
    for first in range(0, size, BLOCK):
        yield slice(first, min(first + BLOCK, size))
