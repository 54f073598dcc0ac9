"""Open escorts that are *Rawan*: the latest kept entry decides, in the database as in the case."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import update

from models.access import Actor, Role
from models.commands.conflicts import declare_conflict
from models.database import transaction
from models.errors import Forbidden
from models.queries import standings
from models.queries.books import entries, stands
from models.queries.standings import Alarm, alarms
from models.tables import CaseFile
from tests.commands.duty_rows import Run, entry, escort
from tests.conftest import NOW
from tests.factories import Office, case_row, sop, token
from tests.moments import wib, written

START = wib("Rabu 2026-11-18 06:00")
END = wib("Minggu 2026-11-22 06:00")
UNSAFE = {"situation": "unsafe", "cause": "Unjuk rasa", "police_unit": "Polres Kepulauan Mentawai"}
SAFE = {"situation": "safe", "cause": "Aman kembali"}


def alarmed(office: Office, *, by: Actor | None = None, as_of: datetime = NOW) -> list[Alarm]:
    with office.reading() as connection:
        return alarms(connection, actor=by or office.sekretaris, sop=sop("pengawalan"), as_of=as_of)


def log(office: Office, case_id: int, clock: str, state: str = "kept", **data: str) -> None:
    entry(office, case_id, wib(clock), journal="situation_log", state=state, **data)


@pytest.fixture
def unsafe(office: Office) -> tuple[Office, int]:
    """One open escort that has been Rawan since Kamis 10.00."""
    case_id = escort(office, START, END, Run(begun=START))
    log(office, case_id, "Rabu 2026-11-18 08:00", **SAFE)
    log(office, case_id, "Kamis 2026-11-19 10:00", **UNSAFE)
    return office, case_id


def test_unsafe_escort_is_in_alarm_with_what_the_sop_says_of_it(unsafe: tuple[Office, int]) -> None:
    office, case_id = unsafe
    (alarm,) = alarmed(office)
    assert (alarm.case_id, alarm.register_no) == (case_id, case_row(office, case_id)["register_no"])
    assert (alarm.value, written(alarm.since_at)) == ("unsafe", "Kamis 2026-11-19 10:00")
    assert alarm.data["police_unit"] == "Polres Kepulauan Mentawai"
    assert alarm.standing.text.id == "Rawan: kendali di Kepolisian setempat"


def test_alarm_lasts_from_the_first_of_an_unbroken_run(unsafe: tuple[Office, int]) -> None:
    """Control handed from one unit to the next is one alarm; a safe hour between parts two."""
    office, case_id = unsafe
    log(office, case_id, "Kamis 2026-11-19 15:00", **(UNSAFE | {"police_unit": "Polsek Sikakap"}))
    (alarm,) = alarmed(office)
    assert written(alarm.since_at) == "Kamis 2026-11-19 10:00"
    assert alarm.data["police_unit"] == "Polsek Sikakap"
    log(office, case_id, "Kamis 2026-11-19 12:00", **SAFE)
    (alarm,) = alarmed(office)
    assert written(alarm.since_at) == "Kamis 2026-11-19 15:00"


def test_latest_is_by_when_it_happened_and_then_by_when_it_was_written(unsafe: tuple[Office, int]) -> None:
    office, case_id = unsafe
    entry(office, case_id, wib("Kamis 2026-11-19 09:59"), recorded=NOW, journal="situation_log", **SAFE)
    assert len(alarmed(office)) == 1
    log(office, case_id, "Kamis 2026-11-19 10:00", **SAFE)
    assert alarmed(office) == []


def test_struck_entries_and_other_logbooks_say_nothing(unsafe: tuple[Office, int]) -> None:
    office, case_id = unsafe
    log(office, case_id, "Kamis 2026-11-19 11:00", state="struck", **SAFE)
    entry(office, case_id, wib("Kamis 2026-11-19 12:00"), situation="safe")
    assert len(alarmed(office)) == 1
    other = escort(office, START, END, Run(begun=START))
    log(office, other, "Kamis 2026-11-19 11:00", state="struck", **UNSAFE)
    entry(office, other, wib("Kamis 2026-11-19 12:00"), situation="unsafe")
    assert [alarm.case_id for alarm in alarmed(office)] == [case_id]


def test_closed_case_is_in_no_alarm(unsafe: tuple[Office, int]) -> None:
    office, case_id = unsafe
    with transaction(office.store) as connection:
        connection.execute(update(CaseFile).where(CaseFile.id == case_id).values(closed_at=NOW))
    assert alarmed(office) == []


def test_past_day_knows_what_had_been_recorded_by_then(unsafe: tuple[Office, int]) -> None:
    office, _case_id = unsafe
    assert alarmed(office, as_of=wib("Kamis 2026-11-19 09:59")) == []
    assert len(alarmed(office, as_of=wib("Kamis 2026-11-19 10:00"))) == 1


def test_alarms_are_told_the_oldest_first_and_agree_with_the_case(unsafe: tuple[Office, int]) -> None:
    office, case_id = unsafe
    made = {case_id}
    for hours in range(1, 5):
        other = escort(office, START, END, Run(begun=START))
        made.add(other)
        moment = wib("Kamis 2026-11-19 10:00") + timedelta(hours=(-1) ** hours * hours)
        entry(office, other, moment, journal="situation_log", **(UNSAFE if hours != 3 else SAFE))
    found = alarmed(office)
    assert [alarm.since_at for alarm in found] == sorted(alarm.since_at for alarm in found)
    journal = sop("pengawalan").journal("situation_log")
    with office.reading() as connection:
        shown = {one for one in made if stands(journal, entries(connection, one))[0] == "unsafe"}
    assert {alarm.case_id for alarm in found} == shown
    assert len(shown) == 4


def test_hidden_case_raises_no_alarm_for_who_is_named(unsafe: tuple[Office, int]) -> None:
    office, _case_id = unsafe
    hide(unsafe)
    assert len(alarmed(office)) == 1
    assert alarmed(office, by=office.second) == []


def test_twin_without_the_hiding_the_alarm_is_seen(
    unsafe: tuple[Office, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    office, _case_id = unsafe
    hide(unsafe)
    monkeypatch.setattr(standings, "hidden_from", lambda _: CaseFile.id < 0)
    assert len(alarmed(office, by=office.second)) == 1


def hide(unsafe: tuple[Office, int]) -> None:
    office, case_id = unsafe
    declare_conflict(
        office.store, actor=office.sekretaris, token=token(), now=NOW, case_id=case_id,
        user_id=office.second.user_id, reason="Kerabat.",
    )  # fmt: skip


def test_alarms_are_for_those_who_may_see_the_summary(
    unsafe: tuple[Office, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    office, _case_id = unsafe
    assert len(alarmed(office, by=office.actors[Role.PIMPINAN])) == 1
    with pytest.raises(Forbidden):
        alarmed(office, by=office.nobody)
    monkeypatch.setattr(standings, "may", lambda *_: True)
    assert len(alarmed(office, by=office.nobody)) == 1
