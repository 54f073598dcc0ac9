"""The departure: recorded while the escort runs, put right with a reason, and no finish lies before it."""

import json
from datetime import datetime, timedelta

import pytest

from models.access import Role
from models.commands import beginnings, closing, steps
from models.errors import Conflict, Forbidden, Invalid, NotFound
from tests.commands.books import HOUR, NO_REASON, depart
from tests.commands.database_dump import dump
from tests.commands.flow import close, correct, give_back
from tests.factories import RECEIVED_AT, Office, acts, advance_to, finish, latest, open_one, rounds
from tests.moments import wib

MINUTE = timedelta(minutes=1)
STARTED_AT = wib(
    "Senin 2026-11-09 10:30"
)  # the escort's clock, half an hour a step from the receipt at 08.00 on
DEPARTED_AT = wib("Senin 2026-11-09 11:00")


def under_way(office: Office) -> int:
    """An escort whose last step before the departure is done, and whose departure is not recorded yet."""
    case_id = open_one(office, "pengawalan")
    assert advance_to(office, case_id, "escort")["started_at"] == STARTED_AT
    return case_id


def begun_at(office: Office, case_id: int) -> datetime | None:
    found: datetime | None = latest(office, case_id, "escort")["begun_at"]
    return found


def test_departure_is_kept_beside_the_clock_which_stays(office: Office) -> None:
    case_id = under_way(office)
    before = dict(latest(office, case_id, "escort"))
    jagat, later = office.actors[Role.JAGAT_SAKSANA], DEPARTED_AT + HOUR
    answer = depart(office, case_id, at=DEPARTED_AT + timedelta(seconds=30), now=later, by=jagat)
    assert answer == {"round_id": before["id"], "case_id": case_id, "version": before["version"] + 1}
    after = dict(latest(office, case_id, "escort"))
    changed = {key for key in after if after[key] != before[key]}
    assert changed == {"begun_at", "known_from", "version"}
    assert after["begun_at"] == DEPARTED_AT
    (act,) = acts(office, "step.begun")
    assert (act["round_id"], act["happened_at"], act["recorded_at"]) == (before["id"], DEPARTED_AT, later)
    assert (act["actor_id"], act["reason"]) == (jagat.user_id, None)


@pytest.mark.parametrize("at", [RECEIVED_AT, STARTED_AT - MINUTE, STARTED_AT, STARTED_AT + 5 * MINUTE])
def test_departure_may_lie_before_the_papers_were_ready(office: Office, at: datetime) -> None:
    case_id = under_way(office)
    depart(office, case_id, at=at, now=STARTED_AT)
    assert begun_at(office, case_id) == at


@pytest.mark.parametrize(
    "at",
    [RECEIVED_AT - MINUTE, STARTED_AT + 6 * MINUTE, STARTED_AT.replace(year=1900)],
    ids=["before the receipt", "in the future", "impossible"],
)
def test_departure_before_the_receipt_or_in_the_future_is_refused(office: Office, at: datetime) -> None:
    case_id = under_way(office)
    before = dump(office.store)
    with pytest.raises(Invalid) as refused:
        depart(office, case_id, at=at, now=STARTED_AT)
    assert list(refused.value.problems) == ["begun_at"]
    assert dump(office.store) == before


def test_departure_is_put_right_with_a_reason_and_the_old_one_stays_in_the_trail(office: Office) -> None:
    case_id = under_way(office)
    depart(office, case_id, at=DEPARTED_AT, reason="tidak perlu alasan")
    depart(office, case_id, at=DEPARTED_AT - HOUR, now=DEPARTED_AT + HOUR, reason=" jam kapal ")
    assert begun_at(office, case_id) == DEPARTED_AT - HOUR
    first, second = acts(office, "step.begun")
    assert (first["reason"], second["reason"]) == (None, "jam kapal")
    assert datetime.fromisoformat(json.loads(second["details"])["old_begun_at"]) == DEPARTED_AT


@pytest.mark.parametrize("reason", NO_REASON, ids=["empty", "blank", "long", "control"])
def test_departure_is_not_put_right_without_a_reason(office: Office, reason: str) -> None:
    case_id = under_way(office)
    depart(office, case_id, at=DEPARTED_AT)
    before = dump(office.store)
    with pytest.raises(Invalid) as refused:
        depart(office, case_id, at=DEPARTED_AT - MINUTE, now=DEPARTED_AT, reason=reason)
    assert list(refused.value.problems) == ["reason"]
    assert dump(office.store) == before


