"""Slots: what the table of tests/spec does not show, and many escorts at once against one at a time."""

import random
from collections import Counter
from contextlib import suppress
from datetime import UTC, datetime, timedelta, timezone
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from models import slots as rule
from models.slots import Mark, Marks, Runs, Slot, SlotState, Tallies, slots, tallies
from tests.moments import wib, written

EVERY = 120
MINUTE = timedelta(minutes=1)
LENGTHS = range(0, 1500, 5)
SPEC = "00:10 01:55 04:00 06:05 08:02 10:30 12:00 14:20 16:45 18:10 20:00 22:15"


def at_once(*moments: str) -> list[Mark]:
    """Entries recorded at the very time they tell of."""
    return [Mark(wib(moment), wib(moment)) for moment in moments]


def test_twelve_entries_fill_eleven_of_twelve_slots() -> None:
    row = slots(
        wib("Senin 2026-11-30 00:00"),
        wib("Selasa 2026-12-01 00:00"),
        every_minutes=EVERY,
        entries=at_once(*(f"Senin 2026-11-30 {clock}" for clock in SPEC.split())),
        as_of=wib("Selasa 2026-12-01 08:00"),
        ended=True,
    )
    assert (row.filled, row.due, row.filled_late) == (11, 12, 0)
    assert f"{row.filled / row.due:.1%}" == "91.7%"
    assert [(written(slot.start_at), written(slot.end_at)) for slot in row.missed] == [
        ("Senin 2026-11-30 02:00", "Senin 2026-11-30 04:00")
    ]
    assert [slot.entries for slot in row.slots] == [2, 0, *[1] * 10]
    assert row.together == ()


def test_slot_belongs_to_the_month_in_which_it_ends_at_the_office() -> None:
    """22-24 on the last day of November ends with December's first minute, as 2026-11-30T17:00Z does."""
    row = slots(
        wib("Senin 2026-11-30 20:00"), wib("Selasa 2026-12-01 02:00"), every_minutes=EVERY, entries=(),
        as_of=wib("Selasa 2026-12-01 08:00"), ended=True,
    )  # fmt: skip
    assert row.slots[1].end_at == datetime(2026, 11, 30, 17, 0, tzinfo=UTC)
    assert [slot.month for slot in row.slots] == [202611, 202612, 202612]
    assert Slot(row.slots[0].start_at, row.slots[1].end_at - MINUTE, SlotState.MISSED, 0).month == 202611


def test_running_slot_counts_its_entries_and_is_in_no_figure() -> None:
    row = slots(
        wib("Sabtu 2026-11-28 07:00"), wib("Sabtu 2026-11-28 13:00"), every_minutes=EVERY,
        entries=at_once("Sabtu 2026-11-28 09:30"), as_of=wib("Sabtu 2026-11-28 10:00"), ended=False,
    )  # fmt: skip
    assert [(slot.state, slot.entries) for slot in row.slots] == [
        ("missed", 0),
        ("running", 1),
        ("not_due", 0),
    ]
    assert (row.due, row.filled) == (1, 0)


def test_seconds_of_a_record_do_not_make_it_late() -> None:
    happened_at = wib("Senin 2026-11-30 08:00")
    for seconds, state in ((59, "filled"), (60, "filled_late")):
        recorded_at = happened_at + timedelta(hours=2, seconds=seconds)
        row = slots(
            wib("Senin 2026-11-30 07:00"), wib("Senin 2026-11-30 09:00"), every_minutes=EVERY,
            entries=[Mark(happened_at, recorded_at)], as_of=wib("Senin 2026-11-30 12:00"), ended=True,
        )  # fmt: skip
        assert [slot.state for slot in row.slots] == [state]


def test_entry_recorded_in_the_minute_one_looks_is_seen() -> None:
    moment = wib("Senin 2026-11-30 08:30")
    row = slots(
        wib("Senin 2026-11-30 07:00"), None, every_minutes=EVERY,
        entries=[Mark(moment, moment + timedelta(seconds=40))], as_of=moment, ended=False,
    )  # fmt: skip
    assert [slot.entries for slot in row.slots] == [1]


