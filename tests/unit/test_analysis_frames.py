"""The frames of Kepatuhan: quantiles as pandas takes them, shares without anything to judge, the forecast."""

import numpy as np
import pandas as pd
import pytest

from dashboard.analysis import frames
from models.queries.record_keeping import ByRecord
from models.queries.spread import Duration, StepShare
from models.sla import Target, Unit
from models.sop import Sop
from seed import shipped

COLUMNS = [
    "step_key",
    "month",
    "on_time",
    "late",
    "overdue",
    "at_risk",
    "running",
    "skipped",
    "recorded_late",
]


@pytest.fixture(scope="module")
def complaints() -> Sop:
    return next(sop for sop in shipped.sops() if sop.code == "pengaduan")


def counts(*rows: tuple[object, ...]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=COLUMNS)


def test_quantiles_are_those_of_pandas(complaints: Sop) -> None:
    chance = np.random.default_rng(5)
    minutes = chance.integers(0, 4000, 301)
    durations = [
        Duration("review", "sub_bagian_hukum", int(value), int(count))
        for value, count in zip(*np.unique(minutes, return_counts=True), strict=True)
    ]
    row = frames.step_spread(durations, complaints).iloc[0]
    own = pd.Series(minutes)
    assert row["step_key"] == "review"
    assert row["target"] == 7 * 450
    assert (row["n"], row["max"]) == (301, own.max())
    for name, share in {"p10": 0.1, "p25": 0.25, "median": 0.5, "p75": 0.75, "p90": 0.9}.items():
        assert row[name] == pytest.approx(own.quantile(share))
    assert row["mean"] == pytest.approx(own.mean())


@pytest.mark.parametrize(
    ("target", "minutes"),
    [
        (Target(Unit.WORKING_DAYS, 3), 1350),
        (Target(Unit.CALENDAR_DAYS, 2), 900),
        (Target(Unit.WORKING_MINUTES, 30), 30),
        (Target(Unit.SCHEDULE), None),
        (Target(Unit.NONE), None),
    ],
)
def test_minutes_of_a_target(target: Target, minutes: int | None) -> None:
    assert frames.target_minutes(target) == minutes


def test_month_without_a_case_has_no_share(complaints: Sop) -> None:
    frame = frames.month_matrix(
        counts(("review", 202610, 4, 1, 0, 0, 0, 0, 0), ("review", 202611, 1, 0, 0, 0, 0, 0, 0)),
        complaints,
        [202610, 202611, 202612],
    )
    review = frame[frame["step_key"] == "review"].set_index("month")
    assert review["rate"].to_dict() == {
        202610: 0.8,
        202611: 1.0,
        202612: pytest.approx(float("nan"), nan_ok=True),
    }
    assert review["enough"].to_dict() == {202610: True, 202611: False, 202612: False}
    assert set(frame["step_key"]) == {step.key for step in complaints.steps if step.counted}


def test_forecast_counts_what_is_still_open_in_the_month(complaints: Sop) -> None:
    frame = counts(
        ("review", 202611, 6, 2, 1, 3, 4, 5, 0),
        ("disposition", 202611, 4, 0, 0, 0, 1, 0, 0),
        ("review", 202612, 9, 9, 9, 9, 9, 9, 0),
    )
    assert frames.forecast(frame, 202611) == (10, 13, 8)
    assert frames.forecast(frame, 202601) == (0, 0, 0)


def test_executor_is_judged_by_all_of_their_steps(complaints: Sop) -> None:
    frame = frames.executor_figures(
        counts(("review", 202611, 6, 2, 0, 0, 0, 0, 0), ("written_follow_up", 202611, 1, 0, 1, 0, 0, 0, 0)),
        [Duration("review", "sub_bagian_hukum", 450, 2), Duration("review", "sub_bagian_hukum", 900, 1)],
        complaints,
    ).set_index("executor")
    law = frame.loc["sub_bagian_hukum"]
    assert (law["n"], law["on_time"], law["late"], law["overdue"]) == (10, 7, 2, 1)
    assert law["rate"] == 0.7
    assert law["median"] == 450
    assert pd.isna(frame.loc["ketua", "rate"])


def test_time_of_a_case_is_shared_out_among_its_steps(complaints: Sop) -> None:
    frame = frames.time_split(
        4, [StepShare("review", 3000, 5), StepShare("disposition", 1000, 4)], complaints
    )
    assert frame["step_key"].tolist() == ["disposition", "review"]
    assert frame["mean"].tolist() == [250, 750]
    assert frame["share"].tolist() == [0.25, 0.75]
    assert frames.time_split(0, [], complaints).empty


def test_share_by_record_stands_beside_the_one_by_event(complaints: Sop) -> None:
    rows = [ByRecord("review", 10, 8, 5, 3), ByRecord("disposition", 2, 2, 2, 0)]
    event, record, n = frames.whole_by_record(rows)
    assert (event, record, n) == (10 / 12, 7 / 12, 12)
    assert frames.whole_by_record([]) == (None, None, 0)
    frame = frames.by_record_frame(rows, complaints).set_index("step_key")
    assert (frame.loc["review", "event"], frame.loc["review", "record"]) == (0.8, 0.5)
    assert pd.isna(frame.loc["recording", "event"])
