"""Sheet Rekapitulasi: what was carried over, received, closed and is left, per month and by what the SOP counts by.

Decided 2026-11. Each breakdown adds up to the whole: a case stands under one value of it, and one without a value under
a line that says so. Texts that differ in capitals or blanks alone are one value, under the spelling met most often; of
a text with very many values the rarer ones are told together. Cases that are hidden from somebody are counted for
everybody.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from dashboard.formats import month_and_year, number
from dashboard.reports.sheets import Column, Sheet
from dashboard.text import _, language
from models.errors import N_
from models.period import Period
from models.queries.reports import ReportCase
from models.sop import Field, FieldType, Sop
from models.sop_books import Journal

if TYPE_CHECKING:
    from dashboard.reports.source import Source

NAME = N_("Recapitulation")
MOST_VALUES = 40  # of a text, told apart
Group = npt.NDArray[np.int64]  # of each case the place of its value
Named = tuple[Sequence[str], Group]  # the values of a breakdown


def build(source: Source, *, heading: tuple[str, ...]) -> Sheet:
    """Rows per month up to the moment of the report, the total of the period, then each breakdown."""
    finals = [status for status in source.sop.statuses if status.final]
    columns = (
        Column("label", _("Breakdown"), "long_text", 44),
        Column("carried", _("Carried over from before"), "integer", 16),
        Column("received", _("Received"), "integer", 12),
        Column("sum", _("Sum"), "integer", 12),
        *(Column(f"status.{s.key}", s.label.in_language(language()), "integer", 14) for s in finals),
        Column("left", _("Left"), "integer", 12),
    )
    balance = _Balance(source)
    rows = [*_months(source, balance), *_breakdowns(source, balance)]
    notes = [
        _(
            "Carried over = received earlier and not closed by the first day of its row. Left = sum less closed."
        ),
        _("Each breakdown adds up to the whole period."),
    ]
    if not source.cases:
        notes.insert(0, _("NIL: no case was received in this period or carried into it."))
    return Sheet(
        name=_(NAME),
        heading=heading,
        columns=columns,
        frame=pd.DataFrame(rows, columns=[column.key for column in columns]),
        notes=tuple(notes),
    )


class _Balance:
    """Counts cases between two of the office's midnights; the cases as arrays, so that many rows cost little."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._statuses = [status.key for status in source.sop.statuses if status.final]
        self._received = _minutes([case.received_at for case in source.cases])
        self._closed = _minutes([case.closed_at for case in source.cases])
        place = {key: n for n, key in enumerate(self._statuses)}
        self._status = np.array([place.get(case.status, -1) for case in source.cases], np.int64)

    def lines(
        self, labels: Sequence[str], first_on: date, last_on: date, group: Group | None = None
    ) -> list[dict[str, Any]]:
        """A row for each label, of the cases whose `group` is its place; without `group` all are under the one label.

        The days are those from the first to the last, both included.
        """
        group = np.zeros(len(self._received), np.int64) if group is None else group
        calendar = self._source.calendar
        (start,), (end,) = (
            _minutes([calendar.midnight(day)])
            for day in (first_on, date.fromordinal(last_on.toordinal() + 1))
        )
        open_then = np.isnat(self._closed) | (self._closed >= start)
        carried = (self._received < start) & open_then
        received = (self._received >= start) & (self._received < end)
        closed = (carried | received) & (self._closed < end) & (self._closed >= start)
        counts = {
            "carried": self._count(carried, group, labels),
            "received": self._count(received, group, labels),
        }
        counts["sum"] = counts["carried"] + counts["received"]
        for n, key in enumerate(self._statuses):
            counts[f"status.{key}"] = self._count(closed & (self._status == n), group, labels)
        counts["left"] = counts["sum"] - self._count(closed, group, labels)
        return [
            {"label": label} | {key: int(count[n]) for key, count in counts.items()}
            for n, label in enumerate(labels)
        ]

    @staticmethod
    def _count(which: npt.NDArray[np.bool_], group: Group, labels: Sequence[str]) -> Group:
        return np.bincount(group[which], minlength=len(labels))


def _minutes(moments: Sequence[Any]) -> npt.NDArray[np.datetime64]:
    """Moments, which are in UTC, as an array; None as NaT."""
    return np.array(
        [None if moment is None else moment.replace(tzinfo=None) for moment in moments], "datetime64[m]"
    )


