"""The working calendar against counting minute by minute, wherever the server's clock believes it stands.

The oracle knows the rules from the shipped data alone and walks: no table, no inverse, no arithmetic on days. Half of
the cases lie around Lebaran, in Ramadan and across year ends. Its answers are reckoned once; ours under each zone.
"""

import os
import random
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache

import numpy as np
import pytest

from models.sla import Target, Unit, deadline
from models.work_calendar import WorkCalendar
from seed.calendar_file import load

CASES = 2_000
ZONES = ("UTC", "Asia/Jakarta", "America/New_York")
EPOCH = datetime(2022, 1, 1) - timedelta(hours=7)  # midnight in WIB, as naive UTC
MINUTE = timedelta(minutes=1)
NARROW = (
    (date(2022, 4, 20), date(2022, 5, 12)),
    (date(2023, 4, 10), date(2023, 4, 28)),
    (date(2024, 4, 1), date(2024, 4, 18)),
    (date(2025, 3, 20), date(2025, 4, 10)),
    (date(2026, 3, 10), date(2026, 3, 27)),
    (date(2025, 2, 24), date(2025, 3, 5)),
    (date(2026, 2, 12), date(2026, 2, 25)),
    (date(2024, 12, 20), date(2025, 1, 5)),
    (date(2025, 12, 20), date(2026, 1, 5)),
    (date(2026, 12, 20), date(2027, 1, 8)),
)


@dataclass(frozen=True)
class Case:
    """Minutes since `EPOCH`: a start, a length of time, and the numbers of minutes and days to add."""

    start: int
    length: int
    minutes: int
    days: int


@dataclass(frozen=True)
class Answer:
    """What oracle and calendar must agree on, in minutes since `EPOCH`."""

    effective: int
    elapsed: int
    used_up: int
    one_too_many: int
    due: int
    late_from: int
    at_risk_from: int


def cases() -> list[Case]:
    source = random.Random(20261120)
    made = []
    for number in range(CASES):
        first, last = NARROW[number % len(NARROW)] if number % 2 else (date(2022, 1, 3), date(2027, 10, 29))
        begin = (first - date(2022, 1, 1)).days * 1440
        start = source.randrange(begin, begin + (last - first).days * 1440)
        length = source.choice((90, 1440, 4 * 1440, 12 * 1440))
        made.append(
            Case(start, source.randrange(length), source.choice((1, 5, 30, 450, 1900)), source.randint(1, 7))
        )
    return made


# The oracle.


@cache
def working_minutes_of(day: int) -> bytes:
    """One byte a minute: 1 where the office works on day number `day` since `EPOCH`."""
    data, on = load_once(), date(2022, 1, 1) + timedelta(days=day)
    fasting = any(span.first_on <= on <= span.last_on for span in data.ramadan)
    off = any(off.on == on for off in data.days_off)
    rules = [rule for rule in data.hours if rule.valid_from <= on and rule.ramadan == fasting]
    hours = () if off else max(rules, key=lambda rule: rule.valid_from).week[on.weekday()]
    return bytes(any(opens <= minute < closes for opens, closes in hours) for minute in range(1440))


load_once = cache(load)


