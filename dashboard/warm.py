"""What the server loads before the first visitor, so that nobody waits for it.

After each script run Streamlit collects all generations of garbage; with pandas, Plotly and SQLAlchemy loaded that
takes 50-120 ms for everybody. Freezing what is loaded here takes it out of the collector's sight.
"""

import gc
from importlib import import_module

_HEAVY = (
    "pandas",
    "plotly.graph_objects",
    "openpyxl",
    "openpyxl.chart",
    "lxml.etree",
    "babel.dates",
    "streamlit.elements.plotly_chart",
)


def warm(*more: str) -> None:
    """Import the heavy modules and `more`, then take all of it out of the garbage collector's sight."""
    for name in (*_HEAVY, *more):
        import_module(name)
    gc.collect()
    gc.freeze()
