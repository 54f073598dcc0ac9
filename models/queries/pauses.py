"""The pauses of cases, and the second figure that they make: *dengan jeda* (rules of time, 4)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, bindparam, case, or_, select

from models.pauses import credited
from models.queries.calendar import work_calendar
from models.queries.past import end_of_minute, rounds
from models.queries.sops import sop_version
from models.queries.verdicts import judged
from models.sla import Deadline
from models.sop import Sop, Step
from models.tables import CaseFile, Pause, User
from models.work_calendar import WorkCalendar


@dataclass(frozen=True, slots=True)
class CasePause:
    """One pause; `ended_at` None while it runs."""

    pause_id: int
    kind: str
    reason: str
    started_at: datetime
    ended_at: datetime | None
    recorded_by: str
    version: int


@dataclass(frozen=True, slots=True)
class WithPauses:
    """What a round's limit is once the pauses are credited, and the working minutes that were credited."""

    due_at: datetime
    late_from: datetime
    minutes: int


def _rows(ended_at: Any, *which: ColumnElement[bool]) -> Select[Any]:
    """The case and the columns of `CasePause`, each case's in order."""
    return (
        select(
            Pause.case_id, Pause.id, Pause.kind, Pause.reason, Pause.started_at, ended_at, User.full_name,
            Pause.version,
        )
        .join(User, User.id == Pause.recorded_by)
        .where(*which)
        .order_by(Pause.started_at)
    )  # fmt: skip


_OF_CASE = _rows(Pause.ended_at, Pause.case_id == bindparam("of_case"))


def pauses_of(connection: Connection, case_id: int, *, known_at: datetime | None = None) -> list[CasePause]:
    """The pauses of a case in order, or those known at a past moment; whether it may be seen is asked before."""
    if known_at is None:
        return [CasePause(*columns) for _case, *columns in connection.execute(_OF_CASE, {"of_case": case_id})]
    return _pauses(connection, Pause.case_id == case_id, known_at=known_at).get(case_id, [])


def _pauses(
    connection: Connection, which: ColumnElement[bool], *, known_at: datetime | None
) -> dict[int, list[CasePause]]:
    """Pauses by case, each case's in order."""
    ended_at: Any = Pause.ended_at
    known = [which]
    if known_at is not None:
        end = end_of_minute(known_at)
        ended_at = case((Pause.ended_recorded_at < end, Pause.ended_at)).label("ended_at")
        known.append(Pause.recorded_at < end)
    found: dict[int, list[CasePause]] = {}
    for case_id, *columns in connection.execute(_rows(ended_at, *known)):
        found.setdefault(case_id, []).append(CasePause(*columns))
    return found


def spans(
    pauses: Iterable[CasePause], *, as_of: datetime, closed_at: datetime | None
) -> list[tuple[datetime, datetime]]:
    """The pauses as spans up to `as_of`: one that runs lasts until then, or until the case was closed."""
    end = min(as_of, closed_at) if closed_at else as_of
    return [(pause.started_at, min(pause.ended_at or end, end)) for pause in pauses if pause.started_at < end]


def moved_limit(
    step: Step,
    *,
    started_at: datetime,
    due_at: datetime,
    late_from: datetime,
    departs_at: datetime | None,
    pauses: Sequence[tuple[datetime, datetime]],
    calendar: WorkCalendar,
) -> WithPauses:
    """The limit of one round with the pauses credited; the official one when there is nothing to credit."""
    limit = Deadline(start_at=started_at, effective_at=started_at, due_at=due_at, late_from=late_from)
    moved, minutes = credited(
        deadline=limit,
        target=step.target,
        pauses=pauses,
        calendar=calendar,
        not_after_at=departs_at if step.before_departure else None,
    )
    return WithPauses(moved.due_at or due_at, moved.late_from or late_from, minutes)


def excused(
    connection: Connection,
    *,
    sop: Sop,
    months: tuple[int, int],
    as_of: datetime,
    past: bool = False,
    version_id: int | None = None,
) -> Mapping[tuple[str, int], int]:
    """How many late or overdue rounds by (step, due month) are neither once the pauses are credited.

    With `past` as known at `as_of`; with `version_id` of the cases of that SOP version alone.

    Only rounds of cases that had a pause can be; they are few, so they are gone through one by one.
    """
    r, c = rounds(as_of, past=past), CaseFile
    conditions = judged(as_of, r)
    # led by the cases with a pause: by the rounds' own code SQLite would go through all rounds of the months
    paused = (
        select(Pause.case_id).join(CaseFile, CaseFile.id == Pause.case_id).where(CaseFile.code == sop.code)
    )
    within = [r.due_month.between(*months), *([r.code == sop.code] if past else [])]
    version = [] if version_id is None else [r.sop_version_id == version_id]
    rows = connection.execute(
        select(
            r.case_id, r.step_key, r.due_month, r.started_at, r.due_at, r.late_from, r.finished_at, c.departs_at,
            c.closed_at, c.sop_version_id,
        )
        .join(c, c.id == r.case_id)
        .where(r.case_id.in_(paused), *within, or_(conditions["late"], conditions["overdue"]), *version)
    ).all()  # fmt: skip
    calendar = work_calendar(connection)
    own = Pause.case_id.in_({row.case_id for row in rows})
    pauses = _pauses(connection, own, known_at=as_of if past else None) if rows else {}
    versions = {key: sop_version(connection, key) for key in {row.sop_version_id for row in rows}}
    found: dict[tuple[str, int], int] = {}
    for row in rows:
        moved = moved_limit(
            versions[row.sop_version_id].step(row.step_key),
            started_at=row.started_at,
            due_at=row.due_at,
            late_from=row.late_from,
            departs_at=row.departs_at,
            pauses=spans(pauses.get(row.case_id, ()), as_of=as_of, closed_at=row.closed_at),
            calendar=calendar,
        )
        if (row.finished_at or as_of) < moved.late_from:
            key = (row.step_key, row.due_month)
            found[key] = found.get(key, 0) + 1
    return found
