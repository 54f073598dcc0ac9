"""How many of the outputs that the SOP names are there, by step: beside the compliance in time, never mixed with it."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, select

from models.access import Actor, Permission, may
from models.errors import Forbidden
from models.queries.past import rounds
from models.sop import Sop
from models.tables import StepRound


@dataclass(frozen=True, slots=True)
class StepOutputs:
    """Outputs of one step's rounds: those that are owed, and those of them that are there."""

    step_key: str
    due: int
    held: int


def completeness(
    connection: Connection,
    *,
    actor: Actor,
    sop: Sop,
    start: datetime,
    end: datetime,
    as_of: datetime | None = None,
    version_id: int | None = None,
) -> list[StepOutputs]:
    """Of the rounds finished in [start, end), in the SOP's order, without steps that owe none. Raises `Forbidden`.

    With `as_of` what was known at that past moment, with `version_id` of that SOP version's cases.
    """
    if not may(actor, Permission.VIEW_SUMMARY, sop):
        raise Forbidden
    r = rounds(as_of, past=True) if as_of else StepRound
    version = [] if version_id is None else [r.sop_version_id == version_id]
    rows = connection.execute(
        select(r.step_key, func.sum(r.outputs_due).label("due"), func.sum(r.outputs_held).label("held"))
        .where(
            *version,
            r.code == sop.code,
            r.step_key.in_([step.key for step in sop.steps]),  # step by step, as the index stands
            r.finished_at >= start,
            r.finished_at < end,
        )
        .group_by(r.step_key)
    )
    found = {row.step_key: StepOutputs(row.step_key, int(row.due or 0), int(row.held or 0)) for row in rows}
    return [one for step in sop.steps if (one := found.get(step.key)) and one.due]
