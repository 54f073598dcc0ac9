"""Starting, moving and ending the clocks of a case's steps. Used by the commands; each call inside their transaction.

`due_at` and `late_from` are computed here, once, from the SOP version the case was opened under and the calendar of
that moment (rules of time, 3), and move only where the start or the planned journey itself is put right.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, select, update

from models import audit
from models.access import Actor
from models.commands.case_rounds import CaseRounds, Row, rounds_of
from models.commands.rounds import enter, revise
from models.flow import Standing, openings, status_key
from models.form_data import holds
from models.queries.calendar import work_calendar
from models.sla import Deadline, Target, Unit, deadline
from models.sop import Sop, Step
from models.tables import CaseFile, StepRound
from models.work_calendar import WorkCalendar

_CASE: Any = CaseFile.__table__
_ADVANCED = update(_CASE).where(_CASE.c.id == bindparam("of_case"))


@dataclass(frozen=True, slots=True)
class CaseClock:
    """What the clocks of a case need: its SOP, its journey, its calendar, and who acts when."""

    connection: Connection
    sop: Sop
    case_id: int
    sop_version_id: int
    received_at: datetime
    departs_at: datetime | None
    returns_at: datetime | None
    data: Mapping[str, Any]
    calendar: WorkCalendar
    actor: Actor
    now: datetime


def case_clock(
    connection: Connection,
    *,
    case: Row,
    sop: Sop,
    actor: Actor,
    now: datetime,
    calendar: WorkCalendar | None = None,
) -> CaseClock:
    """The clock of a case's row, by the calendar of this transaction."""
    return CaseClock(
        connection=connection,
        sop=sop,
        case_id=case["id"],
        sop_version_id=case["sop_version_id"],
        received_at=case["received_at"],
        departs_at=case["departs_at"],
        returns_at=case["returns_at"],
        data=case["data"],
        calendar=calendar or work_calendar(connection),
        actor=actor,
        now=now,
    )


def step_deadline(clock: CaseClock, step: Step, start_at: datetime) -> Deadline:
    """The step's deadline if its clock starts at `start_at`; none where this very case is not measured by it."""
    return deadline(
        start_at=start_at,
        target=step.target if is_measured(clock, step) else Target(Unit.NONE),
        calendar=clock.calendar,
        planned_end_at=clock.returns_at,
        not_after_at=clock.departs_at if step.before_departure else None,
    )


def is_measured(clock: CaseClock, step: Step) -> bool:
    """Whether the SOP measures the step in this case: by post, for one, it does not measure the sending."""
    return step.unmeasured_unless is None or holds(step.unmeasured_unless, clock.data)


def measured_steps(clock: CaseClock) -> set[str]:
    """The keys of the steps that the SOP measures in this case."""
    return {step.key for step in clock.sop.case_steps if is_measured(clock, step)}


def deadline_columns(limit: Deadline, calendar: WorkCalendar) -> dict[str, Any]:
    """A deadline as the columns of a round."""
    return {
        "started_at": limit.start_at,
        "ideal_at": limit.ideal_at,
        "at_risk_from": limit.at_risk_from,
        "due_at": limit.due_at,
        "late_from": limit.late_from,
        "due_month": None if limit.due_at is None else month_of(limit.due_at, calendar),
        "provisional": limit.provisional,
    }


def month_of(at: datetime, calendar: WorkCalendar) -> int:
    """The month of a moment in the office's zone, as yyyymm."""
    on = calendar.local_date(at)
    return on.year * 100 + on.month


def insert_round(clock: CaseClock, step: Step, *, rounds: CaseRounds | None = None, **columns: Any) -> int:
    """Insert the step's next round and return its id. `rounds` are those of the case, where they were read already."""
    rounds = rounds or rounds_of(clock.connection, clock.case_id)
    row = {
        "case_id": clock.case_id,
        "sop_version_id": clock.sop_version_id,
        "code": clock.sop.code,
        "step_key": step.key,
        "round_no": rounds.next_no(step.key),
        "executor": step.executor,
        "counted": step.counted,
        **columns,
    }
    round_id = enter(clock.connection, now=clock.now, **row)
    rounds.written(round_id, row)
    return round_id


def start_round(clock: CaseClock, step: Step, start_at: datetime, *, rounds: CaseRounds | None = None) -> int:
    """Open a round of `step`, its clock started at `start_at`, and record it."""
    limit = step_deadline(clock, step, start_at)
    columns = deadline_columns(limit, clock.calendar)
    counted = step.counted and is_measured(clock, step)
    round_id = insert_round(clock, step, rounds=rounds, state="open", counted=counted, **columns)
    audit.append(
        clock.connection,
        actor=clock.actor,
        action="step.started",
        now=clock.now,
        case_id=clock.case_id,
        round_id=round_id,
        happened_at=start_at,
        details={"step": step.key, "due_at": limit.due_at, "late_from": limit.late_from},
    )
    return round_id


