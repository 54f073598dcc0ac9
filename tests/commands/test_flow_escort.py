"""The planned journey: departure caps, short notice, the step bound to the schedule; editing moves what is open."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from models.errors import Invalid
from tests.commands.database_dump import dump
from tests.commands.flow import edit
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
from tests.moments import wib

MINUTE = timedelta(minutes=1)
EARLY = wib("Rabu 2026-11-11 05:00")


def test_departure_caps_the_target(office: Office) -> None:
    uncapped = latest(office, open_one(office, "pengawalan"), "confirm_schedule")
    assert uncapped["due_at"] == wib("Kamis 2026-11-12 16:00")
    assert uncapped["late_from"] == wib("Jumat 2026-11-13 00:00")
    capped = latest(office, open_one(office, "pengawalan", departs_at=EARLY), "confirm_schedule")
    assert (capped["due_at"], capped["late_from"]) == (EARLY, EARLY + MINUTE)
    assert capped["due_month"] == 202611


@pytest.mark.parametrize(("minutes", "verdict"), [(-1, "on_time"), (0, "on_time"), (1, "late")])
def test_step_before_departure_is_judged_at_the_minute_of_departure(
    office: Office, minutes: int, verdict: str
) -> None:
    case_id = open_one(office, "pengawalan", departs_at=EARLY)
    finish(office, case_id, "confirm_schedule", at=EARLY + minutes * MINUTE)
    assert verdicts(office, case_id, EARLY)[0] == ("confirm_schedule", 1, verdict)


def test_step_that_starts_after_the_departure_is_late_from_the_outset(office: Office) -> None:
    case_id = open_one(office, "pengawalan", departs_at=EARLY)
    finish(office, case_id, "confirm_schedule", at=EARLY + 60 * MINUTE)
    begun = latest(office, case_id, "prepare_personnel")
    assert (begun["started_at"], begun["due_at"]) == (EARLY + 60 * MINUTE, EARLY)
    assert verdicts(office, case_id, EARLY + 60 * MINUTE)[-1] == ("prepare_personnel", 1, "overdue")


@pytest.mark.parametrize(
    ("departs", "short"),
    [
        ("Rabu 2026-11-18 07:34", True),
        ("Rabu 2026-11-18 07:35", False),
        ("Rabu 2026-11-18 07:36", False),
        ("Senin 2026-11-09 08:00", True),
        ("Jumat 2026-11-06 08:00", True),
    ],
)
def test_short_notice_is_less_than_six_days_and_five_minutes(
    office: Office, departs: str, short: bool
) -> None:
    """3 + 1 + 1 + 1 working days from Senin 9 November end on Selasa 17 at closing; then five minutes."""
    case_id = open_one(office, "pengawalan", departs_at=wib(departs))
    assert case_row(office, case_id)["short_notice"] is short


def test_escort_itself_is_bound_to_the_schedule_and_not_counted(office: Office) -> None:
    case_id = open_one(office, "pengawalan")
    begun = advance_to(office, case_id, "escort")
    back_at = wib("Rabu 2026-12-02 18:00")
    assert (begun["due_at"], begun["late_from"]) == (back_at, back_at + MINUTE)
    assert begun["counted"] is False
    finish(office, case_id, "escort", at=back_at)
    report = latest(office, case_id, "write_report")
    assert (report["due_at"], report["late_from"], report["due_month"]) == (None, None, None)
    assert verdicts(office, case_id, back_at)[-2:] == [
        ("escort", 1, "on_time"),
        ("write_report", 1, "unmeasured"),
    ]
    assert case_row(office, case_id)["next_due_at"] is None


def test_whole_escort_ends_as_done(office: Office) -> None:
    case_id = open_one(office, "pengawalan")
    advance_to(office, case_id, "evaluate")
    answer = finish(office, case_id, "evaluate", at=wib("Kamis 2026-12-03 09:00"))
    assert answer["status"] == case_row(office, case_id)["status"] == "done"
    assert case_row(office, case_id)["closed_at"] == wib("Kamis 2026-12-03 09:00")


def due(office: Office, case_id: int, step_key: str) -> datetime:
    found = latest(office, case_id, step_key)["due_at"]
    assert isinstance(found, datetime)
    return found


def test_earlier_departure_moves_the_open_step_and_records_both_dates(office: Office) -> None:
    case_id = open_one(office, "pengawalan")
    finish(office, case_id, "confirm_schedule", at=wib("Selasa 2026-11-10 09:00"))
    assert due(office, case_id, "prepare_personnel") == wib("Rabu 2026-11-11 16:00")
    edit(office, case_id, departs_at=EARLY, now=wib("Selasa 2026-11-10 10:00"), reason="jadwal dimajukan")
    assert due(office, case_id, "prepare_personnel") == EARLY
    assert due(office, case_id, "confirm_schedule") == wib("Kamis 2026-11-12 16:00")
    stored = case_row(office, case_id)
    assert (stored["departs_at"], stored["short_notice"], stored["next_due_at"]) == (EARLY, True, EARLY)
    moved = acts(office, "step.due_moved", case_id=case_id)
    assert [act["reason"] for act in moved] == ["jadwal dimajukan"]
    assert '"due_at": ["2026-11-11T09:00Z", "2026-11-10T22:00Z"]' in moved[0]["details"]
    edited = acts(office, "case.edited", case_id=case_id)[0]["details"]
    assert '"departs_at": ["2026-11-30T00:00Z", "2026-11-10T22:00Z"]' in edited


def test_later_return_moves_the_escort_under_way(office: Office) -> None:
    case_id = open_one(office, "pengawalan")
    advance_to(office, case_id, "escort")
    later = wib("Jumat 2026-12-04 12:00")
    edit(office, case_id, returns_at=later, now=wib("Rabu 2026-12-02 12:00"))
    assert due(office, case_id, "escort") == later
    assert case_row(office, case_id)["next_due_at"] == later


def test_receipt_put_right_moves_the_clock_of_the_first_step(office: Office) -> None:
    case_id = open_one(office, "pengawalan")
    friday = wib("Jumat 2026-11-06 15:00")
    edit(office, case_id, received_at=friday, now=RECEIVED_AT)
    begun = latest(office, case_id, "confirm_schedule")
    assert (begun["started_at"], begun["due_at"]) == (friday, wib("Rabu 2026-11-11 16:00"))
    stored = case_row(office, case_id)
    assert (stored["received_at"], stored["next_due_at"]) == (friday, begun["due_at"])
    assert stored["register_no"] == "001/KAWAL/XI/2026"


def test_receipt_put_right_moves_the_automatic_step_and_what_follows(office: Office) -> None:
    case_id = open_one(office, "pengaduan")
    earlier = wib("Senin 2026-11-09 07:40")
    edit(office, case_id, received_at=earlier, now=RECEIVED_AT)
    first = latest(office, case_id, "submission")
    assert (first["started_at"], first["finished_at"]) == (earlier, earlier)
    begun = latest(office, case_id, "recording")
    assert (begun["started_at"], begun["due_at"]) == (earlier, wib("Senin 2026-11-09 08:10"))


def test_receipt_put_right_across_the_month_keeps_the_number(office: Office) -> None:
    case_id = open_one(office, "pengaduan")
    edit(office, case_id, received_at=wib("Jumat 2026-10-30 09:00"), now=RECEIVED_AT)
    stored = case_row(office, case_id)
    assert (stored["register_no"], stored["received_month"]) == ("001/DUMAS/XI/2026", 202610)


def test_receipt_after_the_first_finish_is_refused_with_both_times(office: Office) -> None:
    case_id = open_one(office, "pengawalan")
    finished_at = wib("Selasa 2026-11-10 09:00")
    finish(office, case_id, "confirm_schedule", at=finished_at)
    before = dump(office.store)
    with pytest.raises(Invalid) as refused:
        edit(office, case_id, received_at=finished_at + MINUTE, now=wib("Rabu 2026-11-11 09:00"))
    problem = refused.value.problems["received_at"]
    assert problem.params == {"received": finished_at + MINUTE, "finished": finished_at}
    assert dump(office.store) == before


@pytest.mark.parametrize(
    ("changed", "key"),
    [
        ({"returns_at": wib("Senin 2026-11-30 06:59")}, "returns_at"),
        ({"departs_at": ""}, "departs_at"),
        ({"departs_at": datetime(2026, 11, 30, 7)}, "departs_at"),
        ({"leader": " "}, "leader"),
        ({"activity": "Rapat\x00"}, "activity"),
        ({"transport": "sampan"}, "transport"),
    ],
)
def test_bad_form_is_refused_beside_its_field_and_stores_nothing(
    office: Office, changed: dict[str, Any], key: str
) -> None:
    case_id = open_one(office, "pengawalan")
    before = dump(office.store)
    with pytest.raises(Invalid) as opening:
        open_one(office, "pengawalan", **changed)
    with pytest.raises(Invalid) as editing:
        edit(office, case_id, **changed)
    assert set(opening.value.problems) == set(editing.value.problems) == {key}
    assert dump(office.store) == before


def test_edit_without_a_reason_is_refused(office: Office) -> None:
    case_id = open_one(office, "pengawalan")
    with pytest.raises(Invalid) as refused:
        edit(office, case_id, place="Bukittinggi", reason=" ")
    assert set(refused.value.problems) == {"reason"}
    assert case_row(office, case_id)["version"] == 1
