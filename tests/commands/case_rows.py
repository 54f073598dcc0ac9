"""The commands on cases, steps and semester duties, each at work on a case of its own."""

from typing import Any

from sqlalchemy import select

from models.access import Permission, Role
from models.commands import cases, closing, corrections, duties, exports, identity, steps
from models.database import reading
from models.sop import Step
from models.tables import StepRound
from tests.commands.command_row import Request, Row, holders, readers, recorders
from tests.factories import (
    FORMS,
    HALF_AN_HOUR,
    RECEIVED_AT,
    VAULT,
    Office,
    advance_to,
    finish,
    finishing_form,
    latest,
    open_one,
    sop,
)
from tests.moments import wib


def case_rows() -> list[Row]:
    """All of them; every step of both SOPs is finished once."""
    complaint = sop("pengaduan")
    agency = {"other_agency": "dkpp", "cover_letter_number": "12/2026", "cover_letter_on": "2026-11-16"}
    return [
        *(row for code in FORMS for row in _whole_cases(code)),
        *(row for code in FORMS for row in _finished_steps(code)),
        _finish("pengaduan", complaint.step("review"), "other_agency", **agency),
        *(_finish_periodic(step) for step in complaint.periodic_steps),
        _correct("pengawalan", sop("pengawalan").step("coordinate")),
        _correct("pengaduan", complaint.step("disposition")),
        _return("pengawalan", "prepare_papers", "prepare_personnel"),
        _return("pengaduan", "review", "disposition"),
        _skip("examination"),
    ]


def _whole_cases(code: str) -> list[Row]:
    closing_rows = [_close(code, withdraw=False), _close(code, withdraw=True)]
    return [_open(code), _edit(code), *closing_rows, _reveal(code), _hand_out(code), _export(code)]


def _finished_steps(code: str) -> list[Row]:
    steps_done_by_hand = [step for step in sop(code).case_steps if not step.automatic]
    return [_finish(code, step, "oversight" if step.outcomes else None) for step in steps_done_by_hand]


def _open(code: str) -> Row:
    of = sop(code)

    def prepare(_: Office) -> Request:
        given = {"now": RECEIVED_AT, "received_at": RECEIVED_AT, "code": code, "data": FORMS[code]()}
        return given | {"vault": VAULT}

    allowed = holders(Permission.OPEN_CASE) & readers(of) & {Role(role) for role in of.openers}
    return Row(f"open {code}", cases.open_case, prepare, allowed)


def _edit(code: str) -> Row:
    def prepare(office: Office) -> Request:
        return {
            "vault": VAULT,
            "now": RECEIVED_AT,
            "case_id": open_one(office, code),
            "expected_version": 1,
            "received_at": RECEIVED_AT - HALF_AN_HOUR,
            "data": FORMS[code](),
            "reason": "salah catat",
        }

    allowed = holders(Permission.EDIT_CASE) & readers(sop(code))
    return Row(f"edit {code}", cases.edit_case, prepare, allowed, readers(sop(code)))


def _shown(office: Office, case_id: int, step_key: str, **more: Any) -> Request:
    """The round as a form shows it, half an hour after it began."""
    row = latest(office, case_id, step_key)
    now = row["started_at"] + HALF_AN_HOUR
    return {"now": now, "round_id": row["id"], "expected_version": row["version"]} | more


def _finish(code: str, step: Step, outcome: str | None = None, **form: object) -> Row:
    def prepare(office: Office) -> Request:
        case_id = open_one(office, code)
        advance_to(office, case_id, step.key)
        shown = _shown(office, case_id, step.key, data=finishing_form(step.key) | form, outcome=outcome)
        return shown | {"finished_at": shown["now"]}

    name = f"finish {step.key}" + (f" as {outcome}" if outcome else "")
    return Row(name, steps.finish_step, prepare, recorders(sop(code), step), readers(sop(code)))


def _finish_periodic(step: Step) -> Row:
    def prepare(office: Office) -> Request:
        row = periodic_round(office, step.key)
        now = row["started_at"] + HALF_AN_HOUR
        return {
            "now": now,
            "round_id": row["id"],
            "expected_version": row["version"],
            "finished_at": now,
            "data": {},
        }

    of = sop("pengaduan")
    return Row(f"finish {step.key}", steps.finish_step, prepare, recorders(of, step), readers(of))


