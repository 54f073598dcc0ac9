"""Opening what is owed each semester: the recapitulation and the report (complaint SOP, steps 8 and 9).

A round is opened when its semester has ended; finishing it is `finish_step`. Semesters that ended before the office
began with Patuh are not owed here.
"""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection, Engine, select

from models import audit
from models.commands.checks import stand_in_line
from models.commands.clocks import deadline_columns
from models.commands.rounds import enter
from models.database import reading, transaction
from models.period import Period, semester
from models.queries.calendar import work_calendar
from models.queries.sops import in_force
from models.sla import duty_due
from models.sop import Step
from models.tables import Setting, StepRound
from models.work_calendar import WorkCalendar


@dataclass(frozen=True, slots=True)
class _Owed:
    """One periodic step for one ended semester, by the version in force at the semester's end."""

    version_id: int
    code: str
    step: Step
    working_day: int
    year: int
    half: int


def open_duties(store: Engine, *, now: datetime) -> int:
    """Open every periodic step whose semester has ended and that is not open or done yet; returns how many."""
    with reading(store) as connection:
        if not _missing(connection, now):
            return 0
    with transaction(store) as connection:
        stand_in_line(connection, name="duties")  # two servers may find the same duty missing
        calendar = work_calendar(connection)
        missing = _missing(connection, now)
        for owed in missing:
            _open(connection, owed, calendar=calendar, now=now)
    return len(missing)


def _open(connection: Connection, owed: _Owed, *, calendar: WorkCalendar, now: datetime) -> None:
    step, period = owed.step, period_key(owed.year, owed.half)
    last_on = Period.semester(owed.year, owed.half).last_on
    limit = duty_due(period_last_on=last_on, working_day=owed.working_day, calendar=calendar)
    enter(
        connection,
        now=now,
        period=period,
        sop_version_id=owed.version_id,
        code=owed.code,
        step_key=step.key,
        round_no=1,
        state="open",
        counted=step.counted,
        executor=step.executor,
        **deadline_columns(limit, calendar),
    )
    audit.append(
        connection,
        actor=None,
        action="duty.opened",
        now=now,
        happened_at=limit.start_at,
        details={"step": step.key, "period": period, "due_at": limit.due_at},
    )


def period_key(year: int, half: int) -> str:
    """How a semester is named in a round: "2026-1"."""
    return f"{year}-{half}"


def _missing(connection: Connection, now: datetime) -> list[_Owed]:
    began = connection.execute(select(Setting.value).where(Setting.key == "began_on")).scalar_one_or_none()
    if began is None:  # nothing was taken in yet
        return []
    calendar = work_calendar(connection)
    ended = _ended_semesters(date.fromisoformat(str(began)), calendar.local_date(now))
    stored = {
        (row.code, row.step_key, row.period)
        for row in connection.execute(
            select(StepRound.code, StepRound.step_key, StepRound.period).where(StepRound.period.is_not(None))
        )
    }
    return [
        _Owed(version_id, sop.code, step, step.periodic.working_day, year, half)
        for year, half in ended
        for version_id, sop in in_force(connection, Period.semester(year, half).last_on)
        for step in sop.periodic_steps
        if step.periodic and (sop.code, step.key, period_key(year, half)) not in stored
    ]


def _ended_semesters(began_on: date, today: date) -> list[tuple[int, int]]:
    """The semesters in which the office worked with Patuh and which have ended."""
    found = []
    year, half = semester(began_on)
    while Period.semester(year, half).last_on < today:
        found.append((year, half))
        year, half = (year, 2) if half == 1 else (year + 1, 1)
    return found
