"""The working calendar in force, as the database holds it."""

from threading import Lock
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import Connection, Engine, select

from models.database import counter
from models.tables import CalendarSpan, Counter, DayOffRow, DayOverride, DecreedYear, WorkingHours
from models.work_calendar import CalendarData, DayOff, HoursRule, Override, Span, WorkCalendar

_built: WeakKeyDictionary[Engine, tuple[int, WorkCalendar]] = WeakKeyDictionary()
_guard = Lock()
_COUNTER: Any = Counter.__table__
STANDS = select(_COUNTER.c.value).where(_COUNTER.c.name == "calendar_version")


def calendar_version(connection: Connection) -> int:
    """A number that moves when hours, days off or periods change."""
    return counter(connection, "calendar_version")


def work_calendar(connection: Connection, *, version: int | None = None) -> WorkCalendar:
    """The calendar of this very transaction; its tables are built once per calendar version (given if it was read)."""
    version = calendar_version(connection) if version is None else version
    with _guard:
        known = _built.get(connection.engine)
        if known is not None and known[0] == version:
            return known[1]
    made = WorkCalendar(calendar_data(connection))
    with _guard:
        _built[connection.engine] = (version, made)
    return made


def calendar_data(connection: Connection) -> CalendarData:
    """All rows of the calendar as the pure module takes them."""
    spans = connection.execute(select(CalendarSpan)).all()
    return CalendarData(
        hours=tuple(
            HoursRule(
                valid_from=row.valid_from,
                ramadan=row.ramadan,
                week=tuple(tuple((opens, closes) for opens, closes in day) for day in row.week),
            )
            for row in connection.execute(select(WorkingHours).order_by(WorkingHours.valid_from))
        ),
        days_off=tuple(
            DayOff(on=row.on, kind=row.kind, name=row.name)
            for row in connection.execute(select(DayOffRow.on.label("on"), DayOffRow.kind, DayOffRow.name))
        ),
        overrides=tuple(
            Override(on=row.on, intervals=tuple((a, b) for a, b in row.intervals), reason=row.reason)
            for row in connection.execute(
                select(DayOverride.on.label("on"), DayOverride.intervals, DayOverride.reason)
            )
        ),
        ramadan=tuple(Span(row.first_on, row.last_on, row.name) for row in spans if row.kind == "ramadan"),
        elections=tuple(Span(row.first_on, row.last_on, row.name) for row in spans if row.kind == "election"),
        decreed_years=frozenset(connection.execute(select(DecreedYear.year)).scalars()),
    )
