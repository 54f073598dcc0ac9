"""The commands on logbooks, daily duties, pauses, ties and files, each at work on a case of its own."""

from collections.abc import Callable
from typing import Any

from models.access import Permission, Role
from models.commands import attachments, beginnings, duty_checks, journals, links, pauses
from models.sop import Sop
from tests.commands.books import ENTRIES, WRITTEN_AT, add_file, pause, picture, write
from tests.commands.command_row import Request, Row, holders, readers, recorders
from tests.factories import (
    HALF_AN_HOUR,
    RECEIVED_AT,
    VAULT,
    Office,
    advance_to,
    case_row,
    open_one,
    sop,
    token,
)

ESCORT, COMPLAINT = "pengawalan", "pengaduan"
_Command = Callable[..., Any]
NOW = {"now": WRITTEN_AT}
MISTAKE = {"expected_version": 1, "reason": "salah catat"}


def book_rows() -> list[Row]:
    """All of them."""
    escort = sop(ESCORT)
    return [
        _write(ESCORT, "mutation_book"),
        _write(ESCORT, "notes"),
        _write(COMPLAINT, "expedition_book"),
        _entry(
            "correct entry", journals.correct_entry, happened_at=RECEIVED_AT, data=ENTRIES["mutation_book"]
        ),
        _entry("strike entry", journals.strike_entry),
        Row(
            "depart",
            beginnings.begin_step,
            _depart,
            recorders(escort, escort.step("escort")),
            readers(escort),
        ),
        _duty("check e-mail", duty_checks.record_check, _check),
        _duty("strike check", duty_checks.strike_check, _checked),
        _case(f"pause {ESCORT}", pauses.pause_case, _pause, ESCORT, Permission.EDIT_CASE),
        _case(f"pause {COMPLAINT}", pauses.pause_case, _pause, COMPLAINT, Permission.EDIT_CASE),
        _case("resume", pauses.resume_case, _paused, COMPLAINT, Permission.EDIT_CASE),
        _case("tie cases", links.link_cases, _two, COMPLAINT, Permission.RECORD_STEP),
        _case("untie cases", links.unlink_cases, _tied, COMPLAINT, Permission.RECORD_STEP),
        _attach(ESCORT),
        _attach(COMPLAINT),
        _case("take out file", attachments.withdraw_attachment, _attached, COMPLAINT, Permission.EDIT_CASE),
        _open_file(),
    ]


def keepers(of: Sop, executor: str | None) -> frozenset[Role]:
    """Who writes a logbook or does a duty of that executor; of none: whoever records steps."""
    own = holders(Permission.RECORD_STEP)
    if executor is not None:
        own &= {Role(str(of.executor(executor).role))}
    return readers(of) & (own | holders(Permission.RECORD_FOR_OTHERS))


def _case(
    name: str, command: _Command, prepare: Callable[[Office, str], Request], code: str, permission: Permission
) -> Row:
    of = sop(code)
    return Row(
        name, command, lambda office: prepare(office, code), holders(permission) & readers(of), readers(of)
    )


def _write(code: str, journal_key: str) -> Row:
    of = sop(code)

    def prepare(office: Office) -> Request:
        entry = {"journal_key": journal_key, "happened_at": WRITTEN_AT, "data": ENTRIES[journal_key]}
        return NOW | entry | {"case_id": open_one(office, code)}

    allowed = keepers(of, of.journal(journal_key).executor)
    return Row(f"write {journal_key} {code}", journals.record_entry, prepare, allowed, readers(of))


def _entry(name: str, command: _Command, **more: object) -> Row:
    of = sop(ESCORT)

    def prepare(office: Office) -> Request:
        return NOW | MISTAKE | more | {"entry_id": write(office, open_one(office, ESCORT), "mutation_book")}

    return Row(name, command, prepare, keepers(of, "jagat_saksana"), readers(of))


def _depart(office: Office) -> Request:
    row = advance_to(office, open_one(office, ESCORT), "escort")
    at = row["started_at"] + HALF_AN_HOUR
    return {"now": at, "round_id": row["id"], "expected_version": row["version"], "begun_at": at}


def _duty(name: str, command: _Command, prepare: Callable[[Office], Request]) -> Row:
    of = sop(COMPLAINT)
    return Row(name, command, prepare, keepers(of, of.duty("email_check").executor), readers(of))


def _check(_: Office) -> Request:
    duty = {"code": COMPLAINT, "duty_key": "email_check", "data": {"complaints_found": 0}}
    return NOW | duty | {"happened_at": WRITTEN_AT}


def _checked(office: Office) -> Request:
    answer = duty_checks.record_check(office.store, actor=office.sekretaris, token=token(), **_check(office))
    return NOW | MISTAKE | {"entry_id": answer["entry_id"]}


def _pause(office: Office, code: str) -> Request:
    begun = {"kind": "other", "started_at": RECEIVED_AT, "reason": "menunggu kapal"}
    return NOW | begun | {"case_id": open_one(office, code)}


def _paused(office: Office, code: str) -> Request:
    case_id = open_one(office, code)
    shown = {"case_id": case_id, "pause_id": pause(office, case_id), "expected_version": 1}
    return NOW | shown | {"ended_at": WRITTEN_AT}


def _two(office: Office, code: str) -> Request:
    case_id, other_id = open_one(office, code), open_one(office, code)
    other_no = case_row(office, other_id)["register_no"]
    return NOW | {"case_id": case_id, "other_no": other_no, "reason": "terlapor yang sama"}


def _tied(office: Office, code: str) -> Request:
    answer = links.link_cases(office.store, actor=office.sekretaris, token=token(), **_two(office, code))
    return NOW | answer | {"reason": "ternyata lain"}


def _attach(code: str) -> Row:
    of = sop(code)

    def prepare(office: Office) -> Request:
        file = {"vault": VAULT, "body": picture(), "filename": "pindaian.png"}
        return NOW | file | {"case_id": open_one(office, code)}

    allowed = readers(of) & (holders(Permission.RECORD_STEP) | holders(Permission.EDIT_CASE))
    return Row(f"attach {code}", attachments.attach, prepare, allowed, readers(of))


def _attached(office: Office, code: str) -> Request:
    return NOW | MISTAKE | {"attachment_id": add_file(office, open_one(office, code))}


def _open_file() -> Row:
    """Opening a file is an act where the file is confidential."""
    of = sop(COMPLAINT)

    def prepare(office: Office) -> Request:
        attachment_id = add_file(office, open_one(office, COMPLAINT), confidential=True)
        return NOW | {"vault": VAULT, "attachment_id": attachment_id}

    named = {Role(role) for role in of.identity_readers}
    allowed = holders(Permission.VIEW_IDENTITY) & readers(of) & named
    return Row("open confidential file", attachments.open_attachment, prepare, allowed, readers(of))
