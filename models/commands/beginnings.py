"""Recording the beginning of its own that a step may have after its clock has started: the departure of an escort."""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine

from models.access import Actor
from models.commands.checks import given, refuse_future
from models.commands.intake import once
from models.commands.steps import held_round, record, write_round
from models.errors import N_, Conflict, Invalid, Problem


def begin_step(
    store: Engine,
    *,
    actor: Actor,
    token: str,
    now: datetime,
    round_id: int,
    expected_version: int,
    begun_at: datetime,
    reason: str = "",
) -> dict[str, Any]:
    """Record when an open step really began; putting it right afterwards needs a reason.

    It may lie before the clock's start, because papers are often finished after the departure, but not before the case
    was received. Raises as `finish_step` does.
    """

    def act(connection: Connection) -> dict[str, Any]:
        held = held_round(
            connection, actor=actor, now=now, round_id=round_id, expected_version=expected_version
        )
        if held.row["state"] != "open" or held.clock is None:
            raise Conflict(current=dict(held.row))
        if held.step.begins is None:
            raise Invalid({"": Problem(N_("This step has no beginning of its own."))})
        at = begun_at.replace(second=0, microsecond=0)
        refuse_future(at, now=now, key="begun_at")
        if at < held.clock.received_at:
            params = {"at": at, "received": held.clock.received_at}
            problem = Problem(N_("{at} lies before the case was received ({received})."), params)
            raise Invalid({"begun_at": problem})
        old = held.row["begun_at"]
        why = given(reason, key="reason") if old is not None else None
        write_round(connection, held, {"begun_at": at}, now=now)
        details = {} if old is None else {"old_begun_at": old}
        record(
            connection,
            held,
            actor=actor,
            now=now,
            action="step.begun",
            happened_at=at,
            reason=why,
            details=details,
        )
        return {"round_id": round_id, "case_id": held.row["case_id"], "version": expected_version + 1}

    return once(store, actor=actor, token=token, now=now, action="step.begin", act=act)
