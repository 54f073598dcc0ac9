"""The one door to the database: engines with safe settings, transactions, the data version.

Decided 2026-11. SQLAlchemy's default on SQLite opens a deferred transaction at the first write, so two people who
read and then write lose an update without an error. Here every writing transaction is `BEGIN IMMEDIATE`, and the
writers of one process stand in a `line` in the order they came: without it, SQLite's busy handler starves single
threads for seconds. The journal mode is DELETE, because WAL can corrupt a database before SQLite 3.51.3. On
PostgreSQL a statement waits for a lock at most 5 s, in the line 2 s, and runs at most 15 s.
"""

import sqlite3
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, nullcontext, suppress
from dataclasses import dataclass, field
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import Connection, Engine, bindparam, create_engine, event, make_url, select, update
from sqlalchemy.engine import URL
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from models.line import Line, SharingLine
from models.tables import Counter

WAL_SAFE_FROM = (3, 51, 3)
BESIDE = 3  # writers of one process on PostgreSQL that take long and need not wait in the line
WAITS_IN_LINE = 2000  # milliseconds for a lock, on PostgreSQL: meanwhile those behind wait, too
WAITS_BESIDE = 5000
KEPT_AT_ONCE = (
    20  # runs of screens that hold a connection of PostgreSQL; the rest of the pool is for whoever has none
)
_WRITES = "patuh_writes"
_AT_THE_END = "patuh_at_the_end"
_COUNTER: Any = Counter.__table__
_MOVE = update(_COUNTER).where(_COUNTER.c.name == "data_version").values(value=_COUNTER.c.value + 1)
_HOLD = select(_COUNTER.c.value).where(_COUNTER.c.name == "data_version").with_for_update()
_COUNTS = select(_COUNTER.c.value).where(_COUNTER.c.name == bindparam("of_name"))

Ending = Callable[[Connection, list[Any]], None]


@dataclass(slots=True)
class Work:
    """What a transaction leaves to be done right before it is committed."""

    moves_data: bool
    endings: dict[Ending, list[Any]] = field(default_factory=dict)


def _finish(connection: Connection, works: Sequence[Work]) -> None:
    together: dict[Ending, list[Any]] = {}
    for work in works:
        for act, items in work.endings.items():
            together.setdefault(act, []).extend(items)
    if any(work.moves_data for work in works):
        connection.execute(_MOVE)
    elif together:
        connection.execute(_HOLD)
    for act, items in together.items():
        act(connection, items)


_lines: WeakKeyDictionary[Engine, SharingLine[Work]] = WeakKeyDictionary()
_beside: WeakKeyDictionary[Engine, Line] = WeakKeyDictionary()


def engine(url: str | URL) -> Engine:
    """Engine for `url` (sqlite:///… or postgresql+psycopg://…) with the settings above on every connection."""
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite":
        # to open a connection takes longer than what most come to read; a database in memory has but one
        sized = {"pool_size": 20, "max_overflow": 20} if parsed.database else {}
        made = create_engine(
            parsed,
            **sized,
            connect_args={"timeout": 5, "check_same_thread": False},
            hide_parameters=True,
        )
        event.listen(made, "connect", _prepare_sqlite)
        event.listen(made, "begin", _begin_sqlite)
        _lines[made] = SharingLine(_finish)
        return made
    options = "-c statement_timeout=15000 -c lock_timeout=5000 -c timezone=UTC -c jit=off"  # translating takes longer
    made = create_engine(
        parsed,
        pool_pre_ping=True,
        pool_use_lifo=True,  # the one used last has its statements prepared and its caches warm
        pool_size=20,
        max_overflow=10,
        connect_args={"options": options},
        hide_parameters=True,  # a refused row must not reach a log with what somebody typed
    )
    # and nothing listens to it: with a listener on an engine each of its statements asks who listens
    _lines[made], _beside[made] = SharingLine(_finish), Line(BESIDE)
    return made


