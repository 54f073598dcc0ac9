"""Recording the steps of a case, or of a period: finished, not applicable.

Every function takes the round as it was shown (`round_id` and `expected_version`) and raises `Conflict` with what
stands now when somebody else was faster; nothing typed is lost, because the screen keeps it. A step may be recorded
by the roles of its executor, and by those who may record for others; then the round says for whom.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine, bindparam, select

from models import audit
from models.access import Actor, Permission, may, may_record
from models.commands.case_rounds import CaseRounds, Row
from models.commands.checks import case_of_round, given, refuse_future, short_text
from models.commands.clocks import CaseClock, advance, case_clock, skip_round
from models.commands.intake import once
from models.commands.outputs import count_finishing
from models.commands.rounds import ROUND, revise_shown
from models.errors import N_, Conflict, Forbidden, Invalid, NotFound, Problem
from models.form_data import clean
from models.lateness import LATE_REASONS
from models.queries.calendar import work_calendar
from models.queries.sops import sop_version
from models.sla import recorded_late
from models.sop import Sop, Step
from models.step_form import step_fields
from models.work_calendar import WorkCalendar

_HELD = select(ROUND).where(ROUND.c.id == bindparam("of_round")).with_for_update()


@dataclass(frozen=True, slots=True)
class HeldRound:
    """A round that is held against other writers, with its SOP and step, and but for a periodic step its case.

    `rounds` are those of the case as they stood when it was held: what a command writes besides the round itself and
    its followers is not in them.
    """

    row: Row
    sop: Sop
    step: Step
    calendar: WorkCalendar
    clock: CaseClock | None = None
    rounds: CaseRounds | None = None


def finish_step(
    store: Engine,
    *,
    actor: Actor,
    token: str,
    now: datetime,
    round_id: int,
    expected_version: int,
    finished_at: datetime,
    data: Mapping[str, object],
    outcome: str | None = None,
    note: str = "",
    late_reason: str | None = None,
) -> dict[str, Any]:
    """Record that an open step was finished, and start what follows.

    `data` holds the step's outputs ("output_<key>") and its own fields. Returns round_id, case_id, `opened` (step
    keys), `status` of the case. Raises `Forbidden`, `NotFound`, `Conflict`, or `Invalid` by field key.
    """
    finished_at = finished_at.replace(second=0, microsecond=0)

    def act(connection: Connection) -> dict[str, Any]:
        held = held_round(
            connection, actor=actor, now=now, round_id=round_id, expected_version=expected_version
        )
        _check_open(held)
        check_finish(held, finished_at=finished_at, now=now)
        columns = finish_columns(
            held, data=data, outcome=outcome, note=note, late_reason=late_reason, finished_at=finished_at
        )
        columns |= author(held, actor, now) | {
            "recorded_late": recorded_late(held.calendar, finished_at=finished_at, now=now)
        }
        outputs = count_finishing(
            connection, sop=held.sop, row=held.row, rounds=held.rounds, data=columns["data"], now=now
        )
        write_round(connection, held, {**columns, **outputs, "state": "done"}, now=now)
        record(
            connection,
            held,
            actor=actor,
            now=now,
            action="step.finished",
            happened_at=finished_at,
            columns=columns,
        )
        return {"round_id": round_id, "case_id": held.row["case_id"], **_follow(held, outcome)}

    return once(store, actor=actor, token=token, now=now, action="step.finish", act=act, shown=True)


def skip_step(
    store: Engine,
    *,
    actor: Actor,
    token: str,
    now: datetime,
    round_id: int,
    expected_version: int,
    reason: str,
) -> dict[str, Any]:
    """Enter an open step as not applicable, where the SOP makes it optional; the reason is required."""

    def act(connection: Connection) -> dict[str, Any]:
        held = held_round(
            connection, actor=actor, now=now, round_id=round_id, expected_version=expected_version
        )
        _check_open(held)
        if not held.step.optional or held.clock is None:
            raise Invalid({"": Problem(N_("The SOP does not allow this step to be left out."))})
        why = given(reason, key="reason")
        columns = {"state": "skipped", "reason": why, "counted": False} | author(held, actor, now)
        write_round(connection, held, columns, now=now)
        record(connection, held, actor=actor, now=now, action="step.skipped", reason=why)
        followed = advance(held.clock, rounds=held.rounds)
        return {"round_id": round_id, "case_id": held.row["case_id"], **followed}

    return once(store, actor=actor, token=token, now=now, action="step.skip", act=act, shown=True)


def held_round(
    connection: Connection, *, actor: Actor, now: datetime, round_id: int, expected_version: int
) -> HeldRound:
    """The round as it stands, its case held first; checks sight, the right to record, and the version shown."""
    case = case_of_round(connection, actor=actor, round_id=round_id)
    if case is None:
        held = _held_period(connection, actor=actor, round_id=round_id)
    else:
        row = case.rounds[round_id]
        calendar = case.calendar
        clock = case_clock(connection, case=case.row, sop=case.sop, actor=actor, now=now, calendar=calendar)
        held = HeldRound(row, case.sop, case.sop.step(row["step_key"]), calendar, clock, case.rounds)
    role = held.sop.executor(held.step.executor).role
    if not may_record(actor, role, held.sop, assigned=case is not None and case.assigned):
        raise Forbidden
    if held.row["version"] != expected_version:
        raise Conflict(current=dict(held.row))
    return held


def _held_period(connection: Connection, *, actor: Actor, round_id: int) -> HeldRound:
    row = connection.execute(_HELD, {"of_round": round_id}).mappings().one_or_none()
    if row is None:
        raise NotFound
    sop = sop_version(connection, row["sop_version_id"])
    if not may(actor, Permission.VIEW_CASES, sop):
        raise NotFound
    return HeldRound(row, sop, sop.step(row["step_key"]), work_calendar(connection))


def _check_open(held: HeldRound) -> None:
    if held.row["state"] != "open":
        raise Conflict(current=dict(held.row))


def check_finish(held: HeldRound, *, finished_at: datetime, now: datetime) -> None:
    """Refuse a finish before the step's start or in the future, naming both times (rules of time, 4)."""
    refuse_future(finished_at, now=now, key="finished_at")
    began_at = max(moment for moment in (held.row["started_at"], held.row["begun_at"]) if moment is not None)
    if finished_at < began_at:
        params = {"finished": finished_at, "started": began_at}
        problem = Problem(N_("Finished {finished}, before the step began ({started})."), params)
        raise Invalid({"finished_at": problem})


