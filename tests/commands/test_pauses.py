"""Pauses of a case: none overlaps, no deadline moves, and the second figure credits exactly the time inside them."""

import json
from contextlib import suppress
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from threading import Barrier, BrokenBarrierError
from typing import Any

import pytest
from sqlalchemy import Connection, update
from sqlalchemy.exc import IntegrityError

from models.access import Role
from models.commands import pauses as pause_commands
from models.database import transaction
from models.errors import Conflict, Forbidden, Invalid, NotFound, PatuhError
from models.queries.calendar import work_calendar
from models.queries.pauses import CasePause, WithPauses, excused, moved_limit, pauses_of, spans
from models.sla import Target, Unit
from models.tables import Pause, StepRound
from tests.commands.at_once import people, pressed_at_once, second_program
from tests.commands.books import HOUR, NO_REASON, pause, resume, stored
from tests.commands.database_dump import dump
from tests.commands.flow import close
from tests.commands.test_races import unlock
from tests.factories import RECEIVED_AT, Office, acts, case_row, finish, latest, open_one, sop
from tests.moments import shipped_calendar, wib, written

MINUTE = timedelta(minutes=1)
EXAMPLES = Path(__file__).parents[1] / "data" / "conformance" / "deadlines.json"


def at(hour: str) -> datetime:
    """An hour of Rabu 2025-07-02, the day of the rules' examples in minutes."""
    return wib(f"Rabu 2025-07-02 {hour}")


def recording_from_nine(office: Office) -> int:
    """A complaint of Rabu 2025-07-02 09:00; recording may take 30 minutes, so 09:31 is late."""
    return open_one(office, "pengaduan", received_at=at("09:00"))


def paused(office: Office, case_id: int, *pairs: tuple[datetime, datetime | None]) -> None:
    for begin, end in pairs:
        pause_id = pause(office, case_id, at=begin)
        if end is not None:
            resume(office, case_id, pause_id, at=end)


def second_limit(office: Office, case_id: int, step_key: str, *, as_of: datetime) -> WithPauses:
    """The limit of the step's latest round with the pauses credited, as a screen asks for it."""
    row, case = latest(office, case_id, step_key), case_row(office, case_id)
    with office.reading() as connection:
        return moved_limit(
            sop(case["code"]).step(step_key),
            started_at=row["started_at"],
            due_at=row["due_at"],
            late_from=row["late_from"],
            departs_at=case["departs_at"],
            pauses=spans(pauses_of(connection, case_id), as_of=as_of, closed_at=case["closed_at"]),
            calendar=work_calendar(connection),
        )


def excused_in(
    office: Office, months: tuple[int, int], *, as_of: datetime, code: str = "pengaduan"
) -> dict[tuple[str, int], int]:
    with office.reading() as connection:
        return dict(excused(connection, sop=sop(code), months=months, as_of=as_of))


# Keeping them.


def test_pause_is_kept_from_its_beginning_to_its_end(office: Office) -> None:
    case_id = open_one(office, "pengaduan")
    head = office.actors[Role.SUB_BAGIAN_HUKUM]
    later = RECEIVED_AT + 2 * HOUR
    began, ended = RECEIVED_AT + timedelta(seconds=59), RECEIVED_AT + HOUR + timedelta(seconds=59)
    pause_id = pause(
        office, case_id, at=began, now=later, by=head, kind="reporter", reason=" menunggu bukti "
    )
    running = CasePause(
        pause_id=pause_id,
        kind="reporter",
        reason="menunggu bukti",
        started_at=RECEIVED_AT,
        ended_at=None,
        recorded_by="Akun sub_bagian_hukum",
        version=1,
    )
    with office.reading() as connection:
        assert pauses_of(connection, case_id) == [running]
    resume(office, case_id, pause_id, at=ended, now=later)
    row = stored(office, Pause, pause_id)
    assert (row["ended_at"], row["ended_recorded_at"]) == (RECEIVED_AT + HOUR, later)
    assert (row["ended_by"], row["version"]) == (office.sekretaris.user_id, 2)
    begun, over = acts(office, "case.paused") + acts(office, "case.resumed")
    assert (begun["happened_at"], begun["reason"]) == (RECEIVED_AT, "menunggu bukti")
    assert (over["happened_at"], over["actor_id"]) == (RECEIVED_AT + HOUR, office.sekretaris.user_id)
    assert json.loads(begun["details"]) == {"pause": pause_id, "kind": "reporter"}


