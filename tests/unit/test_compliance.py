"""The figures of compliance: what counts, what does not, and what stands where there is nothing to judge."""

import math
from pathlib import Path

import pandas as pd
import pytest

from dashboard.compliance import (
    MATRIX,
    Figures,
    difference_in_points,
    durations,
    matrix,
    overall,
    rate,
    trend,
)
from dashboard.text import in_language
from models.sop import Sop
from models.sop_file import load

SOPS = Path(__file__).parents[2] / "seed" / "sops"
COLUMNS = ["step_key", "month", "on_time", "late", "overdue", "at_risk", "running", "skipped"]


@pytest.fixture(scope="module")
def pengaduan() -> Sop:
    return load(SOPS / "pengaduan.toml")


@pytest.fixture(scope="module")
def pengawalan() -> Sop:
    return load(SOPS / "pengawalan.toml")


def counts(*rows: tuple[object, ...]) -> pd.DataFrame:
    return pd.DataFrame(list(rows), columns=COLUMNS)


def test_rate_of_the_example_of_the_rules():
    assert rate(10, 2, 3) == 10 / 15


def test_rate_of_nothing_is_no_figure():
    assert rate(0, 0, 0) is None


def test_overall_leaves_running_and_skipped_outside():
    figures = overall(counts(("a", 202607, 6, 2, 1, 9, 9, 9), ("b", 202608, 4, 0, 2, 9, 9, 9)))
    assert figures == Figures(n=15, on_time=10, late=2, overdue=3, rate=10 / 15)


def test_overall_of_nothing_has_no_rate():
    assert overall(counts()) == Figures(n=0, on_time=0, late=0, overdue=0, rate=None)


def test_overdue_steps_pull_the_rate_down_before_they_are_finished():
    without = overall(counts(("a", 202607, 9, 1, 0, 0, 0, 0)))
    with_open = overall(counts(("a", 202607, 9, 1, 5, 0, 0, 0)))
    assert (without.rate, with_open.rate) == (0.9, 0.6)


def test_difference_is_in_points_and_none_without_a_figure_on_either_side():
    now = Figures(n=1000, on_time=876, late=124, overdue=0, rate=0.876)
    before = Figures(n=1000, on_time=834, late=166, overdue=0, rate=0.834)
    nothing = Figures(n=0, on_time=0, late=0, overdue=0, rate=None)
    assert difference_in_points(now, before) == pytest.approx(4.2)
    assert difference_in_points(before, now) == pytest.approx(-4.2)
    assert difference_in_points(now, nothing) is None
    assert difference_in_points(nothing, now) is None


def test_step_that_an_older_version_measured_is_in_the_table_as_in_the_whole(pengawalan: Sop):
    """What is counted must add up to the whole, also where the version in force measures the step no longer."""
    unmeasured = next(step.key for step in pengawalan.steps if not step.counted)
    row = (
        matrix(counts((unmeasured, 202607, 3, 1, 0, 0, 0, 0)), pengawalan)
        .set_index("step_key")
        .loc[unmeasured]
    )
    assert (row["measured"], row["reason"], row["n"], row["rate"]) == (True, "", 4, 0.75)


@pytest.mark.parametrize("code", ["pengawalan", "pengaduan"])
def test_matrix_has_every_step_once_in_the_order_of_the_sop(code: str, request: pytest.FixtureRequest):
    sop: Sop = request.getfixturevalue(code)
    measured = [step for step in reversed(sop.steps) if step.counted]
    last_first = counts(*((step.key, 202607, 1, 0, 0, 0, 0, 0) for step in measured))
    frame = matrix(last_first, sop)
    assert list(frame.columns) == list(MATRIX)
    assert list(frame["step_key"]) == [step.key for step in sop.steps]
    assert list(frame["no"]) == [step.no for step in sop.steps]
    assert list(frame["measured"]) == [step.counted for step in sop.steps]


def test_matrix_adds_the_months_of_a_step_and_gives_the_others_zero(pengaduan: Sop):
    frame = matrix(
        counts(("review", 202607, 3, 1, 0, 2, 1, 0), ("review", 202609, 5, 0, 1, 0, 4, 3)), pengaduan
    )
    by_step = frame.set_index("step_key")
    review = by_step.loc["review"]
    assert [review[name] for name in ("n", "on_time", "late", "overdue")] == [10, 8, 1, 1]
    assert [review[name] for name in ("at_risk", "running", "skipped")] == [2, 5, 3]
    assert review["rate"] == 0.8
    others = by_step.drop(index="review")
    assert (others[["n", "on_time", "late", "overdue", "at_risk", "running", "skipped"]] == 0).all().all()
    assert others["rate"].isna().all()


