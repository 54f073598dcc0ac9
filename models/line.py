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
from sqlalchemy.exc import OperationalError

LONGEST = 0.02  # seconds for which a shared transaction is handed on, and whoever began it waits


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
        try:
            turn.wait()
        except BaseException:  # whoever leaves the line passes on what was theirs
            with self._guard:
                has_come = turn.is_set()
                if not has_come:
                    self._waiting.remove(turn)
            if has_come:
                self.__exit__()
            raise

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
        self._raw = cast(sqlite3.Connection, self.connection.connection.driver_connection)
        self._until = time.monotonic() + LONGEST
        self._done = 0
        self._ended = threading.Event()
        self._fault: BaseException | None = None

    @contextmanager
    def part(self) -> Iterator[Connection]:
        """What one of them does: all of it or nothing, without touching what others did before."""
        self._mark("SAVEPOINT part")
        try:
            yield self.connection
            self._mark("RELEASE part")
        except BaseException:
            try:
                self._mark("ROLLBACK TO part")
                self._mark("RELEASE part")
            except OperationalError as lost:  # a full disk, say: SQLite has undone all, or half stands
                self._fault = lost
            raise
        self._done += 1

    def _mark(self, statement: str) -> None:
        try:
            self._raw.execute(statement)
        except sqlite3.Error as error:
            raise OperationalError(statement, {}, error) from error

    @property
    def takes_more(self) -> bool:
        """Whether another may come in."""
        return self._fault is None and time.monotonic() < self._until

    def end(self) -> None:
        """Commit what all have done."""
        try:
            with self.connection:
                if self._done and self._fault is None:
                    self._commit()
        except BaseException as fault:
            self._fault = fault
        finally:
            self._ended.set()

    def _commit(self) -> None:
        if not self._raw.in_transaction:  # to commit nothing is no error to the driver
            raise OperationalError("COMMIT", {}, sqlite3.OperationalError("the transaction is gone"))
        with self._begun:
            pass

    def wait(self, *, ended_it: bool) -> None:
        """Return when all is stored; whoever ended it is told what the database said, the others that it failed."""
        self._ended.wait()
        if self._fault is None:
            return
        if ended_it:
            raise self._fault
        raise OperationalError("COMMIT", {}, self._fault) from self._fault


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
        shared, ended_it = None, False
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
                        ended_it = True
                        self._end()
        finally:
            if shared is not None:
                shared.wait(ended_it=ended_it)

    def _end(self) -> None:
        if self._open is not None:
            self._open.end()
            self._open = None
