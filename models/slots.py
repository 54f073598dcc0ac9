"""Slots of a logbook in which an entry is owed at regular times while a step runs (buku mutasi: every 2 hours). Pure.

Decisions (2026-11), to rules of time, 5:
- Slots run from the beginning of the escort in steps of `every_minutes`, day and night, on any date, and are half-open
  [a, b): an entry at exactly 02:00 belongs to 02-04, and one at the very end of the escort to no slot at all.
- What is left at the end is a slot of its own from half of `every_minutes` on (the rule's one hour of two); less needs
  no entry, and an entry in it fills nothing. Neither does one before the beginning or after the end.
- A slot counts when it is over, and all of them count once the escort has ended. While it runs the plan says how far
  slots go; past the planned return they go on, whole ones, so that nothing that has counted is taken back.
- An entry recorded more than `every_minutes` (the rule's two hours) after its time fills its slot, but not on time;
  one that was recorded in time makes the slot on time whatever else is in it. Seconds are cut off before comparing.
- The time a slot was recorded is that of its entry recorded first. Slots of which three or more lie within ten minutes
  of each other were recorded together: it does not change their state, only what is said about them.
- An entry that was recorded after `as_of` is not known yet: a past day is shown as it could be seen then.
- A verdict belongs to the month of its due date (rules of time, 3), here the end of its slot: a slot that ends with
  the midnight of a month's last day belongs to the month that begins.
- Many escorts at once go through arrays; a test holds `tallies` equal to `slots`.
"""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum

import numpy as np
import numpy.typing as npt

WIB = timedelta(hours=7)
TOGETHER_WITHIN = timedelta(minutes=10)
TOGETHER_FROM = 3

Moments = npt.NDArray[np.datetime64]
Counts = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]


class SlotState(StrEnum):
    """How a slot stands; the first three count."""

    FILLED = "filled"
    FILLED_LATE = "filled_late"
    MISSED = "missed"
    RUNNING = "running"
    NOT_DUE = "not_due"


@dataclass(frozen=True, slots=True)
class Mark:
    """When an entry's event happened and when it was recorded."""

    happened_at: datetime
    recorded_at: datetime


@dataclass(frozen=True, slots=True)
class Slot:
    """[start_at, end_at) in UTC; `entries` counts what is in it, also while it runs."""

    start_at: datetime
    end_at: datetime
    state: SlotState
    entries: int

    @property
    def month(self) -> int:
        """The month it belongs to, as yyyymm in WIB."""
        local = self.end_at + WIB
        return local.year * 100 + local.month


@dataclass(frozen=True, slots=True)
class SlotRow:
    """The slots of one escort in order; `together` are those that were recorded within ten minutes of each other."""

    slots: tuple[Slot, ...]
    together: tuple[Slot, ...]

    def in_state(self, *states: SlotState) -> tuple[Slot, ...]:
        """The slots in one of these states."""
        return tuple(slot for slot in self.slots if slot.state in states)

    @property
    def due(self) -> int:
        """How many slots count."""
        return len(self.in_state(SlotState.FILLED, SlotState.FILLED_LATE, SlotState.MISSED))

    @property
    def filled(self) -> int:
        """How many of them have an entry, on time or not."""
        return len(self.in_state(SlotState.FILLED, SlotState.FILLED_LATE))

    @property
    def filled_late(self) -> int:
        """How many of them have none that was recorded in time."""
        return len(self.in_state(SlotState.FILLED_LATE))

    @property
    def missed(self) -> tuple[Slot, ...]:
        """The slots that are over and have no entry."""
        return self.in_state(SlotState.MISSED)


def beginning(
    *, begun_at: datetime | None, departs_at: datetime | None, started_at: datetime, round_no: int
) -> datetime:
    """When an escort begins: its departure, else the planned one, else when the step's clock started.

    A second round without a departure of its own begins with its clock, not with the plan that the first one used up.
    """
    if begun_at is not None:
        return begun_at
    if departs_at is None or (round_no > 1 and started_at > departs_at):
        return started_at
    return departs_at


def slots(
    start_at: datetime,
    end_at: datetime | None,
    *,
    every_minutes: int,
    entries: Sequence[Mark],
    as_of: datetime,
    ended: bool,
) -> SlotRow:
    """The slots of an escort that began, or is to begin, at `start_at`.

    `end_at` is its end when it has `ended` (ValueError without one), else the planned return, None when there is no
    plan. Moments are aware, in any zone. An end before the beginning leaves no slot.
    """
    start, now, step = _minute(start_at), _minute(as_of), timedelta(minutes=every_minutes)
    if ended and end_at is None:
        raise ValueError("an escort that has ended has an end")
    end = _minute(end_at) if end_at else None
    borders = _borders(start, end, now=now, step=step, ended=ended)
    marks = [Mark(_minute(mark.happened_at), _minute(mark.recorded_at)) for mark in entries]
    inside: list[list[Mark]] = [[] for _ in borders]
    for mark in marks:
        place = (mark.happened_at - start) // step
        if 0 <= place < len(borders) and mark.happened_at < borders[place][1] and mark.recorded_at <= now:
            inside[place].append(mark)
    row = tuple(
        Slot(first, last, _state(first, last, marks, now=now, step=step, ended=ended), len(marks))
        for (first, last), marks in zip(borders, inside, strict=True)
    )
    return SlotRow(slots=row, together=_together(row, inside))


