"""How the record itself is kept: by event and by record, and what left the order that the SOP prescribes.

"By record" judges a finished step by when it was recorded instead of when it happened: the figure an office would have
if it wrote nothing down afterwards. It stands beside the official one, which follows the event (rules of time, 4).
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, and_, case, func, select

from models.access import Actor
from models.queries.behind import Behind, Kind, conditions
from models.queries.compliance import check_summary, of_version
from models.queries.past import rounds
from models.queries.verdicts import judged
from models.sop import Sop


@dataclass(frozen=True, slots=True)
class ByRecord:
    """Of one step's judged rounds: on time by event, on time by record, and recorded late."""

    step_key: str
    n: int
    on_time: int
    recorded_in_time: int
    recorded_late: int


def by_record(
    connection: Connection, *, actor: Actor, sop: Sop, asked: Behind, as_of: datetime, past: bool = False
) -> list[ByRecord]:
    """Per step, of due dates within the months of `asked`. Raises `Forbidden`."""
    check_summary(actor, sop)
    r = rounds(as_of, past=past)
    known = judged(as_of, r)
    in_time = and_(known["on_time"], r.recorded_at < r.late_from)
    sums = [
        func.sum(case((condition, 1), else_=0))
        for condition in (
            known["on_time"] | known["late"] | known["overdue"],
            known["on_time"],
            in_time,
            and_(r.counted, r.recorded_late),
        )
    ]
    rows = connection.execute(
        select(r.step_key, *sums)
        .where(*of_version(r, asked.version_id), r.code == sop.code, r.due_month.between(*asked.months))
        .group_by(r.step_key)
    )
    return [ByRecord(key, *map(int, values)) for key, *values in rows]


def left_order(
    connection: Connection, *, actor: Actor, sop: Sop, asked: Behind, as_of: datetime, past: bool = False
) -> dict[Kind, dict[str, int]]:
    """By kind (`returned`, `skipped`, `out_of_order`) how many rounds of each step. Raises `Forbidden`."""
    check_summary(actor, sop)
    r = rounds(as_of, past=past)
    found: dict[Kind, dict[str, int]] = {}
    kinds: tuple[Kind, ...] = ("returned", "skipped", "out_of_order")
    for kind in kinds:
        of = Behind(asked.months, asked.start, asked.end, kind, version_id=asked.version_id)
        rows = connection.execute(
            select(r.step_key, func.count()).where(*conditions(r, sop, of, as_of)).group_by(r.step_key)
        )
        found[kind] = {row[0]: row[1] for row in rows}
    return found
