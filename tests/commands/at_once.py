"""Several people press at the same moment."""

import sys
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from threading import Barrier
from typing import Any

from sqlalchemy import Connection

from models.database import engine
from tests.factories import Office


@dataclass(frozen=True, slots=True)
class Reply:
    """What one of them was told: an answer or an error."""

    answer: Any = None
    error: Exception | None = None


def pressed_at_once(people: ThreadPoolExecutor, calls: Sequence[Callable[[], Any]]) -> list[Reply]:
    """Start all calls together and return their replies in the order of the calls."""
    start = Barrier(len(calls))

    def press(call: Callable[[], Any]) -> Reply:
        start.wait()
        try:
            return Reply(answer=call())
        except Exception as error:
            return Reply(error=error)

    return list(people.map(press, calls))


def all_look_first(number: int) -> Callable[..., None]:
    """In place of standing in line, for PostgreSQL: so many look at the database before the first of them writes."""
    everybody = Barrier(number)

    def look(connection: Connection, **_: object) -> None:
        connection.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        connection.exec_driver_sql("SELECT 1 FROM counter")  # from here on they see what stands now
        everybody.wait(timeout=5)

    return look


@contextmanager
def second_program(office: Office) -> Iterator[Office]:
    """The same office as another program sees it: it shares no line of writers with the first."""
    other = engine(office.store.url)
    try:
        yield replace(office, store=other)
    finally:
        other.dispose()


@contextmanager
def people(number: int) -> Iterator[ThreadPoolExecutor]:
    """So many people, who take turns on the processor ten times as often as threads usually do."""
    usual = sys.getswitchinterval()
    sys.setswitchinterval(0.0005)
    try:
        with ThreadPoolExecutor(max_workers=number) as pool:
            yield pool
    finally:
        sys.setswitchinterval(usual)
