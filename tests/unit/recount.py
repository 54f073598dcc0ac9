"""The figures of the semester report, counted a second time: plain SQL rows and plain Python, nothing of the program's.

Moments in the file are "YYYY-MM-DD HH:MM" in UTC, so they compare as text; seven hours later they are the office's.
"""

import json
import sqlite3
from collections import Counter
from datetime import date, datetime, timedelta
from pathlib import Path
from statistics import mean, median
from typing import Any

Row = dict[str, Any]


def in_office(moment: str) -> datetime:
    return datetime.strptime(moment[:16], "%Y-%m-%d %H:%M") + timedelta(hours=7)  # noqa: DTZ007 - as stored


def stored(day: date) -> str:
    """The office's midnight at the start of a day, as the file has it."""
    return f"{datetime(day.year, day.month, day.day) - timedelta(hours=7):%Y-%m-%d %H:%M}"


def first_of_next_month(month: date) -> date:
    return (month.replace(day=28) + timedelta(days=4)).replace(day=1)


class Recount:
    """The rows of one SOP, and a run of whole months from `first_on` up to and without `after_on`."""

    def __init__(self, path: Path, *, code: str, first_on: date, after_on: date, as_of: str) -> None:
        with sqlite3.connect(path) as connection:
            connection.row_factory = sqlite3.Row
            cases = connection.execute(
                "SELECT * FROM case_file WHERE code = ? ORDER BY register_year, register_seq", (code,)
            )
            self.cases: list[Row] = [dict(row) | {"data": json.loads(row["data"])} for row in cases]
            rounds = connection.execute("SELECT * FROM step_round WHERE code = ? ORDER BY id", (code,))
            self.rounds: list[Row] = [dict(row) for row in rounds]
        connection.close()
        self.first_on, self.after_on, self.as_of = first_on, after_on, as_of

    def verdict(self, one: Row) -> str | None:
        """On time, late or overdue; None for what is outside the percentage."""
        if not one["counted"] or one["late_from"] is None or one["state"] in ("void", "skipped"):
            return None
        if one["finished_at"] is not None:
            if one["finished_at"] >= one["late_from"]:
                return "late"
            return None if one["state"] == "stopped" else "on_time"
        return "overdue" if one["late_from"] <= self.as_of else None

    def due_here(self) -> list[Row]:
        return [
            one
            for one in self.rounds
            if one["due_at"] and self.first_on <= in_office(one["due_at"]).date() < self.after_on
        ]

    def verdicts(self, step_key: str | None = None) -> Counter[str]:
        here = [one for one in self.due_here() if step_key in (None, one["step_key"])]
        return Counter(found for one in here if (found := self.verdict(one)))

    def took(self, step_key: str) -> tuple[float, float, float] | None:
        """Mean, median and longest of the working minutes of what was finished."""
        minutes = [
            one["worked_minutes"]
            for one in self.due_here()
            if one["step_key"] == step_key and one["state"] == "done" and one["worked_minutes"] is not None
        ]
        return (mean(minutes), median(minutes), max(minutes)) if minutes else None

    def late(self) -> list[Row]:
        found = [one for one in self.due_here() if self.verdict(one) in ("late", "overdue")]
        return sorted(found, key=lambda one: (one["due_at"], one["id"]))

    def of_report(self) -> list[Row]:
        """The cases received in the period or carried into it."""
        start, end = stored(self.first_on), stored(self.after_on)
        return [
            c
            for c in self.cases
            if c["received_at"] < end and not (c["closed_at"] and c["closed_at"] < start)
        ]

    def balance(self, cases: list[Row], first_on: date, after_on: date) -> Row:
        """Carried over, received, closed by status, left."""
        start, end = stored(first_on), stored(after_on)
        carried = received = 0
        closed: Counter[str] = Counter()
        for case in cases:
            if case["received_at"] >= end or (case["closed_at"] and case["closed_at"] < start):
                continue
            carried += case["received_at"] < start
            received += case["received_at"] >= start
            if case["closed_at"] and case["closed_at"] < end:
                closed[case["status"]] += 1
        left = carried + received - closed.total()
        return {"carried": carried, "received": received, "closed": closed, "left": left}

    def outcomes(self, case: Row) -> set[str]:
        """The results that the latest round of each of the case's steps came to."""
        latest = {one["step_key"]: one for one in self.rounds_of(case) if one["state"] != "void"}
        return {one["outcome"] for one in latest.values() if one["outcome"] and one["state"] != "skipped"}

    def rounds_of(self, case: Row) -> list[Row]:
        return [one for one in self.rounds if one["case_id"] == case["id"]]
