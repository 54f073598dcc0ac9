"""A case of a large office as rows: the case, its rounds, the entries of its log, its pause."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from models.commands.case_form import case_columns
from models.form_data import clean
from models.sop import Sop, register_number
from tests.factories import complaint_form, escort_form

LATE_EVERY, LATE_RECORD_EVERY, PAUSED_EVERY = 6, 25, 100
ROUND = timedelta(hours=12)
_FORMS = {"pengawalan": escort_form, "pengaduan": complaint_form}
_REASONS = ("reporter", "network", None)


@dataclass(frozen=True, slots=True)
class Made:
    """The rows of one case, by the table they go to."""

    cases: list[dict[str, Any]]
    rounds: list[dict[str, Any]]
    entries: list[dict[str, Any]]
    pauses: list[dict[str, Any]]


@dataclass
class Maker:
    """Makes the cases of one SOP version, counting on from the last id and number in the register."""

    sop: Sop
    version_id: int
    last_id: int
    last_seq: int
    form: dict[str, Any] = field(init=False)

    def __post_init__(self) -> None:
        cleaned = clean(self.sop.fields, _FORMS[self.sop.code]())
        self.form = case_columns(self.sop, cleaned, register_no="")

    def case(self, received_at: datetime, *, n: int, stays_open: bool) -> Made:
        """The n-th case of a span; one that stays open has run through some of its steps."""
        self.last_id += 1
        self.last_seq += 1
        rounds = list(self._rounds(received_at, n=n, stays_open=stays_open))
        return Made(
            [self._row(received_at, rounds)],
            rounds,
            list(self._entries(rounds)),
            list(self._pauses(rounds, n=n)),
        )

    def _row(self, received_at: datetime, rounds: list[dict[str, Any]]) -> dict[str, Any]:
        last = rounds[-1]
        closed_at = last["finished_at"]
        number = register_number(self.sop, seq=self.last_seq, received_on=received_at.date())
        subject = f"{self.form['subject']} {self.last_seq}"
        journey = next((one for one in rounds if one["step_key"] == self._logged()), None)
        return self.form | {
            "id": self.last_id,
            "sop_version_id": self.version_id,
            "subject": subject,
            "search_text": f"{number} {subject} {self.form['search_text']}".lower(),
            "departs_at": journey["begun_at"] if journey else self.form["departs_at"],
            "returns_at": journey["due_at"] if journey else self.form["returns_at"],
            "code": self.sop.code,
            "register_no": number,
            "register_year": received_at.year,
            "register_seq": self.last_seq,
            "received_at": received_at,
            "received_month": received_at.year * 100 + received_at.month,
            "status": next(status.key for status in self.sop.statuses if status.final)
            if closed_at
            else self.sop.step(last["step_key"]).status,
            "closed_at": closed_at,
            "closed_recorded_at": closed_at,
            "next_due_at": None if closed_at else last["due_at"],
            "recorded_at": received_at,
            "recorded_by": 1,
        }

    def _rounds(self, received_at: datetime, *, n: int, stays_open: bool) -> Iterator[dict[str, Any]]:
        """A round per step, each half a day after the one before; the last of an open case is not finished."""
        every = self.sop.case_steps
        steps = every[: 1 + n % len(every)] if stays_open else every
        started_at = received_at
        for place, step in enumerate(steps):
            due_at = started_at + ROUND
            late = (n + place) % LATE_EVERY == 0
            finished_at = due_at + timedelta(hours=1 if late else -2)
            done = not (stays_open and place == len(steps) - 1)
            measured = step.counted
            required = sum(output.required for output in step.outputs)
            yield {
                "case_id": self.last_id,
                "sop_version_id": self.version_id,
                "code": self.sop.code,
                "step_key": step.key,
                "state": "done" if done else "open",
                "counted": measured,
                "executor": step.executor,
                "started_at": started_at,
                "begun_at": started_at if step.key == self._logged() else None,
                "at_risk_from": due_at - timedelta(hours=2) if measured else None,
                "due_at": due_at if measured else None,
                "late_from": due_at if measured else None,
                "due_month": due_at.year * 100 + due_at.month if measured else None,
                "finished_at": finished_at if done else None,
                "worked_minutes": 200 + (n * 7 + place * 11) % 400 if done else None,
                "late_reason": _REASONS[n % len(_REASONS)] if late and done else None,
                "data": {},
                "recorded_at": finished_at if done else None,
                "recorded_by": 1 if done else None,
                "recorded_late": done and (n + place) % LATE_RECORD_EVERY == 0,
                "outputs_due": required if done else None,
                "outputs_held": required - (late and required > 0) if done else None,
                "known_from": finished_at if done else started_at,
            }
            started_at = finished_at

    def _logged(self) -> str | None:
        return next((journal.during for journal in self.sop.journals if journal.every_minutes), None)

    def _entries(self, rounds: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
        for journal in self.sop.journals:
            every = journal.every_minutes or 0
            for one in rounds if every else ():
                if one["step_key"] == journal.during and one["finished_at"]:
                    for nth in range(0, 12, every // 60):
                        at = one["begun_at"] + timedelta(hours=nth, minutes=5)
                        yield {
                            "case_id": self.last_id, "code": self.sop.code, "journal_key": journal.key,
                            "happened_at": at, "recorded_at": at, "recorded_by": 1, "data": {}, "state": "kept",
                        }  # fmt: skip

    def _pauses(self, rounds: list[dict[str, Any]], *, n: int) -> Iterator[dict[str, Any]]:
        if n % PAUSED_EVERY == 0 and self.sop.code == "pengaduan" and len(rounds) > 1:
            at = rounds[1]["started_at"] + timedelta(hours=1)
            ended_at = at + timedelta(hours=3)
            yield {
                "case_id": self.last_id, "kind": "other", "reason": "Menunggu", "started_at": at,
                "ended_at": ended_at, "recorded_at": at, "recorded_by": 1, "ended_recorded_at": ended_at, "ended_by": 1,
            }  # fmt: skip
