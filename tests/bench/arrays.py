"""Working time on whole arrays against a plain numpy subtraction of the same arrays."""

from collections.abc import Callable, Iterator
from pathlib import Path
from timeit import repeat

import numpy as np

from tests.bench.figures import Figure, spoken
from tests.moments import shipped_calendar

SIZE = 1_000_000
REPEAT = 15
ELAPSED_BUDGET, DUE_BUDGET = 15, 30  # times a subtraction
_MINUTES_A_YEAR, _LONGEST = 525_600, 60 * 24 * 60


def measure(_folder: Path) -> Iterator[Figure]:
    """Elapsed minutes and due moments of a million rounds within five years, the best of several runs."""
    calendar, dice = shipped_calendar(), np.random.default_rng(1)
    starts = np.datetime64("2022-01-01T00:00", "m") + dice.integers(0, 5 * _MINUTES_A_YEAR, SIZE)
    ends = starts + dice.integers(0, _LONGEST, SIZE)
    plain = _best(lambda: ends - starts)
    for what, times, work in (
        ("elapsed working minutes", ELAPSED_BUDGET, lambda: calendar.elapsed_array(starts, ends)),
        ("due after 30 working minutes", DUE_BUDGET, lambda: calendar.add_minutes_array(starts, 30)),
        ("due after 3 working days", DUE_BUDGET, lambda: calendar.due_days_array(starts, 3)),
    ):
        took = _best(work)
        measured = f"{took / plain:.1f} x ({spoken(took)} / {spoken(plain)})"
        yield Figure(what, "1 M", f"<= {times} x numpy", measured, took / plain / times)


def _best(work: Callable[[], object]) -> float:
    return min(repeat(work, number=1, repeat=REPEAT))
