"""Sheet Matriks: one row per case, in the columns the SOP wants in its report.

Decided 2026-11. Which columns there are is said by the SOP's file: fields, days of steps, results of steps and fields
of their forms, standings of logbooks. What a result alone asks for (to which agency, under which number) stands behind
the result in one cell, for it is empty in most cases and would take a column each. Reporters' identities are no part of
it unless they were handed out for this very report (`models.commands.identity`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from dashboard.formats import WIB
from dashboard.reports.sheets import Column, Kind, Sheet, sheet_name, withheld
from dashboard.stored import stored_words
from dashboard.text import _, language
from models.queries.report_fields import ReportedStep, names_alone, report_fields
from models.queries.reports import ReportCase
from models.sop import Field, FieldType, Sop
from models.sop_books import Journal

if TYPE_CHECKING:
    from dashboard.reports.source import Source

_WIDTHS: dict[FieldType, float] = {
    FieldType.CHOICE: 12, FieldType.CHOICES: 12, FieldType.TEXT: 12, FieldType.LONG_TEXT: 24, FieldType.PLACE: 11,
    FieldType.DATE: 10, FieldType.DATETIME: 10, FieldType.PEOPLE: 16, FieldType.NUMBER: 8, FieldType.YES_NO: 7,
}  # fmt: skip
_REPEATED = frozenset({FieldType.CHOICE, FieldType.YES_NO})
IDENTITY = "identity"  # columns with it in their key are no part of the report's data
Reader = Callable[[ReportCase], Any]


@dataclass(frozen=True, slots=True)
class _Filled:
    """A column, and how a case fills it."""

    column: Column
    read: Reader


def build(source: Source, *, heading: tuple[str, ...]) -> Sheet:
    """All cases received in the period or carried into it, in the order of the register."""
    shown = [case for case in source.cases if not case.hidden]
    filled = [*_case_columns(source), *_step_columns(source), *_standing_columns(source), *_end(source)]
    days = Column("days", _("Working days"), "integer", 7)
    place = next(n for n, one in enumerate(filled) if one.column.key == "kept")
    columns = [one.column for one in filled]
    data: dict[str, Sequence[Any]] = {one.column.key: [one.read(case) for case in shown] for one in filled}
    data["no"] = range(1, len(shown) + 1)
    data["days"] = _working_days(shown, source)
    columns = [Column("no", _("No."), "integer", 5), *columns[:place], days, *columns[place:]]
    return Sheet(
        name=list_name(source.sop),
        heading=heading,
        columns=tuple(columns),
        frame=pd.DataFrame({column.key: data[column.key] for column in columns}),
        notes=(
            _("A date under a step is the day on which it was finished."),
            _("Working days are counted from the day after receipt to the day of closing."),
            withheld(),
        ),
    )


def list_name(sop: Sop) -> str:
    """What the SOP calls its list of cases."""
    return sheet_name(sop.report.list.in_language(language())) if sop.report else _("Matrix")


# ---------------------------------------------------------------- columns


def _case_columns(source: Source) -> Iterator[_Filled]:
    sop = source.sop
    subject = sop.field(sop.subject_field).label.in_language(language())
    yield _Filled(Column("register_no", _("Register no."), "text", 15), lambda case: case.register_no)
    yield _Filled(Column("received", _("Received"), "date", 10), lambda case: _on(case.received_at))
    yield _Filled(Column("subject", subject, "long_text", 22), lambda case: case.subject)
    for field in sop.fields:
        if field.in_report and not field.confidential and field.key != sop.subject_field:
            yield _field_column(f"field.{field.key}", field, _data)
    if sop.confidential_fields:
        yield from _identity_columns(source)


def _data(case: ReportCase) -> Mapping[str, Any]:
    return case.data


def _identity_columns(source: Source) -> Iterator[_Filled]:
    identities = source.identities
    fields = source.sop.confidential_fields
    if identities is None:
        label = source.sop.group(fields[0].group).label.in_language(language())
        confidential = _("confidential")
        yield _Filled(Column(IDENTITY, label, "text", 10), lambda _case: confidential)
        return
    for field in fields:
        if field.in_report:
            yield _field_column(
                f"{IDENTITY}.{field.key}", field, lambda case: identities.get(case.case_id, {})
            )


def _step_columns(source: Source) -> Iterator[_Filled]:
    reported = report_fields(source.sop).steps
    with_result = [one for one in reported.values() if one.step.outcomes]
    for key, one in reported.items():
        if one.step.in_report:
            title = f"{one.step.no}. {one.step.name.in_language(language())}"
            yield _Filled(Column(f"step.{key}", title, "date", 10), _finished(key))
        if one.step.outcomes:
            title = _("Classification/result")
            if len(with_result) > 1:
                title = f"{one.step.no}. {title}"
            yield _Filled(Column(f"outcome.{key}", title, "long_text", 20), _outcome(source, one))
        for field in one.fields:
            if not (one.step.outcomes and field.show_if):
                yield _field_column(f"step.{key}.{field.key}", field, _values(key))


def _finished(step_key: str) -> Reader:
    def read(case: ReportCase) -> date | None:
        latest = case.rounds.get(step_key)
        return _on(latest.finished_at) if latest and latest.finished_at else None

    return read


def _values(step_key: str) -> Callable[[ReportCase], Mapping[str, Any]]:
    def values(case: ReportCase) -> Mapping[str, Any]:
        latest = case.rounds.get(step_key)
        return latest.values if latest else {}

    return values


def _outcome(source: Source, one: ReportedStep) -> Reader:
    """The result of the step's latest round, and behind it what the result asked for."""
    labels = {outcome.key: outcome.label.in_language(language()) for outcome in source.sop.outcomes}
    asked = [(field, field.label.in_language(language())) for field in one.fields if field.show_if]

    def read(case: ReportCase) -> str:
        latest = case.rounds.get(one.step.key)
        if latest is None or not latest.outcome:
            return "-"
        said = [
            f"{label}: {stored_words(field, latest.values[field.key])}"
            for field, label in asked
            if field.key in latest.values
        ]
        words = labels.get(latest.outcome, latest.outcome)
        return f"{words} ({'; '.join(said)})" if said else words

    return read


