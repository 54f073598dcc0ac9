"""Waktu kerja: how long steps take against their time, and where the days of a case go."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

import pandas as pd

from dashboard import compliance, reads
from dashboard.analysis import frames
from dashboard.analysis.asked import Asked
from dashboard.analysis.marks import BLUE, Part, Spread, Told, share_rows, spread_rows
from dashboard.analysis.panel import Panel, heading
from dashboard.formats import number, percent, working_duration
from dashboard.reports.sheets import Column, Sheet
from dashboard.text import _
from models.queries.spread import spread, where_time_goes

_OFTEN = 0.1


def panels(asked: Asked, *, dark: bool) -> list[Panel]:
    """Spread per step, and the split of a case's working time."""
    return [_spread(asked, dark=dark), _split(asked, dark=dark)]


def _spread(asked: Asked, *, dark: bool) -> Panel:
    durations = reads.read(spread, **asked.reading(), asked=asked.behind(kind="finished"))
    frame = frames.step_spread(durations, asked.sop)
    frame.insert(0, "name", [asked.step_name(key) for key in frame["step_key"]])
    rows = frame.to_dict("records")
    told = [
        Told(
            key=urlencode({"langkah": row["step_key"], "jenis": "finished"}),
            name=row["name"],
            small=_target(row),
            under=_figures(row),
            more=(_target(row), _figures(row), _longest(row)),
        )
        for row in rows
    ]
    return Panel(
        key="spread",
        title=_("Working time of each step"),
        message=_spread_message(asked),
        figure=spread_rows(told, [_relative(row) for row in rows], _legend(), dark=dark),
        sheet=Sheet(
            name=_("Working time"),
            heading=heading(asked, _("Working time by step")),
            columns=(
                Column("name", _("Step"), "long_text", 40),
                Column("target", _("Target (working hours)"), "duration", 12),
                Column("n", _("Finished"), "integer", 9),
                Column("mean", _("Mean (working hours)"), "duration", 12),
                Column("median", _("Median (working hours)"), "duration", 12),
                Column("p90", _("P90 (working hours)"), "duration", 12),
                Column("max", _("Longest (working hours)"), "duration", 12),
            ),
            frame=frame,
        ),
        notes=(
            _(
                "Drawn in shares of the target, a day as 7.5 working hours. What is left of day 0, up to a whole day, "
                "comes on top: a bar may pass the line by that much and still be on time."
            ),
        ),
    )


def _longest(row: Mapping[Any, Any]) -> str:
    longest = _("longest {time}", time=working_duration(int(row["max"])))
    return f"{longest} · n = {number(row['n'])}"


def _legend() -> tuple[str, str, str, str]:
    return _("Middle half"), _("8 of 10"), _("Median"), _("Target")


def _figures(row: Mapping[Any, Any]) -> str:
    return " · ".join(
        [
            _("median {time}", time=working_duration(int(row["median"]))),
            _("P90 {time}", time=working_duration(int(row["p90"]))),
        ]
    )


def _target(row: Mapping[Any, Any]) -> str:
    return "" if pd.isna(row["target"]) else _("target {time}", time=working_duration(int(row["target"])))


def _relative(row: Mapping[Any, Any]) -> Spread:
    target = None if pd.isna(row["target"]) else float(row["target"])
    base = target or max(row["p90"], 1.0) / 1.5
    shares = {name: row[name] / base for name in ("p10", "p25", "median", "p75", "p90")}
    return Spread(**shares, target=target)


def _spread_message(asked: Asked) -> str:
    """By the verdicts, not by the minutes: what is left of day 0 belongs to nobody's target and is on time."""
    matrix = compliance.matrix(asked.counts(), asked.sop)
    judged = matrix[matrix["enough"]]
    if judged.empty:
        return _("No measured step has been finished yet.")
    often = judged[judged["rate"] < 1 - _OFTEN]
    if often.empty:
        return _("At every step nine in ten cases keep their time.")
    worst = frames.least(judged, "rate")
    return _(
        "{count} of {n} steps miss their time in more than one of ten cases; most of all {step}: {share}.",
        count=number(len(often)),
        n=number(len(judged)),
        step=asked.step_name(worst["step_key"]),
        share=percent(1 - worst["rate"]),
    )


def _split(asked: Asked, *, dark: bool) -> Panel:
    cases, shares = reads.read(where_time_goes, **asked.reading(), asked=asked.behind())
    frame = frames.time_split(cases, shares, asked.sop)
    frame.insert(0, "name", [asked.step_name(key) for key in frame["step_key"]])
    rows = frame.to_dict("records")
    longest = max(frame["share"], default=1) or 1
    told = [
        Told(
            key=urlencode({"langkah": row["step_key"], "jenis": "ended"}),
            name=row["name"],
            end=f"{percent(row['share'], 0)} · {working_duration(int(row['mean']))}",
        )
        for row in rows
    ]
    bar = Part(_("Working time"), BLUE[dark], [row["share"] / longest for row in rows])
    message = ""
    if rows:
        most = frames.most(frame, "share")
        message = _(
            "A case that ended took {time} of working time on average ({cases} cases); {share} of it in {step}.",
            time=working_duration(int(frame["mean"].sum())),
            cases=number(cases),
            share=percent(most["share"], 0),
            step=most["name"],
        )
    return Panel(
        key="split",
        title=_("Where the time of a case goes"),
        message=message,
        figure=share_rows(told, [bar], dark=dark, legend=False, room=150),
        empty=_("No case ended in this period."),
        sheet=Sheet(
            name=_("Where time goes"),
            heading=heading(asked, _("Where the time of a case goes")),
            columns=(
                Column("name", _("Step"), "long_text", 40),
                Column("mean", _("Mean per case (working hours)"), "duration", 14),
                Column("share", _("Share"), "percent", 10),
            ),
            frame=frame,
        ),
    )
