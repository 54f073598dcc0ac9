"""Recurring duties in the database: logbooks by slots against a recount, checks by working day, periodic steps."""

import random
from collections import Counter
from datetime import date, datetime, timedelta
from typing import Any

import numpy as np
import pytest
from sqlalchemy import select, update

from models.access import Actor, Role
from models.commands.conflicts import declare_conflict
from models.database import transaction
from models.errors import Forbidden
from models.queries import duty_facts, journal_slots, slot_facts
from models.queries.duty_facts import DayMonth, PeriodicFact, daily_facts, periodic_facts
from models.queries.past import entry_was_kept
from models.queries.settings import began_on
from models.queries.slot_facts import EscortSlots, JournalFacts, SlotMonth, escort_slots, journal_facts
from models.slots import Mark, SlotState, beginning, slots
from models.tables import CaseFile, JournalEntry, StepRound
from tests.commands.duty_rows import Run, check, entry, escort, other_version
from tests.conftest import NOW
from tests.factories import BEGAN_ON, Office, case_row, sop, token
from tests.moments import on, wib, written

SEMESTER = (202607, 202612)
DAY = timedelta(days=1)


def logbook(
    office: Office,
    *,
    months: tuple[int, int] = SEMESTER,
    as_of: datetime = NOW,
    by: Actor | None = None,
    latest: int = 5,
) -> JournalFacts:
    with office.reading() as connection:
        found = journal_facts(
            connection, actor=by or office.sekretaris, sop=sop("pengawalan"), months=months, as_of=as_of,
            latest=latest,
        )  # fmt: skip
    assert [facts.journal.key for facts in found] == ["mutation_book"]
    return found[0]


def escorts(
    office: Office, *, months: tuple[int, int] = SEMESTER, by: Actor | None = None
) -> list[EscortSlots]:
    book = sop("pengawalan").journal("mutation_book")
    with office.reading() as connection:
        return escort_slots(
            connection, actor=by or office.sekretaris, sop=sop("pengawalan"), journal=book, months=months,
            as_of=NOW,
        )  # fmt: skip


# Logbooks.


def test_example_of_the_rules_is_eleven_of_twelve(office: Office) -> None:
    start, end = wib("Sabtu 2026-10-31 00:00"), wib("Minggu 2026-11-01 00:00")
    case_id = escort(office, start, end, Run(begun=start, finished=end))
    clocks = "00:10 01:55 04:00 06:05 08:02 10:30 12:00 14:20 16:45 18:10 20:00 22:15"
    for clock in clocks.split():
        entry(office, case_id, wib(f"Sabtu 2026-10-31 {clock}"))
    facts = logbook(office)
    assert facts.months == (SlotMonth(202610, 11, 10, 0), SlotMonth(202611, 1, 1, 0))
    assert [(one.case_id, one.register_no) for one in facts.missed] == [
        (case_id, case_row(office, case_id)["register_no"])
    ]
    assert [written(slot.start_at) for slot in facts.missed[0].escort.row.missed] == [
        "Sabtu 2026-10-31 02:00"
    ]


def test_month_asked_for_counts_the_slots_that_end_in_it(office: Office) -> None:
    start, end = wib("Sabtu 2026-10-31 20:00"), wib("Minggu 2026-11-01 02:00")
    entry(office, escort(office, start, end, Run(finished=end)), wib("Minggu 2026-11-01 01:59"))
    assert logbook(office, months=(202610, 202610)).months == (SlotMonth(202610, 1, 0, 0),)
    assert logbook(office, months=(202611, 202611)).months == (SlotMonth(202611, 2, 1, 0),)
    assert logbook(office, months=(202612, 202612)).months == ()
    assert logbook(office, months=(202609, 202609)).months == ()
    assert [len(escorts(office, months=(month, month))) for month in (202609, 202610, 202611)] == [0, 1, 1]


def test_entry_that_was_struck_or_stands_in_another_book_fills_nothing(office: Office) -> None:
    start, end = wib("Rabu 2026-11-18 08:00"), wib("Rabu 2026-11-18 14:00")
    case_id = escort(office, start, end, Run(finished=end))
    entry(office, case_id, start, state="struck")
    entry(office, case_id, start, journal="situation_log", situation="safe")
    entry(office, case_id, wib("Rabu 2026-11-18 10:00"), recorded=wib("Rabu 2026-11-18 12:01"))
    assert logbook(office).months == (SlotMonth(202611, 3, 1, 1),)


