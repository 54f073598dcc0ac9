"""A SOP's target made into a deadline, and a deadline into a verdict (rules 2, 3, 4, 5).

Decided 2026-11:
- Day zero: the date of the effective start counts as day 0 ("dianggap diterima pada hari kerja berikutnya"), so
  that a paper brought in after closing has the same number of whole days as one brought in next morning.
- A day is a day: a target in days is shown with the closing time of its last day but judged at the midnight after
  it; overtime on the due date is on time. A target in minutes is late in the minute that uses up one minute too many.
- In an election period "hari" counts calendar days. The date of the start decides, because it is day 0 then.
- A departure caps the due time: a paper that is ready when the boat has left is of no use. It never makes a limit of
  a target that the SOP did not set.
- No verdict is stored: it follows from `finished_at`, `late_from` and `as_of`. Pauses are no part of the official
  figure; `models.pauses` gives the second one.
"""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import TypeGuard

import numpy as np
import numpy.typing as npt

from models.work_calendar import Moments, WorkCalendar

MINUTE = timedelta(minutes=1)
LONGEST_DAYS = 1000
LONGEST_MINUTES = LONGEST_DAYS * 1440


class Unit(StrEnum):
    """What a target's numbers count; SCHEDULE and NONE have no number."""

    WORKING_DAYS = "working_days"
    CALENDAR_DAYS = "calendar_days"
    WORKING_MINUTES = "working_minutes"
    CLOCK_MINUTES = "clock_minutes"
    SCHEDULE = "schedule"
    NONE = "none"


COUNTED_DAYS = (Unit.WORKING_DAYS, Unit.CALENDAR_DAYS)
COUNTED_MINUTES = (Unit.WORKING_MINUTES, Unit.CLOCK_MINUTES)


@dataclass(frozen=True, slots=True)
class Target:
    """What a SOP allows. `upper` decides; `lower` of a range ("1 s/d 2 hari") only warns. ValueError if impossible."""

    unit: Unit
    upper: int | None = None
    lower: int | None = None

    def __post_init__(self) -> None:
        if self.unit not in COUNTED_DAYS + COUNTED_MINUTES:
            if (self.upper, self.lower) != (None, None):
                raise ValueError(f"a target of unit {self.unit} has no number")
            return
        longest = LONGEST_DAYS if self.unit in COUNTED_DAYS else LONGEST_MINUTES
        if not _whole(self.upper) or not 1 <= self.upper <= longest:
            raise ValueError(f"a target of unit {self.unit} needs a whole number from 1 to {longest}")
        if self.lower is not None and not (_whole(self.lower) and 1 <= self.lower <= self.upper):
            raise ValueError(f"the lower bound must lie between 1 and the upper bound {self.upper}")


class Verdict(StrEnum):
    """How a step stands at a moment. Only the first six come from times; the others are states the case holds."""

    ON_TIME = "on_time"
    LATE = "late"
    OVERDUE = "overdue"
    AT_RISK = "at_risk"
    RUNNING = "running"
    UNMEASURED = "unmeasured"
    PAUSED = "paused"
    NOT_STARTED = "not_started"
    SKIPPED = "skipped"


VERDICTS = tuple(Verdict)  # a code of `verdict_array` is a place in this row


@dataclass(frozen=True, slots=True)
class Deadline:
    """`due_at` is shown, `late_from` judges: finishing at or after it is late. Both None: nothing is measured.

    `ideal_at` is the lower bound of a range; `provisional` says that the due date's year has no decreed days off.
    """

    start_at: datetime
    effective_at: datetime
    ideal_at: datetime | None = None
    at_risk_from: datetime | None = None
    due_at: datetime | None = None
    late_from: datetime | None = None
    provisional: bool = False


def deadline(
    *,
    start_at: datetime,
    target: Target,
    calendar: WorkCalendar,
    planned_end_at: datetime | None = None,
    not_after_at: datetime | None = None,
) -> Deadline:
    """The deadline of a step whose clock starts at `start_at`; CalendarError when it leaves the calendar.

    `planned_end_at` is what a SCHEDULE target is bound to (without it nothing is measured), `not_after_at` the planned
    departure. A departure before the start gives a step that is late from the outset. `effective_at` differs from the
    start only where working time is counted.
    """
    due_at, late_from = limits(
        start_at=start_at, target=target, calendar=calendar, planned_end_at=planned_end_at
    )
    effective_at = effective_start(start_at=start_at, target=target, calendar=calendar)
    if due_at is None or late_from is None:
        return Deadline(start_at, effective_at)
    if not_after_at is not None:
        due_at, late_from = min(due_at, not_after_at), min(late_from, not_after_at + MINUTE)
    ideal_at = None
    if target.lower is not None:
        ideal_at, _ = limits(
            start_at=start_at, target=replace(target, upper=target.lower, lower=None), calendar=calendar
        )
    return Deadline(
        start_at=start_at,
        effective_at=effective_at,
        ideal_at=ideal_at,
        at_risk_from=_at_risk_from(
            start_at=start_at, due_at=due_at, ideal_at=ideal_at, unit=target.unit, calendar=calendar
        ),
        due_at=due_at,
        late_from=late_from,
        provisional=calendar.is_provisional(calendar.local_date(due_at)),
    )


def counted_unit(*, start_at: datetime, target: Target, calendar: WorkCalendar) -> Unit:
    """The unit that is really counted: working days become calendar days in an election period."""
    in_election = target.unit is Unit.WORKING_DAYS and calendar.in_election(calendar.local_date(start_at))
    return Unit.CALENDAR_DAYS if in_election else target.unit


