"""How the logbooks in which entries are owed are kept: slots by month, and escort by escort (rules of time, 5).

Decided 2026-11: the percentage is filled / due slots. A slot that was filled by late records alone is filled; how many
were is said beside it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
from sqlalchemy import Connection, select

from models.access import Actor, Permission, may
from models.errors import Forbidden
from models.period import Period
from models.queries.calendar import work_calendar
from models.queries.journal_slots import Asked, Escort, Gathered, Owing, gather, owing
from models.queries.sight import hidden_cases
from models.slots import Tallies, tallies
from models.sop import Sop
from models.sop_books import Journal
from models.tables import CaseFile


@dataclass(frozen=True, slots=True)
class SlotMonth:
    """The slots of all cases that ended in one month (yyyymm, WIB); `filled` includes `filled_late`."""

    month: int
    due: int
    filled: int
    filled_late: int


@dataclass(frozen=True, slots=True)
class EscortSlots:
    """One escort of a case. It may have slots outside the months that were asked for."""

    case_id: int
    register_no: str
    subject: str
    escort: Escort


@dataclass(frozen=True, slots=True)
class JournalFacts:
    """How a logbook is kept: by month, and the latest escorts in which slots of those months were missed."""

    journal: Journal
    months: tuple[SlotMonth, ...]
    missed: tuple[EscortSlots, ...]


def journal_facts(
    connection: Connection,
    *,
    actor: Actor,
    sop: Sop,
    months: tuple[int, int],
    as_of: datetime,
    latest: int = 5,
    past: bool = False,
) -> list[JournalFacts]:
    """Each logbook in which entries are owed, in the SOP's order. Raises `Forbidden`.

    The months count every case; `missed` names at most `latest` escorts, none that is hidden from the actor. With
    `past` all is as it was known at `as_of`.
    """
    _check(actor, sop)
    found = []
    for journal in sop.journals:
        if journal.every_minutes is not None:
            counts = list(_counts(connection, sop, journal, months=months, as_of=as_of, past=past))
            missed = [
                one
                for count in counts
                for one in _named(connection, actor, count, as_of=as_of, lacking=latest)
            ]
            missed.sort(key=lambda one: one.escort.start_at, reverse=True)
            found.append(JournalFacts(journal, _by_month(counts), tuple(missed[:latest])))
    return found


def escort_slots(
    connection: Connection,
    *,
    actor: Actor,
    sop: Sop,
    journal: Journal,
    months: tuple[int, int],
    as_of: datetime,
) -> list[EscortSlots]:
    """Every escort with a slot that counts in those months, but for hidden cases, by its beginning.

    Raises `Forbidden`.
    """
    _check(actor, sop)
    counts = _counts(connection, sop, journal, months=months, as_of=as_of)
    found = [one for count in counts for one in _named(connection, actor, count, as_of=as_of)]
    return sorted(found, key=lambda one: (one.escort.start_at, one.case_id))


@dataclass(frozen=True)
class _Count:
    """The escorts of the SOP versions that owe in the same way, and their tallies of the months asked for."""

    owed: Owing
    gathered: Gathered
    tallies: Tallies


def _counts(
    connection: Connection,
    sop: Sop,
    journal: Journal,
    *,
    months: tuple[int, int],
    as_of: datetime,
    past: bool = False,
) -> Iterator[_Count]:
    first, last = (Period.month(month // 100, month % 100) for month in months)
    calendar = work_calendar(connection)
    start, end = calendar.midnight(first.first_on), calendar.midnight(last.last_on + timedelta(days=1))
    asked = Asked(sop.code, start, end, as_of, past)
    for owed in owing(connection, sop.code, journal.key):
        gathered = gather(connection, asked, owed)
        counted = tallies(gathered.runs, gathered.marks, every_minutes=owed.every_minutes, as_of=as_of)
        inside = (counted.month >= months[0]) & (counted.month <= months[1])
        yield _Count(owed, gathered, Tallies(*(column[inside] for column in vars(counted).values())))


def _by_month(counts: list[_Count]) -> tuple[SlotMonth, ...]:
    sums: dict[int, list[int]] = {}
    for count in counts:
        found = count.tallies
        for month in np.unique(found.month).tolist():
            own = found.month == month
            values = [int(column[own].sum()) for column in (found.due, found.filled, found.filled_late)]
            sums[month] = [a + b for a, b in zip(sums.get(month, [0, 0, 0]), values, strict=True)]
    return tuple(SlotMonth(month, *sums[month]) for month in sorted(sums))


def _named(
    connection: Connection, actor: Actor, count: _Count, *, as_of: datetime, lacking: int | None = None
) -> Iterator[EscortSlots]:
    """The escorts that were counted; with `lacking` only so many with a missed slot, those that began last."""
    found, gathered = count.tallies, count.gathered
    runs = np.unique(found.run if lacking is None else found.run[found.filled < found.due])
    runs = runs[~np.isin(gathered.case_ids[runs], hidden_cases(connection, actor))]
    if lacking is not None:
        runs = runs[np.argsort(gathered.runs.starts[runs], kind="stable")[::-1]][:lacking]
    names = _names(connection, gathered.case_ids[runs].tolist())
    for run in runs.tolist():
        case_id = int(gathered.case_ids[run])
        escort = gathered.escort(run, every_minutes=count.owed.every_minutes, as_of=as_of)
        yield EscortSlots(case_id, *names[case_id], escort)


def _names(connection: Connection, ids: list[int]) -> dict[int, tuple[str, str]]:
    """Register number and subject by case; a thousand at a time, because SQLite counts its parameters."""
    c, wanted = CaseFile, sorted(set(ids))
    return {
        row.id: (row.register_no, row.subject)
        for at in range(0, len(wanted), 1000)
        for row in connection.execute(
            select(c.id, c.register_no, c.subject).where(c.id.in_(wanted[at : at + 1000]))
        )
    }


def _check(actor: Actor, sop: Sop) -> None:
    if not may(actor, Permission.VIEW_SUMMARY, sop):
        raise Forbidden
