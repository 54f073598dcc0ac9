"""The SOP as a report of a period reads it: the version in force at the period's end.

Decided 2026-11. A version that came later must not move a report of months that are over: not its figures, which
follow the version each case was opened under, nor its headings. So the words come from the version in force on the last
day of the period (today's, while the period runs), with the steps, statuses and results that cases of other versions
had in that very period. Who may see the report is said by the version in force now.
"""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import TypeVar

from sqlalchemy import Connection, and_, or_, select

from models.errors import NotFound
from models.queries.reports import belongs
from models.queries.sops import sop_in_force, sop_version
from models.sop import Executor, Outcome, Sop, Status, Step
from models.tables import CaseFile, SopVersion, StepRound

K = TypeVar("K", Step, Executor, Outcome, Status)


@dataclass(frozen=True, slots=True)
class ReportedSop:
    """`sop` with the words of the period; `versions` of which the period has cases or due steps, by their number."""

    sop: Sop
    versions: tuple[Sop, ...]


def reported_sop(
    connection: Connection,
    sop: Sop,
    *,
    months: tuple[int, int],
    start: datetime,
    end: datetime,
    last_on: date,
) -> ReportedSop:
    """`sop` as a report of those months, which are [start, end), reads it; `last_on` is its last day up to today."""
    try:
        base = sop_in_force(connection, sop.code, last_on)[1]
    except NotFound:  # the period lies before the first version
        base = sop
    there = connection.execute(
        select(SopVersion.id).where(SopVersion.code == sop.code).order_by(SopVersion.version.desc())
    ).scalars().all()  # fmt: skip
    ran, used = _in_use(connection, sop.code, months, start, end) if len(there) > 1 else (set(), set(there))
    versions = [sop_version(connection, version_id) for version_id in there if version_id in used]
    for other in versions:
        base = replace(
            base,
            steps=_joined(base.steps, other.steps, ran),
            executors=_joined(base.executors, other.executors),
            outcomes=_joined(base.outcomes, other.outcomes),
            statuses=_joined(base.statuses, other.statuses),
        )
    base = replace(base, readers=sop.readers, openers=sop.openers, identity_readers=sop.identity_readers)
    return ReportedSop(base, tuple(reversed(versions)))


def _in_use(
    connection: Connection, code: str, months: tuple[int, int], start: datetime, end: datetime
) -> tuple[set[str], set[int]]:
    """The steps that ran in the period, and the ids of the versions of its cases and rounds."""
    r = StepRound
    inside = or_(r.due_month.between(*months), and_(r.finished_at >= start, r.finished_at < end))
    rounds = connection.execute(
        select(r.step_key, r.sop_version_id).where(r.code == code, inside).distinct()
    ).all()
    cases = select(CaseFile.sop_version_id).where(belongs(code, start, end)).distinct()
    used = {row.sop_version_id for row in rounds} | set(connection.execute(cases).scalars())
    return {row.step_key for row in rounds}, used


def _joined(own: tuple[K, ...], others: tuple[K, ...], only: Collection[str] | None = None) -> tuple[K, ...]:
    known = {one.key for one in own}
    lacking = (one for one in others if one.key not in known and (only is None or one.key in only))
    return own + tuple(lacking)
