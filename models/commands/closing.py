"""Ending a case by hand.

Decided 2026-11. Closing stops the case's open clocks at that moment: a step that was late by then stays late in the
figures, any other is not applicable. Otherwise overdue steps could be made to vanish by closing their case.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import Engine, func, select, update

from models import audit
from models.access import Actor, Permission, may
from models.commands.checks import given, locked_case, refuse_future
from models.commands.clocks import CaseClock, case_clock, stop_open_rounds
from models.commands.intake import answered, remember
from models.database import transaction
from models.errors import N_, Conflict, Forbidden, Invalid, Problem
from models.tables import CaseFile, StepRound


def close_case(
    store: Engine,
    *,
    actor: Actor,
    token: str,
    now: datetime,
    case_id: int,
    expected_version: int,
    status: str,
    closed_at: datetime,
    reason: str,
) -> dict[str, Any]:
    """End a case with one of the SOP's final statuses and a reason.

    Raises `Invalid` when it is closed already, the status is not a final one, or the moment lies in the future or
    before what has been recorded as done.
    """
    closed_at = closed_at.replace(second=0, microsecond=0)
    with transaction(store) as connection:
        if (earlier := answered(connection, token=token, action="case.close", actor=actor)) is not None:
            return earlier
        case, sop = locked_case(connection, actor=actor, case_id=case_id)
        if not may(actor, Permission.CLOSE_CASE, sop):
            raise Forbidden
        if case["version"] != expected_version:
            raise Conflict(current={"version": case["version"], "status": case["status"]})
        if case["closed_at"] is not None:
            raise Invalid({"": Problem(N_("The case is closed."))})
        if status not in {known.key for known in sop.statuses if known.final}:
            raise Invalid({"status": Problem(N_("Choose one of the choices offered."))})
        why = given(reason, key="reason")
        clock = case_clock(connection, case=case, sop=sop, actor=actor, now=now)
        _check_moment(clock, closed_at)
        stopped = stop_open_rounds(clock, closed_at=closed_at, reason=why)
        changed = connection.execute(
            update(CaseFile)
            .where(CaseFile.id == case_id, CaseFile.version == expected_version)
            .values(
                status=status,
                closed_at=closed_at,
                closed_recorded_at=now,
                close_reason=why,
                next_due_at=None,
                version=CaseFile.version + 1,
            )
        )
        if changed.rowcount != 1:
            raise Conflict
        audit.append(
            connection,
            actor=actor,
            action="case.closed",
            now=now,
            case_id=case_id,
            happened_at=closed_at,
            reason=why,
            details={"status": status, "stopped": stopped},
        )
        answer = {"case_id": case_id, "status": status}
        return remember(connection, token=token, action="case.close", actor=actor, now=now, answer=answer)


def withdraw_case(
    store: Engine,
    *,
    actor: Actor,
    token: str,
    now: datetime,
    case_id: int,
    expected_version: int,
    closed_at: datetime,
    reason: str,
) -> dict[str, Any]:
    """Close a case as `withdrawn`: the reporter took it back, or the journey was called off."""
    return close_case(
        store,
        actor=actor,
        token=token,
        now=now,
        case_id=case_id,
        expected_version=expected_version,
        status="withdrawn",
        closed_at=closed_at,
        reason=reason,
    )


def _check_moment(clock: CaseClock, closed_at: datetime) -> None:
    refuse_future(closed_at, now=clock.now, key="closed_at")
    latest = clock.connection.execute(
        select(func.max(StepRound.finished_at)).where(StepRound.case_id == clock.case_id)
    ).scalar_one()
    started, begun = clock.connection.execute(
        select(func.max(StepRound.started_at), func.max(StepRound.begun_at)).where(
            StepRound.case_id == clock.case_id, StepRound.state == "open"
        )
    ).one()
    floor = max(moment for moment in (latest, started, begun, clock.received_at) if moment is not None)
    if closed_at < floor:
        params = {"closed": closed_at, "last": floor}
        problem = Problem(N_("Closed {closed}, before what was last recorded ({last})."), params)
        raise Invalid({"closed_at": problem})
