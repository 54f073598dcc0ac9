"""People who stand in the line of writers, and what they write."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Event

import pytest
from sqlalchemy import Connection, event, insert, select

from models import audit, line
from models.database import _lines, transaction
from models.tables import Counter
from tests.commands.at_once import Reply, people, pressed_at_once
from tests.factories import RECEIVED_AT, Office

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


def in_line(office: Office) -> int:
    return len(_lines[office.store]._waiting)


def stand_in_line(office: Office, bodies: list[Body], *, alone: tuple[int, ...] = ()) -> list[Reply]:
    """Everybody asks for a transaction in this order; the first goes on when the last stands in line.

    The answer of each is the moment at which they were told that theirs is stored.
    """

    def ask(number: int) -> float:
        deadline = time.monotonic() + WAIT
        while in_line(office) < number - 1 and time.monotonic() < deadline:
            time.sleep(0.001)
        if number:
            begun.wait(WAIT)
        with transaction(office.store, alone=number in alone) as connection:
            begun.set()
            while number == 0 and in_line(office) < len(bodies) - 1 and time.monotonic() < deadline:
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


def note(name: str) -> Body:
    """Put an act of that name on the trail."""
    return lambda connection: audit.append(connection, actor=None, action=name, now=RECEIVED_AT)


def note_and_fail(name: str) -> Body:
    def body(connection: Connection) -> None:
        note(name)(connection)
        raise ZeroDivisionError

    return body


@pytest.fixture(autouse=True)
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever is first has waited for the others to come, which counts here as no time."""
    monkeypatch.setattr(line, "LONGEST", 2 * WAIT)
