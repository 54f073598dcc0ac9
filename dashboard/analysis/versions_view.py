"""Versi SOP: what each version of the SOP made of the same steps."""

from urllib.parse import urlencode

import pandas as pd

from dashboard import compliance
from dashboard.analysis.asked import Asked
from dashboard.analysis.marks import Told, pair_rows
from dashboard.analysis.panel import Panel, heading
from dashboard.formats import date_plain, number, percent
from dashboard.reports.sheets import Column, Sheet
from dashboard.text import _

SHOWN = 3  # the newest


def panels(asked: Asked, *, dark: bool) -> list[Panel]:
    """A mark per version on each step's line, all cases whatever version is chosen above."""
    versions = asked.versions[:SHOWN]
    counted = {version_id: _rates(asked.of_version(version_id, sop)) for version_id, sop in versions}
    keys = [step.key for step in asked.sop.steps if step.counted]
    table, told, marks = [], [], []
    for key in keys:
        figures = [counted[version_id].get(key, (0, None)) for version_id, _sop in versions]
        table.append([asked.step_name(key), *(value for n, rate in figures for value in (n, rate))])
        told.append(
            Told(
                key=urlencode({"langkah": key}),
                name=asked.step_name(key),
                end=" | ".join(percent(rate) for _n, rate in figures),
                more=tuple(
                    f"{_name(sop.version)}: {percent(rate)} (n = {number(n)})"
                    for (n, rate), (_id, sop) in zip(figures, versions, strict=True)
                ),
            )
        )
        marks.append([rate for _n, rate in figures])
    columns = [Column("name", _("Step"), "long_text", 40)]
    for version_id, sop in versions:
        columns += [
            Column(f"n{version_id}", f"n · {_name(sop.version)}", "integer", 12),
            Column(f"rate{version_id}", f"{_('Compliance')} · {_name(sop.version)}", "percent", 14),
        ]
    return [
        Panel(
            key="versions",
            title=_("The versions of the SOP compared"),
            message=_message(asked),
            figure=pair_rows(told, marks, [_name(sop.version) for _id, sop in versions], dark=dark, room=130),
            sheet=Sheet(
                name=_("SOP versions"),
                heading=heading(asked, _("Compliance by SOP version")),
                columns=tuple(columns),
                frame=pd.DataFrame(table, columns=[column.key for column in columns]),
            ),
            notes=tuple(
                _(
                    "Version {version}: in force from {date}.",
                    version=sop.version,
                    date=date_plain(sop.effective_from),
                )
                for _id, sop in versions
            ),
        )
    ]


def _rates(asked: Asked) -> dict[str, tuple[int, float | None]]:
    matrix = compliance.matrix(asked.counts(), asked.sop)
    rows = matrix[matrix["measured"]].to_dict("records")
    return {row["step_key"]: (int(row["n"]), row["rate"] if row["n"] else None) for row in rows}


def _message(asked: Asked) -> str:
    if len(asked.versions) < 2:
        return _("There is one version of this SOP: {number}.", number=asked.sop.number)
    said = []
    for version_id, sop in asked.versions[:SHOWN]:
        whole = compliance.overall(asked.of_version(version_id, sop).counts())
        said.append(f"{_name(sop.version)}: {percent(whole.rate)} (n = {number(whole.n)})")
    return " · ".join(said)


def _name(version: int) -> str:
    return _("version {version}", version=version)
