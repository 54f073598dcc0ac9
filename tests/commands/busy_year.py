"""An office that has worked for months: cases at every stage, drawn at random from a fixed seed, for the queries."""

import random
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Engine

from models.sop import Step
from tests.commands.flow import close, give_back, skip
from tests.conftest import NOW
from tests.factories import (
    Office,
    finish,
    finishing_form,
    latest,
    office_in,
    open_one,
    open_steps,
    prepare_office,
    sop,
)
from tests.moments import wib

CASES, SEED = 70, 2026
FIRST_AT = wib("Senin 2026-08-03 00:00")
MINUTE = timedelta(minutes=1)
SUBJECTS = (
    "Dana 100% tidak sampai", "kode_etik PPS", "kodeXetik KPPS", "Berkas C:\\arsip\\2026", "Surat 12/PPS/2026",
    "RAPAT pleno tertutup", "Keluhan warga Sikakap", "Dugaan pungli O'Reilly", "é accent – dash", "pungutan [a-z]*",
)  # fmt: skip
OUTCOMES: dict[str, dict[str, object]] = {
    "oversight": {},
    "not_oversight": {},
    "other_agency": {"other_agency": "dkpp", "cover_letter_number": "1", "cover_letter_on": "2026-10-01"},
    "other_unit": {"other_unit": "Sub Bagian KUL"},
    "not_actionable": {"not_actionable_reason": "illogical"},
}


def prepare_busy_year(store: Engine) -> None:
    """The office with `CASES` cases, received from August on and looked at on Jumat 20 November 2026."""
    prepare_office(store)
    office, chance = office_in(store), random.Random(SEED)
    for number in range(CASES):
        _one_case(office, chance, code=("pengaduan", "pengawalan")[number % 3 == 0], number=number)


def _one_case(office: Office, chance: random.Random, *, code: str, number: int) -> None:
    received_at = FIRST_AT + chance.randrange(int((NOW - FIRST_AT) / MINUTE)) * MINUTE
    departs_at = received_at + chance.randrange(60, 15 * 1440) * MINUTE
    subject = SUBJECTS[number % len(SUBJECTS)]
    form: dict[str, Any] = (
        {"subject": subject, "place": "Taileleu"}
        if code == "pengaduan"
        else {"activity": subject, "departs_at": departs_at, "returns_at": departs_at + timedelta(days=2)}
    )
    case_id = open_one(office, code, received_at=received_at, now=received_at, **form)
    while waiting := open_steps(office, case_id):
        step = sop(code).step(waiting[0])
        at = latest(office, case_id, step.key)["started_at"] + _some_time(chance)
        if at > NOW or chance.random() < 0.08:
            return
        _act(office, chance, case_id=case_id, step=step, at=at)


def _some_time(chance: random.Random) -> timedelta:
    return int(chance.expovariate(1 / chance.choice((15, 600, 4000)))) * MINUTE


def _act(office: Office, chance: random.Random, *, case_id: int, step: Step, at: datetime) -> None:
    drawn, before = chance.random(), step.after[0] if step.after else ""
    if drawn < 0.05:
        close(office, case_id, at=at)
    elif drawn < 0.15 and before and _takes_back(office, case_id, before):
        give_back(office, case_id, step.key, to=before, at=at)
    elif step.optional and drawn < 0.5:
        skip(office, case_id, step.key, reason="tidak perlu", now=at)
    else:
        outcome = chance.choice(list(OUTCOMES)) if step.outcomes else None
        data = finishing_form(step.key) | OUTCOMES.get(outcome or "", {})
        recorded_at = min(at + chance.choice((0, 3)) * timedelta(days=1), NOW)
        finish(office, case_id, step.key, at=at, now=recorded_at, outcome=outcome, data=data)


def _takes_back(office: Office, case_id: int, step_key: str) -> bool:
    return step_key != "submission" and latest(office, case_id, step_key)["state"] == "done"
