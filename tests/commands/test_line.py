"""Writers that stand close together share a commit, and nothing else: each has all of theirs or nothing."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from threading import Event
from typing import Any

import pytest
from sqlalchemy import Connection, insert, select, update

from models import audit, line
from models.database import data_version, transaction
from models.line import Line, SharingLine, _Shared
from models.tables import Counter
from tests.commands.at_once import people, pressed_at_once
from tests.commands.in_line import (
    WAIT,
    Body,
    commits,
    in_line,
    note,
    note_and_fail,
    patient,
    stand_in_line,
    write,
    write_and_fail,
    written,
)
from tests.factories import Office, acts

__all__ = ["patient"]  # a fixture


def test_those_in_line_share_one_commit_and_are_told_after_it(office: Office) -> None:
    with office.reading() as connection:
        before = data_version(connection)
    with commits(office) as seen:
        replies = stand_in_line(office, [write(f"line {number}") for number in range(6)])
    assert [reply.error for reply in replies] == [None] * 6
    assert len(seen) == 1
    assert all(reply.answer > seen[0] for reply in replies)
    assert written(office) == set("012345")
    with office.reading() as connection:
        assert data_version(connection) == before + 1


def test_twin_who_may_not_hand_on_commits_alone(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(line, "LONGEST", -1.0)
    with commits(office) as seen:
        stand_in_line(office, [write(f"line {number}") for number in range(6)])
    assert len(seen) == 6
    assert written(office) == set("012345")


REFUSED_AMONG_OTHERS = [
    [write_and_fail("line x"), write("line a"), write("line b")],
    [write("line a"), write_and_fail("line x"), write("line b")],
    [write("line a"), write("line b"), write_and_fail("line x")],
]


@pytest.mark.parametrize("bodies", REFUSED_AMONG_OTHERS)
def test_who_is_refused_leaves_nothing_and_takes_nothing_from_others(
    office: Office, bodies: list[Body]
) -> None:
    replies = stand_in_line(office, bodies)
    assert sorted(type(reply.error).__name__ for reply in replies) == [
        "NoneType",
        "NoneType",
        "ZeroDivisionError",
    ]
    assert written(office) == {"a", "b"}


@pytest.mark.parametrize("bodies", REFUSED_AMONG_OTHERS)
def test_twin_without_savepoints_the_refused_is_stored(
    office: Office, bodies: list[Body], monkeypatch: pytest.MonkeyPatch
) -> None:
    @contextmanager
    def unmarked(self: Any, work: Any) -> Iterator[Connection]:
        self._done.append(work)
        yield self.connection

    monkeypatch.setattr(_Shared, "part", unmarked)
    stand_in_line(office, bodies)
    assert written(office) == {"a", "b", "x"}


def test_only_refused_ones_commit_nothing(office: Office) -> None:
    with commits(office) as seen:
        replies = stand_in_line(office, [write_and_fail("line x"), write_and_fail("line y")])
    assert [type(reply.error) for reply in replies] == [ZeroDivisionError] * 2
    assert seen == []
    assert written(office) == set()


@pytest.mark.parametrize("alone", [True, False])
def test_nobody_waits_for_the_commit_of_what_is_done_alone(sqlite_office: Office, alone: bool) -> None:
    """The twin: where it is not done alone, whoever came before is told when it is over."""
    told: list[bool] = []

    def take_long(connection: Connection) -> None:
        with commits(sqlite_office):
            told.append(first_is_told.wait(WAIT if alone else 0.2))
        write("line b")(connection)

    first_is_told = Event()
    with people(2) as pool:
        second = Event()

        def first() -> None:
            with transaction(sqlite_office.store) as connection:
                write("line a")(connection)
                second.set()
                while not in_line(sqlite_office):
                    time.sleep(0.001)
            first_is_told.set()

        def long_one() -> None:
            second.wait(WAIT)
            with transaction(sqlite_office.store, alone=alone) as connection:
                take_long(connection)

        replies = pressed_at_once(pool, [first, long_one])
    assert [reply.error for reply in replies] == [None, None]
    assert told == [alone]
    assert written(sqlite_office) == {"a", "b"}


@pytest.mark.parametrize("alone", [True, False])
def test_on_postgresql_nobody_stands_behind_what_is_done_alone(postgres_office: Office, alone: bool) -> None:
    """The twin: where it is not done alone, whoever comes after waits until it is over."""
    told: list[bool] = []
    begun, other_is_told = Event(), Event()

    def take_long() -> None:
        with transaction(postgres_office.store, alone=alone) as connection:
            begun.set()
            told.append(other_is_told.wait(WAIT if alone else 0.2))
            write("line b")(connection)

    def other() -> None:
        begun.wait(WAIT)
        with transaction(postgres_office.store) as connection:
            write("line a")(connection)
        other_is_told.set()

    with people(2) as pool:
        replies = pressed_at_once(pool, [take_long, other])
    assert [reply.error for reply in replies] == [None, None]
    assert told == [alone]
    assert written(postgres_office) == {"a", "b"}


@pytest.mark.parametrize("made", [Line, lambda: SharingLine(lambda *_: None)])
def test_whoever_has_waited_longest_comes_first(made: Callable[[], Line]) -> None:
    waits, order = made(), list[int]()

    def come(number: int) -> None:
        while len(waits._waiting) < number:
            time.sleep(0.0005)
        with waits:
            order.append(number)

    with people(12) as pool:
        with waits:
            coming = [pool.submit(come, number) for number in range(12)]
            while len(waits._waiting) < 12:
                time.sleep(0.0005)
        for one in coming:
            one.result(WAIT)
    assert order == list(range(12))


@pytest.mark.parametrize(("places", "at_most"), [(1, 1), (3, 3), (None, 12)])
def test_line_lets_so_many_through_at_a_time(places: int | None, at_most: int) -> None:
    """The twin: without a line all twelve are inside together."""
    waits = nullcontext() if places is None else Line(places)
    inside: list[int] = []
    seen = 0

    def come(number: int) -> None:
        nonlocal seen
        with waits:
            inside.append(number)
            time.sleep(0.01)
            seen = max(seen, len(inside))
            inside.remove(number)

    with people(12) as pool:
        replies = pressed_at_once(pool, [lambda number=number: come(number) for number in range(12)])
    assert [reply.error for reply in replies] == [None] * 12
    assert seen == at_most


def test_second_program_is_not_kept_out_longer_than_one_shared_transaction(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However long the line grows: the transaction is handed on no longer than `LONGEST`."""
    monkeypatch.setattr(line, "LONGEST", 0.02)
    times = 40
    with transaction(office.store) as connection:
        connection.execute(insert(Counter).values(name="line n", value=0))

    def count(_: int) -> None:
        for _ in range(times):
            with transaction(office.store) as connection:
                up = update(Counter).where(Counter.name == "line n").values(value=Counter.value + 1)
                connection.execute(up)
                time.sleep(0.001)

    with commits(office) as seen, people(8) as pool:
        list(pool.map(count, range(8)))
    assert len(seen) > 8 * times * 0.001 / 0.02 / 2
    with office.reading() as connection:
        assert (
            connection.execute(select(Counter.value).where(Counter.name == "line n")).scalar_one()
            == 8 * times
        )


