"""The charts of Kepatuhan as data: what a click carries, marks within their rows, nothing foreign in the words."""

import re
from datetime import UTC, datetime

import pandas as pd
import plotly.graph_objects as go
import pytest

from dashboard import due_timeline, wall
from dashboard.analysis.marks import Cell, Part, Spread, Told, cell_rows, pair_rows, share_rows, spread_rows
from dashboard.charts import step_bars
from dashboard.compliance import matrix
from dashboard.text import in_language
from models.explanation import explain
from models.sla import Target, Unit
from seed import shipped
from tests.moments import shipped_calendar, wib
from tests.unit.test_charts import COLUMNS, ROWS

HOSTILE = '<a href="javascript:alert(1)">x</a> $\\url{http://x}$'
TOLD = [
    Told(key="langkah=review", name="4. Penelaahan", end="90%"),
    Told(key="", name=HOSTILE, small=HOSTILE),
]


def drawn(*, dark: bool = False) -> list[go.Figure]:
    cell = Cell("langkah=review", "1", "#FFFFFF", "#000000", "x")
    return [
        share_rows(
            TOLD,
            [Part("Tepat waktu", "#1B7F5C", [0.5, 1]), Part("Terlambat", "#C4541A", [0.5, 0], "/")],
            dark=dark,
        ),
        pair_rows(TOLD, [(0.5, None), (1.0, 0.2)], ("kejadian", "pencatatan"), dark=dark),
        spread_rows(
            TOLD,
            [Spread(0.1, 0.2, 0.5, 1, 9, 450.0), Spread(0.1, 0.2, 0.3, 0.4, 0.5, None)],
            ("a", "b", "c", "d"),
            dark=dark,
        ),
        cell_rows(TOLD, ["Jul", "Agu"], [[cell, cell], [cell, cell]], dark=dark),
    ]


def words(figure: go.Figure) -> list[str]:
    hovers = [
        str(data[1])
        for trace in figure.data
        for data in (trace.customdata if trace.customdata is not None else [])
    ]
    return [note.text for note in figure.layout.annotations] + hovers


@pytest.mark.parametrize("dark", [False, True])
def test_click_carries_the_key_of_its_row(dark: bool) -> None:
    for figure in drawn(dark=dark):
        keys = {data[0] for trace in figure.data if trace.customdata is not None for data in trace.customdata}
        assert "langkah=review" in keys


def test_words_of_data_are_no_markup() -> None:
    for figure in drawn():
        for said in words(figure):
            assert "<a" not in said
            assert not re.search(r"\$[^&]", said)


def test_marks_stay_within_the_figure() -> None:
    for figure in drawn():
        low, high = figure.layout.yaxis.range
        for trace in figure.data:
            assert all(low <= y <= high for y in trace.y)
            bases = getattr(trace, "base", None) or [0] * len(trace.x)
            ends = [base + (x or 0) for base, x in zip(bases, trace.x, strict=True)]
            assert max(ends) <= 1 + 1e-9


def test_larger_figure_keeps_its_proportions() -> None:
    complaints = next(sop for sop in shipped.sops() if sop.code == "pengaduan")
    frame = matrix(pd.DataFrame(list(ROWS), columns=COLUMNS), complaints)
    plain, large = step_bars(frame, dark=False), wall.enlarged(step_bars(frame, dark=False), 2)
    assert large.layout.height == 2 * plain.layout.height
    assert large.layout.margin.r == 2 * plain.layout.margin.r
    for before, after in zip(plain.layout.annotations, large.layout.annotations, strict=True):
        assert after.font.size == 2 * before.font.size
        assert after.xshift == 2 * (before.xshift or 0)
    sizes = {
        int(size) for note in large.layout.annotations for size in re.findall(r"font-size:(\d+)px", note.text)
    }
    assert sizes == {22}


def cells_of(figure: go.Figure) -> list[str]:
    """The texts of a strip of cells, row by row."""
    return [
        "".join(str(trace.text[row] or " ") for trace in figure.data)
        for row in range(len(figure.data[0].text))
    ]


def test_weeks_show_each_day_counted_and_left_out() -> None:
    made = explain(
        start_at=wib("Kamis 2025-03-27 10:00"),
        target=Target(Unit.WORKING_DAYS, 7),
        calendar=shipped_calendar(),
    )
    due_at = made.deadline.due_at
    figure = due_timeline.figure(made, due_at=due_at, dark=False)
    assert figure is not None
    # Thursday is day 0; Nyepi and Idul Fitri are left out; the 16th of April is day 7
    assert cells_of(figure) == ["   0---", "-------", "-1234--", "567    "]


def test_minutes_show_their_stretches_and_the_break() -> None:
    made = explain(
        start_at=wib("Jumat 2025-07-04 11:20"),
        target=Target(Unit.WORKING_MINUTES, 30),
        calendar=shipped_calendar(),
    )
    with in_language("id"):
        figure = due_timeline.figure(made, due_at=made.deadline.due_at, dark=True)
    assert figure is not None
    assert [trace.text[0] for trace in figure.data] == ["10 menit", "istirahat", "20 menit"]


def test_what_is_not_counted_has_no_picture() -> None:
    made = explain(
        start_at=datetime(2026, 11, 20, 2, tzinfo=UTC), target=Target(Unit.NONE), calendar=shipped_calendar()
    )
    assert due_timeline.figure(made, due_at=None, dark=False) is None
