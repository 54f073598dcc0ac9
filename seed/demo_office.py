"""The made-up office at work: what is due next is done next, each act through the same command a person would use.

A simulation of events: acts wait in a heap by the moment they are recorded, carrying one out opens steps, and each
open step puts its own end on the heap. So the trail's moments never go back. Acts after `now` stay undone, which is
what leaves cases open.
"""

import heapq
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from itertools import count
from random import Random
from typing import Any, Protocol

from sqlalchemy import Engine

from models.access import Actor, Role
from models.commands.cases import open_case
from models.commands.closing import withdraw_case
from models.commands.corrections import correct_step, return_step
from models.commands.steps import finish_step, skip_step
from models.database import reading
from models.flow import Standing, returnable_to
from models.queries.case_file import CaseView, Round, case_view
from models.sla import MINUTE
from models.sop import Sop, Step
from models.step_form import missing_outputs
from models.vault import Vault
from models.work_calendar import WorkCalendar
from seed.demo_course import Course, Ending, Scripted
from seed.demo_entries import Entry, entered
from seed.demo_pace import Pace
from seed.demo_texts import outputs, read

_TEXTS = {"pengaduan": "complaints", "pengawalan": "escorts"}
_RECORDED_BY_SECRETARY, _RECORDED_BY_ADMINISTRATOR = 0.05, 0.02
_CORRECTION = "Nomor dokumen dan jam selesai disesuaikan dengan buku agenda"

Act = Callable[[datetime], object]


class Companion(Protocol):
    """Does what goes along with the steps of a case: logbooks, attachments, notes."""

    def case_opened(self, course: Course, now: datetime) -> None:
        """The case has been registered; its view is there."""

    def round_opened(self, course: Course, row: Round, ending: Ending | None, now: datetime) -> None:
        """A step has begun; without an ending it will stand open on the last day."""

    def round_finished(self, course: Course, row: Round, now: datetime) -> None:
        """A step was recorded as finished; `row` is as it stood before."""


