"""The report of one SOP for a run of months as plain sheets; screen, workbook and print-out show these very frames.

Matriks (the cases), Rekapitulasi (per month and by what the SOP counts by, with *sisa semester lalu*), Kepatuhan SOP
(per step, with a native chart), Keterlambatan, Kelengkapan with what is missing, a sheet for each logbook and recurring
duty of the SOP, and Keterangan, which explains the figures. Columns follow from the SOP.

Reporters' identities are in no sheet. With `identities`, which `models.commands.identity.reveal_for_report` alone hands
out, the matrix has their columns and every heading and foot says RAHASIA.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial

from sqlalchemy import Connection

from dashboard.formats import date_plain, moment_long
from dashboard.periods import Months
from dashboard.reports import (
    basis_sheet,
    compliance_sheet,
    daily_sheet,
    entries_sheet,
    lateness_sheet,
    matrix_sheet,
    outputs_sheets,
    recap_sheet,
    slot_sheet,
)
from dashboard.reports.sheets import Office, Sheet, Workbook, sheet_name
from dashboard.reports.source import Identities, Source, bounds, read
from dashboard.text import _, in_language, language
from models.access import Actor
from models.calendar_data import CalendarError
from models.errors import Invalid
from models.queries.settings import office
from models.sop import Sop
from models.sop_form import Label

__all__ = ["CONFIDENTIAL", "bounds", "build", "file_name", "heading", "inside_the_calendar", "profile_of"]

CONFIDENTIAL = "RAHASIA"  # the word of Indonesian offices, in both languages


@dataclass(frozen=True, slots=True)
class _Planned:
    """A sheet that is not made yet, and its name: a fixed one, or what the SOP calls it."""

    name: str
    make: Callable[[], Sheet]
    of_sop: bool = False


def sheet_names(
    connection: Connection, *, actor: Actor, sop: Sop, months: Months, as_of: datetime
) -> list[str]:
    """What the sheets of the report are called, in their order. Raises `Forbidden`."""
    source = read(connection, actor=actor, sop=sop, months=months, as_of=as_of)
    return [*(one.name for one in _planned(source, ())), _(basis_sheet.NAME)]


def sheet(
    connection: Connection, *, actor: Actor, sop: Sop, months: Months, as_of: datetime, name: str
) -> Sheet:
    """One sheet of the report; what the others alone need is not read. Raises `Forbidden`.

    Raises `KeyError` when the report has no sheet of that name.
    """
    source = read(connection, actor=actor, sop=sop, months=months, as_of=as_of)
    above = heading(source)
    planned = {one.name: one.make for one in _planned(source, above)}
    if names_its_maker(name):
        sheets = [make() for make in planned.values()]
        return basis_sheet.build(source, sheets, made_by=actor.name, heading=above)
    return planned[name]()


def names_its_maker(name: str) -> bool:
    """Whether the sheet of that name says who made it: one that is shown to several must not."""
    return name == _(basis_sheet.NAME)


def build(
    connection: Connection,
    *,
    actor: Actor,
    sop: Sop,
    months: Months,
    as_of: datetime,
    identities: Identities | None = None,
) -> Workbook:
    """The report as sheets, in the language spoken. Raises `Forbidden`."""
    source = read(connection, actor=actor, sop=sop, months=months, as_of=as_of, identities=identities)
    profile, above = profile_of(office(connection)), heading(source)
    sheets = tuple(one.make() for one in _planned(source, above))
    explained = basis_sheet.build(source, sheets, made_by=actor.name, heading=above)
    footer = _("Printed {moment} by {name}", moment=moment_long(as_of), name=actor.name)
    return Workbook(
        office=profile,
        title=above[0],
        sheets=(*sheets, explained),
        footer_left=footer if identities is None else f"{CONFIDENTIAL} · {footer}",
        signed_on=f"{profile.seat}, {date_plain(as_of)}",
    )


@contextmanager
def inside_the_calendar() -> Iterator[None]:
    """Turn a report of a time that the working calendar does not know into an `Invalid` about its period."""
    try:
        yield
    except CalendarError as beyond:
        raise Invalid({"periode": beyond.problem}) from beyond


def _planned(source: Source, above: tuple[str, ...]) -> Iterator[_Planned]:
    """The sheets but for the one that explains them, with names of their own, whatever a SOP calls its lists."""
    listed = list(_listed(source, above))
    fixed = [_(basis_sheet.NAME), *(one.name for one in listed if not one.of_sop)]
    taken = {name.casefold() for name in fixed}  # Excel makes no difference of capitals
    for one in listed:
        name, again = one.name, 1
        while one.of_sop and name.casefold() in taken:
            again += 1
            name = f"{one.name[:27]} ({again})"
        taken.add(name.casefold())
        yield _Planned(name, partial(_renamed, one.make, name))


def _renamed(make: Callable[[], Sheet], name: str) -> Sheet:
    return replace(make(), name=name)


def _listed(source: Source, above: tuple[str, ...]) -> Iterator[_Planned]:
    sop, at = source.sop, {"heading": above}
    yield _of_sop(matrix_sheet.list_name(sop), partial(matrix_sheet.build, source, **at))
    yield _Planned(_(recap_sheet.NAME), partial(recap_sheet.build, source, **at))
    yield _Planned(_(compliance_sheet.NAME), partial(compliance_sheet.build, source, **at))
    yield _Planned(_(lateness_sheet.NAME), partial(lateness_sheet.build, source, **at))
    yield _Planned(_(outputs_sheets.COMPLETENESS), partial(outputs_sheets.completeness, source, **at))
    yield _Planned(_(outputs_sheets.INCOMPLETE), partial(outputs_sheets.incomplete_files, source, **at))
    for journal in sop.journals:
        if journal.every_minutes is not None:
            yield _of_sop(_called(journal.label), partial(slot_sheet.build, source, journal, **at))
    for journal in sop.journals:
        if journal.in_report:
            yield _of_sop(_called(journal.label), partial(entries_sheet.build, source, journal, **at))
    for duty in sop.duties:
        if duty.every == "working_day":
            yield _of_sop(_called(duty.label), partial(daily_sheet.build, source, duty, **at))


def _of_sop(name: str, make: Callable[[], Sheet]) -> _Planned:
    return _Planned(name, make, of_sop=True)


def _called(words: Label) -> str:
    return sheet_name(words.in_language(language()))


def profile_of(stored: dict[str, object]) -> Office:
    """The office's profile as the workbook takes it."""
    kop, address = stored["kop"], stored["address"]
    assert isinstance(kop, list)  # noqa: S101 - as shipped in seed/office.toml
    assert isinstance(address, list)  # noqa: S101
    return Office(
        lines=(*kop, *address),
        seat=str(stored["seat"]),
        signatory_title=str(stored["signatory_title"]),
        signatory_name=str(stored["signatory_name"]),
        signatory_id=str(stored["signatory_id"]),
        paper="F4" if stored["paper"] == "F4" else "A4",
    )


def heading(source: Source) -> tuple[str, ...]:
    """Title, period, basis and as-of, as they stand above each table."""
    first, last = bounds(source.months)
    words = source.sop.report
    if words is None:
        title = _(
            "{case} report {period}",
            case=source.sop.short.in_language(language()),
            period=source.months.title(),
        ).upper()
    else:
        title = f"{words.title.in_language(language())} {source.months.title()}".upper()
    return (
        title if source.identities is None else f"{CONFIDENTIAL} · {title}",
        _("(Period {first} to {last})", first=date_plain(first), last=date_plain(last)),
        _("Basis: SOP {number} · time is counted in working days", number=source.sop.number),
        _("As of {moment}", moment=moment_long(source.as_of)),
    )


def file_name(sop: Sop, months: Months, *, secret: bool = False) -> str:
    """ "Laporan_Dumas_Semester_II_2026.xlsx": the file keeps its Indonesian name in both languages.

    A `secret` one says RAHASIA.
    """
    with in_language("id"):
        marked = f"_{CONFIDENTIAL}" if secret else ""
        begun = sop.report.file if sop.report else f"Laporan_{sop.short.id.replace(' ', '_')}"
        return f"{begun}_{months.label().replace(' ', '_')}{marked}.xlsx"
