"""The line in which the writers of one process stand, and the transaction that those who stand close together share.

Decided 2026-11. On SQLite one writes at a time, and on PostgreSQL each of twenty that press at once takes the processor
from the others; to begin, to end and to make a commit safe takes as long as a whole recording. So whoever finds others
behind them in the line hands the open transaction on instead of committing it: each who comes into it has a savepoint
of their own, and all are told that theirs is stored when the last of them has committed it for all (group commit).
Where another program holds a row, whoever waits for it keeps the line waiting, at most as long as a writer waits for a
lock; what they are refused for takes nothing from the others.
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

LONGEST = 0.02  # seconds for which a shared transaction is handed on; its last part may take longer


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
                self._leave()
            raise

    def __exit__(self, *_: object) -> None:
        with self._guard:
            if not self._call_next():
                self._free += 1

    def _call_next(self) -> bool:
        """Let the next one come, if somebody waits; under the guard."""
        if self._waiting:
            self._waiting.popleft().set()
            return True
        return False

    def _leave(self) -> None:
        self.__exit__()


class _Shared(Generic[Work]):
    """An open transaction of several writers, one after the other."""

    def __init__(
        self, source: Engine, options: dict[str, Any], opening: str | None, finish: Finish[Work]
    ) -> None:
        self.connection = source.connect().execution_options(**options)
        self._raw: Any = self.connection.connection.driver_connection
        try:
            self._begun = self.connection.begin()
            if opening is not None:
                self._mark(opening)
        except BaseException:
            self.connection.close()
            raise
        self._finish = finish
        self._until = time.monotonic() + LONGEST
        self._done: list[Work] = []
        self._ended = threading.Event()
        self._fault: BaseException | None = None

    def takes_in(self) -> bool:
        """Set a mark for the next one; whether it could be set: where it could not, nothing here will be stored."""
        try:
            self._mark("SAVEPOINT part")
        except OperationalError as lost:
            self._fault = lost
        return self._fault is None

    @contextmanager
    def part(self, work: Work) -> Iterator[Connection]:
        """What one of them does: all of it or nothing, without touching what others did before."""
        try:
            yield self.connection
            self._check()
        except BaseException:
            if self._done:  # what the first one did goes with the transaction
                self._undo()
            raise
        self._done.append(work)

    def _undo(self) -> None:
        try:
            self._mark("ROLLBACK TO part")
        except OperationalError as lost:  # a full disk, say: the database has undone all, or half stands
            self._fault = lost
        except BaseException as cut:
            self._fault = OperationalError("ROLLBACK TO part", {}, cut)
            raise

    def _mark(self, statement: str) -> None:
        try:
            self._raw.execute(statement)
        except self.connection.dialect.loaded_dbapi.Error as error:
            raise OperationalError(statement, {}, error) from error

    def _check(self) -> None:
        """Refuse a transaction that is gone or spoilt: to commit it is no error to the driver, and stores nothing."""
        if self.connection.dialect.name == "sqlite":
            stands = self._raw.in_transaction
        else:
            stands = self._raw.info.transaction_status.name == "INTRANS"
        if not (stands and self._begun.is_active):
            raise OperationalError("COMMIT", {}, RuntimeError("the transaction is gone"))

    @property
    def takes_more(self) -> bool:
        """Whether another may come in."""
        return bool(self._done) and self._fault is None and time.monotonic() < self._until

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
        self._holder = 0  # the thread whose turn it is

    @contextmanager
    def part(
        self,
        source: Engine,
        options: dict[str, Any],
        work: Work,
        *,
        alone: bool,
        opening: str | None = None,
    ) -> Iterator[Connection]:
        """A connection in a transaction that is committed when this is left, unless by an exception.

        `opening` is the statement with which the transaction begins, where its database needs one. Whoever is refused
        because of what somebody did just before is told so only when that is stored. Raises `RuntimeError` within
        another part: it would wait for itself.
        """
        if self._holder == threading.get_ident():
            raise RuntimeError("a transaction within a transaction")
        shared, ended_it = None, False
        self.__enter__()
        try:
            self._holder = threading.get_ident()
            if self._open is not None and (alone or not self._open.takes_in()):
                self._end()
            shared = self._open = self._open or _Shared(source, options, opening, self._finish)
            with shared.part(work) as connection:
                yield connection
        finally:
            self._holder = 0
            if alone or shared is None or not shared.takes_more or not self._hand_on():
                ended_it = True
                self._leave()
            if shared is not None:
                shared.wait(ended_it=ended_it)

    def _hand_on(self) -> bool:
        with self._guard:
            return self._call_next()

    def _leave(self) -> None:
        try:
            self._end()
        finally:
            self.__exit__()

    def _end(self) -> None:
        shared, self._open = self._open, None
        if shared is not None:
            shared.end()
