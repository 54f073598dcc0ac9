"""When it happened and when it was recorded, by whom and for whom."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from models.access import Role
from models.commands import steps
from models.errors import Conflict, Invalid
from tests.commands.database_dump import dump
from tests.commands.flow import close, give_back
from tests.factories import RECEIVED_AT, Office, acts, case_row, finish, latest, open_one, verdicts
from tests.moments import wib

MINUTE = timedelta(minutes=1)
NOW = wib("Senin 2026-11-09 09:00")


def test_finish_before_start_is_refused_with_both_times(office: Office) -> None:
    case_id = open_one(office, "pengaduan")
    before = dump(office.store)
    with pytest.raises(Invalid) as refused:
        finish(office, case_id, "recording", at=RECEIVED_AT - MINUTE, now=NOW)
    problem = refused.value.problems["finished_at"]
    assert problem.params == {"finished": RECEIVED_AT - MINUTE, "started": RECEIVED_AT}
    assert dump(office.store) == before


def test_twin_the_database_too_refuses_a_finish_before_its_start(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without the check working time cannot be counted backwards, and were it counted the constraint is left."""
    case_id = open_one(office, "pengaduan")
    monkeypatch.setattr(steps, "check_finish", lambda *_, **__: None)
    before = dump(office.store)
    with pytest.raises(Exception, match=r"(?i)before|end|constraint"):
        finish(office, case_id, "recording", at=RECEIVED_AT - MINUTE, now=NOW)
    assert dump(office.store) == before


def test_finish_at_the_very_start_took_no_time(office: Office) -> None:
    case_id = open_one(office, "pengaduan")
    finish(office, case_id, "recording", at=RECEIVED_AT, now=NOW)
    done = latest(office, case_id, "recording")
    assert (done["worked_minutes"], done["state"]) == (0, "done")


def test_seconds_are_cut_off_and_not_rounded(office: Office) -> None:
    case_id = open_one(office, "pengaduan", received_at=RECEIVED_AT + timedelta(seconds=59))
    assert case_row(office, case_id)["received_at"] == RECEIVED_AT
    finish(office, case_id, "recording", at=NOW + timedelta(seconds=59, microseconds=9), now=NOW)
    assert latest(office, case_id, "recording")["finished_at"] == NOW


@pytest.mark.parametrize("ahead", [6 * MINUTE, 365 * 1440 * MINUTE])
def test_future_is_refused_with_both_times_everywhere(office: Office, ahead: timedelta) -> None:
    case_id = open_one(office, "pengaduan")
    finish(office, case_id, "recording", at=RECEIVED_AT)
    before, at = dump(office.store), NOW + ahead
    tries: dict[str, Callable[[], object]] = {
        "received_at": lambda: open_one(office, "pengaduan", received_at=at, now=NOW),
        "finished_at": lambda: finish(office, case_id, "disposition", at=at, now=NOW),
        "closed_at": lambda: close(office, case_id, at=at, now=NOW),
    }
    for key, attempt in tries.items():
        with pytest.raises(Invalid) as refused:
            attempt()
        assert refused.value.problems[key].params == {"at": at, "now": NOW}
    with pytest.raises(Invalid) as refused:
        give_back(office, case_id, "disposition", to="recording", at=at, now=NOW)
    assert refused.value.problems["finished_at"].params["at"] == at
    assert dump(office.store) == before


def test_five_minutes_ahead_are_allowed_because_clocks_differ(office: Office) -> None:
    case_id = open_one(office, "pengaduan", received_at=NOW + 5 * MINUTE, now=NOW)
    finish(office, case_id, "recording", at=NOW + 5 * MINUTE, now=NOW)
    assert latest(office, case_id, "recording")["finished_at"] == NOW + 5 * MINUTE


