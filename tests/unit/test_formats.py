"""Dates, numbers and durations as the office writes them."""

from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal

import pytest

from dashboard import formats
from dashboard.language import in_language

FRIDAY = datetime(2025, 7, 4, 9, 30, tzinfo=UTC)  # Jumat, 16.30 WIB
NEW_YEAR = datetime(2025, 12, 31, 17, 5, tzinfo=UTC)  # Kamis 1 Januari 2026, 00.05 WIB
MONTHS = [
    "Januari",
    "Februari",
    "Maret",
    "April",
    "Mei",
    "Juni",
    "Juli",
    "Agustus",
    "September",
    "Oktober",
    "November",
    "Desember",
]


@pytest.mark.parametrize(
    ("written", "indonesian", "english"),
    [
        (formats.date_long, "Jumat, 4 Juli 2025", "Friday, 4 July 2025"),
        (formats.date_plain, "4 Juli 2025", "4 July 2025"),
        (formats.date_medium, "4 Jul 2025", "4 Jul 2025"),
        (formats.date_short, "04/07/2025", "04/07/2025"),
        (formats.clock, "16.30", "16:30"),
        (formats.moment_long, "Jumat, 4 Juli 2025 pukul 16.30 WIB", "Friday, 4 July 2025 at 16:30 WIB"),
        (formats.moment_medium, "4 Jul 2025, 16.30", "4 Jul 2025, 16:30"),
        (formats.moment_short, "04/07/2025 16.30", "04/07/2025 16:30"),
        (formats.month_and_year, "Juli 2025", "July 2025"),
    ],
)
def test_a_moment_is_written_in_wib_in_both_languages(written, indonesian: str, english: str) -> None:
    assert written(FRIDAY) == indonesian
    assert written(FRIDAY.astimezone(timezone(timedelta(hours=-5)))) == indonesian
    with in_language("en"):
        assert written(FRIDAY) == english


def test_the_date_of_a_moment_is_that_of_the_office() -> None:
    assert formats.date_long(NEW_YEAR) == "Kamis, 1 Januari 2026"
    assert formats.moment_short(NEW_YEAR) == "01/01/2026 00.05"
    assert formats.date_long(date(2026, 11, 21)) == "Sabtu, 21 November 2026"


def test_a_moment_without_a_zone_is_refused() -> None:
    for written in (formats.date_short, formats.moment_long, formats.clock, formats.in_wib):
        with pytest.raises(ValueError, match="without a zone"):
            written(datetime(2025, 7, 4, 9, 30))


@pytest.mark.parametrize(
    ("share", "written"),
    [
        (0.876, "87,6%"),
        (13 / 16, "81,3%"),
        (0.8765, "87,7%"),
        (10 / 15, "66,7%"),
        (1, "100,0%"),
        (0, "0,0%"),
        (None, "-"),
    ],
)
def test_percent_rounds_half_up_as_the_sheet_does(share: float | None, written: str) -> None:
    assert formats.percent(share) == written


def test_brief_percent_leaves_the_decimal_of_a_whole_hundred_away() -> None:
    told = [formats.brief_percent(share) for share in (1, 0.9996, 0.95, None)]
    assert told == ["100%", "100,0%", "95,0%", "-"]


def test_percent_with_other_decimals_and_in_english() -> None:
    assert formats.percent(0.876, 0) == "88%"
    with in_language("en"):
        assert formats.percent(0.876) == "87.6%"


@pytest.mark.parametrize(
    ("value", "decimals", "written"),
    [
        (1234567.891, 2, "1.234.567,89"),
        (1234.5, None, "1.234,5"),
        (129, None, "129"),
        (0.005, 2, "0,01"),
        (2.5, 0, "3"),
        (-1234, None, "-1.234"),
        (Decimal("0.10"), None, "0,1"),
    ],
)
def test_a_number_has_indonesian_separators(value: float, decimals: int | None, written: str) -> None:
    assert formats.number(value, decimals) == written


@pytest.mark.parametrize(
    ("minutes", "indonesian", "english"),
    [
        (0, "0 menit", "0 minutes"),
        (1, "1 menit", "1 minute"),
        (59, "59 menit", "59 minutes"),
        (60, "1 jam", "1 hour"),
        (125, "2 jam 5 menit", "2 hours 5 minutes"),
        (449, "7 jam 29 menit", "7 hours 29 minutes"),
        (450, "1 hari kerja", "1 working day"),
        (450 + 180, "1 hari kerja 3 jam", "1 working day 3 hours"),
        (450 + 195, "1 hari kerja 3 jam", "1 working day 3 hours"),
        (900 + 20, "2 hari kerja 20 menit", "2 working days 20 minutes"),
        (-90, "1 jam 30 menit", "1 hour 30 minutes"),
    ],
)
def test_working_minutes_become_the_two_largest_units(minutes: int, indonesian: str, english: str) -> None:
    assert formats.working_duration(minutes) == indonesian
    with in_language("en"):
        assert formats.working_duration(minutes) == english


def test_a_shorter_working_day_makes_more_days() -> None:
    assert formats.working_duration(900, minutes_per_day=390) == "2 hari kerja 2 jam"


def test_months_are_named_numbered_and_shortened() -> None:
    assert [formats.month_name(month) for month in range(1, 13)] == MONTHS
    short = ["Jan", "Feb", "Mar", "Apr", "Mei", "Jun", "Jul", "Agu", "Sep", "Okt", "Nov", "Des"]
    assert [formats.month_abbr(month) for month in range(1, 13)] == short
    roman = ["I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII"]
    assert [formats.roman_month(month) for month in range(1, 13)] == roman


def test_semesters_have_roman_halves() -> None:
    assert (formats.semester_name(2026, 1), formats.semester_name(2026, 2)) == (
        "Semester I 2026",
        "Semester II 2026",
    )
