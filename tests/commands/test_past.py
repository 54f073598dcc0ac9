"""Any past day as it was known then: what was seen on that day is what is shown of it later, whatever was done since.

An office works for weeks, its acts in the order in which they are recorded. On some days everything that a past day
shows is looked at and kept; when all is done it is asked for again as of those days.
"""

import heapq
import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import count
from typing import Any

import pytest
from sqlalchemy import insert, update

from models.commands import rounds as writing
from models.errors import Invalid
from models.queries import past
from models.queries.behind import Behind, rounds_behind
from models.queries.completeness import completeness
from models.queries.compliance import open_counts, step_counts
from models.queries.duty_facts import periodic_facts
from models.queries.open_cases import open_by_month
from models.queries.outlook import coming
from models.queries.pauses import excused
from models.queries.record_keeping import by_record, left_order
from models.queries.spread import spread
from models.tables import StepRound, StepRoundPast
from tests.commands.flow import close, correct, edit, give_back, skip
from tests.conftest import NOW
from tests.factories import Office, finish, finishing_form, latest, open_one, open_steps, rounds, sop
from tests.moments import shipped_calendar, wib

CASES = 24
FIRST_AT = wib("Senin 2026-10-05 08:00")
SEEN_ON = [
    wib("Jumat 2026-10-09 23:59"),
    wib("Rabu 2026-10-21 23:59"),
    wib("Minggu 2026-11-01 23:59"),
    wib("Kamis 2026-11-12 11:17"),
]
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
MONTHS = (202610, 202612)
CODES = ("pengaduan", "pengawalan")
REVIEWS: tuple[tuple[str, dict[str, object]], ...] = (
    ("oversight", {}),
    ("not_oversight", {}),
    ("not_actionable", {"not_actionable_reason": "illogical"}),
)


def seen(office: Office, as_of: datetime, *, past: bool) -> dict[str, Any]:
    """What screens show of a day, but for what names people."""
    found: dict[str, Any] = {}
    with office.reading() as connection:
        for code in CODES:
            about: dict[str, Any] = {"actor": office.sekretaris, "sop": sop(code)}
            at: dict[str, Any] = {**about, "as_of": as_of, "past": past}
            found[f"{code} counts"] = sorted(map(repr, step_counts(connection, **at, months=MONTHS)))
            found[f"{code} open"] = open_counts(connection, **at)
            found[f"{code} duties"] = periodic_facts(connection, **at)
            found[f"{code} coming"] = [
                replace(one.step, version=0) for one in coming(connection, **at, until=as_of + 9 * DAY)
            ]
            months = [202609, 202610, 202611]
            found[f"{code} open at month ends"] = open_by_month(
                connection, **at, months=months, calendar=shipped_calendar()
            )
            asked = Behind(MONTHS, FIRST_AT, NOW)
            finished = Behind(MONTHS, FIRST_AT, NOW, "finished")
            found[f"{code} spread"] = sorted(map(repr, spread(connection, **at, asked=finished)))
            found[f"{code} by record"] = sorted(map(repr, by_record(connection, **at, asked=asked)))
            found[f"{code} order"] = left_order(connection, **at, asked=asked)
            rows, total = rounds_behind(connection, **at, asked=asked, limit=1000)
            found[f"{code} list"] = (total, [(row.round_id, row.verdict, row.finished_at) for row in rows])
            known = {"as_of": as_of} if past else {}
            found[f"{code} outputs"] = completeness(connection, **about, start=FIRST_AT, end=as_of, **known)
            found[f"{code} excused"] = excused(
                connection, sop=sop(code), months=MONTHS, as_of=as_of, past=past
            )
    return found


def work(office: Office) -> dict[datetime, dict[str, Any]]:
    """Let the office work until NOW; returns what was seen on the days of SEEN_ON."""
    chance, number = random.Random(11), count()
    line: list[tuple[datetime, int, Iterator[datetime]]] = []
    for n in range(CASES):
        at = FIRST_AT + chance.randrange(30 * 1440) * MINUTE
        heapq.heappush(line, (at, next(number), _case(office, chance, n, at)))
    days, found = list(SEEN_ON), {}
    while line:
        at, _, case = heapq.heappop(line)
        while days and at > days[0] + MINUTE:
            day = days.pop(0)
            found[day] = seen(office, day, past=False)
        if (following := next(case, None)) is not None and following < NOW:
            heapq.heappush(line, (following, next(number), case))
    assert not days
    return found