def test_past_day_is_counted_from_what_was_recorded_by_then(office: Office) -> None:
    """On Rabu evening neither the entry nor the end is known: the escort overruns its plan."""
    start, planned, end = (wib(f"Rabu 2026-11-18 {clock}") for clock in ("08:00", "12:00", "14:00"))
    recorded = wib("Kamis 2026-11-19 08:00")
    case_id = escort(office, start, planned, Run(finished=end, recorded=recorded))
    entry(office, case_id, start, recorded=recorded)
    assert logbook(office, as_of=wib("Rabu 2026-11-18 18:30")).months == (SlotMonth(202611, 5, 0, 0),)
    assert logbook(office, as_of=recorded - timedelta(minutes=1)).months == (SlotMonth(202611, 11, 0, 0),)
    assert logbook(office, as_of=recorded).months == (SlotMonth(202611, 3, 1, 1),)


def test_departure_beats_the_plan_and_a_second_round_begins_with_its_clock(office: Office) -> None:
    planned = wib("Senin 2026-11-16 07:00")
    first = Run(begun=wib("Senin 2026-11-16 09:00"), finished=wib("Senin 2026-11-16 13:00"), state="returned")
    second = Run(started=wib("Selasa 2026-11-17 08:00"), finished=wib("Selasa 2026-11-17 10:00"))
    escort(office, planned, wib("Senin 2026-11-16 18:00"), first, second)
    assert [written(one.escort.start_at) for one in escorts(office)] == [
        "Senin 2026-11-16 09:00",
        "Selasa 2026-11-17 08:00",
    ]
    assert logbook(office).months == (SlotMonth(202611, 3, 0, 0),)


def test_step_that_never_ran_owes_no_slot(office: Office) -> None:
    start, end = wib("Senin 2026-11-16 07:00"), wib("Senin 2026-11-16 18:00")
    for state in ("skipped", "void"):
        escort(office, start, end, Run(state=state))
    escort(office, start, end)
    assert logbook(office).months == ()


def test_case_owes_what_its_own_sop_version_asks_for(office: Office) -> None:
    """Four hours: two slots of the version in force, one of four hours, none where none is asked for."""
    start, end = wib("Senin 2026-11-16 07:00"), wib("Senin 2026-11-16 11:00")
    made = [escort(office, start, end, Run(finished=end)) for _ in range(3)]
    for case_id, every_minutes in zip(made[1:], (240, None), strict=True):
        version_id = other_version(office, every_minutes=every_minutes)
        with transaction(office.store) as connection:
            connection.execute(
                update(CaseFile).where(CaseFile.id == case_id).values(sop_version_id=version_id)
            )
    for case_id in made:
        entry(office, case_id, wib("Senin 2026-11-16 10:00"))
    assert logbook(office).months == (SlotMonth(202611, 3, 2, 0),)
    assert [(one.case_id, one.escort.row.due) for one in escorts(office)] == [(made[0], 2), (made[1], 1)]


def test_missed_names_the_escorts_that_began_last(office: Office) -> None:
    made = {}
    for day in (16, 14, 18, 17):
        start = wib("Jumat 2026-11-13 07:00") + (day - 13) * DAY
        made[day] = escort(office, start, None, Run(finished=start + timedelta(hours=2)))
    entry(office, made[18], wib("Rabu 2026-11-18 08:00"))
    assert [one.case_id for one in logbook(office, latest=2).missed] == [made[17], made[16]]
    assert [one.case_id for one in escorts(office)] == [made[day] for day in (14, 16, 17, 18)]


@pytest.fixture
def hidden(office: Office) -> tuple[Office, int]:
    """Two escorts that missed a slot; the first is hidden from the second Sekretaris."""
    start, end = wib("Rabu 2026-11-18 08:00"), wib("Rabu 2026-11-18 10:00")
    first, _second = (escort(office, start, end, Run(finished=end)) for _ in range(2))
    declare_conflict(
        office.store, actor=office.sekretaris, token=token(), now=NOW, case_id=first,
        user_id=office.second.user_id, reason="Kerabat.",
    )  # fmt: skip
    return office, first


def test_hidden_case_is_counted_and_not_named(hidden: tuple[Office, int]) -> None:
    office, case_id = hidden
    for who, named in ((office.sekretaris, True), (office.second, False)):
        facts = logbook(office, by=who)
        assert facts.months == (SlotMonth(202611, 2, 0, 0),)
        assert (case_id in [one.case_id for one in facts.missed]) is named
        assert (case_id in [one.case_id for one in escorts(office, by=who)]) is named
        assert len(facts.missed) == 1 + named