def _months(source: Source, balance: _Balance) -> Iterator[dict[str, Any]]:
    for month in source.months.months():
        period = Period.month(month // 100, month % 100)
        if source.calendar.midnight(period.first_on) <= source.as_of:
            yield from balance.lines([month_and_year(period.first_on)], period.first_on, period.last_on)
    yield from balance.lines([_("The whole period")], *_bounds(source))


def _bounds(source: Source) -> tuple[date, date]:
    first, last = source.months.first, source.months.last
    return date(first // 100, first % 100, 1), Period.month(last // 100, last % 100).last_on


def _breakdowns(source: Source, balance: _Balance) -> Iterator[dict[str, Any]]:
    """The values that a case has, each breakdown under its name."""
    for title, (labels, group) in _named(source):
        named = [f"{title}: {label}" for label in labels]
        yield from (row for row in balance.lines(named, *_bounds(source), group) if row["sum"])


def _named(source: Source) -> Iterator[tuple[str, Named]]:
    sop, cases = source.sop, source.cases
    if sop.outcomes:
        yield _("Classification"), _outcomes(sop, cases)
    for field in sop.fields:
        if field.breakdown:
            title = field.label.in_language(language())
            yield title, _values(field, cases)
    for journal in sop.journals:
        if journal.standing:
            yield journal.label.in_language(language()), _standings(journal, cases)


def _outcomes(sop: Sop, cases: Sequence[ReportCase]) -> Named:
    """By the result of the last step that has one; a case without is not classified yet."""
    steps = [step.key for step in sop.case_steps if step.outcomes]

    def result(case: ReportCase) -> str | None:
        found = [one.outcome for key in steps if (one := case.rounds.get(key)) and one.outcome]
        return found[-1] if found else None

    labels = {outcome.key: outcome.label.in_language(language()) for outcome in sop.outcomes}
    return _grouped(labels, map(result, cases), _("Not classified yet"))


def _values(field: Field, cases: Sequence[ReportCase]) -> Named:
    values = (case.data.get(field.key) for case in cases)
    if field.type is FieldType.CHOICE:
        labels = {choice.key: choice.label.in_language(language()) for choice in field.choices}
        return _grouped(labels, values, _("Not filled in"))
    if field.type is FieldType.YES_NO:
        said = ({True: "yes", False: "no"}.get(value) if value is not None else None for value in values)
        return _grouped({"yes": _("Yes"), "no": _("No")}, said, _("Not filled in"))
    return _texts(list(values))


def _texts(values: Sequence[Any]) -> Named:
    """Each text under its most frequent spelling, the most frequent text first."""
    written = [" ".join(str(value or "").split()) for value in values]
    spellings: dict[str, Counter[str]] = {}
    for text in written:
        if text:
            spellings.setdefault(text.casefold(), Counter())[text] += 1
    order = sorted(spellings, key=lambda key: (-spellings[key].total(), key))
    kept = order if len(order) <= MOST_VALUES else order[: MOST_VALUES - 1]
    labels = {key: min(spellings[key], key=lambda text: (-spellings[key][text], text)) for key in kept}
    rest = len(order) - len(kept)
    others = "\0"  # no text that was typed
    if rest:
        labels[others] = _("{count} others", count=number(rest))
    keys = (text.casefold() if text.casefold() in labels else others for text in written)
    return _grouped(
        labels, (key if text else None for key, text in zip(keys, written, strict=True)), _("Not filled in")
    )


def _standings(journal: Journal, cases: Sequence[ReportCase]) -> Named:
    assert journal.standing is not None  # noqa: S101 - asked of such logbooks alone
    standing = journal.standing
    field = next(field for field in journal.fields if field.key == standing.field)
    labels = {choice.key: choice.label.in_language(language()) for choice in field.choices}
    values = (case.standings.get(journal.key, standing.otherwise) for case in cases)
    return _grouped(labels, values, _("Not filled in"))


def _grouped(labels: dict[str, str], values: Iterator[str | None], without: str) -> Named:
    """Values that have no label, because another version knew them, come under themselves; none under `without`."""
    found = list(values)
    known = [*labels, *sorted({value for value in found if value and value not in labels})]
    place = {key: n for n, key in enumerate(known)}
    group = np.array([place[value] if value else len(known) for value in found], np.int64)
    return [*(labels.get(key, key) for key in known), without], group
