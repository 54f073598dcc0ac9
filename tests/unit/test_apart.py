"""Work in a process of its own: how far it is, its result, its refusals, and every way in which it can break off."""

import sys
from types import ModuleType
from typing import Any

import pytest

from dashboard import apart
from models.errors import Forbidden

MODULE = "tests.unit.work_apart"


def call(end: str, **told: Any) -> tuple[Any, list[int]]:
    far: list[int] = []
    return apart.call(MODULE, {"end": end, **told}, tell=far.append), far


def test_result_and_progress_come_back() -> None:
    words = "kata \u2013 \U0001f600 \ud800"
    answered, far = call("well", words=words)
    assert (answered["told"], far) == ({"end": "well", "words": words}, [1])


def test_a_refusal_comes_through() -> None:
    with pytest.raises(Forbidden):
        call("is refused")


def test_a_failure_is_logged_without_values(caplog: pytest.LogCaptureFixture) -> None:
    with pytest.raises(apart.EndedApart):
        call("fails", secret="Maria Sikerei")
    assert "builtins.RuntimeError" in caplog.text
    assert "work_apart.py" in caplog.text
    assert "Maria" not in caplog.text


def test_a_process_that_dies_is_noticed(caplog: pytest.LogCaptureFixture) -> None:
    with pytest.raises(apart.EndedApart):
        call("dies")
    assert "ended with 9" in caplog.text


def test_a_module_that_is_not_there_is_noticed_with_much_to_say() -> None:
    """What is said is longer than a pipe holds: whoever speaks to the dead must not wait for them to listen."""
    with pytest.raises(apart.EndedApart):
        apart.call("tests.unit.no_such_work", {"much": "x" * 10**6}, tell=print)


def test_the_screen_that_ran_last_is_not_run_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """Streamlit puts the running screen in the place of the main module; `multiprocessing` would start with it."""
    screen = ModuleType("__main__")
    screen.__file__ = __file__
    monkeypatch.setitem(sys.modules, "__main__", screen)
    assert call("well")[1] == [1]


def test_what_it_is_told_stands_in_no_list_of_processes() -> None:
    """The address of a database may hold its password."""
    answered, _far = call("well", url="postgresql+psycopg://patuh:rahasia@db/patuh")
    assert answered["arguments"] == []
