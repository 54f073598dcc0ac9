"""Counting the outputs of a case's finished rounds, whenever one comes or goes."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import Connection, RowMapping, select

from models.commands.rounds import revise
from models.queries.outputs import attached_outputs, held_outputs, numbered_papers
from models.sop import Sop, Step
from models.tables import StepRound


def count_outputs(connection: Connection, *, sop: Sop, case_id: int, now: datetime) -> None:
    """Bring `outputs_due` and `outputs_held` of the case's finished rounds to what is there now.

    A round that was handed back owes its papers no longer: the further round does.
    """
    attached = attached_outputs(connection, case_id)
    papers = numbered_papers(connection, sop, case_id)
    r = StepRound
    rows = connection.execute(
        select(r.id, r.step_key, r.state, r.data, r.outputs_due, r.outputs_held).where(
            r.case_id == case_id, r.state.in_(("done", "returned"))
        )
    ).all()
    superseded = _superseded(connection, case_id)
    for row in rows:
        step = sop.step(row.step_key)
        due = held = 0
        if row.state == "done" and not step.automatic and row.id not in superseded:
            there = held_outputs(sop, step, row.data, round_id=row.id, attached=attached, papers=papers)
            due, held = _counts(step, there)
        if (due, held) != (row.outputs_due, row.outputs_held):
            counts = {"outputs_due": due, "outputs_held": held}
            revise(connection, r.id == row.id, now=now, touch=False, **counts)


def periodic_outputs(step: Step) -> dict[str, int]:
    """The count of a periodic step that a report with its number has fulfilled: everything is there."""
    due = sum(output.required for output in step.outputs)
    return {"outputs_due": due, "outputs_held": due}


def count_finished(connection: Connection, *, sop: Sop, row: RowMapping, now: datetime) -> None:
    """Count after a round was finished or put right: all of its case, or its own outputs where it is a period's.

    A period has no files and no papers: what it leaves behind is there by its number.
    """
    if row["case_id"] is not None:
        count_outputs(connection, sop=sop, case_id=row["case_id"], now=now)
        return
    r, step = StepRound, sop.step(row["step_key"])
    data = connection.execute(select(r.data).where(r.id == row["id"])).scalar_one()
    there = held_outputs(sop, step, data, round_id=row["id"], attached=set(), papers=set())
    due, held = _counts(step, there)
    revise(connection, r.id == row["id"], now=now, touch=False, outputs_due=due, outputs_held=held)


def _counts(step: Step, there: Collection[str]) -> tuple[int, int]:
    required = [output for output in step.outputs if output.required]
    return len(required), sum(output.key in there for output in required)


def _superseded(connection: Connection, case_id: int) -> set[int]:
    """The finished rounds of steps that have a later round."""
    rows = connection.execute(
        select(StepRound.id, StepRound.step_key)
        .where(StepRound.case_id == case_id, StepRound.state != "void")
        .order_by(StepRound.round_no)
    ).all()
    latest = {row.step_key: row.id for row in rows}
    return {row.id for row in rows if latest[row.step_key] != row.id}
