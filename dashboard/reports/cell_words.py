"""A cell of a sheet as words, in the formats of the language spoken."""

import pandas as pd

from dashboard.formats import date_short, moment_short, number, percent
from dashboard.reports.sheets import Kind


def cell_words(kind: Kind, value: object) -> str:
    """What stands in a cell; "" for an empty one, "-" for a share or a duration of nothing."""
    if value is None or value is pd.NA or value is pd.NaT or (isinstance(value, float) and pd.isna(value)):
        return "-" if kind in ("percent", "duration") else ""
    if kind == "percent":
        return percent(float(str(value)))
    if kind in ("integer", "number"):
        return number(float(str(value)), 0 if kind == "integer" else None)
    if kind == "duration":
        return number(float(str(value)) / 60, 1)
    if kind == "date":
        return date_short(value)  # type: ignore[arg-type]  # a date by its column's kind
    if kind == "moment":
        return moment_short(value)  # type: ignore[arg-type]  # a moment by its column's kind
    return str(value)
