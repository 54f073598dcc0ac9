"""Ending a case by hand: what was late stays late, the rest is not applicable; no overdue step vanishes."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text

from models.errors import Invalid
from models.queries.compliance import step_counts
from tests.commands.database_dump import dump
from tests.commands.flow import RECORDED_AT, close, under_review
from tests.factories import (
    RECEIVED_AT,
    Office,
    acts,
    advance_to,
    case_row,
    finish,
    latest,
    open_one,
    open_steps,
    sop,
    verdicts,
)
from tests.moments import wib

MINUTE = timedelta(minutes=1)
NOW = wib("Jumat 2026-12-11 09:00")


@pytest.mark.parametrize(
    ("closed", "verdict"),
    [
        ("Kamis 2026-11-19 23:59", "skipped"),
        ("Jumat 2026-11-20 00:00", "late"),
        ("Senin 2026-11-30 09:00", "late"),
    ],
)
def test_closing_keeps_a_late_step_late_and_takes_the_others_out(
    office: Office, closed: str, verdict: str
) -> None:
    """The review was due on Kamis 19 November; it is late from the midnight after."""
    case_id = under_review(office)
    close(office, case_id, at=wib(closed), reason="pelapor pindah")
    stopped = latest(office, case_id, "review")
    assert (stopped["state"], stopped["finished_at"], stopped["reason"]) == (
        "stopped",
        wib(closed),
        "pelapor pindah",
    )
    assert verdicts(office, case_id, NOW)[-1] == ("review", 1, verdict)
    with office.reading() as connection:
        counts = step_counts(
            connection, actor=office.sekretaris, sop=sop("pengaduan"), months=(202611, 202611), as_of=NOW
        )
    review = next(one for one in counts if one.step_key == "review")
    assert (review.late, review.skipped) == ((1, 0) if verdict == "late" else (0, 1))
    assert (review.on_time, review.overdue, review.running) == (0, 0, 0)


def test_closing_records_status_moment_reason_and_what_was_stopped(office: Office) -> None:
    case_id = under_review(office)
    at = wib("Rabu 2026-11-11 09:00")
    answer = close(office, case_id, at=at, status="archived", reason="arsip")
    assert answer == {"case_id": case_id, "status": "archived"}
    stored = case_row(office, case_id)
    assert (stored["status"], stored["closed_at"], stored["close_reason"]) == ("archived", at, "arsip")
    assert stored["next_due_at"] is None
    assert stored["version"] == 2
    assert open_steps(office, case_id) == []
    act = acts(office, "case.closed", case_id=case_id)[0]
    assert (act["happened_at"], act["reason"]) == (at, "arsip")
    assert act["details"] == '{"status": "archived", "stopped": ["review"]}'


def test_withdrawing_ends_an_escort_that_was_called_off(office: Office) -> None:
    case_id = open_one(office, "pengawalan")
    close(office, case_id, at=RECEIVED_AT, reason="acara batal")
    assert case_row(office, case_id)["status"] == "withdrawn"
    assert verdicts(office, case_id, NOW) == [("confirm_schedule", 1, "skipped")]


def test_uncounted_step_that_is_stopped_is_in_no_figure(office: Office) -> None:
    case_id = open_one(office, "pengawalan")
    advance_to(office, case_id, "escort")
    close(office, case_id, at=wib("Selasa 2026-12-01 09:00"))
    with office.reading() as connection:
        counts = step_counts(
            connection, actor=office.sekretaris, sop=sop("pengawalan"), months=(202601, 202612), as_of=NOW
        )
    assert [one.skipped for one in counts if one.step_key == "escort"] in ([], [0])


@pytest.mark.parametrize(
    ("given", "key"),
    [
        ({"status": "under_review"}, "status"),
        ({"status": "forwarder"}, "status"),
        ({"reason": ""}, "reason"),
        ({"at": RECORDED_AT - MINUTE}, "closed_at"),
        ({"at": NOW + 6 * MINUTE}, "closed_at"),
    ],
)
def test_wrong_closing_is_refused_and_stores_nothing(office: Office, given: dict[str, Any], key: str) -> None:
    case_id = open_one(office, "pengaduan")
    finish(office, case_id, "recording", at=RECORDED_AT)
    before = dump(office.store)
    with pytest.raises(Invalid) as refused:
        close(office, case_id, **({"at": NOW, "now": NOW} | given))
    assert set(refused.value.problems) == {key}
    assert dump(office.store) == before


def test_closing_before_what_was_recorded_names_both_times(office: Office) -> None:
    case_id = open_one(office, "pengaduan")
    finish(office, case_id, "recording", at=RECORDED_AT)
    with pytest.raises(Invalid) as refused:
        close(office, case_id, at=RECORDED_AT - MINUTE, now=NOW)
    assert refused.value.problems["closed_at"].params == {"closed": RECORDED_AT - MINUTE, "last": RECORDED_AT}


def test_closed_case_is_not_closed_again(office: Office) -> None:
    case_id = open_one(office, "pengaduan")
    close(office, case_id, at=RECORDED_AT)
    with pytest.raises(Invalid, match="closed"):
        close(office, case_id, at=RECORDED_AT + MINUTE, status="archived")
    assert case_row(office, case_id)["status"] == "withdrawn"


def test_twin_rounds_deleted_at_closing_would_hide_a_late_step(office: Office) -> None:
    """What the state `stopped` is for: without the round the late step is in no figure any more."""
    case_id = under_review(office)
    close(office, case_id, at=wib("Senin 2026-11-30 09:00"))
    with office.store.begin() as connection:
        connection.execute(text("DELETE FROM step_round_past"))
        connection.execute(text("DELETE FROM step_round WHERE state = 'stopped'"))
    with office.reading() as connection:
        counts = step_counts(
            connection, actor=office.sekretaris, sop=sop("pengaduan"), months=(202611, 202611), as_of=NOW
        )
    assert sum(one.late for one in counts) == 0
