"""What is owed each semester: the recapitulation and the report of complaints, steps 8 and 9."""

from contextlib import ExitStack
from datetime import date, datetime
from functools import partial
from typing import Any

import pytest
from sqlalchemy import RowMapping, select, update

from models.access import Role
from models.commands import duties
from models.commands.corrections import return_step
from models.commands.duties import open_duties
from models.commands.steps import finish_step, skip_step
from models.database import engine, transaction
from models.errors import Conflict, Forbidden, Invalid
from models.queries.case_file import round_view
from models.tables import Setting, StepRound
from tests.commands.at_once import all_look_first, people, pressed_at_once
from tests.commands.database_dump import dump
from tests.factories import Office, acts, token
from tests.moments import wib

NEW_YEAR = wib("Jumat 2027-01-01 00:00")


def owed(office: Office) -> list[RowMapping]:
    query = select(StepRound.__table__).where(StepRound.period.is_not(None)).order_by(StepRound.id)
    with office.reading() as connection:
        return list(connection.execute(query).mappings())


def begin_on(office: Office, day: date) -> None:
    with transaction(office.store) as connection:
        began = update(Setting).where(Setting.key == "began_on")
        connection.execute(began.values(value=day.isoformat()))


def finish(
    office: Office, row: RowMapping, *, at: datetime, role: Role = Role.SUB_BAGIAN_HUKUM
) -> dict[str, Any]:
    return finish_step(
        office.store,
        actor=office.actors[role],
        token=token(),
        now=at,
        round_id=row["id"],
        expected_version=row["version"],
        finished_at=at,
        data={"output_recapitulation": "rekap.xlsx"} if row["step_key"] == "recapitulation" else {},
    )


def test_second_semester_of_2026_is_due_on_4_and_6_january(office: Office) -> None:
    """1 January 2027 is a Friday and 5 January a holiday."""
    assert open_duties(office.store, now=NEW_YEAR) == 2
    assert [(row["step_key"], row["period"], row["due_at"]) for row in owed(office)] == [
        ("recapitulation", "2026-2", wib("Senin 2027-01-04 16:00")),
        ("semester_report", "2026-2", wib("Rabu 2027-01-06 16:00")),
    ]
    row = owed(office)[1]
    assert row["started_at"] == NEW_YEAR
    assert row["late_from"] == wib("Kamis 2027-01-07 00:00")
    assert (row["due_month"], row["counted"], row["executor"]) == (202701, True, "sub_bagian_hukum")
    assert (row["case_id"], row["state"], row["code"]) == (None, "open", "pengaduan")


def test_nothing_is_owed_before_the_semester_has_ended(office: Office) -> None:
    before = dump(office.store)
    assert open_duties(office.store, now=wib("Kamis 2026-12-31 23:59")) == 0
    assert dump(office.store) == before


def test_semesters_before_the_office_began_are_not_owed(office: Office) -> None:
    begin_on(office, date(2026, 6, 30))
    assert open_duties(office.store, now=wib("Selasa 2026-06-30 23:59")) == 0
    assert open_duties(office.store, now=wib("Rabu 2026-07-01 00:00")) == 2
    assert [row["due_at"] for row in owed(office)] == [
        wib("Rabu 2026-07-01 16:00"),
        wib("Kamis 2026-07-02 16:00"),
    ]
    assert {row["period"] for row in owed(office)} == {"2026-1"}


def test_missed_semesters_are_opened_together_and_once(office: Office) -> None:
    now = wib("Senin 2028-01-10 09:00")
    assert open_duties(office.store, now=now) == 6
    before = dump(office.store)
    assert open_duties(office.store, now=now) == 0
    assert dump(office.store) == before
    assert sorted(row["period"] for row in owed(office)) == sorted(["2026-2", "2027-1", "2027-2"] * 2)
    assert len(acts(office, "duty.opened")) == 6
    assert {act["actor_name"] for act in acts(office, "duty.opened")} == {"Patuh"}


def test_programs_that_start_at_once_open_each_duty_once(office: Office) -> None:
    with people(4) as pool:
        replies = pressed_at_once(pool, [partial(open_duties, office.store, now=NEW_YEAR)] * 4)
    assert [reply.error for reply in replies] == [None] * 4
    assert sorted(reply.answer for reply in replies) == [0, 0, 0, 2]
    assert len(owed(office)) == 2


def test_twin_without_a_line_programs_that_start_at_once_fail(
    postgres_office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(duties, "stand_in_line", all_look_first(4))
    with ExitStack() as programs, people(4) as pool:
        stores = [engine(postgres_office.store.url) for _ in range(4)]
        for store in stores:
            programs.callback(store.dispose)
        replies = pressed_at_once(pool, [partial(open_duties, store, now=NEW_YEAR) for store in stores])
    assert [type(reply.error).__name__ for reply in replies if reply.error] == ["IntegrityError"] * 3


@pytest.mark.parametrize(
    ("finished", "verdict"),
    [("Senin 2027-01-04 23:59", "on_time"), ("Selasa 2027-01-05 00:00", "late")],
)
def test_recapitulation_is_judged_by_the_day_it_was_due(office: Office, finished: str, verdict: str) -> None:
    open_duties(office.store, now=NEW_YEAR)
    row = owed(office)[0]
    answer = finish(office, row, at=wib(finished))
    assert answer == {"round_id": row["id"], "case_id": None, "opened": [], "status": None}
    with office.reading() as connection:
        _, seen = round_view(
            connection, actor=office.sekretaris, round_id=row["id"], as_of=wib("Senin 2027-02-01 09:00")
        )
    assert (seen.verdict, seen.data, seen.period) == (
        verdict,
        {"output_recapitulation": "rekap.xlsx"},
        "2026-2",
    )


def test_finished_duty_is_not_opened_again(office: Office) -> None:
    open_duties(office.store, now=NEW_YEAR)
    finish(office, owed(office)[0], at=wib("Senin 2027-01-04 10:00"))
    assert open_duties(office.store, now=wib("Senin 2027-01-11 09:00")) == 0


def test_duty_is_finished_once_and_by_its_executor(office: Office) -> None:
    open_duties(office.store, now=NEW_YEAR)
    row, at = owed(office)[0], wib("Senin 2027-01-04 10:00")
    with pytest.raises(Forbidden):
        finish(office, row, at=at, role=Role.DESK_PELAYANAN)
    finish(office, row, at=at)
    with pytest.raises(Conflict):
        finish(office, row, at=at)
    with pytest.raises(Invalid):
        finish(office, owed(office)[1], at=wib("Kamis 2026-12-31 23:59"))


def test_duty_can_neither_be_left_out_nor_handed_back(office: Office) -> None:
    open_duties(office.store, now=NEW_YEAR)
    row = owed(office)[0]
    shown = {"actor": office.sekretaris, "now": NEW_YEAR, "round_id": row["id"], "expected_version": 1}
    before = dump(office.store)
    with pytest.raises(Invalid):
        skip_step(office.store, token=token(), reason="lupa", **shown)
    with pytest.raises(Conflict):
        return_step(
            office.store, token=token(), to_step="review", returned_at=NEW_YEAR, reason="lupa", **shown
        )
    assert dump(office.store) == before
