"""A new SOP version is for cases from its effective date on; what was taken in under a version does not change."""

from contextlib import ExitStack
from datetime import date
from functools import partial

import pytest
from sqlalchemy import Engine, delete, select, text

from models.commands import seeding
from models.commands.duties import open_duties
from models.commands.seeding import ChangedSop, take_in
from models.database import engine
from models.errors import Invalid, NotFound
from models.queries.case_file import case_view
from models.queries.sops import readable, sop_in_force
from models.sop import Sop
from models.sop_file import parse
from models.tables import CalendarSpan, StepRound, WorkingHours
from seed import calendar_file, shipped
from tests.commands.at_once import Reply, all_look_first, people, pressed_at_once
from tests.commands.database_dump import dump
from tests.factories import (
    BEGAN_ON,
    RECEIVED_AT,
    TAKEN_IN_AT,
    Office,
    acts,
    case_row,
    finish,
    latest,
    open_one,
    sop,
)
from tests.moments import on, wib

NOW = wib("Rabu 2026-12-02 09:00")
FROM = wib("Selasa 2026-12-01 00:00")
SHIPPED = 3  # the version of both files


def newer(code: str, *changes: tuple[str, str], version: int = SHIPPED + 1, since: str = "2026-12-01") -> Sop:
    """The shipped SOP as its next version, with words of its file changed."""
    old = sop(code)
    source = old.source.replace(f"effective_from = {old.effective_from}", f"effective_from = {since}", 1)
    for before, after in [(f"version = {SHIPPED}\n", f"version = {version}\n"), *changes]:
        assert before in source
        source = source.replace(before, after, 1)
    return parse(source, name=f"{code}.toml")


def take(store: Engine, *sops: Sop) -> None:
    take_in(
        store,
        now=NOW,
        began_on=BEGAN_ON,
        calendar=calendar_file.load(),
        decrees=calendar_file.decrees(),
        sops=sops,
        profile={},
    )


SHORTER = ('target = { upper = 3, unit = "working_days" }', 'target = { upper = 2, unit = "working_days" }')


def test_new_version_is_for_cases_received_from_its_day_on(office: Office) -> None:
    take(office.store, newer("pengawalan", SHORTER))
    minute_before = wib("Senin 2026-11-30 23:59")
    cases = {
        received_at: open_one(
            office,
            "pengawalan",
            received_at=received_at,
            now=NOW,
            departs_at=wib("Rabu 2026-12-16 07:00"),
            returns_at=wib("Jumat 2026-12-18 07:00"),
        )
        for received_at in (RECEIVED_AT, minute_before, FROM)
    }
    versions = {}
    with office.reading() as connection:
        for received_at, case_id in cases.items():
            view = case_view(connection, actor=office.sekretaris, case_id=case_id, as_of=NOW)
            versions[received_at] = view.sop.version
    assert versions == {RECEIVED_AT: SHIPPED, minute_before: SHIPPED, FROM: SHIPPED + 1}
    assert latest(office, cases[minute_before], "confirm_schedule")["due_at"] == wib("Jumat 2026-12-04 16:30")
    assert latest(office, cases[FROM], "confirm_schedule")["due_at"] == wib("Kamis 2026-12-03 16:00")


def test_old_case_goes_on_under_its_own_version(office: Office) -> None:
    """Also steps that begin after the new version came, and the numbers go on in one row."""
    case_id = open_one(office, "pengawalan")
    longer = (
        'after = ["confirm_schedule"]\ntarget = { upper = 1,',
        'after = ["confirm_schedule"]\ntarget = { upper = 9,',
    )
    take(office.store, newer("pengawalan", longer))
    before = latest(office, case_id, "confirm_schedule")
    finish(office, case_id, "confirm_schedule", at=NOW)
    begun = latest(office, case_id, "prepare_personnel")
    assert begun["due_at"] == case_row(office, case_id)["departs_at"]  # which has passed by now
    assert begun["sop_version_id"] == before["sop_version_id"]
    new = open_one(office, "pengawalan", received_at=NOW, now=NOW)
    assert case_row(office, new)["register_no"] == "002/KAWAL/XII/2026"


def test_version_of_the_same_day_takes_the_place_of_the_one_before(office: Office) -> None:
    """An office that began with the first files opens its cases under the second from the day they come."""
    case_id = open_one(office, "pengawalan")
    take(office.store, newer("pengawalan", version=SHIPPED + 1, since="2023-03-06"))
    with office.reading() as connection:
        assert sop_in_force(connection, "pengawalan", on("Senin 2023-03-06"))[1].version == SHIPPED + 1
        view = case_view(connection, actor=office.sekretaris, case_id=case_id, as_of=NOW)
    assert view.sop.version == SHIPPED
    take(office.store, newer("pengawalan", version=SHIPPED - 1, since="2023-03-06"))
    with office.reading() as connection:
        assert sop_in_force(connection, "pengawalan", on("Rabu 2026-12-02"))[1].version == SHIPPED + 1


def test_new_field_is_asked_of_new_cases_only(office: Office) -> None:
    case_id = open_one(office, "pengawalan")
    required = ('key = "requesting_unit"\n', 'key = "requesting_unit"\nrequired = true\n')
    take(office.store, newer("pengawalan", required))
    finish(office, case_id, "confirm_schedule")
    with pytest.raises(Invalid) as refused:
        open_one(office, "pengawalan", received_at=NOW, now=NOW)
    assert set(refused.value.problems) == {"requesting_unit"}


