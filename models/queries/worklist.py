"""Open steps: what waits for a person's roles, and what leaders should look at."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from models.access import Actor, Permission, may, may_record
from models.queries.sight import assigned_cases, hidden_from
from models.queries.verdicts import verdict_of
from models.sop import Sop
from models.tables import CaseFile, StepRound


@dataclass(frozen=True, slots=True)
class OpenStep:
    """An open round with what a list shows of it. `case_id` is None for a periodic step, whose `period` is given."""

    round_id: int
    version: int
    code: str
    step_key: str
    round_no: int
    executor: str
    case_id: int | None
    period: str | None
    register_no: str | None
    subject: str | None
    started_at: datetime
    due_at: datetime | None
    late_from: datetime | None
    counted: bool
    provisional: bool
    verdict: str
    begun_at: datetime | None
    departs_at: datetime | None


def open_steps(actor: Actor, as_of: datetime, r: Any = StepRound) -> Any:
    """A query for the open rounds that the actor may see, due first first; `r` stands for the rounds."""
    return (
        select(
            r.id.label("round_id"), r.version, r.code, r.step_key, r.round_no, r.executor, r.case_id, r.period,
            CaseFile.register_no, CaseFile.subject, r.started_at, r.due_at, r.late_from, r.counted, r.provisional,
            r.begun_at, CaseFile.departs_at, verdict_of(as_of, r).label("verdict"),
        )
        .join(CaseFile, CaseFile.id == r.case_id, isouter=True)
        .where(r.state == "open", ~hidden_from(actor))
        .order_by(r.due_at.is_(None), r.due_at, r.started_at, r.id)
    )  # fmt: skip


def worklist(
    connection: Connection,
    *,
    actor: Actor,
    sops: Sequence[Sop],
    as_of: datetime,
    for_others: bool,
    limit: int = 200,
) -> list[OpenStep]:
    """What waits for the actor's own roles, or of cases assigned to them, what is due first first.

    With `for_others` all that they may record.
    """
    own: set[tuple[str, str]] = set()
    for sop in sops:
        for step in sop.steps:
            role = sop.executor(step.executor).role
            mine = role in actor.roles and may(actor, Permission.RECORD_STEP, sop)
            if mine or (for_others and may_record(actor, role, sop)):
                own.add((sop.code, step.executor))
    readable = {sop.code for sop in sops}
    assigned = {
        case_id: code for case_id, code in assigned_cases(connection, actor).items() if code in readable
    }
    codes = {code for code, _ in own} | set(assigned.values())
    if not codes:
        return []
    found = []
    for row in connection.execute(open_steps(actor, as_of).where(StepRound.code.in_(codes))):
        if (row.code, row.executor) in own or row.case_id in assigned:
            found.append(OpenStep(**row._mapping))
            if len(found) == limit:
                break
    return found