def test_no_pause_moves_a_deadline(office: Office) -> None:
    case_id = open_one(office, "pengawalan")
    before = dump(office.store)
    paused(office, case_id, (RECEIVED_AT, RECEIVED_AT + 30 * HOUR), (RECEIVED_AT + 40 * HOUR, None))
    after = dump(office.store)
    assert after["pause"] != before["pause"]
    assert (after["step_round"], after["case_file"]) == (before["step_round"], before["case_file"])


WRONG_BEGINNINGS: dict[str, tuple[dict[str, Any], str]] = {
    "before the receipt": ({"at": RECEIVED_AT - MINUTE}, "started_at"),
    "in the future": ({"at": RECEIVED_AT + 6 * MINUTE, "now": RECEIVED_AT}, "started_at"),
    "impossible": ({"at": RECEIVED_AT.replace(year=2101), "now": RECEIVED_AT}, "started_at"),
    "of another kind": ({"kind": "holiday"}, "kind"),
    **{f"reason {number}": ({"reason": reason}, "reason") for number, reason in enumerate(NO_REASON)},
}


@pytest.mark.parametrize("wrong", WRONG_BEGINNINGS)
def test_wrong_beginning_is_refused_beside_its_field(office: Office, wrong: str) -> None:
    case_id = open_one(office, "pengaduan")
    given, field = WRONG_BEGINNINGS[wrong]
    before = dump(office.store)
    with pytest.raises(Invalid) as refused:
        pause(office, case_id, **given)
    assert list(refused.value.problems) == [field]
    assert dump(office.store) == before


def test_pause_does_not_run_twice(office: Office) -> None:
    case_id = open_one(office, "pengaduan")
    pause(office, case_id)
    before = dump(office.store)
    for began in (RECEIVED_AT, RECEIVED_AT + HOUR):
        with pytest.raises(Invalid, match="A pause is running since") as refused:
            pause(office, case_id, at=began, now=RECEIVED_AT + HOUR)
        assert list(refused.value.problems) == ["started_at"]
    assert dump(office.store) == before
    pause(office, open_one(office, "pengaduan"))  # another case is not in its way


def overlapping(office: Office) -> list[datetime]:
    """Beginnings, in hours around a pause from the second to the fourth, at which another one was taken."""
    taken = []
    for begin in (0, 1, 2, 3):
        case_id = open_one(office, "pengaduan")
        paused(office, case_id, (RECEIVED_AT + HOUR, RECEIVED_AT + 4 * HOUR))
        with suppress(Invalid):
            pause(office, case_id, at=RECEIVED_AT + begin * HOUR, now=RECEIVED_AT + 5 * HOUR)
            taken.append(RECEIVED_AT + begin * HOUR)
    return taken


def test_pauses_do_not_overlap(office: Office) -> None:
    assert overlapping(office) == []


def test_pause_may_begin_at_the_minute_the_last_one_ended(office: Office) -> None:
    case_id = open_one(office, "pengaduan")
    paused(office, case_id, (RECEIVED_AT, RECEIVED_AT + HOUR), (RECEIVED_AT + HOUR, RECEIVED_AT + 2 * HOUR))
    with office.reading() as connection:
        assert len(pauses_of(connection, case_id)) == 2


def test_twin_without_it_pauses_overlap_and_the_figure_cannot_be_reckoned(
    sqlite_office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pause_commands, "_refuse_overlap", lambda *_: None)
    assert len(overlapping(sqlite_office)) == 4
    case_id = recording_from_nine(sqlite_office)
    paused(sqlite_office, case_id, (at("09:05"), at("10:00")), (at("09:10"), at("09:20")))
    with pytest.raises(ValueError, match="overlap"):
        second_limit(sqlite_office, case_id, "recording", as_of=at("12:00"))


@pytest.mark.parametrize("minutes", [0, -1, -600])
def test_pause_does_not_end_before_or_as_it_begins(office: Office, minutes: int) -> None:
    case_id = open_one(office, "pengaduan")
    began = RECEIVED_AT + HOUR
    pause_id = pause(office, case_id, at=began)
    before = dump(office.store)
    with pytest.raises(Invalid) as refused:
        resume(office, case_id, pause_id, at=began + minutes * MINUTE, now=began + HOUR)
    assert list(refused.value.problems) == ["ended_at"]
    assert {began, began + minutes * MINUTE} <= set(refused.value.problem.params.values())
    assert dump(office.store) == before


def test_pause_does_not_end_in_the_future(office: Office) -> None:
    case_id = open_one(office, "pengaduan")
    pause_id = pause(office, case_id)
    with pytest.raises(Invalid) as refused:
        resume(office, case_id, pause_id, at=RECEIVED_AT + 6 * MINUTE, now=RECEIVED_AT)
    assert list(refused.value.problems) == ["ended_at"]
    resume(office, case_id, pause_id, at=RECEIVED_AT + 5 * MINUTE, now=RECEIVED_AT)


