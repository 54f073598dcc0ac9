"""Ties between cases: kept once, on both histories, and telling nobody of a case they may not see."""

import json
from contextlib import suppress
from functools import partial
from threading import Barrier, BrokenBarrierError
from typing import Any

import pytest
from sqlalchemy import Connection

from models.access import Actor, Role
from models.commands import checks, links
from models.commands.conflicts import declare_conflict
from models.commands.links import link_cases, unlink_cases
from models.errors import Forbidden, Invalid, NotFound
from models.queries.ties import Worker, tied, workers
from models.sop import Sop
from tests.commands.at_once import people, pressed_at_once, second_program
from tests.commands.books import NO_REASON
from tests.commands.database_dump import dump
from tests.commands.flow import close
from tests.factories import HALF_AN_HOUR, RECEIVED_AT, Office, acts, case_row, finish, open_one, token


def number(office: Office, case_id: int) -> str:
    return str(case_row(office, case_id)["register_no"])


def link(
    office: Office,
    case_id: int,
    other: int | str,
    *,
    by: Actor | None = None,
    reason: str = "terlapor yang sama",
    form: str = "",
) -> dict[str, Any]:
    return link_cases(
        office.store,
        actor=by or office.sekretaris,
        token=form or token(),
        now=RECEIVED_AT,
        case_id=case_id,
        other_no=number(office, other) if isinstance(other, int) else other,
        reason=reason,
    )


def unlink(
    office: Office, case_id: int, other_id: int, *, by: Actor | None = None, reason: str = "keliru"
) -> dict[str, Any]:
    return unlink_cases(
        office.store,
        actor=by or office.sekretaris,
        token=token(),
        now=RECEIVED_AT,
        case_id=case_id,
        other_id=other_id,
        reason=reason,
    )


def ties(office: Office, case_id: int, *, by: Actor | None = None) -> list[int]:
    with office.reading() as connection:
        return [one.case_id for one in tied(connection, actor=by or office.sekretaris, case_id=case_id)]


def hide(office: Office, case_id: int, whom: Actor) -> None:
    declare_conflict(
        office.store,
        actor=office.actors[Role.ADMINISTRATOR],
        token=token(),
        now=RECEIVED_AT,
        case_id=case_id,
        user_id=whom.user_id,
        reason="keluarga terlapor",
    )


def test_tie_is_seen_from_both_cases_and_stands_in_both_histories(office: Office) -> None:
    complaint, escort = open_one(office, "pengaduan"), open_one(office, "pengawalan")
    assert link(office, escort, complaint, reason=" kejadian di acara itu ") == {
        "case_id": escort,
        "other_id": complaint,
    }
    assert (ties(office, complaint), ties(office, escort)) == ([escort], [complaint])
    with office.reading() as connection:
        (seen,) = tied(connection, actor=office.sekretaris, case_id=escort)
    assert (seen.register_no, seen.reason) == (number(office, complaint), "kejadian di acara itu")
    told = {act["case_id"]: json.loads(act["details"]) for act in acts(office, "case.linked")}
    assert told == {escort: {"other": complaint}, complaint: {"other": escort}}


def test_number_is_found_as_people_type_it(office: Office) -> None:
    first, second = open_one(office, "pengaduan"), open_one(office, "pengaduan")
    link(office, first, f"  {number(office, second).lower()} ")
    assert ties(office, first) == [second]


def test_tie_is_kept_once_from_whichever_side(office: Office) -> None:
    first, second = open_one(office, "pengaduan"), open_one(office, "pengaduan")
    link(office, second, first)
    before = dump(office.store)
    for one, other in ((first, second), (second, first)):
        with pytest.raises(Invalid, match="tied already") as refused:
            link(office, one, other)
        assert list(refused.value.problems) == ["other_no"]
    assert dump(office.store) == before


@pytest.mark.parametrize("typed", ["", "  ", "999/DUMAS/XI/2026", "%", "' OR 1=1 --", "x" * 3000])
def test_unknown_number_is_refused_beside_its_field(office: Office, typed: str) -> None:
    case_id = open_one(office, "pengaduan")
    before = dump(office.store)
    with pytest.raises(Invalid) as refused:
        link(office, case_id, typed)
    assert list(refused.value.problems) == ["other_no"]
    assert dump(office.store) == before


def test_case_is_not_tied_to_itself(office: Office) -> None:
    case_id = open_one(office, "pengaduan")
    with pytest.raises(Invalid, match="this case itself"):
        link(office, case_id, case_id)
    assert ties(office, case_id) == []


@pytest.mark.parametrize("reason", NO_REASON, ids=["empty", "blank", "long", "control"])
def test_tie_and_its_end_need_a_reason(office: Office, reason: str) -> None:
    first, second, third = (open_one(office, "pengaduan") for _ in range(3))
    link(office, first, second)
    before = dump(office.store)
    with pytest.raises(Invalid) as refused:
        link(office, first, third, reason=reason)
    assert list(refused.value.problems) == ["reason"]
    with pytest.raises(Invalid) as refused:
        unlink(office, first, second, reason=reason)
    assert list(refused.value.problems) == ["reason"]
    assert dump(office.store) == before


def test_tie_is_taken_back_from_either_side_once(office: Office) -> None:
    first, second = open_one(office, "pengaduan"), open_one(office, "pengaduan")
    for one, other in ((first, second), (second, first)):
        link(office, first, second)
        unlink(office, one, other, reason="ternyata lain")
        assert ties(office, first) == []
        with pytest.raises(NotFound):
            unlink(office, one, other)
    assert {act["reason"] for act in acts(office, "case.unlinked")} == {"ternyata lain"}
    assert len(acts(office, "case.unlinked")) == 4


