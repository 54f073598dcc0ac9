"""Working time: what counts, the sums made of it, and what is refused."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import holidays
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.work_calendar import (
    CalendarData,
    CalendarError,
    DayOff,
    HoursRule,
    Interval,
    Override,
    Span,
    WorkCalendar,
)
from seed.calendar_file import FOLDER, CalendarFileError, decrees, load
from tests.moments import on, shipped_calendar, wib, written

OFFICE: tuple[Interval, ...] = ((450, 720), (780, 960))
WEEK = (OFFICE,) * 5 + ((), ())
ORDINARY = HoursRule(date(2020, 1, 1), ramadan=False, week=WEEK)


def calendar(**changes: object) -> WorkCalendar:
    data = CalendarData(hours=(ORDINARY,), first_on=date(2025, 1, 1), last_on=date(2025, 12, 31))
    return WorkCalendar(replace(data, **changes))  # type: ignore[arg-type]


# What counts.


@pytest.mark.parametrize(
    ("at", "working"),
    [
        ("Rabu 2025-07-02 07:29", False),
        ("Rabu 2025-07-02 07:30", True),
        ("Rabu 2025-07-02 11:59", True),
        ("Rabu 2025-07-02 12:00", False),
        ("Rabu 2025-07-02 13:00", True),
        ("Rabu 2025-07-02 15:59", True),
        ("Rabu 2025-07-02 16:00", False),
        ("Jumat 2025-07-04 11:30", False),
        ("Jumat 2025-07-04 16:29", True),
        ("Kamis 2025-03-06 07:30", False),
        ("Kamis 2025-03-06 14:59", True),
        ("Kamis 2025-03-06 15:00", False),
        ("Sabtu 2025-07-05 10:00", False),
        ("Senin 2025-08-18 10:00", False),
    ],
)
def test_is_working_follows_half_open_hours(at: str, working: bool) -> None:
    assert shipped_calendar().is_working(wib(at)) is working


@pytest.mark.parametrize(
    ("at", "effective"),
    [
        ("Rabu 2025-07-02 09:00", "Rabu 2025-07-02 09:00"),
        ("Rabu 2025-07-02 05:00", "Rabu 2025-07-02 07:30"),
        ("Rabu 2025-07-02 12:15", "Rabu 2025-07-02 13:00"),
        ("Rabu 2025-07-02 16:00", "Kamis 2025-07-03 07:30"),
        ("Sabtu 2025-07-05 10:00", "Senin 2025-07-07 07:30"),
        ("Kamis 2025-03-27 15:00", "Selasa 2025-04-08 07:30"),
    ],
)
def test_effective_start_is_the_start_or_the_next_opening(at: str, effective: str) -> None:
    assert written(shipped_calendar().effective_start(wib(at))) == effective


def test_elapsed_over_a_week_is_the_prescribed_hours() -> None:
    shipped = shipped_calendar()
    assert shipped.elapsed(wib("Senin 2025-07-07 00:00"), wib("Senin 2025-07-14 00:00")) == 37 * 60 + 30
    assert shipped.elapsed(wib("Senin 2025-03-03 00:00"), wib("Senin 2025-03-10 00:00")) == 32 * 60 + 30


def test_elapsed_of_a_reversed_pair_is_refused() -> None:
    begin, end = wib("Rabu 2025-07-02 09:00"), wib("Rabu 2025-07-02 08:59")
    with pytest.raises(ValueError, match="before"):
        shipped_calendar().elapsed(begin, end)
    assert shipped_calendar().elapsed(begin, begin) == 0


def test_elapsed_cuts_seconds_off() -> None:
    begin, end = wib("Rabu 2025-07-02 09:00"), wib("Rabu 2025-07-02 09:30")
    late = timedelta(seconds=59)
    assert shipped_calendar().elapsed(begin + late, end + late) == 30


def test_naive_moments_are_refused() -> None:
    with pytest.raises(TypeError):
        shipped_calendar().elapsed(datetime(2025, 7, 2, 9), datetime(2025, 7, 2, 10))


def test_add_minutes_used_up_at_closing_stays_at_that_closing() -> None:
    shipped = shipped_calendar()
    assert written(shipped.add_minutes(wib("Kamis 2025-07-03 15:30"), 30)) == "Kamis 2025-07-03 16:00"
    assert written(shipped.add_minutes(wib("Kamis 2025-07-03 15:30"), 31)) == "Jumat 2025-07-04 07:31"


def test_add_minutes_of_nothing_is_the_start_even_outside_working_time() -> None:
    night = wib("Kamis 2025-07-03 23:11")
    assert shipped_calendar().add_minutes(night, 0) == night


def test_add_minutes_of_less_than_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="-1"):
        shipped_calendar().add_minutes(wib("Kamis 2025-07-03 09:00"), -1)


def test_the_zone_of_the_argument_does_not_matter() -> None:
    local = wib("Kamis 2025-07-03 15:50")
    shipped = shipped_calendar()
    assert shipped.add_minutes(local, 30) == shipped.add_minutes(local.astimezone(UTC), 30)
    assert shipped.add_minutes(local, 30).tzinfo is UTC
    assert shipped.local_date(datetime(2025, 6, 30, 17, 0, tzinfo=UTC)) == date(2025, 7, 1)
    assert shipped.local_date(datetime(2025, 6, 30, 16, 59, tzinfo=UTC)) == date(2025, 6, 30)


def test_another_offset_moves_the_office() -> None:
    wit = calendar(utc_offset_minutes=540)
    assert wit.effective_start(datetime(2025, 7, 1, 22, 0, tzinfo=UTC)) == datetime(
        2025, 7, 1, 22, 30, tzinfo=UTC
    )


# Days.


def test_working_days_per_year_are_those_of_the_decrees() -> None:
    days = [date(2022, 1, 1) + timedelta(days=n) for n in range(6 * 365 + 1)]
    counted = {
        year: sum(shipped_calendar().is_working_day(day) for day in days if day.year == year)
        for year in range(2022, 2028)
    }
    assert counted == {2022: 246, 2023: 239, 2024: 238, 2025: 237, 2026: 240, 2027: 242}


def test_nth_working_day_after_is_strictly_after() -> None:
    shipped = shipped_calendar()
    assert shipped.nth_working_day_after(on("Jumat 2025-07-04"), 1) == on("Senin 2025-07-07")
    assert shipped.nth_working_day_after(on("Sabtu 2025-07-05"), 1) == on("Senin 2025-07-07")
    assert shipped.nth_working_day_after(on("Kamis 2025-03-27"), 7) == on("Rabu 2025-04-16")
    with pytest.raises(ValueError, match="0-th"):
        shipped.nth_working_day_after(on("Jumat 2025-07-04"), 0)


def test_next_working_day_is_the_day_itself_when_it_works() -> None:
    assert shipped_calendar().next_working_day(on("Jumat 2025-07-04")) == on("Jumat 2025-07-04")
    assert shipped_calendar().next_working_day(on("Sabtu 2025-08-16")) == on("Selasa 2025-08-19")


def test_closing_belongs_to_working_days_only() -> None:
    assert written(shipped_calendar().closing(on("Jumat 2025-07-04"))) == "Jumat 2025-07-04 16:30"
    with pytest.raises(CalendarError, match="2025-07-05 is not a working day"):
        shipped_calendar().closing(on("Sabtu 2025-07-05"))


def test_day_off_names_tell_every_reason_of_a_date() -> None:
    double = calendar(
        days_off=(
            DayOff(date(2025, 5, 1), "national", "Hari Buruh"),
            DayOff(date(2025, 5, 1), "local", "Hari Jadi"),
        )
    )
    assert double.day_off_names(date(2025, 5, 1)) == ("Hari Buruh", "Hari Jadi")
    assert double.day_off_names(date(2025, 5, 2)) == ()


def test_years_without_a_decree_are_provisional() -> None:
    assert not shipped_calendar().is_provisional(date(2027, 12, 31))
    assert shipped_calendar().is_provisional(date(2028, 1, 3))


def test_election_periods_hold_both_their_ends() -> None:
    tahapan = calendar(elections=(Span(date(2025, 6, 1), date(2025, 6, 30)),))
    days = [date(2025, 5, 31), date(2025, 6, 1), date(2025, 6, 30), date(2025, 7, 1)]
    assert [tahapan.in_election(day) for day in days] == [False, True, True, False]


# Rules of hours and overrides.


def test_the_latest_rule_in_force_holds() -> None:
    shorter = HoursRule(date(2025, 7, 9), ramadan=False, week=(((480, 600),),) * 5 + ((), ()))
    dated = calendar(hours=(shorter, ORDINARY))
    assert dated.intervals(date(2025, 7, 8)) == OFFICE
    assert dated.intervals(date(2025, 7, 9)) == ((480, 600),)


def test_ramadan_without_its_own_rule_keeps_ordinary_hours() -> None:
    window = (Span(date(2025, 3, 1), date(2025, 3, 30)),)
    assert calendar(ramadan=window).intervals(date(2025, 3, 3)) == OFFICE
    own = HoursRule(date(2025, 3, 10), ramadan=True, week=(((480, 900),),) * 5 + ((), ()))
    dated = calendar(ramadan=window, hours=(ORDINARY, own))
    assert dated.intervals(date(2025, 3, 7)) == OFFICE
    assert dated.intervals(date(2025, 3, 10)) == ((480, 900),)
    assert dated.intervals(date(2025, 3, 31)) == OFFICE


def test_overrides_beat_days_off_and_weekends() -> None:
    decided = calendar(
        days_off=(DayOff(date(2025, 7, 1), "joint", "Cuti Bersama"),),
        overrides=(
            Override(date(2025, 7, 1), OFFICE, "Piket"),
            Override(date(2025, 7, 2), (), "Banjir"),
            Override(date(2025, 7, 3), ((450, 720),), "Setengah hari"),
            Override(date(2025, 7, 5), ((540, 1440),), "Lembur"),
        ),
    )
    assert [decided.is_working_day(date(2025, 7, day)) for day in (1, 2, 3, 4, 5, 6)] == [
        True,
        False,
        True,
        True,
        True,
        False,
    ]
    assert written(decided.closing(date(2025, 7, 3))) == "Kamis 2025-07-03 12:00"
    assert written(decided.closing(date(2025, 7, 5))) == "Minggu 2025-07-06 00:00"
    assert decided.day_off_names(date(2025, 7, 1)) == ("Piket",)


def test_before_the_first_rule_nothing_is_known() -> None:
    later = HoursRule(date(2025, 3, 1), ramadan=False, week=WEEK)
    with pytest.raises(CalendarError, match="2025-03-01"):
        calendar(hours=(later,)).elapsed(wib("Senin 2025-02-03 09:00"), wib("Senin 2025-03-03 09:00"))


# What is refused.


@pytest.mark.parametrize(
    "hours",
    [(), (HoursRule(date(2020, 1, 1), ramadan=False, week=((),) * 7),)],
    ids=["no rule", "empty week"],
)
def test_an_empty_calendar_is_refused_and_never_loops(hours: tuple[HoursRule, ...]) -> None:
    with pytest.raises(CalendarError, match="no working time"):
        calendar(hours=hours)


def test_a_calendar_whose_every_day_is_off_is_refused() -> None:
    year = [date(2025, 1, 1) + timedelta(days=n) for n in range(365)]
    with pytest.raises(CalendarError, match="no working time"):
        calendar(days_off=tuple(DayOff(day, "local", "Tutup") for day in year))


def test_more_working_time_than_there_is_is_refused() -> None:
    year = calendar()
    last = wib("Rabu 2025-12-31 15:00")
    assert written(year.add_minutes(last, 60)) == "Rabu 2025-12-31 16:00"
    calls: list[Callable[[], object]] = [
        lambda: year.add_minutes(last, 61),
        lambda: year.effective_start(wib("Rabu 2025-12-31 16:00")),
        lambda: year.nth_working_day_after(date(2025, 12, 30), 2),
        lambda: year.add_minutes_array(np.array(["2025-12-31T08:00"], "M8[m]"), 61),
        lambda: year.due_days_array(np.array(["2025-12-30T08:00"], "M8[m]"), 2),
    ]
    for call in calls:
        with pytest.raises(CalendarError, match="ends on 2025-12-31"):
            call()


def test_moments_outside_the_horizon_are_refused() -> None:
    year = calendar()
    before, inside = np.datetime64("2024-12-31T16:59", "m"), np.datetime64("2025-07-02T02:00", "m")
    calls: list[Callable[[], object]] = [
        lambda: year.is_working(wib("Selasa 2024-12-31 23:59")),
        lambda: year.is_working(wib("Kamis 2026-01-01 00:01")),
        lambda: year.is_working_day(date(2026, 1, 1)),
        lambda: year.elapsed_array(np.array([before]), np.array([inside])),
        lambda: year.add_minutes_array(np.array([inside, np.datetime64("NaT")]), 5),
        lambda: year.due_days_array(np.array([before]), 1),
    ]
    for call in calls:
        with pytest.raises(CalendarError, match="outside the working calendar"):
            call()
    assert not year.is_working(wib("Kamis 2026-01-01 00:00"))  # the end itself is still inside


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"hours": (HoursRule(date(2025, 1, 1), ramadan=False, week=(OFFICE,)),)}, "seven days"),
        ({"overrides": (Override(date(2025, 1, 1), ((600, 500),), ""),)}, "overlapping"),
        ({"overrides": (Override(date(2025, 1, 1), ((600, 700), (650, 800)), ""),)}, "overlapping"),
        ({"overrides": (Override(date(2025, 1, 1), ((600, 1441),), ""),)}, "overlapping"),
        ({"overrides": (Override(date(2025, 1, 1), (), ""),) * 2}, "Two overrides"),
        ({"hours": (ORDINARY, ORDINARY)}, "Two rules"),
        ({"ramadan": (Span(date(2025, 2, 1), date(2025, 1, 1)),)}, "cannot end before"),
        ({"last_on": date(2024, 1, 1)}, "cannot end before"),
    ],
)
def test_impossible_calendar_data_is_refused(changes: dict[str, object], reason: str) -> None:
    with pytest.raises(CalendarError, match=reason):
        calendar(**changes)


# Arrays.


def test_arrays_refuse_what_scalars_refuse() -> None:
    year = calendar()
    moments = np.array(["2025-07-02T02:00", "2025-07-03T02:00"], "M8[m]")
    with pytest.raises(ValueError, match="before its start"):
        year.elapsed_array(moments, moments[::-1])
    with pytest.raises(ValueError, match="2 starts, 1 ends"):
        year.elapsed_array(moments, moments[:1])
    with pytest.raises(ValueError, match="negative"):
        year.add_minutes_array(moments, np.array([1, -1]))
    with pytest.raises(ValueError, match="negative"):
        year.due_days_array(moments, -1)


def test_due_days_array_shifts_day_zero_from_the_closing_minute_on() -> None:
    starts = np.array(
        ["2025-07-04T09:29", "2025-07-04T09:30", "2025-07-05T03:00"], "M8[m]"
    )  # Jumat 16:29, 16:30, Sabtu
    due = np.array(["2025-07-07T09:00", "2025-07-08T09:00", "2025-07-08T09:00"], "M8[m]")
    assert shipped_calendar().due_days_array(starts, 1).tolist() == due.tolist()


def test_empty_arrays_give_empty_arrays() -> None:
    nothing = np.array([], "M8[m]")
    year = calendar()
    assert len(year.elapsed_array(nothing, nothing)) == 0
    assert len(year.add_minutes_array(nothing, 5)) == 0
    assert len(year.due_days_array(nothing, 5)) == 0


def test_arrays_longer_than_a_block_are_joined_in_order() -> None:
    size = 70_000
    starts = np.datetime64("2025-01-06T00:30", "m") + np.arange(size) * 5
    ends = starts + 1440
    taken = shipped_calendar().elapsed_array(starts, ends)
    for place in (0, 32_767, 32_768, 65_536, size - 1):
        begin = starts[place].astype(datetime).replace(tzinfo=UTC)
        assert taken[place] == shipped_calendar().elapsed(begin, begin + timedelta(days=1))


# Properties.

MINUTES = st.integers(0, 6 * 365 * 1440).map(
    lambda n: datetime(2022, 1, 1, tzinfo=UTC) + timedelta(minutes=n)
)


@settings(max_examples=300, deadline=None)
@given(start=MINUTES, n=st.integers(1, 20_000))
def test_adding_is_the_inverse_of_elapsed(start: datetime, n: int) -> None:
    due = shipped_calendar().add_minutes(start, n)
    assert shipped_calendar().elapsed(start, due) == n
    assert shipped_calendar().elapsed(start, due - timedelta(minutes=1)) == n - 1  # the earliest such minute


@settings(max_examples=300, deadline=None)
@given(moments=st.lists(MINUTES, min_size=3, max_size=3).map(sorted))
def test_elapsed_is_additive(moments: list[datetime]) -> None:
    first, second, third = moments
    whole = shipped_calendar().elapsed(first, third)
    assert whole == shipped_calendar().elapsed(first, second) + shipped_calendar().elapsed(second, third)


@settings(max_examples=60, deadline=None)
@given(start=st.integers(0, 200 * 1440), n=st.integers(1, 4_000), off=st.integers(0, 300))
def test_a_holiday_never_brings_a_deadline_forward(start: int, n: int, off: int) -> None:
    begin = datetime(2025, 1, 1, tzinfo=UTC) + timedelta(minutes=start)
    days = 1 + n % 20
    before, after = (
        calendar(),
        calendar(days_off=(DayOff(date(2025, 1, 1) + timedelta(days=off), "local", "x"),)),
    )
    assert after.add_minutes(begin, n) >= before.add_minutes(begin, n)
    day = before.local_date(begin)
    assert after.nth_working_day_after(day, days) >= before.nth_working_day_after(day, days)


@settings(max_examples=100, deadline=None)
@given(
    rows=st.lists(
        st.tuples(MINUTES, st.integers(0, 40_000), st.integers(0, 5_000), st.integers(1, 60)), min_size=1
    ),
)
def test_arrays_equal_scalars(rows: list[tuple[datetime, int, int, int]]) -> None:
    shipped = shipped_calendar()
    starts = np.array([start.replace(tzinfo=None) for start, *_ in rows], "M8[m]")
    _, spans, counts, day_counts = zip(*rows, strict=True)
    lengths = np.array(spans, "m8[m]")
    minutes, days = np.array(counts, np.int64), np.array(day_counts, np.int64)
    elapsed = shipped.elapsed_array(starts, starts + lengths)
    added = shipped.add_minutes_array(starts, minutes)
    due = shipped.due_days_array(starts, days)
    for place, (start, length, n, n_days) in enumerate(rows):
        assert elapsed[place] == shipped.elapsed(start, start + timedelta(minutes=length))
        assert added[place].astype(datetime).replace(tzinfo=UTC) == shipped.add_minutes(start, n)
        day_zero = shipped.local_date(shipped.effective_start(start))
        last = shipped.closing(shipped.nth_working_day_after(day_zero, n_days))
        assert due[place].astype(datetime).replace(tzinfo=UTC) == last


# The shipped data.


def test_shipped_days_off_equal_the_holidays_package() -> None:
    maintained = holidays.country_holidays(
        "ID", years=range(2022, 2028), categories=("public", "government"), language="id"
    )
    expected = {
        (day, name.removesuffix(" (perkiraan)"))
        for day, names in maintained.items()
        for name in names.split("; ")
    }
    assert {(off.on, off.name) for off in load().days_off} == expected
    joint = {off.on for off in load().days_off if off.kind == "joint"}
    government = holidays.country_holidays(
        "ID", years=range(2022, 2028), categories=("government",), language="id"
    )
    assert joint == set(government)


def test_shipped_decrees_name_what_is_known() -> None:
    assert load().decreed_years == frozenset(range(2022, 2028))
    assert decrees()[2025] == "SKB 1017/2024 jo. SKB 933/2025"
    assert load().elections == ()


GOOD = {
    "hours.toml": '[[hours]]\nvalid_from = 2020-01-01\nramadan = false\nmonday = ["07:30-12:00"]\n',
    "ramadan.toml": "ramadan = []\n",
    "elections.toml": "election = []\n",
    "days_off_2025.toml": (
        "year = 2025\ndecreed = true\n"
        'day_off = [{ on = 2025-01-01, day = "Rabu", kind = "national", name = "Tahun Baru" }]\n'
    ),
}


def folder_with(path: Path, changes: dict[str, str]) -> Path:
    for name, text in (GOOD | changes).items():
        (path / name).write_text(text, encoding="utf-8")
    return path


def test_load_reads_a_folder_of_files(tmp_path: Path) -> None:
    data = load(folder_with(tmp_path, {}))
    assert data.hours == (HoursRule(date(2020, 1, 1), ramadan=False, week=(((450, 720),), *((),) * 6)),)
    assert data.days_off == (DayOff(date(2025, 1, 1), "national", "Tahun Baru"),)
    assert data.decreed_years == frozenset({2025})


DAY_OFF = GOOD["days_off_2025.toml"]


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("hours.toml", "hours = 3", "hours.toml: hours: expected a list of tables, found 3"),
        ("hours.toml", "hours = [3]", r"hours.toml: hours\[1\]: expected a table"),
        ("hours.toml", "oops", "hours.toml: "),
        ("hours.toml", GOOD["hours.toml"] + "sonday = []", r"hours\[1\]\.sonday: unknown key"),
        (
            "hours.toml",
            GOOD["hours.toml"].replace("07:30-12:00", "7.30"),
            r"hours\[1\]\.monday: expected hours like",
        ),
        ("hours.toml", GOOD["hours.toml"].replace("12:00", "07:00"), "not a stretch of one day"),
        ("hours.toml", GOOD["hours.toml"].replace("07:30", "07:61"), "not a stretch of one day"),
        ("ramadan.toml", "", "ramadan.toml: ramadan: missing"),
        (
            "ramadan.toml",
            'ramadan = [{ first_on = 2025-03-30, last_on = 2025-03-01, name = "R" }]',
            r"ramadan\[1\]\.last_on: lies before",
        ),
        ("days_off_2025.toml", DAY_OFF.replace("Rabu", "Kamis"), "2025-01-01 is a Rabu, not Kamis"),
        (
            "days_off_2025.toml",
            DAY_OFF.replace("national", "nasional"),
            r"day_off\[1\]\.kind: expected one of",
        ),
        ("days_off_2025.toml", DAY_OFF.replace("= 2025-01-01", "= 2026-01-01"), "2026-01-01 is not in 2025"),
        ("days_off_2025.toml", DAY_OFF.replace("= 2025-01-01", '= "1 Januari"'), "expected a date like"),
        ("days_off_2025.toml", DAY_OFF.replace("}]", "}, " + DAY_OFF.split("[")[1]), "given twice"),
        (
            "days_off_2025.toml",
            DAY_OFF.replace("year = 2025", "year = 2024"),
            "year: differs from the file's name",
        ),
    ],
)
def test_load_refuses_a_bad_file_with_file_key_and_reason(
    tmp_path: Path, name: str, text: str, message: str
) -> None:
    with pytest.raises(CalendarFileError, match=message):
        load(folder_with(tmp_path, {name: text}))


@pytest.mark.parametrize("missing", sorted(GOOD))
def test_load_refuses_a_folder_with_a_file_missing(tmp_path: Path, missing: str) -> None:
    (folder_with(tmp_path, {}) / missing).unlink()
    with pytest.raises(CalendarFileError, match="missing"):
        load(tmp_path)


def test_the_shipped_folder_is_the_default() -> None:
    assert load() == load(FOLDER)
