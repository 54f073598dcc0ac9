"""What all tests share: a fresh migrated database, and the fixed moment at which tests live."""

import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import Engine

from models.database import engine
from models.migrate import migrate

os.environ.setdefault("XDG_RUNTIME_DIR", "/tmp")  # the embedded PostgreSQL asks for one

NOW = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)  # Jumat 20 November 2026, 09.00 WIB


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Engine]:
    made = engine(f"sqlite:///{tmp_path / 'patuh.db'}")
    migrate(made)
    yield made
    made.dispose()
