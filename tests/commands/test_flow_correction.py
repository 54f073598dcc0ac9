"""Putting a finished step right: old values stay, what is open follows, finished steps keep their verdict."""

import json
from datetime import date, timedelta

import pytest
from sqlalchemy import insert, update

from models.database import transaction
from models.errors import Invalid
from models.tables import Counter, DayOffRow
from tests.commands.database_dump import dump
from tests.commands.flow import (
    DISPOSED_AT,
    RECORDED_AT,
    REVIEWED_AT,
    close,
    correct,
    edit,
    give_back,
    review_as,
    skip,
    under_review,
)
from tests.factories import (
    RECEIVED_AT,
    Office,
    acts,
    advance_to,
    case_row,
    finish,
    latest,
    open_one,
    verdicts,
)
from tests.moments import on, wib

MINUTE = timedelta(minutes=1)
NOW = wib("Jumat 2026-11-20 09:00")


def test_correction_moves_the_clock_of_the_open_follower(office: Office) -> None:
    case_id = under_review(office)
    earlier = wib("Senin 2026-11-09 15:00")
    correct(office, case_id, "disposition", at=earlier, now=NOW, reason="jam di lembar disposisi")
    corrected, follower = latest(office, case_id, "disposition"), latest(office, case_id, "review")
    assert (corrected["finished_at"], corrected["state"], corrected["version"]) == (earlier, "done", 3)
    assert (follower["started_at"], follower["due_at"]) == (earlier, wib("Rabu 2026-11-18 16:00"))
    assert follower["version"] == 2
    assert case_row(office, case_id)["next_due_at"] == wib("Rabu 2026-11-18 16:00")
    moved = acts(office, "step.due_moved", case_id=case_id)[0]
    assert moved["reason"] == "jam di lembar disposisi"
    assert json.loads(moved["details"]) == {
        "step": "review",
        "due_at": ["2026-11-19T09:00Z", "2026-11-18T09:00Z"],
        "started_at": ["2026-11-10T03:00Z", "2026-11-09T08:00Z"],
    }


def test_correction_keeps_the_old_value_in_the_trail(office: Office) -> None:
    case_id = open_one(office, "pengaduan")
    finish(office, case_id, "recording", at=RECORDED_AT, note="semula", data={"agenda_number": "7"})
    correct(
        office,
        case_id,
        "recording",
        at=RECORDED_AT + 5 * MINUTE,
        note="sekarang",
        data={"agenda_number": "8"},
        late_reason="network",
    )
    act = acts(office, "step.corrected", case_id=case_id)[0]
    details = json.loads(act["details"])
    assert (details["old_note"], details["note"]) == ("semula", "sekarang")
    assert (details["old_data"], details["data"]) == ({"agenda_number": "7"}, {"agenda_number": "8"})
    assert details["old_finished_at"] == "2026-11-09T01:20Z"
    assert details["late_reason"] == "network"
    assert latest(office, case_id, "recording")["worked_minutes"] == 25


def test_correction_may_change_the_verdict_of_its_own_step_only(office: Office) -> None:
    case_id = under_review(office)
    as_of = wib("Rabu 2026-11-11 09:00")
    assert verdicts(office, case_id, as_of)[1] == ("recording", 1, "on_time")
    correct(office, case_id, "recording", at=RECEIVED_AT + 31 * MINUTE, now=NOW)
    assert verdicts(office, case_id, as_of)[1:3] == [("recording", 1, "late"), ("disposition", 1, "on_time")]
    assert latest(office, case_id, "disposition")["started_at"] == RECORDED_AT


def test_correction_moves_the_start_through_a_step_that_was_left_out(office: Office) -> None:
    case_id = open_one(office, "pengaduan")
    advance_to(office, case_id, "examination")
    skip(office, case_id, "examination", reason="sudah jelas")
    finished_at = latest(office, case_id, "written_follow_up")["finished_at"]
    earlier = finished_at - 10 * MINUTE
    correct(office, case_id, "written_follow_up", at=earlier, now=NOW)
    assert latest(office, case_id, "result_receipt")["started_at"] == earlier


def test_correction_leaves_a_second_round_alone(office: Office) -> None:
    """The second review began with the second disposition; the first disposition has nothing to do with it."""
    case_id = under_review(office)
    back_at = wib("Kamis 2026-11-12 14:00")
    give_back(office, case_id, "review", to="disposition", at=back_at)
    correct(office, case_id, "recording", at=RECORDED_AT - 10 * MINUTE, now=NOW)
    assert latest(office, case_id, "disposition")["started_at"] == back_at


def test_correction_of_a_second_round_moves_the_second_round_that_follows(office: Office) -> None:
    case_id = under_review(office)
    give_back(office, case_id, "review", to="disposition", at=wib("Kamis 2026-11-12 14:00"))
    finish(office, case_id, "disposition", at=wib("Jumat 2026-11-13 09:00"))
    earlier = wib("Kamis 2026-11-12 15:00")
    correct(office, case_id, "disposition", at=earlier, now=NOW)
    assert latest(office, case_id, "review")["started_at"] == earlier


