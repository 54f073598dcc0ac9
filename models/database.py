"""The one door to the database: engines with safe settings, transactions, the data version.

Decided 2026-11. SQLAlchemy's default on SQLite opens a deferred transaction at the first write, so two people who
read and then write lose an update without an error. Here every writing transaction is `BEGIN IMMEDIATE`, and the
writers of one process stand in line in the order they came: without the line, SQLite's busy handler starves single
threads for seconds. The journal mode is DELETE, because WAL can corrupt a database before SQLite 3.51.3. On
PostgreSQL a writing transaction waits for locks at most 5 s and runs at most 15 s.
"""

import sqlite3
import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import Connection, Engine, create_engine, event, make_url, select, update
from sqlalchemy.engine import URL

from models.tables import Counter

WAL_SAFE_FROM = (3, 51, 3)
_WRITES = "patuh_writes"
_COUNTER: Any = Counter.__table__
_MOVE = update(_COUNTER).where(_COUNTER.c.name == "data_version").values(value=_COUNTER.c.value + 1)
_STANDS = select(_COUNTER.c.value).where(_COUNTER.c.name == "data_version")


class FifoLock:
    """A lock that is given to whoever has waited longest."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._held = False
        self._waiting: deque[threading.Event] = deque()

    def __enter__(self) -> None:
        with self._guard:
            if not self._held:
                self._held = True
                return
            turn = threading.Event()
            self._waiting.append(turn)
        turn.wait()

    def __exit__(self, *_: object) -> None:
        with self._guard:
            if self._waiting:
                self._waiting.popleft().set()
            else:
                self._held = False


_writers: WeakKeyDictionary[Engine, FifoLock] = WeakKeyDictionary()


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
        _writers[made] = FifoLock()
        return made
    options = "-c statement_timeout=15000 -c lock_timeout=5000 -c timezone=UTC -c jit=off"  # translating takes longer
    return create_engine(
        parsed,
        pool_pre_ping=True,
        pool_size=20,
        max_overflow=10,
        connect_args={"options": options},
        hide_parameters=True,  # a refused row must not reach a log with what somebody typed
    )


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
    """A connection that reads one consistent state."""
    options = {} if source.dialect.name == "sqlite" else {"isolation_level": "REPEATABLE READ"}
    with source.connect().execution_options(**options) as connection, connection.begin():
        yield connection


@contextmanager
def transaction(source: Engine, *, moves_data: bool = True) -> Iterator[Connection]:
    """A writing transaction: all of it is stored when the block ends, nothing when it is left by any exception.

    Raises whatever the database raises at commit; what the caller was told before that is not stored. No `st.*` may
    stand inside: a click or a rerun is an exception and would roll back. With `moves_data` False the data version
    stays: for what no screen shows (a session's last activity), and before there are tables at all.
    """
    with _writers.get(source) or nullcontext(), source.connect() as plain:
        connection = plain.execution_options(**{_WRITES: True})
        with connection.begin():
            yield connection
            if moves_data:
                connection.execute(_MOVE)


def data_version(connection: Connection) -> int:
    """A number that moves with every committed change; cached reads carry it in their key."""
    return int(connection.execute(_STANDS).scalar_one())