def _standing_columns(source: Source) -> Iterator[_Filled]:
    for journal in source.sop.journals:
        if journal.standing:
            column = Column(f"standing.{journal.key}", journal.label.in_language(language()), "long_text", 13)
            yield _Filled(column, _standing(journal))


def _standing(journal: Journal) -> Callable[[ReportCase], str]:
    """How a case stands by the logbook, in the words of its choice."""
    assert journal.standing is not None  # noqa: S101 - asked of such logbooks alone
    otherwise = journal.standing.otherwise
    field = next(field for field in journal.fields if field.key == journal.standing.field)
    words = lru_cache(maxsize=64)(lambda key: stored_words(field, key))
    return lambda case: words(case.standings.get(journal.key, otherwise))


def _end(source: Source) -> Iterator[_Filled]:
    statuses = {status.key: status.label.in_language(language()) for status in source.sop.statuses}
    carried = _("Carried over from {period}", period=source.months.before_label())
    short = _("Short notice")
    first = source.months.first

    def remark(case: ReportCase) -> str:
        found = [carried] if case.received_month < first else []
        found += [short] if case.short_notice else []
        found += [case.close_reason] if case.close_reason else []
        return "; ".join(found)

    yield _Filled(
        Column("status", _("Status"), "long_text", 12), lambda case: statuses.get(case.status, case.status)
    )
    yield _Filled(
        Column("closed", _("Closed"), "date", 10),
        lambda case: _on(case.closed_at) if case.closed_at else None,
    )
    yield _Filled(Column("kept", _("Time kept"), "text", 10), _kept())
    yield _Filled(Column("remark", _("Remark"), "long_text", 14), remark)


def _kept() -> Reader:
    in_time = _("On time")

    @lru_cache(maxsize=256)
    def said(late: int, n: int) -> str:
        return _("{late} of {n} late", late=late, n=n)

    def read(case: ReportCase) -> str:
        if not case.judged:
            return "-"
        return said(case.late, case.judged) if case.late else in_time

    return read


# ---------------------------------------------------------------- values


def _field_column(key: str, field: Field, values: Callable[[ReportCase], Mapping[str, Any]]) -> _Filled:
    """A field as it is stored under its own key: dates as dates, numbers as numbers, all else in words."""
    column = Column(key, field.label.in_language(language()), _kind(field), _WIDTHS[field.type])
    read = _reader(field)
    return _Filled(column, lambda case: read(values(case).get(field.key)))


def _kind(field: Field) -> Kind:
    if field.type in (FieldType.DATE, FieldType.DATETIME):
        return "date"
    return "number" if field.type is FieldType.NUMBER else "long_text"


def _reader(field: Field) -> Callable[[Any], Any]:
    if field.type is FieldType.DATE:
        return lambda value: date.fromisoformat(value) if value else None
    if field.type is FieldType.DATETIME:
        return lambda value: _on(datetime.fromisoformat(value)) if value else None
    if field.type is FieldType.NUMBER:
        return lambda value: value
    if field.type in _REPEATED:
        return lru_cache(maxsize=1024)(lambda value: stored_words(field, value))
    return lambda value: stored_words(field, names_alone(field, value))


def _on(moment: datetime) -> date:
    """The office's date of a moment."""
    return moment.astimezone(WIB).date()


def _working_days(cases: Sequence[ReportCase], source: Source) -> list[int | None]:
    """Working days after the day of receipt up to the day of closing; None while the case is open."""
    closed = [(case.received_at, case.closed_at) for case in cases if case.closed_at is not None]
    if not closed:
        return [None] * len(cases)
    spans = np.array([(_on(first).toordinal(), _on(last).toordinal()) for first, last in closed], np.int64)
    first_on = date.fromordinal(int(spans.min()))
    days = (first_on + timedelta(days=n) for n in range(int(spans.max() - spans.min()) + 1))
    working = np.cumsum([source.calendar.is_working_day(day) for day in days])
    from_on, to_on = (spans - first_on.toordinal()).T
    counts = iter((working[to_on] - working[from_on]).tolist())
    return [next(counts) if case.closed_at is not None else None for case in cases]
