"""Dates, moments, numbers and durations as an Indonesian office writes them, and their English counterparts.

Everything is written in WIB whatever the zone of the server or the browser. A moment must be aware; a naive one raises
ValueError, because nobody could say which hour it means. Decided 2026-11: percentages round half up, as spreadsheets
do (Babel alone rounds half to even), so that 13 of 16 is 81,3% on the screen and in the sheet alike.
"""

from datetime import date, datetime, timedelta, timezone
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache

from babel.dates import format_date, format_skeleton, get_month_names
from babel.numbers import format_decimal

from dashboard.language import ENGLISH, _, language, ngettext

WIB = timezone(timedelta(hours=7), "WIB")
WORKING_DAY_MINUTES = 450
_ROMAN = ("I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII")


def _locale() -> str:
    return "en_GB" if language() == ENGLISH else "id"


def in_wib(moment: datetime) -> datetime:
    """The moment on the office's clock; ValueError for one without a zone."""
    if moment.tzinfo is None:
        raise ValueError(f"a moment without a zone: {moment!r}")
    return moment.astimezone(WIB)


def _day(value: date) -> date:
    return in_wib(value).date() if isinstance(value, datetime) else value


# The same few days and numbers stand on every screen, and Babel reads its pattern anew each time.
@lru_cache(maxsize=4096)
def _date_as(day: date, pattern: str, locale: str) -> str:
    return str(format_date(day, pattern, locale=locale))


@lru_cache(maxsize=24)
def _month_as(month: int, locale: str) -> str:
    return str(format_skeleton("MMM", datetime(2000, month, 1), locale=locale))  # noqa: DTZ001 - only its month


@lru_cache(maxsize=4096)
def _number_as(value: Decimal, pattern: str, locale: str) -> str:
    return str(format_decimal(value, pattern, locale=locale))


def date_long(value: date) -> str:
    """A date or moment as "Sabtu, 21 November 2026"."""
    return _date_as(_day(value), "EEEE, d MMMM y", _locale())


def date_plain(value: date) -> str:
    """A date or moment as "21 November 2026", the form of letters and reports."""
    return _date_as(_day(value), "d MMMM y", _locale())


def date_medium(value: date) -> str:
    """A date or moment as "21 Nov 2026"."""
    return _date_as(_day(value), "d MMM y", _locale())


def date_short(value: date) -> str:
    """A date or moment as "21/11/2026", in both languages."""
    return f"{_day(value):%d/%m/%Y}"


def clock(moment: datetime) -> str:
    """The hour and minute on the office's clock: "16.30", in English "16:30"."""
    return f"{in_wib(moment):{'%H:%M' if language() == ENGLISH else '%H.%M'}}"


def moment_long(moment: datetime) -> str:
    """A moment as "Jumat, 4 Juli 2025 pukul 16.30 WIB"."""
    return _("{date} at {time} WIB", date=date_long(moment), time=clock(moment))


def moment_medium(moment: datetime) -> str:
    """A moment as "4 Jul 2025, 16.30"."""
    return f"{date_medium(moment)}, {clock(moment)}"


def moment_short(moment: datetime) -> str:
    """A moment for a table: "04/07/2025 16.30"."""
    return f"{date_short(moment)} {clock(moment)}"


def number(value: float | Decimal, decimals: int | None = None) -> str:
    """A number as "1.234,56"; with `decimals` exactly that many, rounded half up."""
    exact = Decimal(str(value))
    if decimals is None:
        return _number_as(exact + 0, "#,##0.######", _locale())
    rounded = exact.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)
    pattern = "#,##0." + "0" * decimals if decimals else "#,##0"
    return _number_as(rounded + 0, pattern, _locale())  # less nothing is nothing


def percent(share: float | None, decimals: int = 1) -> str:
    """A share of one as "87,6%"; "-" for None, which is what a figure without any case is."""
    return "-" if share is None else number(Decimal(str(share)) * 100, decimals) + "%"


def brief_percent(share: float | None) -> str:
    """A share as `percent` says it, where there is little room: a whole hundred goes without its decimal."""
    return percent(share, 0 if share == 1 else 1)


def working_duration(minutes: int, minutes_per_day: int = WORKING_DAY_MINUTES) -> str:
    """Working minutes as "1 hari kerja 3 jam": the two largest units, the rest left off; a debt by its size."""
    days, rest = divmod(abs(minutes), minutes_per_day)
    hours, left = divmod(rest, 60)
    parts = (
        (days, ngettext("{count} working day", "{count} working days", days)),
        (hours, ngettext("{count} hour", "{count} hours", hours)),
        (left, ngettext("{count} minute", "{count} minutes", left)),
    )
    said = [text for count, text in parts if count]
    return " ".join(said[:2]) or ngettext("{count} minute", "{count} minutes", 0)


def month_name(month: int) -> str:
    """ "Januari" to "Desember" for 1 to 12."""
    return str(get_month_names("wide", locale=_locale())[month])


def month_abbr(month: int) -> str:
    """ "Jan" to "Des" for 1 to 12."""
    return _month_as(month, _locale())


def month_and_year(on: date) -> str:
    """ "November 2026"."""
    return f"{month_name(_day(on).month)} {_day(on).year}"


def roman_month(month: int) -> str:
    """The month of a letter's number: "I" to "XII" for 1 to 12."""
    return _ROMAN[month - 1]


def semester_name(year: int, half: int) -> str:
    """ "Semester II 2026" for (2026, 2)."""
    return _("Semester {half} {year}", half=_ROMAN[half - 1], year=year)
