"""Writers that stand close together share a commit, and nothing else: each has all of theirs or nothing."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from threading import Event
from typing import Any

import pytest
from sqlalchemy import Connection, event, insert, select, update
from sqlalchemy.exc import OperationalError

from models import audit, line
from models.database import _lines, data_version, transaction
from models.line import Line, SharingLine, _Shared
from models.tables import Counter
from tests.commands.at_once import Reply, people, pressed_at_once
from tests.factories import RECEIVED_AT, Office, acts

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


def note(name: str) -> Body:
    """Put an act of that name on the trail."""
    return lambda connection: audit.append(connection, actor=None, action=name, now=RECEIVED_AT)


def note_and_fail(name: str) -> Body:
    def body(connection: Connection) -> None:
        note(name)(connection)
        raise ZeroDivisionError

    return body


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
        monkeypatch.setattr(audit, "_refuse_unwritable", lambda _: None)
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


def test_only_refused_ones_commit_nothing(office: Office) -> None:
    with commits(office) as seen:
        replies = stand_in_line(office, [write_and_fail("line x"), write_and_fail("line y")])
    assert [type(reply.error) for reply in replies] == [ZeroDivisionError] * 2
    assert seen == []
    assert written(office) == set()


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
