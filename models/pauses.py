"""The second figure, *dengan jeda*: a deadline moved by the pauses of its step (rules 4).

Decided 2026-11: the SOPs have no pause clause, so this never touches the official figure. The minutes credited are
working minutes; a paused afternoon gives back an afternoon, a paused weekend nothing. A target in days that was moved
is judged at the midnight after its moved date, as every target in days is.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import pairwise

from models.sla import COUNTED_DAYS, MINUTE, Deadline, Target, Unit
from models.work_calendar import WorkCalendar


def credited(
    *,
    deadline: Deadline,
    target: Target,
    pauses: Sequence[tuple[datetime, datetime]],
    calendar: WorkCalendar,
    not_after_at: datetime | None = None,
) -> tuple[Deadline, int]:
    """The deadline moved by the working minutes inside the pauses, and how many they are (rules 4).

    Counts only pauses that begin before the due time as moved so far, and of those only what lies after the start.
    Clock-minute targets are credited clock minutes. A schedule and a departure stay where they are. Reversed or
    overlapping pauses raise ValueError; any order is accepted.
    """
    ordered = _checked(pauses)
    if deadline.due_at is None or target.unit is Unit.SCHEDULE:
        return deadline, 0
    pause_clock = _PauseClock(deadline.start_at, ordered, target.unit, calendar)
    due_at, minutes = pause_clock.moved(deadline.due_at)
    if minutes == 0:
        return deadline, 0
    if target.unit in COUNTED_DAYS:
        late_from = calendar.midnight(calendar.local_date(due_at) + timedelta(days=1))
    else:
        late_from = pause_clock.later(due_at, 1)
    if not_after_at is not None:
        due_at, late_from = min(due_at, not_after_at), min(late_from, not_after_at + MINUTE)
    moved = replace(
        deadline,
        ideal_at=deadline.ideal_at and pause_clock.moved(deadline.ideal_at)[0],
        at_risk_from=deadline.at_risk_from and pause_clock.moved(deadline.at_risk_from)[0],
        due_at=due_at,
        late_from=late_from,
        provisional=calendar.is_provisional(calendar.local_date(due_at)),
    )
    return moved, minutes


class _PauseClock:
    """Moves moments later by the pauses that begin before them, in the kind of minutes the target counts."""

    def __init__(
        self, start_at: datetime, pauses: list[tuple[datetime, datetime]], unit: Unit, calendar: WorkCalendar
    ) -> None:
        self._pauses = [(max(begin, start_at), max(end, start_at)) for begin, end in pauses]
        self._by_clock = unit is Unit.CLOCK_MINUTES
        self._calendar = calendar

    def moved(self, at: datetime) -> tuple[datetime, int]:
        """The moment after the pauses, and the minutes it was moved by."""
        minutes = 0
        for begin, end in self._pauses:
            if begin >= at:
                break
            lost = (end - begin) // MINUTE if self._by_clock else self._calendar.elapsed(begin, end)
            at = self.later(at, lost)
            minutes += lost
        return at, minutes

    def later(self, at: datetime, minutes: int) -> datetime:
        return at + minutes * MINUTE if self._by_clock else self._calendar.add_minutes(at, minutes)


def _checked(pauses: Sequence[tuple[datetime, datetime]]) -> list[tuple[datetime, datetime]]:
    ordered = sorted(pauses)
    if any(end < begin for begin, end in ordered):
        raise ValueError("a pause ends before it begins")
    if any(following < end for (_, end), (following, _) in pairwise(ordered)):
        raise ValueError("two pauses overlap")
    return ordered
