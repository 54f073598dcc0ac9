"""The branches of a review, and the step that may be left out. Dates are worked out by hand."""

import pytest

from models.errors import Invalid
from tests.commands.database_dump import dump
from tests.commands.flow import REVIEWED_AT, review_as, skip, under_review
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
from tests.moments import on, wib

AGENCY = {"other_agency": "dkpp", "cover_letter_number": "12/SP/2026", "cover_letter_on": "2026-11-16"}
AFTER = ["written_follow_up", "examination", "result_receipt"]


def skipped(office: Office, case_id: int) -> dict[str, str]:
    """Steps that were taken out, with the reason."""
    return {row["step_key"]: row["reason"] for row in rounds(office, case_id) if row["state"] == "skipped"}


def test_oversight_opens_the_written_follow_up_with_its_own_clock(office: Office) -> None:
    case_id = under_review(office)
    answer = review_as(office, case_id, "oversight")
    assert (answer["opened"], answer["status"]) == (["written_follow_up"], "followed_up")
    begun = latest(office, case_id, "written_follow_up")
    assert begun["started_at"] == REVIEWED_AT
    assert begun["due_at"] == wib("Kamis 2026-11-19 16:00")
    assert begun["late_from"] == wib("Jumat 2026-11-20 00:00")
    assert case_row(office, case_id)["next_due_at"] == wib("Kamis 2026-11-19 16:00")
    assert skipped(office, case_id) == {}


def test_oversight_runs_through_to_the_result_and_ends_the_case(office: Office) -> None:
    case_id = under_review(office)
    review_as(office, case_id, "oversight")
    advance_to(office, case_id, "result_receipt")
    answer = finish(office, case_id, "result_receipt", at=wib("Kamis 2026-11-19 09:00"))
    assert (answer["opened"], answer["status"]) == ([], "done")
    stored = case_row(office, case_id)
    assert stored["closed_at"] == wib("Kamis 2026-11-19 09:00")
    assert stored["next_due_at"] is None
    assert stored["close_reason"] is None
    assert [row["step_key"] for row in rounds(office, case_id)] == [
        "submission", "recording", "disposition", "review", *AFTER,
    ]  # fmt: skip
    assert {row["state"] for row in rounds(office, case_id)} == {"done"}
    assert len(acts(office, "case.closed", case_id=case_id)) == 1


def test_no_oversight_goes_straight_to_the_result(office: Office) -> None:
    case_id = under_review(office)
    answer = review_as(office, case_id, "not_oversight")
    assert (answer["opened"], answer["status"]) == (["result_receipt"], "awaiting_delivery")
    reason = "Tidak berkadar pengawasan: langsung ke penyampaian hasil"
    assert skipped(office, case_id) == {"written_follow_up": reason, "examination": reason}
    begun = latest(office, case_id, "result_receipt")
    assert begun["started_at"] == REVIEWED_AT
    assert begun["due_at"] == wib("Kamis 2026-11-19 16:00")
    assert verdicts(office, case_id, wib("Senin 2026-11-16 10:00"))[-3:] == [
        ("written_follow_up", 1, "skipped"), ("examination", 1, "skipped"), ("result_receipt", 1, "running"),
    ]  # fmt: skip
    assert finish(office, case_id, "result_receipt")["status"] == "done"


def test_other_agency_closes_the_case_as_forwarded(office: Office) -> None:
    case_id = under_review(office)
    answer = review_as(office, case_id, "other_agency", **AGENCY)
    assert (answer["opened"], answer["status"]) == ([], "forwarded")
    stored = case_row(office, case_id)
    assert (stored["status"], stored["closed_at"]) == ("forwarded", REVIEWED_AT)
    assert skipped(office, case_id) == dict.fromkeys(AFTER, "Bukan tupoksi KPU: disalurkan ke instansi lain")
    assert open_steps(office, case_id) == []
    data = latest(office, case_id, "review")["data"]
    assert data == {**AGENCY, "cover_letter_on": on("Senin 2026-11-16").isoformat()}


def test_other_unit_goes_on_to_the_written_follow_up(office: Office) -> None:
    case_id = under_review(office)
    answer = review_as(office, case_id, "other_unit", other_unit="Sub Bagian Keuangan")
    assert (answer["opened"], answer["status"]) == (["written_follow_up"], "followed_up")
    assert latest(office, case_id, "review")["data"] == {"other_unit": "Sub Bagian Keuangan"}