def test_changed_file_under_an_old_version_is_refused_and_stores_nothing(office: Office) -> None:
    changed = newer("pengaduan", SHORTER, version=SHIPPED, since="2022-06-21")
    new = newer("pengawalan")
    before = dump(office.store)
    with pytest.raises(ChangedSop, match=f"pengaduan: version {SHIPPED}"):
        take(office.store, new, changed)
    assert dump(office.store) == before


def test_twin_without_the_hash_a_changed_file_would_change_old_cases(office: Office) -> None:
    case_id = open_one(office, "pengaduan")
    changed = newer("pengaduan", SHORTER, version=SHIPPED, since="2022-06-21")
    with office.store.begin() as connection:
        connection.execute(
            text("UPDATE sop_version SET source = :source, sha256 = :sha256 WHERE code = 'pengaduan'"),
            {"source": changed.source, "sha256": changed.sha256},
        )
    with office.reading() as connection:
        view = case_view(connection, actor=office.sekretaris, case_id=case_id, as_of=NOW)
    assert view.sop.sha256 != sop("pengaduan").sha256


def test_taking_in_again_changes_nothing(office: Office) -> None:
    before = dump(office.store)
    shipped.prepare(office.store, now=TAKEN_IN_AT, began_on=date(2020, 1, 1))
    after = dump(office.store)
    del before["counter"], after["counter"]
    assert after == before


def test_new_version_leaves_an_act(office: Office) -> None:
    take(office.store, newer("pengawalan"))
    details = acts(office, "sop.taken_in")[-1]["details"]
    assert '"code": "pengawalan"' in details
    assert f'"version": {SHIPPED + 1}' in details


def test_case_before_any_version_is_refused_beside_its_receipt(office: Office) -> None:
    before = dump(office.store)
    with pytest.raises(Invalid) as refused:
        open_one(office, "pengaduan", received_at=wib("Senin 2022-06-20 23:59"), now=NOW)
    assert refused.value.problems["received_at"].params == {"on": on("Senin 2022-06-20")}
    assert dump(office.store) == before
    open_one(office, "pengaduan", received_at=wib("Selasa 2022-06-21 00:00"), now=NOW)


def test_version_in_force_is_the_newest_effective_one(office: Office) -> None:
    take(office.store, newer("pengawalan"), newer("pengawalan", version=SHIPPED + 2, since="2027-02-01"))
    with office.reading() as connection:
        found = {
            day: sop_in_force(connection, "pengawalan", on(day))[1].version
            for day in ("Senin 2026-11-30", "Selasa 2026-12-01", "Minggu 2027-01-31", "Senin 2027-02-01")
        }
        assert list(found.values()) == [SHIPPED, SHIPPED + 1, SHIPPED + 1, SHIPPED + 2]
        with pytest.raises(NotFound):
            sop_in_force(connection, "pengawalan", on("Minggu 2023-03-05"))
        assert [one.code for one in readable(connection, office.nobody, on("Selasa 2026-12-01"))] == []


def test_duty_is_owed_by_the_version_in_force_when_its_semester_ended(office: Office) -> None:
    """A version that asks for the recapitulation on the fifth working day counts from the next semester on."""
    fifth = (
        'periodic = { every = "semester", working_day = 1 }',
        'periodic = { every = "semester", working_day = 5 }',
    )
    take(office.store, newer("pengaduan", fifth, since="2027-01-01"))
    open_duties(office.store, now=wib("Kamis 2027-07-01 09:00"))
    query = select(StepRound.period, StepRound.due_at).where(StepRound.step_key == "recapitulation")
    with office.reading() as connection:
        due = {row.period: row.due_at for row in connection.execute(query)}
    assert due == {"2026-2": wib("Senin 2027-01-04 16:00"), "2027-1": wib("Rabu 2027-07-07 16:00")}


def start_at_once(store: Engine) -> list[Reply]:
    """Four programs, each with an engine of its own."""
    with ExitStack() as programs, people(4) as pool:
        stores = [engine(store.url) for _ in range(4)]
        for one in stores:
            programs.callback(one.dispose)
        starts = [partial(shipped.prepare, one, now=TAKEN_IN_AT, began_on=BEGAN_ON) for one in stores]
        return pressed_at_once(pool, starts)


def test_programs_that_start_at_once_take_in_each_version_once(any_store: Engine) -> None:
    """Two servers on one PostgreSQL, both at their first start."""
    assert [reply.error for reply in start_at_once(any_store)] == [None] * 4
    with any_store.connect() as connection:
        stored = connection.execute(text("SELECT code, version FROM sop_version ORDER BY code")).all()
    assert [tuple(row) for row in stored] == [("pengaduan", SHIPPED), ("pengawalan", SHIPPED)]


def test_twin_without_a_line_programs_that_start_at_once_fail(
    postgres_office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(seeding, "stand_in_line", all_look_first(4))
    with postgres_office.store.begin() as connection:
        for table in (WorkingHours, CalendarSpan):
            connection.execute(delete(table))
    errors = [type(reply.error).__name__ for reply in start_at_once(postgres_office.store)]
    assert errors.count("IntegrityError") == 3
