"""Who keeps the logbooks of a case, until when, and what happens when two do so at once."""

from collections import Counter
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from sqlalchemy import Connection, RowMapping

from models.access import Role
from models.commands import checks, journals
from models.commands.conflicts import declare_conflict, end_assignment, reassign
from models.errors import Conflict, Forbidden, Invalid, NotFound
from models.tables import JournalEntry
from tests.commands.at_once import people, pressed_at_once
from tests.commands.books import (
    ENTRIES,
    HOUR,
    WRITTEN_AT,
    correct,
    escorting,
    filled,
    seen,
    stored,
    strike,
    write,
)
from tests.commands.database_dump import dump
from tests.commands.flow import close
from tests.factories import RECEIVED_AT, Office, acts, finish, open_one, token

RACES = 60


def row(office: Office, entry_id: int) -> RowMapping:
    return stored(office, JournalEntry, entry_id)


# Who, and when no more.


def test_closed_case_takes_no_entry_correction_or_striking(office: Office) -> None:
    case_id = open_one(office, "pengaduan")
    entry_id = write(office, case_id)
    close(office, case_id, at=WRITTEN_AT)
    before = dump(office.store)
    for attempt in (
        lambda: write(office, case_id),
        lambda: correct(office, entry_id, data=ENTRIES["notes"]),
        lambda: strike(office, entry_id),
    ):
        with pytest.raises(Invalid, match="The case is closed"):
            attempt()
    assert dump(office.store) == before


def test_entry_may_be_made_after_the_step_it_belongs_to(office: Office) -> None:
    case_id = escorting(office)
    finish(office, case_id, "escort", at=WRITTEN_AT + 4 * HOUR)
    write(office, case_id, "mutation_book", at=WRITTEN_AT + HOUR, now=WRITTEN_AT + 5 * HOUR)
    assert filled(office, as_of=WRITTEN_AT + 5 * HOUR) == (1, 1)


def outcomes_by_role(office: Office, journal_key: str, *, code: str) -> dict[Role, str]:
    case_id, found = open_one(office, code), {}
    for role, actor in office.actors.items():
        try:
            write(office, case_id, journal_key, by=actor)
            found[role] = "wrote"
        except (Forbidden, NotFound) as refusal:
            found[role] = type(refusal).__name__
    return found


def test_logbook_is_kept_by_its_executor_and_by_who_records_for_others(office: Office) -> None:
    a, p, s, k, h, d, j, t = Role
    assert outcomes_by_role(office, "mutation_book", code="pengawalan") == (
        dict.fromkeys([a, s, j], "wrote")
        | dict.fromkeys([p, k], "Forbidden")
        | dict.fromkeys([h, d, t], "NotFound")
    )
    assert outcomes_by_role(office, "notes", code="pengawalan") == (
        dict.fromkeys([a, s, j, k], "wrote") | {p: "Forbidden"} | dict.fromkeys([h, d, t], "NotFound")
    )
    assert outcomes_by_role(office, "notes", code="pengaduan") == (
        dict.fromkeys([a, s, h, d, t], "wrote") | {p: "Forbidden"} | dict.fromkeys([j, k], "NotFound")
    )


def test_wrong_role_neither_corrects_nor_strikes(office: Office) -> None:
    case_id = open_one(office, "pengawalan")
    entry_id = write(office, case_id, "mutation_book")
    before = dump(office.store)
    for role, refusal in ((Role.KASUBBAG_KUL, Forbidden), (Role.DESK_PELAYANAN, NotFound)):
        actor = office.actors[role]
        with pytest.raises(refusal):
            correct(office, entry_id, by=actor, data=ENTRIES["mutation_book"])
        with pytest.raises(refusal):
            strike(office, entry_id, by=actor)
    assert dump(office.store) == before


def test_whom_the_case_is_assigned_to_keeps_its_logbooks_until_it_ends(office: Office) -> None:
    case_id, other_id = open_one(office, "pengawalan"), open_one(office, "pengawalan")
    head = office.actors[Role.KASUBBAG_KUL]
    given: dict[str, Any] = {
        "actor": office.actors[Role.ADMINISTRATOR],
        "now": RECEIVED_AT,
        "case_id": case_id,
        "user_id": head.user_id,
        "reason": "menggantikan",
    }
    reassign(office.store, token=token(), **given)
    write(office, case_id, "mutation_book", by=head)
    with pytest.raises(Forbidden):
        write(office, other_id, "mutation_book", by=head)
    end_assignment(office.store, token=token(), **given)
    with pytest.raises(Forbidden):
        write(office, case_id, "mutation_book", by=head)


