"""Counted days as Indonesian letters write them: "3 (tiga) hari"."""

from datetime import datetime

from dashboard.formats import in_wib

_UNITS = (
    "nol",
    "satu",
    "dua",
    "tiga",
    "empat",
    "lima",
    "enam",
    "tujuh",
    "delapan",
    "sembilan",
    "sepuluh",
    "sebelas",
)


def spelled(number: int) -> str:
    """A whole number from 0 to 999 in words; ValueError for others."""
    if not 0 <= number <= 999:
        raise ValueError(f"{number} is not from 0 to 999")
    if number < len(_UNITS):
        return _UNITS[number]
    if number < 20:
        return f"{_UNITS[number - 10]} belas"
    if number < 100:
        return _joined(f"{_UNITS[number // 10]} puluh", number % 10)
    hundreds = "seratus" if number < 200 else f"{_UNITS[number // 100]} ratus"
    return _joined(hundreds, number % 100)


def _joined(head: str, rest: int) -> str:
    return f"{head} {spelled(rest)}" if rest else head


def counted_days(first: datetime | None, last: datetime | None) -> str | None:
    """The days of a journey, both ends counted, as "3 (tiga) hari"; None unless both ends are known."""
    if first is None or last is None:
        return None
    days = (in_wib(last).date() - in_wib(first).date()).days + 1
    return f"{days} ({spelled(days)}) hari" if 0 < days <= 999 else f"{days} hari"
