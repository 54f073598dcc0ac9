"""Figures drawn without Plotly's check are the same as with it, and are handed out as they are."""

import json
from typing import Any

import pytest
import streamlit as st
from plotly import tools
from plotly.io import to_json

from dashboard import drawn
from dashboard.chart_rows import bars, look, pixel_path, row_chart, rows_of, touch_bars, words_in


def chart() -> drawn.Drawn:
    rows = rows_of(["1. Agenda", "2. Disposisi<br>Sekretaris"])
    marks = [bars(rows, [0.5, 1], {"color": "#123456"}), touch_bars(rows, ["a", "b"], ["x", "y"], dark=False)]
    return drawn.Drawn(
        row_chart(
            rows,
            marks,
            words=[words_in("kata", x=0, y=1, dark=False)],
            shapes=[pixel_path("M0,0H1Z")],
            dark=False,
        )
    )


def as_sent(figure: drawn.Drawn) -> Any:
    return json.loads(to_json(figure.to_dict(), validate=False))


def test_tests_have_every_property_looked_at() -> None:
    with pytest.raises(ValueError, match="colour"):
        drawn.bar(x=[1], colour="red")
    with pytest.raises(ValueError, match="heigth"):
        drawn.figure([], {"heigth": 3})
    assert drawn.scatter(x=[1]).x == (1,)


def test_figure_is_the_same_without_the_check(monkeypatch: pytest.MonkeyPatch) -> None:
    checked = as_sent(chart())
    monkeypatch.setattr(drawn, "CHECKED", False)
    assert as_sent(chart()) == checked
    assert checked["layout"]["legend"] == look(dark=False)["legend"]


def test_streamlit_takes_the_dictionary_as_it_is() -> None:
    shown = chart()
    assert tools.return_figure_from_figure_or_data(shown, True) is shown.to_dict()
    st.plotly_chart(shown, key="drawn")