def _case(office: Office, chance: random.Random, n: int, received_at: datetime) -> Iterator[datetime]:
    """The acts of a case; each is done at the moment that was yielded before it."""
    code = CODES[n % 3 == 0]
    now = received_at
    departs_at = received_at + chance.randrange(1440, 12 * 1440) * MINUTE
    form: dict[str, Any] = {} if code == "pengaduan" else {
        "departs_at": departs_at, "returns_at": departs_at + 2 * DAY
    }  # fmt: skip
    case_id = open_one(office, code, received_at=received_at, **form)
    while waiting := open_steps(office, case_id):
        step = sop(code).step(waiting[0])
        row = latest(office, case_id, step.key)
        happened = max(now, row["started_at"]) + int(chance.expovariate(1 / 1500)) * MINUTE
        now = happened + chance.choice((0, 0, 3)) * DAY  # recorded
        yield now
        drawn = chance.random()
        if drawn < 0.06:
            close(office, case_id, at=happened, now=now)
        elif drawn < 0.16 and _takes_back(office, case_id, step.after):
            give_back(office, case_id, step.key, to=step.after[0], at=happened, now=now)
        elif drawn < 0.3 and step.optional:
            skip(office, case_id, step.key, reason="tidak perlu", now=now)
        elif drawn < 0.34 and code == "pengaduan" and step.key == "recording":
            edit(office, case_id, received_at=received_at - timedelta(hours=3), now=now)
        else:
            outcome, more = chance.choice(REVIEWS) if step.outcomes else (None, {})
            data = finishing_form(step.key) | more
            if chance.random() < 0.5:
                data |= {f"output_{output.key}": "1" for output in step.outputs}
            finish(office, case_id, step.key, at=happened, now=now, outcome=outcome, data=data)
            if chance.random() < 0.25:
                now += chance.randrange(30, 4000) * MINUTE
                yield now
                _put_right(office, case_id, step.key, at=happened + 20 * MINUTE, now=now)


def _takes_back(office: Office, case_id: int, before: tuple[str, ...]) -> bool:
    return (
        bool(before) and before[0] != "submission" and latest(office, case_id, before[0])["state"] == "done"
    )


def _put_right(office: Office, case_id: int, step_key: str, *, at: datetime, now: datetime) -> None:
    try:
        correct(office, case_id, step_key, at=at, now=now)
    except Invalid:
        return  # what followed was finished before


def test_past_days_show_what_was_seen_on_them(office: Office) -> None:
    kept = work(office)
    assert {day: seen(office, day, past=True) for day in SEEN_ON} == kept
    assert len({repr(one) for one in kept.values()}) == len(SEEN_ON)  # the days differ from one another
    with office.reading() as connection:
        states = {row.state for row in connection.execute(StepRoundPast.__table__.select())}
    assert states >= {"open", "done"}


def test_present_seen_as_a_past_day_is_the_present(office: Office) -> None:
    work(office)
    assert seen(office, NOW, past=True) == seen(office, NOW, past=False)


def test_twin_without_what_stood_before_past_days_are_wrong(
    sqlite_office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    def overwrite(connection: Any, *which: Any, now: datetime, touch: bool = True, **values: Any) -> int:
        touched = {"version": StepRound.version + 1} if touch else {}
        changed = update(StepRound).where(*which).values(**values, **touched, known_from=now)
        return int(connection.execute(changed).rowcount)

    def overwrite_shown(connection: Any, *, round_id: int, version: int, now: datetime, **values: Any) -> int:
        shown = (StepRound.id == round_id, StepRound.version == version)
        return overwrite(connection, *shown, now=now, **values)

    from models.commands import cases, clocks, corrections, outputs, steps

    for module in (cases, clocks, corrections, outputs):
        monkeypatch.setattr(module, "revise", overwrite)
    monkeypatch.setattr(steps, "revise_shown", overwrite_shown)
    kept = work(sqlite_office)
    assert all(seen(sqlite_office, day, past=True) != kept[day] for day in SEEN_ON)


def test_finish_recorded_later_leaves_the_step_overdue_on_that_day(office: Office) -> None:
    case_id = open_one(office, "pengaduan", received_at=wib("Senin 2026-11-09 08:00"))
    finish(office, case_id, "recording", at=wib("Senin 2026-11-09 08:20"), now=wib("Jumat 2026-11-13 09:00"))
    day = wib("Rabu 2026-11-11 23:59")
    with office.reading() as connection:
        (then,) = step_counts(
            connection,
            actor=office.sekretaris,
            sop=sop("pengaduan"),
            months=(202611, 202611),
            as_of=day,
            past=True,
        )
        now = step_counts(
            connection, actor=office.sekretaris, sop=sop("pengaduan"), months=(202611, 202611), as_of=day
        )
    assert (then.step_key, then.on_time, then.overdue) == ("recording", 0, 1)
    assert {(one.step_key, one.on_time) for one in now if one.on_time} == {("recording", 1)}


def test_what_changes_twice_at_one_moment_was_never_seen_between(office: Office) -> None:
    case_id = open_one(office, "pengaduan", received_at=wib("Senin 2026-11-09 08:00"))
    row = latest(office, case_id, "recording")
    at = wib("Senin 2026-11-09 09:00")
    with office.store.begin() as connection:
        for note in ("a", "b"):
            writing.revise(connection, StepRound.id == row["id"], now=at, note=note)
    with office.reading() as connection:
        kept = connection.execute(
            StepRoundPast.__table__.select().where(StepRoundPast.round_id == row["id"])
        ).all()
    assert [(one.known_from, one.known_until, one.note) for one in kept] == [(row["known_from"], at, None)]
    after = rounds(office, case_id, "recording")[0]
    assert (after["note"], after["known_from"], after["version"]) == ("b", at, row["version"] + 2)


def test_past_state_without_a_time_is_refused(office: Office) -> None:
    case_id = open_one(office, "pengaduan")
    row = latest(office, case_id, "recording")
    copied = {name: row[name] for name in past._COLUMNS}
    at = wib("Senin 2026-11-09 09:00")
    with pytest.raises(Exception, match="known_some_time"), office.store.begin() as connection:
        connection.execute(
            insert(StepRoundPast).values(**copied, round_id=row["id"], known_from=at, known_until=at)
        )