@dataclass(slots=True)
class Office:
    """Carries out the courses of cases. `actors` are the sample accounts by role."""

    store: Engine
    vault: Vault
    calendar: WorkCalendar
    actors: dict[str, Actor]
    pace: Pace
    dice: Random
    now: datetime
    companions: list[Companion] = field(default_factory=list)
    _waiting: list[tuple[datetime, int, Act]] = field(default_factory=list)
    _order: Any = field(default_factory=count)
    _tokens: Any = field(default_factory=count)

    def at(self, moment: datetime, act: Act) -> None:
        """Let `act` happen at that moment; it stays undone when that lies after the sample's last one."""
        if moment <= self.now:
            heapq.heappush(self._waiting, (moment, next(self._order), act))

    def take(self, course: Course) -> None:
        """Let a case come in at the moment its course says."""
        self.at(course.opened_at, partial(self._open, course))

    def run(self) -> None:
        """Carry out everything up to `now`, in the order of time."""
        while self._waiting:
            moment, _, act = heapq.heappop(self._waiting)
            act(moment)

    def token(self) -> str:
        """A form's token, different each time."""
        return f"sample-{next(self._tokens)}"

    def recorder(self, sop: Sop, step: Step) -> Actor:
        """Who records the step: mostly its own role, sometimes the Secretary or the administrator for it."""
        role = sop.executor(step.executor).role or Role.SEKRETARIS
        others = self.dice.random()
        if others < _RECORDED_BY_ADMINISTRATOR:
            return self.actors[Role.ADMINISTRATOR]
        if others < _RECORDED_BY_ADMINISTRATOR + _RECORDED_BY_SECRETARY:
            return self.actors[Role.SEKRETARIS]
        return self.actors[role]

    def look(self, course: Course, now: datetime) -> CaseView:
        """The case as it stands now, kept with its course."""
        with reading(self.store) as connection:
            course.view = case_view(
                connection, actor=self.actors[Role.SEKRETARIS], case_id=course.case_id, as_of=now
            )
        return course.view

    def _shown(self, course: Course, round_id: int) -> tuple[CaseView, Round, Step]:
        """The case as the last act left it, and one of its rounds; nobody else works in the sample."""
        assert course.view is not None  # noqa: S101 - acts on a case follow its opening
        row = next(row for row in course.view.rounds if row.round_id == round_id)
        return course.view, row, course.view.sop.step(row.step_key)

    def _open(self, course: Course, now: datetime) -> None:
        opener = Role.DESK_PELAYANAN if course.code == "pengaduan" else Role.KASUBBAG_KUL
        answer = open_case(
            self.store,
            vault=self.vault,
            actor=self.actors[opener],
            token=self.token(),
            now=now,
            code=course.code,
            received_at=course.received_at,
            data=course.form,
        )
        course.case_id = answer["case_id"]
        self._plan(course, now)
        for companion in self.companions:
            companion.case_opened(course, now)

    def _plan(self, course: Course, now: datetime) -> None:
        """Put the end of each newly opened step on the heap."""
        view = self.look(course, now)
        for row in view.rounds:
            if row.state == "open" and row.round_id not in course.planned:
                course.planned.add(row.round_id)
                ending = None
                if course.script is None:
                    ending = self._plan_freely(course, view.sop.step(row.step_key), row, now)
                elif course.script and course.script[0].step_key == row.step_key:
                    ending = self._plan_scripted(course, row, course.script.popleft(), now)
                for companion in self.companions:
                    companion.round_opened(course, row, ending, now)

    def _plan_scripted(self, course: Course, row: Round, act: Scripted, now: datetime) -> Ending:
        recorded_at = max(act.at, now) + timedelta(minutes=self.dice.randrange(1, 4))
        if act.how == "skipped":
            self.at(recorded_at, partial(self._skip, course, row.round_id))
        elif act.how == "handed_back":
            self.at(recorded_at, partial(self._hand_back, course, row.round_id, act.at))
        else:
            self.at(recorded_at, partial(self._finish, course, row.round_id, act.at))
        return Ending(act.at, recorded_at)

    def _plan_freely(self, course: Course, step: Step, row: Round, now: datetime) -> Ending:
        departs_at = course.departs_at
        finished_at = self.pace.finished_at(step, row, departs_at=departs_at, by_boat=course.by_boat)
        recorded_at = self.pace.recorded_at(
            finished_at, known_at=now, before_at=departs_at if step.before_departure else None
        )
        finished_at, recorded_at = self.pace.settled(
            step,
            row,
            finished_at=finished_at,
            recorded_at=recorded_at,
            known_at=now,
            departs_at=departs_at,
        )
        if course.taken_back_at == step.key:
            self.at(recorded_at, partial(self._withdraw, course, row.round_id))
        elif step.optional and not course.needs_examination:
            self.at(now + self.dice.randrange(20, 300) * MINUTE, partial(self._skip, course, row.round_id))
        elif course.handed_back == step.key and row.round_no == 1:
            self.at(recorded_at, partial(self._hand_back, course, row.round_id, finished_at))
        else:
            self.at(recorded_at, partial(self._finish, course, row.round_id, finished_at))
        return Ending(finished_at, recorded_at)

    def _finish(self, course: Course, round_id: int, finished_at: datetime, now: datetime) -> None:
        view, row, step = self._shown(course, round_id)
        if row.state != "open":  # the case was withdrawn meanwhile
            return
        entry = Entry(
            dice=self.dice,
            finished_at=finished_at,
            on=self.calendar.local_date(finished_at),
            outcome=course.outcome if step.outcomes else None,
            subject=course.subject,
            form=course.form,
        )
        finish_step(
            self.store,
            actor=self.recorder(view.sop, step),
            token=self.token(),
            now=now,
            round_id=round_id,
            expected_version=row.version,
            finished_at=finished_at,
            data=entered(step, entry),
            outcome=entry.outcome,
            late_reason=self.pace.late_reason(
                step.key,
                finished_at=finished_at,
                late_from=row.late_from,
                by_sea=course.by_boat or course.code == "pengaduan",
            ),
        )
        if course.corrected == step.key:
            course.corrected = None
            later = self.calendar.add_minutes(now, self.dice.randrange(90, 1400))
            self.at(later, partial(self._correct, course, round_id))
        self._plan(course, now)
        for companion in self.companions:
            companion.round_finished(course, row, now)

    def _skip(self, course: Course, round_id: int, now: datetime) -> None:
        view, row, step = self._shown(course, round_id)
        skip_step(
            self.store,
            actor=self.recorder(view.sop, step),
            token=self.token(),
            now=now,
            round_id=round_id,
            expected_version=row.version,
            reason=self.dice.choice(read("complaints")["words"]["no_examination"]),
        )
        self._plan(course, now)

    def _hand_back(self, course: Course, round_id: int, returned_at: datetime, now: datetime) -> None:
        view, row, step = self._shown(course, round_id)
        standing = {r.step_key: Standing(r.state, r.finished_at) for r in view.rounds if r.state != "void"}
        return_step(
            self.store,
            actor=self.recorder(view.sop, step),
            token=self.token(),
            now=now,
            round_id=round_id,
            expected_version=row.version,
            to_step=returnable_to(view.sop, standing, step.key)[0].key,
            returned_at=returned_at,
            reason=self._words(course, "handed_back"),
        )
        self._plan(course, now)

    def _withdraw(self, course: Course, round_id: int, now: datetime) -> None:
        view, _, _ = self._shown(course, round_id)
        withdraw_case(
            self.store,
            actor=self.actors[Role.SEKRETARIS],
            token=self.token(),
            now=now,
            case_id=course.case_id,
            expected_version=view.version,
            closed_at=now,
            reason=self._words(course, "withdrawn" if course.code == "pengaduan" else "cancelled"),
        )
        self.look(course, now)

    def _correct(self, course: Course, round_id: int, now: datetime) -> None:
        """Fill in what was missing and set the finish a few minutes earlier."""
        _, row, step = self._shown(course, round_id)
        assert row.finished_at is not None  # noqa: S101 - planned when the round was finished
        missing = missing_outputs(step, row.data)
        on = self.calendar.local_date(row.finished_at)
        found = outputs(self.dice, step, on=on, fields=row.data) if missing else {}
        correct_step(
            self.store,
            actor=self.actors[Role.SEKRETARIS],
            token=self.token(),
            now=now,
            round_id=round_id,
            expected_version=row.version,
            finished_at=max(row.finished_at - self.dice.randrange(0, 12) * MINUTE, row.started_at),
            data={**found, **row.data},
            late_reason=row.late_reason,
            reason=_CORRECTION,
        )
        self.look(course, now)

    def _words(self, course: Course, key: str) -> str:
        words: list[str] = read(_TEXTS[course.code])["words"][key]
        return self.dice.choice(words)
