"""Logbooks: entries are kept with their two times, corrected and struck with a reason, and never lost."""

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import pytest
from sqlalchemy import RowMapping, update
from sqlalchemy.exc import IntegrityError

from models import audit
from models.access import Role
from models.commands import journals
from models.database import transaction
from models.errors import Conflict, Invalid, NotFound
from models.queries.books import Entry, kept, stands
from models.tables import JournalEntry
from tests.commands.books import (
    ENTRIES,
    HOUR,
    NO_REASON,
    UNSAFE,
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
from tests.factories import RECEIVED_AT, Office, acts, open_one, sop

MINUTE = timedelta(minutes=1)
HOSTILE = [
    "=1+1",
    "@SUM(A1)",
    "<script>alert(1)</script>",
    "**tebal** [x](javascript:alert(1)) `{}`",
    "'; DROP TABLE journal_entry; --",
    "{case.reporter_name} %s {0} \\u0000",
    "مرحبا \u202e terbalik 語 🚓",
    "Si'oban – “kutip”\nbaris kedua\n\tmenjorok",
]


def row(office: Office, entry_id: int) -> RowMapping:
    return stored(office, JournalEntry, entry_id)


# Writing.


def test_entry_is_kept_with_its_two_times_and_its_author(office: Office) -> None:
    case_id = open_one(office, "pengawalan")
    jagat, later = office.actors[Role.JAGAT_SAKSANA], WRITTEN_AT + 3 * HOUR
    entry_id = write(
        office, case_id, "mutation_book", by=jagat, at=WRITTEN_AT + timedelta(seconds=42), now=later
    )
    (entry,) = seen(office, case_id)
    assert entry == Entry(
        entry_id=entry_id,
        journal_key="mutation_book",
        happened_at=WRITTEN_AT,
        recorded_at=later,
        recorded_by="Akun jagat_saksana",
        data=dict(ENTRIES["mutation_book"]),
        state="kept",
        reason=None,
        version=1,
    )
    (act,) = acts(office, "journal.written")
    assert (act["case_id"], act["happened_at"], act["recorded_at"]) == (case_id, WRITTEN_AT, later)
    assert json.loads(act["details"]) == {
        "journal": "mutation_book",
        "entry": entry_id,
        "data": ENTRIES["mutation_book"],
    }


@pytest.mark.parametrize(
    ("at", "now"),
    [
        (RECEIVED_AT, RECEIVED_AT),
        (WRITTEN_AT + 5 * MINUTE, WRITTEN_AT),
        (RECEIVED_AT, WRITTEN_AT + 9000 * HOUR),
    ],
    ids=["receipt", "five minutes ahead", "long ago"],
)
def test_entry_at_the_border_is_taken(office: Office, at: datetime, now: datetime) -> None:
    case_id = open_one(office, "pengaduan")
    write(office, case_id, at=at, now=now)
    assert [entry.happened_at for entry in seen(office, case_id)] == [at]


WRONG_MOMENTS = {
    "before the receipt": (RECEIVED_AT - MINUTE, WRITTEN_AT, "08:59"),
    "six minutes ahead": (WRITTEN_AT + 6 * MINUTE, WRITTEN_AT, "future"),
    "an impossible year": (WRITTEN_AT.replace(year=1026), WRITTEN_AT, "year"),
    "the last of years": (datetime.max.replace(tzinfo=WRITTEN_AT.tzinfo), WRITTEN_AT, "year"),
}


def refused_moments(office: Office) -> dict[str, str]:
    """What is wrong with each wrong moment, of an entry and of its correction; "" where it was stored."""
    case_id, told = open_one(office, "pengaduan"), {}
    for name, (at, now, _) in WRONG_MOMENTS.items():
        tries: dict[str, Callable[[], Any]] = {
            name: partial(write, office, case_id, at=at, now=now),
            f"corrected to {name}": partial(
                correct, office, write(office, case_id), at=at, now=now, data={"note": "lain"}
            ),
        }
        for what, attempt in tries.items():
            before = dump(office.store)
            try:
                attempt()
                told[what] = ""
            except Invalid as refusal:
                told[what] = f"{list(refusal.problems)}: {refusal}"
                told[what] += "" if dump(office.store) == before else " and yet it was stored"
    return told


def test_entry_before_the_receipt_or_in_the_future_is_refused_beside_its_moment(office: Office) -> None:
    told = refused_moments(office)
    assert len(told) == 2 * len(WRONG_MOMENTS)
    assert all(said.startswith("['happened_at']") for said in told.values()), told
    assert not any("stored" in said for said in told.values())
    assert "before the case was received" in told["before the receipt"]
    assert "lies in the future" in told["six minutes ahead"]
    assert "year" in told["an impossible year"]


def test_twin_without_the_look_at_the_moment_it_is_stored(
    sqlite_office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(journals, "refuse_future", lambda *_, **__: None)
    told = refused_moments(sqlite_office)
    assert told["six minutes ahead"] == ""
    assert told["before the receipt"] != ""
    monkeypatch.setattr(journals, "_moment", lambda _case, at, _now: at)
    assert refused_moments(sqlite_office)["before the receipt"] == ""


@pytest.mark.parametrize(
    ("data", "field"),
    [
        ({}, "location"),
        ({"location": "Padang", "account": "x", "situation": "calm"}, "situation"),
        ({"location": "x" * 201, "account": "x", "situation": "safe"}, "location"),
        ({"location": "Padang", "account": "a\x00b", "situation": "safe"}, "account"),
        ({"location": "Padang", "account": "a\ud800b", "situation": "safe"}, "account"),
        ({"location": "Padang", "account": "x" * 2001, "situation": "safe"}, "account"),
        ({"location": ["Padang"], "account": "x", "situation": "safe"}, "location"),
    ],
)
def test_entry_that_does_not_fit_its_form_is_refused_beside_the_field(
    office: Office, data: dict[str, object], field: str
) -> None:
    case_id = open_one(office, "pengawalan")
    before = dump(office.store)
    with pytest.raises(Invalid) as refused:
        write(office, case_id, "mutation_book", data=data)
    assert field in refused.value.problems
    assert dump(office.store) == before


def test_field_that_the_logbook_does_not_ask_for_is_not_stored(office: Office) -> None:
    case_id = open_one(office, "pengawalan")
    entry_id = write(
        office,
        case_id,
        "situation_log",
        data={**ENTRIES["situation_log"], "police_unit": "Polsek", "reporter_name": "Teuku Rahasia"},
    )
    assert row(office, entry_id)["data"] == ENTRIES["situation_log"]


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_is_stored_unchanged(office: Office, text: str) -> None:
    case_id = open_one(office, "pengaduan")
    entry_id = write(office, case_id, data={"note": text})
    correct(office, entry_id, data={"note": f"{text} 2"}, reason=text)
    (entry,) = seen(office, case_id)
    assert entry.data == {"note": f"{text} 2"}
    (act,) = acts(office, "journal.corrected")
    assert act["reason"] == text
    assert json.loads(act["details"])["data"] == [{"note": text}, {"note": f"{text} 2"}]
    with office.reading() as connection:
        assert list(audit.verify(connection)) == []


def test_unknown_logbook_case_and_entry_are_not_found(office: Office) -> None:
    case_id = open_one(office, "pengaduan")
    entry_id = write(office, case_id)
    before = dump(office.store)
    for attempt in (
        lambda: write(office, case_id, "mutation_book"),  # of the other SOP
        lambda: write(office, 999_999),
        lambda: correct(office, entry_id + 1, data=ENTRIES["notes"]),
        lambda: strike(office, entry_id + 1),
    ):
        with pytest.raises(NotFound):
            attempt()
    assert dump(office.store) == before


# Correcting and striking.


def test_correction_keeps_the_record_and_leaves_the_old_words_in_the_trail(office: Office) -> None:
    case_id = open_one(office, "pengaduan")
    first, second = office.sekretaris, office.second
    recorded_at = WRITTEN_AT + 10 * MINUTE
    entry_id = write(office, case_id, by=first, at=WRITTEN_AT, now=recorded_at)
    moved, now = WRITTEN_AT - HOUR, WRITTEN_AT + 50 * HOUR
    answer = correct(
        office, entry_id, by=second, at=moved, now=now, data={"note": "Diangkat."}, reason=" keliru "
    )
    assert answer == {"entry_id": entry_id, "case_id": case_id, "version": 2}
    entry = row(office, entry_id)
    assert (entry["recorded_at"], entry["recorded_by"]) == (recorded_at, first.user_id)
    assert (entry["happened_at"], entry["data"]) == (moved, {"note": "Diangkat."})
    assert (entry["state"], entry["version"]) == ("kept", 2)
    (act,) = acts(office, "journal.corrected")
    assert (act["actor_id"], act["recorded_at"], act["happened_at"]) == (second.user_id, now, moved)
    assert act["reason"] == "keliru"
    details = json.loads(act["details"])
    assert details["data"] == [ENTRIES["notes"], {"note": "Diangkat."}]
    assert datetime.fromisoformat(details["old_happened_at"]) == WRITTEN_AT


def move_to_the_evening(office: Office) -> None:
    """In the evening, put an entry of noon down for a slot that has none."""
    entry_id, evening = write(office, escorting(office), "mutation_book"), WRITTEN_AT + 7 * HOUR
    correct(office, entry_id, at=evening - HOUR, now=evening, data=ENTRIES["mutation_book"])


def test_correction_cannot_move_an_entry_past_the_moment_it_was_recorded(office: Office) -> None:
    with pytest.raises(Invalid, match="after this entry was recorded") as refused:
        move_to_the_evening(office)
    assert list(refused.value.problems) == ["happened_at"]
    assert filled(office, as_of=WRITTEN_AT + HOUR) == (1, 0)


def test_twin_without_it_the_entry_of_noon_fills_the_evening_on_time(
    sqlite_office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(journals, "_refuse_after_record", lambda *_: None)
    move_to_the_evening(sqlite_office)
    assert filled(sqlite_office, as_of=WRITTEN_AT + HOUR) == (0, 0)
    assert filled(sqlite_office, as_of=WRITTEN_AT + 7 * HOUR) == (1, 0)


def test_correction_within_the_five_minutes_that_writing_allows_is_taken(office: Office) -> None:
    entry_id = write(office, open_one(office, "pengaduan"))
    correct(office, entry_id, at=WRITTEN_AT + 5 * MINUTE, now=WRITTEN_AT + HOUR, data=ENTRIES["notes"])
    assert row(office, entry_id)["happened_at"] == WRITTEN_AT + 5 * MINUTE


@pytest.mark.parametrize("reason", NO_REASON, ids=["empty", "blank", "long", "control"])
def test_correction_and_striking_need_a_reason(office: Office, reason: str) -> None:
    entry_id = write(office, open_one(office, "pengaduan"))
    before = dump(office.store)
    attempts: list[Callable[[], object]] = [
        lambda: correct(office, entry_id, data=ENTRIES["notes"], reason=reason),
        lambda: strike(office, entry_id, reason=reason),
    ]
    for attempt in attempts:
        with pytest.raises(Invalid) as refused:
            attempt()
        assert list(refused.value.problems) == ["reason"]
    assert dump(office.store) == before


def test_struck_entry_stays_readable_and_counts_nowhere(office: Office) -> None:
    case_id = escorting(office)
    log = write(office, case_id, "mutation_book")
    alarm = write(office, case_id, "situation_log", data=UNSAFE)
    journal, end = sop("pengawalan").journal("situation_log"), WRITTEN_AT + 2 * HOUR
    assert filled(office, as_of=end) == (1, 0)
    assert stands(journal, seen(office, case_id))[0] == "unsafe"
    strike(office, log)
    strike(office, alarm, reason="kasus lain")
    assert filled(office, as_of=end) == (0, 0)
    assert stands(journal, seen(office, case_id)) == ("safe", None)
    found = seen(office, case_id)
    assert [(entry.state, entry.reason, entry.version) for entry in found] == [
        ("struck", "kasus lain", 2)
    ] * 2
    assert kept(found, "mutation_book") == []
    assert found[0].data == ENTRIES["mutation_book"]
    assert [act["reason"] for act in acts(office, "journal.struck")] == ["kasus lain"] * 2


def test_struck_entry_is_neither_corrected_nor_struck_again(office: Office) -> None:
    entry_id = write(office, open_one(office, "pengaduan"))
    strike(office, entry_id)
    before = dump(office.store)
    for version in (1, 2):
        for attempt in (
            partial(correct, office, entry_id, version=version, data=ENTRIES["notes"]),
            partial(strike, office, entry_id, version=version),
        ):
            with pytest.raises(Conflict) as told:
                attempt()
            assert told.value.current["state"] == "struck"
    assert dump(office.store) == before


def test_standing_follows_what_happened_last_and_not_what_was_recorded_last(office: Office) -> None:
    case_id = escorting(office)
    journal = sop("pengawalan").journal("situation_log")
    write(office, case_id, "situation_log", at=WRITTEN_AT + 2 * HOUR)
    write(office, case_id, "situation_log", at=WRITTEN_AT + HOUR, now=WRITTEN_AT + 3 * HOUR, data=UNSAFE)
    value, entry = stands(journal, seen(office, case_id))
    assert (value, entry and entry.happened_at) == ("safe", WRITTEN_AT + 2 * HOUR)


BAD_ENTRIES: dict[str, dict[str, Any]] = {
    "state_known": {"state": "deleted", "reason": "salah"},
    "reason_given": {"state": "struck", "reason": ""},
    "fk_journal_entry_case_id": {"case_id": 999_999},
    "fk_journal_entry_recorded_by": {"recorded_by": 999_999},
}


@pytest.mark.parametrize("constraint", BAD_ENTRIES)
def test_database_refuses_an_entry_that_contradicts_itself(office: Office, constraint: str) -> None:
    entry_id = write(office, open_one(office, "pengaduan"))
    changed = update(JournalEntry).where(JournalEntry.id == entry_id).values(**BAD_ENTRIES[constraint])
    with pytest.raises(IntegrityError) as refused, transaction(office.store) as connection:
        connection.execute(changed)
    said = str(refused.value.orig)
    assert constraint in said or "FOREIGN KEY" in said
    assert row(office, entry_id)["state"] == "kept"
