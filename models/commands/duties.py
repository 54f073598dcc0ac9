"""Opening what is owed each semester: the recapitulation and the report (complaint SOP, steps 8 and 9).

A round is opened when its semester has ended; finishing it is `finish_step`. Semesters that ended before the office
began with Patuh are not owed here.
"""

from datetime import date, datetime

from sqlalchemy import Connection, Engine, insert, select

from models import audit
from models.commands.checks import stand_in_line
from models.commands.clocks import deadline_columns
from models.database import reading, transaction
from models.period import Period, semester
from models.queries.calendar import work_calendar
from models.queries.sops import codes, sop_in_force
from models.sla import duty_due
from models.tables import Setting, StepRound


def open_duties(store: Engine, *, now: datetime) -> int:
    """Open every periodic step whose semester has ended and that is not open or done yet; returns how many."""
    with reading(store) as connection:
        if not _missing(connection, now):
            return 0
    with transaction(store) as connection:
        stand_in_line(connection, name="duties")  # two servers may find the same duty missing
        calendar = work_calendar(connection)
        missing = _missing(connection, now)
        for code, step_key, (year, half) in missing:
            version_id, sop = sop_in_force(connection, code, calendar.local_date(now))
            step = sop.step(step_key)
            assert step.periodic is not None  # noqa: S101 - `_missing` lists periodic steps only
            limit = duty_due(
                period_last_on=Period.semester(year, half).last_on,
                working_day=step.periodic.working_day,
                calendar=calendar,
            )
            connection.execute(
                insert(StepRound).values(
                    period=period_key(year, half),
                    sop_version_id=version_id,
                    code=code,
                    step_key=step_key,
                    round_no=1,
                    state="open",
                    counted=step.counted,
                    executor=step.executor,
                    data={},
                    **deadline_columns(limit, calendar),
                )
            )
            audit.append(
                connection,
                actor=None,
                action="duty.opened",
                now=now,
                happened_at=limit.start_at,
                details={"step": step_key, "period": period_key(year, half), "due_at": limit.due_at},
            )
    return len(missing)


def period_key(year: int, half: int) -> str:
    """How a semester is named in a round: "2026-1"."""
    return f"{year}-{half}"


def _missing(connection: Connection, now: datetime) -> list[tuple[str, str, tuple[int, int]]]:
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
        (code, step.key, (year, half))
        for code in codes(connection)
        for step in sop_in_force(connection, code, calendar.local_date(now))[1].periodic_steps
        for year, half in ended
        if (code, step.key, period_key(year, half)) not in stored
    ]


def _ended_semesters(began_on: date, today: date) -> list[tuple[int, int]]:
    """The semesters in which the office worked with Patuh and which have ended."""
    found = []
    year, half = semester(began_on)
    while Period.semester(year, half).last_on < today:
        found.append((year, half))
        year, half = (year, 2) if half == 1 else (year + 1, 1)
    return found
