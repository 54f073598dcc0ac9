"""Targets into deadlines, deadlines into verdicts, pauses, duties and the explanation."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.explanation import Explanation, explain
from models.pauses import credited
from models.period import Period, semester
from models.sla import (
    VERDICTS,
    Deadline,
    Target,
    Unit,
    Verdict,
    deadline,
    duty_due,
    verdict,
    verdict_array,
)
from models.work_calendar import CalendarError, Moments, Override, Span, WorkCalendar
from seed.calendar_file import load
from tests.moments import on, shipped_calendar, wib, written

MINUTE = timedelta(minutes=1)


def days(upper: int, lower: int | None = None) -> Target:
    return Target(Unit.WORKING_DAYS, upper, lower)


def minutes(upper: int) -> Target:
    return Target(Unit.WORKING_MINUTES, upper)


def reckon(start: str, target: Target, *, calendar: WorkCalendar | None = None, **moments: str) -> Deadline:
    bounds = {name: wib(text) for name, text in moments.items()}
    return deadline(start_at=wib(start), target=target, calendar=calendar or shipped_calendar(), **bounds)


def due(start: str, target: Target, *, calendar: WorkCalendar | None = None, **moments: str) -> str:
    found = reckon(start, target, calendar=calendar, **moments).due_at
    assert found is not None
    return written(found)


def late(start: str, target: Target, *, calendar: WorkCalendar | None = None, **moments: str) -> str:
    found = reckon(start, target, calendar=calendar, **moments).late_from
    assert found is not None
    return written(found)


def judged(found: Deadline, *, finished: str | None = None, as_of: str = "Senin 2027-12-27 10:00") -> Verdict:
    return verdict(
        late_from=found.late_from,
        at_risk_from=found.at_risk_from,
        finished_at=wib(finished) if finished else None,
        as_of=wib(as_of),
    )


def calendar_with(**changes: object) -> WorkCalendar:
    return WorkCalendar(replace(load(), **changes))  # type: ignore[arg-type]


# Targets.


@pytest.mark.parametrize(
    ("unit", "upper", "lower"),
    [
        (Unit.WORKING_DAYS, None, None),
        (Unit.WORKING_DAYS, 0, None),
        (Unit.WORKING_DAYS, -1, None),
        (Unit.WORKING_DAYS, 1001, None),
        (Unit.WORKING_DAYS, True, None),
        (Unit.WORKING_DAYS, 2.0, None),
        (Unit.WORKING_DAYS, 2, 3),
        (Unit.WORKING_DAYS, 2, 0),
        (Unit.WORKING_MINUTES, None, 1),
        (Unit.CLOCK_MINUTES, 1001 * 1440, None),
        (Unit.SCHEDULE, 3, None),
        (Unit.NONE, None, 1),
    ],
)
def test_impossible_targets_are_refused(unit: Unit, upper: int | None, lower: int | None) -> None:
    with pytest.raises(ValueError, match=r"target|bound"):
        Target(unit, upper, lower)


# The table of rules 2 and the test vectors of the domain.


@pytest.mark.parametrize(
    ("start", "target", "expected"),
    [
        ("Rabu 2025-07-02 09:00", minutes(30), "Rabu 2025-07-02 09:30"),
        ("Kamis 2025-07-03 15:50", minutes(30), "Jumat 2025-07-04 07:50"),
        ("Kamis 2025-07-03 15:30", minutes(30), "Kamis 2025-07-03 16:00"),
        ("Jumat 2025-07-04 11:20", minutes(30), "Jumat 2025-07-04 13:20"),
        ("Kamis 2025-03-06 14:50", minutes(30), "Jumat 2025-03-07 08:20"),
        ("Kamis 2025-07-03 15:58", minutes(5), "Jumat 2025-07-04 07:33"),
        ("Selasa 2025-07-01 09:00", days(1), "Rabu 2025-07-02 16:00"),
        ("Jumat 2025-07-04 10:00", days(1), "Senin 2025-07-07 16:00"),
        ("Kamis 2025-03-27 10:00", days(7), "Rabu 2025-04-16 16:00"),
        ("Selasa 2026-03-17 10:00", days(3), "Jumat 2026-03-27 16:30"),
        ("Sabtu 2025-07-05 10:00", days(1), "Selasa 2025-07-08 16:00"),
        ("Rabu 2025-07-02 09:00", days(2, 1), "Jumat 2025-07-04 16:30"),
        ("Jumat 2026-03-13 10:00", days(7), "Selasa 2026-03-31 16:00"),
        ("Selasa 2026-03-17 10:00", days(1), "Rabu 2026-03-25 16:00"),
        ("Rabu 2026-05-13 10:00", days(3), "Rabu 2026-05-20 16:00"),
        ("Jumat 2026-11-20 10:00", days(3), "Rabu 2026-11-25 16:00"),
        ("Jumat 2026-11-20 10:00", days(7), "Selasa 2026-12-01 16:00"),
        ("Rabu 2026-12-23 10:00", days(2), "Selasa 2026-12-29 16:00"),
        ("Rabu 2026-12-23 10:00", days(7), "Kamis 2027-01-07 16:00"),
        ("Jumat 2025-08-15 10:00", days(1), "Selasa 2025-08-19 16:00"),
        ("Selasa 2024-02-13 10:00", days(1), "Kamis 2024-02-15 16:00"),
        ("Selasa 2024-11-26 10:00", days(3), "Senin 2024-12-02 16:00"),
        ("Kamis 2022-04-28 10:00", days(2), "Selasa 2022-05-10 16:00"),
        ("Kamis 2027-02-04 10:00", days(7), "Selasa 2027-02-16 15:00"),  # closing in Ramadan
        ("Sabtu 2026-11-21 10:00", days(1), "Selasa 2026-11-24 16:00"),
        ("Jumat 2026-11-20 10:00", Target(Unit.CALENDAR_DAYS, 3), "Senin 2026-11-23 16:00"),
    ],
)
def test_due_follows_the_rules_table(start: str, target: Target, expected: str) -> None:
    assert due(start, target) == expected


def test_a_range_has_an_ideal_and_a_limit() -> None:
    found = reckon("Rabu 2025-07-02 09:00", days(2, 1))
    assert found.ideal_at is not None
    assert written(found.ideal_at) == "Kamis 2025-07-03 16:00"
    assert judged(found, as_of="Kamis 2025-07-03 16:00") is Verdict.RUNNING
    assert judged(found, as_of="Kamis 2025-07-03 16:01") is Verdict.AT_RISK
    assert judged(found, finished="Jumat 2025-07-04 09:00") is Verdict.ON_TIME


def test_late_from_of_minutes_is_the_minute_of_one_too_many() -> None:
    assert late("Kamis 2025-07-03 15:30", minutes(30)) == "Jumat 2025-07-04 07:31"
    assert late("Rabu 2025-07-02 09:00", minutes(30)) == "Rabu 2025-07-02 09:31"


def test_late_from_of_days_is_the_midnight_after() -> None:
    assert late("Jumat 2025-07-04 10:00", days(1)) == "Selasa 2025-07-08 00:00"


def test_clock_minutes_run_through_the_night() -> None:
    target = Target(Unit.CLOCK_MINUTES, 120)
    found = reckon("Sabtu 2025-07-05 23:00", target)
    assert (due("Sabtu 2025-07-05 23:00", target), late("Sabtu 2025-07-05 23:00", target)) == (
        "Minggu 2025-07-06 01:00",
        "Minggu 2025-07-06 01:01",
    )
    assert found.effective_at == found.start_at
    assert found.at_risk_from == wib("Minggu 2025-07-06 00:36")


def test_a_schedule_is_bound_to_the_planned_end() -> None:
    found = reckon("Senin 2025-07-14 06:00", Target(Unit.SCHEDULE), planned_end_at="Rabu 2025-07-16 20:00")
    assert found.due_at == wib("Rabu 2025-07-16 20:00")
    assert found.late_from == wib("Rabu 2025-07-16 20:01")
    assert found.at_risk_from == wib("Senin 2025-07-14 06:00") + timedelta(minutes=62 * 60 * 4 // 5)


@pytest.mark.parametrize("unit", [Unit.SCHEDULE, Unit.NONE])
def test_without_a_limit_nothing_is_ever_on_time_or_late(unit: Unit) -> None:
    found = reckon("Senin 2025-07-14 06:00", Target(unit), not_after_at="Senin 2025-07-14 05:00")
    assert (found.due_at, found.late_from, found.at_risk_from) == (None, None, None)
    assert judged(found) is Verdict.UNMEASURED
    assert judged(found, finished="Senin 2025-07-14 07:00") is Verdict.UNMEASURED


# Departures.


@pytest.mark.parametrize(
    ("departure", "expected_due", "expected_late"),
    [
        ("Jumat 2025-07-11 06:00", "Jumat 2025-07-11 06:00", "Jumat 2025-07-11 06:01"),
        ("Jumat 2025-07-11 20:00", "Jumat 2025-07-11 16:30", "Jumat 2025-07-11 20:01"),
        ("Sabtu 2025-07-12 06:00", "Jumat 2025-07-11 16:30", "Sabtu 2025-07-12 00:00"),
    ],
)
def test_a_departure_caps_the_due_time(departure: str, expected_due: str, expected_late: str) -> None:
    start = "Kamis 2025-07-10 10:00"
    assert due(start, days(1), not_after_at=departure) == expected_due
    assert late(start, days(1), not_after_at=departure) == expected_late


def test_a_departure_before_the_start_is_late_from_the_outset() -> None:
    found = reckon("Kamis 2025-07-10 10:00", days(1), not_after_at="Kamis 2025-07-10 06:00")
    assert found.at_risk_from == found.start_at
    assert judged(found, as_of="Kamis 2025-07-10 10:00") is Verdict.OVERDUE
    assert judged(found, finished="Kamis 2025-07-10 10:00") is Verdict.LATE


def test_a_schedule_that_ends_before_it_starts_is_at_risk_from_its_start() -> None:
    found = reckon("Senin 2025-07-14 06:00", Target(Unit.SCHEDULE), planned_end_at="Minggu 2025-07-13 20:00")
    assert found.at_risk_from == found.start_at


# Elections and provisional years.


def test_in_an_election_period_hari_counts_calendar_days() -> None:
    tahapan = calendar_with(elections=(Span(on("Jumat 2026-11-20"), on("Minggu 2026-11-22")),))
    assert due("Jumat 2026-11-20 10:00", days(3), calendar=tahapan) == "Senin 2026-11-23 16:00"
    assert (
        due("Sabtu 2026-11-21 10:00", days(1), calendar=tahapan) == "Senin 2026-11-23 16:00"
    )  # Minggu, moved
    assert due("Senin 2026-11-23 10:00", days(3), calendar=tahapan) == "Kamis 2026-11-26 16:00"
    assert due("Jumat 2026-11-20 16:20", minutes(30), calendar=tahapan) == "Senin 2026-11-23 07:50"


def test_a_due_date_in_an_undecreed_year_is_provisional() -> None:
    assert not reckon("Senin 2027-12-27 10:00", days(3)).provisional
    assert reckon("Senin 2027-12-27 10:00", days(7)).provisional
    assert not reckon("Senin 2027-12-27 10:00", Target(Unit.NONE)).provisional


def test_a_deadline_beyond_the_calendar_is_refused() -> None:
    with pytest.raises(CalendarError):
        reckon("Senin 2040-12-31 10:00", days(1))


# Verdicts.


def test_overtime_on_the_due_date_is_on_time() -> None:
    found = reckon("Kamis 2025-07-03 10:00", days(1))
    assert found.due_at == wib("Jumat 2025-07-04 16:30")
    assert judged(found, finished="Jumat 2025-07-04 18:00") is Verdict.ON_TIME
    assert judged(found, finished="Sabtu 2025-07-05 10:00") is Verdict.LATE


def test_minutes_are_judged_by_what_was_used() -> None:
    assert (
        judged(reckon("Kamis 2025-07-03 15:20", minutes(30)), finished="Kamis 2025-07-03 17:00")
        is Verdict.LATE
    )
    assert (
        judged(reckon("Kamis 2025-07-03 15:30", minutes(30)), finished="Kamis 2025-07-03 18:00")
        is Verdict.ON_TIME
    )


def test_at_risk_begins_when_four_fifths_are_used() -> None:
    found = reckon("Senin 2025-07-07 10:00", days(3))
    assert due("Senin 2025-07-07 10:00", days(3)) == "Kamis 2025-07-10 16:00"
    assert shipped_calendar().elapsed(wib("Senin 2025-07-07 10:00"), wib("Kamis 2025-07-10 16:00")) == 1650
    assert judged(found, as_of="Kamis 2025-07-10 09:29") is Verdict.RUNNING
    assert judged(found, as_of="Kamis 2025-07-10 09:30") is Verdict.AT_RISK
    assert judged(found, as_of="Jumat 2025-07-11 00:00") is Verdict.OVERDUE


def test_at_risk_rounds_four_fifths_up_to_the_minute() -> None:
    assert reckon("Rabu 2025-07-02 09:00", minutes(7)).at_risk_from == wib(
        "Rabu 2025-07-02 09:06"
    )  # 5,6 minutes
    assert reckon("Rabu 2025-07-02 09:00", minutes(5)).at_risk_from == wib("Rabu 2025-07-02 09:04")


def test_a_deadline_without_working_minutes_is_at_risk_from_its_start() -> None:
    saturday = Target(Unit.WORKING_MINUTES, 30)
    found = reckon("Sabtu 2025-07-05 10:00", saturday, not_after_at="Minggu 2025-07-06 10:00")
    assert found.at_risk_from == found.start_at
    assert judged(found, as_of="Sabtu 2025-07-05 10:00") is Verdict.AT_RISK


OPTIONAL = st.none() | st.integers(0, 50)


@settings(max_examples=200, deadline=None)
@given(rows=st.lists(st.tuples(OPTIONAL, OPTIONAL, OPTIONAL), min_size=1), as_of=st.integers(0, 50))
def test_verdict_array_equals_verdict(
    rows: list[tuple[int | None, int | None, int | None]], as_of: int
) -> None:
    base = datetime(2025, 7, 2, tzinfo=UTC)

    def moment(n: int | None) -> datetime | None:
        return None if n is None else base + n * MINUTE

    def array(column: int) -> Moments:
        found = [moment(row[column]) for row in rows]
        return np.array([at and at.replace(tzinfo=None) for at in found], "M8[m]")  # None becomes NaT

    found = verdict_array(
        late_from=array(0),
        at_risk_from=array(1),
        finished_at=array(2),
        as_of=np.datetime64("2025-07-02T00:00", "m") + as_of,
    )
    assert found.dtype == np.int8
    expected = [
        verdict(
            late_from=moment(a), at_risk_from=moment(b), finished_at=moment(c), as_of=base + as_of * MINUTE
        )
        for a, b, c in rows
    ]
    assert [VERDICTS[code] for code in found] == expected


# Pauses.


def paused(
    start: str, target: Target, *pauses: tuple[str, str], not_after: str | None = None
) -> tuple[Deadline, int]:
    cap = wib(not_after) if not_after else None
    return credited(
        deadline=deadline(start_at=wib(start), target=target, calendar=shipped_calendar(), not_after_at=cap),
        target=target,
        pauses=[(wib(begin), wib(end)) for begin, end in pauses],
        calendar=shipped_calendar(),
        not_after_at=cap,
    )


def test_a_pause_credits_its_working_minutes() -> None:
    moved, taken = paused(
        "Rabu 2025-07-02 09:00", minutes(30), ("Rabu 2025-07-02 09:10", "Rabu 2025-07-02 10:40")
    )
    assert (moved.due_at, moved.late_from, taken) == (
        wib("Rabu 2025-07-02 11:00"),
        wib("Rabu 2025-07-02 11:01"),
        90,
    )
    assert moved.at_risk_from == wib("Rabu 2025-07-02 10:54")


def test_a_pause_over_a_weekend_credits_no_weekend() -> None:
    moved, taken = paused(
        "Jumat 2025-07-04 10:00", days(1), ("Jumat 2025-07-04 15:00", "Senin 2025-07-07 09:00")
    )
    assert (moved.due_at, taken) == (wib("Selasa 2025-07-08 10:30"), 180)
    assert moved.late_from == wib("Rabu 2025-07-09 00:00")


def test_only_pauses_that_begin_before_the_due_time_as_moved_count() -> None:
    first = ("Rabu 2025-07-02 09:20", "Rabu 2025-07-02 10:00")
    second = ("Rabu 2025-07-02 10:05", "Rabu 2025-07-02 10:15")  # after 09:30, before 10:10
    third = ("Rabu 2025-07-02 10:20", "Rabu 2025-07-02 11:00")  # begins at the moved due time
    moved, taken = paused("Rabu 2025-07-02 09:00", minutes(30), third, first, second)
    assert (moved.due_at, taken) == (wib("Rabu 2025-07-02 10:20"), 50)


def test_pauses_that_touch_are_accepted() -> None:
    first = ("Rabu 2025-07-02 09:10", "Rabu 2025-07-02 09:20")
    second = ("Rabu 2025-07-02 09:20", "Rabu 2025-07-02 09:30")
    assert paused("Rabu 2025-07-02 09:00", minutes(30), first, second)[1] == 20


def test_a_pause_counts_only_from_the_start_of_the_clock() -> None:
    moved, taken = paused(
        "Rabu 2025-07-02 09:00", minutes(30), ("Rabu 2025-07-02 08:00", "Rabu 2025-07-02 09:10")
    )
    assert (moved.due_at, taken) == (wib("Rabu 2025-07-02 09:40"), 10)


def test_a_pause_without_working_time_moves_nothing() -> None:
    moved, taken = paused(
        "Jumat 2025-07-04 10:00", days(1), ("Sabtu 2025-07-05 10:00", "Minggu 2025-07-06 10:00")
    )
    assert taken == 0
    assert moved == reckon("Jumat 2025-07-04 10:00", days(1))


def test_a_pause_moves_the_ideal_of_a_range_too() -> None:
    moved, _ = paused("Rabu 2025-07-02 09:00", days(2, 1), ("Rabu 2025-07-02 10:00", "Rabu 2025-07-02 11:00"))
    assert moved.ideal_at == wib("Jumat 2025-07-04 08:30")


def test_a_pause_moves_no_departure() -> None:
    moved, taken = paused(
        "Rabu 2025-07-02 09:00",
        minutes(30),
        ("Rabu 2025-07-02 09:10", "Rabu 2025-07-02 10:40"),
        not_after="Rabu 2025-07-02 10:00",
    )
    assert (moved.due_at, moved.late_from, taken) == (
        wib("Rabu 2025-07-02 10:00"),
        wib("Rabu 2025-07-02 10:01"),
        90,
    )


def test_clock_minutes_are_credited_by_the_clock() -> None:
    target = Target(Unit.CLOCK_MINUTES, 60)
    moved, taken = paused(
        "Sabtu 2025-07-05 10:00", target, ("Sabtu 2025-07-05 10:10", "Sabtu 2025-07-05 10:40")
    )
    assert (moved.due_at, taken) == (wib("Sabtu 2025-07-05 11:30"), 30)


def test_what_has_no_limit_cannot_be_credited() -> None:
    assert (
        paused(
            "Rabu 2025-07-02 09:00", Target(Unit.NONE), ("Rabu 2025-07-02 10:00", "Rabu 2025-07-02 11:00")
        )[1]
        == 0
    )


@pytest.mark.parametrize(
    ("pauses", "reason"),
    [
        ([("Rabu 2025-07-02 10:00", "Rabu 2025-07-02 09:00")], "ends before"),
        (
            [
                ("Rabu 2025-07-02 09:10", "Rabu 2025-07-02 09:20"),
                ("Rabu 2025-07-02 09:19", "Rabu 2025-07-02 09:30"),
            ],
            "overlap",
        ),
        (
            [
                ("Rabu 2025-07-02 09:10", "Rabu 2025-07-02 10:20"),
                ("Rabu 2025-07-02 09:19", "Rabu 2025-07-02 09:30"),
            ],
            "overlap",
        ),
    ],
)
def test_reversed_and_overlapping_pauses_are_refused(pauses: list[tuple[str, str]], reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        paused("Rabu 2025-07-02 09:00", minutes(30), *pauses)


# Duties and periods.


@pytest.mark.parametrize(
    ("last_on", "working_day", "expected"),
    [
        ("Selasa 2026-06-30", 1, "Rabu 2026-07-01 16:00"),
        ("Selasa 2026-06-30", 2, "Kamis 2026-07-02 16:00"),
        ("Kamis 2026-12-31", 1, "Senin 2027-01-04 16:00"),
        ("Kamis 2026-12-31", 2, "Rabu 2027-01-06 16:00"),
        ("Rabu 2025-12-31", 1, "Jumat 2026-01-02 16:30"),
        ("Rabu 2025-12-31", 2, "Senin 2026-01-05 16:00"),
        ("Rabu 2027-06-30", 1, "Kamis 2027-07-01 16:00"),
        ("Rabu 2027-06-30", 2, "Jumat 2027-07-02 16:30"),
    ],
)
def test_duties_are_due_after_the_semester(last_on: str, working_day: int, expected: str) -> None:
    found = duty_due(period_last_on=on(last_on), working_day=working_day, calendar=shipped_calendar())
    assert found.due_at is not None
    assert written(found.due_at) == expected
    assert found.start_at == datetime.combine(on(last_on), datetime.min.time(), UTC) + timedelta(hours=17)
    assert found.late_from == wib(expected).replace(hour=0, minute=0) + timedelta(days=1)


def test_a_duty_is_at_risk_on_its_last_day() -> None:
    found = duty_due(period_last_on=on("Selasa 2026-06-30"), working_day=1, calendar=shipped_calendar())
    assert found.effective_at == wib("Rabu 2026-07-01 07:30")
    assert found.at_risk_from == wib("Rabu 2026-07-01 14:30")  # 360 of 450 minutes


def test_a_moment_belongs_to_the_semester_of_its_date_in_wib() -> None:
    shipped = shipped_calendar()
    assert semester(shipped.local_date(datetime(2025, 6, 30, 17, 0, tzinfo=UTC))) == (2025, 2)
    assert semester(shipped.local_date(datetime(2025, 6, 30, 16, 59, tzinfo=UTC))) == (2025, 1)


def test_periods_know_their_first_and_last_day() -> None:
    assert Period.semester(2026, 1) == Period(date(2026, 1, 1), date(2026, 6, 30))
    assert Period.semester(2026, 2) == Period(date(2026, 7, 1), date(2026, 12, 31))
    assert Period.month(2024, 2) == Period(date(2024, 2, 1), date(2024, 2, 29))
    assert Period.month(2026, 12).last_on == date(2026, 12, 31)
    inside = [
        Period.month(2026, 11).contains(day)
        for day in (date(2026, 10, 31), date(2026, 11, 1), date(2026, 11, 30), date(2026, 12, 1))
    ]
    assert inside == [False, True, True, False]
    with pytest.raises(ValueError, match="no semester 3"):
        Period.semester(2026, 3)


# Why that deadline.


def explained(
    start: str, target: Target, *, calendar: WorkCalendar | None = None, **moments: str
) -> Explanation:
    bounds = {name: wib(text) for name, text in moments.items()}
    return explain(start_at=wib(start), target=target, calendar=calendar or shipped_calendar(), **bounds)


def test_explain_names_each_day_passed_over() -> None:
    found = explained("Kamis 2025-03-27 10:00", days(7))
    assert found.deadline == reckon("Kamis 2025-03-27 10:00", days(7))
    assert found.day_zero_on == on("Kamis 2025-03-27")
    assert [row.ordinal for row in found.days] == [0, *[None] * 11, 1, 2, 3, 4, None, None, 5, 6, 7]
    assert [row.counted for row in found.days] == [row.ordinal not in (None, 0) for row in found.days]
    named = {row.on: row for row in found.days}
    assert named[on("Rabu 2025-04-02")].names == ("Cuti Bersama Hari Raya Idul Fitri",)
    assert named[on("Sabtu 2025-04-05")].weekend
    assert not named[on("Rabu 2025-04-02")].weekend
    assert found.days[-1].on == on("Rabu 2025-04-16")


def test_explain_shows_that_a_start_after_closing_counts_from_the_next_day() -> None:
    found = explained("Jumat 2025-07-04 17:00", days(1))
    shown = [(row.on.isoformat(), row.ordinal, row.working) for row in found.days]
    assert shown == [
        ("2025-07-04", None, True),
        ("2025-07-05", None, False),
        ("2025-07-06", None, False),
        ("2025-07-07", 0, True),
        ("2025-07-08", 1, True),
    ]
    assert found.deadline.effective_at == wib("Senin 2025-07-07 07:30")


def test_explain_shows_the_stretches_of_working_time_that_were_used() -> None:
    found = explained("Jumat 2025-07-04 11:20", minutes(30))
    assert [(written(begin), written(end)) for begin, end in found.stretches] == [
        ("Jumat 2025-07-04 11:20", "Jumat 2025-07-04 11:30"),
        ("Jumat 2025-07-04 13:00", "Jumat 2025-07-04 13:20"),
    ]
    assert found.days == ()


def test_explain_tells_when_the_departure_decided() -> None:
    found = explained("Kamis 2025-07-10 10:00", days(1), not_after_at="Jumat 2025-07-11 06:00")
    assert found.capped
    assert found.own_due_at == wib("Jumat 2025-07-11 16:30")
    assert found.deadline.due_at == wib("Jumat 2025-07-11 06:00")
    assert not explained("Kamis 2025-07-10 10:00", days(1), not_after_at="Sabtu 2025-07-12 06:00").capped


def test_explain_tells_the_election_basis_and_the_move_to_a_working_day() -> None:
    tahapan = calendar_with(elections=(Span(on("Minggu 2026-11-01"), on("Senin 2026-11-30")),))
    found = explained("Rabu 2026-11-18 10:00", days(3), calendar=tahapan)
    assert (found.election, found.unit) == (True, Unit.CALENDAR_DAYS)
    assert [row.ordinal for row in found.days] == [0, 1, 2, 3, None, None]
    assert found.moved_from_on == on("Sabtu 2026-11-21")
    assert found.deadline.due_at == wib("Senin 2026-11-23 16:00")
    assert not explained("Rabu 2026-11-18 10:00", days(3)).election


def test_explain_reads_a_working_day_that_closes_at_midnight() -> None:
    saturday = Override(on("Sabtu 2025-07-05"), ((1200, 1440),), "Lembur")
    found = explained("Jumat 2025-07-04 10:00", days(1), calendar=calendar_with(overrides=(saturday,)))
    assert found.deadline.due_at == wib("Minggu 2025-07-06 00:00")
    assert [(row.on.isoformat(), row.ordinal, row.names) for row in found.days] == [
        ("2025-07-04", 0, ()),
        ("2025-07-05", 1, ("Lembur",)),
    ]


def test_explain_has_no_days_where_none_are_counted() -> None:
    bound = explained("Senin 2025-07-14 06:00", Target(Unit.SCHEDULE), planned_end_at="Rabu 2025-07-16 20:00")
    unbound = explained("Senin 2025-07-14 06:00", Target(Unit.NONE))
    for found in (bound, unbound):
        assert (found.days, found.stretches, found.capped) == ((), (), False)
        assert found.own_due_at == found.deadline.due_at
