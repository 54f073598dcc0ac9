"""The frames of Kepatuhan: what the queries hand over, as the charts, tables and files show it. Counts nothing twice.

Durations are working minutes. Quantiles interpolate as pandas does, so that a median here is the median of the semester
workbook. A share without anything to judge is NaN, never 0 or 1.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from dashboard.compliance import COUNTED, ENOUGH
from dashboard.formats import WORKING_DAY_MINUTES
from models.queries.record_keeping import ByRecord
from models.queries.spread import Duration, StepShare
from models.sla import COUNTED_DAYS, Target, Unit
from models.sop import Sop

SPREAD = ("n", "mean", "p10", "p25", "median", "p75", "p90", "max")
_SHARES = {"p10": 0.1, "p25": 0.25, "median": 0.5, "p75": 0.75, "p90": 0.9}


def least(frame: pd.DataFrame, by: str) -> dict[Any, Any]:
    """The row with the least `by`; the frame has one at least."""
    return dict(frame.iloc[int(frame[by].argmin())].to_dict())


def most(frame: pd.DataFrame, by: str) -> dict[Any, Any]:
    """The row with the most `by`; the frame has one at least."""
    return dict(frame.iloc[int(frame[by].argmax())].to_dict())


def month_matrix(counts: pd.DataFrame, sop: Sop, months: Sequence[int]) -> pd.DataFrame:
    """One row per measured step and month of `months`: step_key, month, n, on_time, rate (NaN when n = 0), enough."""
    judged = set(counts.loc[counts[list(COUNTED)].sum(axis="columns") > 0, "step_key"])
    steps = [step.key for step in sop.steps if step.counted or step.key in judged]
    index = pd.MultiIndex.from_product([steps, list(months)], names=["step_key", "month"])
    sums = counts.groupby(["step_key", "month"])[list(COUNTED)].sum().reindex(index, fill_value=0)
    frame = sums.astype("int64").reset_index()
    n = frame[list(COUNTED)].sum(axis="columns")
    return frame.assign(n=n, rate=frame["on_time"] / n.where(n > 0), enough=n >= ENOUGH)


def spread_by(durations: Sequence[Duration], key: str) -> pd.DataFrame:
    """Per `key` ("step_key", "executor") the columns SPREAD, in working minutes."""
    gathered: dict[str, list[Duration]] = {}
    for one in durations:
        gathered.setdefault(getattr(one, key), []).append(one)
    rows: list[dict[str, Any]] = [{key: value, **_spread(own)} for value, own in gathered.items()]
    return pd.DataFrame(rows, columns=[key, *SPREAD])


def _spread(durations: Sequence[Duration]) -> dict[str, float]:
    minutes = np.array([one.minutes for one in durations], np.int64)
    every = np.repeat(minutes, [one.count for one in durations])
    found = {name: float(np.quantile(every, share)) for name, share in _SHARES.items()}
    return {"n": len(every), "mean": float(every.mean()), "max": float(every.max()), **found}


def target_minutes(target: Target) -> int | None:
    """The working minutes that a target names; a day counts as a whole one. None where it names no number."""
    if target.upper is None:
        return None
    if target.unit in COUNTED_DAYS:
        return target.upper * WORKING_DAY_MINUTES
    return target.upper if target.unit in (Unit.WORKING_MINUTES, Unit.CLOCK_MINUTES) else None


def step_spread(durations: Sequence[Duration], sop: Sop) -> pd.DataFrame:
    """One row per step of the SOP that was ever finished: step_key, `target` (minutes, NaN), SPREAD."""
    frame = spread_by(durations, "step_key").set_index("step_key")
    keys = [step.key for step in sop.steps if step.key in frame.index and not step.automatic]
    targets = [target_minutes(sop.step(key).target) for key in keys]
    frame = frame.loc[keys].reset_index()
    frame.insert(1, "target", pd.Series(targets, dtype="float64"))
    return frame


def executor_figures(counts: pd.DataFrame, durations: Sequence[Duration], sop: Sop) -> pd.DataFrame:
    """One row per executor of a measured step, in the SOP's order: executor, COUNTED, n, rate, enough, median, p90."""
    judged = set(counts.loc[counts[list(COUNTED)].sum(axis="columns") > 0, "step_key"])
    owner = {step.key: step.executor for step in sop.steps if step.counted or step.key in judged}
    sums = counts.assign(executor=counts["step_key"].map(owner)).groupby("executor")[list(COUNTED)].sum()
    order = list(dict.fromkeys(owner.values()))
    frame = sums.reindex(order, fill_value=0).astype("int64").reset_index()
    n = frame[list(COUNTED)].sum(axis="columns")
    frame = frame.assign(n=n, rate=frame["on_time"] / n.where(n > 0), enough=n >= ENOUGH)
    times = spread_by(durations, "executor")[["executor", "median", "p90"]]
    return frame.merge(times, on="executor", how="left")


def time_split(cases: int, shares: Sequence[StepShare], sop: Sop) -> pd.DataFrame:
    """Per step that took time, in the SOP's order: step_key, `mean` minutes a case that ended, `share` of the whole."""
    took = {one.step_key: one.minutes for one in shares}
    keys = [step.key for step in sop.case_steps if took.get(step.key)]
    minutes = pd.Series([took[key] for key in keys], dtype="float64")
    mean = minutes / cases if cases else minutes
    return pd.DataFrame({"step_key": keys, "mean": mean, "share": minutes / max(minutes.sum(), 1)})


def by_record_frame(rows: Sequence[ByRecord], sop: Sop) -> pd.DataFrame:
    """Per measured step: step_key, n, `event` and `record` (shares on time), recorded_late, enough."""
    found = {row.step_key: row for row in rows}
    table = [
        {
            "step_key": step.key,
            "n": row.n,
            "event": row.on_time / row.n if row.n else np.nan,
            "record": row.recorded_in_time / row.n if row.n else np.nan,
            "recorded_late": row.recorded_late,
            "enough": row.n >= ENOUGH,
        }
        for step in sop.steps
        if step.counted or step.key in found
        for row in [found.get(step.key, ByRecord(step.key, 0, 0, 0, 0))]
    ]
    return pd.DataFrame(table, columns=["step_key", "n", "event", "record", "recorded_late", "enough"])


def whole_by_record(rows: Sequence[ByRecord]) -> tuple[float | None, float | None, int]:
    """The share on time by event and by record over all steps, and n; None where n = 0."""
    n = sum(row.n for row in rows)
    if not n:
        return None, None, 0
    return sum(row.on_time for row in rows) / n, sum(row.recorded_in_time for row in rows) / n, n


def left_order_frame(found: Mapping[str, Mapping[str, int]], sop: Sop) -> pd.DataFrame:
    """Per step of a case that anything of it happened to: step_key, returned, skipped, out_of_order."""
    kinds = ("returned", "skipped", "out_of_order")
    table = [
        {"step_key": step.key, **{kind: found[kind].get(step.key, 0) for kind in kinds}}
        for step in sop.case_steps
        if any(found[kind].get(step.key) for kind in kinds)
    ]
    return pd.DataFrame(table, columns=["step_key", *kinds])


def forecast(counts: pd.DataFrame, month: int) -> tuple[int, int, int]:
    """Of one month: on time so far, judged so far, and still open with a due date in it (running or at risk)."""
    own = counts[counts["month"] == month]
    on_time, late, overdue, at_risk, running = (
        int(own[name].sum()) for name in (*COUNTED, "at_risk", "running")
    )
    return on_time, on_time + late + overdue, at_risk + running
