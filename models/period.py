"""Reporting periods: months and semesters of the office's own dates.

A moment belongs to the period of its date in WIB: `WorkCalendar.local_date` first, then these.
"""

from dataclasses import dataclass
from datetime import date, timedelta


@dataclass(frozen=True, slots=True)
class Period:
    """A run of whole days, both ends included."""

    first_on: date
    last_on: date

    @classmethod
    def semester(cls, year: int, half: int) -> "Period":
        """Semester I (1 January-30 June) or II (1 July-31 December); ValueError for another half."""
        if half not in (1, 2):
            raise ValueError(f"no semester {half}")
        return (
            cls(date(year, 1, 1), date(year, 6, 30))
            if half == 1
            else cls(date(year, 7, 1), date(year, 12, 31))
        )

    @classmethod
    def month(cls, year: int, month: int) -> "Period":
        """A calendar month; ValueError for a month outside 1-12."""
        following = date(year + 1, 1, 1) if month == 12 else date(year, month + 1, 1)
        return cls(date(year, month, 1), following - timedelta(days=1))

    def contains(self, on: date) -> bool:
        """Whether the date lies inside, first and last day included."""
        return self.first_on <= on <= self.last_on


def semester(on: date) -> tuple[int, int]:
    """The year and half a date belongs to."""
    return on.year, 1 if on.month <= 6 else 2
