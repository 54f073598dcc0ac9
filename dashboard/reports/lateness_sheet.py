"""Sheet Keterlambatan: every measured step that was late or is overdue, with its reason."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from dashboard.reports.sheets import Column, Sheet, withheld
from dashboard.text import _, language
from models.errors import N_
from models.lateness import LATE_REASONS

if TYPE_CHECKING:
    from dashboard.reports.source import Source

NAME = N_("Lateness")


def build(source: Source, *, heading: tuple[str, ...]) -> Sheet:
    """By due date; none of a case that is hidden from whoever asks."""
    steps = {step.key: f"{step.no}. {step.name.in_language(language())}" for step in source.sop.steps}
    executors = {one.key: one.label.in_language(language()) for one in source.sop.executors}
    reasons = {key: _(words) for key, words in LATE_REASONS.items()}
    columns = (
        Column("number", _("Register no."), "text", 18),
        Column("subject", _("Subject"), "long_text", 34),
        Column("step", _("Step"), "long_text", 26),
        Column("executor", _("Executor"), "long_text", 20),
        Column("due_at", _("Due"), "moment", 15),
        Column("finished_at", _("Finished"), "moment", 15),
        Column("over", _("Over (working hours)"), "duration", 10),
        Column("reason", _("Reason"), "long_text", 22),
        Column("note", _("Note"), "long_text", 26),
    )
    rows = [
        (
            late.register_no or late.period,
            late.subject or "",
            steps[late.step_key],
            executors.get(late.executor, late.executor),
            late.due_at,
            late.finished_at,
            source.calendar.elapsed(late.due_at, max(late.due_at, late.finished_at or source.as_of)),
            reasons.get(late.late_reason, late.late_reason) if late.late_reason else "",
            late.note or "",
        )
        for late in source.late
    ]
    return Sheet(
        name=_(NAME),
        heading=heading,
        columns=columns,
        frame=pd.DataFrame(rows, columns=[column.key for column in columns]),
        notes=(_("An empty finish means that the step is still open."), withheld()),
    )
