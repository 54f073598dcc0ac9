"""What a report of a period is made of: its cases with their steps, and the steps that were late.

A case belongs to every period in which it was received or still open, so one that is carried over stands in two
reports (rules of time, 3). Nothing confidential is read here. A case hidden from whoever asks is still counted by the
figures; nothing that was typed into it comes out here but what the SOP counts cases by.

Decided 2026-11. Of a step only the latest round stands in the list of cases. A number or date of a letter is that of
the paper where one was saved, because the paper is the letter; else what was typed when the step was finished. By a
logbook with a standing a case stands as in alarm once one entry said so, though a later one called the alarm off: the
list tells what happened, the case's own page how it stands now.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Text, and_, case, cast, func, or_, select

from models.access import Actor, Permission, may
from models.errors import Forbidden
from models.queries.report_fields import ReportFields, report_fields
from models.queries.sight import hidden_from
from models.queries.verdicts import judged
from models.sop import FieldType, Sop
from models.tables import CaseFile, CasePaper, JournalEntry, StepRound

_NOTHING: Mapping[str, Any] = {}
_MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class ReportRound:
    """The latest round of a step; `values` holds what the report shows of its form, as stored."""

    finished_at: datetime | None
    outcome: str | None
    values: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class ReportCase:
    """A case in a report. `rounds` by the keys of the steps that a report shows; `late` of `judged` rounds were not
    in time; `standings` has a choice by logbook.

    A `hidden` one is for counting alone: of its words only what cases are counted by is there.
    """

    case_id: int
    sop_version_id: int
    register_no: str
    subject: str
    received_at: datetime
    received_month: int
    status: str
    closed_at: datetime | None
    close_reason: str | None
    short_notice: bool
    data: Mapping[str, Any]
    rounds: Mapping[str, ReportRound]
    standings: Mapping[str, str]
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


def belongs(code: str, start: datetime, end: datetime) -> ColumnElement[bool]:
    """Whether a case was received in or carried into [start, end)."""
    c = CaseFile
    return and_(c.code == code, c.received_at < end, or_(c.closed_at.is_(None), c.closed_at >= start))


def report_cases(
    connection: Connection, *, actor: Actor, sop: Sop, start: datetime, end: datetime, as_of: datetime
) -> list[ReportCase]:
    """The cases received in or carried into [start, end), in the order of their register. Raises `Forbidden`."""
    _check(actor, sop)
    c, within = CaseFile, belongs(sop.code, start, end)
    rows = connection.execute(
        select(
            c.id, c.sop_version_id, c.register_no, c.subject, c.received_at, c.received_month, c.status, c.closed_at,
            c.close_reason, c.short_notice, cast(c.data, Text), hidden_from(actor),
        )
        .where(within)
        .order_by(c.register_year, c.register_seq)
    ).all()  # fmt: skip
    fields = report_fields(sop)
    rounds = _rounds(connection, fields, within)
    papers = _papers(connection, fields, within)
    standings = _standings(connection, sop, within, end=end, as_of=as_of)
    counts = _judged_counts(connection, within, as_of)
    kept = _counted_by(sop)
    found = []
    for case_id, version, number, subject, received, month, status, closed, why, short, text, hidden in rows:
        ran, saved = rounds.get(case_id, {}), papers.get(case_id, _NOTHING)
        forms = {key: one.values for key, one in ran.items()}
        data = fields.of_case(json.loads(text), saved, forms)
        if hidden:
            number, subject, why, saved, forms = "", "", None, _NOTHING, {}
            data = {key: value for key, value in data.items() if key in kept}
        shown = _shown(fields, ran, saved, forms)
        late, n = counts.get(case_id, (0, 0))
        found.append(
            ReportCase(
                case_id=case_id, sop_version_id=version, register_no=number, subject=subject, received_at=received,
                received_month=month, status=status, closed_at=closed, close_reason=why, short_notice=short, data=data,
                rounds=shown, standings=standings.get(case_id, {}), late=late, judged=n, hidden=bool(hidden),
            )
        )  # fmt: skip
    return found


def _shown(
    fields: ReportFields, ran: Mapping[str, ReportRound], papers: Mapping[str, Any], forms: Mapping[str, Any]
) -> dict[str, ReportRound]:
    """The rounds of the steps that the report shows, with what it shows of them."""
    return {
        key: ReportRound(one.finished_at, one.outcome, fields.of_step(key, papers, forms))
        for key, one in ran.items()
        if key in fields.steps
    }


def _counted_by(sop: Sop) -> set[str]:
    """The fields of the case's form that are no words of somebody's, or that cases are counted by."""
    chosen = (FieldType.CHOICE, FieldType.YES_NO)
    return {field.key for field in sop.fields if field.breakdown or field.type in chosen}


def _judged_counts(
    connection: Connection, within: ColumnElement[bool], as_of: datetime
) -> dict[int, tuple[int, int]]:
    """Of each case: how many of its rounds were not in time, and how many are judged at all."""
    r, conditions = StepRound, judged(as_of)
    late = or_(conditions["late"], conditions["overdue"])
    rows = connection.execute(
        select(
            r.case_id,
            func.sum(case((late, 1), else_=0)),
            func.sum(case((or_(late, conditions["on_time"]), 1), else_=0)),
        )
        .join(CaseFile, CaseFile.id == r.case_id)
        .where(within, r.state != "void")
        .group_by(r.case_id)
    )
    return {case_id: (int(not_in_time), int(n)) for case_id, not_in_time, n in rows if case_id is not None}


def _rounds(
    connection: Connection, fields: ReportFields, within: ColumnElement[bool]
) -> dict[int, dict[str, ReportRound]]:
    """The latest round of each step that is looked at, with all that was typed into its form."""
    r = StepRound
    rows = connection.execute(
        select(r.case_id, r.step_key, r.state, r.finished_at, r.outcome, cast(r.data, Text))
        .join(CaseFile, CaseFile.id == r.case_id)
        .where(within, r.state != "void", r.step_key.in_(sorted(fields.forms)))
        .order_by(r.id)
    ).all()
    found: dict[int, dict[str, ReportRound]] = {}
    for case_id, step_key, state, finished_at, outcome, text in rows:
        assert case_id is not None  # noqa: S101 - joined by it
        typed = json.loads(text) if len(text) > 2 else _NOTHING
        # a skipped step carries the outcome that took it out
        own = outcome if state != "skipped" else None
        found.setdefault(case_id, {})[step_key] = ReportRound(finished_at, own, typed)
    return found


def _papers(
    connection: Connection, fields: ReportFields, within: ColumnElement[bool]
) -> dict[int, dict[str, Mapping[str, Any]]]:
    """What was saved for the papers that are looked into, by case and paper."""
    p = CasePaper
    found: dict[int, dict[str, Mapping[str, Any]]] = {}
    if fields.papers:
        for row in connection.execute(
            select(p.case_id, p.document_key, p.data)
            .join(CaseFile, CaseFile.id == p.case_id)
            .where(within, p.document_key.in_(sorted(fields.papers)))
        ):
            found.setdefault(row.case_id, {})[row.document_key] = row.data
    return found


def _standings(
    connection: Connection, sop: Sop, within: ColumnElement[bool], *, end: datetime, as_of: datetime
) -> dict[int, dict[str, str]]:
    """By case and logbook the alarm if there was one before `end`, else the latest entry; nothing without an entry."""
    found: dict[int, dict[str, str]] = {}
    j = JournalEntry
    for journal in sop.journals:
        if journal.standing is None:
            continue
        rows = connection.execute(
            select(j.case_id, j.data[journal.standing.field].as_string())
            .join(CaseFile, CaseFile.id == j.case_id)
            .where(
                within,
                j.journal_key == journal.key,
                j.state == "kept",
                j.happened_at < end,
                j.recorded_at < as_of + _MINUTE,
            )
            .order_by(j.happened_at, j.id)
        )
        for case_id, value in rows:
            known = found.setdefault(case_id, {})
            if known.get(journal.key) not in journal.standing.alarm or value in journal.standing.alarm:
                known[journal.key] = value
    return found


def late_steps(
    connection: Connection, *, actor: Actor, sop: Sop, months: tuple[int, int], as_of: datetime
) -> list[LateStep]:
    """Measured steps due in those months that were late or are overdue, by due date. Raises `Forbidden`."""
    _check(actor, sop)
    r, conditions = StepRound, judged(as_of)
    rows: Any = connection.execute(
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
    ).all()  # fmt: skip
    return [LateStep(*row) for row in rows]


def _check(actor: Actor, sop: Sop) -> None:
    if not may(actor, Permission.VIEW_REPORTS, sop):
        raise Forbidden