def test_correction_before_the_start_or_after_the_next_finish_is_refused(office: Office) -> None:
    case_id = under_review(office)
    before = dump(office.store)
    for at, params in [
        (RECEIVED_AT - MINUTE, {"finished": RECEIVED_AT - MINUTE, "started": RECEIVED_AT}),
        (DISPOSED_AT + MINUTE, {"finished": DISPOSED_AT + MINUTE, "next": DISPOSED_AT}),
    ]:
        with pytest.raises(Invalid) as refused:
            correct(office, case_id, "recording", at=at, now=NOW)
        assert refused.value.problems["finished_at"].params == params
    assert dump(office.store) == before


def test_correction_keeps_the_result_of_a_review(office: Office) -> None:
    case_id = under_review(office)
    review_as(office, case_id, "oversight")
    correct(office, case_id, "review", at=REVIEWED_AT, data={"core_issue": "Pungutan"})
    corrected = latest(office, case_id, "review")
    assert (corrected["outcome"], corrected["data"]) == ("oversight", {"core_issue": "Pungutan"})


@pytest.mark.parametrize("step_key", ["submission", "review", "disposition"])
def test_only_a_step_finished_by_hand_can_be_corrected(office: Office, step_key: str) -> None:
    """Not the one the opening did, not an open one, not one without a reason for it."""
    case_id = under_review(office)
    before = dump(office.store)
    with pytest.raises(Invalid):
        correct(office, case_id, step_key, at=DISPOSED_AT, now=NOW, reason=" ")
    if step_key != "disposition":
        with pytest.raises(Invalid, match="Only a finished step"):
            correct(office, case_id, step_key, at=DISPOSED_AT, now=NOW)
    assert dump(office.store) == before


def test_correction_of_the_last_step_moves_the_end_of_the_case(office: Office) -> None:
    """The case ended with its last step; a wrong hour there may be put right, and the end goes with it."""
    case_id = under_review(office)
    review_as(office, case_id, "not_oversight")
    finish(office, case_id, "result_receipt", at=wib("Jumat 2026-11-20 08:00"))
    earlier = wib("Kamis 2026-11-19 15:00")
    correct(office, case_id, "result_receipt", at=earlier, now=NOW)
    assert case_row(office, case_id)["closed_at"] == earlier
    assert verdicts(office, case_id, NOW)[-1] == ("result_receipt", 1, "on_time")


def test_correction_in_a_case_closed_by_hand_keeps_its_end_and_stays_before_it(office: Office) -> None:
    case_id = under_review(office)
    ended_at = wib("Rabu 2026-11-11 09:00")
    close(office, case_id, at=ended_at)
    correct(office, case_id, "disposition", at=DISPOSED_AT + MINUTE, now=NOW)
    assert case_row(office, case_id)["closed_at"] == ended_at
    before = dump(office.store)
    with pytest.raises(Invalid) as refused:
        correct(office, case_id, "disposition", at=ended_at + MINUTE, now=NOW)
    assert set(refused.value.problems) == {"finished_at"}
    assert dump(office.store) == before


def declare_holiday(office: Office, day: date) -> None:
    """Enter a local holiday as somebody does who knows of no open step."""
    with transaction(office.store) as connection:
        connection.execute(insert(DayOffRow).values(on=day, kind="local", name="Libur daerah", decree=""))
        version = update(Counter).where(Counter.name == "calendar_version")
        connection.execute(version.values(value=Counter.value + 1))


def test_holiday_declared_since_moves_nothing_through_an_edit_or_a_correction(office: Office) -> None:
    """Open steps move for a holiday through one action of its own, not each time somebody mends a word."""
    case_id = under_review(office)
    due_at = latest(office, case_id, "review")["due_at"]
    declare_holiday(office, on("Rabu 2026-11-18"))
    edit(office, case_id, place="Sioban", now=NOW)
    correct(office, case_id, "disposition", at=DISPOSED_AT, now=NOW, note="tanpa paraf")
    assert latest(office, case_id, "review")["due_at"] == due_at == wib("Kamis 2026-11-19 16:00")
    assert acts(office, "step.due_moved", case_id=case_id) == []
    correct(office, case_id, "disposition", at=DISPOSED_AT - MINUTE, now=NOW)
    assert latest(office, case_id, "review")["due_at"] == wib("Jumat 2026-11-20 16:30")


def test_correction_judges_again_whether_it_was_recorded_late(office: Office) -> None:
    """What is put right a week later was not on record in time; whoever recorded it first stays named."""
    case_id = under_review(office)
    before = latest(office, case_id, "disposition")
    assert before["recorded_late"] is False
    correct(office, case_id, "disposition", at=DISPOSED_AT - MINUTE, now=NOW)
    corrected = latest(office, case_id, "disposition")
    assert corrected["recorded_late"] is True
    assert (corrected["recorded_at"], corrected["recorded_by"]) == (
        before["recorded_at"],
        before["recorded_by"],
    )
