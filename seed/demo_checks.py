"""The daily look into the complaints' mailbox of the made-up office.

Decided 2026-11. About 94 % of the working days have one, more each semester. A day on which a complaint came in by
e-mail always has: it was found then. Today's is still to be made.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial

from models.access import Role
from models.commands.duty_checks import record_check
from models.sla import MINUTE
from seed.demo_course import Course
from seed.demo_office import Office

_MISSED = (0.08, 0.06, 0.04)  # in the first, second, third semester
_NEXT_DAY = 0.03


@dataclass(slots=True)
class MailChecks:
    """Plans the checks of the working days from `began_on` to the day before the last."""

    office: Office
    began_on: date
    _owed: float = 0.5

    def plan(self, courses: Iterable[Course]) -> None:
        """Put them on the office's heap; `courses` are all complaints that will come in."""
        calendar = self.office.calendar
        found: dict[date, list[datetime]] = {}
        for course in courses:
            if course.form.get("channel") == "email":
                found.setdefault(calendar.local_date(course.opened_at), []).append(course.opened_at)
        today = calendar.local_date(self.office.now)
        for on in (self.began_on + timedelta(days=n) for n in range((today - self.began_on).days)):
            if calendar.is_working_day(on):
                self._plan_day(on, sorted(found.get(on, ())))

    def _plan_day(self, on: date, found: list[datetime]) -> None:
        dice, calendar = self.office.dice, self.office.calendar
        self._owed += _MISSED[self.office.pace.semesters_passed(on)] * dice.uniform(0.4, 1.6)
        if self._owed >= 1 and not found:
            self._owed -= 1
            return
        opens, _ = calendar.intervals(on)[0]
        at = calendar.midnight(on) + (opens + dice.randrange(5, 110)) * MINUTE
        at = found[-1] - MINUTE if found else at
        recorded_at = at + timedelta(minutes=dice.randrange(1, 6), seconds=dice.randrange(60))
        if dice.random() < _NEXT_DAY:
            next_on = calendar.nth_working_day_after(on, 1)
            recorded_at = calendar.midnight(next_on) + (opens + dice.randrange(5, 40)) * MINUTE
        self.office.at(recorded_at, partial(self._record, at, len(found)))

    def _record(self, happened_at: datetime, found: int, now: datetime) -> None:
        record_check(
            self.office.store,
            actor=self.office.actors[Role.DESK_PELAYANAN],
            token=self.office.token(),
            now=now,
            code="pengaduan",
            duty_key="email_check",
            happened_at=happened_at,
            data={"complaints_found": found},
        )
