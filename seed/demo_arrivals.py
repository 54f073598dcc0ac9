"""What comes in during the sample year: complaints and requests for escorts, each with its course.

Decided 2026-11. Shares (results of reviews, examinations left out, requests at short notice, cases taken back) are
dealt like cards, not thrown like dice, so that every build has some of each on every day of the year.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random
from typing import Any

from models.work_calendar import WorkCalendar
from seed.demo_course import Course
from seed.demo_texts import ONLINE, complaint_form, escort_form, read, topics

COMPLAINTS = 128
ESCORTS = 66
_OUTCOMES = {"oversight": 38, "not_oversight": 51, "other_agency": 19, "other_unit": 10, "not_actionable": 10}
_ENDS_WITH_REVIEW = ("other_agency", "not_actionable")
_AFTER_HOURS = 0.12
_BEFORE, _HELD_UP = timedelta(hours=1), timedelta(hours=26)  # round a journey; a storm holds nobody up longer


@dataclass(frozen=True, slots=True)
class Arrivals:
    """Draws the cases of the days from `began_on` to `now`, weighted towards the end."""

    calendar: WorkCalendar
    dice: Random
    began_on: date
    now: datetime

    def courses(self) -> list[Course]:
        """All courses, in no particular order."""
        return [*self._complaints(), *self._escorts()]

    def _complaints(self) -> list[Course]:
        outcomes = [key for key, count in _OUTCOMES.items() for _ in range(count)]
        self.dice.shuffle(outcomes)
        examined = self._dealt(len(outcomes), {True: 1, False: 1})
        turns = self._dealt(len(outcomes), {"": 110, "withdrawn": 5, "handed_back": 5, "corrected": 8})
        decks: dict[str, list[dict[str, Any]]] = {}
        found = []
        days = self._days(len(outcomes))
        for outcome, examination, turn, day in zip(outcomes, examined, turns, days, strict=True):
            if not decks.get(outcome):
                decks[outcome] = self.dice.sample(topics(outcome), len(topics(outcome)))
            course = self._complaint(outcome, decks[outcome].pop(), day)
            course.needs_examination = examination
            if turn == "withdrawn":
                course.taken_back_at = self.dice.choice(("disposition", "review"))
            elif turn == "handed_back":
                early = outcome in _ENDS_WITH_REVIEW or self.dice.random() < 0.4
                course.handed_back = "review" if early else "result_receipt"
            elif turn == "corrected":
                course.corrected = self.dice.choice(("recording", "disposition", "review"))
            found.append(course)
        return found

    def _complaint(self, outcome: str, topic: dict[str, Any], day: date) -> Course:
        after_hours = self.dice.random() < _AFTER_HOURS
        received_at = self._after_hours(day) if after_hours else self._in_hours(day)
        shown_at = self.calendar.effective_start(received_at)
        form = complaint_form(
            self.dice,
            topic,
            channel=self.dice.choice(ONLINE) if after_hours else None,
            on=self.calendar.local_date(received_at),
        )
        opened_at = shown_at + timedelta(minutes=self.dice.randrange(2, 9), seconds=self.dice.randrange(60))
        return Course("pengaduan", received_at, opened_at, form, topic, outcome=outcome)

    def _escorts(self) -> list[Course]:
        short = self._dealt(ESCORTS, {True: 10, False: 56})
        turns = self._dealt(ESCORTS, {"": 52, "withdrawn": 4, "handed_back": 6, "corrected": 4})
        trips: list[dict[str, Any]] = []
        found = []
        for at_short_notice, turn, day in zip(short, turns, self._days(ESCORTS), strict=True):
            if not trips:
                trips = self.dice.sample(read("escorts")["trip"], len(read("escorts")["trip"]))
            course = self._escort(trips.pop(), day, at_short_notice=at_short_notice)
            if turn == "withdrawn":
                course.taken_back_at = self.dice.choice(("prepare_papers", "coordinate"))
            elif turn == "handed_back":
                course.handed_back = self.dice.choice(("order_escort", "evaluate"))
            elif turn == "corrected":
                course.corrected = self.dice.choice(("confirm_schedule", "prepare_papers"))
            found.append(course)
        return found

    def _escort(self, trip: dict[str, Any], day: date, *, at_short_notice: bool) -> Course:
        received_at = self._in_hours(day)
        lead = self.dice.randrange(2, 6) if at_short_notice else self.dice.randrange(9, 17)
        received_on = self.calendar.local_date(received_at)
        departs_at, returns_at = self.journey(trip, on=self.calendar.nth_working_day_after(received_on, lead))
        if departs_at - _BEFORE < self.now < returns_at + _HELD_UP:  # the one who is away today is staged
            on = self.calendar.nth_working_day_after(self.calendar.local_date(self.now), 1 + lead // 3)
            departs_at, returns_at = self.journey(trip, on=on)
        form = escort_form(
            self.dice, trip, received_on=received_on, departs_at=departs_at, returns_at=returns_at
        )
        opened_at = received_at + timedelta(
            minutes=self.dice.randrange(3, 40), seconds=self.dice.randrange(60)
        )
        return Course("pengawalan", received_at, opened_at, form, trip)

    def journey(self, trip: dict[str, Any], *, on: date) -> tuple[datetime, datetime]:
        """Departure and return of a trip that leaves on that day, or on the Saturday after for a weekend one."""
        if trip.get("weekend"):
            on += timedelta(days=(5 - on.weekday()) % 7)
        leaves = 6 * 60 + 30 if trip["nights"] else self.dice.choice((7 * 60 + 30, 8 * 60, 8 * 60 + 30))
        departs_at = self.calendar.midnight(on) + timedelta(minutes=leaves)
        if not trip["nights"]:
            return departs_at, departs_at + timedelta(minutes=self.dice.choice((240, 300, 420, 480)))
        back_on = on + timedelta(days=trip["nights"])
        return departs_at, self.calendar.midnight(back_on) + timedelta(hours=self.dice.choice((13, 16, 18)))

    def _dealt(self, count: int, shares: dict[Any, int]) -> list[Any]:
        """`count` cards in the proportion of `shares`, shuffled."""
        whole: Sequence[Any] = [key for key, share in shares.items() for _ in range(share)]
        cards = [whole[place * len(whole) // count] for place in range(count)]
        self.dice.shuffle(cards)
        return cards

    def _days(self, count: int) -> list[date]:
        """`count` days spread over the sample, a little closer towards its end, shuffled."""
        length = (self.calendar.local_date(self.now) - self.began_on).days + 1
        shares = [(place + self.dice.uniform(-3, 4)) / count for place in range(count)]
        inside = [min(max(share, 0.0), 0.999) for share in shares]
        days = [self.began_on + timedelta(days=int(share**0.92 * length)) for share in inside]
        self.dice.shuffle(days)
        return days

    def _in_hours(self, day: date) -> datetime:
        """A working minute of that day, or of the next working day; before `now`."""
        on = self.calendar.next_working_day(day)
        while self.calendar.midnight(on) > self.now or not self.calendar.is_working_day(on):
            on -= timedelta(days=1)
        opens, closes = self.dice.choice(self.calendar.intervals(on))
        at = self.calendar.midnight(on) + timedelta(minutes=self.dice.randrange(opens, closes))
        return at if at < self.now else self.now - timedelta(minutes=self.dice.randrange(20, 120))

    def _after_hours(self, day: date) -> datetime:
        """An evening, or any time of a day off: it is opened the next working morning."""
        earliest = 18 * 60 if self.calendar.is_working_day(day) else 9 * 60
        at = self.calendar.midnight(day) + timedelta(minutes=self.dice.randrange(earliest, 22 * 60))
        return at if at < self.now else at - timedelta(days=1)
