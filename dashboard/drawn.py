"""Figures as quickly as they can be had: drawn without Plotly's check, and copied once.

Decided 2026-11. Plotly looks at every property that is set, which takes four fifths of the drawing; what the charts set
comes from the program alone, so it is the tests that have it looked at (`CHECKED`). And at each run of a screen
Streamlit has the figure copied into a dictionary, which takes as long as the screen's queries; `Drawn` keeps it.
"""

from collections.abc import Iterable, Mapping
from typing import Any

import plotly.graph_objects as go
from plotly.basedatatypes import BaseFigure

CHECKED = False  # whether Plotly looks at every property; ValueError for one that it does not know


def figure(traces: Iterable[object], layout: Mapping[str, Any]) -> go.Figure:
    """A figure of these traces; the layout all at once, for piece by piece takes longer."""
    return go.Figure(list(traces), dict(layout), _validate=CHECKED)


def bar(**look: object) -> go.Bar:
    """Bars, with the properties of `go.Bar`."""
    return go.Bar(_validate=CHECKED, **look)


def scatter(**look: object) -> go.Scatter:
    """Points and lines, with the properties of `go.Scatter`."""
    return go.Scatter(_validate=CHECKED, **look)


class Drawn(BaseFigure):  # type: ignore[misc]  # Plotly tells no types
    """A figure for `st.plotly_chart` alone. It cannot be changed, and nothing can be asked of it but its dictionary."""

    def __init__(self, figure: BaseFigure) -> None:
        object.__setattr__(self, "_dictionary", figure.to_dict())

    def to_dict(self) -> dict[str, Any]:
        """The figure as Plotly's JSON describes it; everybody is given the same one, and nothing of ours changes it."""
        made: dict[str, Any] = self._dictionary
        return made
