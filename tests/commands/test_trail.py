"""The trail holds: what was altered, deleted, swapped or slipped in is found, and the database refuses it first."""

import random
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, delete, event, func, insert, select, text, update
from sqlalchemy.exc import DBAPIError

from models import audit
from models.audit import Broken
from models.database import transaction
from models.tables import AuditEntry
from tests.commands.at_once import Reply, people, pressed_at_once, second_program
from tests.commands.endings import with_endings
from tests.factories import RECEIVED_AT, Office, advance_to, finish, open_one

ROWS = 1_000
FIELDS = [column.name for column in AuditEntry.__table__.columns]


def lengthen(office: Office, *, rows: int) -> None:
    """A chain of so many rows: a real complaint from beginning to end, then acts with every kind of field."""
    case_id = open_one(office, "pengaduan")
    advance_to(office, case_id, "result_receipt")
    finish(office, case_id, "result_receipt")
    with transaction(office.store) as connection:
        held = connection.execute(select(func.max(AuditEntry.seq))).scalar_one()
        for number in range(held, rows):
            audit.append(
                connection,
                actor=office.sekretaris,
                action="step.corrected",
                now=RECEIVED_AT + timedelta(seconds=number, microseconds=number),
                case_id=case_id,
                round_id=number,
                happened_at=RECEIVED_AT + timedelta(minutes=number),
                reason=f"perbaikan ke-{number} — “sudah”",
                details={"nomor": number, "teks": "é 語"},
            )


def broken(office: Office) -> list[Broken]:
    with office.reading() as connection:
        return list(audit.verify(connection))


@contextmanager
def behind_its_back(office: Office) -> Iterator[Connection]:
    """A connection for which the database does not refuse; what it does is undone at the end."""
    with office.store.connect() as connection, connection.begin() as begun:
        if connection.dialect.name == "sqlite":
            for name in (
                connection.execute(text("SELECT name FROM sqlite_master WHERE type = 'trigger'"))
                .scalars()
                .all()
            ):
                connection.exec_driver_sql(f"DROP TRIGGER {name}")
        else:
            connection.exec_driver_sql("ALTER TABLE audit DISABLE TRIGGER ALL")
        yield connection
        begun.rollback()


def other(value: Any) -> Any:
    """A value of the same kind that is not this one."""
    if isinstance(value, datetime):
        return value + timedelta(minutes=1)
    if isinstance(value, int):
        return value + 7_000_000
    if value is None:
        return None
    return ("0" if value[0] != "0" else "1") + value[1:]


def test_trail_of_real_work_is_whole(office: Office) -> None:
    lengthen(office, rows=ROWS)
    assert broken(office) == []
    with office.reading() as connection:
        assert connection.execute(select(func.count()).select_from(AuditEntry)).scalar_one() == ROWS


def test_altering_any_field_is_found_with_its_row(office: Office) -> None:
    lengthen(office, rows=120)
    with office.reading() as connection:
        rows = connection.execute(select(AuditEntry.__table__)).mappings().all()
    chosen = [rows[0], rows[-1], *random.Random(34).sample(rows, 20)]
    tried = 0
    for row in chosen:
        for field in FIELDS:
            changed = other(row[field])
            if changed is None:
                changed = {"actor_id": 1, "case_id": 1, "round_id": 1, "happened_at": RECEIVED_AT}.get(
                    field, "x"
                )
            with behind_its_back(office) as connection:
                connection.execute(
                    update(AuditEntry).where(AuditEntry.seq == row["seq"]).values({field: changed})
                )
                found = list(audit.verify(connection))
            where = changed if field == "seq" else row["seq"]
            assert where in {one.seq for one in found}, (row["seq"], field)
            tried += 1
    assert tried == 22 * len(FIELDS)
    assert broken(office) == []


def test_deleting_swapping_and_inserting_is_found(office: Office) -> None:
    lengthen(office, rows=150)
    for seq in random.Random(14).sample(range(1, 149), 25):
        with behind_its_back(office) as connection:
            connection.execute(delete(AuditEntry).where(AuditEntry.seq == seq))
            assert Broken(seq + 1, f"row {seq} is missing") in list(audit.verify(connection))
        with behind_its_back(office) as connection:
            swap(connection, seq)
            assert {one.seq for one in audit.verify(connection)} >= {seq, seq + 1}
        with behind_its_back(office) as connection:
            slip_in(connection, after=seq)
            assert min(one.seq for one in audit.verify(connection)) == seq + 2  # where the link is cut


def swap(connection: Connection, seq: int) -> None:
    """The row and the next change places; the numbers stay without a gap."""
    for before, after in [(seq, 0), (seq + 1, seq), (0, seq + 1)]:
        connection.execute(update(AuditEntry).where(AuditEntry.seq == before).values(seq=after))


def slip_in(connection: Connection, *, after: int) -> None:
    """Make room and write a row there whose own hash is right, as somebody would who knows how."""
    highest = connection.execute(select(func.max(AuditEntry.seq))).scalar_one()
    for seq in range(highest, after, -1):
        connection.execute(update(AuditEntry).where(AuditEntry.seq == seq).values(seq=seq + 1))
    row = dict(
        connection.execute(select(AuditEntry.__table__).where(AuditEntry.seq == after)).mappings().one()
    )
    row |= {"seq": after + 1, "prev_hash": row["hash"], "reason": "diselipkan"}
    connection.execute(insert(AuditEntry).values(**(row | {"hash": audit.digest(row)})))