def skip_round(
    clock: CaseClock, step: Step, *, reason: str, outcome: str, rounds: CaseRounds | None = None
) -> int:
    """Enter `step` as not applicable because of an outcome, with its reason."""
    round_id = insert_round(
        clock,
        step,
        rounds=rounds,
        state="skipped",
        counted=False,
        started_at=clock.received_at,
        reason=reason,
        outcome=outcome,
    )
    audit.append(
        clock.connection,
        actor=clock.actor,
        action="step.skipped",
        now=clock.now,
        case_id=clock.case_id,
        round_id=round_id,
        reason=reason,
        details={"step": step.key, "outcome": outcome},
    )
    return round_id


def advance(
    clock: CaseClock, *, closes: str | None = None, rounds: CaseRounds | None = None
) -> dict[str, Any]:
    """Open what can open, or end the case; set the case's status and earliest due date. Returns what opened.

    `closes` is the final status an outcome gives the case; without one a case that has run through is `done`. `rounds`
    are those of the case as they stand, where they were read already.
    """
    opened: list[str] = []
    rounds = rounds or rounds_of(clock.connection, clock.case_id)
    if closes is not None:
        ended_at = last_finish(rounds.standings().values(), clock.received_at)
        stop_open_rounds(clock, closed_at=ended_at, reason=clock.sop.status(closes).label.id)
        rounds = rounds_of(clock.connection, clock.case_id)
    else:
        for opening in openings(clock.sop, rounds.standings(), clock.received_at):
            start_round(clock, opening.step, opening.start_at, rounds=rounds)
            opened.append(opening.step.key)
    now_standing = rounds.standings()
    still_open = [key for key, standing in now_standing.items() if standing.state == "open"]
    status = closes or status_key(clock.sop, still_open) or "done"
    columns: dict[str, Any] = {"status": status, "next_due_at": rounds.earliest_due()}
    if clock.sop.status(status).final:
        columns["closed_at"] = last_finish(now_standing.values(), clock.received_at)
        columns["closed_recorded_at"] = clock.now
        audit.append(
            clock.connection,
            actor=clock.actor,
            action="case.closed",
            now=clock.now,
            case_id=clock.case_id,
            happened_at=columns["closed_at"],
            details={"status": status},
        )
    clock.connection.execute(_ADVANCED, columns | {"of_case": clock.case_id})
    return {"opened": opened, "status": status}


def stop_open_rounds(clock: CaseClock, *, closed_at: datetime, reason: str) -> list[str]:
    """End what is still open because the case ends; returns their keys. Late ones stay late (`StepRound`)."""
    rounds = (StepRound.case_id == clock.case_id, StepRound.state == "open")
    stopped = list(clock.connection.execute(select(StepRound.step_key).where(*rounds)).scalars())
    revise(
        clock.connection,
        *rounds,
        now=clock.now,
        state="stopped",
        finished_at=closed_at,
        reason=reason,
        recorded_at=clock.now,
        recorded_by=clock.actor.user_id,
    )
    return stopped


def last_finish(rounds: Iterable[Standing], received_at: datetime) -> datetime:
    """When the last of the rounds was finished; the receipt when none was."""
    return max((standing.finished_at for standing in rounds if standing.finished_at), default=received_at)


def move_open_clocks(
    clock: CaseClock,
    *,
    reason: str,
    starts: Mapping[str, tuple[datetime, datetime]],
    journey_moved: bool = False,
    measured_before: Collection[str] | None = None,
) -> None:
    """Recompute the deadlines of open rounds after their start or the journey was put right; old and new are recorded.

    `starts` gives the wrong and the right start by step: a round that began at another moment, because it was handed
    back, keeps it. Rounds whose start stands move with the journey, and where the form now says otherwise whether their
    step is measured (`measured_before`: those that were), never for a calendar that has changed since.
    """
    rows = clock.connection.execute(
        select(
            StepRound.id, StepRound.step_key, StepRound.started_at, StepRound.due_at, StepRound.late_from
        ).where(StepRound.case_id == clock.case_id, StepRound.state == "open")
    ).all()
    for row in rows:
        step = clock.sop.step(row.step_key)
        wrong, right = starts.get(step.key, (None, None))
        start_at = right if right is not None and row.started_at == wrong else row.started_at
        bound = step.before_departure or step.target.unit is Unit.SCHEDULE
        measured = is_measured(clock, step)
        stays = measured_before is None or measured == (step.key in measured_before)
        if start_at == row.started_at and stays and not (journey_moved and bound):
            continue
        limit = step_deadline(clock, step, start_at)
        if (limit.due_at, limit.late_from, start_at) == (row.due_at, row.late_from, row.started_at):
            continue
        revise(
            clock.connection,
            StepRound.id == row.id,
            now=clock.now,
            **deadline_columns(limit, clock.calendar),
            counted=step.counted and measured,
        )
        audit.append(
            clock.connection,
            actor=clock.actor,
            action="step.due_moved",
            now=clock.now,
            case_id=clock.case_id,
            round_id=row.id,
            reason=reason,
            details={
                "step": step.key,
                "due_at": [row.due_at, limit.due_at],
                "started_at": [row.started_at, start_at],
            },
        )
