"""A fault at any statement of any command, or at its commit, leaves the database as it was."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, delete, event, update

from models.access import Role
from models.commands import rescue
from models.commands.duties import open_duties
from models.commands.seeding import take_in
from models.commands.sessions import sign_in, sign_out, token_hash
from models.database import transaction
from models.queries.calendar import work_calendar
from models.sop_file import parse
from models.tables import Counter, SignInFailure
from seed import calendar_file
from tests.commands.account_rows import NEW_PASSWORD
from tests.commands.command_row import EVERYBODY, Request, Row
from tests.commands.database_dump import Dump, dump, without, without_data_version
from tests.commands.endings import with_endings
from tests.commands.every_command import COMMAND_MODULES, ONE_OF_EACH
from tests.factories import BEGAN_ON, HALF_AN_HOUR, PASSWORD, RECEIVED_AT, Office, sop
from tests.moments import wib

Cutting = Callable[[Engine, int], AbstractContextManager[list[str]]]


class CutError(Exception):
    """The fault that is raised."""


@contextmanager
def cut_at(store: Engine, number: int) -> Iterator[list[str]]:
    """Raise before the statement of that number, from 1; the list holds the statements that were begun."""
    begun: list[str] = []

    def cut(*call: Any) -> None:
        begun.append(call[2])
        if len(begun) == number:
            raise CutError(call[2])

    event.listen(store, "before_cursor_execute", cut)
    try:
        yield begun
    finally:
        event.remove(store, "before_cursor_execute", cut)


@contextmanager
def cut_at_commit(store: Engine, number: int) -> Iterator[list[str]]:
    """Raise at the commit of that number, from 1; the list holds the commits that were begun."""
    begun: list[str] = []

    def cut(_: Connection) -> None:
        begun.append("COMMIT")
        if len(begun) == number:
            raise CutError("COMMIT")

    event.listen(store, "commit", cut)
    try:
        yield begun
    finally:
        event.remove(store, "commit", cut)


def stored(office: Office, row: Row) -> Dump:
    """All that may not change by half; a counted attempt stands by itself, on purpose."""
    content = dump(office.store)
    return (
        without(content, "sign_in_failure", "counter")
        if row.counts_attempts
        else without_data_version(content)
    )


def forget_attempts(office: Office) -> None:
    # a report that was made before is issued only as long as nothing has moved
    with transaction(office.store, moves_data=False) as connection:
        connection.execute(delete(SignInFailure))


def left_behind(office: Office, row: Row, cutting: Cutting) -> Iterator[str]:
    """Cut the command at each point until it comes through; name the points where something was left behind."""
    actor, request = row.somebody(office), row.prepare(office)
    with office.reading() as connection:
        work_calendar(connection)  # kept from here on: what a cut run has read may not shorten the next
    forget_attempts(office)
    before = stored(office, row)
    for number in range(1, 200):
        forget_attempts(office)
        with cutting(office.store, number) as begun:
            try:
                row.run(office, actor, request, "the form")
            except CutError as error:
                if stored(office, row) != before:
                    yield str(error)
                continue
        assert len(begun) == number - 1, f"{begun[-1]} failed and nobody was told"
        assert number > 1
        assert stored(office, row) != before
        return
    raise AssertionError("never came to an end")


def named(row: Row) -> str:
    return row.name


def _take_in(_: Office) -> Request:
    shipped = sop("pengaduan")
    text = shipped.source.replace(f"version = {shipped.version}\n", f"version = {shipped.version + 1}\n", 1)
    return {
        "now": RECEIVED_AT,
        "began_on": BEGAN_ON,
        "calendar": calendar_file.load(),
        "decrees": calendar_file.decrees(),
        "sops": [parse(text, name="pengaduan.toml")],
        "profile": {},
    }


def _sign_in(office: Office) -> Request:
    return {"username": "sekretaris", "password": PASSWORD, "address": "10.0.0.7", "now": RECEIVED_AT}


def _sign_out(office: Office) -> Request:
    session = sign_in(office.store, **_sign_in(office))
    return {"session_hash": token_hash(session), "now": RECEIVED_AT + HALF_AN_HOUR}


WITHOUT_ACTOR = [
    Row("open duties", open_duties, lambda _: {"now": wib("Senin 2027-01-04 08:00")}, EVERYBODY),
    Row("take in", take_in, _take_in, EVERYBODY),
    Row(
        "account from the terminal",
        rescue.add_account,
        lambda _: {
            "username": "baru",
            "full_name": "Pegawai Baru",
            "roles": {Role.ADMINISTRATOR},
            "password": NEW_PASSWORD,
            "now": RECEIVED_AT,
        },
        EVERYBODY,
    ),
    Row(
        "password from the terminal",
        rescue.give_password,
        lambda _: {"username": "second", "password": NEW_PASSWORD, "now": RECEIVED_AT},
        EVERYBODY,
    ),
    Row("sign in", sign_in, _sign_in, EVERYBODY, counts_attempts=True),
    Row("sign out", sign_out, _sign_out, EVERYBODY),
]
ALL = [*ONE_OF_EACH, *WITHOUT_ACTOR]


@pytest.mark.parametrize("cutting", [cut_at, cut_at_commit])
@pytest.mark.parametrize("row", ALL, ids=named)
def test_fault_at_any_point_leaves_nothing_behind(office: Office, row: Row, cutting: Cutting) -> None:
    assert list(left_behind(office, row, cutting)) == []


@pytest.mark.parametrize("row", ALL, ids=named)
def test_twin_without_one_transaction_half_is_left_behind(
    office: Office, row: Row, monkeypatch: pytest.MonkeyPatch
) -> None:
    @contextmanager
    def keep_half(store: Engine, **_: bool) -> Iterator[Connection]:
        with store.connect() as plain:
            begun = plain.begin()
            try:
                with with_endings(plain) as connection:
                    yield connection
                data_version = update(Counter).where(Counter.name == "data_version")
                connection.execute(data_version.values(value=Counter.value + 1))
            finally:
                begun.commit()

    for module in COMMAND_MODULES:
        if hasattr(module, "transaction"):
            monkeypatch.setattr(module, "transaction", keep_half)
    assert next(left_behind(office, row, cut_at))
