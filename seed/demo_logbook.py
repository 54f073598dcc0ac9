"""The log book (buku mutasi) of a made-up escort: which slots have an entry, when it was recorded, what it says.

Decided 2026-11:
- How well it is kept follows the semester: about 80, 87 and 93 % of the slots. Nights are missed far more often than
  days. As with lateness, shares are added up and a slot is missed when a whole one has come together.
- Most is recorded within minutes, a night often on the next morning, which is late. What could only have been recorded
  before anybody knew of the escort is missing.
- The escort that is under way on the last day has its book up to the last hour, with one missed and one late slot.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import Any

from models.sla import MINUTE
from models.slots import Slot, slots
from models.work_calendar import WorkCalendar
from seed.demo_texts import maybe, read

_MISSED = (0.22, 0.14, 0.07)  # in the first, second, third semester
_AT_NIGHT, _BY_DAY = 2.2, 0.5  # times that
_NEXT_MORNING = {
    True: (0.45, 0.35, 0.25),
    False: (0.05, 0.03, 0.02),
}  # share of the nights' entries, of the days'
_WAY_SLOTS = 2  # at either end of a journey with nights
_LATE_AFTER = timedelta(hours=2)
_LATE_PLACE, _MISSED_PLACE = 9, 10  # slots of the escort under way: its first night
_DAY = (  # until which hour; where people are then
    (5, "night"), (8, "morning"), (11, "forenoon"), (13, "noon"), (17, "afternoon"), (19, "dusk"), (22, "evening"),
    (24, "night"),
)  # fmt: skip
_AT_BASE = ("night", "morning", "dusk", "evening")


@dataclass(frozen=True, slots=True)
class Journey:
    """An escort as it will go.

    `known_at` is when it stood on the screen; `runs` says that it has not ended by `now`.
    """

    trip: Mapping[str, Any]
    transport: str
    crew: Sequence[str]
    begun_at: datetime
    ends_at: datetime
    known_at: datetime
    semesters_passed: int
    now: datetime
    runs: bool = False
    unsafe: tuple[datetime, datetime] | None = None
    together: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """One entry and when it is recorded, to the second."""

    happened_at: datetime
    recorded_at: datetime
    data: Mapping[str, Any]


@dataclass(slots=True)
class LogBook:
    """Writes the books of all escorts; what a bad one misses is made good by the others of its semester."""

    calendar: WorkCalendar
    dice: Random
    _owed: dict[tuple[int, bool], float] = field(default_factory=dict)
    _written: int = 0

    def lines(self, journey: Journey, *, every_minutes: int) -> list[Line]:
        """The entries in the order of what happened."""
        row = slots(
            journey.begun_at,
            journey.ends_at,
            every_minutes=every_minutes,
            entries=(),
            as_of=journey.ends_at,
            ended=True,
        ).slots
        found = []
        for place, slot in enumerate(row):
            happened_at = self._happened_at(slot, first=place == 0)
            if (recorded_at := self._recorded_at(journey, happened_at, place)) is not None:
                data = self._data(journey, happened_at, self._phase(journey, happened_at, place, len(row)))
                found.append(Line(happened_at, recorded_at, data))
        if journey.together:
            found = _recorded_together(found)
        if journey.runs:
            found.append(self._latest(journey))
        return found

    def _happened_at(self, slot: Slot, *, first: bool) -> datetime:
        length = (slot.end_at - slot.start_at) // MINUTE
        minutes = self.dice.randrange(9) if first else self.dice.randrange(4, max(length - 12, 5))
        return slot.start_at + minutes * MINUTE

    def _recorded_at(self, journey: Journey, happened_at: datetime, place: int) -> datetime | None:
        """When the entry is recorded; None for a slot that is missed."""
        hour = self._hour(happened_at)
        at_night = not 5 <= hour < 22
        soon = happened_at + timedelta(minutes=self.dice.randrange(1, 19), seconds=self.dice.randrange(60))
        if journey.runs:
            late = self._next_morning(happened_at, place) if place == _LATE_PLACE else soon
            return None if place == _MISSED_PLACE else late
        if self._is_missed(journey, happened_at, at_night=at_night):
            return None
        if self.dice.random() < _NEXT_MORNING[at_night][journey.semesters_passed]:
            soon = self._next_morning(happened_at, place)
        if soon <= journey.known_at:  # nobody could have written it by then
            self._owed[journey.semesters_passed, at_night] -= 1
            return None
        return soon

    def _is_missed(self, journey: Journey, happened_at: datetime, *, at_night: bool) -> bool:
        passed = journey.semesters_passed
        share = _MISSED[passed] * (_AT_NIGHT if at_night else _BY_DAY) * self.dice.uniform(0.4, 1.6)
        owed = self._owed.get((passed, at_night), self.dice.random()) + share
        in_danger = journey.unsafe is not None and journey.unsafe[0] <= happened_at < journey.unsafe[1]
        is_missed = owed >= 1 and not in_danger
        self._owed[passed, at_night] = owed - is_missed
        return is_missed

    def _next_morning(self, happened_at: datetime, place: int) -> datetime:
        """Entry after entry: not three within ten minutes."""
        morning = self.calendar.midnight(self.calendar.local_date(happened_at)) + timedelta(
            hours=6, minutes=30
        )
        found = morning + timedelta(minutes=place % 12 * 11, seconds=self.dice.randrange(40))
        return found if found > happened_at + _LATE_AFTER else found + timedelta(days=1)

    def _latest(self, journey: Journey) -> Line:
        """What an escort under way wrote within the last hour."""
        happened_at = journey.now - 38 * MINUTE
        data = self._data(journey, happened_at, "forenoon")
        return Line(happened_at, happened_at + 4 * MINUTE, data)

    def _phase(self, journey: Journey, happened_at: datetime, place: int, count: int) -> str:
        if journey.unsafe is not None and journey.unsafe[0] <= happened_at < journey.unsafe[1]:
            return "unsafe"
        way = _WAY_SLOTS if journey.trip["nights"] else 1
        if place == 0:
            return "departure"
        if place >= count - way:
            return "home"
        if place < way:
            return "way"
        return self._of_the_day(journey, happened_at)

    def _of_the_day(self, journey: Journey, happened_at: datetime) -> str:
        hour = self._hour(happened_at)
        if not journey.trip["nights"]:
            hour = min(max(hour, 8), 16)
        return next(phase for until, phase in _DAY if hour < until)

    def _data(self, journey: Journey, happened_at: datetime, phase: str) -> dict[str, Any]:
        words = read("logbook")
        accounts = words[phase].get("any") or words[phase].get(journey.transport) or words[phase]["boat"]
        share = len(journey.crew) if phase != "night" else 1
        self._written += 1
        return {
            "location": self._location(journey, phase),
            "account": accounts[self._written % len(accounts)],  # not the same words twice running
            "situation": "unsafe" if phase == "unsafe" else "safe",
            "officers": self.dice.sample(journey.crew, self.dice.randrange(1, share + 1)),
            **maybe(self.dice, 0.2, {"remark": self.dice.choice(words["words"]["remarks"])}),
        }

    def _location(self, journey: Journey, phase: str) -> str:
        places, trip = read("logbook")["places"], journey.trip
        if phase == "departure":
            return str(places.get(journey.transport, places["official_vehicle"]))
        if phase in ("way", "home"):
            return str(trip["way"])
        return str(trip["base"] if phase in _AT_BASE else trip["place"])

    def _hour(self, at: datetime) -> int:
        return (at - self.calendar.midnight(self.calendar.local_date(at))) // timedelta(hours=1)


def _recorded_together(lines: list[Line]) -> list[Line]:
    """The lines with four in a row brought in at once, when the fourth happened."""
    first = min(len(lines) // 2, max(len(lines) - 4, 0))
    late = lines[first : first + 4]
    at = late[-1].happened_at + 3 * MINUTE
    moved = [
        Line(line.happened_at, at + place * timedelta(seconds=95), line.data)
        for place, line in enumerate(late)
    ]
    return [*lines[:first], *moved, *lines[first + 4 :]]
