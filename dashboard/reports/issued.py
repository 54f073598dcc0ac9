"""A report made for issuing: both files with number, place, date and signatory, and the rows they show."""

from contextlib import suppress
from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection

from dashboard.formats import date_plain
from dashboard.periods import Months
from dashboard.prints.report import ReportSummary, report_pdf, summary_of
from dashboard.reports import semester
from dashboard.reports.facts import facts
from dashboard.reports.sheets import Workbook
from dashboard.reports.workbook import write
from dashboard.text import _, in_language
from models.access import Actor
from models.calendar_data import CalendarError
from models.commands.issuing import Made, Signed
from models.database import data_version
from models.sop import Sop


def make(
    connection: Connection,
    *,
    actor: Actor,
    sop: Sop,
    months: Months,
    as_of: datetime,
    signed: Signed,
    revision: int,
) -> Made:
    """The report of a SOP as it is to be issued, in Indonesian whoever issues it. Raises `Forbidden`."""
    with in_language("id"):
        version = data_version(connection)
        plain, summary = compared(connection, actor=actor, sop=sop, months=months, as_of=as_of)
        number = _number(signed, revision)
        workbook = _signed(plain, signed)
        stem = semester.file_name(sop, months).removesuffix(".xlsx")
        if revision > 1:
            stem += f"_Revisi_{revision - 1}"
        return Made(
            files={
                "xlsx": (f"{stem}.xlsx", write(_numbered(workbook, number), made_at=as_of)),
                "pdf": (f"{stem}.pdf", report_pdf(workbook, summary=summary, made_at=as_of, number=number)),
            },
            facts=facts(plain),
            as_of=as_of,
            data_version=version,
            revision=revision,
        )


def compared(
    connection: Connection, *, actor: Actor, sop: Sop, months: Months, as_of: datetime
) -> tuple[Workbook, ReportSummary]:
    """The report of a SOP, and its counts beside those of the period before. Raises `Forbidden`.

    Nothing stands beside those of the first period that the working calendar knows.
    """
    workbook = semester.build(connection, actor=actor, sop=sop, months=months, as_of=as_of)
    former = None
    with suppress(CalendarError):
        before = semester.build(connection, actor=actor, sop=sop, months=months.before(), as_of=as_of)
        former = summary_of(before, sop=sop, months=months.before(), as_of=as_of)
    return workbook, summary_of(workbook, sop=sop, months=months, as_of=as_of, former=former)


def _number(signed: Signed, revision: int) -> str:
    return signed.number if revision == 1 else f"{signed.number} ({_('Revision {n}', n=revision - 1)})"


def _signed(workbook: Workbook, signed: Signed) -> Workbook:
    """The workbook with place, date and signatory below each table."""
    office = replace(
        workbook.office,
        signatory_title=signed.signatory_title,
        signatory_name=signed.signatory_name,
        signatory_id=signed.signatory_id,
    )
    on = date_plain(signed.issued_on) if signed.issued_on else ""
    return replace(workbook, office=office, signed_on=f"{signed.place}, {on}")


def _numbered(workbook: Workbook, number: str) -> Workbook:
    """The workbook with its number above each table."""
    line = _("Number: {number}", number=number)
    sheets = (
        replace(sheet, heading=(sheet.heading[0], line, *sheet.heading[1:])) for sheet in workbook.sheets
    )
    return replace(workbook, sheets=tuple(sheets))
