"""What was entered at each step of a made-up case: the step's own fields, and what stands for its outputs.

A step that is not named here has no fields worth filling. Dates are the office's own, of the day the step was finished.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random
from typing import Any

from models.sop import Step
from seed.demo_texts import maybe, number, outputs, read

_NOT_COPIED = "Sebagaimana laporan WBS dengan nomor rujukan pada berkas; isinya tidak disalin"


@dataclass(frozen=True, slots=True)
class Entry:
    """The step as it is being recorded: when it ended, on which day at the office, and what the case is about."""

    dice: Random
    finished_at: datetime
    on: date
    outcome: str | None
    subject: Mapping[str, Any]  # the made-up topic or trip
    form: Mapping[str, Any]

    def choice(self, file: str, key: str) -> Any:
        """One of the words under `key` in that file."""
        return self.dice.choice(read(file)["words"][key])


def entered(step: Step, entry: Entry) -> dict[str, Any]:
    """What is sent when `step` is recorded as finished: its fields and its outputs."""
    write = _WRITERS.get(step.key)
    fields = write(entry) if write else {}
    return fields | outputs(entry.dice, step, on=entry.on, fields=fields)


def _recording(entry: Entry) -> dict[str, Any]:
    return {
        "agenda_number": str(entry.on.timetuple().tm_yday * 2 + entry.dice.randrange(3)),
        "agenda_on": entry.on,
        **maybe(entry.dice, 0.9, {"receipt_number": number(entry.dice, "TT", entry.on)}),
        "conflict_of_interest": entry.form.get("reported_element") == "commissioner",
    }


def _disposition(entry: Entry) -> dict[str, Any]:
    return {
        "assigned_unit": "Sub Bagian Hukum",
        "instructions": ["review", "coordinate"] if entry.dice.random() < 0.3 else ["review"],
        "urgency": entry.dice.choices(("ordinary", "urgent", "very_urgent"), (75, 22, 3))[0],
        **maybe(entry.dice, 0.8, {"secretary_note": entry.choice("complaints", "secretary_notes")}),
    }


def _review(entry: Entry) -> dict[str, Any]:
    words = read("complaints")["review"][entry.outcome]
    found: dict[str, Any] = {
        "core_issue": entry.form.get("subject", _NOT_COPIED),
        "related_rules": entry.choice("complaints", "rules"),
        "conclusion": entry.dice.choice(words["conclusion"]),
        "recommendation": entry.dice.choice(words["recommendation"]),
        "handling_track": "this_sop",
    }
    if entry.outcome == "other_agency":
        found |= {
            "other_agency": entry.subject["agency"],
            "cover_letter_number": number(entry.dice, "HK.07-SD", entry.on),
            "cover_letter_on": entry.on,
            **maybe(entry.dice, 0.8, {"reporter_told_on": entry.on}),
        }
    elif entry.outcome == "other_unit":
        found["other_unit"] = entry.subject["unit"]
    elif entry.outcome == "not_actionable":
        found["not_actionable_reason"] = entry.subject["reason"]
        found["not_actionable_note"] = entry.subject.get("note")
    return found


def _written_follow_up(entry: Entry) -> dict[str, Any]:
    return {
        "follow_up_forms": ["clarification", entry.dice.choice(("confirmation", "inquiry"))],
        **maybe(entry.dice, 0.9, {"working_paper_number": number(entry.dice, "HK.07-KK", entry.on)}),
        "follow_up_summary": entry.choice("complaints", "follow_up"),
    }


def _examination(entry: Entry) -> dict[str, Any]:
    letter_on = entry.on - timedelta(days=4)
    return {
        "examination_kind": entry.dice.choices(("inquiry", "audit"), (80, 20))[0],
        "assignment_letter_number": number(entry.dice, "RT.02-ST", letter_on),
        "assignment_letter_on": letter_on,
        "team": entry.dice.sample(read("people")["investigators"], 3),
        **maybe(entry.dice, 0.9, {"team_report_number": number(entry.dice, "HK.07-LTP", entry.on)}),
        "findings": entry.choice("complaints", "findings"),
    }


def _result_receipt(entry: Entry) -> dict[str, Any]:
    reachable = entry.form.get("reporter_category") != "anonymous" and entry.form["channel"] != "wbs"
    by_channel = {
        "email": "email",
        "whatsapp": "whatsapp",
        "lapor": "lapor",
        "post": "post",
        "letter": "post",
    }
    return {
        "secretary_approved_on": entry.on,
        "result_letter_number": number(entry.dice, "HK.07-SD", entry.on),
        "result_letter_on": entry.on,
        **({"delivered_on": entry.on} if reachable else {}),
        "delivered_by": by_channel.get(entry.form["channel"], "direct") if reachable else "none",
        "follow_up_status": entry.choice("complaints", "status"),
    }


def _confirm_schedule(entry: Entry) -> dict[str, Any]:
    return {"confirmation_note": entry.choice("escorts", "confirmed")}


def _prepare_personnel(entry: Entry) -> dict[str, Any]:
    crew = entry.form["personnel"] or entry.dice.sample(read("escorts")["words"]["crew"], 2)
    return {"crew": crew, "vehicle_ready": entry.form["vehicle"]}


def _prepare_papers(entry: Entry) -> dict[str, Any]:
    return {
        "assignment_letter_number": number(entry.dice, "RT.02-ST", entry.on),
        "assignment_letter_on": entry.on,
        "assignment_letter_signatory": "Sekretaris",
        **maybe(entry.dice, 0.7, {"travel_order_number": number(entry.dice, "SPD", entry.on)}),
    }


def _order_escort(entry: Entry) -> dict[str, Any]:
    return {"order_note": entry.choice("escorts", "orders")}


def _coordinate(entry: Entry) -> dict[str, Any]:
    return {"coordinated_with": entry.form["organiser"], "leader_staff": [entry.choice("escorts", "staff")]}


def _escort(entry: Entry) -> dict[str, Any]:
    return maybe(entry.dice, 0.8, {"handover_note": entry.choice("escorts", "handover")})


def _write_report(entry: Entry) -> dict[str, Any]:
    reported = entry.dice.random() < 0.85
    reference = {
        "sipada_reported_at": entry.finished_at,
        "sipada_reference": f"SIPADA-{entry.on:%Y%m}-{entry.dice.randrange(100, 999)}",
    }
    return {
        "sipada_reported": reported,
        **(reference if reported else {}),
        "report_summary": entry.choice("escorts", "summary"),
    }


def _evaluate(entry: Entry) -> dict[str, Any]:
    rating = entry.dice.choices(("good", "fair", "poor"), (72, 25, 3))[0]
    return {
        "rating": rating,
        "evaluation_note": entry.dice.choice(read("escorts")["evaluation"][rating]),
        **maybe(entry.dice, 0.5, {"recommendation": entry.choice("escorts", "recommendations")}),
        "needs_problem_handling": rating == "poor",
    }


def _semester_report(entry: Entry) -> dict[str, Any]:
    return {"report_number": number(entry.dice, "HK.07-LAP", entry.on)}


_WRITERS: Mapping[str, Callable[[Entry], dict[str, Any]]] = {
    "recording": _recording,
    "disposition": _disposition,
    "review": _review,
    "written_follow_up": _written_follow_up,
    "examination": _examination,
    "result_receipt": _result_receipt,
    "confirm_schedule": _confirm_schedule,
    "prepare_personnel": _prepare_personnel,
    "prepare_papers": _prepare_papers,
    "order_escort": _order_escort,
    "coordinate": _coordinate,
    "escort": _escort,
    "write_report": _write_report,
    "evaluate": _evaluate,
    "semester_report": _semester_report,
}
