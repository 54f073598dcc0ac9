"""What the server loads before the first visitor, so that nobody waits for it.

To look through all generations for garbage with pandas, Plotly and SQLAlchemy loaded takes 50-120 ms, during which
everybody waits. Freezing what is loaded here takes it out of the collector's sight. It must happen once Streamlit's
runtime stands: a module with cached functions that is loaded earlier gets a makeshift cache.

Left alone, Streamlit has everything looked through after each run of a script. The settings say no (`postScriptGC`):
every few seconds what lives on, the state of fifty people and the figures remembered, is put out of sight here instead.
What was frozen in the middle of a run and died since is out of sight too: now and then everything is looked through.
"""

import gc
from importlib import import_module
from pkgutil import iter_modules

from streamlit import delta_generator

import dashboard
from dashboard import analysis

_HEAVY = (
    "pandas",
    "plotly.graph_objects",
    "openpyxl",
    "openpyxl.chart",
    "lxml.etree",
    "babel.dates",
    "streamlit.elements.plotly_chart",
)
_NOT_FOR_IMPORT = {"app", "cli", "command", "server"}  # the entry script, and what has loaded us


def warm() -> None:
    """Load the heavy libraries and every module of the dashboard, and freeze them.

    Loading `dashboard.exports` also registers the files under /unduh/.
    """
    ours = {found.name for found in iter_modules(dashboard.__path__)} - _NOT_FOR_IMPORT
    ours |= {f"analysis.{found.name}" for found in iter_modules(analysis.__path__)}
    gc.disable()
    try:
        for name in (*_HEAVY, *(f"dashboard.{name}" for name in sorted(ours))):
            import_module(name)
    finally:
        gc.enable()
    # Streamlit's warning to whoever runs a script by hand looks through every loaded module: 0.1 s of the first page.
    delta_generator._use_warning_has_been_displayed = True
    put_away(thorough=False)


def put_away(*, thorough: bool) -> None:
    """Collect garbage and freeze the rest; `thorough` looks through what was frozen before as well (0.1 s)."""
    if thorough:
        gc.unfreeze()
    gc.collect()
    gc.freeze()
