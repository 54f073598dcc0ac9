"""The logbooks in which an entry is owed at regular times, over all cases or in one (rules of time, 5).

Decisions (2026-11):
- An escort begins where `models.slots.beginning` says, and ends when its step does: finished, handed back or stopped
  with the case. A further round of the step, after a return, is an escort of its own.
- A case is judged by the SOP version it was opened under, here too: a version whose logbook owes nothing has no slots.
- An end that was recorded after `as_of` is not known yet, and the plan stands in its place.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import numpy as np
from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    String,
    Text,
    and_,
    case,
    cast,
    func,
    or_,
    select,
    type_coerce,
)

from models.queries.past import end_of_minute, entry_was_kept
from models.queries.sops import sop_version, versions_of
from models.slots import Counts, Flags, Mark, Marks, Moments, Runs, SlotRow, slots
from models.tables import CaseFile, JournalEntry, SopVersion, StepRound

_RAN = ("open", "done", "returned", "stopped")


@dataclass(frozen=True, slots=True)
class Owing:
    """A logbook that owes entries, and the SOP versions in which it does so in the same way."""

    journal_key: str
    every_minutes: int
    during: str
    version_ids: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Asked:
    """Which escorts are wanted: those that may have slots in [start, end), as known at `as_of`.

    `past` says that `as_of` lies behind: what was registered or struck since then is not known yet.
    """

    code: str
    start: datetime
    end: datetime
    as_of: datetime
    past: bool = False


@dataclass(frozen=True, slots=True)
class Escort:
    """One escort with its slots; `end_at` is its end where it has `ended`, else the planned return if there is one."""

    start_at: datetime
    end_at: datetime | None
    ended: bool
    row: SlotRow


@dataclass(frozen=True)
class Gathered:
    """Many escorts as arrays; `case_ids` has the case of each. The marks come in the order of the escorts."""

    case_ids: Counts
    runs: Runs
    marks: Marks

    def escort(self, run: int, *, every_minutes: int, as_of: datetime) -> Escort:
        """One of the escorts, slot by slot."""
        own = slice(*np.searchsorted(self.marks.run, [run, run + 1]))
        pairs = zip(self.marks.happened[own], self.marks.recorded[own], strict=True)
        start_at, end = _known(self.runs.starts[run]), self.runs.ends[run]
        end_at, ended = None if np.isnat(end) else _known(end), bool(self.runs.ended[run])
        entries = [Mark(_known(happened), _known(recorded)) for happened, recorded in pairs]
        row = slots(start_at, end_at, every_minutes=every_minutes, entries=entries, as_of=as_of, ended=ended)
        return Escort(start_at, end_at, ended, row)


def owing(connection: Connection, code: str, journal_key: str) -> list[Owing]:
    """How the logbook owes entries in the SOP's versions, those that agree together; [] where none owes any."""
    found: dict[tuple[int, str], list[int]] = {}
    for version_id in connection.execute(select(SopVersion.id).where(SopVersion.code == code)).scalars():
        for journal in sop_version(connection, version_id).journals:
            if journal.key == journal_key and journal.every_minutes and journal.during:
                found.setdefault((journal.every_minutes, journal.during), []).append(version_id)
    return [Owing(journal_key, every, during, tuple(ids)) for (every, during), ids in found.items()]


def slot_journals(connection: Connection, code: str) -> frozenset[tuple[str, str]]:
    """The logbooks that owe entries at regular times in some version of the SOP, each as (step, journal)."""
    return frozenset(
        (journal.during, journal.key)
        for _id, sop in versions_of(connection, code=code)
        for journal in sop.journals
        if journal.every_minutes and journal.during
    )


def gather(connection: Connection, asked: Asked, owed: Owing) -> Gathered:
    """The escorts with their entries, which come as three long texts: a row for each would take five times as long."""
    c, j = CaseFile, JournalEntry
    within = and_(
        c.code == asked.code,
        c.received_at < asked.end,
        or_(c.closed_at.is_(None), c.closed_at >= asked.start),
        c.sop_version_id.in_(owed.version_ids),
        *([c.recorded_at < end_of_minute(asked.as_of)] if asked.past else []),
    )
    finished = StepRound.finished_at
    rows = connection.execute(
        _runs(owed.during)
        .where(within, or_(finished.is_(None), finished >= asked.start))
        .order_by(c.id, StepRound.round_no)
    ).all()
    case_ids, starts, plans, ends, ended_recorded = _columns(rows, 5)
    known = _known_ends(ends, ended_recorded, asked.as_of)
    runs = Runs(starts=starts, ends=np.where(known, ends, plans), ended=known)
    told = and_(j.journal_key == owed.journal_key, entry_was_kept(j, asked.as_of, past=asked.past))
    columns = connection.execute(
        select(
            *(
                func.aggregate_strings(cast(column, Text), ",")
                for column in (j.case_id, j.happened_at, j.recorded_at)
            )
        )
        .join(c, c.id == j.case_id)
        .where(within, told)
    ).one()
    entry_cases, *moments = (column.split(",") if column else [] for column in columns)
    happened, recorded = (_moments(column) for column in moments)
    return Gathered(
        case_ids, runs, _shared_out(case_ids, np.array(entry_cases, np.int64), happened, recorded)
    )


def _runs(during: str) -> Select[int, str, str, str, str]:
    """Every round in which the logbook is owed: case, beginning, planned return, end, when that was recorded."""
    r, c = StepRound, CaseFile
    planned = case((and_(r.round_no > 1, r.started_at > c.departs_at), r.started_at), else_=c.departs_at)
    start = func.coalesce(r.begun_at, planned, r.started_at)
    return (
        select(c.id, _raw(start), _raw(c.returns_at), _raw(r.finished_at), _raw(r.recorded_at))
        .join(c, c.id == r.case_id)
        .where(r.step_key == during, r.state.in_(_RAN))
    )


def _raw(moment: Any) -> ColumnElement[str]:
    """The moment as the driver gives it: text on SQLite, a naive datetime on PostgreSQL, both in UTC."""
    return type_coerce(moment, String)


def _columns(rows: Sequence[Any], width: int) -> list[Any]:
    """Case ids, then moments."""
    first, *moments = zip(*rows, strict=True) if rows else [()] * width
    return [np.array(first, dtype=np.int64), *(_moments(column) for column in moments)]


def _moments(values: Sequence[Any]) -> Moments:
    """Moments as the driver or a text gives them, cut to the minute."""
    return np.array(values, "datetime64[us]").astype("datetime64[m]")


def _shared_out(case_ids: Counts, entry_cases: Counts, happened: Moments, recorded: Moments) -> Marks:
    """Give each entry to every escort of its case: what lies outside an escort fills nothing of it."""
    first = np.searchsorted(case_ids, entry_cases, side="left")
    count = np.searchsorted(case_ids, entry_cases, side="right") - first
    nth = np.arange(count.sum()) - np.repeat(np.cumsum(count) - count, count)
    run = np.repeat(first, count) + nth
    order = np.argsort(run, kind="stable")
    return Marks(run[order], np.repeat(happened, count)[order], np.repeat(recorded, count)[order])


def _known_ends(ends: Moments, recorded: Moments, as_of: datetime) -> Flags:
    now = np.datetime64(as_of.astimezone(UTC).replace(tzinfo=None), "m")
    known: Flags = ~np.isnat(ends) & (recorded <= now)
    return known


def _known(moment: np.datetime64) -> datetime:
    found: datetime = moment.astype("datetime64[us]").item()
    return found.replace(tzinfo=UTC)
