"""What goes wrong in the line of writers: nobody is told what is not so, and nobody waits for ever."""

import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from threading import Event, Thread
from typing import Any

import pytest
from sqlalchemy import Connection, event, select
from sqlalchemy.exc import OperationalError

from models import database, line
from models.database import transaction
from models.line import Line, SharingLine, _Shared
from models.tables import CaseFile
from tests.commands.at_once import second_program
from tests.commands.in_line import (
    WAIT,
    in_line,
    patient,
    stand_in_line,
    write,
    write_and_fail,
    written,
)
from tests.factories import Office, open_one

__all__ = ["patient"]  # a fixture


@contextmanager
def no_commit(office: Office) -> Iterator[None]:
    """Whatever is to be committed in the block is refused."""

    def cut(_: Connection) -> None:
        raise OSError("no room on the disk")

    event.listen(office.store, "commit", cut)
    try:
        yield
    finally:
        event.remove(office.store, "commit", cut)


def test_all_are_told_when_their_commit_fails(office: Office) -> None:
    with no_commit(office):
        replies = stand_in_line(office, [write(f"line {number}") for number in range(4)])
    told = sorted(type(reply.error).__name__ for reply in replies)
    assert told == [
        "OSError",
        *["OperationalError"] * 3,
    ]  # who committed hears why, the others that it failed
    assert len({id(reply.error) for reply in replies}) == 4
    assert written(office) == set()


def test_twin_who_does_not_ask_how_it_ended_is_told_wrongly(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_Shared, "wait", lambda self, **_: self._ended.wait())
    with no_commit(office):
        replies = stand_in_line(office, [write(f"line {number}") for number in range(4)])
    assert [reply.error for reply in replies] == [None] * 4
    assert written(office) == set()


def test_all_are_told_when_the_database_undoes_everything(office: Office) -> None:
    """As SQLite does when the disk is full; who comes after begins anew."""

    def lose_all(connection: Connection) -> None:
        connection.exec_driver_sql("ROLLBACK")
        raise OSError("no room on the disk")

    replies = stand_in_line(office, [write("line a"), lose_all, write("line b")])
    assert [type(reply.error).__name__ for reply in replies] == [
        "OperationalError",
        "OperationalError",
        "NoneType",
    ]
    assert written(office) == {"b"}


def test_nobody_is_told_that_it_is_stored_when_somebody_did_not_notice(office: Office) -> None:
    """The one whose act undid everything has caught the error and goes on."""

    def lose_all_quietly(connection: Connection) -> None:
        connection.exec_driver_sql("ROLLBACK")

    replies = stand_in_line(office, [write("line a"), lose_all_quietly, write("line b")])
    assert [type(reply.error).__name__ for reply in replies] == [
        "OperationalError",
        "OperationalError",
        "NoneType",
    ]
    assert written(office) == {"b"}


@pytest.mark.parametrize("mended", [True, False])
def test_half_of_an_act_that_cannot_be_undone_is_not_stored(
    office: Office, monkeypatch: pytest.MonkeyPatch, mended: bool
) -> None:
    """The twin commits all the same."""

    def unwritable(self: Any, statement: str) -> None:
        if statement == "ROLLBACK TO part":
            raise OperationalError(statement, {}, OSError("disk I/O error"))
        self._raw.execute(statement)

    monkeypatch.setattr(_Shared, "_mark", unwritable)
    if not mended:
        monkeypatch.setattr(_Shared, "_fault", property(lambda _: None, lambda *_: None), raising=False)
    replies = stand_in_line(office, [write("line a"), write_and_fail("line x"), write("line b")])
    stored = {"b"} if mended else {"a", "x", "b"}
    assert (replies[0].error is None) is not mended
    assert written(office) == stored


def test_who_leaves_the_line_holds_nobody_up() -> None:
    """As a Ctrl-C does while somebody waits."""
    waits = Line()

    class Impatient(Event):
        def wait(self, timeout: float | None = None) -> bool:
            raise KeyboardInterrupt

    with waits:
        usual, line.threading.Event = line.threading.Event, Impatient  # type: ignore[misc]
        try:
            with pytest.raises(KeyboardInterrupt):
                waits.__enter__()
        finally:
            line.threading.Event = usual  # type: ignore[misc]
        assert not waits._waiting
    with waits:
        pass


