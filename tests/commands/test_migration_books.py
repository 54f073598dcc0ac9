"""A database of the first program, with work in it, is brought to logbooks and papers: nothing is lost.

The old database is made from a present one: its rows are copied, column by column, into one at revision 0002. What
comes of it must equal the present one to the last row, the counts of outputs too, which the commands made there.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from tomllib import TOMLDecodeError

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, delete, func, insert, inspect, select, text, update

from models import migrate as migration
from models.commands.seeding import take_in
from models.database import transaction
from models.migrate import migrate
from models.sop_file import parse
from models.tables import Base, SopVersion, StepRound, StepRoundPast
from seed import calendar_file
from tests.commands.books import WRITTEN_AT, add_file, depart, fill_in, write
from tests.commands.case_rows import periodic_round
from tests.commands.database_dump import TABLES, Dump, dump
from tests.commands.flow import close, correct, give_back, skip
from tests.commands.test_outputs import recounted, send_finish, stored_counts
from tests.conftest import ENGINES, sqlite_database
from tests.factories import (
    BEGAN_ON,
    HALF_AN_HOUR,
    Office,
    advance_to,
    finish,
    latest,
    office_in,
    open_one,
    sop,
)
from tests.moments import wib

NEW_TABLES = {
    "attachment",
    "attachment_body",
    "case_assignee",
    "case_conflict",
    "case_link",
    "case_paper",
    "duty_entry",
    "form_draft",
    "journal_entry",
    "pause",
    "step_round_past",
}
NEW_COLUMNS = {"begun_at", "outputs_due", "outputs_held", "known_from"}
JUDGED = (
    "step_key", "round_no", "state", "counted", "started_at", "due_at", "late_from", "at_risk_from", "due_month",
    "finished_at", "worked_minutes", "recorded_at", "recorded_late",
)  # fmt: skip


def to_revision_2(store: Engine) -> None:
    """The tables as the first program had them."""
    config = Config()
    config.set_main_option("script_location", str(Path(migration.__file__).parent / "migrations"))
    with transaction(store, moves_data=False) as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0002")


@pytest.fixture(params=ENGINES)
def old_store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    """An empty database at revision 0002, on each engine."""
    if request.param == "postgresql":
        with request.getfixturevalue("postgres").database("revision_2", to_revision_2) as made:
            yield made
        return
    with sqlite_database(tmp_path / "old.db") as made:
        to_revision_2(made)
        yield made


@pytest.fixture
def worked(sqlite_office: Office) -> Office:
    """A present office with finished rounds of every kind, and nothing yet of what revision 0003 brought."""
    work(sqlite_office)
    return sqlite_office


def work(office: Office) -> None:
    """Rounds with and without their papers, handed back, skipped, stopped, of a semester, and of another version."""
    case_id = open_one(office, "pengawalan")
    finish(office, case_id, "confirm_schedule", data={"output_issue_inventory": "Nota 1"})
    finish(office, case_id, "prepare_personnel", data={"output_pocket_book_report": "Buku 4"})
    started_at = latest(office, case_id, "prepare_papers")["started_at"]
    give_back(office, case_id, "prepare_papers", to="prepare_personnel", at=started_at + HALF_AN_HOUR)
    finish(office, case_id, "prepare_personnel")
    finish(office, case_id, "prepare_papers", data={"output_assignment_letter": "090/ST/2026"})
    advance_to(office, case_id, "evaluate")
    complaint = open_one(office, "pengaduan")
    finish(office, complaint, "recording", data={"output_printout": "x", "output_disposition_sheet": "LD 1"})
    advance_to(office, complaint, "examination")
    skip(office, complaint, "examination", reason="tidak diperlukan")
    close(office, complaint, at=WRITTEN_AT + 100 * HALF_AN_HOUR)
    send_finish(office, periodic_round(office, "recapitulation"), "12/2027")
    send_finish(office, periodic_round(office, "semester_report"), "")
    numbered = open_one(office, "pengawalan", activity="Rapat kerja")
    advance_to(office, numbered, "prepare_papers")
    finish(office, numbered, "prepare_papers", data={"assignment_letter_number": "091/ST/2026"})
    first = latest(office, numbered, "confirm_schedule")
    for minutes, days in ((20, 1), (25, 2)):
        at = first["started_at"] + timedelta(minutes=minutes)
        correct(office, numbered, "confirm_schedule", at=at, now=first["started_at"] + timedelta(days=days))
    take_other_version(office)
    finish(
        office, open_one(office, "pengawalan", received_at=wib("Rabu 2026-12-02 09:00")), "confirm_schedule"
    )


def take_other_version(office: Office) -> None:
    """From December on the first step of an escort requires no paper."""
    source = sop("pengawalan").source
    for before, after in (
        ("version = 3\neffective_from = 2023-03-06", "version = 4\neffective_from = 2026-12-01"),
        ('and their solutions" } },', 'and their solutions" }, required = false },'),
    ):
        assert before in source
        source = source.replace(before, after, 1)
    take_in(
        office.store,
        now=WRITTEN_AT,
        began_on=BEGAN_ON,
        calendar=calendar_file.load(),
        decrees=calendar_file.decrees(),
        sops=[parse(source, name="pengawalan.toml")],
        profile={},
    )


def copy_into(old: Engine, present: Engine) -> None:
    """Every row of the present database, in the columns that the old one has."""
    looked_at, its_tables = inspect(old), set(inspect(old).get_table_names())
    with present.connect() as reading, transaction(old, moves_data=False) as writing:
        for table in Base.metadata.sorted_tables:
            if table.name not in its_tables:
                continue
            names = {column["name"] for column in looked_at.get_columns(table.name)}
            query = select(*(column for column in table.columns if column.name in names))
            rows = [dict(row) for row in reading.execute(query).mappings()]
            if table.name == "counter":  # the migrations fill it
                writing.execute(delete(table))
            if rows:
                writing.execute(insert(table), rows)
            if old.dialect.name == "postgresql" and "id" in table.columns:
                serial = func.pg_get_serial_sequence(table.name, "id")
                writing.execute(select(func.setval(serial, len(rows) + 1000)))


@contextmanager
def cut_short(store: Engine, *, broken: bool) -> Iterator[None]:
    """While it lasts, a SOP in the database cannot be read, so that the migration fails near its end."""
    with transaction(store, moves_data=False) as connection:
        sources = connection.execute(select(SopVersion.id, SopVersion.source)).all()
        if broken:
            connection.execute(update(SopVersion).where(SopVersion.id == sources[-1].id).values(source="=="))
    yield
    with transaction(store, moves_data=False) as connection:
        connection.execute(
            update(SopVersion).where(SopVersion.id == sources[-1].id).values(source=sources[-1].source)
        )


def dump_of_old(store: Engine) -> Dump:
    """All rows of the tables that the first program had."""
    with store.connect() as connection:
        return {
            name: sorted(repr(tuple(row)) for row in connection.execute(text(f'SELECT * FROM "{name}"')))
            for name in inspect(store).get_table_names()
        }


def plain(store: Engine) -> dict[str, list[str]]:
    """Every row as Python sees it, so that the two engines can be compared."""
    with store.connect() as connection:
        return {
            table.name: sorted(repr(tuple(row)) for row in connection.execute(select(table)))
            for table in Base.metadata.sorted_tables
        }


def stood(store: Engine) -> dict[int, list[tuple[object, ...]]]:
    """How each round stood one after the other, and since when: what verdicts are made of, no counts of papers."""
    found: dict[int, list[tuple[object, ...]]] = {}
    with store.connect() as connection:
        for table, key in ((StepRoundPast, StepRoundPast.round_id), (StepRound, StepRound.id)):
            columns = [getattr(table, name) for name in ("known_from", *JUDGED)]
            for round_id, *stands in connection.execute(
                select(key, *columns).order_by(key, table.known_from)
            ):
                states = found.setdefault(round_id, [])
                if not states or states[-1][1:] != tuple(
                    stands[1:]
                ):  # another count of papers is no other state
                    states.append(tuple(stands))
    return found


def everything(store: Engine) -> tuple[dict[str, list[str]], dict[int, list[tuple[object, ...]]]]:
    """All rows but the past of rounds and since when the present is known; those as `stood` tells them."""
    names = [column for column in StepRound.__table__.columns if column.name != "known_from"]
    with store.connect() as connection:
        rounds = sorted(repr(tuple(row)) for row in connection.execute(select(*names)))
    return {**plain(store), "step_round": rounds, "step_round_past": []}, stood(store)


def test_old_database_lacks_what_the_migration_brings(old_store: Engine) -> None:
    tables = set(inspect(old_store).get_table_names())
    assert set(TABLES) - tables >= NEW_TABLES
    columns = {column["name"] for column in inspect(old_store).get_columns("step_round")}
    assert {column.name for column in StepRound.__table__.columns} - columns >= NEW_COLUMNS


def test_every_row_is_kept_and_the_outputs_are_counted_as_the_commands_count(
    old_store: Engine, worked: Office
) -> None:
    copy_into(old_store, worked.store)
    assert migrate(old_store)
    assert everything(old_store) == everything(worked.store)
    migrated = office_in(old_store)
    found = stored_counts(migrated)
    assert found == recounted(migrated) == stored_counts(worked)
    assert {(1, 1), (1, 0), (0, 0), (2, 1), (None, None)} <= set(found.values())
    assert not migrate(old_store)


def test_work_goes_on_in_the_migrated_database(old_store: Engine, worked: Office) -> None:
    copy_into(old_store, worked.store)
    migrate(old_store)
    office = office_in(old_store)
    case_id = open_one(office, "pengawalan")
    advance_to(office, case_id, "escort")
    depart(office, case_id, at=WRITTEN_AT)
    write(office, case_id, "mutation_book")
    add_file(office, case_id)
    fill_in(office, case_id, "assignment_letter", number="1/ST/2026")
    finish(office, 1, "evaluate")  # of the first program
    assert stored_counts(office) == recounted(office)


def test_migration_that_fails_leaves_the_old_database_and_can_be_run_again(
    old_store: Engine, worked: Office
) -> None:
    copy_into(old_store, worked.store)
    with cut_short(old_store, broken=True):
        before = dump_of_old(old_store)
        with pytest.raises(TOMLDecodeError):
            migrate(old_store)
        assert dump_of_old(old_store) == before
        assert NEW_TABLES.isdisjoint(inspect(old_store).get_table_names())
    assert migrate(old_store)
    assert everything(old_store) == everything(worked.store)


def test_migrations_make_the_tables_that_the_program_knows(any_store: Engine) -> None:
    with any_store.connect() as connection:
        found = compare_metadata(MigrationContext.configure(connection), Base.metadata)
    assert found == []


def test_newest_revision_is_the_one_that_the_migrations_lead_to(any_store: Engine) -> None:
    with any_store.connect() as connection:
        assert migration.revision(connection) == migration.newest_revision()
        assert MigrationContext.configure(connection).get_current_revision() == migration.newest_revision()
    config = Config()
    config.set_main_option("script_location", str(Path(migration.__file__).parent / "migrations"))
    assert ScriptDirectory.from_config(config).get_heads() == [migration.newest_revision()]


def test_trail_of_the_old_database_still_cannot_be_changed(old_store: Engine, worked: Office) -> None:
    copy_into(old_store, worked.store)
    migrate(old_store)
    office = office_in(old_store)
    before = dump(office.store)
    with pytest.raises(Exception, match="the trail cannot be changed"), transaction(old_store) as connection:
        connection.execute(text("UPDATE audit SET reason = 'lain'"))
    assert dump(office.store) == before
