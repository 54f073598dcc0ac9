"""The working calendar as the repository ships it: a folder of TOML files made into `CalendarData`.

`hours.toml`, `ramadan.toml`, `elections.toml` and one `days_off_<year>.toml` a year. Weekdays are written out in
Indonesian beside each day off and checked, because a date that is one off is the likeliest slip of the pen.
"""

import re
import tomllib
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import cast

from models.work_calendar import CalendarData, DayOff, HoursRule, Interval, Span

FOLDER = Path(__file__).parent / "calendar"
WEEK = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
WEEKDAYS = ("Senin", "Selasa", "Rabu", "Kamis", "Jumat", "Sabtu", "Minggu")
KINDS = ("national", "joint", "local")
INTERVAL = re.compile(r"(\d\d):(\d\d)-(\d\d):(\d\d)")

Table = Mapping[str, object]


class CalendarFileError(ValueError):
    """A calendar file that cannot be read: "file: key: reason"."""

    def __init__(self, path: Path, key: str, reason: str) -> None:
        super().__init__(f"{path.name}: {key}: {reason}" if key else f"{path.name}: {reason}")


def load(folder: Path = FOLDER) -> CalendarData:
    """Read every file of the folder; CalendarFileError for the first thing that is missing or wrong.

    Years whose file says `decreed = true` become `decreed_years`; deadlines in all others are provisional.
    """
    years = _years(folder)
    return CalendarData(
        hours=tuple(
            _hours(entry)
            for entry in _read(folder / "hours.toml", {"hours"}).tables(
                "hours", {"valid_from", "ramadan", "basis", *WEEK}
            )
        ),
        days_off=tuple(off for year in years for off in _days_off(year)),
        ramadan=_spans(_read(folder / "ramadan.toml", {"ramadan"}), "ramadan"),
        elections=_spans(_read(folder / "elections.toml", {"election"}), "election"),
        decreed_years=frozenset(year.number("year") for year in years if year.flag("decreed")),
    )


def decrees(folder: Path = FOLDER) -> dict[int, str]:
    """The joint decree (SKB) behind each decreed year, "" where its number is not known."""
    years = _years(folder)
    return {year.number("year"): year.text("decree", default="") for year in years if year.flag("decreed")}


class _Entry:
    """A TOML table that knows where it stands, so that a complaint about it can say so."""

    def __init__(self, path: Path, place: str, values: Table, allowed: set[str]) -> None:
        self._path, self._place, self._values = path, place, values
        for key in values:
            if key not in allowed:
                raise self.error(key, "unknown key")

    def error(self, key: str, reason: str) -> CalendarFileError:
        return CalendarFileError(self._path, f"{self._place}.{key}" if self._place else key, reason)

    def on(self, key: str) -> date:
        return cast("date", self._get(key, date, "a date like 2026-03-19"))

    def number(self, key: str) -> int:
        return cast("int", self._get(key, int, "a whole number"))

    def flag(self, key: str) -> bool:
        return cast("bool", self._get(key, bool, "true or false"))

    def text(self, key: str, *, default: str | None = None) -> str:
        if default is not None and key not in self._values:
            return default
        return cast("str", self._get(key, str, "a text"))

    def tables(self, key: str, allowed: set[str]) -> list["_Entry"]:
        found = cast("list[object]", self._get(key, list, "a list of tables"))
        entries = []
        for place, values in enumerate(found, start=1):
            if not isinstance(values, dict):
                raise self.error(f"{key}[{place}]", "expected a table")
            entries.append(_Entry(self._path, f"{key}[{place}]", values, allowed))
        return entries

    def intervals(self, key: str) -> tuple[Interval, ...]:
        if key not in self._values:
            return ()
        return tuple(
            self._interval(key, text) for text in cast("list[object]", self._get(key, list, "a list"))
        )

    def _interval(self, key: str, text: object) -> Interval:
        match = INTERVAL.fullmatch(text) if isinstance(text, str) else None
        if match is None:
            raise self.error(key, f"expected hours like 07:30-12:00, found {text!r}")
        hours = [int(part) for part in match.groups()]
        opening, closing = hours[0] * 60 + hours[1], hours[2] * 60 + hours[3]
        if hours[1] > 59 or hours[3] > 59 or not opening < closing <= 1440:
            raise self.error(key, f"{text!r} is not a stretch of one day")
        return opening, closing

    def _get(self, key: str, kind: type, expected: str) -> object:
        if key not in self._values:
            raise self.error(key, "missing")
        found = self._values[key]
        if type(found) is not kind:
            raise self.error(key, f"expected {expected}, found {found!r}")
        return found


def _read(path: Path, allowed: set[str]) -> _Entry:
    try:
        return _Entry(path, "", tomllib.loads(path.read_text(encoding="utf-8")), allowed)
    except FileNotFoundError:
        raise CalendarFileError(path, "", "missing") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise CalendarFileError(path, "", str(error)) from error


def _years(folder: Path) -> list[_Entry]:
    paths = sorted(folder.glob("days_off_*.toml"))
    if not paths:
        raise CalendarFileError(folder / "days_off_<year>.toml", "", "missing")
    years = [_read(path, {"year", "decreed", "decree", "day_off"}) for path in paths]
    for path, year in zip(paths, years, strict=True):
        if path.stem != f"days_off_{year.number('year')}":
            raise year.error("year", "differs from the file's name")
    return years


def _hours(entry: _Entry) -> HoursRule:
    return HoursRule(
        valid_from=entry.on("valid_from"),
        ramadan=entry.flag("ramadan"),
        week=tuple(entry.intervals(day) for day in WEEK),
    )


def _days_off(year: _Entry) -> list[DayOff]:
    found: dict[tuple[date, str], DayOff] = {}
    for entry in year.tables("day_off", {"on", "day", "kind", "name"}):
        off = DayOff(entry.on("on"), entry.text("kind"), entry.text("name"))
        if off.on.year != year.number("year"):
            raise entry.error("on", f"{off.on} is not in {year.number('year')}")
        if entry.text("day") != WEEKDAYS[off.on.weekday()]:
            raise entry.error("day", f"{off.on} is a {WEEKDAYS[off.on.weekday()]}, not {entry.text('day')}")
        if off.kind not in KINDS:
            raise entry.error("kind", f"expected one of {', '.join(KINDS)}, found {off.kind!r}")
        if (off.on, off.name) in found:
            raise entry.error("on", f"{off.on} {off.name} is given twice")
        found[off.on, off.name] = off
    return list(found.values())


def _spans(entry: _Entry, key: str) -> tuple[Span, ...]:
    spans = []
    for table in entry.tables(key, {"first_on", "last_on", "name"}):
        span = Span(table.on("first_on"), table.on("last_on"), table.text("name"))
        if span.last_on < span.first_on:
            raise table.error("last_on", "lies before first_on")
        spans.append(span)
    return tuple(spans)