def test_pause_that_somebody_else_ended_is_told_and_stays(office: Office) -> None:
    case_id, other_id = open_one(office, "pengaduan"), open_one(office, "pengaduan")
    pause_id = pause(office, case_id)
    resume(office, case_id, pause_id, at=RECEIVED_AT + HOUR)
    running = pause(office, other_id)
    before = dump(office.store)
    for case, wanted, version in (
        (case_id, pause_id, 1),
        (case_id, pause_id, 2),
        (case_id, running, 1),  # of the other case
        (other_id, running, 2),
        (case_id, 999_999, 1),
    ):
        with pytest.raises(Conflict):
            resume(office, case, wanted, at=RECEIVED_AT + 2 * HOUR, version=version)
    assert dump(office.store) == before


def test_closed_case_is_neither_paused_nor_resumed(office: Office) -> None:
    case_id = open_one(office, "pengaduan")
    pause_id = pause(office, case_id)
    close(office, case_id, at=RECEIVED_AT + HOUR)
    before = dump(office.store)
    with pytest.raises(Invalid, match="The case is closed"):
        resume(office, case_id, pause_id, at=RECEIVED_AT + HOUR)
    with pytest.raises(Invalid, match="The case is closed"):
        pause(office, case_id)
    assert dump(office.store) == before


def answers_by_role(office: Office, code: str) -> dict[Role, str]:
    found = {}
    for role, actor in office.actors.items():
        case_id = open_one(office, code)
        pause_id = pause(office, case_id)
        other_id = open_one(office, code)
        told = set()
        for attempt in (
            partial(pause, office, other_id, by=actor),
            partial(resume, office, case_id, pause_id, at=RECEIVED_AT + HOUR, by=actor),
        ):
            try:
                attempt()
                told.add("done")
            except PatuhError as refusal:
                told.add(type(refusal).__name__)
        (found[role],) = told
    return found


def test_pauses_are_for_who_may_edit_the_case(office: Office) -> None:
    a, p, s, k, h, d, j, t = Role
    done, forbidden, missing = "done", Forbidden.__name__, NotFound.__name__
    assert answers_by_role(office, "pengaduan") == (
        dict.fromkeys([a, s, h, d], done) | dict.fromkeys([p, t], forbidden) | dict.fromkeys([k, j], missing)
    )
    assert answers_by_role(office, "pengawalan") == (
        dict.fromkeys([a, s, k], done) | dict.fromkeys([p, j], forbidden) | dict.fromkeys([h, d, t], missing)
    )


def pauses_begun_at_once(office: Office, monkeypatch: pytest.MonkeyPatch, *, unlocked: bool = False) -> int:
    """How many of two programs begin a pause, when each waits for the other to have looked for one that runs."""
    both, real = Barrier(2), pause_commands._refuse_overlap

    def look_and_wait(connection: Connection, case_id: int, started_at: datetime) -> None:
        real(connection, case_id, started_at)
        with suppress(BrokenBarrierError):
            both.wait(timeout=1)

    case_id = open_one(office, "pengaduan")
    monkeypatch.setattr(pause_commands, "_refuse_overlap", look_and_wait)
    with second_program(office) as rival, people(2) as pool:
        for one in (office, rival) if unlocked else ():
            unlock(one)
        replies = pressed_at_once(pool, [partial(pause, one, case_id) for one in (office, rival)])
    assert {type(reply.error) for reply in replies} <= {type(None), Invalid}
    return sum(reply.error is None for reply in replies)


