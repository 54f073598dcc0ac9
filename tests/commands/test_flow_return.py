"""Handing a step back: the earlier step gets a further round with its own clock, the first keeps its verdict."""

from datetime import timedelta
from typing import Any

import pytest

from models.errors import Conflict, Invalid
from tests.commands.database_dump import dump
from tests.commands.flow import (
    DISPOSED_AT,
    REVIEWED_AT,
    edit,
    give_back,
    review_as,
    skip,
    under_review,
)
from tests.factories import (
    Office,
    acts,
    advance_to,
    case_row,
    finish,
    latest,
    open_one,
    open_steps,
    rounds,
    verdicts,
)
from tests.moments import wib

BACK_AT = wib("Kamis 2026-11-12 14:00")


def test_return_opens_a_second_round_with_its_own_clock(office: Office) -> None:
    case_id = under_review(office)
    answer = give_back(office, case_id, "review", to="disposition", at=BACK_AT, reason="berkas tertukar")
    assert (answer["opened"], answer["status"]) == ([], "recorded")
    again = latest(office, case_id, "disposition")
    assert (again["round_no"], again["state"]) == (2, "open")
    assert (again["started_at"], again["due_at"]) == (BACK_AT, wib("Senin 2026-11-16 16:00"))
    handed_back = latest(office, case_id, "review")
    assert (handed_back["state"], handed_back["finished_at"]) == ("returned", BACK_AT)
    assert handed_back["reason"] == "berkas tertukar"
    assert case_row(office, case_id)["next_due_at"] == wib("Senin 2026-11-16 16:00")
    act = acts(office, "step.returned", case_id=case_id)[0]
    assert (act["happened_at"], act["reason"]) == (BACK_AT, "berkas tertukar")
    assert '"to": "disposition"' in act["details"]


def test_first_rounds_keep_their_verdict_and_second_ones_get_their_own(office: Office) -> None:
    """The review was handed back in time, the second disposition comes late; the second review is in time again."""
    case_id = under_review(office)
    give_back(office, case_id, "review", to="disposition", at=BACK_AT)
    finish(office, case_id, "disposition", at=wib("Selasa 2026-11-17 09:00"))
    again = latest(office, case_id, "review")
    assert (again["round_no"], again["started_at"]) == (2, wib("Selasa 2026-11-17 09:00"))
    assert again["due_at"] == wib("Kamis 2026-11-26 16:00")
    finish(office, case_id, "review", at=wib("Kamis 2026-11-26 20:00"), outcome="not_oversight")
    assert verdicts(office, case_id, wib("Senin 2026-12-07 09:00"))[2:6] == [
        ("disposition", 1, "on_time"), ("review", 1, "on_time"), ("disposition", 2, "late"), ("review", 2, "on_time"),
    ]  # fmt: skip


def test_step_handed_back_too_late_is_late(office: Office) -> None:
    case_id = under_review(office)
    give_back(office, case_id, "review", to="disposition", at=wib("Jumat 2026-11-20 00:00"))
    assert verdicts(office, case_id, wib("Jumat 2026-11-20 09:00"))[3:] == [
        ("review", 1, "late"), ("disposition", 2, "running"),
    ]  # fmt: skip


def test_return_through_skipped_steps_brings_them_back_into_play(office: Office) -> None:
    """From the result to the review, which then finds oversight: what had been taken out runs after all."""
    case_id = under_review(office)
    review_as(office, case_id, "not_oversight")
    back_at = wib("Selasa 2026-11-17 10:00")
    give_back(office, case_id, "result_receipt", to="review", at=back_at)
    assert latest(office, case_id, "review")["round_no"] == 2
    assert {row["state"] for row in rounds(office, case_id, "written_follow_up")} == {"void"}
    answer = finish(office, case_id, "review", at=wib("Rabu 2026-11-18 10:00"), outcome="oversight")
    assert answer["opened"] == ["written_follow_up"]
    again = latest(office, case_id, "written_follow_up")
    assert (again["round_no"], again["due_at"]) == (2, wib("Senin 2026-11-23 16:00"))
    advance_to(office, case_id, "result_receipt")
    assert finish(office, case_id, "result_receipt")["status"] == "done"
    assert [(row["round_no"], row["state"]) for row in rounds(office, case_id, "result_receipt")] == [
        (1, "returned"), (2, "done"),
    ]  # fmt: skip


