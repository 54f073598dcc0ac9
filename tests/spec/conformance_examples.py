"""Reads conformance examples: the calendar they assume, what each gives and what each expects.

Tolerant of every field an example may use; strict in one thing: what it expects and we cannot read is a complaint.
"""

import json
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from models.pauses import credited
from models.sla import Deadline, Target, Unit, deadline, duty_due, verdict
from models.work_calendar import CalendarData, DayOff, HoursRule, Interval, Override, Span, WorkCalendar

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
UNITS = {
    "days": Unit.WORKING_DAYS,
    "business_days": Unit.WORKING_DAYS,
    "hari_kerja": Unit.WORKING_DAYS,
    "hari_kalender": Unit.CALENDAR_DAYS,
    "minutes": Unit.WORKING_MINUTES,
    "menit": Unit.WORKING_MINUTES,
    "wall_minutes": Unit.CLOCK_MINUTES,
    "wall_clock_minutes": Unit.CLOCK_MINUTES,
    "schedule_bound": Unit.SCHEDULE,
    "unset": Unit.NONE,
    "not_set": Unit.NONE,
    "unmeasured": Unit.NONE,
}
PLANNED_END = ("planned_end", "planned_end_at", "schedule_end", "scheduled_end", "schedule")
DEPARTURE = ("departure", "planned_departure", "departure_at", "not_after", "not_after_at")

Json = dict[str, Any]


# The calendar that the examples assume.


def clock(text: Any) -> int:
    hours, minutes = str(text).replace(".", ":").split(":")[:2]
    return int(hours) * 60 + int(minutes)


def interval_row(found: Any) -> tuple[Interval, ...]:
    return tuple((clock(pair[0]), clock(pair[1])) for pair in found or ())


def week(hours: Json) -> tuple[tuple[Interval, ...], ...]:
    """{"mon_thu": [...], "fri": [...]}: a key is a day or the first and the last of a run of days."""
    days: list[tuple[Interval, ...]] = [()] * 7
    for key, found in hours.items():
        names = [name[:3].lower() for name in key.split("_")]
        for place in range(DAYS.index(names[0]), DAYS.index(names[-1]) + 1):
            days[place] = interval_row(found)
    return tuple(days)


def dated(found: Any, *names: str) -> date:
    """A date by itself, or under one of the names of a table."""
    text = next(found[name] for name in names if name in found) if isinstance(found, dict) else found
    return date.fromisoformat(str(text)[:10])


def spans(found: Any) -> tuple[Span, ...]:
    def edges(entry: Any) -> tuple[date, date]:
        if isinstance(entry, dict):
            return dated(entry, "first", "first_on", "from", "start"), dated(
                entry, "last", "last_on", "to", "until", "end"
            )
        first, last = entry
        return dated(first), dated(last)

    return tuple(Span(*edges(entry)) for entry in found or ())


def overrides(found: Any) -> tuple[Override, ...]:
    entries = list(found.items()) if isinstance(found, dict) else found or ()
    rows = []
    for entry in entries:
        if isinstance(entry, dict):
            hours: Any = next((entry[name] for name in ("intervals", "hours") if name in entry), [])
            rows.append(
                Override(dated(entry, "date", "on"), interval_row(hours), str(entry.get("reason", "")))
            )
        else:
            rows.append(Override(dated(entry[0]), interval_row(entry[1]), ""))
    return tuple(rows)


@cache
def calendar_from(text: str) -> WorkCalendar:
    """The calendar of a calendar.json; cached by its text, since hundreds of examples assume the same."""
    raw: Json = json.loads(text)
    zone = ZoneInfo(str(raw.get("tz", "Asia/Jakarta")))
    offset = zone.utcoffset(datetime(2025, 7, 1))
    assert offset is not None
    offs: list[Any] = [
        entry
        for key in ("holidays", "days_off", "joint_leave", "local_holidays")
        for entry in raw.get(key, ())
    ]
    hours: list[HoursRule] = [HoursRule(date(2020, 1, 1), ramadan=False, week=week(raw["hours"]))]
    if "ramadan_hours" in raw:
        hours.append(HoursRule(date(2020, 1, 1), ramadan=True, week=week(raw["ramadan_hours"])))
    days_off = tuple(DayOff(dated(entry, "date", "on"), "national", "") for entry in offs)
    return WorkCalendar(
        CalendarData(
            hours=tuple(hours),
            days_off=days_off,
            overrides=overrides(raw.get("overrides")),
            ramadan=spans(raw.get("ramadan_windows", raw.get("ramadan"))),
            elections=spans(raw.get("elections", raw.get("election_periods"))),
            decreed_years=frozenset(raw.get("decreed_years") or {off.on.year for off in days_off}),
            utc_offset_minutes=offset // timedelta(minutes=1),
        )
    )


# One example.


