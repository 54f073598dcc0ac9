"""What the server does before its first visitor: it must not undo what tests and Streamlit rely on."""

import gc
import subprocess
import sys

from streamlit import delta_generator

WARMED = """
import gc, sys
from dashboard.warm import warm
warm()
print(gc.isenabled(), gc.get_freeze_count() > 100_000, "plotly.graph_objects" in sys.modules)
"""
COMMAND = """
import gc, sys
from dashboard import cli, command
cli.main = lambda: print(gc.isenabled(), gc.get_freeze_count() > 10_000, "alembic" in sys.modules)
command.main()
"""


def said(program: str) -> str:
    return subprocess.run(
        [sys.executable, "-c", program], check=True, capture_output=True, text=True
    ).stdout.strip()


def test_server_is_warm_and_its_garbage_is_still_looked_for() -> None:
    assert said(WARMED) == "True True True"


def test_command_loads_without_alembic_and_then_looks_for_garbage_again() -> None:
    assert said(COMMAND) == "True True False"


def test_streamlit_still_has_the_note_that_is_switched_off() -> None:
    """A Streamlit that calls it otherwise would look through every module during the first page again."""
    assert isinstance(delta_generator._use_warning_has_been_displayed, bool)
    assert gc.isenabled()
