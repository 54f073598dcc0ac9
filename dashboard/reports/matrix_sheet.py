"""Sheet Matriks: one row per case, in the columns the SOP wants in its report. No identity is among them."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import pandas as pd

from dashboard.formats import WIB
from dashboard.reports.sheets import Column, Sheet, withheld
from dashboard.stored import stored_words
from dashboard.text import _, language
from models.queries.reports import ReportCase
from models.sop import Field

if TYPE_CHECKING:
    from dashboard.reports.semester import Source


def build(source: Source, *, heading: tuple[str, ...]) -> Sheet:
    """All cases received in the period or carried into it, in the order of the register."""
    sop = source.sop
    fields = [
        field
        for field in sop.fields
        if field.in_report and not field.confidential and field.key != sop.subject_field
    ]
    steps = [step for step in sop.case_steps if not step.automatic]
    columns = [
        Column("no", _("No."), "integer", 6),
        Column("register_no", _("Register no."), "text", 17),
        Column("received", _("Received"), "date", 11),
        Column("subject", sop.field(sop.subject_field).label.in_language(language()), "long_text", 30),
        *(Column(f"field.{f.key}", f.label.in_language(language()), "long_text", 14) for f in fields),
        *([Column("identity", _confidential_label(source), "text", 12)] if sop.confidential_fields else []),
        *(Column(f"step.{s.key}", f"{s.no}. {s.name.in_language(language())}", "date", 11) for s in steps),
        *([Column("outcome", _("Result"), "long_text", 16)] if sop.outcomes else []),
        Column("status", _("Status"), "text", 14),
        Column("closed", _("Closed"), "date", 11),
        Column("days", _("Working days"), "integer", 8),
        Column("kept", _("Time kept"), "text", 12),
        Column("remark", _("Remark"), "long_text", 18),
    ]
    shown = [case for case in source.cases if not case.hidden]
    rows = [_row(case, n, fields, source) for n, case in enumerate(shown, start=1)]
    return Sheet(
        name=_("Matrix"),
        heading=heading,
        columns=tuple(columns),
        frame=pd.DataFrame(rows, columns=[column.key for column in columns]),
        notes=(_("A date under a step is the day on which it was finished."), withheld()),
    )


def _confidential_label(source: Source) -> str:
    group = source.sop.confidential_fields[0].group
    return source.sop.group(group).label.in_language(language())


def _row(case: ReportCase, n: int, fields: list[Field], source: Source) -> dict[str, Any]:
    received = case.received_at.astimezone(WIB).date()
    closed = case.closed_at.astimezone(WIB).date() if case.closed_at else None
    row: dict[str, Any] = {
        "no": n,
        "register_no": case.register_no,
        "received": received,
        "subject": case.subject,
        "identity": _("confidential"),
        "status": source.sop.status(case.status).label.in_language(language()),
        "closed": closed,
        "days": _working_days(received, closed, source),
        "kept": _kept(case),
        "remark": "; ".join(_remarks(case, source)),
    }
    row |= {f"field.{field.key}": stored_words(field, case.data.get(field.key)) for field in fields}
    for key, standing in case.rounds.items():
        row[f"step.{key}"] = standing.finished_at.astimezone(WIB).date() if standing.finished_at else None
        if standing.outcome and standing.verdict != "skipped":
            row["outcome"] = source.sop.outcome(standing.outcome).label.in_language(language())
    return row


def _working_days(received: date, closed: date | None, source: Source) -> int | None:
    """Working days after the day of receipt up to the day of closing; None while the case is open."""
    if closed is None:
        return None
    days = (date.fromordinal(day) for day in range(received.toordinal() + 1, closed.toordinal() + 1))
    return sum(source.calendar.is_working_day(day) for day in days)


def _kept(case: ReportCase) -> str:
    if not case.judged:
        return "-"
    return _("{late} of {n} late", late=case.late, n=case.judged) if case.late else _("On time")


def _remarks(case: ReportCase, source: Source) -> list[str]:
    found = []
    if case.received_month < source.months.first:
        found.append(_("Carried over"))
    if case.short_notice:
        found.append(_("Short notice"))
    if case.close_reason:
        found.append(case.close_reason)
    return found
