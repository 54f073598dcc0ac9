"""When the people of the sample year finish a step, and when somebody records it.

Decided 2026-11:
- How often a step is late differs by step and shrinks a little each semester: the Secretary's disposition and the
  review are the weakest, as they are in offices. Together about 87 % is on time. The shares are added up case by case
  and a step is late when a whole one has come together: dice would let a good semester look bad now and then.
- People work in working time; a few finish in the evening of the due date. The way home of an escort follows the sea.
- Most is recorded within the hour, some the next day, a few one to three working days later.
- Nothing that is made up freely stands overdue on the last day: the overdue cases there are the staged ones, so that
  their number is believable on any day of the year.
"""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from random import Random

from models.period import semester
from models.queries.case_file import Round
from models.sla import COUNTED_MINUTES, MINUTE, Unit
from models.sop import Step
from models.work_calendar import WorkCalendar

_LATE: dict[str, tuple[float, float, float]] = {  # share late in the first, second, third semester
    "recording": (0.09, 0.06, 0.04),
    "disposition": (0.25, 0.20, 0.15),
    "review": (0.26, 0.21, 0.17),
    "written_follow_up": (0.20, 0.16, 0.12),
    "examination": (0.17, 0.14, 0.11),
    "result_receipt": (0.13, 0.10, 0.07),
    "confirm_schedule": (0.10, 0.08, 0.05),
    "prepare_personnel": (0.12, 0.09, 0.07),
    "prepare_papers": (0.13, 0.10, 0.08),
    "order_escort": (0.11, 0.09, 0.07),
    "coordinate": (0.15, 0.12, 0.09),
}
_BEFORE_DEPARTURE = {
    "confirm_schedule": 3.0, "prepare_personnel": 1.0, "prepare_papers": 1.0, "order_escort": 0.1, "coordinate": 1.0,
}  # fmt: skip
_UNLIMITED_MINUTES = {"write_report": (200, 1900), "evaluate": (60, 1200)}
_LATE_REASONS: dict[str, tuple[str, ...]] = {
    "recording": ("network", "other", "reporter"),
    "disposition": ("official_away", "official_away", "other"),
    "review": ("reporter", "other_party", "official_away", "other"),
    "written_follow_up": ("other_party", "reporter", "official_away"),
    "examination": ("other_party", "sea_weather", "reporter"),
    "result_receipt": ("official_away", "reporter"),
    "coordinate": ("sea_weather", "other_party", "network"),
    "escort": ("sea_weather", "sea_weather", "sea_weather", "other_party"),
}
_ROOM_BEFORE_DEPARTURE = 900  # working minutes that must be left for a step of that journey to be late at all


