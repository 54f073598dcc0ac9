"""On which calendar a report rests: its version, and for each year whether its days off are decreed."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection, select

from models.queries.calendar import calendar_version
from models.tables import DecreedYear


@dataclass(frozen=True, slots=True)
class CalendarBasis:
    """`decrees` has every year of the period; None: its joint decree (SKB) is not known, its days are provisional."""

    version: int
    decrees: Mapping[int, str | None]


def calendar_basis(connection: Connection, *, first_on: date, last_on: date) -> CalendarBasis:
    """The calendar in force, for the years from the first to the last day."""
    years = range(first_on.year, last_on.year + 1)
    rows = connection.execute(
        select(DecreedYear.year, DecreedYear.decree).where(DecreedYear.year.between(years[0], years[-1]))
    )
    known = {row.year: row.decree for row in rows}
    return CalendarBasis(calendar_version(connection), {year: known.get(year) for year in years})