def _minute(moment: datetime) -> datetime:
    return moment.astimezone(UTC).replace(second=0, microsecond=0)


def _borders(
    start: datetime, end: datetime | None, *, now: datetime, step: timedelta, ended: bool
) -> list[tuple[datetime, datetime]]:
    if not ended and (end is None or end <= now):
        end = start + ((now - start) // step + 1) * step  # beyond the plan: up to the slot that runs
    assert end is not None  # noqa: S101 - `slots` has asked
    whole, rest = divmod(max(end - start, timedelta()), step)
    count = whole + (rest * 2 >= step)
    return [(start + n * step, min(start + (n + 1) * step, end)) for n in range(count)]


def _state(
    first: datetime, last: datetime, marks: list[Mark], *, now: datetime, step: timedelta, ended: bool
) -> SlotState:
    if not ended and now < last:
        return SlotState.RUNNING if first <= now else SlotState.NOT_DUE
    if not marks:
        return SlotState.MISSED
    in_time = any(mark.recorded_at - mark.happened_at <= step for mark in marks)
    return SlotState.FILLED if in_time else SlotState.FILLED_LATE


def _together(row: tuple[Slot, ...], inside: list[list[Mark]]) -> tuple[Slot, ...]:
    recorded = sorted(
        (min(mark.recorded_at for mark in marks), place) for place, marks in enumerate(inside) if marks
    )
    moments = [moment for moment, _ in recorded]
    flagged: set[int] = set()
    for at, moment in enumerate(moments):
        near = recorded[at : bisect_right(moments, moment + TOGETHER_WITHIN)]
        if len(near) >= TOGETHER_FROM:
            flagged.update(place for _, place in near)
    return tuple(row[place] for place in sorted(flagged))


@dataclass(frozen=True)
class Runs:
    """Many escorts, an element each: datetime64[m] in UTC, NaT in `ends` where there is none; `ended` as in `slots`."""

    starts: Moments
    ends: Moments
    ended: Flags


@dataclass(frozen=True)
class Marks:
    """Entries of those escorts, in any order; `run` is the place of their escort in `Runs`."""

    run: Counts
    happened: Moments
    recorded: Moments


@dataclass(frozen=True)
class Tallies:
    """The slots that count, an element per escort and month (yyyymm in WIB) that has any, in that order.

    `filled` includes `filled_late`.
    """

    run: Counts
    month: Counts
    due: Counts
    filled: Counts
    filled_late: Counts


def tallies(runs: Runs, marks: Marks, *, every_minutes: int, as_of: datetime) -> Tallies:
    """What `slots` would count, for all of them. Takes memory by the number of slots, not of escorts."""
    starts, ends = _as_minutes(runs.starts), _as_minutes(runs.ends)
    now = int(_minute(as_of).timestamp()) // 60
    length = np.where(runs.ended, ends, now) - starts
    whole = np.maximum(length, 0) // every_minutes
    # a slot cut short by the end has counted by then, one cut short by the plan is not over
    rest = np.maximum(length, 0) % every_minutes
    due = whole + (runs.ended & (rest * 2 >= every_minutes))
    first = np.concatenate([[0], np.cumsum(due)])
    filled, in_time = np.zeros(first[-1], dtype=np.bool_), np.zeros(first[-1], dtype=np.bool_)

    happened, recorded, run = _as_minutes(marks.happened), _as_minutes(marks.recorded), marks.run
    place = (happened - starts[run]) // every_minutes
    fits = (place >= 0) & (place < due[run]) & (recorded <= now)
    fits &= ~runs.ended[run] | (happened < ends[run])
    slot = (first[run] + place)[fits]
    filled[slot] = True
    in_time[slot[(recorded - happened)[fits] <= every_minutes]] = True

    owner = np.repeat(np.arange(len(due)), due)
    nth = np.arange(len(owner)) - first[owner] + 1
    last = starts[owner] + nth * every_minutes
    last = np.where(runs.ended[owner], np.minimum(last, ends[owner]), last)
    return _by_month(owner, _months(last), filled, in_time)


def _as_minutes(moments: Moments) -> Counts:
    return moments.astype("datetime64[m]").view(np.int64)


def _months(minutes: Counts) -> Counts:
    """Yyyymm in WIB of minutes in UTC."""
    local = minutes.view("datetime64[m]") + np.timedelta64(WIB // timedelta(minutes=1), "m")
    months = local.astype("datetime64[M]").view(np.int64)
    found: Counts = (1970 + months // 12) * 100 + months % 12 + 1
    return found


def _by_month(owner: Counts, month: Counts, filled: Flags, in_time: Flags) -> Tallies:
    """Slots come by escort and time, so each escort's months are runs of neighbours."""
    begins = np.flatnonzero((np.diff(owner, prepend=-1) != 0) | (np.diff(month, prepend=0) != 0))
    if not len(begins):
        nothing = np.zeros(0, dtype=np.int64)
        return Tallies(nothing, nothing, nothing, nothing, nothing)

    def summed(flags: Flags) -> Counts:
        return np.add.reduceat(flags, begins, dtype=np.int64)

    return Tallies(
        run=owner[begins],
        month=month[begins],
        due=np.diff(begins, append=len(owner)),
        filled=summed(filled),
        filled_late=summed(filled & ~in_time),
    )
