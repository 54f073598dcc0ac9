"""Why a deadline is what it is: each day it passed over and each stretch of working time it used, as data.

For "Kenapa tenggatnya itu?". No words for people here but the names of days off; the screen finds the others.
Decided 2026-11: the explanation follows the very steps of `models.sla` and shows the target's own due time beside
the one a departure moved forward, so that nobody has to guess which of the two decided.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from models.sla import COUNTED_DAYS, MINUTE, Deadline, Target, Unit, counted_unit, deadline, limits
from models.work_calendar import WorkCalendar


@dataclass(frozen=True, slots=True)
class DayRow:
    """One date between start and due. `ordinal` is 0 on day 0, 1..n on counted days, None on days passed over.

    `counted` is true for ordinals 1 and up. A date before day 0 that is `working` was passed over because the start
    lay after closing. `names` are the days off or the override's reason; `weekend` is Saturday or Sunday.
    """

    on: date
    ordinal: int | None
    counted: bool
    working: bool
    weekend: bool
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Explanation:
    """What `deadline` was reckoned from. `unit` is the unit really counted (calendar days in an election period).

    `days` is filled for targets in days, for working minutes with the days passed over alone. `stretches` (UTC,
    half-open) are for working minutes; between two of them lies a break, a night or a closed day. `own_due_at` is the
    target's due time before the departure capped it. `moved_from_on` is the n-th calendar day when the due date had to
    move to the next working day.
    """

    deadline: Deadline
    target: Target
    unit: Unit
    election: bool
    capped: bool
    own_due_at: datetime | None
    day_zero_on: date
    days: tuple[DayRow, ...] = ()
    stretches: tuple[tuple[datetime, datetime], ...] = ()
    moved_from_on: date | None = None


def explain(
    *,
    start_at: datetime,
    target: Target,
    calendar: WorkCalendar,
    planned_end_at: datetime | None = None,
    not_after_at: datetime | None = None,
) -> Explanation:
    """The explanation of `deadline` called with the same arguments; it holds that very deadline."""
    reckoned = deadline(
        start_at=start_at,
        target=target,
        calendar=calendar,
        planned_end_at=planned_end_at,
        not_after_at=not_after_at,
    )
    own_due_at, _ = limits(start_at=start_at, target=target, calendar=calendar, planned_end_at=planned_end_at)
    unit = counted_unit(start_at=start_at, target=target, calendar=calendar)
    day_zero_on = calendar.local_date(reckoned.effective_at)
    days: tuple[DayRow, ...] = ()
    stretches: tuple[tuple[datetime, datetime], ...] = ()
    moved_from_on = None
    if own_due_at is not None and unit in COUNTED_DAYS:
        due_on = calendar.local_date(own_due_at - MINUTE)
        last_on = day_zero_on + timedelta(days=target.upper or 0) if unit is Unit.CALENDAR_DAYS else due_on
        moved_from_on = last_on if last_on != due_on else None
        first_on = calendar.local_date(start_at)
        days = tuple(
            _rows(first_on, due_on, day_zero_on=day_zero_on, last_on=last_on, unit=unit, calendar=calendar)
        )
    elif own_due_at is not None and unit is Unit.WORKING_MINUTES:
        stretches = tuple(_stretches(reckoned.effective_at, own_due_at, calendar))
        span = (calendar.local_date(start_at), calendar.local_date(own_due_at - MINUTE))
        rows = _rows(*span, day_zero_on=day_zero_on, last_on=span[1], unit=unit, calendar=calendar)
        days = tuple(row for row in rows if not row.working)
    return Explanation(
        deadline=reckoned,
        target=target,
        unit=unit,
        election=unit is not target.unit,
        capped=reckoned.due_at != own_due_at,
        own_due_at=own_due_at,
        day_zero_on=day_zero_on,
        days=days,
        stretches=stretches,
        moved_from_on=moved_from_on,
    )


def _rows(
    first_on: date, due_on: date, *, day_zero_on: date, last_on: date, unit: Unit, calendar: WorkCalendar
) -> Iterator[DayRow]:
    ordinal = 0
    for on in _dates(first_on, due_on):
        working = calendar.is_working_day(on)
        counted = day_zero_on < on <= last_on and (working or unit is Unit.CALENDAR_DAYS)
        ordinal += counted
        yield DayRow(
            on=on,
            ordinal=ordinal if counted or on == day_zero_on else None,
            counted=counted,
            working=working,
            weekend=on.weekday() >= 5,
            names=calendar.day_off_names(on),
        )


def _stretches(
    start_at: datetime, due_at: datetime, calendar: WorkCalendar
) -> Iterator[tuple[datetime, datetime]]:
    for on in _dates(calendar.local_date(start_at), calendar.local_date(due_at)):
        midnight = calendar.midnight(on)
        for opening, closing in calendar.intervals(on):
            begin, end = max(midnight + opening * MINUTE, start_at), min(midnight + closing * MINUTE, due_at)
            if begin < end:
                yield begin, end


def _dates(first_on: date, last_on: date) -> Iterator[date]:
    return (first_on + timedelta(days=n) for n in range((last_on - first_on).days + 1))