def close_the_gap(connection: Connection, seq: int) -> None:
    """Take the row out, move the next into its place and link it to the one before."""
    link = select(AuditEntry.prev_hash).where(AuditEntry.seq == seq)
    before = connection.execute(link).scalar_one()
    connection.execute(delete(AuditEntry).where(AuditEntry.seq >= seq + 2))
    connection.execute(delete(AuditEntry).where(AuditEntry.seq == seq))
    connection.execute(update(AuditEntry).where(AuditEntry.seq == seq + 1).values(seq=seq, prev_hash=before))


def test_closing_the_gap_of_a_deleted_row_is_found(office: Office) -> None:
    lengthen(office, rows=60)
    with behind_its_back(office) as connection:
        close_the_gap(connection, 30)
        assert list(audit.verify(connection)) == [Broken(30, "was altered")]


def test_twin_hash_that_covers_no_link_hides_a_deleted_row(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = audit.digest
    monkeypatch.setattr(audit, "digest", lambda row: whole({**row, "seq": 0, "prev_hash": ""}))
    with behind_its_back(office) as connection:
        connection.execute(delete(AuditEntry))
        with with_endings(connection):
            for number in range(3):
                audit.append(connection, actor=None, action="probe", now=RECEIVED_AT, reason=str(number))
        close_the_gap(connection, 2)
        assert list(audit.verify(connection)) == []


CHANGES = {
    "update": "UPDATE audit SET reason = 'lain' WHERE seq = 1",
    "update of nothing else": "UPDATE audit SET seq = seq WHERE seq = 1",
    "delete": "DELETE FROM audit WHERE seq = 1",
    "delete all": "DELETE FROM audit",
    "replace": (
        "INSERT OR REPLACE INTO audit SELECT seq, recorded_at, actor_id, actor_name, action, case_id, round_id, "
        "happened_at, 'lain', details, prev_hash, hash FROM audit WHERE seq = 1"
    ),
    "upsert": (
        "INSERT INTO audit SELECT * FROM audit WHERE seq = 1 ON CONFLICT (seq) DO UPDATE SET reason = 'lain'"
    ),
    "truncate": "TRUNCATE audit",
}
SPOKEN_BY = {"replace": "sqlite", "truncate": "postgresql"}


@pytest.mark.parametrize("change", CHANGES)
def test_database_itself_refuses_to_change_the_trail(office: Office, change: str) -> None:
    dialect = office.store.dialect.name
    if SPOKEN_BY.get(change, dialect) != dialect:
        return  # not a statement of this engine
    with (
        pytest.raises(DBAPIError, match="the trail cannot be changed"),
        transaction(office.store) as connection,
    ):
        connection.exec_driver_sql(CHANGES[change])
    assert broken(office) == []


def test_twin_without_triggers_the_database_obeys(office: Office) -> None:
    with behind_its_back(office) as connection:
        assert connection.exec_driver_sql(CHANGES["update"]).rowcount == 1
        assert connection.exec_driver_sql(CHANGES["delete all"]).rowcount > 0


def write_acts(office: Office, number: int) -> None:
    for at in range(number):
        with transaction(office.store) as connection:
            audit.append(
                connection,
                actor=office.sekretaris,
                action="probe",
                now=RECEIVED_AT,
                reason=str(at),
            )


def written_at_once(*programs: Office) -> list[Reply]:
    """Eight people in two programs write fifty acts each."""
    with people(8) as pool:
        return pressed_at_once(pool, [partial(write_acts, program, 50) for program in programs * 4])


def test_eight_writers_do_not_fork_the_chain(office: Office) -> None:
    with office.reading() as connection:
        held = connection.execute(select(func.max(AuditEntry.seq))).scalar_one()
    with second_program(office) as rival:
        replies = written_at_once(office, rival)
    assert [reply.error for reply in replies] == [None] * 8
    with office.reading() as connection:
        hashes = connection.execute(select(AuditEntry.prev_hash)).scalars().all()
    assert len(hashes) == len(set(hashes)) == held + 400
    assert broken(office) == []


def unlock(store: Engine) -> None:
    """From now on nobody waits at the row of the data version, which is held while the trail is written."""

    @event.listens_for(store, "before_cursor_execute", retval=True)
    def strip(_1: Any, _2: Any, statement: str, parameters: Any, _3: Any, _4: Any) -> tuple[str, Any]:
        if statement.startswith("UPDATE counter"):
            statement = "SELECT 1 WHERE %(value_1)s::int > 0"  # the row that writers wait for
        return statement, parameters


def test_twin_without_the_lock_writers_fork(postgres_office: Office) -> None:
    """The unique number turns the fork into an error, and the act is lost with what it was about."""
    with second_program(postgres_office) as rival:
        unlock(postgres_office.store)
        unlock(rival.store)
        replies = written_at_once(postgres_office, rival)
    assert "IntegrityError" in {type(reply.error).__name__ for reply in replies}


def test_twin_without_lock_and_unique_number_the_chain_forks(postgres_office: Office) -> None:
    with postgres_office.store.begin() as connection:
        for constraint in ("pk_audit", "uq_audit_hash"):
            connection.exec_driver_sql(f"ALTER TABLE audit DROP CONSTRAINT {constraint}")
    with second_program(postgres_office) as rival:
        unlock(postgres_office.store)
        unlock(rival.store)
        written_at_once(postgres_office, rival)
    with postgres_office.reading() as connection:
        before = connection.execute(select(AuditEntry.prev_hash)).scalars().all()
    assert len(before) > len(set(before))
    assert broken(postgres_office) != []
