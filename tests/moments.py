"""Moments as people write them, "Rabu 2025-07-02 09:00" in WIB, and the calendar the repository ships."""

from datetime import date, datetime, timedelta, timezone
from functools import cache

from models.work_calendar import WorkCalendar
from seed.calendar_file import WEEKDAYS, load

WIB = timezone(timedelta(hours=7), "WIB")


class WrongWeekday(ValueError):
    """The weekday written beside a date is not that date's."""


def wib(text: str) -> datetime:
    """A moment with its weekday written out; WrongWeekday when the two disagree."""
    weekday, written = text.split(" ", 1)
    moment = datetime.strptime(written, "%Y-%m-%d %H:%M").replace(tzinfo=WIB)
    _check_weekday(weekday, moment.date())
    return moment


def on(text: str) -> date:
    """A date with its weekday written out."""
    weekday, written = text.split(" ", 1)
    _check_weekday(weekday, date.fromisoformat(written))
    return date.fromisoformat(written)


def written(moment: datetime) -> str:
    """The inverse of `wib`, so that a failing comparison can be read."""
    local = moment.astimezone(WIB)
    return f"{WEEKDAYS[local.weekday()]} {local:%Y-%m-%d %H:%M}"


@cache
def shipped_calendar() -> WorkCalendar:
    """The calendar of seed/calendar; built once, it is immutable."""
    return WorkCalendar(load())


def _check_weekday(weekday: str, of: date) -> None:
    if weekday != WEEKDAYS[of.weekday()]:
        raise WrongWeekday(f"{of} is a {WEEKDAYS[of.weekday()]}, not a {weekday}")