def test_of_two_pauses_begun_at_once_one_is_taken(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    assert pauses_begun_at_once(office, monkeypatch) == 1


def test_twin_without_the_hold_on_the_case_both_run(
    postgres_office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert pauses_begun_at_once(postgres_office, monkeypatch, unlocked=True) == 2


BAD_PAUSES: dict[str, dict[str, Any]] = {
    "kind_known": {"kind": "holiday"},
    "reason_given": {"reason": ""},
    "ended_after_started": {"ended_at": RECEIVED_AT, "ended_by": 1, "ended_recorded_at": RECEIVED_AT},
    "ended_has_author": {"ended_at": RECEIVED_AT + HOUR},
}


@pytest.mark.parametrize("constraint", BAD_PAUSES)
def test_database_refuses_a_pause_that_contradicts_itself(office: Office, constraint: str) -> None:
    pause_id = pause(office, open_one(office, "pengaduan"))
    changed = update(Pause).where(Pause.id == pause_id).values(**BAD_PAUSES[constraint])
    with pytest.raises(IntegrityError) as refused, transaction(office.store) as connection:
        connection.execute(changed)
    assert constraint in str(refused.value.orig)


# The second figure.


def test_rules_example_in_minutes_holds(office: Office) -> None:
    """P1 of the rules' examples, through the commands: 90 working minutes of 09:10 to 10:40 move 09:30 to 11:00."""
    (example,) = [one for one in json.loads(EXAMPLES.read_text(encoding="utf-8")) if one["id"] == "P1"]
    case_id = recording_from_nine(office)
    paused(office, case_id, *(tuple(map(datetime.fromisoformat, pair)) for pair in example["pauses"]))  # type: ignore[arg-type]
    row = latest(office, case_id, "recording")
    assert row["started_at"] == datetime.fromisoformat(example["start"])
    assert row["due_at"] == datetime.fromisoformat(example["expect_due_without_pauses"])
    found = second_limit(office, case_id, "recording", as_of=at("12:00"))
    assert found.due_at == datetime.fromisoformat(example["expect_due"])
    assert found.minutes == example["expect_credited_minutes"]
    assert found.late_from == found.due_at + MINUTE


def test_rules_example_in_days_holds(office: Office) -> None:
    """P3: the Friday's last 90 and the Monday's first 90 minutes move Senin 16:00 to Selasa 10:30, a day target."""
    (example,) = [one for one in json.loads(EXAMPLES.read_text(encoding="utf-8")) if one["id"] == "P3"]
    start = datetime.fromisoformat(example["start"])
    journey: dict[str, Any] = {
        "departs_at": wib("Rabu 2025-07-30 07:00"),
        "returns_at": wib("Kamis 2025-07-31 07:00"),
    }
    case_id = open_one(office, "pengawalan", received_at=start - HOUR, **journey)
    finish(office, case_id, "confirm_schedule", at=start)
    ((begin, end),) = example["pauses"]
    paused(office, case_id, (datetime.fromisoformat(begin), datetime.fromisoformat(end)))
    row = latest(office, case_id, "prepare_personnel")
    assert row["due_at"] == datetime.fromisoformat(example["expect_due_without_pauses"])
    found = second_limit(office, case_id, "prepare_personnel", as_of=wib("Rabu 2025-07-09 09:00"))
    assert (written(found.due_at), found.minutes) == ("Selasa 2025-07-08 10:30", 180)
    assert found.due_at == datetime.fromisoformat(example["expect_due"])
    assert written(found.late_from) == "Rabu 2025-07-09 00:00"


BY_HAND: dict[str, tuple[list[tuple[str, str]], str, int]] = {
    "none": ([], "09:30", 0),
    "before the start": ([("09:00", "09:10")], "09:40", 10),
    "up to the due time": ([("09:29", "09:30")], "09:31", 1),
    "from the due time on": ([("09:30", "11:00")], "09:30", 0),
    "over lunch": ([("09:20", "13:20")], "13:30", 180),
    "outside working time": ([("09:20", "09:25"), ("12:00", "13:00")], "09:35", 5),
    "the second before the due time as moved": ([("09:10", "09:20"), ("09:35", "09:45")], "09:50", 20),
    "the second at the due time as moved": ([("09:10", "09:20"), ("09:40", "09:45")], "09:40", 10),
}


@pytest.mark.parametrize("name", BY_HAND)
def test_limit_with_pauses_is_as_reckoned_by_hand(office: Office, name: str) -> None:
    pairs, due, minutes = BY_HAND[name]
    case_id = recording_from_nine(office)
    paused(office, case_id, *((at(begin), at(end)) for begin, end in pairs))
    found = second_limit(office, case_id, "recording", as_of=at("15:00"))
    assert (written(found.due_at), found.minutes) == (f"Rabu 2025-07-02 {due}", minutes)
    assert found.late_from == found.due_at + MINUTE
    assert written(latest(office, case_id, "recording")["due_at"]) == "Rabu 2025-07-02 09:30"


def test_pause_before_a_step_began_credits_it_nothing(office: Office) -> None:
    case_id = open_one(office, "pengaduan", received_at=at("07:30"))
    paused(office, case_id, (at("07:40"), at("08:40")))
    finish(office, case_id, "recording", at=at("09:00"))
    found = second_limit(office, case_id, "disposition", as_of=at("15:00"))
    assert (found.minutes, written(found.due_at)) == (0, "Jumat 2025-07-04 16:30")


def test_departure_is_not_put_off_by_a_pause(office: Office) -> None:
    """The boat leaves all the same: the credit reaches up to it and no further."""
    for departs, due in (
        ("Senin 2025-07-07 15:00", "Senin 2025-07-07 15:00"),
        ("Selasa 2025-07-08 07:00", "Selasa 2025-07-08 07:00"),
        ("Rabu 2025-07-09 07:00", "Selasa 2025-07-08 10:30"),
    ):
        start = wib("Jumat 2025-07-04 10:00")
        journey: dict[str, Any] = {"departs_at": wib(departs), "returns_at": wib("Kamis 2025-07-31 07:00")}
        case_id = open_one(office, "pengawalan", received_at=start - HOUR, **journey)
        finish(office, case_id, "confirm_schedule", at=start)
        paused(office, case_id, (wib("Jumat 2025-07-04 15:00"), wib("Senin 2025-07-07 09:00")))
        found = second_limit(office, case_id, "prepare_personnel", as_of=wib("Rabu 2025-07-09 09:00"))
        assert written(found.due_at) == due


def test_pause_that_runs_lasts_until_now_and_no_longer_than_the_case(office: Office) -> None:
    case_id = recording_from_nine(office)
    paused(office, case_id, (at("09:10"), None))
    for as_of, due, minutes in (("09:10", "09:30", 0), ("09:40", "10:00", 30), ("11:10", "11:30", 120)):
        found = second_limit(office, case_id, "recording", as_of=at(as_of))
        assert (written(found.due_at), found.minutes) == (f"Rabu 2025-07-02 {due}", minutes)
    close(office, case_id, at=at("10:10"), now=at("15:00"))
    found = second_limit(office, case_id, "recording", as_of=at("15:00"))
    assert (written(found.due_at), found.minutes) == ("Rabu 2025-07-02 10:30", 60)


def test_late_round_is_excused_up_to_the_limit_with_pauses(office: Office) -> None:
    """With 09:10 to 10:40 credited the recording is late from 11:01 on."""
    for finished in ("09:30", "09:31", "11:00", "11:01"):
        case_id = recording_from_nine(office)
        paused(office, case_id, (at("09:10"), at("10:40")))
        finish(office, case_id, "recording", at=at(finished), now=at("15:00"))
    finish(office, recording_from_nine(office), "recording", at=at("10:00"))  # late, and never paused
    assert excused_in(office, (202507, 202507), as_of=at("15:00")) == {("recording", 202507): 2}
    assert excused_in(office, (202508, 202512), as_of=at("15:00")) == {}
    assert excused_in(office, (202507, 202507), as_of=at("15:00"), code="pengawalan") == {}


def test_overdue_round_is_excused_while_the_limit_with_pauses_is_not_reached(office: Office) -> None:
    case_id = recording_from_nine(office)
    paused(office, case_id, (at("09:10"), at("10:40")))
    found = {
        hour: excused_in(office, (202507, 202507), as_of=at(hour)).get(("recording", 202507), 0)
        for hour in ("09:30", "09:31", "11:00", "11:01")
    }
    assert found == {"09:30": 0, "09:31": 1, "11:00": 1, "11:01": 0}


def test_unmeasured_round_of_a_paused_case_is_not_excused(office: Office) -> None:
    case_id = recording_from_nine(office)
    paused(office, case_id, (at("09:10"), None))
    with transaction(office.store) as connection:
        connection.execute(update(StepRound).where(StepRound.case_id == case_id).values(counted=False))
    assert excused_in(office, (202507, 202507), as_of=at("15:00")) == {}


def test_twin_with_the_official_limit_nobody_is_excused(
    sqlite_office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    case_id = recording_from_nine(sqlite_office)
    paused(sqlite_office, case_id, (at("09:10"), at("10:40")))
    finish(sqlite_office, case_id, "recording", at=at("10:50"))
    monkeypatch.setattr("models.queries.pauses.spans", lambda *_, **__: [])
    assert excused_in(sqlite_office, (202507, 202507), as_of=at("15:00")) == {}


def test_schedule_stays_where_it_is() -> None:
    """What is bound to the journey has no minutes to credit."""
    step = sop("pengawalan").step("escort")
    assert step.target == Target(Unit.SCHEDULE)
    limits = {"started_at": at("09:00"), "due_at": at("15:00"), "late_from": at("15:01"), "departs_at": None}
    found = moved_limit(step, pauses=[(at("10:00"), at("11:00"))], calendar=shipped_calendar(), **limits)  # type: ignore[arg-type]
    assert found == WithPauses(at("15:00"), at("15:01"), 0)