@pytest.mark.parametrize("bodies", [[note("line a"), note_and_fail("line x"), note("line b")]])
def test_trail_holds_the_acts_of_those_who_were_not_refused_in_their_order(
    office: Office, bodies: list[Body]
) -> None:
    stand_in_line(office, bodies)
    assert [entry["action"] for entry in acts(office) if entry["action"].startswith("line ")] == [
        "line a",
        "line b",
    ]
    with office.reading() as connection:
        assert list(audit.verify(connection)) == []


@pytest.mark.parametrize("unwritable", ["line \ud800", "line \0"])
@pytest.mark.parametrize("mended", [True, False])
def test_text_that_no_database_takes_harms_only_who_wrote_it(
    office: Office, monkeypatch: pytest.MonkeyPatch, unwritable: str, mended: bool
) -> None:
    """The twin finds it out at the end, when it is everybody's; SQLite would store a NUL."""
    if not mended:
        monkeypatch.setattr(audit, "refuse_unwritable", lambda _: None)
    bodies = [write("line a"), note(unwritable), write("line b")]
    replies = stand_in_line(office, bodies)
    if mended:
        assert sorted(isinstance(reply.error, ValueError) for reply in replies) == [False, False, True]
        assert written(office) == {"a", "b"}
    elif (office.store.dialect.name, unwritable) != ("sqlite", "line \0"):
        assert all(reply.error for reply in replies)
        assert written(office) == set()


def test_twin_who_keeps_what_the_refused_left_tells_of_them(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = _Shared._undo

    def keep(self: Any) -> None:
        real(self)
        self._done.append(self.connection.get_execution_options()["patuh_at_the_end"])

    monkeypatch.setattr(_Shared, "_undo", keep)
    stand_in_line(office, [note("line a"), note_and_fail("line x"), note("line b")])
    assert [entry["action"] for entry in acts(office)][-3:] == ["line a", "line x", "line b"]
