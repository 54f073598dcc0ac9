"""Conflicts of interest: who is named meets the case nowhere, and whoever it is assigned to records it instead."""

import json
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from sqlalchemy import insert, select, update

from models.access import Actor, Role
from models.commands.conflicts import declare_conflict, end_assignment, lift_conflict, reassign
from models.database import transaction
from models.errors import Conflict, Forbidden, Invalid, NotFound
from models.queries import conflicts as conflict_queries
from models.queries.case_file import case_view
from models.queries.conflicts import ties
from models.queries.worklist import worklist
from models.tables import CaseAssignee, CaseConflict, CaseFile, User, UserRole
from tests.commands.at_once import people, pressed_at_once
from tests.commands.command_row import Row
from tests.commands.database_dump import dump
from tests.commands.every_command import ROWS
from tests.commands.flow import under_review
from tests.factories import (
    HALF_AN_HOUR,
    RECEIVED_AT,
    Office,
    acts,
    add_account,
    finish,
    latest,
    open_one,
    sop,
    token,
)

A, P, S, H, D, T = (
    Role.ADMINISTRATOR,
    Role.PIMPINAN,
    Role.SEKRETARIS,
    Role.SUB_BAGIAN_HUKUM,
    Role.DESK_PELAYANAN,
    Role.TIM_PEMERIKSA,
)
LATER = RECEIVED_AT + HALF_AN_HOUR


def say(
    office: Office,
    command: Callable[..., dict[str, Any]],
    case_id: int,
    whom: Actor,
    *,
    by: Actor | None = None,
    reason: str = "keluarga terlapor",
) -> dict[str, Any]:
    return command(
        office.store,
        actor=by or office.actors[A],
        token=token(),
        now=RECEIVED_AT,
        case_id=case_id,
        user_id=whom.user_id,
        reason=reason,
    )


def sees(office: Office, case_id: int, who: Actor) -> bool:
    with office.reading() as connection:
        try:
            case_view(connection, actor=who, case_id=case_id, as_of=LATER)
        except NotFound:
            return False
    return True


def tasks(office: Office, who: Actor) -> set[int | None]:
    with office.reading() as connection:
        found = worklist(connection, actor=who, sops=[sop("pengaduan")], as_of=LATER, for_others=False)
    return {step.case_id for step in found}


def test_person_named_sees_nothing_until_it_is_lifted(office: Office) -> None:
    case_id, other = open_one(office, "pengaduan"), open_one(office, "pengaduan")
    named = office.actors[D]
    assert say(office, declare_conflict, case_id, named) == {"case_id": case_id, "user_id": named.user_id}
    assert [sees(office, one, named) for one in (case_id, other)] == [False, True]
    assert tasks(office, named) == {other}
    assert all(sees(office, case_id, office.actors[role]) for role in (A, P, S, H, T))
    say(office, lift_conflict, case_id, named, reason="keliru")
    assert sees(office, case_id, named)
    assert tasks(office, named) == {case_id, other}


def test_form_that_stood_open_is_answered_not_found_and_stores_nothing(office: Office) -> None:
    case_id = open_one(office, "pengaduan")
    say(office, declare_conflict, case_id, office.actors[D])
    before = dump(office.store)
    with pytest.raises(NotFound):
        finish(office, case_id, "recording", by=office.actors[D])
    assert dump(office.store) == before


def newest_case(office: Office) -> int:
    with office.reading() as connection:
        return connection.execute(select(CaseFile.id).order_by(CaseFile.id.desc()).limit(1)).scalar() or 0


def refused_to_the_person_named(office: Office, row: Row) -> bool | None:
    """Whether the row's command finds nothing and writes nothing for somebody named; None when it is about no case."""
    before = newest_case(office)
    request, who = row.prepare(office), row.somebody(office)
    if newest_case(office) == before:
        return None
    case_id = request.get("case_id") or newest_case(office)
    if who.user_id == request.get("user_id"):  # naming ends what the request is about
        return None
    judge = office.actors[P] if A in who.roles else office.actors[A]
    say(office, declare_conflict, case_id, who, by=judge)
    content = dump(office.store)
    try:
        row.run(office, who, request)
    except NotFound:
        return dump(office.store) == content
    except (
        Forbidden
    ):  # of a report, which is about no case, it may be known that somebody else has to issue it
        return row.name.startswith("issue") and dump(office.store) == content
    return False


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_no_command_works_for_the_person_named(office: Office, row: Row) -> None:
    assert refused_to_the_person_named(office, row) in (True, None)


