"""Every command for every role, for somebody without a role, and on objects that are not theirs or closed."""

from collections.abc import Callable
from types import ModuleType
from typing import Any

import pytest
from sqlalchemy import Engine, select

from models.access import Actor, Role
from models.commands.closing import withdraw_case
from models.errors import Conflict, Forbidden, Invalid, NotFound, PatuhError
from models.tables import StepRound
from tests.commands.command_row import Request, Row
from tests.commands.database_dump import dump
from tests.commands.every_command import COMMAND_MODULES, ONE_OF_EACH, ROWS, WITHOUT_ACTOR, public_commands
from tests.factories import Office, case_row, finish, open_one, sop, token


def named(row: Row) -> str:
    return row.name


def without_a_row(found: dict[str, Callable[..., Any]]) -> set[str]:
    rows = {row.command for row in ROWS}
    return {name for name, function in found.items() if function not in rows and name not in WITHOUT_ACTOR}


def test_every_command_has_a_row() -> None:
    found = public_commands()
    assert without_a_row(found) == set()
    assert set(WITHOUT_ACTOR) <= set(found)
    asked = {name for name, function in found.items() if "actor" in function.__annotations__}
    assert asked.isdisjoint(WITHOUT_ACTOR)
    assert {row.command for row in ONE_OF_EACH} == {row.command for row in ROWS}


def test_twin_new_command_without_a_row_is_found() -> None:
    def archive_case(store: Engine, *, actor: Actor) -> None:
        raise AssertionError

    planted = ModuleType("models.commands.planted")
    archive_case.__module__ = planted.__name__
    planted.archive_case = archive_case  # type: ignore[attr-defined]
    assert without_a_row(public_commands([planted])) == {"planted.archive_case"}


def test_roles_and_refusals_are_as_the_office_decided() -> None:
    """What the generated table cannot know: the decisions themselves, written out."""
    allowed = {row.name: row.allowed for row in ROWS}
    hukum = {Role.SUB_BAGIAN_HUKUM, Role.SEKRETARIS, Role.ADMINISTRATOR}
    assert allowed["open pengaduan"] == hukum | {Role.DESK_PELAYANAN}
    assert allowed["open pengawalan"] == {Role.SEKRETARIS, Role.ADMINISTRATOR, Role.KASUBBAG_KUL}
    assert allowed["finish review as oversight"] == hukum
    assert allowed["finish result_receipt"] == {Role.SEKRETARIS, Role.ADMINISTRATOR}
    assert allowed["reveal pengaduan"] == (
        {Role.PIMPINAN, Role.SEKRETARIS, Role.SUB_BAGIAN_HUKUM, Role.DESK_PELAYANAN, Role.TIM_PEMERIKSA}
    )
    assert allowed["reveal pengawalan"] == set()
    assert allowed["hand out identities pengaduan"] == {Role.SEKRETARIS, Role.SUB_BAGIAN_HUKUM}
    assert allowed["hand out identities pengawalan"] == set()
    assert allowed["create account"] == {Role.ADMINISTRATOR}
    assert allowed["declare conflict pengaduan"] == hukum | {Role.PIMPINAN, Role.DESK_PELAYANAN}
    assert allowed["declare conflict pengawalan"] == {Role.PIMPINAN, Role.SEKRETARIS, Role.ADMINISTRATOR}
    for name in ("lift conflict", "assign case", "end assignment"):
        assert allowed[name] == {Role.PIMPINAN, Role.ADMINISTRATOR}
    jagat = {Role.SEKRETARIS, Role.ADMINISTRATOR, Role.JAGAT_SAKSANA}
    for name in ("write mutation_book pengawalan", "correct entry", "strike entry", "depart"):
        assert allowed[name] == jagat
    assert allowed["write notes pengawalan"] == allowed["attach pengawalan"] == jagat | {Role.KASUBBAG_KUL}
    assert allowed["check e-mail"] == {Role.SEKRETARIS, Role.ADMINISTRATOR, Role.DESK_PELAYANAN}
    assert allowed["pause pengaduan"] == allowed["resume"] == hukum | {Role.DESK_PELAYANAN}
    assert allowed["issue report pengaduan"] == hukum
    assert allowed["issue report pengawalan"] == {Role.SEKRETARIS, Role.ADMINISTRATOR, Role.KASUBBAG_KUL}
    staff = hukum | {Role.DESK_PELAYANAN, Role.TIM_PEMERIKSA}
    assert allowed["tie cases"] == allowed["attach pengaduan"] == staff
    assert allowed["open confidential file"] == (staff | {Role.PIMPINAN}) - {Role.ADMINISTRATOR}
    writes = {row.name for row in ROWS if Role.PIMPINAN in row.allowed}
    assert writes == {
        "reveal pengaduan",
        "export pengaduan",
        "export pengawalan",
        "print assignment_letter",
        "print receipt",
        "take out issued pengaduan",
        "open confidential file",
        "declare conflict pengaduan",
        "declare conflict pengawalan",
        "lift conflict",
        "assign case",
        "end assignment",
        "change own password",
        "set language",
    }


def everybody(office: Office) -> list[tuple[Role | None, Actor]]:
    return [(None, office.nobody), *office.actors.items()]