@dataclass(frozen=True, slots=True)
class Pace:
    """The office's habits. `began_on` is the first day of the sample, `now` its last moment."""

    calendar: WorkCalendar
    dice: Random
    began_on: date
    now: datetime
    _owed: dict[str, float] = field(default_factory=dict)

    def finished_at(
        self, step: Step, row: Round, *, departs_at: datetime | None, by_boat: bool = False
    ) -> datetime:
        """When the open round ends: a whole minute, never before its start; perhaps after `now`."""
        if step.target.unit is Unit.SCHEDULE and row.due_at is not None:
            return self._back_at(row, row.due_at, by_boat=by_boat)
        if row.due_at is None:
            return self.calendar.add_minutes(
                row.started_at, self.dice.randrange(*_UNLIMITED_MINUTES[step.key])
            )
        self._owed[step.key] = self._owed.get(step.key, self.dice.random()) + self._late_share(step.key, row)
        if row.due_at <= row.started_at:  # the departure has come first
            return row.started_at + self.dice.randrange(2, 15) * MINUTE
        if self._owed[step.key] >= 1 and self._room_to_be_late(row.due_at, departs_at):
            self._owed[step.key] -= 1
            return self._late_at(step, row, row.due_at)
        return self._in_time_at(step, row, row.due_at, departs_at)

    def recorded_at(
        self, finished_at: datetime, *, known_at: datetime, before_at: datetime | None = None
    ) -> datetime:
        """When it is recorded, to the second: after it happened, and after the step was open on the screen.

        What comes before a departure, `before_at`, is also recorded before it, unless that has passed by then.
        """
        recorded_at = self._recorded_at(finished_at, known_at)
        if before_at is not None and recorded_at >= before_at:
            soon = max(finished_at, known_at) + timedelta(seconds=self.dice.randrange(60, 400))
            return min(recorded_at, soon)
        return recorded_at

    def semesters_passed(self, on: date) -> int:
        """0 in the first semester of the sample, 1 in the second, then 2."""
        year, half = semester(on)
        first_year, first_half = semester(self.began_on)
        return min(max((year - first_year) * 2 + half - first_half, 0), 2)

    def _recorded_at(self, finished_at: datetime, known_at: datetime) -> datetime:
        base = max(finished_at, known_at)
        habit = self.dice.random()
        if habit < 0.06:
            on = self.calendar.nth_working_day_after(
                self.calendar.local_date(base), self.dice.choice((1, 2, 2, 3))
            )
            base = self.calendar.midnight(on) + timedelta(hours=8, minutes=self.dice.randrange(420))
        elif habit < 0.18:
            base = self.calendar.add_minutes(base, self.dice.randrange(60, 420))
        elif not self.calendar.is_working(base) and self.dice.random() < 0.6:
            base = self.calendar.effective_start(base)
        return base + timedelta(minutes=self.dice.randrange(1, 30), seconds=self.dice.randrange(60))

    def settled(
        self,
        step: Step,
        row: Round,
        *,
        finished_at: datetime,
        recorded_at: datetime,
        known_at: datetime,
        departs_at: datetime | None,
    ) -> tuple[datetime, datetime]:
        """The two moments, moved so that the round does not stand overdue at `now`."""
        if row.due_at is not None and step.begins is not None and row.due_at < self.now < recorded_at:
            finished_at = max(
                min(finished_at, self.now - 20 * MINUTE), row.started_at
            )  # nobody is still away
            return finished_at, min(max(finished_at, known_at) + 3 * MINUTE, self.now)
        if not row.counted or row.due_at is None or row.late_from is None:
            return finished_at, recorded_at
        if row.late_from > self.now or recorded_at <= self.now:
            return finished_at, recorded_at
        if finished_at > self.now:
            finished_at = min(self._in_time_at(step, row, row.due_at, departs_at), self.now)
        return finished_at, min(max(finished_at, known_at) + 3 * MINUTE, self.now)

    def late_reason(
        self, step_key: str, *, finished_at: datetime, late_from: datetime | None, by_sea: bool
    ) -> str | None:
        """Why it was late, given in nine of ten cases; None where it was not. The sea only where there is any."""
        if late_from is None or finished_at < late_from or self.dice.random() > 0.9:
            return None
        reasons = _LATE_REASONS.get(step_key, ("official_away", "other_party", "other"))
        return self.dice.choice([reason for reason in reasons if by_sea or reason != "sea_weather"])

    def _late_share(self, step_key: str, row: Round) -> float:
        return _LATE[step_key][self.semesters_passed(self.calendar.local_date(row.started_at))]

    def _room_to_be_late(self, due_at: datetime, departs_at: datetime | None) -> bool:
        if departs_at is None:
            return True
        return due_at < departs_at and self.calendar.elapsed(due_at, departs_at) > _ROOM_BEFORE_DEPARTURE

    def _late_at(self, step: Step, row: Round, due_at: datetime) -> datetime:
        upper = step.target.upper or 0
        if step.target.unit in COUNTED_MINUTES:
            over = self.dice.randrange(2, 3 * upper + 25)
            return self.calendar.add_minutes(row.started_at, upper + over)
        longest = 500 if step.before_departure else 1600
        over = min(int(self.dice.lognormvariate(5.9, 0.8)), longest)
        return self.calendar.add_minutes(due_at, max(over, 20))

    def _in_time_at(self, step: Step, row: Round, due_at: datetime, departs_at: datetime | None) -> datetime:
        if due_at <= row.started_at:
            return row.started_at + MINUTE
        if step.target.unit in COUNTED_MINUTES:
            upper = step.target.upper or 1
            used = self.dice.randrange(max(1, upper // 4), upper + 1)
            return min(self.calendar.add_minutes(row.started_at, used), due_at)
        allowed = self.calendar.elapsed(row.started_at, due_at)
        if departs_at is not None and step.key in _BEFORE_DEPARTURE:
            left = self.calendar.elapsed(row.started_at, max(departs_at, row.started_at))
            keys = list(_BEFORE_DEPARTURE)
            waiting = sum(_BEFORE_DEPARTURE[key] for key in keys[keys.index(step.key) :])
            allowed = min(allowed, int(left * _BEFORE_DEPARTURE[step.key] / waiting))
        elif self.dice.random() < 0.06:  # overtime on the due date is in time
            return due_at + self.dice.randrange(10, 170) * MINUTE
        used = max(1, int(self.dice.triangular(0.08, 0.98, 0.7) * allowed))
        return min(self.calendar.add_minutes(row.started_at, used), due_at)

    def _back_at(self, row: Round, planned_at: datetime, *, by_boat: bool) -> datetime:
        held_up = by_boat and self.dice.random() < 0.22
        minutes = self.dice.randrange(60, 1500) if held_up else self.dice.randrange(-60, 45)
        return max(planned_at + minutes * MINUTE, row.started_at + 30 * MINUTE)
