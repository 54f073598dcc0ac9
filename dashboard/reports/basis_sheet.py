"""Sheet Keterangan: what each figure of the report rests on, so that somebody else can come to the same.

It is no part of the report's data: it names who made it and when, and carries the hash of the rest.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING

import pandas as pd

from dashboard import compliance
from dashboard.formats import date_plain, moment_long, number, percent
from dashboard.reports import compliance_sheet, digest
from dashboard.reports.sheets import Column, Sheet
from dashboard.reports.source import bounds
from dashboard.text import _, language
from models.errors import N_
from models.sop import Sop

if TYPE_CHECKING:
    from dashboard.reports.source import Source

NAME = N_("About the figures")
Said = tuple[str, str, int | None]  # which figure, what it is, how many stand behind it


def build(source: Source, sheets: Sequence[Sheet], *, made_by: str, heading: tuple[str, ...]) -> Sheet:
    """What there is to say of the report whose data are `sheets`."""
    rows = [
        *_period(source),
        *_sop(source),
        *_calendar(source),
        *_times(source),
        *_lengths(source),
        *_cases(source),
        *_beside(source),
        *((_("Assumption"), one.text.in_language(language()), None) for one in source.sop.assumptions),
        *_made(source, sheets, made_by),
    ]
    columns = (
        Column("topic", _("About"), "long_text", 30),
        Column("said", _("Explanation"), "long_text", 96),
        Column("count", "n", "integer", 8),
    )
    return Sheet(
        name=_(NAME),
        heading=heading,
        columns=columns,
        frame=pd.DataFrame(rows, columns=[column.key for column in columns]).astype({"count": "Int64"}),
        notes=(_("n: how many stand behind the figure."),),
        explains=True,
    )


def _period(source: Source) -> Iterator[Said]:
    first, last = (date_plain(day) for day in bounds(source.months))
    yield (
        _("Period"),
        _("{period}: {first} to {last}", period=source.months.label(), first=first, last=last),
        None,
    )
    yield _("As of"), moment_long(source.as_of), None


def _sop(source: Source) -> Iterator[Said]:
    sop = source.sop
    yield _("SOP"), _("{number}: {title}", number=sop.number, title=sop.title), None
    cases: dict[int, int] = {}
    for case in source.cases:
        cases[case.sop_version_id] = cases.get(case.sop_version_id, 0) + 1
    for one in source.versions or (sop,):
        yield (
            _("SOP version {version}", version=one.version),
            _("In force from {date}. SHA-256 of its file: {sha256}", date=_day(one), sha256=one.sha256),
            None,
        )
    if len(source.versions) > 1:
        yield (
            _("Several versions"),
            _("Each case is judged by the version that was in force when it was opened."),
            len(source.cases),
        )


def _day(sop: Sop) -> str:
    return date_plain(sop.effective_from)


def _calendar(source: Source) -> Iterator[Said]:
    basis, calendar = source.basis, source.calendar
    first, last = bounds(source.months)
    days = (first + timedelta(days=n) for n in range((last - first).days + 1))
    yield (
        _("Working calendar"),
        _("Version {version}. n: the working days of the period.", version=number(basis.version)),
        sum(calendar.is_working_day(day) for day in days),
    )
    for year, decree in basis.decrees.items():
        if decree is None:
            said = _("The days off of this year are not decreed yet: due dates in it are provisional.")
        else:
            said = _("The days off of this year are decreed: {decree}.", decree=decree or "-")
        off = len({one.on for one in calendar.data.days_off if one.on.year == year})
        yield _("Days off {year}", year=str(year)), said, off
    elections = [
        f"{span.name} ({date_plain(span.first_on)} - {date_plain(span.last_on)})".strip()
        for span in calendar.data.elections
        if span.first_on <= last and span.last_on >= first
    ]
    said = _("Days of a time limit are working days; minutes are minutes of working time.")
    if elections:
        said += " " + _(
            "In election periods they are calendar days: {periods}.", periods="; ".join(elections)
        )
    yield _("Basis of days"), said, None


def _times(source: Source) -> Iterator[Said]:
    whole = compliance.overall(source.counts)
    yield (
        _("Compliance"),
        _(
            "{share} = {on_time} on time / ({on_time} on time + {late} late + {overdue} overdue). A step belongs to "
            "the month of its due date.",
            share=percent(whole.rate),
            on_time=number(whole.on_time),
            late=number(whole.late),
            overdue=number(whole.overdue),
        ),
        whole.n,
    )
    yield (
        _("On time and late"),
        _(
            "A limit in days is kept until the end of the due date, a limit in minutes as long as no more working "
            "minutes are used. Due dates are fixed when a step begins."
        ),
        None,
    )
    yield from _not_judged(source)


def _not_judged(source: Source) -> Iterator[Said]:
    outside = int(source.counts[list(compliance.ASIDE)].sum().sum())
    yield (
        _("Outside the percentage"),
        _("Steps that still run within their time, and steps that a closed case needs no more."),
        outside,
    )
    for step in source.sop.steps:
        if not step.counted:
            reason = step.time_text or _("time not set by the SOP")
            yield (
                _("Step {no} is not judged", no=step.no),
                f"{step.name.in_language(language())}: {reason}",
                None,
            )


def _lengths(source: Source) -> Iterator[Said]:
    yield (
        _("Mean, median, longest"),
        _("Working time from the beginning of a step to its finish, of steps that were finished."),
        len(source.durations),
    )
    yield (
        _("With pauses"),
        _(
            "{share}: the SOP knows no pause, so the official figure takes no notice of them. n: steps that are late "
            "or overdue only because of a pause.",
            share=percent(compliance_sheet.with_pauses(source)),
        ),
        sum(source.excused.values()),
    )
    late, n, share = compliance_sheet.recorded_late(source)
    yield (
        _("Recorded late"),
        _(
            "{late} of {n} finished steps ({share}) were recorded more than one working day after they happened; the "
            "verdict follows the event.",
            late=number(late),
            n=number(n),
            share=share,
        ),
        n,
    )
    yield (
        _("Over (working hours)"),
        _(
            "Of late steps: working time from the due moment to the finish, by the calendar in force now, as are the "
            "working days of a case."
        ),
        len(source.late),
    )


def _cases(source: Source) -> Iterator[Said]:
    yield (
        _("Cases of the report"),
        _("Received in the period, or received before and still open on its first day (carried over)."),
        len(source.cases),
    )
    for journal in source.sop.journals:
        if journal.standing:
            yield (
                journal.label.in_language(language()),
                _("As in alarm once one entry before the end of the period said so. n: cases with an entry."),
                sum(journal.key in case.standings for case in source.cases),
            )


def _beside(source: Source) -> Iterator[Said]:
    due, held = (sum(getattr(one, name) for one in source.outputs) for name in ("due", "held"))
    yield (
        _("Completeness"),
        _(
            "Outputs there / outputs owed by the steps finished in the period: {share}.",
            share=_share(held, due),
        ),
        due,
    )
    for facts in source.journals:
        slots, filled = (sum(getattr(month, name) for month in facts.months) for name in ("due", "filled"))
        yield (
            facts.journal.label.in_language(language()),
            _("Slots with an entry / slots that are over: {share}.", share=_share(filled, slots)),
            slots,
        )
    for book in source.books:
        yield book.journal.label.in_language(language()), _("Entries of the period."), book.count
    for daily in source.daily:
        owed, done = (sum(getattr(month, name) for month in daily.months) for name in ("due", "done"))
        yield (
            daily.duty.label.in_language(language()),
            _("Working days with a check / working days: {share}.", share=_share(done, owed)),
            owed,
        )


def _share(part: int, whole: int) -> str:
    return f"{number(part)}/{number(whole)} = {percent(part / whole if whole else None)}"


def _made(source: Source, sheets: Sequence[Sheet], made_by: str) -> Iterator[Said]:
    confidential = ", ".join(field.label.in_language(language()) for field in source.sop.confidential_fields)
    if confidential and source.identities is None:
        yield (
            _("Not in the report"),
            _("Confidential, whoever reads it: {fields}.", fields=confidential),
            None,
        )
    if source.identities is not None:
        yield (
            _("Identities"),
            _("This variant names reporters. Its reason and the cases are on the trail."),
            len(source.identities),
        )
    yield _("Made by"), made_by, None
    yield _("Program"), _program(), None
    yield (
        _("SHA-256 of the data"),
        _(
            "{sha256} (all sheets but this one, as values; identities left out)",
            sha256=digest.sha256_of(sheets),
        ),
        None,
    )


def _program() -> str:
    try:
        return f"Patuh {version('patuh')}"
    except PackageNotFoundError:  # run from a folder of files, not installed
        return "Patuh"