def periodic_round(office: Office, step_key: str) -> Any:
    """An open round of a periodic step, of the first semester that has one left."""
    query = select(StepRound.__table__).where(StepRound.step_key == step_key, StepRound.state == "open")
    for year in range(2027, 2040):
        with reading(office.store) as connection:
            row = connection.execute(query.order_by(StepRound.id).limit(1)).mappings().one_or_none()
        if row is not None:
            return row
        duties.open_duties(office.store, now=wib("Senin 2027-01-04 08:00").replace(year=year))
    raise AssertionError(f"no round of {step_key}")


def _correct(code: str, step: Step) -> Row:
    def prepare(office: Office) -> Request:
        case_id = open_one(office, code)
        advance_to(office, case_id, step.key)
        finish(office, case_id, step.key)
        more = {"data": finishing_form(step.key), "reason": "salah jam", "note": "diperbaiki"}
        shown = _shown(office, case_id, step.key, **more)
        return shown | {"finished_at": shown["now"] - HALF_AN_HOUR / 2}

    allowed = recorders(sop(code), step) & holders(Permission.CORRECT_STEP)
    return Row(f"correct {step.key}", corrections.correct_step, prepare, allowed, readers(sop(code)))


def _return(code: str, step_key: str, to_step: str) -> Row:
    def prepare(office: Office) -> Request:
        case_id = open_one(office, code)
        advance_to(office, case_id, step_key)
        shown = _shown(office, case_id, step_key, to_step=to_step, reason="kurang lengkap")
        return shown | {"returned_at": shown["now"]}

    of = sop(code)
    allowed = recorders(of, of.step(step_key)) & holders(Permission.RETURN_STEP)
    return Row(f"return {step_key}", corrections.return_step, prepare, allowed, readers(of))


def _skip(step_key: str) -> Row:
    def prepare(office: Office) -> Request:
        case_id = open_one(office, "pengaduan")
        advance_to(office, case_id, step_key)
        return _shown(office, case_id, step_key, reason="tidak diperlukan")

    of = sop("pengaduan")
    allowed = recorders(of, of.step(step_key))
    return Row(f"skip {step_key}", steps.skip_step, prepare, allowed, readers(of))


def _close(code: str, *, withdraw: bool) -> Row:
    def prepare(office: Office) -> Request:
        given = {
            "now": RECEIVED_AT + HALF_AN_HOUR,
            "case_id": open_one(office, code),
            "expected_version": 1,
            "closed_at": RECEIVED_AT + HALF_AN_HOUR,
            "reason": "dicabut",
        }
        return given if withdraw else given | {"status": "done"}

    name, command = ("withdraw", closing.withdraw_case) if withdraw else ("close", closing.close_case)
    allowed = holders(Permission.CLOSE_CASE) & readers(sop(code))
    return Row(f"{name} {code}", command, prepare, allowed, readers(sop(code)))


def _reveal(code: str) -> Row:
    def prepare(office: Office) -> Request:
        case_id = open_one(office, code)
        return {"vault": VAULT, "now": RECEIVED_AT, "case_id": case_id, "reason": "menghubungi pelapor"}

    of = sop(code)
    named = {Role(role) for role in of.identity_readers}
    allowed = holders(Permission.VIEW_IDENTITY) & readers(of) & named
    return Row(f"reveal {code}", identity.reveal_identity, prepare, allowed, readers(of))


def _hand_out(code: str) -> Row:
    def prepare(_: Office) -> Request:
        asked = {"now": RECEIVED_AT, "code": code, "months": (202611, 202611)}
        return asked | {"vault": VAULT, "reason": "pemeriksaan Inspektorat"}

    of = sop(code)
    named = {Role(role) for role in of.identity_readers}
    allowed = holders(Permission.EXPORT_IDENTITY) & readers(of) & named
    return Row(f"hand out identities {code}", identity.reveal_for_report, prepare, allowed, readers(of))


def _export(code: str) -> Row:
    def prepare(_: Office) -> Request:
        return {"now": RECEIVED_AT, "scope": sop(code), "what": "register", "details": {"rows": 7}}

    return Row(
        f"export {code}", exports.record_export, prepare, holders(Permission.EXPORT) & readers(sop(code))
    )
