"""Sheets Kelengkapan and Berkas Belum Lengkap: outputs owed and there by step, and what is missing from which file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from dashboard.reports.sheets import Column, Sheet, withheld
from dashboard.text import _, language
from models.errors import N_

if TYPE_CHECKING:
    from dashboard.reports.source import Source

COMPLETENESS, INCOMPLETE = N_("Completeness"), N_("Incomplete files")


def completeness(source: Source, *, heading: tuple[str, ...]) -> Sheet:
    """A row per step that owes outputs, then their total."""
    steps = {step.key: step for step in source.sop.steps}
    rows = [
        _row(steps[one.step_key].no, steps[one.step_key].name.in_language(language()), one.due, one.held)
        for one in source.outputs
    ]
    if rows:
        due, held = sum(one.due for one in source.outputs), sum(one.held for one in source.outputs)
        rows.append(_row("", _("All steps"), due, held))
    columns = (
        Column("no", _("Step"), "text", 8),
        Column("name", _("Activity"), "long_text", 46),
        Column("n", _("Outputs owed"), "integer", 14),
        Column("held", _("Outputs there"), "integer", 14),
        Column("missing", _("Missing"), "integer", 14),
        Column("rate", _("Completeness"), "percent", 14),
    )
    return Sheet(
        name=_(COMPLETENESS),
        heading=heading,
        columns=columns,
        frame=pd.DataFrame(rows, columns=[column.key for column in columns]),
        notes=(
            _(
                "Of steps finished in the period: outputs that the SOP names, and those of them that are there."
            ),
            _("An output is there by its number, by a file attached to it, or by a numbered paper."),
            _("Completeness stands beside the compliance in time and does not enter it."),
        ),
        total=bool(rows),
    )


def _row(no: str, name: str, due: int, held: int) -> dict[str, Any]:
    return {"no": no, "name": name, "n": due, "held": held, "missing": due - held, "rate": held / due}


def incomplete_files(source: Source, *, heading: tuple[str, ...]) -> Sheet:
    """A row per finished step that lacks an output, with what is missing."""
    steps = {step.key: f"{step.no}. {step.name.in_language(language())}" for step in source.sop.steps}
    executors = {one.key: one.label.in_language(language()) for one in source.sop.executors}
    columns = (
        Column("register_no", _("Register no."), "text", 18),
        Column("subject", _("Subject"), "long_text", 36),
        Column("step", _("Step"), "long_text", 30),
        Column("executor", _("Executor"), "long_text", 24),
        Column("finished_at", _("Finished"), "moment", 15),
        Column("count", _("Missing"), "integer", 8),
        Column("outputs", _("Missing outputs"), "long_text", 50),
    )
    rows = [
        (
            one.register_no or one.period,
            one.subject or "",
            steps[one.step_key],
            executors.get(one.executor, one.executor),
            one.finished_at,
            len(one.outputs),
            "; ".join(output.in_language(language()) for output in one.outputs),
        )
        for one in source.missing
    ]
    return Sheet(
        name=_(INCOMPLETE),
        heading=heading,
        columns=columns,
        frame=pd.DataFrame(rows, columns=[column.key for column in columns]),
        notes=(withheld(),),
    )