@pytest.mark.parametrize(
    ("finished", "recorded", "late"),
    [
        ("Jumat 2026-11-13 10:00", "Senin 2026-11-16 23:59", False),
        ("Jumat 2026-11-13 10:00", "Selasa 2026-11-17 00:00", True),
        ("Jumat 2026-11-13 16:29", "Senin 2026-11-16 23:59", False),
        ("Jumat 2026-11-13 16:30", "Selasa 2026-11-17 23:59", False),  # after closing: it is Monday's
        ("Jumat 2026-11-13 16:30", "Rabu 2026-11-18 00:00", True),
        ("Sabtu 2026-11-14 09:00", "Selasa 2026-11-17 23:59", False),
        ("Rabu 2026-12-23 10:00", "Senin 2026-12-28 23:59", False),  # Christmas lies between
        ("Rabu 2026-12-23 10:00", "Selasa 2026-12-29 00:00", True),
    ],
)
def test_recorded_late_is_more_than_one_working_day_after(
    office: Office, finished: str, recorded: str, late: bool
) -> None:
    case_id = open_one(office, "pengaduan")
    finish(office, case_id, "recording", at=wib(finished), now=wib(recorded))
    done = latest(office, case_id, "recording")
    assert done["recorded_late"] is late
    assert (done["finished_at"], done["recorded_at"]) == (wib(finished), wib(recorded))


def test_verdict_follows_the_event_and_not_its_recording(office: Office) -> None:
    case_id = open_one(office, "pengaduan")
    finish(office, case_id, "recording", at=wib("Senin 2026-11-09 08:30"), now=wib("Jumat 2026-11-20 09:00"))
    assert verdicts(office, case_id, wib("Jumat 2026-11-20 09:00"))[1] == ("recording", 1, "on_time")


def test_executor_records_for_nobody_but_himself(office: Office) -> None:
    case_id = open_one(office, "pengaduan")
    desk = office.actors[Role.DESK_PELAYANAN]
    finish(office, case_id, "recording", by=desk)
    done = latest(office, case_id, "recording")
    assert (done["recorded_by"], done["recorded_for"]) == (desk.user_id, None)


@pytest.mark.parametrize("role", [Role.SEKRETARIS, Role.ADMINISTRATOR])
def test_recording_for_another_says_so_in_round_and_trail(office: Office, role: Role) -> None:
    case_id = open_one(office, "pengaduan")
    finish(office, case_id, "recording", by=office.actors[role])
    done = latest(office, case_id, "recording")
    assert (done["recorded_by"], done["recorded_for"]) == (office.actors[role].user_id, "desk_pelayanan")
    act = acts(office, "step.finished", case_id=case_id)[0]
    assert act["actor_name"] == office.actors[role].name
    assert '"recorded_for": "desk_pelayanan"' in act["details"]


def test_trail_keeps_when_it_happened_and_when_it_was_recorded(office: Office) -> None:
    case_id = open_one(office, "pengaduan")
    recorded_at = datetime.fromisoformat("2026-11-10T01:02:03.000004+00:00")
    finish(office, case_id, "recording", at=NOW, now=recorded_at, note=" dicek ", data={"agenda_number": "7"})
    act = acts(office, "step.finished", case_id=case_id)[0]
    assert (act["happened_at"], act["recorded_at"]) == (NOW, recorded_at)
    assert '"note": "dicek"' in act["details"]
    assert '"data": {"agenda_number": "7"}' in act["details"]


def test_finishing_a_finished_step_is_told_who_stands_there(office: Office) -> None:
    case_id = open_one(office, "pengaduan")
    finish(office, case_id, "recording", note="pertama")
    before = dump(office.store)
    with pytest.raises(Conflict) as told:
        finish(office, case_id, "recording", note="kedua")
    assert (told.value.current["state"], told.value.current["note"]) == ("done", "pertama")
    assert dump(office.store) == before


@pytest.mark.parametrize(
    ("more", "key"),
    [
        ({"late_reason": "malas"}, "late_reason"),
        ({"note": "x" * 2001}, "note"),
        ({"note": "bunyi\x07"}, "note"),
        ({"note": "setengah \ud83d"}, "note"),
        ({"data": {"agenda_on": "2026-02-30"}}, "agenda_on"),
        ({"data": {"agenda_number": "9" * 101}}, "agenda_number"),
        ({"data": {"output_complaint_file": "x" * 201}}, "output_complaint_file"),
    ],
)
def test_bad_finish_is_refused_beside_its_field(office: Office, more: dict[str, Any], key: str) -> None:
    case_id = open_one(office, "pengaduan")
    before = dump(office.store)
    with pytest.raises(Invalid) as refused:
        finish(office, case_id, "recording", **more)
    assert set(refused.value.problems) == {key}
    assert dump(office.store) == before