def finish_columns(
    held: HeldRound,
    *,
    data: Mapping[str, object],
    outcome: str | None,
    note: str,
    late_reason: str | None,
    finished_at: datetime,
) -> dict[str, Any]:
    """The columns of a finished round, its form checked; `Invalid` by field key."""
    if outcome not in (held.step.outcomes or (None,)):
        raise Invalid({"outcome": Problem(N_("Choose one of the choices offered."))})
    if late_reason is not None and late_reason not in LATE_REASONS:
        raise Invalid({"late_reason": Problem(N_("Choose one of the choices offered."))})
    return {
        "finished_at": finished_at,
        "outcome": outcome,
        "data": clean(step_fields(held.step), data, outcome=outcome),
        "note": short_text(note.strip(), key="note") or None,
        "late_reason": late_reason,
        "worked_minutes": held.calendar.elapsed(held.row["started_at"], finished_at),
    }


def author(held: HeldRound, actor: Actor, now: datetime) -> dict[str, Any]:
    """Who recorded it when, and for whom where it was not their own step, as columns."""
    own = held.sop.executor(held.step.executor).is_one_of(actor.roles)
    return {
        "recorded_at": now,
        "recorded_by": actor.user_id,
        "recorded_for": None if own else held.step.executor,
    }


def write_round(
    connection: Connection, held: HeldRound, columns: Mapping[str, Any], *, now: datetime
) -> None:
    """Store the round if it still is as it was shown; `Conflict` otherwise."""
    shown = {"round_id": held.row["id"], "version": held.row["version"]}
    if revise_shown(connection, **shown, now=now, **columns) != 1:
        raise Conflict
    if held.rounds is not None:
        held.rounds.written(held.row["id"], columns)


def record(
    connection: Connection,
    held: HeldRound,
    *,
    actor: Actor,
    now: datetime,
    action: str,
    happened_at: datetime | None = None,
    reason: str | None = None,
    columns: Mapping[str, Any] | None = None,
    details: Mapping[str, Any] | None = None,
) -> None:
    """Append what happened to a round; of `columns` those that the person gave are kept."""
    given_columns: Sequence[str] = ("finished_at", "outcome", "data", "note", "late_reason", "recorded_for")
    shown = {
        key: value for key, value in (columns or {}).items() if key in given_columns and value is not None
    }
    audit.append(
        connection,
        actor=actor,
        action=action,
        now=now,
        case_id=held.row["case_id"],
        round_id=held.row["id"],
        happened_at=happened_at,
        reason=reason,
        details={"step": held.step.key, "round": held.row["round_no"], **shown, **(details or {})},
    )


def _follow(held: HeldRound, outcome_key: str | None) -> dict[str, Any]:
    if held.clock is None:
        return {"opened": [], "status": None}
    closes = None
    if outcome_key is not None:
        outcome = held.sop.outcome(outcome_key)
        closes = outcome.closes
        reason = outcome.skip_reason.id if outcome.skip_reason else outcome.label.id
        for key in outcome.skips:
            skip_round(held.clock, held.sop.step(key), reason=reason, outcome=outcome_key, rounds=held.rounds)
    return advance(held.clock, closes=closes, rounds=held.rounds)