def test_not_actionable_archives_the_case(office: Office) -> None:
    case_id = under_review(office)
    answer = review_as(office, case_id, "not_actionable", not_actionable_reason="illogical")
    assert answer["status"] == "archived"
    assert skipped(office, case_id) == dict.fromkeys(AFTER, "Tidak dapat ditindaklanjuti: berkas diarsipkan")
    assert case_row(office, case_id)["closed_at"] == REVIEWED_AT


@pytest.mark.parametrize(
    ("outcome", "form", "missing"),
    [
        ("other_agency", {}, {"other_agency", "cover_letter_number", "cover_letter_on"}),
        ("other_agency", AGENCY | {"other_agency": "other"}, {"other_agency_name"}),
        ("other_unit", {}, {"other_unit"}),
        ("not_actionable", {}, {"not_actionable_reason"}),
        ("not_actionable", {"not_actionable_reason": "other"}, {"not_actionable_note"}),
        ("oversigt", {}, {"outcome"}),
        (None, {}, {"outcome"}),
    ],
)
def test_review_without_what_its_outcome_needs_is_refused(
    office: Office, outcome: str | None, form: dict[str, str], missing: set[str]
) -> None:
    case_id = under_review(office)
    before = dump(office.store)
    with pytest.raises(Invalid) as refused:
        review_as(office, case_id, outcome, **form)
    assert set(refused.value.problems) == missing
    assert dump(office.store) == before


def test_outcome_where_the_step_has_none_is_refused(office: Office) -> None:
    case_id = open_one(office, "pengaduan")
    with pytest.raises(Invalid) as refused:
        finish(office, case_id, "recording", outcome="oversight")
    assert set(refused.value.problems) == {"outcome"}


def test_fields_of_another_outcome_are_not_kept(office: Office) -> None:
    case_id = under_review(office)
    review_as(office, case_id, "not_oversight", **AGENCY, core_issue="Pungutan")
    assert latest(office, case_id, "review")["data"] == {"core_issue": "Pungutan"}


def test_optional_step_is_left_out_with_its_reason_and_buys_no_time(office: Office) -> None:
    """The result's clock starts when the written follow-up was finished, not when it was decided to leave one out."""
    case_id = under_review(office)
    review_as(office, case_id, "oversight")
    finish(office, case_id, "written_follow_up", at=wib("Rabu 2026-11-18 10:00"))
    answer = skip(office, case_id, "examination", now=wib("Jumat 2026-11-20 15:00"), reason=" sudah jelas ")
    assert answer["opened"] == ["result_receipt"]
    left_out = latest(office, case_id, "examination")
    assert (left_out["state"], left_out["reason"], left_out["counted"]) == ("skipped", "sudah jelas", False)
    assert left_out["finished_at"] is None
    begun = latest(office, case_id, "result_receipt")
    assert begun["started_at"] == wib("Rabu 2026-11-18 10:00")
    assert begun["due_at"] == wib("Senin 2026-11-23 16:00")
    assert acts(office, "step.skipped", case_id=case_id)[-1]["reason"] == "sudah jelas"


@pytest.mark.parametrize("reason", ["", "  \n ", "x" * 2001, "bunyi\x07"])
def test_leaving_a_step_out_without_a_proper_reason_is_refused(office: Office, reason: str) -> None:
    case_id = open_one(office, "pengaduan")
    advance_to(office, case_id, "examination")
    before = dump(office.store)
    with pytest.raises(Invalid) as refused:
        skip(office, case_id, "examination", reason=reason)
    assert set(refused.value.problems) == {"reason"}
    assert dump(office.store) == before


def test_step_that_the_sop_requires_cannot_be_left_out(office: Office) -> None:
    complaint, escort = open_one(office, "pengaduan"), open_one(office, "pengawalan")
    before = dump(office.store)
    for case_id, step_key in [(complaint, "recording"), (escort, "confirm_schedule")]:
        with pytest.raises(Invalid, match="does not allow"):
            skip(office, case_id, step_key, reason="tidak perlu")
    assert dump(office.store) == before
