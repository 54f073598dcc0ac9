"""What is logged of an error: where, and never what was in it."""

import logging

import pytest

from dashboard import mishaps

NAME = "Maria Sikerei"


def look_up() -> None:
    raise KeyError(NAME)


def planted() -> Exception:
    try:
        look_up()
    except KeyError as cause:
        error = ValueError(f"cannot store {NAME}")
        error.__cause__ = cause
        return error
    raise AssertionError


def test_the_log_has_the_number_kinds_and_places_but_no_value(caplog: pytest.LogCaptureFixture) -> None:
    number = mishaps.record(planted())
    assert number in caplog.text
    assert "builtins.ValueError" in caplog.text
    assert "builtins.KeyError" in caplog.text
    assert "test_mishaps.py" in caplog.text
    assert "in planted" in caplog.text
    assert NAME not in caplog.text


def test_numbers_differ() -> None:
    assert len({mishaps.record(planted()) for _ in range(50)}) == 50


def test_a_chain_that_leads_back_to_itself_ends() -> None:
    error = ValueError("a")
    error.__cause__ = other = KeyError("b")
    other.__cause__ = error
    assert mishaps.places(error).count("ValueError") == 1


def logged(caplog: pytest.LogCaptureFixture, logger: logging.Logger) -> str:
    caplog.clear()
    try:
        raise planted()
    except ValueError:
        logger.exception("Uncaught app execution in %s", "page")
    formatter = logging.Formatter("%(message)s")
    return "\n".join(formatter.format(record) for record in caplog.records)


def test_other_libraries_tracebacks_lose_their_values(caplog: pytest.LogCaptureFixture) -> None:
    logger = logging.getLogger("tests.guarded")
    assert NAME in logged(caplog, logger)
    logger.addFilter(mishaps.WithoutValues())
    said = logged(caplog, logger)
    assert NAME not in said
    assert "Uncaught app execution in page" in said
    assert "in planted" in said


def test_the_server_logs_no_addresses() -> None:
    mishaps.guard_logs()
    mishaps.guard_logs()
    assert logging.getLogger("uvicorn.access").disabled
    guarded = logging.getLogger("streamlit.error_util")
    assert sum(isinstance(known, mishaps.WithoutValues) for known in guarded.filters) == 1
