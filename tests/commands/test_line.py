"""Writers that stand close together on SQLite share a commit, and nothing else: each has all of theirs or nothing."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from threading import Event
from typing import Any

import pytest
from sqlalchemy import Connection, event, insert, select, update
from sqlalchemy.exc import OperationalError

from models import line
from models.database import _lines, data_version, transaction
from models.line import Line, SharingLine, _Shared
from models.tables import Counter
from tests.commands.at_once import Reply, people, pressed_at_once
from tests.factories import Office

Body = Callable[[Connection], None]
WAIT = 5.0


@contextmanager
def commits(office: Office) -> Iterator[list[float]]:
    """The moments of the commits in the block."""
    seen: list[float] = []

    def note(_: Connection) -> None:
        seen.append(time.monotonic())

    event.listen(office.store, "commit", note)
    try:
        yield seen
    finally:
        event.remove(office.store, "commit", note)


def _in_line(office: Office) -> int:
    return len(_lines[office.store]._waiting)


def stand_in_line(office: Office, bodies: list[Body], *, alone: tuple[int, ...] = ()) -> list[Reply]:
    """Everybody asks for a transaction in this order; the first goes on when the last stands in line.

    The answer of each is the moment at which they were told that theirs is stored.
    """

    def ask(number: int) -> float:
        deadline = time.monotonic() + WAIT
        while _in_line(office) < number - 1 and time.monotonic() < deadline:
            time.sleep(0.001)
        if number:
            begun.wait(WAIT)
        with transaction(office.store, alone=number in alone) as connection:
            begun.set()
            while number == 0 and _in_line(office) < len(bodies) - 1 and time.monotonic() < deadline:
                time.sleep(0.001)
            bodies[number](connection)
        return time.monotonic()

    begun = Event()
    with people(len(bodies)) as pool:
        return pressed_at_once(pool, [lambda number=number: ask(number) for number in range(len(bodies))])


def write(name: str) -> Body:
    """Store a counter of that name."""
    return lambda connection: connection.execute(insert(Counter).values(name=name, value=1)) and None


def write_and_fail(name: str) -> Body:
    def body(connection: Connection) -> None:
        write(name)(connection)
        raise ZeroDivisionError

    return body


def written(office: Office) -> set[str]:
    with office.reading() as connection:
        found = connection.execute(select(Counter.name).where(Counter.name.startswith("line "))).scalars()
        return {name.removeprefix("line ") for name in found}


@pytest.fixture(autouse=True)
def _patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever is first has waited for the others to come, which counts here as no time."""
    monkeypatch.setattr(line, "LONGEST", 2 * WAIT)


def test_those_in_line_share_one_commit_and_are_told_after_it(sqlite_office: Office) -> None:
    with sqlite_office.reading() as connection:
        before = data_version(connection)
    with commits(sqlite_office) as seen:
        replies = stand_in_line(sqlite_office, [write(f"line {number}") for number in range(6)])
    assert [reply.error for reply in replies] == [None] * 6
    assert len(seen) == 1
    assert all(reply.answer > seen[0] for reply in replies)
    assert written(sqlite_office) == set("012345")
    with sqlite_office.reading() as connection:
        assert data_version(connection) == before + 6


