"""Putting right what was recorded: correcting a finished step, handing a step back.

Decisions (2026-11):
- A correction is a new act with a reason; the old value stays in the trail. If it moves the finish, the clocks of open
  steps that began at that finish begin anew at the right moment; finished steps keep their verdict.
- The result of a review is not corrected, because its branches have begun: the step is handed back instead.
- Handing back ends the round of the step that hands back, judged at that moment, and gives the earlier step a further
  round with its own clock; the earlier round keeps its verdict. Steps that a result had taken out come into play
  again.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine, func, select, update

from models.access import Actor, Permission, may
from models.commands.case_rounds import rounds_of
from models.commands.checks import given
from models.commands.clocks import advance, last_finish, move_open_clocks, start_round
from models.commands.intake import answered, remember
from models.commands.outputs import count_finished, count_outputs
from models.commands.rounds import revise
from models.commands.steps import (
    HeldRound,
    author,
    check_finish,
    finish_columns,
    held_round,
    record,
    write_round,
)
from models.database import transaction
from models.errors import N_, Conflict, Forbidden, Invalid, Problem
from models.flow import Standing, descendants, ready_at, returnable_to
from models.sla import recorded_late
from models.tables import CaseFile, StepRound


def correct_step(
    store: Engine,
    *,
    actor: Actor,
    token: str,
    now: datetime,
    round_id: int,
    expected_version: int,
    finished_at: datetime,
    data: Mapping[str, object],
    note: str = "",
    late_reason: str | None = None,
    reason: str,
) -> dict[str, Any]:
    """Change the finish, outputs or note of a finished step. Raises as `finish_step` does."""
    finished_at = finished_at.replace(second=0, microsecond=0)
    with transaction(store) as connection:
        if (earlier := answered(connection, token=token, action="step.correct", actor=actor)) is not None:
            return earlier
        held = held_round(
            connection, actor=actor, now=now, round_id=round_id, expected_version=expected_version
        )
        if not may(actor, Permission.CORRECT_STEP, held.sop):
            raise Forbidden
        if held.row["state"] != "done" or held.step.automatic:
            raise Invalid({"": Problem(N_("Only a finished step can be corrected."))})
        why = given(reason, key="reason")
        check_finish(held, finished_at=finished_at, now=now)
        _check_followers(connection, held, finished_at)
        columns = finish_columns(
            held,
            data=data,
            outcome=held.row["outcome"],
            note=note,
            late_reason=late_reason,
            finished_at=finished_at,
        )
        columns["recorded_late"] = recorded_late(held.calendar, finished_at=finished_at, now=now)
        write_round(connection, held, columns, now=now)
        old = {f"old_{key}": held.row[key] for key in columns if held.row[key] != columns[key]}
        record(
            connection,
            held,
            actor=actor,
            now=now,
            action="step.corrected",
            happened_at=finished_at,
            reason=why,
            columns=columns,
            details=old,
        )
        count_finished(connection, sop=held.sop, row=held.row, now=now)
        _restart_followers(connection, held, reason=why)
        _move_end(connection, held, finished_at)
        answer = {"round_id": round_id, "case_id": held.row["case_id"], "version": expected_version + 1}
        return remember(connection, token=token, action="step.correct", actor=actor, now=now, answer=answer)


def _check_followers(connection: Connection, held: HeldRound, finished_at: datetime) -> None:
    """Refuse a finish after that of a step which followed."""
    if held.clock is None:
        return
    first = connection.execute(
        select(func.min(StepRound.finished_at)).where(
            StepRound.case_id == held.row["case_id"],
            StepRound.step_key.in_(descendants(held.sop, held.step.key)),
            StepRound.started_at >= held.row["finished_at"],
        )
    ).scalar_one()
    if first is not None and finished_at > first:
        params = {"finished": finished_at, "next": first}
        raise Invalid(
            {"finished_at": Problem(N_("Finished {finished}, after the next step ({next})."), params)}
        )


def _restart_followers(connection: Connection, held: HeldRound, *, reason: str) -> None:
    """Move the open rounds that began at the finish that was wrong; a finish of an earlier round began none of them."""
    if held.clock is None or not _is_latest(connection, held):
        return
    after = rounds_of(connection, held.clock.case_id).standings()
    before = after | {held.step.key: Standing("done", held.row["finished_at"])}
    starts = {}
    for key in descendants(held.sop, held.step.key):
        step, received_at = held.sop.step(key), held.clock.received_at
        wrong = ready_at(held.sop, before, step, received_at)
        right = ready_at(held.sop, after, step, received_at)
        if wrong is not None and right is not None:
            starts[key] = (wrong, right)
    move_open_clocks(held.clock, reason=reason, starts=starts)
    connection.execute(
        update(CaseFile)
        .where(CaseFile.id == held.clock.case_id)
        .values(next_due_at=rounds_of(connection, held.clock.case_id).earliest_due())
    )


def _is_latest(connection: Connection, held: HeldRound) -> bool:
    later = select(StepRound.id).where(
        StepRound.case_id == held.row["case_id"],
        StepRound.step_key == held.step.key,
        StepRound.round_no > held.row["round_no"],
        StepRound.state != "void",
    )
    return connection.execute(later.limit(1)).first() is None


def _move_end(connection: Connection, held: HeldRound, finished_at: datetime) -> None:
    """A case that ended with its last step ends when that was finished; one closed by hand keeps its end."""
    if held.clock is None:
        return
    case = connection.execute(
        select(CaseFile.closed_at, CaseFile.close_reason).where(CaseFile.id == held.clock.case_id)
    ).one()
    if case.closed_at is None:
        return
    if case.close_reason is None:
        standing = rounds_of(connection, held.clock.case_id).standings()
        ended_at = last_finish(standing.values(), held.clock.received_at)
        connection.execute(
            update(CaseFile).where(CaseFile.id == held.clock.case_id).values(closed_at=ended_at)
        )
    elif finished_at > case.closed_at:
        params = {"closed": case.closed_at, "last": finished_at}
        problem = Problem(N_("Closed {closed}, before what was last recorded ({last})."), params)
        raise Invalid({"finished_at": problem})


def return_step(
    store: Engine,
    *,
    actor: Actor,
    token: str,
    now: datetime,
    round_id: int,
    expected_version: int,
    to_step: str,
    returned_at: datetime,
    reason: str,
) -> dict[str, Any]:
    """Hand an open step back to the finished step `to_step`, which gets a further round from `returned_at` on."""
    returned_at = returned_at.replace(second=0, microsecond=0)
    with transaction(store) as connection:
        if (earlier := answered(connection, token=token, action="step.return", actor=actor)) is not None:
            return earlier
        held = held_round(
            connection, actor=actor, now=now, round_id=round_id, expected_version=expected_version
        )
        if not may(actor, Permission.RETURN_STEP, held.sop):
            raise Forbidden
        if held.row["state"] != "open" or held.clock is None:
            raise Conflict(current=dict(held.row))
        standing = rounds_of(connection, held.clock.case_id).standings()
        back_to = {step.key: step for step in returnable_to(held.sop, standing, held.step.key)}
        if to_step not in back_to:
            raise Invalid({"to_step": Problem(N_("Choose one of the choices offered."))})
        why = given(reason, key="reason")
        check_finish(held, finished_at=returned_at, now=now)
        columns = author(held, actor, now) | {
            "state": "returned",
            "finished_at": returned_at,
            "reason": why,
            "worked_minutes": held.calendar.elapsed(held.row["started_at"], returned_at),
            "recorded_late": recorded_late(held.calendar, finished_at=returned_at, now=now),
        }
        write_round(connection, held, columns, now=now)
        _return_beside(connection, held, to_step, columns, now=now)
        record(
            connection,
            held,
            actor=actor,
            now=now,
            action="step.returned",
            happened_at=returned_at,
            reason=why,
            details={"to": to_step},
        )
        _void_skips(connection, held, to_step, now=now)
        start_round(held.clock, back_to[to_step], returned_at)
        count_outputs(connection, sop=held.sop, case_id=held.clock.case_id, now=now)
        answer = {"round_id": round_id, "case_id": held.row["case_id"], **advance(held.clock)}
        return remember(connection, token=token, action="step.return", actor=actor, now=now, answer=answer)


def _return_beside(
    connection: Connection, held: HeldRound, to_step: str, columns: Mapping[str, Any], *, now: datetime
) -> None:
    """What else runs because of `to_step` is handed back with it; it opens anew when that is finished again."""
    revise(
        connection,
        StepRound.case_id == held.row["case_id"],
        StepRound.state == "open",
        StepRound.started_at <= columns["finished_at"],
        StepRound.step_key.in_(descendants(held.sop, to_step)),
        now=now,
        **{**columns, "worked_minutes": None},
    )


def _void_skips(connection: Connection, held: HeldRound, to_step: str, *, now: datetime) -> None:
    """Bring steps back into play that were taken out after `to_step`."""
    revise(
        connection,
        StepRound.case_id == held.row["case_id"],
        StepRound.state == "skipped",
        StepRound.step_key.in_(descendants(held.sop, to_step)),
        now=now,
        state="void",
    )
