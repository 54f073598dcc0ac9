"""The figures: how many steps kept their time, per step, per month and altogether.

Decided 2026-11:
- Compliance = on time / (on time + late + overdue). An overdue step counts against the office before it is finished,
  or leaving work undone would pay. Running, skipped and unmeasured steps are outside (rules 3).
- No figure without its n. n = 0 has no percentage (None here, NaN in frames), never 0 % or 100 %; under ENOUGH steps
  a percentage is shown but not judged by a colour.
- Rates are never rounded here, so that screen, sheet and recomputation hold the same number; a difference is taken of
  the rates themselves, not of what the screen rounds them to.
- Screen, chart and workbook are filled from these frames and count nothing themselves.

`counts` is what the queries hand over: one row per step and month of the due date (WIB), with the columns step_key,
month (yyyymm) and COUNTED + ASIDE as whole numbers.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from dashboard.grades import COUNTED, ENOUGH, FAIR_FROM, GOOD_FROM
from dashboard.text import _, language
from models.sla import Unit
from models.sop import Sop, Step

__all__ = [
    "ASIDE", "COUNTED", "ENOUGH", "FAIR_FROM", "GOOD_FROM", "MATRIX", "Figures",
    "difference_in_points", "durations", "matrix", "overall", "rate", "records", "trend",
]  # fmt: skip

ASIDE = ("at_risk", "running", "skipped")
MATRIX = (
    *("step_key", "no", "name", "target_text", "measured", "reason"),
    *("n", *COUNTED, *ASIDE, "rate", "enough"),
)


@dataclass(frozen=True, slots=True)
class Figures:
    """One percentage with what it is made of. `rate` is 0..1, None when n = 0."""

    n: int
    on_time: int
    late: int
    overdue: int
    rate: float | None


def rate(on_time: int, late: int, overdue: int) -> float | None:
    """Return the share on time as 0..1, None when there is nothing to judge."""
    n = on_time + late + overdue
    return on_time / n if n else None


def records(frame: pd.DataFrame, names: Sequence[str] | None = None) -> list[dict[str, Any]]:
    """The rows as dictionaries of plain values, of these columns or of all: `to_dict` in a fifth of the time."""
    columns = list(frame.columns) if names is None else names
    rows = zip(*(frame[name].tolist() for name in columns), strict=True)
    return [dict(zip(columns, row, strict=True)) for row in rows]


def overall(counts: pd.DataFrame) -> Figures:
    """Sum up all rows, of whichever steps, months and SOPs they are."""
    on_time, late, overdue = (int(counts[name].sum()) for name in COUNTED)
    return Figures(
        n=on_time + late + overdue,
        on_time=on_time,
        late=late,
        overdue=overdue,
        rate=rate(on_time, late, overdue),
    )


def difference_in_points(now: Figures, before: Figures) -> float | None:
    """Return `now` minus `before` in percentage points (4.2, not 0.042), None when either has no percentage."""
    if now.rate is None or before.rate is None:
        return None
    return (now.rate - before.rate) * 100


def matrix(counts: pd.DataFrame, sop: Sop) -> pd.DataFrame:
    """Return one row per step in the SOP's order with the columns MATRIX; a step without rows has zeros.

    Words are in the language of the reader, so a cache of this frame needs the language in its key. `reason` says
    why a step is not measured ("" for a measured one); `rate` is NaN when n = 0. Rows of steps that this version of
    the SOP does not have raise ValueError: left out silently, the steps would no longer add up to the whole.
    """
    unknown = sorted(set(counts["step_key"]) - {step.key for step in sop.steps})
    if unknown:
        raise ValueError(f"{sop.code} version {sop.version} has no step {', '.join(unknown)}")
    sums = _sums(counts, "step_key", [*COUNTED, *ASIDE])
    zeros = dict.fromkeys([*COUNTED, *ASIDE], 0)
    rows = [_judged({**_described(step, sop), **sums.get(step.key, zeros)}) for step in sop.steps]
    for row in rows:
        row["measured"] |= row["n"] > 0  # another version of the SOP may have measured what this one does not
        row["reason"] = "" if row["n"] else row["reason"]
        row["enough"] = row["n"] >= ENOUGH
    return pd.DataFrame(rows, columns=list(MATRIX))


def trend(counts: pd.DataFrame, months: Sequence[int]) -> pd.DataFrame:
    """Return month, n, on_time and rate (NaN when n = 0) for each of `months` (yyyymm), in their order."""
    sums, zeros = _sums(counts, "month", list(COUNTED)), dict.fromkeys(COUNTED, 0)
    rows = [_judged({"month": month, **sums.get(month, zeros)}) for month in months]
    return pd.DataFrame(rows, columns=["month", "n", "on_time", "rate"])


def durations(rows: pd.DataFrame) -> pd.DataFrame:
    """Return step_key, mean, median and max of `worked_minutes`, in working minutes as floats.

    `rows` has one row per step record; those without worked minutes (not finished) are left out, and a step that was
    never finished has no row.
    """
    finished = rows.dropna(subset=["worked_minutes"]).astype({"worked_minutes": "float64"})
    return finished.groupby("step_key")["worked_minutes"].agg(["mean", "median", "max"]).reset_index()


def _described(step: Step, sop: Sop) -> dict[str, object]:
    return {
        "step_key": step.key,
        "no": step.no,
        "name": step.name.in_language(language()),
        "target_text": step.time_text or _("time not set by the SOP"),
        "measured": step.counted,
        "reason": "" if step.counted else _reason(step, sop),
    }


def _reason(step: Step, sop: Sop) -> str:
    if sop.executor(step.executor).outside:
        return _("not done by the office")
    if step.target.unit is Unit.SCHEDULE:
        return step.time_text or _("follows the schedule")
    if step.target.unit is Unit.NONE:
        return _("time not set by the SOP")
    return _("outside the percentage")


def _sums(counts: pd.DataFrame, by: str, names: list[str]) -> dict[Any, dict[str, int]]:
    """The sums of these columns, by the values of `by`; see `_judged`."""
    sums: dict[Any, dict[str, int]] = {}
    for row in records(counts, [by, *names]):
        held = sums.setdefault(row[by], dict.fromkeys(names, 0))
        for name in names:
            held[name] += int(row[name])
    return sums


def _judged(row: dict[str, Any]) -> dict[str, Any]:
    """The row with its n and rate; row by row, because the rows are few and each step of pandas costs more than all."""
    share = rate(*(row[name] for name in COUNTED))
    return row | {"n": sum(row[name] for name in COUNTED), "rate": math.nan if share is None else share}
