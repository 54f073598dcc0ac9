"""The words of the sample year: forms of made-up complaints and escorts, and what was entered at their steps.

Decided 2026-11. Nobody real appears: leaders are named by office, reporters carry surnames that say "made up", their
numbers and addresses cannot exist (0812-0000-…, example.com). Every choice is drawn from the dice that are handed in,
so the same dice give the same words.
"""

import tomllib
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

from models.sop import Step
from models.step_form import output_key

FOLDER = Path(__file__).parent / "sample"
_MONTHS = (
    "Januari", "Februari", "Maret", "April", "Mei", "Juni", "Juli", "Agustus", "September", "Oktober", "November",
    "Desember",
)  # fmt: skip
_CHANNELS = {
    "direct": 38, "email": 19, "letter": 12, "lapor": 9, "whatsapp": 9, "post": 5, "wbs": 3, "referral": 3,
    "social_media": 2,
}  # fmt: skip
ONLINE = ("email", "lapor", "whatsapp")
_REPORTERS = {
    "individual": 66, "community": 10, "ngo": 6, "party": 4, "civil_servant": 5, "media": 3, "anonymous": 6,
}  # fmt: skip
_OUTPUT_GIVEN = 0.94
_KEPT = "Lemari arsip Dumas, map {on:%m/%Y}"
_PAPERS = {  # what stands for an output: its number, or where it is kept
    "complaint_file": _KEPT,
    "file_and_sheet": _KEPT,
    "disposition_sheet": _KEPT,
    "filled_disposition_sheet": _KEPT,
    "pocket_book_report": "Buku saku regu, tanggal {on:%d/%m/%Y}",
    "issue_inventory": "{n:03}/RT.02-CK/1309/{on:%Y}",
    "assignment_letter": "{n:03}/RT.02-ST/1309/{on:%Y}",
    "escort_schedule": "{n:03}/RT.02-JP/1309/{on:%Y}",
    "travel_report": "{n:03}/RT.02-LPD/1309/{on:%Y}",
    "evaluation_report": "{n:03}/RT.02-EV/1309/{on:%Y}",
    "review_report": "{n:03}/HK.07-LHT/1309/{on:%Y}",
    "working_paper": "{n:03}/HK.07-KK/1309/{on:%Y}",
    "team_report": "{n:03}/HK.07-LTP/1309/{on:%Y}",
    "result_letter": "{n:03}/HK.07-SD/1309/{on:%Y}",
    "recapitulation": "Rekapitulasi Dumas, berkas Excel {on:%d/%m/%Y}",
}
_FIELD_OF = {
    "digital_report": "sipada_reference",
    "semester_report": "report_number",
}  # they have no other number


@cache
def read(name: str) -> dict[str, Any]:
    """A file of made-up words: "complaints", "escorts" or "people"."""
    return tomllib.loads((FOLDER / f"{name}.toml").read_text(encoding="utf-8"))


def topics(outcome: str) -> list[dict[str, Any]]:
    """The made-up subjects whose review ends with `outcome`."""
    return [topic for topic in read("complaints")["topic"] if topic["outcome"] == outcome]


def weighted(dice: Random, weights: Mapping[str, float]) -> str:
    """A key, drawn by its weight."""
    return dice.choices(list(weights), list(weights.values()))[0]


def maybe(dice: Random, share: float, values: Mapping[str, Any]) -> dict[str, Any]:
    """The values in `share` of all draws, else nothing."""
    return dict(values) if dice.random() < share else {}


def number(dice: Random, code: str, on: date) -> str:
    """A letter number that grows through the year, like 0213/RT.02-ST/1309/2026."""
    return f"{_running(dice, on):03}/{code}/1309/{on.year}"


def _running(dice: Random, on: date) -> int:
    return on.timetuple().tm_yday * 3 + dice.randrange(3)


def outputs(dice: Random, step: Step, *, on: date, fields: Mapping[str, Any]) -> dict[str, str]:
    """What stands for the step's outputs; a few are missing, as in a real office.

    A paper whose number was entered among the step's own `fields` has that number.
    """
    found: dict[str, str] = {}
    for output in step.outputs:
        if output.required and dice.random() < _OUTPUT_GIVEN:
            paper = fields.get(_FIELD_OF.get(output.key, f"{output.key}_number"))
            if paper is None and output.key not in _FIELD_OF:
                paper = _PAPERS.get(output.key, "Berkas {on:%d/%m/%Y}").format(n=_running(dice, on), on=on)
            if paper is not None:
                found[output_key(output)] = paper
    return found


