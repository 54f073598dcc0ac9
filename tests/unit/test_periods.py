"""Periods as they stand in an address and as they are called; their borders against the calendar module's own."""

from datetime import date, timedelta

import pytest

from dashboard import periods
from dashboard.language import in_language
from dashboard.reports.semester import bounds
from models.form_data import FIRST_YEAR, LAST_YEAR
from models.period import Period, semester


@pytest.mark.parametrize(
    ("key", "first", "last"),
    [
        ("2026-S1", 202601, 202606),
        ("2026-S2", 202607, 202612),
        ("2026-11", 202611, 202611),
        ("2025-11..2026-02", 202511, 202602),
    ],
)
def test_period_survives_the_address(key: str, first: int, last: int) -> None:
    period = periods.parse(key)
    assert period is not None
    assert (period.key, period.first, period.last) == (key, first, last)
    assert periods.parse(period.before().key) == period.before()


@pytest.mark.parametrize(
    "key",
    [
        "", "zzz", "2026", "2026-S3", "2026-S0", "2026-00", "2026-13", "2026-1", "26-11", "2026-11-01", "..",

        "2026-11..", "..2026-11", "2026-11..2026-10", "2026-01..2026-02..2026-03", "2026-S1..2026-S2", "1900-01",
        "2026-S1\n", " 2026-S1", "<script>", "' OR 1=1 --", "2026-11\x00", "-1",
    ],
)  # fmt: skip
def test_anything_else_in_the_address_is_no_period(key: str) -> None:
    assert periods.parse(key) is None


@pytest.mark.parametrize(
    "key", ["0000-S1", "0001-01", "9999-S2", "9999-12", "1899-01..2026-01", "0000-01..0000-02"]
)
def test_year_that_no_date_may_have_is_no_period(key: str) -> None:
    """Such a period would have no name, or no day after its last."""
    assert periods.parse(key) is None


@pytest.mark.parametrize("year", [FIRST_YEAR, LAST_YEAR])
def test_first_and_last_year_have_a_name_and_days_and_a_period_before(year: int) -> None:
    for key in (f"{year}-S1", f"{year}-S2", f"{year}-01", f"{year}-12"):
        period = periods.parse(key)
        assert period is not None
        assert period.label()
        assert period.before().label()
        assert bounds(period) > bounds(period.before())


def test_run_of_months_counts_both_ends_over_the_year() -> None:
    assert periods.of_range(202511, 202602).months() == [202511, 202512, 202601, 202602]
    assert len(periods.of_semester(2026, 1).months()) == 6


@pytest.mark.parametrize(
    ("key", "before"),
    [
        ("2026-S2", "2026-S1"),
        ("2026-S1", "2025-S2"),
        ("2026-01", "2025-12"),
        ("2026-01..2026-03", "2025-10..2025-12"),
    ],
)
def test_period_before_is_of_the_same_kind_and_length(key: str, before: str) -> None:
    period = periods.parse(key)
    assert period is not None
    assert period.before().key == before


@pytest.mark.parametrize(
    ("month", "by", "later"), [(202612, 1, 202701), (202601, -1, 202512), (202605, -17, 202412)]
)
def test_month_is_shifted_over_the_year(month: int, by: int, later: int) -> None:
    assert periods.shifted(month, by) == later


def test_bounds_are_the_days_that_belong_to_the_period() -> None:
    """Against `models.period`, by going through three years day by day."""
    day = date(2024, 1, 1)
    while day < date(2027, 1, 1):
        year, half = semester(day)
        first, last = bounds(periods.of_semester(year, half))
        assert first <= day <= last
        assert Period.semester(year, half) == Period(first, last)
        assert periods.current(day).key == f"{year}-S{half}"
        month = day.year * 100 + day.month
        assert Period.month(day.year, day.month) == Period(*bounds(periods.of_range(month, month)))
        day += timedelta(days=1)


def test_offered_periods_are_the_latest_semesters_then_the_latest_months() -> None:
    keys = [period.key for period in periods.offered(date(2026, 1, 31), semesters=3, months=3)]
    assert keys == ["2026-S1", "2025-S2", "2025-S1", "2026-01", "2025-12", "2025-11"]


def test_period_is_called_by_its_name_in_both_languages() -> None:
    keys = ("2026-S2", "2026-11", "2026-03..2026-05")
    said = {}
    for code in ("id", "en"):
        with in_language(code):
            said[code] = [period.label() for key in keys if (period := periods.parse(key))]
    assert said["id"] == ["Semester II 2026", "November 2026", "Maret 2026 - Mei 2026"]
    assert said["en"] == ["Semester II 2026", "November 2026", "March 2026 - May 2026"]


def test_period_in_a_heading_says_of_which_year() -> None:
    keys = ("2026-S1", "2026-11", "2026-03..2026-05")
    with in_language("id"):
        said = [period.title() for key in keys if (period := periods.parse(key))]
    assert said == ["Semester I Tahun 2026", "Bulan November 2026", "Maret 2026 s.d. Mei 2026"]