def effective_start(*, start_at: datetime, target: Target, calendar: WorkCalendar) -> datetime:
    """When counting begins: the next opening for working time, the start itself for everything else."""
    unit = counted_unit(start_at=start_at, target=target, calendar=calendar)
    if unit in (Unit.WORKING_DAYS, Unit.WORKING_MINUTES):
        return calendar.effective_start(start_at)
    return start_at


def limits(
    *, start_at: datetime, target: Target, calendar: WorkCalendar, planned_end_at: datetime | None = None
) -> tuple[datetime | None, datetime | None]:
    """`due_at` and `late_from` by the target alone, before any departure caps them; (None, None) if unmeasured."""
    unit = counted_unit(start_at=start_at, target=target, calendar=calendar)
    if unit is Unit.SCHEDULE and planned_end_at is not None:
        return planned_end_at, planned_end_at + MINUTE
    if target.upper is None:
        return None, None
    if unit is Unit.CLOCK_MINUTES:
        due_at = start_at + target.upper * MINUTE
        return due_at, due_at + MINUTE
    if unit is Unit.WORKING_MINUTES:
        return calendar.add_minutes(start_at, target.upper), calendar.add_minutes(start_at, target.upper + 1)
    effective_on = calendar.local_date(effective_start(start_at=start_at, target=target, calendar=calendar))
    if unit is Unit.CALENDAR_DAYS:
        due_on = calendar.next_working_day(effective_on + timedelta(days=target.upper))
    else:
        due_on = calendar.nth_working_day_after(effective_on, target.upper)
    return _end_of(due_on, calendar)


def verdict(
    *,
    late_from: datetime | None,
    at_risk_from: datetime | None,
    finished_at: datetime | None,
    as_of: datetime,
) -> Verdict:
    """The verdict at `as_of`; a finished step keeps its own whenever it is looked at. No limit: UNMEASURED."""
    if late_from is None:
        return Verdict.UNMEASURED
    if finished_at is not None:
        return Verdict.ON_TIME if finished_at < late_from else Verdict.LATE
    if as_of >= late_from:
        return Verdict.OVERDUE
    return Verdict.AT_RISK if at_risk_from is not None and as_of >= at_risk_from else Verdict.RUNNING


def verdict_array(
    *, late_from: Moments, at_risk_from: Moments, finished_at: Moments, as_of: Moments | np.datetime64
) -> npt.NDArray[np.int8]:
    """`verdict` for each element, as places in `VERDICTS`; NaT stands where a moment is None (never in `as_of`)."""
    # Comparisons with NaT are False, so each case below needs no mask for the moments that are missing.
    conditions = (
        np.isnat(late_from),
        finished_at < late_from,
        ~np.isnat(finished_at),
        as_of >= late_from,
        as_of >= at_risk_from,
    )
    answers = (Verdict.UNMEASURED, Verdict.ON_TIME, Verdict.LATE, Verdict.OVERDUE, Verdict.AT_RISK)
    codes = [np.int8(VERDICTS.index(answer)) for answer in answers]
    return np.select(conditions, codes, np.int8(VERDICTS.index(Verdict.RUNNING))).astype(np.int8)


def duty_due(*, period_last_on: date, working_day: int, calendar: WorkCalendar) -> Deadline:
    """The deadline of a recurring duty: closing of the n-th working day after the period's last day (rules 5).

    Its clock starts at the midnight after the period, and there is no shift of day 0.
    """
    start_at = calendar.midnight(period_last_on + timedelta(days=1))
    due_at, late_from = _end_of(calendar.nth_working_day_after(period_last_on, working_day), calendar)
    return Deadline(
        start_at=start_at,
        effective_at=calendar.effective_start(start_at),
        at_risk_from=_at_risk_from(
            start_at=start_at, due_at=due_at, ideal_at=None, unit=Unit.WORKING_DAYS, calendar=calendar
        ),
        due_at=due_at,
        late_from=late_from,
        provisional=calendar.is_provisional(calendar.local_date(due_at)),
    )


def recorded_late(calendar: WorkCalendar, *, finished_at: datetime, now: datetime) -> bool:
    """Whether it was recorded, at `now`, more than one working day after it happened (rules of time, 4)."""
    day_zero = calendar.local_date(calendar.effective_start(finished_at))
    last_day = calendar.nth_working_day_after(day_zero, 1)
    return calendar.local_date(now) > last_day


def _at_risk_from(
    *, start_at: datetime, due_at: datetime, ideal_at: datetime | None, unit: Unit, calendar: WorkCalendar
) -> datetime:
    """When 80 % of the time to the due time is used, or the minute after the lower bound, whichever is first."""
    if unit in (Unit.SCHEDULE, Unit.CLOCK_MINUTES):
        total = max((due_at - start_at) // MINUTE, 0)
        warned_at = start_at + _four_fifths(total) * MINUTE
    else:
        total = calendar.elapsed(start_at, max(due_at, start_at))
        warned_at = calendar.add_minutes(start_at, _four_fifths(total))
    return warned_at if ideal_at is None else min(warned_at, ideal_at + MINUTE)


def _four_fifths(total: int) -> int:
    return -(-total * 4 // 5)  # rounded up: at risk in the minute that completes 80 %, not before


def _end_of(due_on: date, calendar: WorkCalendar) -> tuple[datetime, datetime]:
    return calendar.closing(due_on), calendar.midnight(due_on + timedelta(days=1))


def _whole(number: object) -> TypeGuard[int]:
    return isinstance(number, int) and not isinstance(number, bool)