def forbidden_writes(office: Office, row: Row) -> list[str]:
    """What goes wrong when everybody who may not tries: a write, or another answer than the one that is right."""
    wrong = []
    request = row.prepare(office)
    for role, actor in everybody(office):
        if role in row.allowed or row.everybody:
            continue
        right = Forbidden if role in row.sees or row.sees == frozenset(Role) else NotFound
        before = dump(office.store)
        try:
            row.run(office, actor, request)
            wrong.append(f"{role}: done")
        except PatuhError as refusal:
            if type(refusal) is not right:
                wrong.append(f"{role}: {refusal!r} instead of {right.__name__}")
        if dump(office.store) != before:
            wrong.append(f"{role}: wrote")
    return wrong


@pytest.mark.parametrize("row", ROWS, ids=named)
def test_command_writes_nothing_for_a_role_that_may_not(office: Office, row: Row) -> None:
    assert forbidden_writes(office, row) == []


@pytest.mark.parametrize("row", ROWS, ids=named)
def test_command_works_for_each_role_that_may(office: Office, row: Row) -> None:
    for role, actor in everybody(office):
        if role in row.allowed or row.everybody:
            request = row.prepare(office)
            before = dump(office.store)
            row.run(office, actor, request)
            assert dump(office.store)["audit"] != before["audit"], role


@pytest.mark.parametrize("row", [row for row in ONE_OF_EACH if not row.everybody], ids=named)
def test_twin_without_permissions_everybody_writes(
    office: Office, row: Row, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in COMMAND_MODULES:
        for name in ("may", "may_record", "require_sight", "issued_file"):
            if hasattr(module, name):
                monkeypatch.setattr(module, name, lambda *_, **__: True)
    assert any(wrong.endswith("wrote") for wrong in forbidden_writes(office, row))


def test_two_roles_together_may_what_one_of_them_may(office: Office) -> None:
    """Desk may open complaints and Jagat Saksana reads escorts: together they still open no escort."""
    both = Actor(office.nobody.user_id, "Dua", frozenset({Role.DESK_PELAYANAN, Role.JAGAT_SAKSANA}))
    with pytest.raises(Forbidden):
        open_one(office, "pengawalan", by=both)
    open_one(office, "pengaduan", by=both)
    case_id = open_one(office, "pengawalan")
    with pytest.raises(Forbidden):
        finish(office, case_id, "confirm_schedule", by=both)


def test_reader_of_one_sop_is_not_found_in_the_other(office: Office) -> None:
    complaint, escort = open_one(office, "pengaduan"), open_one(office, "pengawalan")
    before = dump(office.store)
    for role, case_id, step in [
        (Role.JAGAT_SAKSANA, complaint, "recording"), (Role.KASUBBAG_KUL, complaint, "recording"),
        (Role.DESK_PELAYANAN, escort, "confirm_schedule"), (Role.TIM_PEMERIKSA, escort, "confirm_schedule"),
        (Role.SUB_BAGIAN_HUKUM, escort, "confirm_schedule"),
    ]:  # fmt: skip
        with pytest.raises(NotFound):
            finish(office, case_id, step, by=office.actors[role])
    assert dump(office.store) == before


OBJECTS = ("case_id", "round_id", "user_id", "entry_id", "attachment_id", "report_id")


@pytest.mark.parametrize("row", ONE_OF_EACH, ids=named)
def test_unknown_object_is_not_found(office: Office, row: Row) -> None:
    request = row.prepare(office)
    unknown: Request = {key: 999_999 for key in OBJECTS if key in request} or {"code": "tidak_ada"}
    if not unknown.keys() <= request.keys():
        assert row.everybody or row.name in {"create account", "export pengaduan"}  # nothing to be unknown
        return
    before = dump(office.store)
    with pytest.raises(NotFound):
        row.run(office, row.somebody(office), request | unknown)
    assert dump(office.store) == before


def withdraw(office: Office, request: Request) -> Request:
    """Withdraw the case behind the request; the request as somebody would send it who sees the case as it is now."""
    with office.reading() as connection:
        query = select(StepRound.case_id).where(StepRound.id == request.get("round_id"))
        case_id = int(request.get("case_id") or connection.execute(query).scalar() or 0)
    withdraw_case(
        office.store,
        actor=office.sekretaris,
        token=token(),
        now=request["now"],
        case_id=case_id,
        expected_version=case_row(office, case_id)["version"],
        closed_at=request["now"],
        reason="dicabut",
    )
    with office.reading() as connection:
        query = select(StepRound.version).where(StepRound.id == request.get("round_id"))
        version = connection.execute(query).scalar() or case_row(office, case_id)["version"]
    return request | {"expected_version": version}


@pytest.mark.parametrize(
    "row",
    [row for row in ROWS if row.name.startswith(("edit", "close", "withdraw", "finish", "return", "skip"))],
    ids=named,
)
def test_closed_case_is_refused(office: Office, row: Row) -> None:
    if row.name in {f"finish {step.key}" for step in sop("pengaduan").periodic_steps}:
        return  # belongs to no case
    request = withdraw(office, row.prepare(office))
    before = dump(office.store)
    with pytest.raises((Conflict, Invalid)) as refused:
        row.run(office, row.somebody(office), request)
    if isinstance(refused.value, Conflict):
        assert refused.value.current["state"] == "stopped"
    assert dump(office.store) == before
