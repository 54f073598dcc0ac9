"""Tugas shows the first of each group; whoever has a form open keeps it in sight."""

import pytest

from dashboard import reads
from dashboard.task_list import OF_OTHERS_TOO, SHOWN_AT_FIRST
from models.access import Role
from tests.factories import Office, latest, open_one
from tests.moments import wib
from tests.pages.visitor import Visitor


def test_first_are_shown_and_the_rest_on_request(office: Office) -> None:
    early = wib("Senin 2026-11-02 09:00")  # overdue, and nothing else is
    cases = [open_one(office, "pengaduan", received_at=early) for _ in range(10)]
    rounds = [latest(office, case_id, "recording")["id"] for case_id in cases]
    desk = Visitor(office, office.actors[Role.DESK_PELAYANAN]).open("tugas")
    assert len(shown(desk, rounds)) == SHOWN_AT_FIRST == 8
    visitor = Visitor(office, office.sekretaris).open("tugas")
    visitor.at.session_state["tasks.others"] = True
    visitor.rerun()
    assert shown(visitor, rounds) == set(rounds[:OF_OTHERS_TOO])

    visitor.at.session_state["tasks.opened"] = rounds[-1]
    visitor.rerun()
    assert f"finish.{rounds[-1]}.send" in keys(visitor)
    assert shown(visitor, rounds) == {*rounds[:OF_OTHERS_TOO], rounds[-1]}

    (more,) = [key for key in keys(visitor) if key.startswith("tasks.more.")]
    visitor.press(more)
    assert shown(visitor, rounds) == set(rounds)


def test_everybody_gets_their_own_list_one_after_the_other(office: Office) -> None:
    assert own_lists(office)


def test_twin_without_the_person_in_the_key_the_list_of_another_is_shown(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    original = reads._waiting
    monkeypatch.setattr(reads, "_waiting", lambda **named: original(**{**named, "user_id": 0, "roles": ()}))
    assert not own_lists(office)


def own_lists(office: Office) -> bool:
    """Whether the desk sees what waits for it, and a lawyer nothing of it, on a server that has served both."""
    rounds = [latest(office, open_one(office, "pengaduan"), "recording")["id"]]
    desk, lawyer = (
        Visitor(office, office.actors[role]) for role in (Role.DESK_PELAYANAN, Role.SUB_BAGIAN_HUKUM)
    )
    desk.open("tugas")
    lawyer.open("tugas")
    return bool(shown(desk, rounds)) and not shown(lawyer, rounds)


def shown(visitor: Visitor, rounds: list[int]) -> set[int]:
    return {round_id for round_id in rounds if f"task.open.{round_id}" in keys(visitor)}


def keys(visitor: Visitor) -> set[str]:
    return {str(widget.key) for widget in visitor.widgets()}