def test_dead_transaction_is_not_handed_on(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever comes next finds it dead and begins anew; only what stood in it is lost."""
    marks = _failing_once(monkeypatch, "SAVEPOINT part")
    replies = stand_in_line(office, [write(f"line {number}") for number in range(5)])
    assert marks
    assert sorted(type(reply.error).__name__ for reply in replies) == [*["NoneType"] * 4, "OperationalError"]
    assert len(written(office)) == 4


def test_twin_who_takes_it_for_alive_is_refused_too(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    _failing_once(monkeypatch, "SAVEPOINT part")
    real = _Shared.takes_in
    monkeypatch.setattr(_Shared, "takes_in", lambda self: real(self) or True)
    replies = stand_in_line(office, [write(f"line {number}") for number in range(5)])
    assert sum(reply.error is not None for reply in replies) > 1


def _failing_once(monkeypatch: pytest.MonkeyPatch, statement: str) -> list[str]:
    """The first time that this is said to the database, it is refused."""
    refused: list[str] = []
    real = _Shared._mark

    def mark(self: Any, said: str) -> None:
        if said == statement and not refused:
            refused.append(said)
            raise OperationalError(said, {}, OSError("the server is gone"))
        real(self, said)

    monkeypatch.setattr(_Shared, "_mark", mark)
    return refused


@pytest.mark.parametrize("undo", ["rollback", "ROLLBACK"])
@pytest.mark.parametrize("place", [0, 1])
def test_whoever_undoes_the_transaction_itself_is_told_so(office: Office, undo: str, place: int) -> None:
    def lose(connection: Connection) -> None:
        write("line x")(connection)
        connection.rollback() if undo == "rollback" else connection.exec_driver_sql(undo)

    bodies = [write("line a"), write("line b")]
    bodies.insert(place, lose)
    replies = stand_in_line(office, bodies)
    stored = {
        name for name, reply in zip("xab" if place == 0 else "axb", replies, strict=True) if not reply.error
    }
    assert stored == written(office) == ({"a", "b"} if place == 0 else {"b"})


class _Called:
    """A turn that comes together with a Ctrl-C."""

    def __init__(self) -> None:
        self._turn = Event()

    def is_set(self) -> bool:
        return self._turn.is_set()

    def set(self) -> None:
        self._turn.set()

    def wait(self) -> None:
        self._turn.wait(WAIT)
        raise KeyboardInterrupt


@pytest.mark.parametrize("mended", [True, False])
def test_who_leaves_with_the_turn_ends_what_was_handed_on(
    office: Office, monkeypatch: pytest.MonkeyPatch, mended: bool
) -> None:
    """The twin leaves it open, and whoever began it waits until somebody else comes."""
    told = Event()
    turn_of_second = Event()

    def first() -> None:
        with transaction(office.store) as connection:
            write("line a")(connection)
            turn_of_second.set()
            while not in_line(office):
                time.sleep(0.001)
        told.set()

    beginner = Thread(target=first)
    beginner.start()
    turn_of_second.wait(WAIT)
    with monkeypatch.context() as interrupted:
        interrupted.setattr(line.threading, "Event", _Called)
        if not mended:
            interrupted.setattr(SharingLine, "_leave", Line.__exit__)
        with pytest.raises(KeyboardInterrupt), transaction(office.store):
            pass
    assert told.wait(WAIT if mended else 0.2) is mended
    with transaction(office.store) as connection:
        write("line c")(connection)
    beginner.join(WAIT)
    assert written(office) == {"a", "c"}


class CtrlC(BaseException):
    """As `KeyboardInterrupt`, which would end the tests."""


@pytest.mark.parametrize("mended", [True, False])
def test_half_of_an_act_whose_undoing_was_interrupted_is_not_stored(
    office: Office, monkeypatch: pytest.MonkeyPatch, mended: bool
) -> None:
    """The twin commits all the same."""
    real = _Shared._mark

    def interrupted(self: Any, statement: str) -> None:
        if statement == "ROLLBACK TO part":
            raise CtrlC
        real(self, statement)

    monkeypatch.setattr(_Shared, "_mark", interrupted)
    if not mended:
        monkeypatch.setattr(_Shared, "_fault", property(lambda _: None, lambda *_: None), raising=False)
    with suppress(CtrlC):
        stand_in_line(office, [write("line a"), write_and_fail("line x"), write("line b")])
    assert written(office) == ({"b"} if mended else {"a", "x", "b"})


def test_transaction_within_a_transaction_is_refused(office: Office) -> None:
    """It would wait for itself."""
    with pytest.raises(RuntimeError, match="within"), transaction(office.store), transaction(office.store):
        pass
    with transaction(office.store) as connection:
        write("line a")(connection)
    assert written(office) == {"a"}


def test_row_that_another_program_holds_keeps_the_line_waiting_a_moment_only(
    postgres_office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "WAITS_IN_LINE", 100)
    case_id = open_one(postgres_office, "pengawalan")
    hold = select(CaseFile.id).where(CaseFile.id == case_id).with_for_update()

    def want_it(connection: Connection) -> None:
        connection.execute(hold)

    with second_program(postgres_office) as other, other.store.begin() as holding:
        holding.execute(hold)
        replies = stand_in_line(postgres_office, [write("line a"), want_it, write("line b")])
    assert [reply.error is None for reply in replies] == [True, False, True]
    assert "lock timeout" in str(replies[1].error)
    assert written(postgres_office) == {"a", "b"}


def test_connection_that_dies_before_its_transaction_begins_is_given_back(postgres_office: Office) -> None:
    kept: Any = postgres_office.store.pool

    def die(raw: Any, *_: object) -> None:
        raw.close()

    event.listen(postgres_office.store, "checkout", die)
    replies = stand_in_line(postgres_office, [write("line a"), write("line b")])
    event.remove(postgres_office.store, "checkout", die)
    assert {type(reply.error) for reply in replies} == {OperationalError}
    assert kept.checkedout() == 0
    with transaction(postgres_office.store) as connection:
        write("line c")(connection)
    assert written(postgres_office) == {"c"}
