"""Open cases whose logbook says something alarming right now: an escort that is *Rawan*.

Decided 2026-11. The latest entry kept in the logbook says how a case stands, by the time it happened and not by when
it was written down; "since" is when the first entry of that unbroken run happened. The words and what else is asked
for in an alarm come from the SOP in force, also for a case opened under an older version.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, select

from models.access import Actor, Permission, may
from models.errors import Forbidden
from models.queries.past import case_was_open, entry_was_kept
from models.queries.sight import hidden_from
from models.sop import Sop
from models.sop_books import Journal, Standing
from models.tables import CaseFile, JournalEntry


@dataclass(frozen=True, slots=True)
class Alarm:
    """An open case in alarm; `data` is its latest entry as stored, `value` the choice that says so."""

    case_id: int
    register_no: str
    journal: Journal
    standing: Standing
    value: str
    since_at: datetime
    data: dict[str, Any]


def alarms(
    connection: Connection, *, actor: Actor, sop: Sop, as_of: datetime, past: bool = False
) -> list[Alarm]:
    """The alarms of the SOP's open cases at `as_of`, the oldest first. Raises `Forbidden`."""
    if not may(actor, Permission.VIEW_SUMMARY, sop):
        raise Forbidden
    found = [
        alarm for journal in sop.journals for alarm in _of(connection, actor, sop, journal, as_of, past=past)
    ]
    return sorted(found, key=lambda alarm: (alarm.since_at, alarm.case_id))


def _of(
    connection: Connection, actor: Actor, sop: Sop, journal: Journal, as_of: datetime, *, past: bool
) -> list[Alarm]:
    standing = journal.standing
    if standing is None:
        return []
    j, c = JournalEntry, CaseFile
    latest_first = func.row_number().over(
        partition_by=j.case_id, order_by=(j.happened_at.desc(), j.id.desc())
    )
    value = j.data[standing.field].as_string()
    ranked = (
        select(
            j.case_id, c.register_no, j.happened_at, j.data, value.label("value"), latest_first.label("nth")
        )
        .join(c, c.id == j.case_id)
        .where(
            c.code == sop.code,
            case_was_open(as_of, past=past),
            ~hidden_from(actor),
            j.journal_key == journal.key,
            entry_was_kept(j, as_of, past=past),
        )
        .subquery()
    )
    alarming = ranked.c.value.in_(standing.alarm)
    standing_so = select(ranked.c.case_id).where(ranked.c.nth == 1, alarming)
    rows = connection.execute(
        select(ranked).where(ranked.c.case_id.in_(standing_so)).order_by(ranked.c.case_id, ranked.c.nth)
    )
    runs: dict[int, list[Any]] = {}
    broken: set[int] = set()
    for row in rows:
        if row.value not in standing.alarm:
            broken.add(row.case_id)
        elif row.case_id not in broken:
            runs.setdefault(row.case_id, []).append(row)
    return [
        Alarm(
            case_id=case_id,
            register_no=run[0].register_no,
            journal=journal,
            standing=standing,
            value=run[0].value,
            since_at=run[-1].happened_at,
            data=run[0].data,
        )
        for case_id, run in runs.items()
    ]