def test_zone_of_a_moment_plays_no_part() -> None:
    jayapura = timezone(timedelta(hours=9))
    start, end = wib("Sabtu 2026-11-28 22:00"), wib("Minggu 2026-11-29 04:00")
    entries = at_once("Sabtu 2026-11-28 23:59", "Minggu 2026-11-29 00:00")
    as_of = wib("Senin 2026-11-30 08:00")
    here = slots(start, end, every_minutes=EVERY, entries=entries, as_of=as_of, ended=True)
    there = slots(
        start.astimezone(jayapura), end.astimezone(UTC), every_minutes=EVERY,
        entries=[Mark(one.happened_at.astimezone(jayapura), one.recorded_at) for one in entries],
        as_of=as_of.astimezone(jayapura), ended=True,
    )  # fmt: skip
    assert here == there
    assert [slot.state for slot in here.slots] == ["filled", "filled", "missed"]


def test_other_lengths_scale_the_remainder_and_the_time_to_record() -> None:
    """Half of 30 minutes is a slot of its own, and a record is late after 30."""
    start = wib("Senin 2026-11-30 07:00")
    for minutes, count in ((44, 1), (45, 2), (60, 2)):
        row = slots(
            start, start + minutes * MINUTE, every_minutes=30, as_of=start + timedelta(days=1), ended=True,
            entries=[Mark(start, start + 30 * MINUTE), Mark(start + 30 * MINUTE, start + 61 * MINUTE)],
        )  # fmt: skip
        assert [slot.state for slot in row.slots] == ["filled", "filled_late"][:count]


def test_escort_that_has_ended_without_an_end_is_refused() -> None:
    moment = wib("Senin 2026-11-30 07:00")
    with pytest.raises(ValueError, match="has an end"):
        slots(moment, None, every_minutes=EVERY, entries=(), as_of=moment, ended=True)


def test_slot_that_has_counted_is_never_taken_back() -> None:
    """Minute by minute over a plan that is overrun: due slots only grow, and each keeps its end."""
    start, planned = wib("Jumat 2026-11-27 18:00"), wib("Sabtu 2026-11-28 01:20")
    counted: list[tuple[datetime, datetime]] = []
    for minute in range(0, 14 * 60, 7):
        row = slots(
            start, planned, every_minutes=EVERY, entries=(), as_of=start + minute * MINUTE, ended=False
        )
        found = [(slot.start_at, slot.end_at) for slot in row.missed]
        assert found[: len(counted)] == counted
        counted = found
    assert len(counted) == 6


# Many at once.


