"""The open cases the sample ends with: one in each state, on whatever day it is built.

Decided 2026-11. Days are counted back from the next working day (today itself when it is one): "1" is the working day
before it, so that a target of n days begun on day n is due on day 0 and stands near its due date, and one begun
earlier is overdue. All times lie between 09.00 and 11.30, which is working time on every weekday, Ramadan included.
"""

from collections import deque
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from random import Random
from typing import Any

from models.work_calendar import WorkCalendar
from seed.demo_arrivals import Arrivals
from seed.demo_course import Course, Scripted
from seed.demo_texts import complaint_form, escort_form, read, topics

_HOW = {"": "finished", "-": "skipped", "<": "handed_back", "||": "paused", "|>": "resumed"}
_PAUSES = ("paused", "resumed")

# Outcome of the review, then what has been done and when: step, working days back, time of day.
_COMPLAINTS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("not_oversight", ("recording 1 10.20",)),  # disposition runs
    ("oversight", ("recording 2 09.25",)),  # disposition near its due date
    ("not_oversight", ("recording 4 09.40",)),  # disposition overdue
    ("oversight", ("recording 4 09.30", "disposition 3 10.15")),  # review runs
    ("other_unit", ("recording 9 09.35", "disposition 7 09.50")),  # review near its due date
    ("oversight", ("recording 12 09.50", "disposition 10 10.40", "reporter 8 10.15 ||")),  # review overdue, paused
    (  # handed back to the review by the Chair
        "not_oversight",
        ("recording 13 09.25", "disposition 12 10.00", "review 4 10.30", "result_receipt 2 09.45 <"),
    ),
    (  # written follow-up runs, after a pause
        "oversight",
        (
            "recording 8 09.30", "disposition 7 09.20", "reporter 6 10.00 ||", "reporter 3 09.45 |>",
            "review 1 10.30",
        ),
    ),
    ("other_unit", ("recording 10 10.00", "disposition 9 09.30", "review 3 09.10")),  # written follow-up, older
    (  # examination runs
        "oversight",
        ("recording 10 09.45", "disposition 9 10.10", "review 4 11.00", "written_follow_up 2 09.30"),
    ),
    (  # examination past its lower bound
        "oversight",
        ("recording 15 09.20", "disposition 14 09.30", "review 8 10.20", "written_follow_up 6 10.45"),
    ),
    ("not_oversight", ("recording 9 09.50", "disposition 8 10.25", "review 1 11.10")),  # result runs
    (  # result overdue, examination left out
        "oversight",
        (
            "recording 14 09.30", "disposition 13 09.15", "review 7 09.40", "written_follow_up 5 10.10",
            "examination 5 10.30 -",
        ),
    ),
)  # fmt: skip

