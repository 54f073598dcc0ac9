"""How long steps take: working minutes by step and executor, and where the days of a case go.

A period holds the rounds whose due date lies in it, and of steps that the SOP does not measure those that were finished
in it. Counts of equal durations are handed over, not rounds: a million rounds have some thousands of them.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, and_, func, select

from models.access import Actor
from models.queries.behind import Behind, conditions
from models.queries.compliance import check_summary
from models.queries.past import end_of_minute, rounds
from models.sop import Sop
from models.tables import CaseFile


@dataclass(frozen=True, slots=True)
class Duration:
    """So many rounds of a step by an executor that took so many working minutes."""

    step_key: str
    executor: str
    minutes: int
    count: int


@dataclass(frozen=True, slots=True)
class StepShare:
    """Working minutes that a step took in all, in the cases that ended in a period."""

    step_key: str
    minutes: int
    rounds: int


def spread(
    connection: Connection, *, actor: Actor, sop: Sop, asked: Behind, as_of: datetime, past: bool = False
) -> list[Duration]:
    """Durations of the finished rounds of `asked`, which must be of kind `finished`. Raises `Forbidden`."""
    check_summary(actor, sop)
    r = rounds(as_of, past=past)
    wanted = (*conditions(r, sop, asked, as_of), r.worked_minutes.is_not(None))
    measured = r.due_month.between(*asked.months)
    return [
        Duration(*row)
        for part in (measured, r.due_month.is_(None))  # each by an index, which both together are not
        for row in connection.execute(
            select(r.step_key, r.executor, r.worked_minutes, func.count())
            .where(*wanted, part)
            .group_by(r.step_key, r.executor, r.worked_minutes)
        )
    ]


def where_time_goes(
    connection: Connection, *, actor: Actor, sop: Sop, asked: Behind, as_of: datetime, past: bool = False
) -> tuple[int, list[StepShare]]:
    """The cases that ended within `asked`, and what each step took of them in all. Raises `Forbidden`."""
    check_summary(actor, sop)
    r, c = rounds(as_of, past=past), CaseFile
    ended = [c.code == sop.code, c.closed_at >= asked.start, c.closed_at < asked.end]
    if past:
        ended.append(c.closed_recorded_at < end_of_minute(as_of))
    if asked.version_id is not None:
        ended.append(c.sop_version_id == asked.version_id)
    cases = connection.execute(select(func.count()).select_from(c).where(*ended)).scalar_one()
    took = func.sum(r.worked_minutes)
    rows = connection.execute(
        select(r.step_key, func.coalesce(took, 0), func.count())
        .join(c, and_(c.id == r.case_id, *ended))
        .where(r.worked_minutes.is_not(None))
        .group_by(r.step_key)
    )
    return cases, [StepShare(key, int(minutes), count) for key, minutes, count in rows]
