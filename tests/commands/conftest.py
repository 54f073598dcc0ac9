"""The office of `tests.factories`, fresh for each test on SQLite and on PostgreSQL."""

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from models import passwords
from tests.commands.busy_year import prepare_busy_year
from tests.conftest import ENGINES, sqlite_database
from tests.factories import CHEAP_HASHER, Office, office_in, prepare_office
from tests.postgres import quick_base


@pytest.fixture(autouse=True)
def _cheap_passwords(monkeypatch: pytest.MonkeyPatch) -> None:
    """What passwords cost is tested elsewhere; here a command runs a hundred times."""
    monkeypatch.setattr(passwords, "_hasher", CHEAP_HASHER)


@pytest.fixture
def quick_folder() -> Iterator[Path]:
    """An empty folder, in memory where there is room."""
    with tempfile.TemporaryDirectory(prefix="patuh-", dir=quick_base()) as folder:
        yield Path(folder)


@pytest.fixture(scope="session")
def office_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file with the office in it, to copy from."""
    path = tmp_path_factory.mktemp("office") / "office.db"
    with sqlite_database(path) as made:
        prepare_office(made)
    return path


@pytest.fixture
def sqlite_office(quick_folder: Path, office_file: Path) -> Iterator[Office]:
    path = quick_folder / "patuh.db"
    shutil.copyfile(office_file, path)
    with sqlite_database(path) as made:
        yield office_in(made)


@pytest.fixture
def postgres_office(request: pytest.FixtureRequest) -> Iterator[Office]:
    with request.getfixturevalue("postgres").database("office", prepare_office) as made:
        yield office_in(made)


@pytest.fixture(params=ENGINES)
def office(request: pytest.FixtureRequest) -> Office:
    """The office, once on each engine."""
    found = request.getfixturevalue(f"{'sqlite' if request.param == 'sqlite' else 'postgres'}_office")
    assert isinstance(found, Office)
    return found


@pytest.fixture(scope="session")
def busy_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file with the busy year in it, to copy from."""
    path = tmp_path_factory.mktemp("busy") / "busy.db"
    with sqlite_database(path) as made:
        prepare_busy_year(made)
    return path


@pytest.fixture(params=ENGINES)
def busy(request: pytest.FixtureRequest, quick_folder: Path) -> Iterator[Office]:
    """The office of `tests.commands.busy_year`, once on each engine."""
    if request.param == "postgresql":
        with request.getfixturevalue("postgres").database("busy", prepare_busy_year) as made:
            yield office_in(made)
        return
    shutil.copyfile(request.getfixturevalue("busy_file"), quick_folder / "busy.db")
    with sqlite_database(quick_folder / "busy.db") as made:
        yield office_in(made)