def test_twin_without_it_the_departure_moves_without_a_reason(
    sqlite_office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    case_id = under_way(sqlite_office)
    depart(sqlite_office, case_id, at=DEPARTED_AT)
    monkeypatch.setattr(beginnings, "given", lambda typed, **_: typed)
    depart(sqlite_office, case_id, at=DEPARTED_AT - MINUTE, now=DEPARTED_AT)
    assert begun_at(sqlite_office, case_id) == DEPARTED_AT - MINUTE


# What ends lies after it.


def end_before_the_departure(office: Office, case_id: int, end: str) -> None:
    """End the escort a minute before it departed, though after its clock has started."""
    at = DEPARTED_AT - MINUTE
    if end == "finish":
        finish(office, case_id, "escort", at=at, now=DEPARTED_AT)
    elif end == "return":
        give_back(office, case_id, "escort", to="coordinate", at=at, now=DEPARTED_AT)
    else:
        close(office, case_id, at=at, now=DEPARTED_AT)


ENDS = {"finish": "finished_at", "return": "finished_at", "close": "closed_at"}


@pytest.mark.parametrize("end", ENDS)
def test_escort_does_not_end_before_it_departed(office: Office, end: str) -> None:
    case_id = under_way(office)
    depart(office, case_id, at=DEPARTED_AT)
    before = dump(office.store)
    with pytest.raises(Invalid) as refused:
        end_before_the_departure(office, case_id, end)
    assert list(refused.value.problems) == [ENDS[end]]
    assert DEPARTED_AT in refused.value.problem.params.values()
    assert dump(office.store) == before


@pytest.mark.parametrize("end", ENDS)
def test_twin_without_the_departure_recorded_it_ends_there(office: Office, end: str) -> None:
    case_id = under_way(office)
    end_before_the_departure(office, case_id, end)
    assert rounds(office, case_id, "escort")[0]["finished_at"] == DEPARTED_AT - MINUTE


@pytest.mark.parametrize("end", ["finish", "close"])
def test_escort_may_end_at_the_minute_it_departed(office: Office, end: str) -> None:
    case_id = under_way(office)
    depart(office, case_id, at=DEPARTED_AT)
    if end == "finish":
        finish(office, case_id, "escort", at=DEPARTED_AT)
    else:
        close(office, case_id, at=DEPARTED_AT)
    row = latest(office, case_id, "escort")
    assert row["finished_at"] == row["begun_at"] == DEPARTED_AT


def test_finish_is_not_corrected_to_before_the_departure(office: Office) -> None:
    case_id = under_way(office)
    depart(office, case_id, at=DEPARTED_AT)
    finish(office, case_id, "escort", at=DEPARTED_AT + HOUR)
    with pytest.raises(Invalid) as refused:
        correct(office, case_id, "escort", at=DEPARTED_AT - MINUTE, now=DEPARTED_AT + HOUR)
    assert list(refused.value.problems) == ["finished_at"]
    correct(office, case_id, "escort", at=DEPARTED_AT, now=DEPARTED_AT + HOUR)


# When, who, and two at once.


def test_other_steps_have_no_departure(office: Office) -> None:
    case_id = open_one(office, "pengawalan")
    before = dump(office.store)
    with pytest.raises(Invalid, match="no beginning of its own"):
        depart(office, case_id, at=RECEIVED_AT, step_key="confirm_schedule")
    assert dump(office.store) == before


def test_departure_is_recorded_while_the_escort_runs_only(office: Office) -> None:
    case_id = under_way(office)
    finish(office, case_id, "escort", at=DEPARTED_AT)
    with pytest.raises(Conflict) as told:
        depart(office, case_id, at=STARTED_AT, now=DEPARTED_AT, reason="terlambat dicatat")
    assert told.value.current["state"] == "done"
    called_off = under_way(office)
    close(office, called_off, at=DEPARTED_AT)
    with pytest.raises(Conflict) as told:
        depart(office, called_off, at=STARTED_AT, now=DEPARTED_AT, reason="terlambat dicatat")
    assert told.value.current["state"] == "stopped"


def test_further_round_departs_anew(office: Office) -> None:
    case_id = under_way(office)
    depart(office, case_id, at=DEPARTED_AT)
    give_back(office, case_id, "escort", to="coordinate", at=DEPARTED_AT + HOUR)
    finish(office, case_id, "coordinate", at=DEPARTED_AT + 2 * HOUR)
    assert begun_at(office, case_id) is None
    depart(office, case_id, at=DEPARTED_AT + 3 * HOUR)
    assert [row["begun_at"] for row in rounds(office, case_id, "escort")] == [
        DEPARTED_AT,
        DEPARTED_AT + 3 * HOUR,
    ]


def test_roles_that_do_not_escort_record_no_departure(office: Office) -> None:
    case_id = under_way(office)
    before = dump(office.store)
    for role, refusal in (
        (Role.KASUBBAG_KUL, Forbidden),
        (Role.PIMPINAN, Forbidden),
        (Role.DESK_PELAYANAN, NotFound),
    ):
        with pytest.raises(refusal):
            depart(office, case_id, at=STARTED_AT, by=office.actors[role])
    assert dump(office.store) == before


def test_stale_form_of_a_departure_is_told(office: Office) -> None:
    case_id = under_way(office)
    shown = latest(office, case_id, "escort")
    depart(office, case_id, at=DEPARTED_AT)
    before = dump(office.store)
    with pytest.raises(Conflict) as told:
        beginnings.begin_step(
            office.store,
            actor=office.second,
            token="lama",
            now=DEPARTED_AT,
            round_id=shown["id"],
            expected_version=shown["version"],
            begun_at=STARTED_AT,
            reason="jam kapal",
        )
    assert told.value.current["begun_at"] == DEPARTED_AT
    assert dump(office.store) == before


def test_twin_without_the_check_of_a_finish_the_escort_ends_before_it_departed(
    sqlite_office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    case_id = under_way(sqlite_office)
    depart(sqlite_office, case_id, at=DEPARTED_AT)
    monkeypatch.setattr(steps, "check_finish", lambda *_, **__: None)
    end_before_the_departure(sqlite_office, case_id, "finish")
    other_id = under_way(sqlite_office)
    depart(sqlite_office, other_id, at=DEPARTED_AT)
    monkeypatch.setattr(closing, "_check_moment", lambda *_: None)
    end_before_the_departure(sqlite_office, other_id, "close")
