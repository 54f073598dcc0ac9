"""Every command at work, and who may use it: the table that roles, repeated forms and faults are tested by.

Who may is worked out here from `PERMISSIONS` and from what the SOPs say of readers, openers and executors, on another
way than `models.access.may` takes. A command without a row fails `test_every_command_has_a_row`.
"""

import importlib
import inspect
import pkgutil
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import count
from types import ModuleType
from typing import Any

from sqlalchemy import Engine, select

from models import commands
from models.access import PERMISSIONS, Permission, Role
from models.commands import cases, closing, corrections, duties, identity, steps, users
from models.database import reading, transaction
from models.sop import Sop, Step
from models.tables import StepRound
from tests.factories import (
    HALF_AN_HOUR,
    PASSWORD,
    RECEIVED_AT,
    VAULT,
    Office,
    add_account,
    advance_to,
    complaint_form,
    escort_form,
    finish,
    finishing_form,
    latest,
    open_one,
    sop,
)
from tests.moments import wib

Request = dict[str, Any]
EVERYBODY = frozenset(Role)
FORMS = {"pengawalan": escort_form, "pengaduan": complaint_form}
NEW_PASSWORD = "sampan-merah-di-teluk-7"  # noqa: S105
_numbers = count(1)

WITHOUT_ACTOR = {
    "duties.open_duties": "the program itself, at its start",
    "first_start.claim": "whoever reads the server's terminal",
    "first_start.prepare": "the program itself, at its start",
    "rescue.add_account": "whoever holds the server's terminal",
    "rescue.give_password": "whoever holds the server's terminal",
    "seeding.take_in": "the program itself, at its start",
    "sessions.count_attempt": "part of signing in: nobody is known yet",
    "sessions.sign_in": "nobody is known yet",
    "sessions.sign_out": "the session is its own proof",
    "sessions.touch": "the session is its own proof",
}


@dataclass(frozen=True)
class Row:
    """A command on one object. `prepare` makes the object and returns all but actor and token.

    `allowed`: roles for which it is done; `sees`: roles to whom the object exists; `everybody`: it is about the actor's
    own account and asks for no role. `counts_attempts`: a wrong attempt is counted before anything else, on purpose.
    """

    name: str
    command: Callable[..., Any]
    prepare: Callable[[Office], Request]
    allowed: frozenset[Role]
    sees: frozenset[Role] = EVERYBODY
    everybody: bool = False
    counts_attempts: bool = False


def holders(permission: Permission) -> frozenset[Role]:
    return frozenset(role for role, held in PERMISSIONS.items() if permission in held)


def readers(of: Sop) -> frozenset[Role]:
    return frozenset(Role(role) for role in of.readers) & holders(Permission.VIEW_CASES)


def recorders(of: Sop, step: Step) -> frozenset[Role]:
    """The executor's own role, and whoever may record for others; each only where it reads the SOP's cases."""
    own = frozenset(Role(role) for role in [of.executor(step.executor).role] if role)
    return readers(of) & ((own & holders(Permission.RECORD_STEP)) | holders(Permission.RECORD_FOR_OTHERS))


def public_commands(modules: Iterable[ModuleType] | None = None) -> dict[str, Callable[..., Any]]:
    """Every public function of the commands' modules that takes a store, by module and name."""
    found = {}
    for module in modules or _command_modules():
        for name, function in inspect.getmembers(module, inspect.isfunction):
            if name.startswith("_") or function.__module__ != module.__name__:
                continue
            first = next(iter(inspect.signature(function).parameters.values()), None)
            if first is not None and first.annotation in (Engine, "Engine"):
                found[f"{module.__name__.rsplit('.', 1)[-1]}.{name}"] = function
    return found


def _command_modules() -> list[ModuleType]:
    names = [module.name for module in pkgutil.iter_modules(commands.__path__)]
    return [importlib.import_module(f"models.commands.{name}") for name in names]


COMMAND_MODULES = _command_modules()


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
        more = {"data": {}, "reason": "salah jam", "note": "diperbaiki"}
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


def _account(name: str, command: Callable[..., Any], **change: object) -> Row:
    def prepare(office: Office) -> Request:
        with transaction(office.store) as connection:
            user_id = add_account(connection, f"akun-{next(_numbers)}", Role.JAGAT_SAKSANA)
        return {"now": RECEIVED_AT, "user_id": user_id, "expected_version": 1} | change

    return Row(name, command, prepare, holders(Permission.MANAGE_USERS))


def _create(_: Office) -> Request:
    return {
        "now": RECEIVED_AT,
        "username": f"baru-{next(_numbers)}",
        "full_name": "Pegawai Baru",
        "roles": {Role.DESK_PELAYANAN},
        "password": NEW_PASSWORD,
    }


def _all_rows() -> list[Row]:
    rows = [
        make(code)
        for code in ("pengawalan", "pengaduan")
        for make in (_open, _edit, lambda c: _close(c, withdraw=False), lambda c: _close(c, withdraw=True), _reveal)
    ]
    for code in ("pengawalan", "pengaduan"):
        for step in sop(code).case_steps:
            if not step.automatic:
                rows += [_finish(code, step, "oversight" if step.key == "review" else None), _correct(code, step)]
    review = sop("pengaduan").step("review")
    agency = {"other_agency": "dkpp", "cover_letter_number": "12/2026", "cover_letter_on": "2026-11-16"}
    return [
        *rows,
        _finish("pengaduan", review, "other_agency", **agency),
        *(_finish_periodic(step) for step in sop("pengaduan").periodic_steps),
        _return("pengawalan", "prepare_papers", "prepare_personnel"),
        _return("pengaduan", "review", "disposition"),
        _skip("examination"),
        Row("create account", users.create_user, _create, holders(Permission.MANAGE_USERS)),
        _account("set roles", users.set_roles, roles={Role.PIMPINAN}),
        _account("disable account", users.set_active, active=False),
        _account("reset password", users.reset_password, password=NEW_PASSWORD),
        Row(
            "change own password",
            users.change_own_password,
            lambda _: {"now": RECEIVED_AT, "current": PASSWORD, "new": NEW_PASSWORD},
            EVERYBODY,
            everybody=True,
            counts_attempts=True,
        ),
        Row(
            "set language",
            users.set_language,
            lambda _: {"now": RECEIVED_AT, "language": "en"},
            EVERYBODY,
            everybody=True,
        ),
    ]


ROWS = _all_rows()
ONE_OF_EACH = [
    row
    for row in ROWS
    if row.name in {
        "open pengawalan", "open pengaduan", "edit pengaduan", "close pengaduan", "withdraw pengawalan",
        "reveal pengaduan", "finish review as oversight", "finish review as other_agency", "finish evaluate",
        "finish recapitulation", "correct disposition", "return review", "skip examination", "create account",
        "set roles", "disable account", "reset password", "change own password", "set language",
    }
]  # fmt: skip
