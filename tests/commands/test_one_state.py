"""Within a block of `one_state` a thread reads one state on PostgreSQL, until it writes itself."""

from collections.abc import Callable
from contextlib import suppress
from threading import Thread

import pytest
from sqlalchemy import Connection, event, text
from sqlalchemy.exc import DBAPIError

from models.database import data_version, one_state, reading, transaction
from tests.factories import Office, open_one


def version(office: Office) -> int:
    with reading(office.store) as connection:
        return data_version(connection)


def somebody_writes(office: Office) -> None:
    """On another thread, as another person does."""
    other = Thread(target=open_one, args=(office, "pengawalan"))
    other.start()
    other.join(10)
    assert not other.is_alive()


def begun(office: Office) -> tuple[list[str], Callable[[], None]]:
    """The transactions that were begun from now on, and how to stop counting."""
    seen: list[str] = []

    def note(_: Connection) -> None:
        seen.append("BEGIN")

    event.listen(office.store, "begin", note)
    return seen, lambda: event.remove(office.store, "begin", note)


def test_what_others_write_meanwhile_is_seen_after_the_block(postgres_office: Office) -> None:
    before = version(postgres_office)
    with one_state(postgres_office.store):
        assert version(postgres_office) == before
        somebody_writes(postgres_office)
        assert version(postgres_office) == before
    assert version(postgres_office) > before


def test_twin_without_the_block_each_reading_sees_what_stands(postgres_office: Office) -> None:
    before = version(postgres_office)
    somebody_writes(postgres_office)
    assert version(postgres_office) > before


def test_own_write_is_seen_at_once(office: Office) -> None:
    with one_state(office.store):
        before = version(office)
        open_one(office, "pengawalan")
        assert version(office) == before + 1


def test_all_readings_of_a_block_are_one_transaction(postgres_office: Office) -> None:
    seen, stop = begun(postgres_office)
    with one_state(postgres_office.store):
        for _ in range(5):
            version(postgres_office)
    stop()
    assert seen == ["BEGIN"]


def test_what_fails_leaves_the_rest_of_the_block_readable(postgres_office: Office) -> None:
    before = version(postgres_office)
    with one_state(postgres_office.store):
        with suppress(DBAPIError), reading(postgres_office.store) as connection:
            connection.execute(text("SELECT 1 / 0"))
        assert version(postgres_office) == before


def test_block_that_is_left_by_an_exception_gives_its_connection_back(postgres_office: Office) -> None:
    with pytest.raises(ZeroDivisionError), one_state(postgres_office.store):
        assert version(postgres_office) / 0
    assert postgres_office.store.pool.checkedout() == 0  # type: ignore[attr-defined]  # of a QueuePool


def test_reader_of_a_block_keeps_nobody_from_committing(office: Office) -> None:
    """On SQLite a reading that lasts would: there each stands for itself."""
    with one_state(office.store):
        version(office)
        somebody_writes(office)


def test_writer_inside_a_block_waits_for_no_reading_of_its_own(office: Office) -> None:
    with one_state(office.store):
        version(office)
        with transaction(office.store):
            pass
        version(office)
