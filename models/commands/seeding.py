"""Taking in what the program ships: the working calendar, the SOP versions, the office's profile.

Runs at every start and changes nothing that stands. A SOP version whose file was changed under an old number is
refused: cases are judged by it, so a change needs a new version with its own effective date.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Engine, insert, select, update

from models import audit
from models.commands.checks import stand_in_line
from models.database import transaction
from models.sop import Sop
from models.tables import CalendarSpan, Counter, DayOffRow, DecreedYear, Setting, SopVersion, WorkingHours
from models.work_calendar import CalendarData


class ChangedSop(RuntimeError):
    """A SOP file differs from what was taken in under the same version."""


def take_in(
    store: Engine,
    *,
    now: datetime,
    began_on: date,
    calendar: CalendarData,
    decrees: Mapping[int, str],
    sops: Sequence[Sop],
    profile: Mapping[str, Any],
) -> None:
    """Store what is not stored yet. `began_on` is the day from which recurring duties are owed, set at first start."""
    with transaction(store, alone=True) as connection:
        stand_in_line(connection, name="seeding")  # two servers may start on one fresh database
        _take_in_calendar(connection, calendar, decrees, now)
        for sop in sops:
            _take_in_sop(connection, sop, now)
        known = set(connection.execute(select(Setting.key)).scalars())
        for key, value in {"office": dict(profile), "began_on": began_on.isoformat()}.items():
            if key not in known:
                connection.execute(insert(Setting).values(key=key, value=value))


def _take_in_calendar(
    connection: Connection, calendar: CalendarData, decrees: Mapping[int, str], now: datetime
) -> None:
    """Hours and Ramadan once; days off by year, for years that are not in the database yet."""
    first = connection.execute(select(WorkingHours.valid_from).limit(1)).first() is None
    if first:
        for rule in calendar.hours:
            week = [[list(interval) for interval in day] for day in rule.week]
            connection.execute(
                insert(WorkingHours).values(valid_from=rule.valid_from, ramadan=rule.ramadan, week=week)
            )
        for kind, spans in (("ramadan", calendar.ramadan), ("election", calendar.elections)):
            for span in spans:
                connection.execute(
                    insert(CalendarSpan).values(
                        kind=kind, first_on=span.first_on, last_on=span.last_on, name=span.name
                    )
                )
    stored = set(connection.execute(select(DecreedYear.year)).scalars())
    new = sorted(calendar.decreed_years - stored)
    for year in new:
        connection.execute(insert(DecreedYear).values(year=year, decree=decrees.get(year, "")))
        for off in calendar.days_off:
            if off.on.year == year:
                connection.execute(
                    insert(DayOffRow).values(
                        on=off.on, kind=off.kind, name=off.name, decree=decrees.get(year, "")
                    )
                )
    if first or new:
        connection.execute(
            update(Counter).where(Counter.name == "calendar_version").values(value=Counter.value + 1)
        )
        audit.append(connection, actor=None, action="calendar.taken_in", now=now, details={"years": new})


def _take_in_sop(connection: Connection, sop: Sop, now: datetime) -> None:
    stored = connection.execute(
        select(SopVersion.sha256).where(SopVersion.code == sop.code, SopVersion.version == sop.version)
    ).scalar_one_or_none()
    if stored == sop.sha256:
        return
    if stored is not None:
        raise ChangedSop(
            f"{sop.code}: version {sop.version} was changed after it was taken in; raise `version` in its file"
        )
    connection.execute(
        insert(SopVersion).values(
            code=sop.code,
            version=sop.version,
            effective_from=sop.effective_from,
            source=sop.source,
            sha256=sop.sha256,
            taken_in_at=now,
        )
    )
    audit.append(
        connection,
        actor=None,
        action="sop.taken_in",
        now=now,
        details={"code": sop.code, "version": sop.version, "sha256": sop.sha256},
    )
