"""The line in which the writers of one process stand, and the transaction that those who stand close together share.

Decided 2026-11. On SQLite one writes at a time, and to make a commit safe takes as long as a whole recording: when
twenty people press at once, the last waited for twenty commits. So whoever finds others behind them in the line hands
the open transaction on instead of committing it; each has a savepoint of their own, and all are told that theirs is
stored when the last of them has committed it for all (group commit). PostgreSQL lets writers through side by side, but
more than a few at a time only take the processor from one another.
"""

import sqlite3
import threading
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, cast

from sqlalchemy import Connection, Engine

LONGEST = (
    0.02  # seconds for which a shared transaction is handed on: whoever began it waits no longer than that
)


class Line:
    """Lets so many through at a time, whoever has waited longest first."""

    def __init__(self, places: int = 1) -> None:
        self._guard = threading.Lock()
        self._free = places
        self._waiting: deque[threading.Event] = deque()

    def __enter__(self) -> None:
        with self._guard:
            if self._free:
                self._free -= 1
                return
            turn = threading.Event()
            self._waiting.append(turn)
        turn.wait()

    def __exit__(self, *_: object) -> None:
        with self._guard:
            if self._waiting:
                self._waiting.popleft().set()
            else:
                self._free += 1

    @property
    def is_waited_in(self) -> bool:
        """Whether somebody stands in line; whoever does will come through."""
        with self._guard:
            return bool(self._waiting)


class _Shared:
    """An open transaction of several writers, one after the other, on a connection of SQLite."""

    def __init__(self, source: Engine, options: dict[str, Any]) -> None:
        self.connection = source.connect().execution_options(**options)
        try:
            self._begun = self.connection.begin()
        except BaseException:
            self.connection.close()
            raise
        self._until = time.monotonic() + LONGEST
        self._done = 0
        self._ended = threading.Event()
        self._fault: BaseException | None = None

    @contextmanager
    def part(self) -> Iterator[Connection]:
        """What one of them does: all of it or nothing, without touching what others did before."""
        raw = cast(sqlite3.Connection, self.connection.connection.driver_connection)
        raw.execute("SAVEPOINT part")
        try:
            yield self.connection
        except BaseException as fault:
            if not raw.in_transaction:  # a full disk, say: SQLite has undone all of it
                self._fault = fault
            else:
                raw.execute("ROLLBACK TO part")
                raw.execute("RELEASE part")
            raise
        raw.execute("RELEASE part")
        self._done += 1

    @property
    def takes_more(self) -> bool:
        """Whether another may come in."""
        return self._fault is None and time.monotonic() < self._until

    def end(self) -> None:
        """Commit what all have done."""
        try:
            with self.connection:
                if self._done and self._fault is None:
                    with self._begun:
                        pass
        except BaseException as fault:
            self._fault = fault
        finally:
            self._ended.set()

    def wait(self) -> None:
        """Return when all is stored; raise what the database raised when it is not."""
        self._ended.wait()
        if self._fault is not None:
            raise self._fault


class SharingLine(Line):
    """A line whose writers share a transaction when others wait behind them."""

    def __init__(self) -> None:
        super().__init__()
        self._open: _Shared | None = None

    @contextmanager
    def part(self, source: Engine, options: dict[str, Any], *, alone: bool) -> Iterator[Connection]:
        """A connection in a transaction that is committed when this is left, unless by an exception.

        Whoever is refused because of what somebody did just before is told so only when that is stored.
        """
        shared = None
        try:
            with self:
                if alone:
                    self._end()
                shared = self._open = self._open or _Shared(source, options)
                try:
                    with shared.part() as connection:
                        yield connection
                finally:
                    if alone or not (shared.takes_more and self.is_waited_in):
                        self._end()
        finally:
            if shared is not None:
                shared.wait()

    def _end(self) -> None:
        if self._open is not None:
            self._open.end()
            self._open = None
