"""What the database itself promises: settings on every connection, no lost update, no row that contradicts itself."""

import sqlite3
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from functools import partial
from threading import Barrier
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, create_engine, insert, select, update
from sqlalchemy.exc import IntegrityError

from models.database import WAL_SAFE_FROM, data_version, engine, reading, transaction
from models.tables import CaseFile, Counter, StepRound
from tests.commands.at_once import people, pressed_at_once
from tests.commands.database_dump import dump
from tests.factories import RECEIVED_AT, Office, advance_to, finish, open_one
from tests.moments import wib

CONNECTIONS = 100
SETTINGS = {
    "journal_mode": "wal" if sqlite3.sqlite_version_info >= WAL_SAFE_FROM else "delete",
    "synchronous": 3,  # EXTRA
    "foreign_keys": 1,
    "busy_timeout": 5000,
    "trusted_schema": 0,
}


def settings(connection: Connection) -> dict[str, Any]:
    return {name: connection.exec_driver_sql(f"PRAGMA {name}").scalar_one() for name in SETTINGS}


def rightly_set(store: Engine) -> int:
    """Of a hundred connections, each another one, ten open at a time: how many have all settings."""
    right, seen = 0, []
    for _ in range(CONNECTIONS // 10):
        with ExitStack() as held:
            opened = [held.enter_context(store.connect()) for _ in range(10)]
            for connection in opened:
                right += settings(connection) == SETTINGS
                seen.append(connection.connection.dbapi_connection)
                connection.invalidate()
    assert len({id(one) for one in seen}) == CONNECTIONS
    return right


def test_every_pooled_sqlite_connection_has_the_settings(sqlite_office: Office) -> None:
    assert rightly_set(sqlite_office.store) == CONNECTIONS


def test_twin_without_our_engine_no_connection_has_them(sqlite_office: Office) -> None:
    plain = create_engine(sqlite_office.store.url)
    try:
        assert rightly_set(plain) == 0
    finally:
        plain.dispose()


def test_every_pooled_postgresql_connection_has_the_settings(postgres_office: Office) -> None:
    with ExitStack() as held:
        for _ in range(25):
            connection = held.enter_context(postgres_office.store.connect())
            found = [
                connection.exec_driver_sql(f"SHOW {name}").scalar_one()
                for name in ("statement_timeout", "lock_timeout", "TimeZone")
            ]
            assert found == ["15s", "5s", "UTC"]


@contextmanager
def read_then_write(store: Engine) -> Any:
    """How a transaction begins where nobody asks for more: it reads first, and locks when it writes."""
    with store.connect() as connection, connection.begin():
        yield connection


def count_up(store: Engine, begin: Any, start: Barrier, times: int) -> None:
    start.wait()
    for _ in range(times):
        with begin(store) as connection:
            query = select(Counter.value).where(Counter.name == "probe").with_for_update()
            value = connection.execute(query).scalar_one()
            connection.execute(update(Counter).where(Counter.name == "probe").values(value=value + 1))


def counted(store: Engine, begin: Any) -> tuple[int, int]:
    """Eight writers read a number and write it back one higher, 25 times each: its end, and how many gave up."""
    with transaction(store) as connection:
        connection.execute(insert(Counter).values(name="probe", value=0))
    start = Barrier(8)
    with people(8) as pool:
        replies = pressed_at_once(pool, [partial(count_up, store, begin, start, 25)] * 8)
    with reading(store) as connection:
        value = connection.execute(select(Counter.value).where(Counter.name == "probe")).scalar_one()
    return value, sum(reply.error is not None for reply in replies)


def test_no_update_is_lost_between_eight_writers(office: Office) -> None:
    assert counted(office.store, transaction) == (200, 0)


def test_twin_driver_default_loses_updates_or_gives_up(sqlite_office: Office) -> None:
    plain = create_engine(sqlite_office.store.url, connect_args={"timeout": 0.2})
    try:
        value, gave_up = counted(plain, read_then_write)
        assert value < 200 or gave_up
    finally:
        plain.dispose()


def test_data_version_moves_with_each_committed_change_and_with_no_other(office: Office) -> None:
    def version() -> int:
        with office.reading() as connection:
            return data_version(connection)

    before = version()
    case_id = open_one(office, "pengawalan")
    assert version() == before + 1
    with pytest.raises(ZeroDivisionError), transaction(office.store) as connection:
        connection.execute(update(CaseFile).values(subject=str(1 // 0)))
    with transaction(office.store, moves_data=False) as connection:
        connection.execute(update(CaseFile).where(CaseFile.id == case_id).values(subject="diam-diam"))
    assert version() == before + 1


def test_reader_sees_one_state_while_somebody_writes(office: Office) -> None:
    """What is not committed is not seen, and a writer does not have to wait for a reader to begin."""
    case_id = open_one(office, "pengawalan")
    query = select(CaseFile.subject).where(CaseFile.id == case_id)
    with transaction(office.store) as writing:
        writing.execute(update(CaseFile).where(CaseFile.id == case_id).values(subject="setengah"))
        with reading(office.store) as connection:
            assert connection.execute(query).scalar_one() == "Rapat koordinasi di Padang"


BAD_ROUNDS: dict[str, dict[str, Any]] = {
    "finished_after_started": {"finished_at": RECEIVED_AT - timedelta(minutes=1)},
    "finished_has_moment": {"finished_at": None},
    "finished_has_author": {"recorded_by": None},
    "state_known": {"state": "finished", "finished_at": None},
    "case_or_period": {"period": "2026-2"},
    "due_has_late_from": {"late_from": None},
    "due_has_month": {"due_month": None},
    "reason_given": {"state": "returned", "reason": ""},
    "uq_step_round": {"step_key": "prepare_personnel"},
    "fk_step_round_recorded_by": {"recorded_by": 999_999},
}


@pytest.mark.parametrize("constraint", BAD_ROUNDS)
def test_database_refuses_a_round_that_contradicts_itself(office: Office, constraint: str) -> None:
    case_id = open_one(office, "pengawalan")
    finish(office, case_id, "confirm_schedule")
    round_of = (StepRound.case_id == case_id, StepRound.step_key == "confirm_schedule")
    before = dump(office.store)
    with pytest.raises(IntegrityError) as refused, transaction(office.store) as connection:
        connection.execute(update(StepRound).where(*round_of).values(**BAD_ROUNDS[constraint]))
    said = str(refused.value.orig)
    assert constraint in said or "UNIQUE constraint" in said or "FOREIGN KEY" in said
    assert dump(office.store) == before


BAD_CASES: dict[str, dict[str, Any]] = {
    "register_seq_positive": {"register_seq": 0},
    "closed_after_received": {"closed_at": RECEIVED_AT - timedelta(minutes=1)},
    "returns_after_departs": {"returns_at": wib("Minggu 2026-11-29 07:00")},
    "uq_case_file_code_register": {"register_seq": 1, "register_no": "001/KAWAL/XI/2026"},
    "fk_case_file_sop_version_id": {"sop_version_id": 999_999},
}


@pytest.mark.parametrize("constraint", BAD_CASES)
def test_database_refuses_a_case_that_contradicts_itself(office: Office, constraint: str) -> None:
    open_one(office, "pengawalan")
    case_id = open_one(office, "pengawalan")
    with pytest.raises(IntegrityError) as refused, transaction(office.store) as connection:
        connection.execute(update(CaseFile).where(CaseFile.id == case_id).values(**BAD_CASES[constraint]))
    said = str(refused.value.orig)
    assert constraint in said or "UNIQUE constraint" in said or "FOREIGN KEY" in said


def test_twin_sqlite_with_its_defaults_takes_an_orphan(sqlite_office: Office) -> None:
    case_id = open_one(sqlite_office, "pengawalan")
    plain = create_engine(sqlite_office.store.url)
    try:
        with plain.begin() as connection:
            changed = update(CaseFile).where(CaseFile.id == case_id).values(sop_version_id=999_999)
            assert connection.execute(changed).rowcount == 1
    finally:
        plain.dispose()


def test_second_program_waits_for_the_first_to_commit(office: Office) -> None:
    """Two engines share no line; the second finds what the first has stored, not what it had read before."""
    case_id = open_one(office, "pengawalan")
    advance_to(office, case_id, "prepare_papers")
    other = engine(office.store.url)
    try:
        with people(2) as pool:
            presses = [partial(count_cases_up, one) for one in (office.store, other)]
            assert [reply.error for reply in pressed_at_once(pool, presses)] == [None, None]
        with office.reading() as connection:
            assert connection.execute(select(CaseFile.version)).scalar_one() == 41
    finally:
        other.dispose()


def count_cases_up(store: Engine) -> None:
    for _ in range(20):
        with transaction(store) as connection:
            held = connection.execute(select(CaseFile.version).with_for_update()).scalar_one()
            connection.execute(update(CaseFile).values(version=held + 1))
