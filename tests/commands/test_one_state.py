"""Within a block of `one_state` a thread reads one state on PostgreSQL, until it writes itself."""

from collections.abc import Callable
from contextlib import suppress
from threading import Barrier, Event, Thread

import pytest
from sqlalchemy import Connection, event, text
from sqlalchemy.exc import DBAPIError

from models.database import KEPT_AT_ONCE, data_version, one_state, reading, transaction
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


def cut_off(office: Office) -> None:
    """The server ends the connection that the block holds, as at its restart."""
    with office.store.connect() as other, other.begin():
        other.execute(
            text("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE state = 'idle in transaction'")
        )


def test_server_that_goes_away_between_readings_harms_nothing(postgres_office: Office) -> None:
    with one_state(postgres_office.store):
        before = version(postgres_office)
        cut_off(postgres_office)
        open_one(postgres_office, "pengawalan")  # the mere reading before it could not be ended properly
        assert version(postgres_office) == before + 1
    somebody_writes(postgres_office)
    assert version(postgres_office) == before + 2  # no state is left behind


def test_server_that_goes_away_hides_no_exception_of_the_run(postgres_office: Office) -> None:
    class Rerun(BaseException):
        pass

    def run() -> None:
        with one_state(postgres_office.store):
            version(postgres_office)
            cut_off(postgres_office)
            raise Rerun

    with pytest.raises(Rerun):
        run()
    somebody_writes(postgres_office)
    before = version(postgres_office)
    open_one(postgres_office, "pengawalan")
    assert version(postgres_office) == before + 1


def test_own_write_is_seen_whatever_was_read_during_it(postgres_office: Office) -> None:
    with one_state(postgres_office.store):
        before = version(postgres_office)
        with transaction(postgres_office.store):
            assert version(postgres_office) == before
        assert version(postgres_office) == before + 1


def test_block_within_a_block_sees_the_same(postgres_office: Office) -> None:
    with one_state(postgres_office.store):
        before = version(postgres_office)
        with one_state(postgres_office.store):
            open_one(postgres_office, "pengawalan")
            assert version(postgres_office) == before + 1
        assert version(postgres_office) == before + 1


def test_write_while_something_is_being_read_leaves_it_readable(postgres_office: Office) -> None:
    with one_state(postgres_office.store), reading(postgres_office.store) as connection:
        before = data_version(connection)
        with transaction(postgres_office.store):
            pass
        assert connection.execute(text("SELECT 1")).scalar_one() == 1
        assert version(postgres_office) == before + 1
    assert postgres_office.store.pool.checkedout() == 0  # type: ignore[attr-defined]


def test_runs_that_wait_for_each_other_leave_connections_for_who_has_none(postgres_office: Office) -> None:
    """Forty runs have read and wait for what somebody without a connection is about to read."""
    reached, computed = Barrier(41), Event()

    def run() -> None:
        with one_state(postgres_office.store):
            version(postgres_office)
            reached.wait(20)
            assert computed.wait(20)

    runs = [Thread(target=run) for _ in range(40)]
    for one in runs:
        one.start()
    reached.wait(20)
    assert postgres_office.store.pool.checkedout() == KEPT_AT_ONCE  # type: ignore[attr-defined]
    version(postgres_office)
    computed.set()
    for one in runs:
        one.join(20)
    assert postgres_office.store.pool.checkedout() == 0  # type: ignore[attr-defined]
