"""The table of slots holds: one test a row of slot_table.txt, by the scalar rule and by the arrays."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from models import slots as rule
from models.slots import Mark, Marks, Runs, SlotRow, SlotState, slots, tallies
from tests.moments import WrongWeekday, wib

TABLE = Path(__file__).with_name("slot_table.txt")
EVERY = 120
LETTERS = {
    "T": SlotState.FILLED,
    "L": SlotState.FILLED_LATE,
    "X": SlotState.MISSED,
    "B": SlotState.RUNNING,
    ".": SlotState.NOT_DUE,
}


@dataclass(frozen=True)
class Row:
    """One line of the table, read."""

    line: int
    start_at: datetime
    end_at: datetime | None
    ended: bool
    as_of: datetime
    entries: tuple[Mark, ...]
    states: str
    together: tuple[int, ...]


def read(text: str, line: int = 0) -> Row:
    """ValueError for what cannot be read, WrongWeekday for a weekday that is not the date's."""
    start, end, seen, entries, states, together = (part.strip() for part in text.split("|"))
    start_at = wib(start)
    end_at = None if end == "tanpa rencana" else wib(end.split(" ", 1)[1])
    if not end.startswith(("selesai ", "rencana ", "tanpa rencana")):
        raise ValueError(end)
    return Row(
        line=line,
        start_at=start_at,
        end_at=end_at,
        ended=end.startswith("selesai "),
        as_of=wib(seen),
        entries=tuple(_mark(word, start_at) for word in entries.split() if word != "-"),
        states=states.removeprefix("-"),
        together=tuple(int(number) for number in together.removeprefix("-").split()),
    )


def _mark(word: str, start_at: datetime) -> Mark:
    found = re.fullmatch(r"(?:\+(\d+)/)?(\d\d):(\d\d)(?:>(\d\d):(\d\d))?", word)
    if found is None:
        raise ValueError(word)
    days, *clock = (int(number or 0) for number in found.groups())
    midnight = start_at.replace(hour=0, minute=0) + timedelta(days=days)
    happened_at = midnight + timedelta(hours=clock[0], minutes=clock[1])
    if found[4] is None:
        return Mark(happened_at, happened_at)
    return Mark(happened_at, midnight + timedelta(hours=clock[2], minutes=clock[3]))


def rows() -> list[Row]:
    lines = enumerate(TABLE.read_text(encoding="utf-8").splitlines(), 1)
    return [read(text, number) for number, text in lines if text and not text.startswith("#")]


def of(row: Row) -> SlotRow:
    return slots(
        row.start_at, row.end_at, every_minutes=EVERY, entries=row.entries, as_of=row.as_of, ended=row.ended
    )


@pytest.mark.parametrize("row", rows(), ids=lambda row: f"line{row.line}")
def test_slot_table(row: Row) -> None:
    found = of(row)
    letters = {state: letter for letter, state in LETTERS.items()}
    assert "".join(letters[slot.state] for slot in found.slots) == row.states
    assert [found.slots.index(slot) + 1 for slot in found.together] == list(row.together)


@pytest.mark.parametrize("row", rows(), ids=lambda row: f"line{row.line}")
def test_slot_table_by_arrays(row: Row) -> None:
    def moments(*values: datetime | None) -> rule.Moments:
        utc = [None if value is None else value.timestamp() // 60 for value in values]
        return np.array(["NaT" if m is None else np.datetime64(int(m), "m") for m in utc], "datetime64[m]")

    found = tallies(
        Runs(moments(row.start_at), moments(row.end_at), np.array([row.ended])),
        Marks(
            np.zeros(len(row.entries), np.int64),
            moments(*(mark.happened_at for mark in row.entries)),
            moments(*(mark.recorded_at for mark in row.entries)),
        ),
        every_minutes=EVERY,
        as_of=row.as_of,
    )
    filled_late = row.states.count("L")
    assert found.filled_late.sum() == filled_late
    assert found.filled.sum() == row.states.count("T") + filled_late
    assert found.due.sum() == len(row.states) - row.states.count("B") - row.states.count(".")


def test_slot_table_has_every_state_and_both_sides_of_each_border() -> None:
    found = rows()
    assert set("".join(row.states for row in found)) == set(LETTERS)
    assert {len(row.together) for row in found} >= {0, 3, 4}
    assert {row.start_at.weekday() for row in found} >= {0, 4, 5, 6}
    assert {row.ended for row in found} == {True, False}


def test_slot_table_reader_refuses_what_it_cannot_read() -> None:
    good = "Senin 2026-11-30 07:00 | selesai Senin 2026-11-30 09:00 | Senin 2026-11-30 12:00 | 08:00 | T | -"
    assert read(good).states == "T"
    with pytest.raises(WrongWeekday):
        read(good.replace("Senin 2026-11-30 07", "Selasa 2026-11-30 07"))
    for bad in (good.replace("08:00", "8.00"), good.replace("selesai", "usai"), good.replace("| T", "")):
        with pytest.raises(ValueError, match=r".+"):
            read(bad)


@pytest.mark.parametrize(
    ("wrong", "right"),
    [
        ("rest * 2 >= step", "rest * 2 > step"),
        ("<= step for mark", "< step for mark"),
        ("mark.happened_at < borders", "mark.happened_at <= borders"),
        ("not ended and now < last", "now < last"),
        ("first <= now else", "first < now else"),
        ("end <= now)", "end < now)"),
        (" and mark.recorded_at <= now", ""),
        ("moment + TOGETHER_WITHIN", "moment + TOGETHER_WITHIN * 2"),
        ("len(near) >= TOGETHER_FROM", "len(near) > TOGETHER_FROM"),
        ("(min(mark.recorded_at", "(max(mark.recorded_at"),
    ],
)
def test_twin_slot_table_sees_a_rule_bent(wrong: str, right: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each border of the rule moved by one: some row of the table must fail."""
    source = Path(rule.__file__).read_text(encoding="utf-8")
    assert source.count(wrong) == 1
    bent: dict[str, object] = {"__name__": rule.__name__}
    exec(compile(source.replace(wrong, right), "bent", "exec"), bent)
    monkeypatch.setitem(globals(), "slots", bent["slots"])
    words = {letter: state.value for letter, state in LETTERS.items()}
    assert any(
        [slot.state.value for slot in found.slots] != [words[letter] for letter in row.states]
        or [found.slots.index(slot) + 1 for slot in found.together] != list(row.together)
        for row in rows()
        for found in [of(row)]
    )
