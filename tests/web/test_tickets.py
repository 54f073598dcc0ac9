"""Tickets: good once, for one person, for five minutes, and known by their hash alone."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from dashboard.web import tickets
from models.errors import NotFound
from tests.conftest import NOW

MINE, OTHER = 1, 2
SECOND = timedelta(seconds=1)


@pytest.fixture(autouse=True)
def _none_left() -> Iterator[None]:
    tickets._kept.clear()
    yield
    tickets._kept.clear()


def test_ticket_is_good_once() -> None:
    ticket = tickets.issue(MINE, "file", now=NOW)
    assert tickets.redeem(MINE, ticket, now=NOW) == "file"
    with pytest.raises(NotFound):
        tickets.redeem(MINE, ticket, now=NOW)


def test_ticket_is_good_for_its_owner_alone() -> None:
    ticket = tickets.issue(MINE, "file", now=NOW)
    with pytest.raises(NotFound):
        tickets.redeem(OTHER, ticket, now=NOW)
    assert tickets.redeem(MINE, ticket, now=NOW) == "file"  # and the other has not spoilt it


def test_ticket_is_good_for_five_minutes() -> None:
    first, second = (tickets.issue(MINE, name, now=NOW) for name in ("first", "second"))
    assert tickets.redeem(MINE, first, now=NOW + timedelta(minutes=5) - SECOND) == "first"
    with pytest.raises(NotFound):
        tickets.redeem(MINE, second, now=NOW + timedelta(minutes=5))
    assert not tickets._kept  # nor is the file kept any longer


@pytest.mark.parametrize("ticket", ["", "x", "\ud800", "0" * 10_000])
def test_no_other_words_are_a_ticket(ticket: str) -> None:
    tickets.issue(MINE, "file", now=NOW)
    with pytest.raises(NotFound):
        tickets.redeem(MINE, ticket, now=NOW)


def test_ticket_itself_is_kept_nowhere() -> None:
    ticket = tickets.issue(MINE, "file", now=NOW)
    assert ticket not in repr(tickets._kept)
    assert len(ticket) >= 40


def test_no_more_than_some_files_lie_about() -> None:
    issued = [tickets.issue(MINE, n, now=NOW) for n in range(25)]
    assert len(tickets._kept) == 20
    with pytest.raises(NotFound):
        tickets.redeem(MINE, issued[4], now=NOW)
    assert tickets.redeem(MINE, issued[5], now=NOW) == 5
