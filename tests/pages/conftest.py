"""An office with a handful of cases, and the program pointed at it with its clock stopped at `NOW`."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import streamlit as st

from dashboard import settings
from dashboard.warm import warm
from models import passwords
from tests.conftest import NOW, sqlite_database
from tests.factories import CHEAP_HASHER, Office, advance_to, finish, office_in, open_one, prepare_office
from tests.moments import wib

VAULT_KEY = "A" * 43 + "="  # of `tests.factories.VAULT`
ARCHIVED = {"not_actionable_reason": "insufficient_evidence"}
REPORTER: dict[str, Any] = {
    "reporter_name": "Teuku Rahasia",
    "reporter_phone": "0812-7777-0001",
    "reporter_email": "teuku.tersembunyi@contoh.id",
    "reporter_address": "Jalan Tersembunyi 17, Tuapejat",
    "reporter_id_number": "1309-5555-6666-7777",
    "reporter_occupation": "Peternak lebah madu",
}


@dataclass(frozen=True, slots=True)
class Cases:
    """The ids of the cases every test finds."""

    new_escort: int
    prepared_escort: int
    new_complaint: int
    recorded_complaint: int
    reviewed_complaint: int
    examined_complaint: int
    closed_complaint: int


def open_cases(office: Office) -> Cases:
    """One case in each of some telling states; the oldest steps are long overdue at `NOW`."""
    cases = Cases(
        new_escort=open_one(office, "pengawalan"),
        prepared_escort=open_one(office, "pengawalan", activity="Supervisi logistik di Sikakap"),
        new_complaint=_complaint(office),
        recorded_complaint=_complaint(office, subject="Keterlambatan honor KPPS"),
        reviewed_complaint=_complaint(office, subject="Netralitas anggota PPK"),
        examined_complaint=_complaint(office, subject="Dugaan pemotongan honor Pantarlih"),
        closed_complaint=_complaint(office, received_at=wib("Senin 2026-10-05 08:00")),
    )
    advance_to(office, cases.prepared_escort, "coordinate")
    advance_to(office, cases.recorded_complaint, "disposition")
    advance_to(office, cases.reviewed_complaint, "review")
    advance_to(office, cases.examined_complaint, "examination")
    advance_to(office, cases.closed_complaint, "review")
    finish(office, cases.closed_complaint, "review", outcome="not_actionable", data=ARCHIVED)
    return cases


def _complaint(office: Office, **more: Any) -> int:
    return open_one(office, "pengaduan", **REPORTER, **more)


@contextmanager
def pointed_at(folder: Path, patch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Let the program keep its things in `folder`; the file of its database is given."""
    patch.setenv("PATUH_DATA", str(folder))
    patch.setenv("PATUH_SAMPLE", "1")  # the clock can be stopped in a sample only
    patch.setenv("PATUH_NOW", NOW.isoformat())
    patch.setenv("PATUH_VAULT_KEY", VAULT_KEY)
    patch.delenv("PATUH_DATABASE_URL", raising=False)
    forget()
    yield folder / "patuh.db"
    settings.store().dispose()
    forget()


def forget() -> None:
    """What the process remembers of an installation; figures are remembered per data version, not per database."""
    settings.store.cache_clear()
    st.cache_data.clear()
    st.cache_resource.clear()


@pytest.fixture(scope="session", autouse=True)
def _warm() -> None:
    """As the server does at its start; AppTest, without the server's settings, looks for garbage after every run."""
    warm()


@pytest.fixture(scope="session")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Cases]:
    """A file with the office and its cases in it, to copy from."""
    path = tmp_path_factory.mktemp("prepared") / "patuh.db"
    with sqlite_database(path) as made:
        prepare_office(made)
        cases = open_cases(office_in(made))
    return path, cases


@pytest.fixture
def cases(prepared: tuple[Path, Cases]) -> Cases:
    return prepared[1]


@pytest.fixture
def office(tmp_path: Path, prepared: tuple[Path, Cases], monkeypatch: pytest.MonkeyPatch) -> Iterator[Office]:
    """The office, fresh for this test, as the program's own store."""
    monkeypatch.setattr(passwords, "_hasher", CHEAP_HASHER)
    with pointed_at(tmp_path, monkeypatch) as path:
        shutil.copyfile(prepared[0], path)
        yield office_in(settings.store())


@pytest.fixture(scope="module")
def shared_office(tmp_path_factory: pytest.TempPathFactory, prepared: tuple[Path, Cases]) -> Iterator[Office]:
    """The office for tests that only look."""
    with pytest.MonkeyPatch.context() as patch, pointed_at(tmp_path_factory.mktemp("shared"), patch) as path:
        shutil.copyfile(prepared[0], path)
        yield office_in(settings.store())