def test_twin_without_the_hiding_the_case_is_named(
    hidden: tuple[Office, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    office, case_id = hidden
    monkeypatch.setattr(slot_facts, "hidden_cases", lambda *_: ())
    assert case_id in [one.case_id for one in logbook(office, by=office.second).missed]
    assert case_id in [one.case_id for one in escorts(office, by=office.second)]


def made_up(office: Office, chance: random.Random) -> None:
    """Forty escorts of three months with every kind of end, and entries in and around them."""
    for _ in range(40):
        departs = wib("Selasa 2026-09-08 06:00") + timedelta(minutes=chance.randrange(0, 74 * 1440) // 5 * 5)
        returns = departs + timedelta(minutes=chance.choice([45, 60, 119, 700, 1500]))
        begun = departs + timedelta(minutes=chance.choice([-90, 0, 35, 3000]))
        finished = begun + timedelta(minutes=chance.randrange(0, 2000))
        open_one = Run(begun=chance.choice([begun, None]))
        done = Run(begun=chance.choice([begun, None]), finished=finished, recorded=finished + 5 * DAY)
        back = Run(finished=finished, state="returned")
        again = Run(started=finished, finished=finished + timedelta(hours=chance.randrange(1, 9)))
        runs = chance.choice([(open_one,), (done,), (done,), (back, again), (back, Run(started=finished))])
        case_id = escort(
            office, chance.choice([departs, departs, None]), chance.choice([returns, None]), *runs
        )
        for _ in range(chance.randrange(14)):
            happened = departs + timedelta(minutes=chance.randrange(-200, 2200))
            recorded = happened + timedelta(minutes=chance.choice([0, 120, 121, 4000]), seconds=30)
            entry(
                office, case_id, happened, recorded=recorded, state=chance.choice(["kept"] * 5 + ["struck"])
            )


def recounted(office: Office, as_of: datetime) -> dict[int, Counter[str]]:
    """The same by plain reading: each round on its own, by the scalar rule."""
    found: dict[int, Counter[str]] = {}
    with office.reading() as connection:
        cases = {row.id: row for row in connection.execute(select(CaseFile.__table__))}
        entries = connection.execute(select(JournalEntry.__table__).where(JournalEntry.state == "kept")).all()
        rounds = connection.execute(select(StepRound.__table__).where(StepRound.step_key == "escort")).all()
    for one in rounds:
        case = cases[one.case_id]
        ended = one.finished_at is not None and one.recorded_at <= as_of
        row = slots(
            beginning(
                begun_at=one.begun_at, departs_at=case.departs_at, started_at=one.started_at,
                round_no=one.round_no,
            ),
            one.finished_at if ended else case.returns_at,
            every_minutes=120,
            entries=[Mark(e.happened_at, e.recorded_at) for e in entries if e.case_id == one.case_id],
            as_of=as_of,
            ended=ended,
        )  # fmt: skip
        for slot in row.in_state(SlotState.FILLED, SlotState.FILLED_LATE, SlotState.MISSED):
            found.setdefault(slot.month, Counter())[slot.state.value] += 1
    return found


def as_counters(months: tuple[SlotMonth, ...]) -> dict[int, Counter[str]]:
    return {
        one.month: +Counter(
            filled=one.filled - one.filled_late, filled_late=one.filled_late, missed=one.due - one.filled
        )
        for one in months
    }


MOMENTS = (NOW, wib("Rabu 2026-10-14 09:10"), wib("Jumat 2027-01-01 00:00"))


def test_slots_of_three_months_equal_a_recount(office: Office) -> None:
    made_up(office, random.Random(7))
    whole: Counter[str] = Counter()
    for as_of in MOMENTS:
        right = recounted(office, as_of)
        assert as_counters(logbook(office, months=(202601, 202712), as_of=as_of).months) == right
        for month in (202609, 202610, 202611):
            alone = logbook(office, months=(month, month), as_of=as_of).months
            assert as_counters(alone) == {key: value for key, value in right.items() if key == month}
        whole += sum(right.values(), Counter[str]())
    assert min(whole[state] for state in ("filled", "filled_late", "missed")) > 20
    for one in escorts(office):
        assert one.escort.row.due > 0


def kept_a_month_before(entry: Any, as_of: datetime, *, past: bool) -> Any:
    return entry_was_kept(entry, as_of - timedelta(days=30), past=past)


@pytest.mark.parametrize(
    ("name", "wrong"),
    [("_RAN", ("open", "done", "stopped")), ("entry_was_kept", kept_a_month_before), ("_known_ends", None)],
)
def test_twin_recount_sees_the_query_bent(
    sqlite_office: Office, name: str, wrong: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    made_up(sqlite_office, random.Random(7))
    bent = wrong if wrong is not None else (lambda ends, *_: np.zeros(len(ends), bool))
    monkeypatch.setattr(journal_slots, name, bent)
    assert any(
        as_counters(logbook(sqlite_office, months=(202601, 202712), as_of=as_of).months)
        != recounted(sqlite_office, as_of)
        for as_of in MOMENTS
    )


# Checks of a working day.


def days(
    office: Office,
    *,
    months: tuple[int, int] = (202611, 202611),
    as_of: datetime = NOW,
    began: date | None = BEGAN_ON,
) -> tuple[DayMonth, ...]:
    with office.reading() as connection:
        found = daily_facts(
            connection,
            actor=office.sekretaris,
            sop=sop("pengaduan"),
            months=months,
            as_of=as_of,
            began_on=began,
        )
    assert [facts.duty.key for facts in found] == ["email_check"]
    return found[0].months


def test_working_day_counts_from_its_closing_time_or_its_first_check(office: Office) -> None:
    """Jumat closes at 16.30, Kamis at 16.00."""
    friday, thursday = on("Jumat 2026-11-20"), on("Kamis 2026-11-19")
    before = days(office, as_of=wib("Jumat 2026-11-20 16:29"))[0]
    after = days(office, as_of=wib("Jumat 2026-11-20 16:30"))[0]
    assert (before.due, before.done, before.missed[-1]) == (14, 0, thursday)
    assert (after.due, after.done, after.missed[-1]) == (15, 0, friday)
    check(office, wib("Jumat 2026-11-20 08:00"))
    checked = days(office, as_of=wib("Jumat 2026-11-20 09:00"))[0]
    assert (checked.due, checked.done, checked.missed[-1]) == (15, 1, thursday)


def test_checks_on_days_off_count_for_nothing_but_what_they_found(office: Office) -> None:
    """Sabtu, Minggu, and Natal."""
    for moment in ("Sabtu 2026-11-14 09:00", "Minggu 2026-11-15 09:00", "Jumat 2026-12-25 09:00"):
        check(office, wib(moment), found=2)
    november, december = days(office, months=(202611, 202612), as_of=wib("Kamis 2026-12-31 23:59"))
    assert (november.due, november.done, november.found) == (21, 0, {"complaints_found": 4})
    assert (december.done, december.found) == (0, {"complaints_found": 2})
    assert on("Jumat 2026-12-25") not in december.missed
    assert on("Kamis 2026-12-24") not in december.missed  # cuti bersama


def test_days_before_the_office_began_are_not_owed(office: Office) -> None:
    check(office, wib("Senin 2026-11-09 09:00"))
    whole = days(office)[0]
    assert whole.missed[0] == on("Senin 2026-11-02")
    later = days(office, began=on("Kamis 2026-11-12"))[0]
    assert (later.due, later.done, later.missed[0]) == (6, 0, on("Kamis 2026-11-12"))
    assert [(one.due, one.done) for one in days(office, began=None)] == [(0, 0)]
    assert days(office, months=(202608, 202608)) == ()


def test_struck_check_is_none_and_one_of_several_is_enough(office: Office) -> None:
    check(office, wib("Senin 2026-11-09 09:00"), state="struck", found=9)
    check(office, wib("Selasa 2026-11-10 09:00"), found=1)
    check(office, wib("Selasa 2026-11-10 14:00"), found=2)
    month = days(office)[0]
    assert (month.done, month.found) == (1, {"complaints_found": 3})
    assert on("Senin 2026-11-09") in month.missed
    assert on("Selasa 2026-11-10") not in month.missed


def test_check_entered_after_its_day_is_done_and_said_to_be_late(office: Office) -> None:
    """Midnight of the office parts the days: 2026-11-10T17:00Z is Rabu."""
    check(office, wib("Senin 2026-11-09 09:00"), recorded=wib("Senin 2026-11-09 23:59"))
    check(office, wib("Selasa 2026-11-10 09:00"), recorded=wib("Rabu 2026-11-11 00:00"))
    check(office, wib("Kamis 2026-11-12 09:00"), recorded=wib("Jumat 2026-11-13 08:00"))
    check(office, wib("Kamis 2026-11-12 10:00"))
    assert [(one.done, one.recorded_late) for one in days(office)] == [(3, 1)]
    assert [one.done for one in days(office, as_of=wib("Selasa 2026-11-10 23:59"))] == [1]


def test_months_are_those_of_the_office(office: Office) -> None:
    """The first of November is a Minggu; Jumat 30 Oktober is October's last working day."""
    check(office, wib("Jumat 2026-10-30 23:59"))
    october, november = days(office, months=(202610, 202611))
    assert (october.month, october.due, october.done) == (202610, 22, 1)
    assert (november.month, november.due, november.done) == (202611, 14, 0)


def test_day_the_office_began_is_found(office: Office) -> None:
    with office.reading() as connection:
        assert began_on(connection) == BEGAN_ON


# Steps of a semester.


def periodic(office: Office, as_of: datetime) -> list[PeriodicFact]:
    with office.reading() as connection:
        return periodic_facts(connection, actor=office.sekretaris, sop=sop("pengaduan"), as_of=as_of)


def test_periodic_steps_are_announced_then_shown_with_their_verdict(office: Office) -> None:
    coming = periodic(office, NOW)
    assert [(one.step_key, one.period, one.verdict, written(one.due_at)) for one in coming] == [
        ("recapitulation", "2026-2", "not_started", "Senin 2027-01-04 16:00"),
        ("semester_report", "2026-2", "not_started", "Rabu 2027-01-06 16:00"),
    ]
    for half, verdict_of_first in (("2026-1", "late"), ("2026-2", "overdue")):
        _round(office, half, "recapitulation", late=half == "2026-1")
        _round(office, half, "semester_report", late=False, done=True)
        found = periodic(office, wib("Selasa 2027-02-02 09:00"))
        assert [(one.period, one.verdict) for one in found] == [(half, verdict_of_first), (half, "on_time")]
        assert (found[0].finished_at is None) is (half == "2026-2")


def _round(office: Office, period: str, step_key: str, *, late: bool, done: bool = False) -> None:
    due = wib("Senin 2027-01-04 16:00")
    finished = due + DAY if late else due - DAY
    with transaction(office.store) as connection:
        version_id = connection.execute(
            select(journal_slots.SopVersion.id).where(journal_slots.SopVersion.code == "pengaduan").limit(1)
        ).scalar_one()
        connection.execute(
            StepRound.__table__.insert().values(
                period=period, sop_version_id=version_id, code="pengaduan", step_key=step_key, round_no=1,
                state="done" if late or done else "open", counted=True, executor="sub_bagian_hukum",
                started_at=due - 2 * DAY, at_risk_from=due, due_at=due, late_from=due, due_month=202701,
                finished_at=finished if late or done else None, data={}, provisional=False, recorded_late=False,
                recorded_at=finished if late or done else None, version=1,
                recorded_by=office.sekretaris.user_id if late or done else None,
            )
        )  # fmt: skip


# Who may ask.


ASK = {
    "journal_facts": lambda connection, who: journal_facts(
        connection, actor=who, sop=sop("pengawalan"), months=SEMESTER, as_of=NOW
    ),
    "escort_slots": lambda connection, who: escort_slots(
        connection, actor=who, sop=sop("pengawalan"), journal=sop("pengawalan").journal("mutation_book"),
        months=SEMESTER, as_of=NOW,
    ),
    "daily_facts": lambda connection, who: daily_facts(
        connection, actor=who, sop=sop("pengaduan"), months=SEMESTER, as_of=NOW, began_on=BEGAN_ON
    ),
    "periodic_facts": lambda connection, who: periodic_facts(
        connection, actor=who, sop=sop("pengaduan"), as_of=NOW
    ),
}  # fmt: skip
STRANGERS = {"journal_facts": Role.DESK_PELAYANAN, "escort_slots": Role.DESK_PELAYANAN,
             "daily_facts": Role.JAGAT_SAKSANA, "periodic_facts": Role.JAGAT_SAKSANA}  # fmt: skip


@pytest.mark.parametrize("name", ASK)
def test_duties_are_for_those_who_may_see_the_summary_of_their_sop(
    sqlite_office: Office, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A role of the other SOP and an account without one are refused; without the question anybody is answered."""
    with sqlite_office.reading() as connection:
        ASK[name](connection, sqlite_office.actors[Role.PIMPINAN])
        for who in (sqlite_office.actors[STRANGERS[name]], sqlite_office.nobody):
            with pytest.raises(Forbidden):
                ASK[name](connection, who)
        for module in (slot_facts, duty_facts):
            monkeypatch.setattr(module, "may", lambda *_: True)
        ASK[name](connection, sqlite_office.nobody)
