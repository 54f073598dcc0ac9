"""Figures that are finished: what Streamlit asks of one at every run is made once.

At each run it has the figure copied into a dictionary, which for a figure that stands remembered takes as long as the
queries of the screen.
"""

from typing import Any

from plotly.basedatatypes import BaseFigure


class Drawn(BaseFigure):  # type: ignore[misc]  # Plotly tells no types
    """A figure for `st.plotly_chart` alone. It cannot be changed, and nothing can be asked of it but its dictionary."""

    def __init__(self, figure: BaseFigure) -> None:
        object.__setattr__(self, "_dictionary", figure.to_dict())

    def to_dict(self) -> dict[str, Any]:
        """The figure as Plotly's JSON describes it; everybody is given the same one, and nobody changes it."""
        made: dict[str, Any] = self._dictionary
        return made
