"""Terlambat: why steps were late, and which."""

from datetime import datetime
from urllib.parse import urlencode

import pandas as pd

from dashboard import compliance, reads
from dashboard.analysis.asked import Asked
from dashboard.analysis.marks import Part, Told, share_rows
from dashboard.analysis.panel import Panel, heading
from dashboard.formats import number, percent
from dashboard.palette import status_colours
from dashboard.reports.sheets import Column, Sheet, withheld
from dashboard.status import word
from dashboard.text import _, language
from models.lateness import LATE_REASONS
from models.queries.behind import NO_REASON, NOT_IN_TIME, BehindRow, late_reasons, rounds_behind

LISTED = 500


def panels(asked: Asked, *, dark: bool) -> list[Panel]:
    """The reasons, and the list."""
    return [_reasons(asked, dark=dark), _list(asked)]


def _reasons(asked: Asked, *, dark: bool) -> Panel:
    found = reads.read(late_reasons, **asked.reading(), asked=asked.behind(verdict="late"))
    overdue = compliance.overall(asked.counts()).overdue
    names = {key: _(words) for key, words in LATE_REASONS.items()} | {"": _("No reason given")}
    rows = sorted(found.items(), key=lambda pair: -pair[1])
    whole, most = sum(found.values()), max(found.values(), default=1)
    told = [
        Told(
            key=urlencode({"putusan": "late", "alasan": key or NO_REASON}),
            name=names.get(key, key),
            end=f"{number(count)} ({percent(count / whole, 0)})",
        )
        for key, count in rows
    ]
    message = ""
    if rows:
        message = _(
            "{count} steps were finished late; most named: {reason} ({share}). {overdue} are overdue and open still.",
            count=number(whole),
            reason=names.get(rows[0][0], rows[0][0]),
            share=percent(rows[0][1] / whole, 0),
            overdue=number(overdue),
        )
    bar = Part(_("Late"), status_colours(dark=dark)["late"], [count / most for _key, count in rows], "/")
    return Panel(
        key="reasons",
        title=_("Why steps were late"),
        message=message,
        figure=share_rows(told, [bar], dark=dark, legend=False),
        empty=_("No step was late in this period."),
        sheet=Sheet(
            name=_("Reasons"),
            heading=heading(asked, _("Reasons for lateness")),
            columns=(
                Column("name", _("Reason"), "long_text", 40),
                Column("count", _("Steps"), "integer", 10),
            ),
            frame=pd.DataFrame(
                [(names.get(key, key), count) for key, count in rows], columns=["name", "count"]
            ),
        ),
    )


def _list(asked: Asked) -> Panel:
    late = asked.behind(verdict=NOT_IN_TIME)
    rows, total = reads.read(rounds_behind, **asked.reading(), asked=late, limit=LISTED)
    notes = [withheld()]
    if total > len(rows):
        notes.append(_("The first {count} of {total}.", count=number(len(rows)), total=number(total)))
    return Panel(
        key="late",
        title=_("The late steps"),
        message=_("{count} steps, the earliest due first.", count=number(total)),
        empty=_("No step was late in this period."),
        sheet=rounds_sheet(asked, rows, name=_("Lateness"), title=_("Late steps"), as_of=asked.as_of),
        notes=tuple(notes),
        opens=urlencode({"putusan": NOT_IN_TIME}),
    )


def rounds_sheet(asked: Asked, rows: list[BehindRow], *, name: str, title: str, as_of: datetime) -> Sheet:
    """Rounds as a table: case, step, executor, times, how long over, why."""
    executors = {one.key: one.label.in_language(language()) for one in asked.sop.executors}
    reasons = {key: _(words) for key, words in LATE_REASONS.items()}
    columns = (
        Column("number", _("Register no."), "text", 18),
        Column("step", _("Step"), "long_text", 30),
        Column("verdict", _("State"), "text", 14),
        Column("executor", _("Executor"), "long_text", 22),
        Column("started_at", _("Start"), "moment", 15),
        Column("due_at", _("Due"), "moment", 15),
        Column("finished_at", _("Finished"), "moment", 15),
        Column("over", _("Over (working hours)"), "duration", 10),
        Column("reason", _("Reason"), "long_text", 26),
    )
    table = [
        (
            row.register_no or row.period or "",
            asked.step_name(row.step_key),
            word(row.verdict),
            executors.get(row.executor, row.executor),
            row.started_at,
            row.due_at,
            row.finished_at,
            _over(asked, row, as_of),
            _why(row, reasons),
        )
        for row in rows
    ]
    return Sheet(
        name=name,
        heading=heading(asked, title),
        columns=columns,
        frame=pd.DataFrame(table, columns=[column.key for column in columns], dtype="object"),
    )


def _over(asked: Asked, row: BehindRow, as_of: datetime) -> int | None:
    end = row.finished_at or as_of
    if row.due_at is None or row.verdict not in ("late", "overdue"):
        return None
    return asked.calendar.elapsed(row.due_at, max(row.due_at, end))


def _why(row: BehindRow, reasons: dict[str, str]) -> str:
    named = reasons.get(row.late_reason, row.late_reason) if row.late_reason else ""
    return "; ".join(part for part in (named, row.reason, row.note) if part)
