"""What all tests share: fresh migrated databases, and the fixed moment at which tests live."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import Engine

from dashboard import drawn
from models.database import engine
from models.migrate import migrate
from tests.postgres import postgres

__all__ = ["postgres"]  # a fixture

NOW = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)  # Jumat 20 November 2026, 09.00 WIB
drawn.CHECKED = True  # the program leaves it to the tests whether Plotly knows what the charts set
ENGINES = ["sqlite"] if sys.platform == "win32" else ["sqlite", "postgresql"]  # the wheel has no Windows


@contextmanager
def sqlite_database(path: Path) -> Iterator[Engine]:
    """An engine on that file, closed at the end; an unclosed one would be a ResourceWarning, and so an error."""
    made = engine(f"sqlite:///{path}")
    try:
        yield made
    finally:
        made.dispose()


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Engine]:
    with sqlite_database(tmp_path / "patuh.db") as made:
        migrate(made)
        yield made


@pytest.fixture(params=ENGINES)
def any_store(request: pytest.FixtureRequest) -> Iterator[Engine]:
    """A fresh migrated database, once on each engine."""
    if request.param == "sqlite":
        yield request.getfixturevalue("store")
        return
    with request.getfixturevalue("postgres").database("migrated", migrate) as made:
        yield made


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Where there is no PostgreSQL, leave out what is about PostgreSQL alone."""
    if "postgresql" not in ENGINES:
        items[:] = [item for item in items if "postgres_office" not in getattr(item, "fixturenames", ())]
