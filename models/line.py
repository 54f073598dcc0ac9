"""The line in which the writers of one process stand, and the transaction that those who stand close together share.

Decided 2026-11. On SQLite one writes at a time, and on PostgreSQL each of twenty that press at once takes the processor
from the others; to begin, to end and to make a commit safe takes as long as a whole recording. So whoever finds others
behind them in the line hands the open transaction on instead of committing it: each who comes into it has a savepoint
of their own, and all are told that theirs is stored when the last of them has committed it for all (group commit).
Where two programs share one PostgreSQL and two such transactions wait for each other's rows, PostgreSQL breaks off one
after a second: those in it are told that nothing of theirs was stored.
"""

import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Generic, TypeVar

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import OperationalError

Work = TypeVar("Work")
Finish = Callable[[Connection, Sequence[Work]], None]

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


class _Shared(Generic[Work]):
    """An open transaction of several writers, one after the other."""

    def __init__(self, source: Engine, options: dict[str, Any], finish: Finish[Work]) -> None:
        self.connection = source.connect().execution_options(**options)
        try:
            self._begun = self.connection.begin()
        except BaseException:
            self.connection.close()
            raise
        self._finish = finish
        self._raw: Any = self.connection.connection.driver_connection
        self._until = time.monotonic() + LONGEST
        self._done: list[Work] = []
        self._is_shared = False
        self._ended = threading.Event()
        self._fault: BaseException | None = None

    @contextmanager
    def part(self, work: Work) -> Iterator[Connection]:
        """What one of them does: all of it or nothing, without touching what others did before."""
        if self._done:
            self._is_shared = True
            self._mark("SAVEPOINT part")
        try:
            yield self.connection
            self._check()
        except BaseException:
            self._undo()
            raise
        self._done.append(work)

    def _undo(self) -> None:
        if not self._done:  # what the first did goes with the transaction
            self._until = 0.0
            return
        try:
            self._mark("ROLLBACK TO part")
        except OperationalError as lost:  # a full disk, say: the database has undone all, or half stands
            self._fault = lost

    def _mark(self, statement: str) -> None:
        try:
            self._raw.execute(statement)
        except self.connection.dialect.loaded_dbapi.Error as error:
            raise OperationalError(statement, {}, error) from error

    def _check(self) -> None:
        """Refuse a transaction that is gone or spoilt: to commit it is no error to the driver, and stores nothing."""
        if self.connection.dialect.name == "sqlite":
            stands = self._raw.in_transaction
        else:  # it begins with the first statement
            status = self._raw.info.transaction_status.name
            stands = status == "INTRANS" or (status == "IDLE" and not self._is_shared)
        if not stands:
            raise OperationalError("COMMIT", {}, RuntimeError("the transaction is gone"))

    @property
    def takes_more(self) -> bool:
        """Whether another may come in."""
        return self._fault is None and time.monotonic() < self._until

    def end(self) -> None:
        """Commit what all have done."""
        try:
            with self.connection:
                if self._done and self._fault is None:
                    self._finish(self.connection, self._done)
                    self._check()
                    with self._begun:  # commits, or undoes what cannot be committed
                        pass
        except BaseException as fault:
            self._fault = fault
        finally:
            self._ended.set()

    def wait(self, *, ended_it: bool) -> None:
        """Return when all is stored; whoever ended it is told what the database said, the others that it failed."""
        self._ended.wait()
        if self._fault is None:
            return
        if ended_it:
            raise self._fault
        raise OperationalError("COMMIT", {}, self._fault) from self._fault


class SharingLine(Line, Generic[Work]):
    """A line whose writers share a transaction when others wait behind them.

    `finish` is called with what each of them leaves to be done, right before the commit: once for all.
    """

    def __init__(self, finish: Finish[Work]) -> None:
        super().__init__()
        self._finish = finish
        self._open: _Shared[Work] | None = None

    @contextmanager
    def part(
        self, source: Engine, options: dict[str, Any], work: Work, *, alone: bool
    ) -> Iterator[Connection]:
        """A connection in a transaction that is committed when this is left, unless by an exception.

        Whoever is refused because of what somebody did just before is told so only when that is stored.
        """
        shared, ended_it = None, False
        try:
            with self:
                if alone:
                    self._end()
                shared = self._open = self._open or _Shared(source, options, self._finish)
                try:
                    with shared.part(work) as connection:
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