def test_who_is_named_in_a_conflict_finds_no_entry(office: Office) -> None:
    case_id = open_one(office, "pengaduan")
    entry_id = write(office, case_id, by=office.second)
    declare_conflict(
        office.store,
        actor=office.actors[Role.ADMINISTRATOR],
        token=token(),
        now=RECEIVED_AT,
        case_id=case_id,
        user_id=office.second.user_id,
        reason="keluarga terlapor",
    )
    before = dump(office.store)
    for attempt in (
        lambda: write(office, case_id, by=office.second),
        lambda: correct(office, entry_id, by=office.second, data=ENTRIES["notes"]),
        lambda: strike(office, entry_id, by=office.second),
    ):
        with pytest.raises(NotFound):
            attempt()
    assert dump(office.store) == before


# Two people, and one form twice.


def test_same_form_sent_twice_makes_one_entry(office: Office) -> None:
    case_id, form = open_one(office, "pengaduan"), token()
    first = write(office, case_id, form=form)
    assert write(office, case_id, form=form, data={"note": "diubah sebelum dikirim lagi"}) == first
    assert [entry.data for entry in seen(office, case_id)] == [ENTRIES["notes"]]


def test_stale_correction_is_told_what_stands_now(office: Office) -> None:
    entry_id = write(office, open_one(office, "pengaduan"))
    correct(office, entry_id, data={"note": "pertama"})
    before = dump(office.store)
    attempts: list[Callable[[], object]] = [
        lambda: correct(office, entry_id, data={"note": "kedua"}),
        lambda: strike(office, entry_id),
    ]
    for attempt in attempts:
        with pytest.raises(Conflict) as told:
            attempt()
        assert (told.value.current["version"], told.value.current["data"]) == (2, {"note": "pertama"})
    assert dump(office.store) == before


def corrected_at_once(office: Office, races: int) -> Counter[str]:
    """Two people correct the same entry at the same moment; how many were done, and how many losers were told."""
    case_id, counted = open_one(office, "pengaduan"), Counter[str]()
    with people(2) as pool:
        for _ in range(races):
            entry_id = write(office, case_id)
            both = [office.sekretaris, office.second]
            calls = [partial(correct, office, entry_id, by=one, data={"note": one.name}) for one in both]
            replies = pressed_at_once(pool, calls)
            now = row(office, entry_id)
            for who, reply in zip(both, replies, strict=True):
                counted["done"] += reply.error is None
                counted["stands"] += reply.error is None and now["data"] == {"note": who.name}
                counted["told"] += (
                    isinstance(reply.error, Conflict) and reply.error.current["data"] == now["data"]
                )
    return counted


def test_of_two_who_correct_the_same_entry_at_once_one_wins(office: Office) -> None:
    assert corrected_at_once(office, RACES) == {"done": RACES, "stands": RACES, "told": RACES}
    assert len(acts(office, "journal.corrected")) == RACES


def test_twin_without_versions_both_win_and_one_is_lost(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = journals._held

    def as_it_stands(connection: Connection, **given: Any) -> Any:
        try:
            return real(connection, **given)
        except Conflict as conflict:
            return real(connection, **(given | {"expected_version": conflict.current["version"]}))

    monkeypatch.setattr(journals, "_held", as_it_stands)
    assert corrected_at_once(office, 10) == {"done": 20, "stands": 10, "told": 0}


def test_twin_without_permissions_anybody_writes(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    case_id = open_one(office, "pengawalan")
    monkeypatch.setattr(journals, "may_write", lambda *_, **__: True)
    write(office, case_id, "mutation_book", by=office.actors[Role.PIMPINAN])
    monkeypatch.setattr(checks, "require_sight", lambda *_, **__: None)
    write(office, case_id, "mutation_book", by=office.nobody)
    assert len(seen(office, case_id)) == 2