def test_closed_cases_may_be_tied(office: Office) -> None:
    """That two complaints were about the same is often seen only when the second comes."""
    first, second = open_one(office, "pengaduan"), open_one(office, "pengaduan")
    close(office, second, at=RECEIVED_AT)
    link(office, first, second)
    assert ties(office, second) == [first]


# Who, and what they may not learn.


def test_ties_are_for_who_records_steps(office: Office) -> None:
    first, second = open_one(office, "pengaduan"), open_one(office, "pengaduan")
    before = dump(office.store)
    for role, refusal in ((Role.PIMPINAN, Forbidden), (Role.JAGAT_SAKSANA, NotFound)):
        with pytest.raises(refusal):
            link(office, first, second, by=office.actors[role])
        with pytest.raises(refusal):
            unlink(office, first, second, by=office.actors[role])
    assert dump(office.store) == before


def told_of_a_case(office: Office, *, hidden: bool) -> list[str]:
    """What the second Sekretaris is told of a case that is hidden from them, or of one that there is not."""
    case_id, secret = open_one(office, "pengaduan"), open_one(office, "pengaduan")
    link(office, case_id, secret)
    hide(office, secret, office.second)
    other: int | str = secret if hidden else "999/DUMAS/XI/2026"
    answers = []
    before = dump(office.store)
    for attempt in (
        partial(link, office, case_id, other, by=office.second),
        partial(unlink, office, case_id, secret if hidden else 999_999, by=office.second),
        partial(unlink, office, secret if hidden else 999_999, case_id, by=office.second),
    ):
        try:
            attempt()
            answers.append("done")
        except (Invalid, NotFound) as refusal:
            answers.append(repr(refusal))
    assert ties(office, case_id, by=office.second) == []
    return [*answers, "changed" if dump(office.store) != before else "unchanged"]


def test_case_hidden_from_somebody_is_to_them_as_if_it_were_not(office: Office) -> None:
    hidden = told_of_a_case(office, hidden=True)
    assert hidden == told_of_a_case(office, hidden=False)
    assert hidden[-1] == "unchanged"


def test_twin_without_sight_the_tie_to_a_hidden_case_is_taken_back(
    sqlite_office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("models.commands.checks.require_sight", lambda *_, **__: None)
    assert told_of_a_case(sqlite_office, hidden=True)[-1] == "changed"


def test_reader_of_complaints_ties_no_escort_and_sees_none_that_is_tied(office: Office) -> None:
    complaint, escort = open_one(office, "pengaduan"), open_one(office, "pengawalan")
    desk = office.actors[Role.DESK_PELAYANAN]
    with pytest.raises(Invalid, match="No case with this number"):
        link(office, complaint, escort, by=desk)
    link(office, complaint, escort)
    assert (ties(office, complaint), ties(office, complaint, by=desk)) == ([escort], [])


# Two at once.


def test_same_form_sent_twice_is_one_tie(office: Office) -> None:
    first, second = open_one(office, "pengaduan"), open_one(office, "pengaduan")
    assert link(office, first, second, form="f") == link(office, first, second, form="f")
    assert len(acts(office, "case.linked")) == 2


def tied_crosswise_at_once(office: Office, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What two people in two programs are told who tie a pair at one moment from its two sides.

    Each waits a moment, once it holds a case, for the other to hold one, too.
    """
    first, second = open_one(office, "pengaduan"), open_one(office, "pengaduan")
    both, real = Barrier(2), checks.locked_case

    def hold_and_wait(connection: Connection, **given: Any) -> Any:
        held = real(connection, **given)
        with suppress(BrokenBarrierError):
            both.wait(timeout=0.5)
        return held

    monkeypatch.setattr(links, "locked_case", hold_and_wait)
    with second_program(office) as rival, people(2) as pool:
        calls = [partial(link, office, first, second), partial(link, rival, second, first, by=office.second)]
        replies = pressed_at_once(pool, calls)
    assert ties(office, first) == [second]
    return sorted("" if reply.error is None else type(reply.error).__name__ for reply in replies)


def test_of_two_who_tie_a_pair_from_its_two_sides_the_second_is_told(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert tied_crosswise_at_once(office, monkeypatch) == ["", "Invalid"]


def test_twin_held_in_the_order_of_the_form_each_waits_for_the_other(
    postgres_office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """PostgreSQL ends such a wait by breaking off one of the two."""
    turns = iter((False, True))

    def as_the_form_has_them(connection: Connection, actor: Actor, cases: set[int]) -> dict[int, Sop]:
        order, hold = sorted(cases, reverse=next(turns)), vars(links)["locked_case"]
        return {one: hold(connection, actor=actor, case_id=one)[1] for one in order}

    monkeypatch.setattr(links, "_held", as_the_form_has_them)
    assert tied_crosswise_at_once(postgres_office, monkeypatch) == ["", "OperationalError"]


# The people of a case.


def test_people_of_a_case_are_who_recorded_something_in_it(office: Office) -> None:
    case_id = open_one(office, "pengaduan")
    open_one(office, "pengaduan", by=office.second)
    desk = office.actors[Role.DESK_PELAYANAN]
    finish(office, case_id, "recording", by=desk, at=RECEIVED_AT + HALF_AN_HOUR)
    with office.reading() as connection:
        found = workers(connection, case_id)
    finished_at = RECEIVED_AT + HALF_AN_HOUR
    assert found == [
        Worker("Akun sekretaris", 2, RECEIVED_AT, RECEIVED_AT),  # opened it, and with it the first clock
        Worker("Akun desk_pelayanan", 2, finished_at, finished_at),
    ]
