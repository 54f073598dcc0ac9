"""What goes along with the steps of a made-up case: dispatch book, notes, pauses, related cases, attached papers.

Decided 2026-11. Notes, papers and related cases are dealt by counting, so that every build has some of each among the
old cases and among the open ones. Files are few and small: each is sealed and held in the database.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial

from models.access import Role
from models.commands.attachments import Place
from models.commands.conflicts import declare_conflict
from models.commands.links import link_cases
from models.commands.pauses import pause_case, resume_case
from models.queries.case_file import Round
from models.sla import MINUTE
from seed.demo_books import NOWHERE, Written, put, write
from seed.demo_course import Course, Ending, Scripted
from seed.demo_office import Act, Office
from seed.demo_scans import Scan, paper
from seed.demo_texts import read

_HANDED_ON = {  # after which step the file goes from whom to whom
    "recording": (Role.DESK_PELAYANAN, "Desk Pelayanan", Role.SEKRETARIS, "Sekretaris"),
    "disposition": (Role.SEKRETARIS, "Sekretaris", Role.SUB_BAGIAN_HUKUM, "Sub Bagian Hukum"),
}
_ENTERED = 0.85
_NOTE_EVERY, _LETTER_EVERY, _PAPER_EVERY, _STAGED_EVERY = 10, 12, 40, 4
_CONFLICT = 3  # which complaint about a commissioner is hidden from the leaders
_WRITTEN = ("letter", "post", "email")
_RECENT = timedelta(days=90)
_PAPERS = {  # the step, its output, who attaches it, what it is called
    "prepare_papers": ("assignment_letter", Role.KASUBBAG_KUL, "Surat Tugas"),
    "result_receipt": ("result_letter", Role.SEKRETARIS, "Surat hasil"),
}


@dataclass(slots=True)
class Casework:
    """Accompanies the cases of the office."""

    office: Office
    _opened: int = 0
    _letters: int = 0
    _papers: int = 0
    _links: int = 0
    _interested: int = 0
    _by_topic: dict[str, Course] = field(default_factory=dict)
    _pauses: dict[int, int] = field(default_factory=dict)

    def round_opened(self, course: Course, row: Round, ending: Ending | None, now: datetime) -> None:
        """Nothing yet."""

    def case_opened(self, course: Course, now: datetime) -> None:
        """Note something, attach the letter, tie it to an earlier case, wait for its reporter."""
        self._opened += 1
        chosen = course.script is not None and self._opened % _STAGED_EVERY == 0
        if self._opened % _NOTE_EVERY == 0 or chosen:
            self._later(now, partial(self._note, course))
        if course.code != "pengaduan":
            return
        written = course.form["channel"] in _WRITTEN
        self._letters += written
        if chosen or (written and self._letters % _LETTER_EVERY == 1):
            self._soon(now, partial(self._attach_letter, course))
        self._relate(course, now)
        for pause in course.pauses:
            act = self._pause if pause.how == "paused" else self._resume
            self.office.at(pause.at + 5 * MINUTE, partial(act, course, pause))

    def round_finished(self, course: Course, row: Round, now: datetime) -> None:
        """Hand the file on, attach the paper that was made, declare a conflict of interest once."""
        if row.step_key in _HANDED_ON and self.office.dice.random() < _ENTERED:
            self._soon(now, partial(self._hand_on, course, row.step_key))
        if row.step_key in _PAPERS:
            self._papers += 1
            left = course.script is not None and course.departs_at is not None
            if self._papers % _PAPER_EVERY == 3 or (left and course.form["departs_at"] < self.office.now):
                self._soon(now, partial(self._attach_paper, course, row))
        if row.step_key == "recording" and course.form.get("reported_element") == "commissioner":
            self._interested += 1
            if self._interested == _CONFLICT:
                self._soon(now, partial(self._declare_conflict, course))

    def _soon(self, now: datetime, act: Act) -> None:
        self.office.at(self.office.calendar.add_minutes(now, self.office.dice.randrange(4, 36)), act)

    def _later(self, now: datetime, act: Act) -> None:
        self.office.at(self.office.calendar.add_minutes(now, self.office.dice.randrange(60, 900)), act)

    def _note(self, course: Course, now: datetime) -> None:
        complaint = course.code == "pengaduan"
        words = read("complaints" if complaint else "logbook")["words"]["notes"]
        role = Role.SUB_BAGIAN_HUKUM if complaint else Role.KASUBBAG_KUL
        entry = Written("notes", role, now, {"note": self.office.dice.choice(words)})
        write(entry, now, office=self.office, course=course)

    def _hand_on(self, course: Course, step_key: str, now: datetime) -> None:
        sender, from_unit, receiver, to_unit = _HANDED_ON[step_key]
        data = {
            "from_unit": from_unit,
            "to_unit": to_unit,
            "what": "Berkas pengaduan dan lembar disposisi",
            "received_by": self.office.actors[receiver].name,
        }
        handed_at = now - self.office.dice.randrange(1, 4) * MINUTE
        write(Written("expedition_book", sender, handed_at, data), now, office=self.office, course=course)

    def _relate(self, course: Course, now: datetime) -> None:
        """Tie one case of the first months, and one of the last ones, to an earlier case about the same."""
        subject = course.subject["subject"]
        earlier = self._by_topic.get(subject)
        wanted = self._links == 0 or (self._links == 1 and now > self.office.now - _RECENT)
        if "subject" not in course.form:  # a report that is not copied tells nobody what it is about
            return
        if earlier is not None and wanted:
            self._links += 1
            self._later(now, partial(self._link, course, earlier))
        self._by_topic[subject] = course

    def _link(self, course: Course, earlier: Course, now: datetime) -> None:
        assert earlier.view is not None  # noqa: S101 - it was opened before
        same_place = course.form.get("place") == earlier.form.get("place")
        link_cases(
            self.office.store,
            actor=self.office.actors[Role.SUB_BAGIAN_HUKUM],
            token=self.office.token(),
            now=now,
            case_id=course.case_id,
            other_no=earlier.view.register_no,
            reason=read("complaints")["words"]["related"][not same_place],
        )

    def _pause(self, course: Course, pause: Scripted, now: datetime) -> None:
        answer = pause_case(
            self.office.store,
            actor=self.office.actors[Role.SUB_BAGIAN_HUKUM],
            token=self.office.token(),
            now=now,
            case_id=course.case_id,
            kind=pause.step_key,
            started_at=pause.at,
            reason=self.office.dice.choice(read("complaints")["words"]["pauses"]),
        )
        self._pauses[course.case_id] = answer["pause_id"]

    def _resume(self, course: Course, pause: Scripted, now: datetime) -> None:
        resume_case(
            self.office.store,
            actor=self.office.actors[Role.SUB_BAGIAN_HUKUM],
            token=self.office.token(),
            now=now,
            case_id=course.case_id,
            pause_id=self._pauses[course.case_id],
            expected_version=1,
            ended_at=pause.at,
        )

    def _attach_letter(self, course: Course, now: datetime) -> None:
        """What the reporter handed in; it names its writer, so only those who may know see it."""
        assert course.view is not None  # noqa: S101 - acts on a case follow its opening
        lines = [f"Perihal: {course.form.get('subject', 'laporan WBS')}", "Nama dan alamat pelapor: (rekaan)"]
        scan = Scan(
            "surat_pengaduan.pdf",
            "Surat pengaduan (contoh)",
            paper("Surat pengaduan", lines),
            confidential=True,
        )
        handed_in = course.view.current("submission")
        place = Place(handed_in.round_id, "evidence") if handed_in else NOWHERE
        put(scan, now, office=self.office, course=course, role=Role.DESK_PELAYANAN, place=place)

    def _attach_paper(self, course: Course, row: Round, now: datetime) -> None:
        """The signed paper of a step, beside its number."""
        assert course.view is not None  # noqa: S101 - acts on a case follow its opening
        output_key, role, name = _PAPERS[row.step_key]
        lines = [f"Register: {course.view.register_no}", "Ditandatangani (contoh)"]
        scan = Scan(f"{output_key}.pdf", f"{name} (contoh)", paper(name, lines))
        put(scan, now, office=self.office, course=course, role=role, place=Place(row.round_id, output_key))

    def _declare_conflict(self, course: Course, now: datetime) -> None:
        declare_conflict(
            self.office.store,
            actor=self.office.actors[Role.SEKRETARIS],
            token=self.office.token(),
            now=now,
            case_id=course.case_id,
            user_id=self.office.actors[Role.PIMPINAN].user_id,
            reason=read("complaints")["words"]["conflicts"][0],
        )
