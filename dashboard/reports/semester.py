"""The report of one SOP for a run of months as plain sheets; screen, workbook and print-out show these very frames.

Matriks (the cases), Rekapitulasi (per month and by what the SOP counts by, with *sisa semester lalu*), Kepatuhan SOP
(per step, with a native chart), Keterlambatan, Kelengkapan with what is missing, a sheet for each logbook and recurring
duty of the SOP, and Keterangan, which explains the figures. Columns follow from the SOP.

Reporters' identities are in no sheet. With `identities`, which `models.commands.identity.reveal_for_report` alone hands
out, the matrix has their columns and every heading and foot says RAHASIA.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime

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
from dashboard.reports.sheets import Office, Sheet, Workbook
from dashboard.reports.source import Identities, Source, bounds, read
from dashboard.text import _, in_language, language
from models.access import Actor
from models.calendar_data import CalendarError
from models.errors import Invalid
from models.queries.settings import office
from models.sop import Sop

__all__ = ["CONFIDENTIAL", "bounds", "build", "file_name", "heading", "inside_the_calendar", "profile_of"]

CONFIDENTIAL = "RAHASIA"  # the word of Indonesian offices, in both languages


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
    sheets = tuple(_told_apart(list(_sheets(source, above))))
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


def _sheets(source: Source, above: tuple[str, ...]) -> Iterator[Sheet]:
    yield matrix_sheet.build(source, heading=above)
    yield recap_sheet.build(source, heading=above)
    yield compliance_sheet.build(source, heading=above)
    yield lateness_sheet.build(source, heading=above)
    yield outputs_sheets.completeness(source, heading=above)
    yield outputs_sheets.incomplete_files(source, heading=above)
    for facts, escorts in source.journals:
        yield slot_sheet.build(source, facts, escorts, heading=above)
    for book in source.books:
        yield entries_sheet.build(book, heading=above)
    for daily in source.daily:
        yield daily_sheet.build(daily, heading=above)


def _told_apart(sheets: Sequence[Sheet]) -> Iterator[Sheet]:
    """The sheets with names of their own, whatever a SOP calls its logbooks; Excel makes no difference of capitals."""
    taken = {_("About the figures").casefold()}
    for sheet in sheets:
        name, again = sheet.name, 1
        while name.casefold() in taken:
            again += 1
            name = f"{sheet.name[:27]} ({again})"
        taken.add(name.casefold())
        yield sheet if name == sheet.name else replace(sheet, name=name)


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
