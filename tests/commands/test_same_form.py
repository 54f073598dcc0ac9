"""The same form sent twice is counted once: one change, one act, and the second answer is that of the first."""

from functools import partial
from threading import Barrier
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, inspect, select

from models.access import Role
from models.commands import cases, intake
from models.commands.identity import reveal_identity
from models.commands.steps import finish_step
from models.errors import Invalid
from models.tables import Submission
from tests.commands.at_once import people, pressed_at_once, second_program
from tests.commands.command_row import Row
from tests.commands.database_dump import TABLES, dump, growth, without, without_data_version
from tests.commands.every_command import COMMAND_MODULES, ONE_OF_EACH
from tests.factories import HALF_AN_HOUR, RECEIVED_AT, VAULT, Office, acts, open_one, rounds, token

SENT_BY_FORM = [row for row in ONE_OF_EACH if row.takes_token]
PRESSES = 4


def named(row: Row) -> str:
    return row.name


def test_dump_holds_every_table(any_store: Engine) -> None:
    assert set(inspect(any_store).get_table_names()) == set(TABLES)


def wrong_when_sent_twice(office: Office, row: Row) -> list[str]:
    """What the second sending changed or was told otherwise."""
    request, form = row.prepare(office), token()
    actor = row.somebody(office)
    first = row.run(office, actor, request, form)
    before = dump(office.store)
    try:
        again = row.run(office, actor, request, form)
    except Exception as error:
        return [f"refused: {error!r}"]
    wrong = [] if again == first else [f"answered {again!r} after {first!r}"]
    if without_data_version(dump(office.store)) != without_data_version(before):
        wrong.append("changed")
    return wrong


@pytest.mark.parametrize("row", SENT_BY_FORM, ids=named)
def test_same_form_sent_twice_is_counted_once(office: Office, row: Row) -> None:
    assert wrong_when_sent_twice(office, row) == []