def test_second_review_may_close_what_the_first_had_opened(office: Office) -> None:
    case_id = under_review(office)
    review_as(office, case_id, "oversight")
    give_back(office, case_id, "written_follow_up", to="review", at=wib("Selasa 2026-11-17 10:00"))
    answer = finish(
        office,
        case_id,
        "review",
        at=wib("Rabu 2026-11-18 10:00"),
        outcome="not_actionable",
        data={"not_actionable_reason": "retracted"},
    )
    assert answer["status"] == "archived"
    assert open_steps(office, case_id) == []
    assert verdicts(office, case_id, wib("Senin 2026-12-07 09:00"))[4:] == [
        ("written_follow_up", 1, "on_time"), ("review", 2, "on_time"), ("written_follow_up", 2, "skipped"),
        ("examination", 1, "skipped"), ("result_receipt", 1, "skipped"),
    ]  # fmt: skip


def test_return_past_an_optional_step_that_was_left_out_asks_for_it_again(office: Office) -> None:
    case_id = open_one(office, "pengaduan")
    advance_to(office, case_id, "examination")
    skip(office, case_id, "examination", reason="sudah jelas")
    at = latest(office, case_id, "result_receipt")["started_at"] + timedelta(days=1)
    give_back(office, case_id, "result_receipt", to="written_follow_up", at=at)
    answer = finish(office, case_id, "written_follow_up", at=at)
    assert answer["opened"] == ["examination"]
    assert [row["state"] for row in rounds(office, case_id, "examination")] == ["void", "open"]


def test_receipt_put_right_leaves_a_second_round_alone(office: Office) -> None:
    """Its clock began when it was handed back, not at the receipt."""
    case_id = open_one(office, "pengaduan")
    finish(office, case_id, "recording", at=wib("Senin 2026-11-09 08:20"))
    back_at = wib("Selasa 2026-11-10 09:00")
    give_back(office, case_id, "disposition", to="recording", at=back_at)
    edit(office, case_id, received_at=wib("Senin 2026-11-09 07:40"), now=back_at)
    again = latest(office, case_id, "recording")
    assert (again["started_at"], again["due_at"]) == (back_at, wib("Selasa 2026-11-10 09:30"))


@pytest.mark.parametrize(
    ("given", "key"),
    [
        ({"to": "recording"}, "to_step"),  # not the step before
        ({"to": "submission"}, "to_step"),
        ({"to": "review"}, "to_step"),
        ({"to": "tidak_ada"}, "to_step"),
        ({"reason": " "}, "reason"),
        ({"at": DISPOSED_AT - timedelta(minutes=1)}, "finished_at"),
    ],
)
def test_wrong_return_is_refused_and_stores_nothing(office: Office, given: dict[str, Any], key: str) -> None:
    case_id = under_review(office)
    before = dump(office.store)
    wanted: dict[str, Any] = {"to": "disposition", "at": BACK_AT, "now": BACK_AT} | given
    with pytest.raises(Invalid) as refused:
        give_back(office, case_id, "review", **wanted)
    assert set(refused.value.problems) == {key}
    assert dump(office.store) == before


def test_step_done_by_the_opening_takes_nothing_back(office: Office) -> None:
    case_id = open_one(office, "pengaduan")
    with pytest.raises(Invalid) as refused:
        give_back(office, case_id, "recording", to="submission", at=wib("Senin 2026-11-09 08:10"))
    assert set(refused.value.problems) == {"to_step"}


def test_finished_step_cannot_be_handed_back(office: Office) -> None:
    case_id = under_review(office)
    review_as(office, case_id, "oversight")
    with pytest.raises(Conflict) as told:
        give_back(office, case_id, "review", to="disposition", at=REVIEWED_AT)
    assert told.value.current["state"] == "done"


def test_return_says_for_whom_and_whether_it_was_recorded_late(office: Office) -> None:
    case_id = under_review(office)
    give_back(office, case_id, "review", to="disposition", at=BACK_AT, now=wib("Senin 2026-11-16 00:00"))
    handed_back = latest(office, case_id, "review")
    assert (handed_back["recorded_for"], handed_back["recorded_late"]) == ("sub_bagian_hukum", True)
    assert handed_back["recorded_by"] == office.sekretaris.user_id
