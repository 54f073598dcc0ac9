"""The rounds behind a figure: each with its case, so that every number can be followed down to what happened.

None of a case that is hidden from whoever asks is listed or told of, though the figure counts it: whoever is named must
not learn by the difference that there is something (`models.queries.sight`).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, get_args

from sqlalchemy import ColumnElement, Connection, and_, func, or_, select

from models.access import Actor
from models.queries.compliance import check_summary, of_version
from models.queries.past import rounds
from models.queries.sight import hidden_from
from models.queries.verdicts import judged, verdict_of
from models.sop import Sop
from models.tables import CaseFile

Kind = Literal[
    "due",
    "recorded_late",
    "returned",
    "skipped",
    "out_of_order",
    "left_order",
    "finished",
    "ended",
    "lacking",
    "open",
]
KINDS: tuple[Kind, ...] = get_args(Kind)
NOT_IN_TIME = "not_in_time"  # late or overdue
NO_REASON = "-"


@dataclass(frozen=True, slots=True)
class Behind:
    """Which rounds: of due dates within `months` (yyyymm, both included); empty values filter nothing.

    `start` and `end` are the same months as moments, for what is told by when it happened. Kinds: `due` are the
    measured rounds, one `verdict` of them or all; `recorded_late` those of them recorded late; `returned` what was
    handed back, `skipped` what was left out, `out_of_order` what began before the step it follows had been finished,
    `left_order` all three; `ended` the rounds of the cases that ended, `lacking` those finished without all outputs;
    `finished` everything finished, measured or not; `open` the measured rounds that are open, whenever they are due.
    """

    months: tuple[int, int]
    start: datetime
    end: datetime
    kind: Kind = "due"
    step: str = ""
    verdict: str = ""
    executor: str = ""
    late_reason: str = ""
    version_id: int | None = None
    due_from: datetime | None = None
    due_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class BehindRow:
    """One round; of a period's step there is a `period` and no case."""

    round_id: int
    case_id: int | None
    register_no: str | None
    subject: str | None
    period: str | None
    step_key: str
    round_no: int
    executor: str
    started_at: datetime
    begun_at: datetime | None
    due_at: datetime | None
    finished_at: datetime | None
    recorded_at: datetime | None
    worked_minutes: int | None
    reason: str | None
    late_reason: str | None
    note: str | None
    verdict: str


def rounds_behind(
    connection: Connection,
    *,
    actor: Actor,
    sop: Sop,
    asked: Behind,
    as_of: datetime,
    past: bool = False,
    limit: int = 25,
    offset: int = 0,
) -> tuple[list[BehindRow], int]:
    """A page of rounds by due date, and how many may be listed in all. Raises `Forbidden`."""
    check_summary(actor, sop)
    r, c = rounds(as_of, past=past), CaseFile
    wanted = [*conditions(r, sop, asked, as_of), ~hidden_from(actor, r.case_id)]
    total = connection.execute(select(func.count()).select_from(r).where(*wanted)).scalar_one()
    verdict = verdict_of(as_of, r).label("verdict")
    rows = connection.execute(
        select(
            r.id, r.case_id, c.register_no, c.subject, r.period, r.step_key, r.round_no, r.executor, r.started_at,
            r.begun_at, r.due_at, r.finished_at, r.recorded_at, r.worked_minutes, r.reason, r.late_reason, r.note,
            verdict,
        )
        .join(c, c.id == r.case_id, isouter=True)
        .where(*wanted)
        .order_by(r.due_at.is_(None), r.due_at, r.finished_at, r.id)
        .limit(limit)
        .offset(offset)
    )  # fmt: skip
    return [BehindRow(*row) for row in rows], total


def late_reasons(
    connection: Connection, *, actor: Actor, sop: Sop, asked: Behind, as_of: datetime, past: bool = False
) -> Mapping[str, int]:
    """How many rounds of `asked` name each reason for being late, "" where none is given. Raises `Forbidden`."""
    check_summary(actor, sop)
    r = rounds(as_of, past=past)
    rows = connection.execute(
        select(func.coalesce(r.late_reason, ""), func.count())
        .where(*conditions(r, sop, asked, as_of))
        .group_by(r.late_reason)
    )
    return {row[0]: row[1] for row in rows}


def conditions(r: Any, sop: Sop, asked: Behind, as_of: datetime) -> list[ColumnElement[bool]]:
    """What makes a round one of those that are asked for; `r` stands for the rounds."""
    found = [r.code == sop.code, *of_version(r, asked.version_id), *_of_kind(r, asked, as_of)]
    for column, value in ((r.step_key, asked.step), (r.executor, asked.executor)):
        if value:
            found.append(column == value)
    if asked.late_reason:
        none = asked.late_reason == NO_REASON
        found.append(r.late_reason.is_(None) if none else r.late_reason == asked.late_reason)
    if asked.due_from is not None and asked.due_until is not None:
        found += [r.due_at >= asked.due_from, r.due_at < asked.due_until]
    return found


def _of_kind(r: Any, asked: Behind, as_of: datetime) -> list[ColumnElement[bool]]:
    due = r.due_month.between(*asked.months)
    happened = and_(r.finished_at >= asked.start, r.finished_at < asked.end)
    if asked.kind == "due":
        return [due, r.counted, r.state != "void", *_of_verdict(r, asked.verdict, as_of)]
    if asked.kind == "open":
        return [r.state == "open", r.counted, *_of_verdict(r, asked.verdict, as_of)]
    if asked.kind == "recorded_late":
        return [due, r.counted, r.recorded_late]
    if asked.kind == "finished":
        return [r.state == "done", or_(due, and_(r.due_month.is_(None), happened))]
    if asked.kind == "lacking":
        return [happened, r.outputs_held < r.outputs_due]
    if asked.kind == "ended":
        ended = select(CaseFile.id).where(CaseFile.closed_at >= asked.start, CaseFile.closed_at < asked.end)
        return [r.case_id.in_(ended), r.worked_minutes.is_not(None)]
    left = {
        "returned": and_(r.state == "returned", happened),
        "skipped": and_(r.state == "skipped", r.recorded_at >= asked.start, r.recorded_at < asked.end),
        "out_of_order": and_(r.begun_at < r.started_at, r.begun_at >= asked.start, r.begun_at < asked.end),
    }
    return [or_(*left.values()) if asked.kind == "left_order" else left[asked.kind]]


def _of_verdict(r: Any, verdict: str, as_of: datetime) -> list[ColumnElement[bool]]:
    if not verdict:
        return []
    known = judged(as_of, r)
    if verdict == NOT_IN_TIME:
        return [or_(known["late"], known["overdue"])]
    return [known[verdict] if verdict in known else verdict_of(as_of, r) == verdict]
