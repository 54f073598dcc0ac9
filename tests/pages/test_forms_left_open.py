"""A form that stands open while time goes by: untouched it offers the time of now, begun it keeps what was typed."""

from datetime import timedelta

import pytest

from dashboard import drafts
from models.access import Role
from tests.conftest import NOW
from tests.factories import Office, latest
from tests.moments import WIB
from tests.pages.conftest import Cases
from tests.pages.visitor import Visitor

LATER = NOW + timedelta(minutes=20)  # a session that is left alone ends after thirty


def form_of_new_complaint(office: Office, cases: Cases) -> Visitor:
    visitor = Visitor(office, office.actors[Role.DESK_PELAYANAN]).open("tugas")
    return visitor.press(f"task.open.{latest(office, cases.new_complaint, 'recording')['id']}")


def offered(visitor: Visitor) -> object:
    return visitor.field("at").value.replace(tzinfo=WIB)


def test_untouched_form_offers_the_time_of_now(
    office: Office, cases: Cases, monkeypatch: pytest.MonkeyPatch
) -> None:
    visitor = form_of_new_complaint(office, cases)
    assert offered(visitor) == NOW
    monkeypatch.setenv("PATUH_NOW", LATER.isoformat())
    assert offered(visitor.rerun()) == LATER


def test_begun_form_keeps_its_time_and_what_was_typed(
    office: Office, cases: Cases, monkeypatch: pytest.MonkeyPatch
) -> None:
    visitor = form_of_new_complaint(office, cases).fill(agenda_number="12/A").rerun()
    monkeypatch.setenv("PATUH_NOW", LATER.isoformat())
    assert offered(visitor.rerun()) == NOW
    assert visitor.field("agenda_number").value == "12/A"


def test_form_that_does_not_follow_offers_the_time_of_the_morning(
    office: Office, cases: Cases, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The twin: what Streamlit does by itself."""
    monkeypatch.setattr(drafts, "follow", lambda form, filled_with: None)
    visitor = form_of_new_complaint(office, cases)
    monkeypatch.setenv("PATUH_NOW", LATER.isoformat())
    assert offered(visitor.rerun()) == NOW