class Example:
    """An example and the calendar it assumes; it may bring days off, overrides or elections of its own."""

    def __init__(self, raw: Json, calendar_raw: Json) -> None:
        own = {
            key: raw[key]
            for key in ("overrides", "elections", "election_periods", "local_holidays")
            if key in raw
        }
        self.raw = raw
        self.calendar = calendar_from(json.dumps(calendar_raw | own))

    def moment(self, *names: str) -> datetime | None:
        text = next((self.raw[name] for name in names if self.raw.get(name) is not None), None)
        return None if text is None else self.parse(text)

    def parse(self, text: object) -> datetime:
        found = datetime.fromisoformat(str(text))
        if found.tzinfo:
            return found
        midnight = datetime.combine(found.date(), datetime.min.time())  # local: the examples' own zone
        return self.calendar.midnight(found.date()) + (found - midnight)

    @property
    def target(self) -> Target:
        given = self.raw.get("target")
        table: Json = given if isinstance(given, dict) else {"upper": given}
        table = {**self.raw, **table}
        unit = str(table.get("unit") or "none")
        upper, lower = table.get("upper"), table.get("lower")
        return Target(UNITS.get(unit) or Unit(unit), upper, lower)

    @property
    def deadline(self) -> Deadline:
        if "period_last_on" in self.raw or "period_end" in self.raw:
            return duty_due(
                period_last_on=dated(self.raw, "period_last_on", "period_end"),
                working_day=int(str(self.raw["working_day"])),
                calendar=self.calendar,
            )
        start = self.moment("start", "start_at")
        assert start is not None
        return deadline(
            start_at=start,
            target=self.target,
            calendar=self.calendar,
            planned_end_at=self.moment(*PLANNED_END),
            not_after_at=self.moment(*DEPARTURE),
        )

    @property
    def paused(self) -> tuple[Deadline, int]:
        pauses = self.raw.get("pauses", ())
        return credited(
            deadline=self.deadline,
            target=self.target,
            pauses=[(self.parse(begin), self.parse(end)) for begin, end in pauses],
            calendar=self.calendar,
            not_after_at=self.moment(*DEPARTURE),
        )

    def verdict(self, of: Deadline) -> str:
        as_of, finished = self.moment("as_of"), self.moment("finished", "finished_at")
        if finished is not None and as_of is not None and as_of < finished:
            finished = None  # not yet finished when it is looked at
        looked_at = as_of or finished
        assert looked_at is not None
        return verdict(
            late_from=of.late_from, at_risk_from=of.at_risk_from, finished_at=finished, as_of=looked_at
        ).value


def _moved(example: Example) -> Deadline:
    return example.paused[0]


READERS: dict[str, Callable[[Example], object]] = {
    "expect": lambda example: example.verdict(_moved(example)),
    "expect_with_pauses": lambda example: example.verdict(_moved(example)),
    "expect_without_pauses": lambda example: example.verdict(example.deadline),
    "expect_due": lambda example: _moved(example).due_at,
    "expect_due_at": lambda example: _moved(example).due_at,
    "expect_due_without_pauses": lambda example: example.deadline.due_at,
    "expect_late_from": lambda example: _moved(example).late_from,
    "expect_late_from_without_pauses": lambda example: example.deadline.late_from,
    "expect_ideal": lambda example: _moved(example).ideal_at,
    "expect_at_risk_from": lambda example: _moved(example).at_risk_from,
    "expect_effective_start": lambda example: example.deadline.effective_at,
    "expect_provisional": lambda example: example.deadline.provisional,
    "expect_credited_minutes": lambda example: example.paused[1],
}


def target_for_bound(raw: Json) -> Json:
    """`bound` tells which end of a range an example's `target` is; each end is reckoned as a target of its own."""
    given = raw.get("target")
    if isinstance(given, dict) and "bound" in raw:
        return {**raw, "target": given[str(raw["bound"])], "unit": given.get("unit", raw.get("unit"))}
    return raw


def complaints(raw: Json, calendar_raw: Json) -> Iterator[str]:
    expectations = [key for key in raw if key.startswith("expect")]
    if not expectations:
        yield "nothing is expected"
    example = Example(target_for_bound(raw), calendar_raw)
    for key in expectations:
        if key not in READERS:
            yield f"{key} cannot be read"
            continue
        found, expected = READERS[key](example), raw[key]
        if isinstance(found, datetime) and isinstance(expected, str):
            expected = example.parse(expected) if len(expected) > 10 else expected
            found = (
                found if isinstance(expected, datetime) else example.calendar.local_date(found).isoformat()
            )
        if found != expected:
            yield f"{key}: expected {expected}, found {found}"


def check(folder: Path) -> tuple[int, list[str]]:
    """How many examples the folder holds, and what is wrong with each that fails."""
    calendar_raw = json.loads((folder / "calendar.json").read_text(encoding="utf-8"))
    count, wrong = 0, []
    for path in sorted(folder.glob("*.json")):
        if path.name == "calendar.json":
            continue
        content = json.loads(path.read_text(encoding="utf-8"))
        rows = (
            content if isinstance(content, list) else next(v for v in content.values() if isinstance(v, list))
        )
        for raw in rows:
            count += 1
            wrong += [f"{path.name} {raw.get('id', count)}: {text}" for text in complaints(raw, calendar_raw)]
    return count, wrong
