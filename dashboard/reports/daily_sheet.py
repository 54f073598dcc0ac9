"""Sheet Cek Surel: month by month the working days, those with a check, and the dates without one."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import pandas as pd

from dashboard.formats import date_short, month_and_year
from dashboard.reports.sheets import Column, Sheet, sheet_name
from dashboard.text import _, language
from models.queries.duty_facts import DailyFacts, DayMonth
from models.sop import Field, FieldType
from models.sop_books import Duty

if TYPE_CHECKING:
    from dashboard.reports.source import Source


def build(source: Source, duty: Duty, *, heading: tuple[str, ...]) -> Sheet:
    """A row per month that has a working day or a check, then the total of the period."""
    facts = next(one for one in source.daily if one.duty.key == duty.key)
    numbers = [field for field in duty.fields if field.type is FieldType.NUMBER]
    columns = (
        Column("label", _("Month"), "text", 20),
        Column("n", _("Working days"), "integer", 10),
        Column("done", _("Days with a check"), "integer", 10),
        Column("rate", _("Share of days"), "percent", 10),
        Column("recorded_late", _("Recorded on a later day"), "integer", 12),
        *(_found(field, facts) for field in numbers),
        Column("missed", _("Days without a check"), "long_text", 50),
    )
    rows = [_row(month) for month in facts.months]
    if rows:
        rows.append(_total(facts, rows))
    return Sheet(
        name=sheet_name(duty.label.in_language(language())),
        heading=heading,
        columns=columns,
        frame=pd.DataFrame(rows, columns=[column.key for column in columns]),
        notes=(
            _("A working day counts once it is over, or as soon as it has a check."),
            _("Numbers found include checks made on days off, which count for no working day."),
        ),
        total=bool(rows),
    )


def _found(field: Field, facts: DailyFacts) -> Column:
    whole = all(float(month.found[field.key]).is_integer() for month in facts.months)
    label = field.label.in_language(language())
    return Column(f"found.{field.key}", label, "integer" if whole else "number", 14)


def _row(month: DayMonth) -> dict[str, Any]:
    return {
        "label": month_and_year(date(month.month // 100, month.month % 100, 1)),
        "n": month.due,
        "done": month.done,
        "rate": month.done / month.due if month.due else None,
        "recorded_late": month.recorded_late,
        "missed": ", ".join(date_short(day) for day in month.missed),
    } | {f"found.{key}": value for key, value in month.found.items()}


def _total(facts: DailyFacts, rows: list[dict[str, Any]]) -> dict[str, Any]:
    due, done = sum(month.due for month in facts.months), sum(month.done for month in facts.months)
    return {
        "label": _("The whole period"),
        "n": due,
        "done": done,
        "rate": done / due if due else None,
        "recorded_late": sum(month.recorded_late for month in facts.months),
    } | {key: sum(row[key] for row in rows) for key in rows[0] if key.startswith("found.")}
