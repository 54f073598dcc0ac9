"""The papers that the made-up office fills in with the program: letters of assignment and reports of journeys.

Decided 2026-11. A few escorts have them, all that are open among these; every other paper of the sample is printed as
the case fills it. The signatory is one of the sample's invented people, and nobody in it has an NIP.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any

from models.access import Role
from models.commands.papers import save_paper
from models.queries.case_file import CaseView, Round
from models.sop import Sop
from seed.demo_course import Course, Ending
from seed.demo_office import Office
from seed.demo_texts import read

_EVERY = 9  # of the escorts
_SPELLED = ("satu", "dua", "tiga", "empat", "lima", "enam", "tujuh", "delapan")
_SAVED_AFTER = {
    "prepare_papers": ("assignment_letter", Role.KASUBBAG_KUL),
    "write_report": ("travel_report", Role.JAGAT_SAKSANA),
}


@dataclass(frozen=True, slots=True)
class AtOffice:
    """Who signs, by role, and on which day."""

    names: Mapping[str, str]
    today: date


@dataclass(slots=True)
class Papers:
    """Accompanies the escorts of the office."""

    office: Office
    _escorts: int = 0
    _chosen: set[int] = field(default_factory=set)
    _versions: dict[tuple[int, str], int] = field(default_factory=dict)

    def case_opened(self, course: Course, now: datetime) -> None:
        """Choose whose papers are filled in."""
        if course.departs_at is not None:
            self._escorts += 1
            if course.script is not None or self._escorts % _EVERY == 2:
                self._chosen.add(course.case_id)

    def round_opened(self, course: Course, row: Round, ending: Ending | None, now: datetime) -> None:
        """Nothing yet."""

    def round_finished(self, course: Course, row: Round, now: datetime) -> None:
        """Fill in the paper that came out of the step."""
        if course.case_id in self._chosen and row.step_key in _SAVED_AFTER:
            key, role = _SAVED_AFTER[row.step_key]
            at = self.office.calendar.add_minutes(now, self.office.dice.randrange(2, 12))
            self.office.at(at, partial(self._save, course, key, role))

    def _save(self, course: Course, document_key: str, role: Role, now: datetime) -> None:
        assert course.view is not None  # noqa: S101 - acts on a case follow its opening
        if course.is_closed:
            return
        names = {role: actor.name for role, actor in self.office.actors.items()}
        at_office = AtOffice(names, self.office.calendar.local_date(now))
        version = self._versions.get((course.case_id, document_key), 0)
        save_paper(
            self.office.store,
            actor=self.office.actors[role],
            token=self.office.token(),
            now=now,
            case_id=course.case_id,
            document_key=document_key,
            expected_version=version,
            data=_WRITERS[document_key](course.view, course.form, at_office),
        )
        self._versions[course.case_id, document_key] = version + 1


def _assignment_letter(view: CaseView, form: Mapping[str, Any], at_office: AtOffice) -> dict[str, Any]:
    prepared = _entered(view, "prepare_papers")
    days = (form["returns_at"] - form["departs_at"]) // timedelta(days=1) + 1
    return {
        **_words("letter", view.sop, form),
        "number": prepared.get("assignment_letter_number"),
        "signed_on": prepared.get("assignment_letter_on"),
        "personnel": _crew(view),
        "duration": f"{days} ({_SPELLED[days - 1]}) hari",
        "transport": form["vehicle"],
        "signatory_name": at_office.names[Role.SEKRETARIS],
    }


def _travel_report(view: CaseView, form: Mapping[str, Any], at_office: AtOffice) -> dict[str, Any]:
    reported = _entered(view, "write_report")
    return {
        **_words("report", view.sop, form),
        "number": reported.get("output_travel_report"),
        "personnel": _crew(view),
        "results": reported.get("report_summary"),
        "problems": _entered(view, "confirm_schedule").get("confirmation_note"),
        "signed_on": at_office.today,
        "officer_name": at_office.names[Role.JAGAT_SAKSANA],
        "head_name": at_office.names[Role.KASUBBAG_KUL],
    }


_WRITERS: Mapping[str, Callable[[CaseView, Mapping[str, Any], AtOffice], dict[str, Any]]] = {
    "assignment_letter": _assignment_letter,
    "travel_report": _travel_report,
}


def _words(kind: str, sop: Sop, form: Mapping[str, Any]) -> dict[str, str]:
    """The sentences of a paper: "letter" or "report"."""
    told = {**form, "memo_on": f"{form['request_letter_on']:%d/%m/%Y}", "sop_number": sop.number}
    return {key: words.format(**told) for key, words in read("escorts")[kind].items()}


def _entered(view: CaseView, step_key: str) -> Mapping[str, Any]:
    """What the last round that was finished says: after a return the next one is still empty."""
    rounds = (row.data for row in reversed(view.rounds) if row.step_key == step_key and row.data)
    return next(rounds, {})


def _crew(view: CaseView) -> list[str]:
    """As the paper's field wants them: name; NIP; rank; position."""
    names = _entered(view, "prepare_personnel").get("crew", ())
    positions = ("Komandan regu", "Anggota")
    return [f"{name}; ; ; {positions[place > 0]}" for place, name in enumerate(names)]