@pytest.mark.parametrize("row", SENT_BY_FORM, ids=named)
def test_twin_without_memory_the_second_form_is_counted_or_refused(
    office: Office, row: Row, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in COMMAND_MODULES:
        if hasattr(module, "answered"):
            monkeypatch.setattr(module, "answered", lambda *_, **__: None)
            monkeypatch.setattr(module, "remember", lambda *_, answer, **__: dict(answer))
    monkeypatch.setattr(intake, "_remember_all", lambda *_: None)
    assert wrong_when_sent_twice(office, row) != []


@pytest.mark.parametrize("row", SENT_BY_FORM, ids=named)
def test_same_form_pressed_at_once_is_counted_once(office: Office, row: Row) -> None:
    """Four presses leave as many rows in every table as one does, and all four are told the same."""
    actor = row.somebody(office)
    request = row.prepare(office)
    before = without(dump(office.store), "counter")  # the first number of a year makes its counter
    row.run(office, actor, request)
    by_one = growth(before, without(dump(office.store), "counter"))
    if row.everybody:  # it is one's own account, which has changed now
        actor = office.second
    request, form = row.prepare(office), token()
    before = without(dump(office.store), "counter")
    with people(PRESSES) as pool:
        replies = pressed_at_once(pool, [partial(row.run, office, actor, request, form)] * PRESSES)
    assert [reply.error for reply in replies] == [None] * PRESSES
    assert [reply.answer for reply in replies] == [replies[0].answer] * PRESSES
    assert growth(before, without(dump(office.store), "counter")) == by_one
    assert by_one["audit"] >= 1
    assert by_one["submission"] == 1


def test_twin_without_waiting_the_same_form_is_taken_twice(
    postgres_office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Writers of one program stand in line; of two on PostgreSQL only the lock on the token keeps the second back."""
    both = Barrier(2)

    def look_without_waiting(connection: Connection, *, token: str, **_: Any) -> dict[str, Any] | None:
        found = connection.execute(select(Submission.answer).where(Submission.token == token)).scalar()
        both.wait(timeout=5)
        return found

    monkeypatch.setattr(cases, "answered", look_without_waiting)
    row = next(row for row in ONE_OF_EACH if row.name == "open pengawalan")
    request = row.prepare(postgres_office)
    with second_program(postgres_office) as rival, people(2) as pool:
        presses = [
            partial(row.run, program, program.sekretaris, request, "f")
            for program in (postgres_office, rival)
        ]
        replies = pressed_at_once(pool, presses)
    assert not both.broken
    assert [type(reply.error).__name__ for reply in replies if reply.error] == ["IntegrityError"]


@pytest.mark.parametrize("row", SENT_BY_FORM, ids=named)
def test_form_whose_answer_was_lost_is_answered_when_pressed_again(
    office: Office, row: Row, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The server dies after the commit and before the answer: pressing again changes nothing and is answered."""
    request, form = row.prepare(office), token()
    actor = row.somebody(office)
    commit = office.store.dialect.do_commit

    def commit_and_die(connection: Any) -> None:
        commit(connection)
        if connection.execute(f"SELECT 1 FROM submission WHERE token = '{form}'").fetchone():
            raise ConnectionError("the line is cut")

    with monkeypatch.context() as cut:
        cut.setattr(office.store.dialect, "do_commit", commit_and_die)
        with pytest.raises(ConnectionError):
            row.run(office, actor, request, form)
    before = dump(office.store)
    row.run(office, actor, request, form)
    assert without_data_version(dump(office.store)) == without_data_version(before)


def test_form_of_another_person_or_another_kind_is_refused(office: Office) -> None:
    form = token()
    rows = {row.name: row for row in ONE_OF_EACH}
    opening = rows["open pengaduan"].prepare(office)
    rows["open pengaduan"].run(office, office.sekretaris, opening, form)
    before = dump(office.store)
    with pytest.raises(Invalid, match="no longer valid"):
        rows["open pengaduan"].run(office, office.second, opening, form)
    with pytest.raises(Invalid, match="no longer valid"):
        rows["set language"].run(office, office.sekretaris, rows["set language"].prepare(office), form)
    assert dump(office.store) == before


def test_step_sent_with_the_form_of_another_is_stored_and_the_first_answer_stays(office: Office) -> None:
    """A step is guarded by the version it was shown in; of those who share its transaction nobody may suffer for it."""
    case_id, form, answers = open_one(office, "pengawalan"), token(), []
    for _ in range(2):
        shown = next(row for row in rounds(office, case_id) if row["state"] == "open")
        at = shown["started_at"] + HALF_AN_HOUR
        answer = finish_step(
            office.store,
            actor=office.sekretaris,
            token=form,
            now=at,
            round_id=shown["id"],
            expected_version=shown["version"],
            finished_at=at,
            data={},
        )
        answers.append(answer)
    assert [row["state"] for row in rounds(office, case_id)][:2] == ["done", "done"]
    with office.reading() as connection:
        assert (
            connection.execute(select(Submission.answer).where(Submission.token == form)).scalars().all()
            == answers[:1]
        )


@pytest.mark.parametrize("unwritable", ["x" * 65, "x\0", "x\ud800"])
def test_token_that_no_database_takes_harms_only_who_sent_it(office: Office, unwritable: str) -> None:
    """It is written at the end, for all who share the transaction."""
    case_id = open_one(office, "pengawalan")
    shown = next(row for row in rounds(office, case_id) if row["state"] == "open")
    at = shown["started_at"] + HALF_AN_HOUR
    press = partial(
        finish_step,
        office.store,
        actor=office.sekretaris,
        now=at,
        round_id=shown["id"],
        expected_version=shown["version"],
        finished_at=at,
        data={},
    )
    with pytest.raises(ValueError):  # noqa: PT011 - of three kinds
        press(token=unwritable)
    assert press(token=token())["round_id"] == shown["id"]


def test_form_that_showed_one_identity_shows_no_other(office: Office) -> None:
    """Otherwise one look on the record would open every reporter's name."""
    first, other = open_one(office, "pengaduan"), open_one(office, "pengaduan", reporter_name="Nyonya Lain")
    form = token()

    def reveal(case_id: int) -> dict[str, str]:
        return reveal_identity(
            office.store,
            vault=VAULT,
            actor=office.actors[Role.TIM_PEMERIKSA],
            token=form,
            now=RECEIVED_AT,
            case_id=case_id,
            reason="klarifikasi",
        )

    assert reveal(first)["reporter_name"] == "Teuku Rahasia"
    with pytest.raises(Invalid, match="no longer valid"):
        reveal(other)
    assert len(acts(office, "identity.revealed")) == 1