def made_up(
    chance: random.Random, *, now: datetime
) -> list[tuple[datetime, datetime | None, bool, list[Mark]]]:
    """2,000 escorts of a year: ended, running, overrun, without a plan, not begun, backwards."""
    found = []
    for _ in range(2000):
        ended = chance.random() < 0.8
        days = 360 if ended else 40
        start = now + timedelta(minutes=chance.randrange(-days * 1440, 2 * 1440) // 5 * 5)
        length = chance.choice([*LENGTHS, 4320, -60])
        end = None if not ended and chance.random() < 0.2 else start + length * MINUTE
        entries = []
        for _ in range(chance.randrange(12)):
            happened_at = start + timedelta(minutes=chance.randrange(-130, max(length, 60) + 130) // 5 * 5)
            late = timedelta(minutes=chance.choice([0, 3, 119, 120, 121, 900]), seconds=chance.randrange(60))
            entries.append(Mark(happened_at, happened_at + late))
        found.append((start, end, ended, entries))
    just_recorded = [Mark(now - 50 * MINUTE, now)]
    return [*found, (now - 60 * MINUTE, now, True, just_recorded)]


def in_minutes(moments: list[datetime | None]) -> rule.Moments:
    return np.array([None if one is None else one.replace(tzinfo=None) for one in moments], "datetime64[m]")


def at_a_time(made: list[tuple[datetime, datetime | None, bool, list[Mark]]], now: datetime) -> dict[
    tuple[int, int], Counter[str]
]:  # fmt: skip
    found: dict[tuple[int, int], Counter[str]] = {}
    for run, (start, end, ended, entries) in enumerate(made):
        row = slots(start, end, every_minutes=EVERY, entries=entries, as_of=now, ended=ended)
        for slot in row.in_state(SlotState.FILLED, SlotState.FILLED_LATE, SlotState.MISSED):
            found.setdefault((run, slot.month), Counter())[slot.state.value] += 1
    return found


def all_at_once(made: list[tuple[datetime, datetime | None, bool, list[Mark]]], now: datetime) -> dict[
    tuple[int, int], Counter[str]
]:  # fmt: skip
    entries = [(run, mark) for run, one in enumerate(made) for mark in one[3]]
    random.Random(1).shuffle(entries)
    counted = tallies(
        Runs(
            in_minutes([one[0] for one in made]),
            in_minutes([one[1] for one in made]),
            np.array([one[2] for one in made]),
        ),
        Marks(
            np.array([run for run, _ in entries]),
            in_minutes([mark.happened_at for _, mark in entries]),
            in_minutes([mark.recorded_at for _, mark in entries]),
        ),
        every_minutes=EVERY,
        as_of=now,
    )
    return {
        (int(run), int(month)): +Counter(
            filled=int(filled - late), filled_late=int(late), missed=int(due - filled)
        )
        for run, month, due, filled, late in zip(*vars(counted).values(), strict=True)
    }


NOW = wib("Jumat 2026-11-20 10:30").astimezone(UTC)
MADE = made_up(random.Random(20261120), now=NOW)


@cache
def one_by_one() -> dict[tuple[int, int], Counter[str]]:
    return at_a_time(MADE, NOW)


def test_many_escorts_at_once_are_each_as_on_their_own() -> None:
    right = one_by_one()
    assert all_at_once(MADE, NOW) == right
    whole = sum(right.values(), Counter[str]())
    assert min(whole[state] for state in ("filled", "filled_late", "missed")) > 500
    runs_of_two_months = Counter(run for run, _ in right)
    assert max(runs_of_two_months.values()) >= 2
    assert list(all_at_once(MADE, NOW)) == sorted(right)


@pytest.mark.parametrize(
    ("wrong", "right"),
    [
        ("rest * 2 >= every_minutes", "rest * 2 > every_minutes"),
        ("(happened < ends[run])", "(happened <= ends[run])"),
        ("(recorded <= now)", "(recorded < now)"),
        ("[fits] <= every_minutes", "[fits] < every_minutes"),
        ("np.minimum(last, ends[owner])", "last"),
        ("WIB // timedelta(minutes=1)", "0"),
        ("filled & ~in_time", "~in_time"),
        ("(place >= 0)", "(place >= -1)"),
    ],
)
def test_twin_of_many_at_once_sees_a_rule_bent(
    wrong: str, right: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = Path(rule.__file__).read_text(encoding="utf-8")
    assert source.count(wrong) == 1
    bent: dict[str, object] = {"__name__": rule.__name__}
    exec(compile(source.replace(wrong, right), "bent", "exec"), bent)
    monkeypatch.setitem(globals(), "tallies", bent["tallies"])
    with suppress(IndexError):  # a slot that does not exist
        assert all_at_once(MADE, NOW) != one_by_one()


def test_no_escort_and_no_entry_make_no_tally() -> None:
    nothing = np.zeros(0, "datetime64[m]")
    nobody = np.zeros(0, np.int64)
    empty = tallies(
        Runs(nothing, nothing, np.zeros(0, bool)), Marks(nobody, nothing, nothing),
        every_minutes=EVERY, as_of=wib("Jumat 2026-11-20 10:30"),
    )  # fmt: skip
    assert isinstance(empty, Tallies)
    assert len(empty.run) == len(empty.due) == 0
