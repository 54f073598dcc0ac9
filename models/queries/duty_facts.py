"""Whether the duties that belong to no case are kept: by working day, and by semester (rules of time, 5).

Decisions (2026-11):
- A working day counts once it is over, at its closing time, and as done as soon as it has a check. Days before the
  office began with Patuh are not owed; a check on a day that is no working day is kept and counts for nothing.
- The percentage is days with a check / working days. A day whose check was entered later is done; how many were is
  said beside it.
- Of a periodic step the latest period is shown, and before there is one what falls due first.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, select

from models.access import Actor, Permission, may
from models.errors import Forbidden
from models.period import Period, semester
from models.queries.calendar import work_calendar
from models.queries.past import entry_was_kept, rounds
from models.queries.verdicts import verdict_of
from models.sla import duty_due
from models.sop import FieldType, Sop, Step
from models.sop_books import Duty
from models.tables import DutyEntry
from models.work_calendar import WorkCalendar

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class DayMonth:
    """The working days of one month that count, and those of them with a check; `found` sums the duty's numbers.

    `recorded_late` counts days whose checks were all entered after the day itself.
    """

    month: int
    due: int
    done: int
    recorded_late: int
    missed: tuple[date, ...]
    found: dict[str, float]


@dataclass(frozen=True, slots=True)
class DailyFacts:
    """How a duty of each working day is kept."""

    duty: Duty
    months: tuple[DayMonth, ...]


@dataclass(frozen=True, slots=True)
class PeriodicFact:
    """The latest round of a periodic step; before its first one `verdict` is "not_started" and `due_at` the coming."""

    step_key: str
    period: str
    due_at: datetime
    finished_at: datetime | None
    verdict: str


def daily_facts(
    connection: Connection,
    *,
    actor: Actor,
    sop: Sop,
    months: tuple[int, int],
    as_of: datetime,
    began_on: date | None,
    past: bool = False,
) -> list[DailyFacts]:
    """Each duty of a working day, in the SOP's order; before `began_on`, and without one, none is owed.

    With `past` a check that was struck after `as_of` still counts. Raises `Forbidden`.
    """
    _check(actor, sop)
    first_on, last_on = (
        Period.month(months[0] // 100, months[0] % 100).first_on,
        Period.month(months[1] // 100, months[1] % 100).last_on,
    )
    calendar = work_calendar(connection)
    last_on = min(last_on, calendar.local_date(as_of))
    found = []
    for duty in sop.duties:
        if duty.every == "working_day":
            checks = _checks(connection, sop, duty, span=(first_on, last_on), as_of=as_of, past=past)
            owed_from = max(first_on, began_on) if began_on else last_on + _DAY
            days = _owed_days(calendar, owed_from, last_on, done=set(checks), as_of=as_of)
            found.append(DailyFacts(duty, tuple(_day_months(duty, checks, days, calendar))))
    return found


def _checks(
    connection: Connection, sop: Sop, duty: Duty, *, span: tuple[date, date], as_of: datetime, past: bool
) -> dict[date, list[Any]]:
    d = DutyEntry
    found: dict[date, list[Any]] = {}
    for row in connection.execute(
        select(d.on_date, d.recorded_at, d.data)
        .where(
            d.code == sop.code,
            d.duty_key == duty.key,
            d.on_date.between(*span),
            entry_was_kept(d, as_of, past=past),
        )
        .order_by(d.on_date, d.id)
    ):
        found.setdefault(row.on_date, []).append(row)
    return found


def _owed_days(
    calendar: WorkCalendar, first_on: date, last_on: date, *, done: set[date], as_of: datetime
) -> list[date]:
    days = (first_on + n * _DAY for n in range((last_on - first_on).days + 1))
    return [
        day
        for day in days
        if calendar.is_working_day(day) and (day in done or calendar.closing(day) <= as_of)
    ]


def _day_months(
    duty: Duty, checks: dict[date, list[Any]], days: list[date], calendar: WorkCalendar
) -> Iterator[DayMonth]:
    numbers = [field.key for field in duty.fields if field.type is FieldType.NUMBER]
    for month in sorted({_month(day) for day in (*days, *checks)}):
        owed = [day for day in days if _month(day) == month]
        rows = [row for day, found in checks.items() if _month(day) == month for row in found]
        done = [day for day in owed if day in checks]
        late = [day for day in done if all(calendar.local_date(row.recorded_at) > day for row in checks[day])]
        yield DayMonth(
            month=month,
            due=len(owed),
            done=len(done),
            recorded_late=len(late),
            missed=tuple(day for day in owed if day not in checks),
            found={key: sum(row.data.get(key) or 0 for row in rows) for key in numbers},
        )


def _month(day: date) -> int:
    return day.year * 100 + day.month


def periodic_facts(
    connection: Connection, *, actor: Actor, sop: Sop, as_of: datetime, past: bool = False
) -> list[PeriodicFact]:
    """Each periodic step in the SOP's order, with its latest period. Raises `Forbidden`."""
    _check(actor, sop)
    r = rounds(as_of, past=past)
    rows = connection.execute(
        select(r.step_key, r.period, r.due_at, r.finished_at, verdict_of(as_of, r).label("verdict"))
        .where(
            r.code == sop.code,
            r.step_key.in_([step.key for step in sop.periodic_steps]),
            r.period.is_not(None),
            r.state != "void",
        )
        .order_by(r.period, r.round_no)
    )
    latest = {row.step_key: PeriodicFact(**row._mapping) for row in rows}
    return [
        latest.get(step.key) or _coming(step, work_calendar(connection), as_of) for step in sop.periodic_steps
    ]


def _coming(step: Step, calendar: WorkCalendar, as_of: datetime) -> PeriodicFact:
    year, half = semester(calendar.local_date(as_of))
    assert step.periodic is not None  # noqa: S101 - one of `periodic_steps`
    limit = duty_due(
        period_last_on=Period.semester(year, half).last_on,
        working_day=step.periodic.working_day,
        calendar=calendar,
    )
    assert limit.due_at is not None  # noqa: S101 - a duty has a due date
    return PeriodicFact(step.key, f"{year}-{half}", limit.due_at, None, "not_started")


def _check(actor: Actor, sop: Sop) -> None:
    if not may(actor, Permission.VIEW_SUMMARY, sop):
        raise Forbidden
