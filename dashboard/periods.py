"""The periods a figure can be asked for: semesters, months, ranges of months; as words and as they stand in an address.

In an address: `2026-S2`, `2026-11`, `2026-03..2026-11`. Months are yyyymm, both ends included.
"""

import re
from dataclasses import dataclass
from datetime import date

from dashboard.formats import month_and_year, semester_name
from dashboard.text import _
from models.form_data import FIRST_YEAR, LAST_YEAR
from models.period import semester

_SEMESTER = re.compile(r"(\d{4})-S([12])")
_MONTH = re.compile(r"(\d{4})-(\d{2})")
_YEAR = re.compile(r"\d{4}")


@dataclass(frozen=True, slots=True)
class Months:
    """A run of whole months; `key` is how it stands in an address."""

    key: str
    first: int
    last: int

    def label(self) -> str:
        """ "Semester II 2026", "November 2026", or "Maret 2026 - November 2026"."""
        if found := _SEMESTER.fullmatch(self.key):
            return semester_name(int(found[1]), int(found[2]))
        if self.first == self.last:
            return month_and_year(_first_day(self.first))
        return f"{month_and_year(_first_day(self.first))} - {month_and_year(_first_day(self.last))}"

    def title(self) -> str:
        """As `label`, in the words of a report's heading: "Semester II Tahun 2026", "Bulan November 2026"."""
        if found := _SEMESTER.fullmatch(self.key):
            return _("Semester {half} of {year}", half="I" * int(found[2]), year=found[1])
        if self.first == self.last:
            return _("Month of {month}", month=month_and_year(_first_day(self.first)))
        ends = (month_and_year(_first_day(month)) for month in (self.first, self.last))
        return _("{first} to {last}", first=next(ends), last=next(ends))

    def before(self) -> "Months":
        """The period of the same kind and length just before."""
        if found := _SEMESTER.fullmatch(self.key):
            year, half = int(found[1]), int(found[2])
            return of_semester(year, 1) if half == 2 else of_semester(year - 1, 2)
        length = len(self.months())
        last = shifted(self.first, -1)
        return of_range(shifted(last, 1 - length), last)

    def before_label(self) -> str:
        """What the period before is called in a sentence."""
        if _SEMESTER.fullmatch(self.key):
            return _("last semester")
        return _("the month before") if self.first == self.last else _("the period before")

    def months(self) -> list[int]:
        """Every month of it, in order."""
        found, month = [], self.first
        while month <= self.last:
            found.append(month)
            month = shifted(month, 1)
        return found


def of_semester(year: int, half: int) -> Months:
    """Semester I or II of a year."""
    first = year * 100 + (1 if half == 1 else 7)
    return Months(f"{year}-S{half}", first, first + 5)


def of_range(first: int, last: int) -> Months:
    """From one month to another, both included."""
    key = _dashed(first) if first == last else f"{_dashed(first)}..{_dashed(last)}"
    return Months(key, first, last)


def of_months(first: int, last: int) -> Months:
    """The semester from the first to the last month where they are one, else the range."""
    if first % 100 in (1, 7) and last == first + 5:
        return of_semester(first // 100, 1 if first % 100 == 1 else 2)
    return of_range(first, last)


def current(today: date) -> Months:
    """The semester `today` lies in."""
    return of_semester(*semester(today))


def parse(key: str) -> Months | None:
    """The period an address names, in the years that dates may lie in; None for anything else."""
    if any(not FIRST_YEAR <= int(year) <= LAST_YEAR for year in _YEAR.findall(key)):
        return None
    if found := _SEMESTER.fullmatch(key):
        return of_semester(int(found[1]), int(found[2]))
    ends = [_MONTH.fullmatch(part) for part in key.split("..")]
    if not 1 <= len(ends) <= 2:
        return None
    numbers = [int(end[1]) * 100 + int(end[2]) for end in ends if end and 1 <= int(end[2]) <= 12]
    if len(numbers) != len(ends) or numbers[0] > numbers[-1] or numbers[-1] - numbers[0] > 1000:
        return None
    return of_range(numbers[0], numbers[-1])


def offered(today: date, *, semesters: int = 4, months: int = 12) -> list[Months]:
    """The periods to choose from: the latest semesters, then the latest months."""
    found = [current(today)]
    while len(found) < semesters:
        found.append(found[-1].before())
    this_month = today.year * 100 + today.month
    return found + [of_range(month, month) for month in (shifted(this_month, -n) for n in range(months))]


def shifted(month: int, by: int) -> int:
    """The month `by` months later (earlier when negative)."""
    count = month // 100 * 12 + month % 100 - 1 + by
    return count // 12 * 100 + count % 12 + 1


def _first_day(month: int) -> date:
    return date(month // 100, month % 100, 1)


def _dashed(month: int) -> str:
    return f"{month // 100:04}-{month % 100:02}"
