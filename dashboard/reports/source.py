"""Everything a report is written from, read in one transaction, so that its sheets cannot disagree."""

from collections.abc import Mapping
from datetime import date, datetime
from functools import cached_property
from typing import Any

import pandas as pd
from sqlalchemy import Connection

from dashboard.periods import Months
from models.access import Actor, Permission, may
from models.errors import Forbidden
from models.period import Period
from models.queries.calendar import work_calendar
from models.queries.completeness import StepOutputs, completeness
from models.queries.compliance import durations, step_counts
from models.queries.duty_facts import DailyFacts, daily_facts
from models.queries.missing_outputs import Lacking, missing_outputs
from models.queries.pauses import excused
from models.queries.report_basis import CalendarBasis, calendar_basis
from models.queries.report_books import ReportBook, report_books
from models.queries.reported_sop import ReportedSop, reported_sop
from models.queries.reports import LateStep, ReportCase, late_steps, report_cases
from models.queries.settings import began_on
from models.queries.slot_facts import EscortSlots, JournalFacts, escort_slots, journal_facts
from models.sop import Sop
from models.sop_books import Journal
from models.work_calendar import WorkCalendar

_COUNTS = (
    "step_key", "month", "on_time", "late", "overdue", "at_risk", "running", "skipped", "recorded_late",
)  # fmt: skip
Identities = Mapping[int, Mapping[str, str]]  # by case and field, as `reveal_for_report` hands them out


class Source:
    """The facts of one SOP and a run of months, each read when a sheet first asks for it, from the one connection.

    `sop` is read as of the period's end, `versions` are those of its cases. `identities` None: the report is without.
    It is of use as long as its connection is open.
    """

    def __init__(
        self,
        connection: Connection,
        *,
        actor: Actor,
        of: ReportedSop,
        months: Months,
        as_of: datetime,
        identities: Identities | None,
    ) -> None:
        self.sop, self.versions = of.sop, of.versions
        self.months, self.as_of = months, as_of
        self.calendar = work_calendar(connection)
        self.identities = identities
        self._connection = connection
        asked = {"actor": actor, "sop": of.sop}
        start, end = self.span()
        self._inside: dict[str, Any] = {**asked, "start": start, "end": end}
        self._due: dict[str, Any] = {**asked, "months": (months.first, months.last)}

    def span(self) -> tuple[datetime, datetime]:
        """The period as moments: the first belongs to it, the second no more."""
        return moments(self.months, self.calendar)

    @cached_property
    def basis(self) -> CalendarBasis:
        """What the deadlines of the period rest on."""
        first_on, last_on = bounds(self.months)
        return calendar_basis(self._connection, first_on=first_on, last_on=last_on)

    @cached_property
    def cases(self) -> list[ReportCase]:
        """The cases received in the period or carried into it."""
        return report_cases(self._connection, **self._inside, as_of=self.as_of)

    @cached_property
    def late(self) -> list[LateStep]:
        """The steps that fell due in the period and were late."""
        return late_steps(self._connection, **self._due, as_of=self.as_of)

    @cached_property
    def counts(self) -> pd.DataFrame:
        """The verdicts by step and month."""
        counts = step_counts(self._connection, **self._due, as_of=self.as_of)
        return pd.DataFrame(
            [[getattr(row, name) for name in _COUNTS] for row in counts], columns=list(_COUNTS)
        )

    @cached_property
    def durations(self) -> pd.DataFrame:
        """Step and working minutes of each finished round."""
        found = durations(self._connection, **self._due)
        return pd.DataFrame(found, columns=["step_key", "worked_minutes"])

    @cached_property
    def excused(self) -> Mapping[str, int]:
        """By step how many are late only without the pauses."""
        return _by_step(excused(self._connection, sop=self.sop, months=self._due["months"], as_of=self.as_of))

    @cached_property
    def outputs(self) -> list[StepOutputs]:
        """By step the outputs owed and those that are there."""
        return completeness(self._connection, **self._inside)

    @cached_property
    def missing(self) -> list[Lacking]:
        """The finished steps that lack an output."""
        return missing_outputs(self._connection, **self._inside)

    @cached_property
    def journals(self) -> list[JournalFacts]:
        """How the logbooks are kept in which entries are owed."""
        return journal_facts(self._connection, **self._due, as_of=self.as_of, latest=0)

    def escorts(self, journal: Journal) -> list[EscortSlots]:
        """The escorts of one of those logbooks, with their slots."""
        return escort_slots(self._connection, **self._due, as_of=self.as_of, journal=journal)

    @cached_property
    def books(self) -> list[ReportBook]:
        """The entries of the other logbooks."""
        return report_books(self._connection, **self._inside, as_of=self.as_of)

    @cached_property
    def daily(self) -> list[DailyFacts]:
        """The recurring duties of the working days."""
        began = began_on(self._connection)
        return daily_facts(self._connection, **self._due, as_of=self.as_of, began_on=began)


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
    """What a report is written from. Raises `Forbidden`, and `CalendarError` for a time the calendar does not know."""
    if not may(actor, Permission.VIEW_REPORTS, sop):
        raise Forbidden
    calendar = work_calendar(connection)
    for day in bounds(months):
        calendar.is_working_day(day)  # raises where it does not know the day
    start, end = moments(months, calendar)
    last_on = min(bounds(months)[1], calendar.local_date(as_of))
    of = reported_sop(
        connection, sop, months=(months.first, months.last), start=start, end=end, last_on=last_on
    )
    return Source(connection, actor=actor, of=of, months=months, as_of=as_of, identities=identities)


def _by_step(counts: Mapping[tuple[str, int], int]) -> dict[str, int]:
    """Counts by step and month, over all months."""
    found: dict[str, int] = {}
    for (step_key, _month), n in counts.items():
        found[step_key] = found.get(step_key, 0) + n
    return found