def _prepare_sqlite(connection: sqlite3.Connection, _record: Any) -> None:
    connection.isolation_level = None  # we say BEGIN ourselves
    journal = "WAL" if sqlite3.sqlite_version_info >= WAL_SAFE_FROM else "DELETE"
    for pragma in (
        f"journal_mode={journal}", "synchronous=EXTRA", "foreign_keys=ON", "busy_timeout=5000", "trusted_schema=OFF",
    ):  # fmt: skip
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    writes = connection.get_execution_options().get(_WRITES, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


@contextmanager
def reading(source: Engine) -> Iterator[Connection]:
    """A connection that reads one consistent state; within `one_state` that of the block."""
    kept = _thread.kept
    if kept is not None and kept.source is source:
        with kept.reading() as connection:
            yield connection
        return
    options = {} if source.dialect.name == "sqlite" else {"isolation_level": "REPEATABLE READ"}
    with source.connect().execution_options(**options) as connection, connection.begin():
        yield connection


@contextmanager
def one_state(source: Engine) -> Iterator[None]:
    """All that this thread reads in the block is of one state and on one connection, until the thread writes.

    On PostgreSQL alone, where each reading of its own costs four trips to the server. On SQLite it costs next to
    nothing, and a reading that lasts would keep others from committing.
    """
    is_of_use = source.dialect.name != "sqlite" and _thread.kept is None
    if not (is_of_use and _kept_places.acquire(blocking=False)):
        yield
        return
    kept = _thread.kept = _Kept(source)
    try:
        yield
    finally:
        _thread.kept = None
        kept.end()
        _kept_places.release()


class _Kept:
    """The reading of a block of `one_state`, begun when it is first needed."""

    def __init__(self, source: Engine) -> None:
        self.source = source
        self.counted: dict[str, int] = {}
        self._connection: Connection | None = None
        self._left: list[Connection] = []
        self._readers = 0

    def is_on(self, connection: Connection) -> bool:
        """Whether what this connection reads is of the state of the block."""
        return connection is self._connection

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        if self._connection is None:
            opened = self.source.connect()
            self._left.append(opened)  # given back whatever comes
            opened.execution_options(isolation_level="REPEATABLE READ").begin()
            self._connection = self._left.pop()
        self._readers += 1
        try:
            yield self._connection
        except DBAPIError:  # it reads nothing any more; who comes next begins anew
            self.end()
            raise
        finally:
            self._readers -= 1
            self._give_back()

    def end(self) -> None:
        """End it; what is read from here on is what stands then."""
        if self._connection is not None:
            self._left.append(self._connection)
        self._connection = None
        self.counted.clear()
        self._give_back()

    def _give_back(self) -> None:
        """Give back what nobody reads from any more; that its server has gone harms nothing, for nothing is stored."""
        while self._left and not self._readers:
            gone = self._left.pop()
            try:
                gone.close()
            except SQLAlchemyError:
                with suppress(SQLAlchemyError):
                    gone.invalidate()
                    gone.close()


class _Thread(threading.local):
    kept: _Kept | None = None


_thread = _Thread()
_kept_places = threading.BoundedSemaphore(KEPT_AT_ONCE)


def _outdated() -> None:
    """What this thread has read is about to be, or was just, overtaken by itself."""
    if _thread.kept is not None:
        _thread.kept.end()


@contextmanager
def transaction(source: Engine, *, moves_data: bool = True, alone: bool = False) -> Iterator[Connection]:
    """A writing transaction: all of it is stored when the block ends, nothing when it is left by any exception.

    Raises whatever the database raises at commit; what the caller was told before that is not stored. No `st.*` may
    stand inside: a click or a rerun is an exception and would roll back. With `moves_data` False the data version
    stays: for what no screen shows (a session's last activity), and before there are tables at all. What takes long is
    done `alone`: nobody shares its commit, and on PostgreSQL it does not stand in the line, so that only who wants a
    row it holds waits for it. Raises `RuntimeError` within another one of the same thread.
    """
    work = Work(moves_data)
    place, line = _beside.get(source) if alone else None, _lines.get(source)
    if line is None or place is not None:
        line = SharingLine(_finish)  # of its own
    opening = None
    if source in _beside:  # and with it the transaction has begun, which the driver of PostgreSQL puts off
        opening = f"SET LOCAL lock_timeout = {WAITS_BESIDE if place else WAITS_IN_LINE}"
    _outdated()
    try:
        with (
            place or nullcontext(),
            line.part(source, {_WRITES: True}, work, alone=alone, opening=opening) as connection,
        ):
            yield connection.execution_options(**{_AT_THE_END: work})
    finally:
        _outdated()


def at_the_end(connection: Connection, act: Ending, item: Any) -> None:
    """Let `act` be called with all such items right before this `transaction` commits, one transaction at a time.

    On PostgreSQL the row of the data version is held for it, and other programs wait no longer than that.
    Raises `RuntimeError` on a connection that is no `transaction`: there is no end to wait for.
    """
    work: Work | None = connection.get_execution_options().get(_AT_THE_END)
    if work is None:
        raise RuntimeError("only inside a transaction")
    work.endings.setdefault(act, []).append(item)


def data_version(connection: Connection) -> int:
    """A number that moves with every committed change; cached reads carry it in their key."""
    return counter(connection, "data_version")


def counter(connection: Connection, name: str) -> int:
    """The value of a counter; within `one_state` it is asked for once."""
    kept = _thread.kept
    if kept is None or not kept.is_on(connection):
        return int(connection.execute(_COUNTS, {"of_name": name}).scalar_one())
    if name not in kept.counted:
        kept.counted[name] = int(connection.execute(_COUNTS, {"of_name": name}).scalar_one())
    return kept.counted[name]