def test_twin_who_may_not_hand_on_commits_alone(
    sqlite_office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(line, "LONGEST", -1.0)
    with commits(sqlite_office) as seen:
        stand_in_line(sqlite_office, [write(f"line {number}") for number in range(6)])
    assert len(seen) == 6
    assert written(sqlite_office) == set("012345")


REFUSED_AMONG_OTHERS = [
    [write_and_fail("line x"), write("line a"), write("line b")],
    [write("line a"), write_and_fail("line x"), write("line b")],
    [write("line a"), write("line b"), write_and_fail("line x")],
]


@pytest.mark.parametrize("bodies", REFUSED_AMONG_OTHERS)
def test_who_is_refused_leaves_nothing_and_takes_nothing_from_others(
    sqlite_office: Office, bodies: list[Body]
) -> None:
    replies = stand_in_line(sqlite_office, bodies)
    assert sorted(type(reply.error).__name__ for reply in replies) == [
        "NoneType",
        "NoneType",
        "ZeroDivisionError",
    ]
    assert written(sqlite_office) == {"a", "b"}


@pytest.mark.parametrize("bodies", REFUSED_AMONG_OTHERS)
def test_twin_without_savepoints_the_refused_is_stored(
    sqlite_office: Office, bodies: list[Body], monkeypatch: pytest.MonkeyPatch
) -> None:
    @contextmanager
    def unmarked(self: Any) -> Iterator[Connection]:
        self._done += 1
        yield self.connection

    monkeypatch.setattr(_Shared, "part", unmarked)
    stand_in_line(sqlite_office, bodies)
    assert written(sqlite_office) == {"a", "b", "x"}


def test_only_refused_ones_commit_nothing(sqlite_office: Office) -> None:
    with commits(sqlite_office) as seen:
        replies = stand_in_line(sqlite_office, [write_and_fail("line x"), write_and_fail("line y")])
    assert [type(reply.error) for reply in replies] == [ZeroDivisionError] * 2
    assert seen == []
    assert written(sqlite_office) == set()


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


def test_all_are_told_when_their_commit_fails(sqlite_office: Office) -> None:
    with no_commit(sqlite_office):
        replies = stand_in_line(sqlite_office, [write(f"line {number}") for number in range(4)])
    told = sorted(type(reply.error).__name__ for reply in replies)
    assert told == [
        "OSError",
        *["OperationalError"] * 3,
    ]  # who committed hears why, the others that it failed
    assert len({id(reply.error) for reply in replies}) == 4
    assert written(sqlite_office) == set()


def test_twin_who_does_not_ask_how_it_ended_is_told_wrongly(
    sqlite_office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_Shared, "wait", lambda self, **_: self._ended.wait())
    with no_commit(sqlite_office):
        replies = stand_in_line(sqlite_office, [write(f"line {number}") for number in range(4)])
    assert [reply.error for reply in replies] == [None] * 4
    assert written(sqlite_office) == set()


def test_all_are_told_when_the_database_undoes_everything(sqlite_office: Office) -> None:
    """As SQLite does when the disk is full; who comes after begins anew."""

    def lose_all(connection: Connection) -> None:
        connection.exec_driver_sql("ROLLBACK")
        raise OSError("no room on the disk")

    replies = stand_in_line(sqlite_office, [write("line a"), lose_all, write("line b")])
    assert [type(reply.error).__name__ for reply in replies] == [
        "OperationalError",
        "OperationalError",
        "NoneType",
    ]
    assert written(sqlite_office) == {"b"}


def test_nobody_is_told_that_it_is_stored_when_somebody_did_not_notice(sqlite_office: Office) -> None:
    """The one whose act undid everything has caught the error and goes on."""

    def lose_all_quietly(connection: Connection) -> None:
        connection.exec_driver_sql("ROLLBACK")

    replies = stand_in_line(sqlite_office, [write("line a"), lose_all_quietly, write("line b")])
    assert [type(reply.error).__name__ for reply in replies] == [
        "OperationalError",
        "OperationalError",
        "NoneType",
    ]
    assert written(sqlite_office) == {"b"}


@pytest.mark.parametrize("mended", [True, False])
def test_half_of_an_act_that_cannot_be_undone_is_not_stored(
    sqlite_office: Office, monkeypatch: pytest.MonkeyPatch, mended: bool
) -> None:
    """The twin commits all the same."""

    def unwritable(self: Any, statement: str) -> None:
        if statement == "ROLLBACK TO part":
            raise OperationalError(statement, {}, OSError("disk I/O error"))
        self._raw.execute(statement)

    monkeypatch.setattr(_Shared, "_mark", unwritable)
    if not mended:
        monkeypatch.setattr(_Shared, "_fault", property(lambda _: None, lambda *_: None), raising=False)
    replies = stand_in_line(sqlite_office, [write("line a"), write_and_fail("line x"), write("line b")])
    stored = {"b"} if mended else {"a", "x", "b"}
    assert (replies[0].error is None) is not mended
    assert written(sqlite_office) == stored


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
        assert not waits.is_waited_in
    with waits:
        pass


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
                while not _in_line(sqlite_office):
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


@pytest.mark.parametrize("made", [Line, SharingLine])
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
    sqlite_office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However long the line grows: the transaction is handed on no longer than `LONGEST`."""
    monkeypatch.setattr(line, "LONGEST", 0.02)
    times = 40
    with transaction(sqlite_office.store) as connection:
        connection.execute(insert(Counter).values(name="line n", value=0))

    def count(_: int) -> None:
        for _ in range(times):
            with transaction(sqlite_office.store) as connection:
                up = update(Counter).where(Counter.name == "line n").values(value=Counter.value + 1)
                connection.execute(up)
                time.sleep(0.001)

    with commits(sqlite_office) as seen, people(8) as pool:
        list(pool.map(count, range(8)))
    assert len(seen) > 8 * times * 0.001 / 0.02 / 2
    with sqlite_office.reading() as connection:
        assert (
            connection.execute(select(Counter.value).where(Counter.name == "line n")).scalar_one()
            == 8 * times
        )