def complaint_form(
    dice: Random, topic: Mapping[str, Any], *, channel: str | None, on: date
) -> dict[str, Any]:
    """The form of a complaint about `topic`, received on that date; `channel` None draws one."""
    people = read("people")
    district = "sipora_utara" if topic.get("office") else dice.choice(list(people["villages"]))
    village = dice.choice(people["villages"][district])
    event_on = on - timedelta(days=dice.randrange(10, 75))
    month = f"{_MONTHS[event_on.month - 1]} {event_on.year}"
    filled = {"village": village, "district": district.replace("_", " ").title(), "month": month}
    channel = channel or weighted(dice, _CHANNELS)
    if channel == "wbs":  # a report to the whistleblowing system is not copied
        return {"channel": channel, "reference_number": f"WBS-{on:%y%m}-{dice.randrange(1000, 9999)}"}
    written = {
        "letter_on": on - timedelta(days=dice.randrange(1, 9)),
        "letter_number": f"{dice.randrange(1, 40)}/SP/{on.year}",
    }
    referred = {"reference_number": f"LAPOR-{on:%y%m}-{dice.randrange(1000, 9999)}"}
    return {
        "channel": channel,
        **(written if channel in ("letter", "post", "referral") else {}),
        **(referred if channel == "lapor" else {}),
        "subject": topic["subject"].format(**filled),
        "description": topic["description"].format(**filled),
        "problem_category": topic["category"],
        "reported_element": topic["element"],
        "reported_position": topic.get("position", "").format(**filled),
        "district": district,
        "place": "Kantor KPU, Tuapejat" if topic.get("office") else f"Desa {village}",
        "occurred": f"Sekitar {month}",
        "evidence_kinds": topic.get("evidence", ()),
        **_reporter(dice, village, anonymous=topic.get("anonymous", False)),
    }


def _reporter(dice: Random, village: str, *, anonymous: bool) -> dict[str, Any]:
    kind = "anonymous" if anonymous else weighted(dice, _REPORTERS)
    people = read("people")
    person = f"{dice.choice(people['first'])} {dice.choice(people['last'])}"
    named = {"community": "groups", "ngo": "organisations", "party": "parties"}
    if kind == "anonymous":
        return {"reporter_category": kind}
    private = {
        "reporter_occupation": dice.choice(people["occupations"]),
        "reporter_sex": dice.choice(("female", "male")),
    }
    return {
        "reporter_category": kind,
        "reporter_name": dice.choice(people[named[kind]]) if kind in named else person,
        "reporter_phone": f"0812-0000-{dice.randrange(10_000):04}",
        **maybe(dice, 0.5, {"reporter_email": f"{person.replace(' ', '.').lower()}@example.com"}),
        "reporter_address": f"Dusun Contoh, Desa {village}, Kepulauan Mentawai, Sumatera Barat",
        **(private if kind in ("individual", "civil_servant") else {}),
        "identity_withheld": dice.random() < 0.85,
    }


def escort_form(
    dice: Random, trip: Mapping[str, Any], *, received_on: date, departs_at: datetime, returns_at: datetime
) -> dict[str, Any]:
    """The form of an escort for `trip`; the moments are aware."""
    words = read("escorts")["words"]
    leader, position = dice.choice(words["leaders"])
    quarter = ("I", "II", "III", "IV")[(departs_at.month - 1) // 3]
    crew = dice.sample(words["crew"], 2 if trip["nights"] < 2 else 3)
    boat = {"boat": "Kapal cepat", "aircraft": "Pesawat perintis"}
    begins_at = departs_at + timedelta(hours=1 if trip["nights"] == 0 else 20)
    return {
        "requesting_unit": dice.choice(words["units"]),
        "request_letter_number": number(dice, "RT.02-ND", received_on),
        "request_letter_on": received_on,
        "leader": leader,
        "leader_position": position,
        "activity": trip["activity"].format(quarter=quarter, year=departs_at.year),
        "organiser": trip["organiser"],
        "place": trip["place"],
        "activity_starts_at": begins_at,
        "activity_ends_at": max(begins_at, returns_at - timedelta(hours=1 if trip["nights"] == 0 else 16)),
        "departs_at": departs_at,
        "returns_at": returns_at,
        "transport": trip["transport"],
        "vehicle": boat.get(trip["transport"], f"Mobil dinas 0{dice.randrange(1, 4)}"),
        "route": trip["route"],
        "personnel": crew if dice.random() < 0.7 else (),
        "equipment": ("assignment_letter", "communication", "map", "vehicle", "sipada"),
    }