# Trip (its place in the list), departure in days from the next working day, then what has been done.
_ESCORTS: tuple[tuple[int, int, tuple[str, ...]], ...] = (
    (4, 9, ()),  # request being confirmed
    (0, 2, ("confirm_schedule 1 10.10",)),  # at short notice
    (3, 6, ("confirm_schedule 2 09.30", "prepare_personnel 1 10.30")),  # papers
    (5, 3, ("confirm_schedule 4 09.40", "prepare_personnel 3 10.00", "prepare_papers 2 09.30")),  # order overdue
    (  # handed back: the papers name the wrong people
        6,
        4,
        (
            "confirm_schedule 3 10.00", "prepare_personnel 2 09.30", "prepare_papers 1 11.05",
            "order_escort 1 11.09 <",
        ),
    ),
    (  # coordination
        8,
        4,
        (
            "confirm_schedule 3 09.30", "prepare_personnel 2 10.30", "prepare_papers 1 11.10",
            "order_escort 1 11.14",
        ),
    ),
)  # fmt: skip
_READY = (
    "confirm_schedule 7 09.30", "prepare_personnel 6 10.00", "prepare_papers 5 10.20", "order_escort 5 10.24",
    "coordinate 4 09.50",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Staged:
    """Builds the staged courses around the last moment `now`."""

    calendar: WorkCalendar
    dice: Random
    arrivals: Arrivals
    now: datetime
    _decks: dict[str, list[dict[str, Any]]] = field(default_factory=dict)

    def courses(self) -> list[Course]:
        """All of them: 14 complaints, 9 escorts."""
        complaints = [self._complaint(outcome, acts) for outcome, acts in _COMPLAINTS]
        escorts = [self._upcoming(trip, leaves, acts) for trip, leaves, acts in _ESCORTS]
        return [*complaints, self._just_received(), *escorts, self._under_way(), *self._returned()]

    def _complaint(self, outcome: str, acts: tuple[str, ...]) -> Course:
        told = [self._act(text) for text in acts]
        script = [act for act in told if act.how not in _PAUSES]
        received_at = script[0].at - timedelta(minutes=self.dice.randrange(14, 25))
        course = self._received(outcome, received_at, script)
        course.pauses = tuple(act for act in told if act.how in _PAUSES)
        return course

    def _just_received(self) -> Course:
        return self._received("oversight", self.now - timedelta(minutes=15), [])

    def _received(self, outcome: str, received_at: datetime, script: list[Scripted]) -> Course:
        if not self._decks.get(outcome):  # no subject twice on the lists of what is open
            self._decks[outcome] = self.dice.sample(topics(outcome), len(topics(outcome)))
        topic = self._decks[outcome].pop()
        channel = "direct" if self.calendar.is_working(received_at) else "email"
        on = self.calendar.local_date(received_at)
        form = complaint_form(self.dice, topic, channel=channel, on=on)
        opened_at = received_at + timedelta(minutes=6)
        return Course("pengaduan", received_at, opened_at, form, topic, outcome=outcome, script=deque(script))

    def _upcoming(self, trip: int, leaves: int, acts: tuple[str, ...]) -> Course:
        script = [self._act(text) for text in acts]
        first_at = script[0].at if script else self._moment(1, "09.40")
        on = self.calendar.nth_working_day_after(self._day_zero(), leaves)
        received_at = self._working_days_before(first_at, 1 if script else 0)
        return self._requested(
            trip, self.arrivals.journey(read("escorts")["trip"][trip], on=on), received_at, script
        )

    def _under_way(self) -> Course:
        """Left yesterday, back tomorrow, whatever days these are."""
        today = self.calendar.local_date(self.now)
        departs_at = self.calendar.midnight(today - timedelta(days=1)) + timedelta(hours=6, minutes=30)
        returns_at = self.calendar.midnight(today + timedelta(days=1)) + timedelta(hours=16)
        script = [self._act(text) for text in _READY]
        received_at = self._working_days_before(script[0].at, 2)
        return self._requested(7, (departs_at, returns_at), received_at, script)

    def _returned(self) -> list[Course]:
        """Back from the journey: one report to write, one to evaluate."""
        found = []
        for trip, left, reported in ((12, 2, ()), (10, 9, ("write_report 1 10.20",))):
            on = self.calendar.local_date(self._moment(left, "09.00"))
            departs_at = self.calendar.midnight(on) + timedelta(hours=8)
            returns_at = departs_at + timedelta(hours=6, days=0 if left < 5 else 4)
            ready = [self._act(text, earlier=left - 1) for text in _READY]
            script = [
                *ready,
                Scripted("escort", returns_at + timedelta(minutes=20)),
                *(self._act(text) for text in reported),
            ]
            received_at = self._working_days_before(ready[0].at, 2)
            found.append(self._requested(trip, (departs_at, returns_at), received_at, script))
        return found

    def _requested(
        self, trip: int, journey: tuple[datetime, datetime], received_at: datetime, script: list[Scripted]
    ) -> Course:
        subject: dict[str, Any] = read("escorts")["trip"][trip]
        form = escort_form(
            self.dice,
            subject,
            received_on=self.calendar.local_date(received_at),
            departs_at=journey[0],
            returns_at=journey[1],
        )
        opened_at = received_at + timedelta(minutes=8)
        return Course("pengawalan", received_at, opened_at, form, subject, script=deque(script))

    def _act(self, text: str, *, earlier: int = 0) -> Scripted:
        """Read "step days time" with a mark of `_HOW` behind it."""
        step_key, days, time, *mark = text.split()
        return Scripted(step_key, self._moment(int(days) + earlier, time), _HOW["".join(mark)])

    def _moment(self, days: int, time: str) -> datetime:
        hours, minutes = time.split(".")
        on = self._day_zero()
        for _ in range(days):
            on -= timedelta(days=1)
            while not self.calendar.is_working_day(on):
                on -= timedelta(days=1)
        return self.calendar.midnight(on) + timedelta(hours=int(hours), minutes=int(minutes))

    def _working_days_before(self, at: datetime, days: int) -> datetime:
        """The same time of day so many working days earlier; 20 minutes earlier when it is the same day."""
        on = self.calendar.local_date(at)
        since_midnight = at - self.calendar.midnight(on)
        for _ in range(days):
            on -= timedelta(days=1)
            while not self.calendar.is_working_day(on):
                on -= timedelta(days=1)
        earlier = timedelta(0) if days else timedelta(minutes=20)
        return self.calendar.midnight(on) + since_midnight - earlier

    def _day_zero(self) -> date:
        return self.calendar.next_working_day(self.calendar.local_date(self.now))
