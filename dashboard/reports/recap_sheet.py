"""Sheet Rekapitulasi: what was carried over, received, closed and is left, per month and by the form's choices."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

import pandas as pd

from dashboard.formats import month_and_year
from dashboard.reports.sheets import Column, Sheet
from dashboard.text import _, language
from models.period import Period
from models.queries.reports import ReportCase
from models.sop import FieldType

if TYPE_CHECKING:
    from dashboard.reports.semester import Source


def build(source: Source, *, heading: tuple[str, ...]) -> Sheet:
    """Rows per month up to the moment of the report, the total of the period, then by each choice of the form."""
    finals = [status for status in source.sop.statuses if status.final]
    columns = (
        Column("label", _("Breakdown"), "text", 44),
        Column("carried", _("Carried over from before"), "integer", 16),
        Column("received", _("Received"), "integer", 12),
        Column("sum", _("Sum"), "integer", 12),
        *(Column(f"status.{s.key}", s.label.in_language(language()), "integer", 14) for s in finals),
        Column("left", _("Left"), "integer", 12),
    )
    rows = [*_months(source), *_choices(source)]
    return Sheet(
        name=_("Recapitulation"),
        heading=heading,
        columns=columns,
        frame=pd.DataFrame(rows, columns=[column.key for column in columns]),
        notes=(
            _(
                "Carried over = received earlier and not closed by the first day of its row. Left = sum less closed."
            ),
        ),
    )


def _months(source: Source) -> Iterator[dict[str, Any]]:
    for month in source.months.months():
        period = Period.month(month // 100, month % 100)
        if source.calendar.midnight(period.first_on) <= source.as_of:
            yield _line(
                month_and_year(period.first_on), source, source.cases, period.first_on, period.last_on
            )
    yield _line(_("The whole period"), source, source.cases, *_bounds(source))


def _choices(source: Source) -> Iterator[dict[str, Any]]:
    for field in source.sop.fields:
        if field.in_report and field.type is FieldType.CHOICE and not field.confidential:
            for choice in field.choices:
                chosen = [case for case in source.cases if case.data.get(field.key) == choice.key]
                name = f"{field.label.in_language(language())}: {choice.label.in_language(language())}"
                if chosen:
                    yield _line(name, source, chosen, *_bounds(source))
    for outcome in source.sop.outcomes:
        chosen = [case for case in source.cases if _has_outcome(case, outcome.key)]
        if chosen:
            name = f"{_('Result')}: {outcome.label.in_language(language())}"
            yield _line(name, source, chosen, *_bounds(source))


def _has_outcome(case: ReportCase, outcome: str) -> bool:
    """Whether a step of the case itself ended so; skipped steps carry the outcome that took them out."""
    return any(
        standing.outcome == outcome and standing.verdict != "skipped" for standing in case.rounds.values()
    )


def _bounds(source: Source) -> tuple[date, date]:
    first, last = source.months.first, source.months.last
    return date(first // 100, first % 100, 1), Period.month(last // 100, last % 100).last_on


def _line(
    label: str, source: Source, cases: list[ReportCase], first_on: date, last_on: date
) -> dict[str, Any]:
    start = source.calendar.midnight(first_on)
    end = source.calendar.midnight(date.fromordinal(last_on.toordinal() + 1))
    carried = [c for c in cases if c.received_at < start and _open_at(c, start)]
    received = [c for c in cases if start <= c.received_at < end]
    closed = [c for c in carried + received if c.closed_at is not None and start <= c.closed_at < end]
    line: dict[str, Any] = {"label": label, "carried": len(carried), "received": len(received)}
    line["sum"] = line["carried"] + line["received"]
    for status in source.sop.statuses:
        if status.final:
            line[f"status.{status.key}"] = sum(c.status == status.key for c in closed)
    line["left"] = line["sum"] - len(closed)
    return line


def _open_at(case: ReportCase, moment: datetime) -> bool:
    return case.closed_at is None or case.closed_at >= moment
