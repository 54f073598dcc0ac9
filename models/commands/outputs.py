"""Counting the outputs of a case's finished rounds, whenever one comes or goes."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from models.commands.case_rounds import CaseRounds, Row, rounds_of
from models.commands.rounds import ROUND, revise
from models.queries.outputs import Kept, held_outputs, kept_outputs
from models.sop import Sop, Step


def count_outputs(connection: Connection, *, sop: Sop, case_id: int, now: datetime) -> None:
    """Bring `outputs_due` and `outputs_held` of the case's finished rounds to what is there now.

    A round that was handed back owes its papers no longer: the further round does.
    """
    _count(connection, rounds_of(connection, case_id), sop=sop, case_id=case_id, now=now)


def count_finishing(
    connection: Connection,
    *,
    sop: Sop,
    row: Row,
    rounds: CaseRounds | None,
    data: Mapping[str, Any],
    now: datetime,
) -> dict[str, int]:
    """The count of an open round that is about to be finished with `data`, as columns; counts the rest of its case.

    A period has no case with `rounds`, no files and no papers: what it leaves behind is there by its number.
    """
    if rounds is not None:
        finishing = (row["id"], data)
        return _count(connection, rounds, sop=sop, case_id=row["case_id"], now=now, finishing=finishing)
    step = sop.step(row["step_key"])
    return _columns(step, held_outputs(sop, step, data, round_id=row["id"], kept=Kept()))


def _count(
    connection: Connection,
    rounds: CaseRounds,
    *,
    sop: Sop,
    case_id: int,
    now: datetime,
    finishing: tuple[int, Mapping[str, Any]] | None = None,
) -> dict[str, int]:
    """Count the finished rounds of a case; that of the round that is being finished is returned and not stored."""
    kept = kept_outputs(connection, sop=sop, case_id=case_id) if rounds.any_kept else Kept()
    latest = {row["step_key"]: row["id"] for row in rounds}
    found: dict[str, int] = {}
    for row in rounds:
        step, data = sop.step(row["step_key"]), row["data"]
        ends_now = finishing is not None and finishing[0] == row["id"]
        if finishing is not None and ends_now:
            data = finishing[1]
        elif row["state"] not in ("done", "returned"):
            continue
        counts = {"outputs_due": 0, "outputs_held": 0}
        if row["state"] != "returned" and not step.automatic and latest[step.key] == row["id"]:
            counts = _columns(step, held_outputs(sop, step, data, round_id=row["id"], kept=kept))
        if ends_now:
            found = counts
        elif counts != {key: row[key] for key in counts}:
            revise(connection, ROUND.c.id == row["id"], now=now, touch=False, **counts)
    return found


def periodic_outputs(step: Step) -> dict[str, int]:
    """The count of a periodic step that a report with its number has fulfilled: everything is there."""
    due = sum(output.required for output in step.outputs)
    return {"outputs_due": due, "outputs_held": due}


def count_finished(connection: Connection, *, sop: Sop, row: Row, now: datetime) -> None:
    """Count after a finished round was put right: all of its case, or its own outputs where it is a period's."""
    if row["case_id"] is not None:
        count_outputs(connection, sop=sop, case_id=row["case_id"], now=now)
        return
    data = connection.execute(select(ROUND.c.data).where(ROUND.c.id == row["id"])).scalar_one()
    counts = count_finishing(connection, sop=sop, row=row, rounds=None, data=data, now=now)
    revise(connection, ROUND.c.id == row["id"], now=now, touch=False, **counts)


def _columns(step: Step, there: Collection[str]) -> dict[str, int]:
    required = [output for output in step.outputs if output.required]
    return {"outputs_due": len(required), "outputs_held": sum(output.key in there for output in required)}
