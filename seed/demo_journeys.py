"""What goes along with a made-up escort: the check before it, the departure, its log book, and what befell it.

Decided 2026-11. What befalls an escort is dealt to the long ones in the order of their departures, so that every build
has one that was unsafe, one with slots that were recorded together, some incidents and two analyses of threats.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from models.access import Role
from models.commands.attachments import Place
from models.commands.beginnings import begin_step
from models.queries.case_file import Round
from models.sla import MINUTE
from models.sop_books import Journal
from seed.demo_books import Written, put, write
from seed.demo_course import Course, Ending
from seed.demo_logbook import Journey, LogBook
from seed.demo_office import Office
from seed.demo_scans import Scan, photo
from seed.demo_texts import read

_UNSAFE, _TOGETHER = 6, 9  # which of the long journeys
_INCIDENTS = (2, 4, 11, 14)
_CHECKED, _THREATENED = 0.92, 0.06
_PHOTOGRAPHED = (_UNSAFE, 4, 14)
_CALM_AFTER = timedelta(minutes=155)


@dataclass(slots=True)
class Journeys:
    """Accompanies the escorts of the office."""

    office: Office
    book: LogBook
    _long: int = 0  # long journeys so far
    _incidents: int = 0

    def case_opened(self, course: Course, now: datetime) -> None:
        """Nothing yet."""

    def round_finished(self, course: Course, row: Round, now: datetime) -> None:
        """Nothing more."""

    def round_opened(self, course: Course, row: Round, ending: Ending | None, now: datetime) -> None:
        """Plan the whole journey when its step begins."""
        assert course.view is not None  # noqa: S101 - acts on a case follow its opening
        step, departs_at, returns_at = (
            course.view.sop.step(row.step_key),
            course.departs_at,
            course.view.returns_at,
        )
        if step.begins is None or departs_at is None or returns_at is None:
            return
        ends_at = ending.finished_at if ending else returns_at
        begun_at = min(departs_at + self.office.dice.randrange(-10, 40) * MINUTE, ends_at - 25 * MINUTE)
        prepared = course.view.current("prepare_personnel")
        journey = Journey(
            trip=course.subject,
            transport=course.form["transport"],
            crew=prepared.data["crew"] if prepared else course.form["personnel"],
            begun_at=begun_at,
            ends_at=ends_at,
            known_at=now,
            semesters_passed=self.office.pace.semesters_passed(self.office.calendar.local_date(begun_at)),
            now=self.office.now,
            runs=ending is None,
        )
        self._check(course, journey)
        self._depart(course, journey, round_id=row.round_id, ending=ending)
        self._befall(course, journey)

    def _befall(self, course: Course, journey: Journey) -> None:
        """Let happen what is dealt to this journey, and write its log book."""
        turn = 0
        if journey.trip["nights"] >= 2 and journey.known_at < journey.begun_at - timedelta(hours=2):
            self._long += not journey.runs
            turn = self._long
        if journey.runs:
            self._stand(course, journey, _words("safe"), at=journey.begun_at)
            self._analyse(course, journey, place=1)
        elif turn == _UNSAFE:
            journey = replace(journey, unsafe=self._unsafe_times(journey))
            self._be_unsafe(course, journey)
            self._analyse(course, journey, place=0)
        elif turn == _TOGETHER:
            journey = replace(journey, together=True)
        elif turn in _INCIDENTS:
            self._incident(
                course, journey, at=journey.begun_at + timedelta(hours=26), photographed=turn in _PHOTOGRAPHED
            )
        journal = _log_book(course)
        for line in self.book.lines(journey, every_minutes=journal.every_minutes or 0):
            self._plan(
                course,
                Written(journal.key, Role.JAGAT_SAKSANA, line.happened_at, line.data),
                line.recorded_at,
            )

    def _plan(self, course: Course, entry: Written, recorded_at: datetime) -> None:
        self.office.at(recorded_at, partial(write, entry, office=self.office, course=course))

    def _check(self, course: Course, journey: Journey) -> None:
        """Look over the equipment before leaving, where somebody thinks of it and the papers are ready."""
        dice = self.office.dice
        at = journey.begun_at - dice.randrange(18, 45) * MINUTE
        if dice.random() >= _CHECKED or at <= journey.known_at:
            return
        words = read("logbook")["words"]
        items = ["assignment_letter", "communication", "map", "vehicle", "sipada"]
        data: dict[str, Any] = {"items": items, "surroundings_secured": True, "threat_detected": False}
        if dice.random() < 0.15:
            data |= {
                "items": [item for item in items if item != "map"],
                "lacking": dice.choice(words["lacking"]),
            }
        if dice.random() < _THREATENED:
            data |= {"threat_detected": True, "threat": dice.choice(words["threats"])}
        entry = Written("equipment_check", Role.JAGAT_SAKSANA, at, data)
        self._plan(course, entry, at + timedelta(minutes=dice.randrange(1, 9), seconds=dice.randrange(60)))

    def _depart(self, course: Course, journey: Journey, *, round_id: int, ending: Ending | None) -> None:
        """Press "Berangkat" within minutes of leaving, or as soon as the step stands on the screen."""
        soon = max(journey.begun_at, journey.known_at) + timedelta(
            minutes=self.office.dice.randrange(1, 12), seconds=self.office.dice.randrange(60)
        )
        if ending is not None:
            soon = max(min(soon, ending.recorded_at - timedelta(seconds=30)), journey.known_at)
        self.office.at(soon, partial(self._begin, course, round_id, journey.begun_at))

    def _begin(self, course: Course, round_id: int, begun_at: datetime, now: datetime) -> None:
        assert course.view is not None  # noqa: S101 - acts on a case follow its opening
        row = next(row for row in course.view.rounds if row.round_id == round_id)
        begin_step(
            self.office.store,
            actor=self.office.actors[Role.JAGAT_SAKSANA],
            token=self.office.token(),
            now=now,
            round_id=round_id,
            expected_version=row.version,
            begun_at=begun_at,
        )
        self.office.look(course, now)

    def _unsafe_times(self, journey: Journey) -> tuple[datetime, datetime]:
        """An afternoon of the second day."""
        calendar = self.office.calendar
        on = calendar.local_date(journey.begun_at) + timedelta(days=1)
        began_at = calendar.midnight(on) + timedelta(hours=13, minutes=self.office.dice.randrange(5, 50))
        return began_at, began_at + _CALM_AFTER

    def _be_unsafe(self, course: Course, journey: Journey) -> None:
        assert journey.unsafe is not None  # noqa: S101 - dealt to it
        began_at, calm_at = journey.unsafe
        words = read("logbook")["situation"]
        police = {key: words[key] for key in ("police_unit", "police_contact", "police_phone")}
        handed_over = {"control_handed_over_at": began_at + 6 * MINUTE}
        self._stand(course, journey, {**_words("unsafe"), **police, **handed_over}, at=began_at)
        self._stand(course, journey, _words("calm"), at=calm_at)
        self._incident(course, journey, at=began_at + 4 * MINUTE, photographed=True)

    def _stand(self, course: Course, journey: Journey, data: dict[str, Any], *, at: datetime) -> None:
        """Change the situation, recorded some minutes later."""
        if data["situation"] == "safe":
            data["controller"] = journey.crew[0]
        entry = Written("situation_log", Role.JAGAT_SAKSANA, at, data)
        self._plan(course, entry, at + self.office.dice.randrange(8, 14) * MINUTE)

    def _analyse(self, course: Course, journey: Journey, *, place: int) -> None:
        """Weigh a threat soon after the journey stands on the screen, before it begins."""
        analysis = {"place": journey.trip["place"], **read("logbook")["analysis"][place]}
        at = journey.known_at + self.office.dice.randrange(15, 60) * MINUTE
        self._plan(course, Written("threat_analysis", Role.KASUBBAG_KUL, at, analysis), at + 2 * MINUTE)

    def _incident(self, course: Course, journey: Journey, *, at: datetime, photographed: bool) -> None:
        """One entry of the pocket book; every other kind in its turn, but what an unsafe situation brings."""
        fitting = [
            incident
            for incident in read("logbook")["incident"]
            if bool(incident.get("unsafe")) is (journey.unsafe is not None)
            and incident.get("transport", journey.transport) == journey.transport
        ]
        words = fitting[self._incidents % len(fitting)]
        self._incidents += journey.unsafe is None
        data = {key: words[key] for key in ("incident", "parties", "action", "reported_to")}
        entry = Written("pocket_book", Role.JAGAT_SAKSANA, at, {"place": journey.trip["place"], **data})
        recorded_at = at + self.office.dice.randrange(20, 90) * MINUTE
        self.office.at(recorded_at, partial(self._report, course, entry, photographed=photographed))

    def _report(self, course: Course, entry: Written, now: datetime, *, photographed: bool) -> None:
        entry_id = write(entry, now, office=self.office, course=course)
        if photographed and entry_id is not None:
            lines = (entry.data["place"], f"{self.office.calendar.local_date(entry.happened_at):%d/%m/%Y}")
            scan = Scan("foto_kejadian.png", "Foto kejadian (contoh)", photo("Foto kejadian", lines))
            put(
                scan,
                now,
                office=self.office,
                course=course,
                role=Role.JAGAT_SAKSANA,
                place=Place(entry_id=entry_id),
            )


def _words(kind: str) -> dict[str, Any]:
    """The entry of a change of situation: "safe" at the start, "unsafe", "calm" afterwards."""
    cause = read("logbook")["situation"][f"{kind}_cause"]
    return {"situation": "unsafe" if kind == "unsafe" else "safe", "cause": cause}


def _log_book(course: Course) -> Journal:
    assert course.view is not None  # noqa: S101 - acts on a case follow its opening
    return next(journal for journal in course.view.sop.journals if journal.every_minutes is not None)