def works(minute: int) -> int:
    return working_minutes_of(minute // 1440)[minute % 1440]


def count(start: int, end: int) -> int:
    days = range(start // 1440, end // 1440 + 1)
    return sum(
        sum(working_minutes_of(day)[max(start - day * 1440, 0) : max(end - day * 1440, 0)]) for day in days
    )


def walk(start: int, wanted: int) -> int:
    minute, used = start, 0
    while used < wanted:
        used += works(minute)
        minute += 1
    return minute


def answer_by_walking(case: Case) -> Answer:
    effective = case.start
    while not works(effective):
        effective += 1
    day, passed = effective // 1440, 0
    while passed < case.days:
        day += 1
        passed += any(working_minutes_of(day))
    closing = (day + 1) * 1440
    while not works(closing - 1):
        closing -= 1
    total, warned, used = count(case.start, closing), case.start, 0
    while used * 5 < total * 4:
        used += works(warned)
        warned += 1
    return Answer(
        effective=effective,
        elapsed=count(case.start, case.start + case.length),
        used_up=walk(case.start, case.minutes),
        one_too_many=walk(case.start, case.minutes + 1),
        due=closing,
        late_from=(day + 1) * 1440,
        at_risk_from=warned,
    )


@cache
def walked() -> list[Answer]:
    return [answer_by_walking(case) for case in cases()]


# Ours.


def moment(minute: int) -> datetime:
    return (EPOCH + minute * MINUTE).replace(tzinfo=UTC)


def minute_of(at: datetime | None) -> int:
    assert at is not None
    return (at - EPOCH.replace(tzinfo=UTC)) // MINUTE


def answer_by_tables(case: Case, calendar: WorkCalendar) -> Answer:
    start = moment(case.start)
    days = deadline(start_at=start, target=Target(Unit.WORKING_DAYS, case.days), calendar=calendar)
    minutes = deadline(start_at=start, target=Target(Unit.WORKING_MINUTES, case.minutes), calendar=calendar)
    return Answer(
        effective=minute_of(days.effective_at),
        elapsed=calendar.elapsed(start, moment(case.start + case.length)),
        used_up=minute_of(minutes.due_at),
        one_too_many=minute_of(minutes.late_from),
        due=minute_of(days.due_at),
        late_from=minute_of(days.late_from),
        at_risk_from=minute_of(days.at_risk_from),
    )


@pytest.fixture(params=ZONES)
def server_zone(request: pytest.FixtureRequest) -> Iterator[str]:
    before = os.environ.get("TZ")
    os.environ["TZ"] = request.param
    time.tzset()
    yield request.param
    os.environ.pop("TZ")
    if before is not None:
        os.environ["TZ"] = before
    time.tzset()


def test_calendar_agrees_with_counting_in_every_server_zone(server_zone: str) -> None:
    calendar = WorkCalendar(load())
    ours = [answer_by_tables(case, calendar) for case in cases()]
    wrong = [
        (case, mine, right)
        for case, mine, right in zip(cases(), ours, walked(), strict=True)
        if mine != right
    ]
    assert wrong == []


def test_arrays_agree_with_counting_in_every_server_zone(server_zone: str) -> None:
    calendar = WorkCalendar(load())
    rows = cases()
    epoch = np.datetime64(EPOCH, "m")
    starts = epoch + np.array([case.start for case in rows], "m8[m]")
    lengths = np.array([case.length for case in rows], "m8[m]")
    minutes = np.array([case.minutes for case in rows], np.int64)
    days = np.array([case.days for case in rows], np.int64)
    elapsed = calendar.elapsed_array(starts, starts + lengths)
    used_up = (calendar.add_minutes_array(starts, minutes) - epoch).astype(np.int64)
    due = (calendar.due_days_array(starts, days) - epoch).astype(np.int64)
    assert elapsed.tolist() == [answer.elapsed for answer in walked()]
    assert used_up.tolist() == [answer.used_up for answer in walked()]
    assert due.tolist() == [answer.due for answer in walked()]


# The comparison bites.


def test_the_zones_are_really_set(server_zone: str) -> None:
    hours = {"UTC": 0, "Asia/Jakarta": 7, "America/New_York": -4}
    summer = datetime(2025, 7, 2, 12, 0, tzinfo=UTC)
    assert summer.astimezone().utcoffset() == timedelta(hours=hours[server_zone])


def test_half_of_the_cases_lie_in_the_narrow_places() -> None:
    inside = [
        case
        for case in cases()
        if any(
            (first - date(2022, 1, 1)).days <= case.start // 1440 <= (last - date(2022, 1, 1)).days
            for first, last in NARROW
        )
    ]
    assert len(cases()) == CASES
    assert len(inside) >= CASES // 2


def test_a_due_time_rolled_to_the_next_opening_would_be_found() -> None:
    calendar = WorkCalendar(load())
    rolled = [minute_of(calendar.effective_start(moment(answer.used_up))) for answer in walked()]
    wrong = sum(mine != right.used_up for mine, right in zip(rolled, walked(), strict=True))
    assert wrong > 10


def test_a_missing_day_off_would_be_found() -> None:
    data = load()
    poorer = WorkCalendar(type(data)(hours=data.hours, ramadan=data.ramadan, days_off=data.days_off[1:][::2]))
    wrong = sum(
        answer_by_tables(case, poorer) != right for case, right in zip(cases(), walked(), strict=True)
    )
    assert wrong > 100
