"""Langkah: every step in every state, with what stands beside the official figure."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

import pandas as pd

from dashboard import compliance, reads
from dashboard.analysis import frames
from dashboard.analysis.asked import Asked
from dashboard.analysis.marks import Part, Told, share_rows
from dashboard.analysis.panel import Panel, heading
from dashboard.charts import step_bars, step_bars_text, whole_text
from dashboard.formats import number, percent, working_duration
from dashboard.palette import status_colours
from dashboard.reports.sheets import Column, Sheet
from dashboard.text import _, language
from models.queries.pauses import excused
from models.queries.record_keeping import by_record
from models.queries.spread import spread


def panels(asked: Asked, *, dark: bool) -> list[Panel]:
    """The matrix of steps, and who executes them."""
    counts = asked.counts()
    return [_steps(asked, counts, dark=dark), _executors(asked, counts, dark=dark)]


def _steps(asked: Asked, counts: pd.DataFrame, *, dark: bool) -> Panel:
    matrix = compliance.matrix(counts, asked.sop)
    frame = _beside(asked, matrix)
    whole = frame.iloc[-1]
    clickable = matrix.assign(step_key=[urlencode({"langkah": key}) for key in matrix["step_key"]])
    return Panel(
        key="steps",
        title=_("Each step against its time"),
        message=whole_text(matrix),
        alt=step_bars_text(matrix),
        figure=step_bars(clickable, dark=dark),
        sheet=Sheet(
            name=_("Steps"),
            heading=heading(asked, _("Compliance by step")),
            columns=_columns(),
            frame=frame,
            total=True,
        ),
        notes=(
            _(
                "Compliance = on time / (on time + late + overdue); a step belongs to the month of its due date."
            ),
            _(
                "Beside the official figure, which follows the event: with pauses {paused}, by record {record}.",
                paused=_percent(whole["with_pauses"]),
                record=_percent(whole["record"]),
            ),
        ),
    )


def _beside(asked: Asked, matrix: pd.DataFrame) -> pd.DataFrame:
    """The matrix with the share once pauses are credited, the share by record, and a last row for all steps."""
    rows = reads.read(by_record, **asked.reading(), asked=asked.behind())
    recorded = frames.by_record_frame(rows, asked.sop).set_index("step_key")
    credited = _credited(asked)
    n = matrix["n"].where(matrix["n"] > 0)
    frame = matrix.assign(
        with_pauses=(matrix["on_time"] + matrix["step_key"].map(credited).fillna(0)) / n,
        record=matrix["step_key"].map(recorded["record"]),
        recorded_late=matrix["step_key"].map(recorded["recorded_late"]),
    )
    counted = [*compliance.COUNTED, *compliance.ASIDE, "n", "recorded_late"]
    frame[counted] = frame[counted].where(frame["measured"], axis="index").astype("Int64")
    whole = compliance.overall(matrix)
    _event, record, _n = frames.whole_by_record(rows)
    total = {
        **{name: int(frame[name].sum()) for name in counted},
        "no": "",
        "name": _("All measured steps"),
        "target_text": "",
        "rate": whole.rate,
        "with_pauses": (whole.on_time + sum(credited.values())) / whole.n if whole.n else None,
        "record": record,
    }
    return pd.concat([frame, pd.DataFrame([total])], ignore_index=True)


def _credited(asked: Asked) -> Mapping[str, int]:
    found: dict[str, int] = {}
    given = reads.read(
        excused,
        sop=asked.sop,
        months=asked.months,
        as_of=asked.as_of,
        past=asked.past,
        version_id=asked.version_id,
    )
    for (step_key, _month), count in given.items():
        found[step_key] = found.get(step_key, 0) + count
    return found


def _columns() -> tuple[Column, ...]:
    return (
        Column("no", _("Step"), "text", 8),
        Column("name", _("Activity"), "long_text", 34),
        Column("target_text", _("Time set by the SOP"), "long_text", 20),
        Column("n", _("Judged"), "integer", 9),
        Column("on_time", _("On time"), "integer", 9),
        Column("late", _("Late"), "integer", 10),
        Column("overdue", _("Overdue"), "integer", 9),
        Column("at_risk", _("Due soon"), "integer", 11),
        Column("running", _("Running"), "integer", 9),
        Column("skipped", _("Not applicable"), "integer", 10),
        Column("rate", _("Compliance"), "percent", 11),
        Column("with_pauses", _("With pauses"), "percent", 10),
        Column("record", _("By record"), "percent", 10),
        Column("recorded_late", _("Recorded late"), "integer", 10),
    )


def _executors(asked: Asked, counts: pd.DataFrame, *, dark: bool) -> Panel:
    durations = reads.read(spread, **asked.reading(), asked=asked.behind(kind="finished"))
    frame = frames.executor_figures(counts, durations, asked.sop)
    labels = {one.key: one.label.in_language(language()) for one in asked.sop.executors}
    frame.insert(0, "name", frame["executor"].map(labels))
    rows = frame.to_dict("records")
    told = [
        Told(
            key=urlencode({"pelaksana": row["executor"]}),
            name=row["name"],
            small=""
            if pd.isna(row["median"])
            else _("median {time}", time=working_duration(int(row["median"]))),
            end=_share_of(row),
        )
        for row in rows
    ]
    colours = status_colours(dark=dark)
    parts = [
        Part(word, colours[state], [row[state] / row["n"] if row["n"] else 0 for row in rows], hatch)
        for state, word, hatch in (
            ("on_time", _("On time"), ""), ("late", _("Late"), "/"), ("overdue", _("Overdue"), "x"),
        )
    ]  # fmt: skip
    judged = frame[frame["enough"]]
    message = _("No executor has enough judged steps yet.")
    if not judged.empty:
        weakest = frames.least(judged, "rate")
        message = _("Lowest: {who}, {share}.", who=weakest["name"], share=_share_of(weakest))
    return Panel(
        key="executors",
        title=_("By executor"),
        message=message,
        figure=share_rows(told, parts, dark=dark),
        sheet=Sheet(
            name=_("By executor"),
            heading=heading(asked, _("Compliance by executor")),
            columns=(
                Column("name", _("Executor"), "long_text", 34),
                Column("n", _("Judged"), "integer", 9),
                Column("on_time", _("On time"), "integer", 9),
                Column("late", _("Late"), "integer", 10),
                Column("overdue", _("Overdue"), "integer", 9),
                Column("rate", _("Compliance"), "percent", 11),
                Column("median", _("Median (working hours)"), "duration", 12),
                Column("p90", _("P90 (working hours)"), "duration", 12),
            ),
            frame=frame,
        ),
    )


def _percent(share: Any) -> str:
    return percent(None if pd.isna(share) else float(share))


def _share_of(row: Mapping[Any, Any]) -> str:
    share = None if pd.isna(row["rate"]) else row["rate"]
    return f"{percent(share)} (n = {number(int(row['n']))})"
