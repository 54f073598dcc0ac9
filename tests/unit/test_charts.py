"""The charts as data: order, shares, what a click carries, what is said instead of shown, and no foreign HTML."""

import html
import re
from itertools import pairwise
from pathlib import Path

import pandas as pd
import plotly.graph_objects as go
import pytest

from dashboard import chart_rows
from dashboard.charts import step_bars, step_bars_text, trend_lines, trend_lines_text
from dashboard.compliance import matrix, trend
from dashboard.palette import GREY, HATCHES, STATUS_COLOURS, STATUS_COLOURS_ON_DARK
from dashboard.text import in_language
from models.sop import Sop
from models.sop_file import load

SOPS = Path(__file__).parents[2] / "seed" / "sops"
COLUMNS = ["step_key", "month", "on_time", "late", "overdue", "at_risk", "running", "skipped"]
ROWS = (
    ("recording", 202607, 1210, 20, 4, 1, 2, 0),
    ("disposition", 202607, 2, 1, 1, 0, 0, 0),
    ("review", 202607, 5, 3, 0, 1, 1, 0),
    ("examination", 202607, 0, 0, 0, 2, 1, 7),
)


@pytest.fixture(scope="module")
def pengaduan() -> Sop:
    return load(SOPS / "pengaduan.toml")


@pytest.fixture
def frame(pengaduan: Sop) -> pd.DataFrame:
    return matrix(pd.DataFrame(list(ROWS), columns=COLUMNS), pengaduan)


def touch(figure: go.Figure) -> go.Bar:
    (bars,) = [trace for trace in figure.data if trace.customdata is not None]
    return bars


def texts(figure: go.Figure) -> list[str]:
    return [note.text for note in figure.layout.annotations]


def shown(text: str) -> str:
    """What a reader sees of Plotly's small HTML."""
    return html.unescape(re.sub(r"<[^>]*>", " ", text))


def test_step_bars_stand_in_the_order_of_the_sop_from_the_top(frame: pd.DataFrame):
    figure = step_bars(frame, dark=False)
    rows = touch(figure)
    assert [data[0] for data in rows.customdata] == list(frame["step_key"])
    assert list(rows.y) == sorted(rows.y, reverse=True)
    for state in figure.data[:3]:
        assert list(state.y) == sorted(state.y, reverse=True)


def test_step_bars_show_shares_that_fill_the_row(frame: pd.DataFrame):
    figure = step_bars(frame, dark=False)
    on_time, late, overdue, empty = figure.data[:4]
    review = list(frame["step_key"]).index("review")
    assert (on_time.x[review], late.x[review], overdue.x[review]) == (0.625, 0.375, 0)
    for parts in zip(on_time.x, late.x, overdue.x, empty.x, strict=True):
        assert sum(parts) == pytest.approx(1)


def test_step_bars_answer_over_the_whole_row_and_nowhere_twice(frame: pd.DataFrame):
    figure = step_bars(frame, dark=False)
    rows = touch(figure)
    assert list(rows.x) == [1] * len(frame)
    edges = sorted((y - width / 2, y + width / 2) for y, width in zip(rows.y, rows.width, strict=True))
    assert edges[0][0] == 0
    assert all(below[1] == above[0] for below, above in pairwise(edges))
    assert {trace.hoverinfo for trace in figure.data if trace is not rows} == {"skip"}


def test_step_bars_say_figure_and_n_at_the_end_and_a_dash_without_cases(frame: pd.DataFrame):
    at_end = [shown(note.text) for note in step_bars(frame, dark=False).layout.annotations if note.x == 1]
    assert [" ".join(text.split()) for text in at_end] == [
        "",
        "98,1% (n = 1.234)",
        "50,0% (n = 4)",
        "62,5% (n = 8)",
        *["-"] * 5,
    ]


def test_step_bars_colour_nothing_under_five_cases_but_keep_the_hatch(frame: pd.DataFrame):
    few, enough = (list(frame["step_key"]).index(key) for key in ("disposition", "review"))
    for state, bars in zip(("on_time", "late", "overdue"), step_bars(frame, dark=False).data, strict=False):
        assert bars.marker.color[few] == GREY
        assert bars.marker.color[enough] == STATUS_COLOURS[state]
        assert bars.marker.pattern.shape == HATCHES[state]
    assert len(set(HATCHES.values())) == 3


def test_step_bars_say_why_a_step_is_not_measured(frame: pd.DataFrame):
    reason = frame.loc[0, "reason"]
    assert reason
    assert sum(reason in shown(text) for text in texts(step_bars(frame, dark=False))) == 1


def test_step_bars_take_the_inks_of_the_theme(frame: pd.DataFrame):
    light, dark = (step_bars(frame, dark=dark) for dark in (False, True))
    assert light.data[0].marker.color[1] == STATUS_COLOURS["on_time"]
    assert dark.data[0].marker.color[1] == STATUS_COLOURS_ON_DARK["on_time"]
    assert {note.font.color for note in light.layout.annotations} == {"#0B1720"}
    assert {note.font.color for note in dark.layout.annotations} == {"#E6EDF1"}
    for figure in (light, dark):
        assert figure.layout.paper_bgcolor == figure.layout.plot_bgcolor == "rgba(0, 0, 0, 0)"
        assert figure.layout.font.family is None


def test_step_bars_grow_with_the_steps(frame: pd.DataFrame):
    few, many = (step_bars(frame.head(count), dark=False).layout.height for count in (3, 9))
    assert many > few + 6 * 30


