"""What a report of a period is made of: its cases with their steps, and the steps that were late.

A case belongs to every period in which it was received or still open, so one that is carried over stands in two
reports (rules of time, 3). Nothing confidential is read here. A case hidden from whoever asks is still counted by the
figures; nothing that was typed into it comes out here.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, RowMapping, and_, or_, select

from models.access import Actor, Permission, may
from models.errors import Forbidden
from models.queries.sight import hidden_from
from models.queries.verdicts import judged, verdict_of
from models.sop import FieldType, Sop
from models.tables import CaseFile, StepRound


@dataclass(frozen=True, slots=True)
class ReportRound:
    """The latest round of a step of a case in a report."""

    step_key: str
    finished_at: datetime | None
    outcome: str | None
    verdict: str


@dataclass(frozen=True, slots=True)
class ReportCase:
    """A case in a report; `rounds` by step key, `late` counts its late or overdue measured rounds.

    A `hidden` one is for counting alone: of its words only the choices of the form are there.
    """

    register_no: str
    subject: str
    received_at: datetime
    received_month: int
    status: str
    closed_at: datetime | None
    close_reason: str | None
    short_notice: bool
    data: dict[str, Any]
    rounds: dict[str, ReportRound]
    late: int
    judged: int
    hidden: bool


@dataclass(frozen=True, slots=True)
class LateStep:
    """A measured step that was finished late, or is overdue at the moment of the report."""

    register_no: str | None
    period: str | None
    subject: str | None
    step_key: str
    executor: str
    started_at: datetime
    due_at: datetime
    finished_at: datetime | None
    late_reason: str | None
    note: str | None


def report_cases(
    connection: Connection, *, actor: Actor, sop: Sop, start: datetime, end: datetime, as_of: datetime
) -> list[ReportCase]:
    """The cases received in or carried into [start, end), in the order of their register. Raises `Forbidden`."""
    _check(actor, sop)
    c = CaseFile
    belongs = and_(c.code == sop.code, c.received_at < end, or_(c.closed_at.is_(None), c.closed_at >= start))
    rows = connection.execute(
        select(
            c.id, c.register_no, c.subject, c.received_at, c.received_month, c.status, c.closed_at, c.close_reason,
            c.short_notice, c.data, hidden_from(actor).label("hidden"),
        )
        .where(belongs)
        .order_by(c.register_year, c.register_seq)
    ).all()  # fmt: skip
    rounds: dict[int, dict[str, ReportRound]] = {}
    late: dict[int, int] = {}
    counted: dict[int, int] = {}
    r = StepRound
    for row in connection.execute(
        select(r.case_id, r.step_key, r.finished_at, r.outcome, r.counted, verdict_of(as_of).label("verdict"))
        .join(c, c.id == r.case_id)
        .where(belongs, r.state != "void")
        .order_by(r.id)
    ):
        rounds.setdefault(row.case_id, {})[row.step_key] = ReportRound(
            row.step_key, row.finished_at, row.outcome, row.verdict
        )
        if row.counted and row.verdict in ("on_time", "late", "overdue"):
            counted[row.case_id] = counted.get(row.case_id, 0) + 1
            late[row.case_id] = late.get(row.case_id, 0) + (row.verdict != "on_time")
    return [
        ReportCase(
            **_shown(row._mapping, sop),
            rounds=rounds.get(row.id, {}),
            late=late.get(row.id, 0),
            judged=counted.get(row.id, 0),
        )
        for row in rows
    ]


def _shown(row: RowMapping, sop: Sop) -> dict[str, Any]:
    columns = {key: value for key, value in row.items() if key != "id"}
    if columns["hidden"]:
        choices = {field.key for field in sop.fields if field.type is FieldType.CHOICE}
        data = {key: value for key, value in row["data"].items() if key in choices}
        columns |= {"register_no": "", "subject": "", "close_reason": None, "data": data}
    return columns


def late_steps(
    connection: Connection, *, actor: Actor, sop: Sop, months: tuple[int, int], as_of: datetime
) -> list[LateStep]:
    """Measured steps due in those months that were late or are overdue, by due date. Raises `Forbidden`."""
    _check(actor, sop)
    r, conditions = StepRound, judged(as_of)
    rows = connection.execute(
        select(
            CaseFile.register_no, r.period, CaseFile.subject, r.step_key, r.executor, r.started_at, r.due_at,
            r.finished_at, r.late_reason, r.note,
        )
        .join(CaseFile, CaseFile.id == r.case_id, isouter=True)
        .where(
            r.code == sop.code,
            r.due_month.between(*months),
            or_(conditions["late"], conditions["overdue"]),
            ~hidden_from(actor),
        )
        .order_by(r.due_at, r.id)
    )  # fmt: skip
    return [LateStep(**row._mapping) for row in rows]


def _check(actor: Actor, sop: Sop) -> None:
    if not may(actor, Permission.VIEW_REPORTS, sop):
        raise Forbidden