def test_matrix_of_nothing_is_the_whole_sop_with_no_figure(pengaduan: Sop):
    frame = matrix(counts(), pengaduan)
    assert len(frame) == len(pengaduan.steps)
    assert frame["n"].sum() == 0
    assert frame["rate"].isna().all()
    assert not frame["enough"].any()


@pytest.mark.parametrize(("n", "enough"), [(4, False), (5, True)])
def test_matrix_judges_from_five_cases_on(n: int, enough: bool, pengaduan: Sop):
    frame = matrix(counts(("review", 202607, n, 0, 0, 50, 50, 50)), pengaduan).set_index("step_key")
    assert bool(frame.loc["review", "enough"]) is enough


def test_matrix_gives_the_rate_unrounded(pengaduan: Sop):
    frame = matrix(counts(("review", 202607, 2, 1, 0, 0, 0, 0)), pengaduan).set_index("step_key")
    assert frame.loc["review", "rate"] == 2 / 3


def test_matrix_refuses_a_step_the_sop_does_not_have(pengaduan: Sop):
    with pytest.raises(ValueError, match="no step gone"):
        matrix(counts(("gone", 202607, 1, 0, 0, 0, 0, 0)), pengaduan)


def test_matrix_and_overall_agree_on_the_whole(pengawalan: Sop):
    rows = [
        (step.key, month, number, 1, number % 3, 0, 0, 0)
        for number, step in enumerate(pengawalan.steps)
        for month in (202607, 202612)
        if step.counted
    ]
    figures = overall(counts(*rows))
    frame = matrix(counts(*rows), pengawalan)
    assert [frame[name].sum() for name in ("n", "on_time", "late", "overdue")] == [
        figures.n,
        figures.on_time,
        figures.late,
        figures.overdue,
    ]


def test_matrix_says_the_target_in_the_words_of_the_sop_and_why_a_step_is_not_measured(
    pengawalan: Sop, pengaduan: Sop
):
    with in_language("en"):
        escorts = matrix(counts(), pengawalan).set_index("no")
        complaints = matrix(counts(), pengaduan).set_index("no")
    assert escorts.loc["1", "target_text"] == "3 hari"
    assert escorts.loc["6", "reason"] == "disesuaikan dengan jadwal pengawalan"
    assert escorts.loc["7", ["target_text", "reason"]].to_list() == ["time not set by the SOP"] * 2
    assert complaints.loc["1", "reason"] == "not done by the office"
    assert set(complaints.loc[complaints["measured"], "reason"]) == {""}


def test_matrix_names_the_steps_in_the_language_spoken(pengaduan: Sop):
    with in_language("en"):
        english = matrix(counts(), pengaduan)
    with in_language("id"):
        indonesian = matrix(counts(), pengaduan)
    assert list(english["name"]) == [step.name.en for step in pengaduan.steps]
    assert list(indonesian["name"]) == [step.name.id for step in pengaduan.steps]


def test_trend_has_every_month_asked_for_and_no_other():
    frame = trend(
        counts(
            ("a", 202606, 9, 0, 0, 0, 0, 0),
            ("a", 202607, 3, 1, 0, 0, 0, 0),
            ("b", 202607, 3, 0, 1, 5, 5, 5),
            ("a", 202609, 0, 2, 0, 0, 0, 0),
            ("b", 202608, 0, 0, 0, 3, 3, 3),
        ),
        [202607, 202608, 202609, 202610],
    )
    assert list(frame.columns) == ["month", "n", "on_time", "rate"]
    assert list(frame["month"]) == [202607, 202608, 202609, 202610]
    assert list(frame["n"]) == [8, 0, 2, 0]
    assert list(frame["on_time"]) == [6, 0, 0, 0]
    assert [None if math.isnan(value) else value for value in frame["rate"]] == [0.75, None, 0.0, None]


def test_trend_of_nothing_is_gaps():
    frame = trend(counts(), [202607, 202608])
    assert list(frame["n"]) == [0, 0]
    assert frame["rate"].isna().all()


def test_durations_leave_unfinished_steps_out():
    rows = pd.DataFrame(
        {
            "step_key": ["a", "a", "a", "a", "b", "c"],
            "worked_minutes": [30, 60, 480, None, 0, None],
        }
    )
    frame = durations(rows)
    assert frame.to_dict("records") == [
        {"step_key": "a", "mean": 190.0, "median": 60.0, "max": 480.0},
        {"step_key": "b", "mean": 0.0, "median": 0.0, "max": 0.0},
    ]


def test_durations_of_nothing_are_an_empty_frame():
    frame = durations(pd.DataFrame({"step_key": [], "worked_minutes": []}))
    assert list(frame.columns) == ["step_key", "mean", "median", "max"]
    assert frame.empty