def test_step_bars_break_long_names_and_leave_room_for_them(frame: pd.DataFrame):
    plain = step_bars(frame, dark=False)
    frame.loc[0, "name"] = "Penyampaian laporan yang sangat panjang " * 4
    figure = step_bars(frame, dark=False)
    label = next(note for note in figure.layout.annotations if "sangat" in note.text)
    lines = label.text.split("<br>")
    assert max(len(shown(line).strip()) for line in lines) <= 56
    assert figure.layout.height - plain.layout.height == chart_rows.LINE * (len(lines) - 2)


HOSTILE = (
    '<a href="javascript:alert(1)">x</a>',
    "<b>tebal</b> & <img src=x>",
    "$\\url{http://x}$",
    "%{customdata[0]} {n} {rate}",
)


@pytest.mark.parametrize("text", HOSTILE)
def test_charts_show_hostile_words_as_they_stand(text: str, frame: pd.DataFrame):
    frame["name"] = text
    frame["target_text"] = text
    figure = step_bars(frame, dark=False)
    written = [*texts(figure), *(data[1] for data in touch(figure).customdata)]
    written = [piece for piece in written if text[:3] in shown(piece)]
    assert len(written) == 2 * len(frame)
    for piece in written:
        assert set(re.findall(r"<\s*/?\s*(\w+)", piece)) <= {"b", "br", "span"}
        assert "<b>tebal" not in piece
        assert "$" not in piece
    lines = trend_lines({text: trend(pd.DataFrame(list(ROWS), columns=COLUMNS), [202607])}, dark=False)
    assert text in shown(lines.data[0].name)
    assert "%{customdata[0]}" not in lines.data[0].hovertemplate
    assert not re.search(r"<(?!/?(b|br|extra)\b)", lines.data[0].customdata[0][1])


def test_escaping_is_what_keeps_hostile_words_out(frame: pd.DataFrame, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("dashboard.chart_words.escaped", lambda text: text)
    frame["name"] = HOSTILE[0]
    assert any("<a href" in text for text in texts(step_bars(frame, dark=False)))


def test_step_bars_text_names_the_whole_the_weakest_judged_step_and_each_step(frame: pd.DataFrame):
    with in_language("en"):
        text = step_bars_text(frame)
    n, on_time = 1234 + 4 + 8, 1210 + 2 + 5
    assert text.startswith(f"{on_time / n * 100:.1f}% of 1,246 steps on time, 5 overdue. Lowest: 4. ")
    assert ", 62.5% (n = 8)." in text
    assert ": 50.0% (n = 4);" in text
    assert text.count(": ") == len(frame) + 1


def test_step_bars_text_of_nothing_claims_nothing(pengaduan: Sop):
    with in_language("en"):
        text = step_bars_text(matrix(pd.DataFrame([], columns=COLUMNS), pengaduan))
    assert text.startswith("No step has been judged yet. ")
    assert "%" not in text


MONTHS = [202511, 202512, 202601, 202602]


def two_lines() -> dict[str, pd.DataFrame]:
    counts = pd.DataFrame(
        [
            ("a", 202511, 9, 1, 0, 0, 0, 0),
            ("a", 202601, 2, 1, 0, 0, 0, 0),
            ("a", 202602, 0, 5, 0, 0, 0, 0),
        ],
        columns=COLUMNS,
    )
    return {"Pengawalan": trend(counts, MONTHS), "Pengaduan": trend(counts.head(0), MONTHS)}


def test_trend_lines_leave_gaps_and_hollow_the_months_of_few_cases():
    first, second = trend_lines(two_lines(), dark=False).data
    assert list(first.y) == [0.9, None, 2 / 3, 0.0]
    assert first.connectgaps is False
    assert list(first.marker.symbol) == ["circle", "circle-open", "circle-open", "circle"]
    assert list(second.y) == [None] * 4


def test_trend_lines_differ_by_more_than_colour():
    lines = {str(number): two_lines()["Pengawalan"] for number in range(4)}
    drawn = trend_lines(lines, dark=False).data
    for difference in ({line.line.dash for line in drawn}, {line.marker.symbol[0] for line in drawn}):
        assert len(difference) == 4


def test_trend_lines_label_months_in_indonesian_with_the_year_where_it_changes():
    axis = trend_lines(two_lines(), dark=False).layout.xaxis
    assert list(axis.ticktext) == ["Nov<br>2025", "Des", "Jan<br>2026", "Feb"]


def test_trend_lines_say_month_and_n_on_hover():
    data = trend_lines(two_lines(), dark=False).data[0].customdata
    assert data[0] == [202511, "<b>Pengawalan</b><br>November 2025: 90,0% (n = 10)"]
    assert data[1][1].endswith("Desember 2025: -")


def test_trend_lines_thin_the_labels_of_three_years():
    months = [year * 100 + month for year in (2024, 2025, 2026) for month in range(1, 13)]
    frame = trend(pd.DataFrame([], columns=COLUMNS), months)
    axis = trend_lines({"Pengawalan": frame}, dark=False).layout.xaxis
    assert len(axis.tickvals) == 12
    assert list(axis.ticktext)[:5] == ["Jan<br>2024", "Apr", "Jul", "Okt", "Jan<br>2025"]


def test_trend_lines_text_names_first_and_last_judged_month():
    with in_language("en"):
        text = trend_lines_text(two_lines())
    assert text == (
        "Pengawalan: 90.0% (n = 10) in November 2025, 0.0% (n = 5) in February 2026. "
        "Pengaduan: no step has been judged yet."
    )


def test_numbers_follow_the_language_and_not_the_browser(frame: pd.DataFrame):
    assert step_bars(frame, dark=False).layout.separators == ",."
    with in_language("en"):
        assert step_bars(frame, dark=False).layout.separators == ".,"
