"""Sheet Kepatuhan SOP: per step the target, what was judged, the percentage, and how long it took."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from dashboard import compliance
from dashboard.formats import percent
from dashboard.reports.sheets import Column, Sheet
from dashboard.text import _
from models.errors import N_

if TYPE_CHECKING:
    from dashboard.reports.source import Source

NAME = N_("SOP compliance")
_COUNTED = ("n", "on_time", "late", "overdue", "recorded_late")


def build(source: Source, *, heading: tuple[str, ...]) -> Sheet:
    """A row per step in the SOP's order, then all measured steps together."""
    frame = compliance.matrix(source.counts, source.sop)
    frame = frame.join(compliance.durations(source.durations).set_index("step_key"), on="step_key")
    recorded = source.counts.groupby("step_key")["recorded_late"].sum()
    frame["recorded_late"] = frame["step_key"].map(recorded).fillna(0).astype("int64")
    excused = frame["step_key"].map(dict(source.excused)).fillna(0)
    frame["with_pauses"] = (frame["on_time"] + excused) / frame["n"].where(frame["n"] > 0)
    for name in _COUNTED:
        frame[name] = frame[name].where(frame["measured"]).astype("Int64")
    columns = _columns()
    frame = pd.concat([frame, pd.DataFrame([_whole(source)])], ignore_index=True)
    return Sheet(
        name=_(NAME),
        heading=heading,
        columns=columns,
        frame=frame[[column.key for column in columns]],
        notes=tuple(_notes(source)),
        chart="compliance",
        total=True,
    )


def _columns() -> tuple[Column, ...]:
    return (
        Column("no", _("Step"), "text", 8),
        Column("name", _("Activity"), "long_text", 34),
        Column("target_text", _("Time set by the SOP"), "long_text", 20),
        Column("n", _("Judged"), "integer", 9),
        Column("on_time", _("On time"), "integer", 9),
        Column("late", _("Late"), "integer", 10),
        Column("overdue", _("Overdue"), "integer", 9),
        Column("rate", _("Compliance"), "percent", 11),
        Column("with_pauses", _("With pauses"), "percent", 10),
        Column("recorded_late", _("Recorded late"), "integer", 10),
        Column("mean", _("Mean (working hours)"), "duration", 10),
        Column("median", _("Median (working hours)"), "duration", 10),
        Column("max", _("Longest (working hours)"), "duration", 10),
    )


def _whole(source: Source) -> dict[str, Any]:
    """The total: the figures of all months and steps, never a mean of the rows above it."""
    whole = compliance.overall(source.counts)
    return {
        "no": "", "name": _("All measured steps"), "target_text": "", "n": whole.n, "on_time": whole.on_time,
        "late": whole.late, "overdue": whole.overdue, "rate": whole.rate, "with_pauses": with_pauses(source),
        "recorded_late": int(source.counts["recorded_late"].sum()),
    }  # fmt: skip


def with_pauses(source: Source) -> float | None:
    """The share on time once the pauses are credited; None when there is nothing to judge."""
    whole = compliance.overall(source.counts)
    return (whole.on_time + sum(source.excused.values())) / whole.n if whole.n else None


def recorded_late(source: Source) -> tuple[int, int, str]:
    """How many finished steps were recorded late, of how many, and the share in words."""
    finished = int(source.counts["on_time"].sum() + source.counts["late"].sum())
    late = int(source.counts["recorded_late"].sum())
    return late, finished, percent(late / finished if finished else None)


def _notes(source: Source) -> list[str]:
    late, n, share = recorded_late(source)
    notes = [
        _("Compliance = on time / (on time + late + overdue); a step belongs to the month of its due date."),
        _(
            "With pauses: the share once the working time inside recorded pauses is credited; the SOP itself knows no "
            "pause."
        ),
        _(
            "Recorded more than one working day after it happened: {late} of {n} ({share}).",
            late=late,
            n=n,
            share=share,
        ),
        _("Steps without a figure have no time set by the SOP or are not done by the office."),
    ]
    if not compliance.overall(source.counts).n:
        notes.insert(0, _("NIL: no step fell due in this period."))
    return notes
