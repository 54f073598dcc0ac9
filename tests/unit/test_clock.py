"""The clock, and who may stop it."""

from datetime import UTC, datetime, timedelta

import pytest

from dashboard import clock

STOPPED = "2026-11-20T09:00:30+07:00"


def test_now_is_this_minute_in_utc() -> None:
    before = datetime.now(UTC)
    now = clock.now()
    assert now.tzinfo is UTC
    assert (now.second, now.microsecond) == (0, 0)
    assert before - timedelta(minutes=1) < now <= datetime.now(UTC)


def test_the_sample_may_live_at_a_stopped_moment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATUH_NOW", STOPPED)
    monkeypatch.setenv("PATUH_SAMPLE", "1")
    assert clock.instant() == datetime(2026, 11, 20, 2, 0, 30, tzinfo=UTC)
    assert clock.now() == datetime(2026, 11, 20, 2, 0, tzinfo=UTC)


@pytest.mark.parametrize("sample", [None, "", "0", "true"])
def test_the_office_cannot_be_held_back(monkeypatch: pytest.MonkeyPatch, sample: str | None) -> None:
    monkeypatch.setenv("PATUH_NOW", STOPPED)
    if sample is None:
        monkeypatch.delenv("PATUH_SAMPLE", raising=False)
    else:
        monkeypatch.setenv("PATUH_SAMPLE", sample)
    assert clock.instant() - datetime.now(UTC) < timedelta(minutes=1)
    assert datetime.now(UTC) - clock.instant() < timedelta(minutes=1)
