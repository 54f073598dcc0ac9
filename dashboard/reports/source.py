"""Everything a report is written from, read at one moment, so that its sheets cannot disagree."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

import pandas as pd
from sqlalchemy import Connection

from dashboard.periods import Months
from models.access import Actor
from models.period import Period
from models.queries.calendar import work_calendar
from models.queries.completeness import StepOutputs, completeness
from models.queries.compliance import durations, step_counts
from models.queries.duty_facts import DailyFacts, daily_facts
from models.queries.missing_outputs import Lacking, missing_outputs
from models.queries.pauses import excused
from models.queries.report_basis import CalendarBasis, calendar_basis
from models.queries.report_books import ReportBook, report_books
from models.queries.reported_sop import reported_sop
from models.queries.reports import LateStep, ReportCase, late_steps, report_cases
from models.queries.settings import began_on
from models.queries.slot_facts import EscortSlots, JournalFacts, escort_slots, journal_facts
from models.sop import Sop
from models.work_calendar import WorkCalendar

_COUNTS = (
    "step_key", "month", "on_time", "late", "overdue", "at_risk", "running", "skipped", "recorded_late",
)  # fmt: skip
Identities = Mapping[int, Mapping[str, str]]  # by case and field, as `reveal_for_report` hands them out


@dataclass(frozen=True)
class Source:
    """Of one SOP and a run of months. `sop` is read as of the period's end, `versions` are those of its cases.

    `excused` counts by step what is late only without the pauses. `identities` None: the report is without.
    """

    sop: Sop
    versions: tuple[Sop, ...]
    months: Months
    as_of: datetime
    calendar: WorkCalendar
    basis: CalendarBasis
    cases: list[ReportCase]
    late: list[LateStep]
    counts: pd.DataFrame
    durations: pd.DataFrame
    excused: Mapping[str, int]
    outputs: list[StepOutputs]
    missing: list[Lacking]
    journals: list[tuple[JournalFacts, list[EscortSlots]]]
    books: list[ReportBook]
    daily: list[DailyFacts]
    identities: Identities | None

    def span(self) -> tuple[datetime, datetime]:
        """The period as moments: the first belongs to it, the second no more."""
        return moments(self.months, self.calendar)


def bounds(months: Months) -> tuple[date, date]:
    """First and last day of a run of months."""
    last = Period.month(months.last // 100, months.last % 100).last_on
    return date(months.first // 100, months.first % 100, 1), last


def moments(months: Months, calendar: WorkCalendar) -> tuple[datetime, datetime]:
    """The office's midnights at which the run of months begins and at which it is over."""
    first_on, last_on = bounds(months)
    return calendar.midnight(first_on), calendar.midnight(date.fromordinal(last_on.toordinal() + 1))


def read(
    connection: Connection,
    *,
    actor: Actor,
    sop: Sop,
    months: Months,
    as_of: datetime,
    identities: Identities | None = None,
) -> Source:
    """Read a report's facts. Raises `Forbidden`."""
    calendar = work_calendar(connection)
    start, end = moments(months, calendar)
    asked = (months.first, months.last)
    last_on = min(bounds(months)[1], calendar.local_date(as_of))
    of = reported_sop(connection, sop, months=asked, start=start, end=end, last_on=last_on)
    counts = step_counts(connection, actor=actor, sop=of.sop, months=asked, as_of=as_of)
    return Source(
        sop=of.sop,
        versions=of.versions,
        months=months,
        as_of=as_of,
        calendar=calendar,
        basis=calendar_basis(connection, first_on=bounds(months)[0], last_on=bounds(months)[1]),
        cases=report_cases(connection, actor=actor, sop=of.sop, start=start, end=end, as_of=as_of),
        late=late_steps(connection, actor=actor, sop=of.sop, months=asked, as_of=as_of),
        counts=pd.DataFrame(
            [[getattr(row, name) for name in _COUNTS] for row in counts], columns=list(_COUNTS)
        ),
        durations=pd.DataFrame(
            durations(connection, actor=actor, sop=of.sop, months=asked),
            columns=["step_key", "worked_minutes"],
        ),
        excused=_by_step(excused(connection, sop=of.sop, months=asked, as_of=as_of)),
        outputs=completeness(connection, actor=actor, sop=of.sop, start=start, end=end),
        missing=missing_outputs(connection, actor=actor, sop=of.sop, start=start, end=end),
        journals=_journals(connection, actor=actor, sop=of.sop, months=asked, as_of=as_of),
        books=report_books(connection, actor=actor, sop=of.sop, start=start, end=end, as_of=as_of),
        daily=daily_facts(
            connection, actor=actor, sop=of.sop, months=asked, as_of=as_of, began_on=began_on(connection)
        ),
        identities=identities,
    )


def _by_step(counts: Mapping[tuple[str, int], int]) -> dict[str, int]:
    """Counts by step and month, over all months."""
    found: dict[str, int] = {}
    for (step_key, _month), n in counts.items():
        found[step_key] = found.get(step_key, 0) + n
    return found


def _journals(
    connection: Connection, *, actor: Actor, sop: Sop, months: tuple[int, int], as_of: datetime
) -> list[tuple[JournalFacts, list[EscortSlots]]]:
    """The logbooks in which entries are owed, each with its escorts."""
    found = []
    for facts in journal_facts(connection, actor=actor, sop=sop, months=months, as_of=as_of, latest=0):
        escorts = escort_slots(
            connection, actor=actor, sop=sop, journal=facts.journal, months=months, as_of=as_of
        )
        found.append((facts, escorts))
    return found
