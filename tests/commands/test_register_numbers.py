"""Register numbers: eight people open cases at once; no number twice, none missing, also where openings fail."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count, cycle
from threading import Barrier, Lock, local
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, event, func, select
from sqlalchemy.exc import DBAPIError

from models.commands import cases
from models.tables import CaseFile
from tests.commands.at_once import people, second_program
from tests.commands.endings import with_endings
from tests.factories import RECEIVED_AT, Office, latest, open_one
from tests.moments import wib

PEOPLE, EACH, EVERY = 8, 250, 10


class FullDiskError(Exception):
    """What goes wrong on purpose."""


@contextmanager
def failing_where_asked(*stores: Engine) -> Iterator[local]:
    """A note for each thread: the beginning of the statement at which its commands fail, while it is set."""
    note = local()

    def fail(*call: Any) -> None:
        statement = getattr(note, "fails_at", None)
        if statement is not None and call[2].startswith(statement):
            raise FullDiskError(statement)

    for store in stores:
        event.listen(store, "before_cursor_execute", fail)
    try:
        yield note
    finally:
        for store in stores:
            event.remove(store, "before_cursor_execute", fail)


WHERE = ("INSERT INTO case_file", "INSERT INTO audit", "INSERT INTO submission", "UPDATE counter")
FAILING = cycle(WHERE)


def open_many(office: Office, *, each: int) -> Counter[str]:
    """Eight people in two programs open `each` escorts, and one more after every tenth, at which their commands fail.

    Counts what they were told. Where it fails at the end, so it does for all who share the transaction.
    """

    def work(program: Office, start: Barrier) -> Counter[str]:
        seen: Counter[str] = Counter()
        start.wait()
        for number in range(each + each // EVERY):
            note.fails_at = next(FAILING) if number % (EVERY + 1) == EVERY else None
            try:
                open_one(program, "pengawalan")
                seen["opened"] += 1
            except Exception as error:
                seen[type(error).__name__] += 1
        return seen

    total: Counter[str] = Counter()
    with (
        second_program(office) as rival,
        failing_where_asked(office.store, rival.store) as note,
        people(PEOPLE) as pool,
    ):
        for seen in pool.map(work, [office, rival] * (PEOPLE // 2), [Barrier(PEOPLE)] * PEOPLE):
            total += seen
    return total


def numbers(office: Office, code: str = "pengawalan") -> list[tuple[int, str]]:
    query = select(CaseFile.register_seq, CaseFile.register_no).where(CaseFile.code == code)
    with office.reading() as connection:
        return [(row[0], row[1]) for row in connection.execute(query.order_by(CaseFile.register_seq))]


def test_numbers_from_eight_people_have_no_double_and_no_gap(office: Office) -> None:
    seen = open_many(office, each=EACH)
    assert seen.total() == PEOPLE * (EACH + EACH // EVERY)
    assert set(seen) <= {"opened", "FullDiskError", "OperationalError"}
    assert seen["FullDiskError"] >= PEOPLE * EACH // EVERY // len(WHERE)
    assert numbers(office) == [(seq, f"{seq:03}/KAWAL/XI/2026") for seq in range(1, seen["opened"] + 1)]


def test_twin_counting_outside_the_transaction_leaves_gaps(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn, one_at_a_time = count(1), Lock()

    def draw(_: Connection, _name: str) -> int:
        with one_at_a_time:
            return next(drawn)

    monkeypatch.setattr(cases, "next_seq", draw)
    opened = open_many(office, each=20)["opened"]
    taken = [seq for seq, _ in numbers(office)]
    assert len(taken) == opened
    assert taken != list(range(1, opened + 1))


def test_twin_largest_number_plus_one_collides(
    postgres_office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Only the unique constraint is left then, and the person is shown an error instead of a number."""

    def largest_plus_one(connection: Connection, _name: str) -> int:
        largest = connection.execute(select(func.max(CaseFile.register_seq))).scalar_one()
        return (largest or 0) + 1

    monkeypatch.setattr(cases, "next_seq", largest_plus_one)
    assert open_many(postgres_office, each=20)["IntegrityError"] > 0


def test_twin_driver_default_transactions_collide(
    sqlite_office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same on SQLite, where a deferred transaction reads first and finds the file taken when it writes."""

    @contextmanager
    def deferred(source: Any) -> Any:
        with source.connect() as plain, plain.begin(), with_endings(plain) as connection:
            yield connection

    monkeypatch.setattr(cases, "transaction", deferred)
    seen = open_many(sqlite_office, each=3)
    assert sum(number for told, number in seen.items() if told in {"OperationalError", "IntegrityError"}) > 0


def test_numbers_count_each_sop_and_each_year_by_itself(office: Office) -> None:
    january = wib("Senin 2027-01-04 08:00")
    for code, received_at in [
        ("pengawalan", RECEIVED_AT), ("pengaduan", RECEIVED_AT), ("pengaduan", january),
        ("pengawalan", january), ("pengaduan", RECEIVED_AT),
    ]:  # fmt: skip
        open_one(office, code, received_at=received_at, now=january)
    assert sorted(numbers(office)) == [(1, "001/KAWAL/I/2027"), (1, "001/KAWAL/XI/2026")]
    assert sorted(numbers(office, "pengaduan")) == [
        (1, "001/DUMAS/I/2027"), (1, "001/DUMAS/XI/2026"), (2, "002/DUMAS/XI/2026"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("received", "number"),
    [
        ("Kamis 2026-12-31 23:59", "001/DUMAS/XII/2026"),
        ("Jumat 2027-01-01 00:00", "001/DUMAS/I/2027"),
        ("Jumat 2027-01-01 06:59", "001/DUMAS/I/2027"),
    ],
)
def test_number_takes_month_and_year_of_the_office_not_of_utc(
    office: Office, received: str, number: str
) -> None:
    case_id = open_one(office, "pengaduan", received_at=wib(received))
    assert numbers(office, "pengaduan") == [(1, number)]
    assert latest(office, case_id, "recording")["started_at"] == wib(received)


def test_number_is_given_back_when_the_form_is_refused(office: Office) -> None:
    with pytest.raises(Exception, match="required"):
        open_one(office, "pengawalan", leader="")
    open_one(office, "pengawalan")
    assert numbers(office) == [(1, "001/KAWAL/XI/2026")]


def test_twin_constraint_refuses_a_number_twice(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cases, "next_seq", lambda *_: 1)
    open_one(office, "pengawalan")
    with pytest.raises(DBAPIError):
        open_one(office, "pengawalan")