def test_almost_every_command_was_tried_on_the_person_named(sqlite_office: Office) -> None:
    """The test above passes over commands that are about no case: these, and no other.

    Reports need an office of their own: whoever was named once may issue none any more.
    """
    rows = [row for row in ROWS if not row.name.startswith(("issue report", "take out issued"))]
    passed_over = {row.name for row in rows if refused_to_the_person_named(sqlite_office, row) is None}
    assert passed_over >= {"open pengaduan", "create account"}
    about_a_case = (
        "edit",
        "close",
        "withdraw",
        "correct",
        "return",
        "skip",
        "declare",
        "lift",
        "assign",
        "end",
    )
    assert not [name for name in passed_over if name.startswith(about_a_case)]


def test_twin_without_the_check_the_person_named_writes(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("models.commands.checks.require_sight", lambda *_, **__: None)
    row = next(row for row in ROWS if row.name == "edit pengaduan")
    assert refused_to_the_person_named(office, row) is False


def test_one_may_name_oneself(office: Office) -> None:
    case_id = open_one(office, "pengaduan")
    say(office, declare_conflict, case_id, office.actors[H], by=office.actors[H])
    assert not sees(office, case_id, office.actors[H])
    with pytest.raises(NotFound):
        say(office, declare_conflict, case_id, office.actors[D], by=office.actors[H])


def test_administrator_named_is_bound_and_the_leader_lifts_it(office: Office) -> None:
    case_id = open_one(office, "pengaduan")
    say(office, declare_conflict, case_id, office.actors[A], by=office.actors[D])
    for command in (declare_conflict, lift_conflict, reassign, end_assignment):
        with pytest.raises(NotFound):
            say(office, command, case_id, office.actors[A])
    say(office, lift_conflict, case_id, office.actors[A], by=office.actors[P])
    assert sees(office, case_id, office.actors[A])


@pytest.mark.parametrize(("first", "second"), [(A, P), (P, A)])
def test_last_person_who_could_assign_the_case_is_not_excluded(
    office: Office, first: Role, second: Role
) -> None:
    case_id = open_one(office, "pengaduan")
    say(office, declare_conflict, case_id, office.actors[first], by=office.sekretaris)
    with transaction(office.store) as connection:  # one who cannot sign in does not help
        idle = add_account(connection, "cadangan", P)
        connection.execute(update(User).where(User.id == idle).values(active=False))
    before = dump(office.store)
    with pytest.raises(Invalid, match="Nobody would be left") as refused:
        say(office, declare_conflict, case_id, office.actors[second], by=office.sekretaris)
    assert set(refused.value.problems) == {"user_id"}
    assert dump(office.store) == before
    with transaction(office.store) as connection:
        connection.execute(update(User).where(User.id == idle).values(active=True))
    say(office, declare_conflict, case_id, office.actors[second], by=office.sekretaris)


def test_two_declarations_at_once_leave_somebody(office: Office) -> None:
    case_id = open_one(office, "pengaduan")
    presses = [
        partial(say, office, declare_conflict, case_id, office.actors[role], by=office.sekretaris)
        for role in (A, P)
    ]
    with people(2) as pool:
        replies = pressed_at_once(pool, presses)
    assert sorted(type(reply.error).__name__ for reply in replies) == ["Invalid", "NoneType"]


def test_twin_without_the_check_nobody_is_left(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("models.commands.conflicts._keep_somebody", lambda *_, **__: None)
    case_id = open_one(office, "pengaduan")
    for role in (A, P):
        say(office, declare_conflict, case_id, office.actors[role], by=office.sekretaris)
    with pytest.raises(NotFound):
        say(office, lift_conflict, case_id, office.actors[P])


def test_whom_it_cannot_be_declared_for(office: Office) -> None:
    case_id = open_one(office, "pengaduan")
    say(office, declare_conflict, case_id, office.actors[D])
    before = dump(office.store)
    for whom, words in (
        (office.actors[D], "declared for this person already"),
        (office.actors[Role.JAGAT_SAKSANA], "does not see cases"),
        (office.nobody, "does not see cases"),
    ):
        with pytest.raises(Invalid, match=words) as refused:
            say(office, declare_conflict, case_id, whom)
        assert set(refused.value.problems) == {"user_id"}
    for reason in ("", " \n", "x" * 2001, "\x00"):
        with pytest.raises(Invalid) as refused:
            say(office, declare_conflict, case_id, office.actors[H], reason=reason)
        assert set(refused.value.problems) == {"reason"}
    with pytest.raises(NotFound):
        say(office, declare_conflict, case_id, Actor(999_999, "Tidak ada", frozenset()))
    assert dump(office.store) == before


def test_assigned_person_records_every_step_on_behalf_of_its_executor(office: Office) -> None:
    case_id, other = open_one(office, "pengaduan"), open_one(office, "pengaduan")
    team = office.actors[T]
    with pytest.raises(Forbidden):
        finish(office, case_id, "recording", by=team)
    say(office, reassign, case_id, team, reason="Desk berkepentingan")
    assert tasks(office, team) == {case_id}
    finish(office, case_id, "recording", by=team)
    finish(office, case_id, "disposition", by=team)
    row = latest(office, case_id, "recording")
    assert (row["recorded_by"], row["recorded_for"]) == (
        team.user_id,
        sop("pengaduan").step("recording").executor,
    )
    with pytest.raises(Forbidden):
        finish(office, other, "recording", by=team)
    say(office, end_assignment, case_id, team, reason="selesai")
    assert tasks(office, team) == set()
    with pytest.raises(Forbidden):
        finish(office, case_id, "review", by=team, outcome="oversight")


def test_leader_who_was_assigned_records_too(office: Office) -> None:
    """When everybody else has an interest in it."""
    case_id = open_one(office, "pengaduan")
    say(office, reassign, case_id, office.actors[P], by=office.actors[P])
    finish(office, case_id, "recording", by=office.actors[P])


def test_assignment_gives_no_more_than_recording(office: Office) -> None:
    case_id = under_review(office)
    say(office, reassign, case_id, office.actors[T])
    row = next(row for row in ROWS if row.name == "edit pengaduan")
    request = row.prepare(office) | {"case_id": case_id}
    with pytest.raises(Forbidden):
        row.run(office, office.actors[T], request)


def test_assignment_ends_with_a_conflict_and_does_not_return_with_its_lifting(office: Office) -> None:
    case_id, team = open_one(office, "pengaduan"), office.actors[T]
    say(office, reassign, case_id, team)
    say(office, declare_conflict, case_id, team)
    say(office, lift_conflict, case_id, team)
    assert sees(office, case_id, team)
    assert tasks(office, team) == set()
    with office.reading() as connection:
        (ended,) = connection.execute(select(CaseAssignee.__table__)).mappings()
    assert (ended["ended_by"], ended["ended_reason"]) == (office.actors[A].user_id, "keluarga terlapor")


def test_to_whom_a_case_cannot_be_assigned(office: Office) -> None:
    case_id = open_one(office, "pengaduan")
    say(office, reassign, case_id, office.actors[T])
    say(office, declare_conflict, case_id, office.actors[D])
    with transaction(office.store) as connection:
        idle = add_account(connection, "cuti", T)
        connection.execute(update(User).where(User.id == idle).values(active=False))
    before = dump(office.store)
    for whom, words in (
        (office.actors[T], "assigned to this person already"),
        (office.actors[D], "conflict of interest"),
        (office.actors[Role.KASUBBAG_KUL], "does not see cases"),
        (Actor(idle, "Cuti", frozenset({T})), "does not see cases"),
    ):
        with pytest.raises(Invalid, match=words) as refused:
            say(office, reassign, case_id, whom)
        assert set(refused.value.problems) == {"user_id"}
    assert dump(office.store) == before


def test_assigned_person_whose_role_was_taken_sees_nothing_more(office: Office) -> None:
    case_id = open_one(office, "pengaduan")
    say(office, reassign, case_id, office.actors[T])
    without = Actor(office.actors[T].user_id, "Tim", frozenset({Role.JAGAT_SAKSANA}))
    with pytest.raises(NotFound):
        finish(office, case_id, "recording", by=without)
    with office.reading() as connection:
        found = worklist(connection, actor=without, sops=[sop("pengawalan")], as_of=LATER, for_others=False)
    assert found == []


@pytest.mark.parametrize(
    ("begin", "end"),
    [(declare_conflict, lift_conflict), (reassign, end_assignment)],
    ids=["conflict", "assignment"],
)
def test_second_who_ends_it_is_told(office: Office, begin: Any, end: Any) -> None:
    case_id = open_one(office, "pengaduan")
    with pytest.raises(Conflict):
        say(office, end, case_id, office.actors[T])
    say(office, begin, case_id, office.actors[T])
    say(office, end, case_id, office.actors[T])
    before = dump(office.store)
    with pytest.raises(Conflict):
        say(office, end, case_id, office.actors[T], by=office.actors[P])
    assert dump(office.store) == before
    say(office, begin, case_id, office.actors[T])  # and it can begin anew


def test_trail_tells_who_named_whom_and_why(office: Office) -> None:
    case_id = open_one(office, "pengaduan")
    say(office, reassign, case_id, office.actors[T], reason="pengganti")
    say(office, declare_conflict, case_id, office.actors[T], by=office.actors[H])
    say(office, lift_conflict, case_id, office.actors[T], by=office.actors[P], reason="keliru")
    say(office, reassign, case_id, office.actors[T], reason="kembali")
    say(office, end_assignment, case_id, office.actors[T], reason="cukup")
    told = [act for act in acts(office, case_id=case_id) if act["action"].split(".")[1] in
            ("assigned", "declared", "lifted", "unassigned")]  # fmt: skip
    about = {"user_id": office.actors[T].user_id, "name": "Akun tim_pemeriksa"}
    assert [(act["action"], act["actor_id"], act["reason"], json.loads(act["details"])) for act in told] == [
        ("case.assigned", office.actors[A].user_id, "pengganti", about),
        ("conflict.declared", office.actors[H].user_id, "keluarga terlapor", about | {"unassigned": True}),
        ("conflict.lifted", office.actors[P].user_id, "keliru", about),
        ("case.assigned", office.actors[A].user_id, "kembali", about),
        ("case.unassigned", office.actors[A].user_id, "cukup", about),
    ]


def test_database_itself_holds_one_conflict_a_person_and_case(office: Office) -> None:
    case_id = open_one(office, "pengaduan")
    say(office, declare_conflict, case_id, office.actors[T])
    row = {"case_id": case_id, "user_id": office.actors[T].user_id, "reason": "x",
           "recorded_at": LATER, "recorded_by": office.actors[A].user_id}  # fmt: skip
    with pytest.raises(Exception, match=r"(?i)unique"), transaction(office.store) as connection:
        connection.execute(insert(CaseConflict).values(**row))


def test_ties_are_told_to_those_who_may_declare(office: Office) -> None:
    case_id = open_one(office, "pengaduan")
    say(office, declare_conflict, case_id, office.actors[D], by=office.actors[H], reason="ipar terlapor")
    say(office, reassign, case_id, office.actors[T], reason="pengganti")
    with office.reading() as connection:
        found = ties(connection, actor=office.actors[S], sop=sop("pengaduan"), case_id=case_id)
        for role, refusal in ((T, Forbidden), (D, NotFound), (Role.JAGAT_SAKSANA, NotFound)):
            with pytest.raises(refusal):
                ties(connection, actor=office.actors[role], sop=sop("pengaduan"), case_id=case_id)
    (excluded,), (assigned,) = found.conflicts, found.assignees
    assert (excluded.name, excluded.reason, excluded.recorded_by) == (
        "Akun desk_pelayanan", "ipar terlapor", "Akun sub_bagian_hukum",
    )  # fmt: skip
    assert (assigned.user_id, assigned.reason) == (office.actors[T].user_id, "pengganti")
    offered = {other.user_id for other in found.others}
    assert offered == {*(office.actors[role].user_id for role in (A, P, S, H, T)), office.second.user_id}


def test_readers_are_those_whose_roles_together_see_the_cases(office: Office) -> None:
    with transaction(office.store) as connection:
        both = add_account(connection, "rangkap", Role.JAGAT_SAKSANA, D)
        connection.execute(insert(UserRole).values(user_id=both, role="peran-lama"))
    with office.reading() as connection:
        found = {one.user_id: one for one in conflict_queries.readers(connection, sop("pengaduan"))}
    assert both in found
    assert not found[both].may_reassign
    assert {key for key, one in found.items() if one.may_reassign} == {
        office.actors[A].user_id, office.actors[P].user_id,
    }  # fmt: skip
