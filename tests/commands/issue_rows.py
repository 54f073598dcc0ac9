"""The commands on issued reports, and reports to issue whose files are a few bytes.

What a report's files hold is looked at elsewhere; to the commands they are bytes.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select

from models.access import Actor, Permission
from models.commands import exports, issuing
from models.commands.issuing import Made, Signed
from models.database import data_version
from models.tables import IssuedFile, IssuedReport
from tests.commands.command_row import Request, Row, holders, readers
from tests.factories import RECEIVED_AT, Office, sop, token
from tests.moments import wib

SEMESTER = (202607, 202612)
ISSUED_AT = wib("Senin 2027-01-04 10:00")
SIGNED = Signed(
    number="12/LAP/I/2027",
    place="Tuapejat",
    issued_on=date(2027, 1, 4),
    signatory_title="SEKRETARIS",
    signatory_name="IRMAN SUSANTO",
    signatory_id="19800908 200604 1 008",
)


def issue_rows() -> list[Row]:
    """Issuing a report of each SOP, and taking out a file of one."""
    return [_issue("pengaduan"), _issue("pengawalan"), _take_out("pengaduan")]


def _issue(code: str) -> Row:
    def prepare(office: Office) -> Request:
        return {
            "now": RECEIVED_AT,
            "code": code,
            "months": SEMESTER,
            "made": made(office, code, as_of=RECEIVED_AT),
            "signed": SIGNED,
            "reason": "salah jumlah",
        }

    seen = readers(sop(code)) & holders(Permission.VIEW_REPORTS)
    allowed = seen & holders(Permission.ISSUE_REPORT)
    return Row(f"issue report {code}", issuing.issue_report, prepare, allowed, seen)


def _take_out(code: str) -> Row:
    def prepare(office: Office) -> Request:
        report_id = issue(office, code, reason="salah jumlah")["report_id"]
        return {"now": RECEIVED_AT, "report_id": report_id, "kind": "pdf"}

    seen = readers(sop(code)) & holders(Permission.VIEW_REPORTS)
    return Row(f"take out issued {code}", exports.record_issue_export, prepare, seen, seen)


def made(
    office: Office,
    code: str = "pengaduan",
    *,
    months: tuple[int, int] = SEMESTER,
    as_of: datetime = ISSUED_AT,
    facts: Mapping[str, Any] | None = None,
    words: str = "",
) -> Made:
    """A report made from what stands now, as its next revision. No two reports have a file in common."""
    with office.reading() as connection:
        revision = connection.execute(
            select(func.count()).where(
                IssuedReport.code == code,
                IssuedReport.first_month == months[0],
                IssuedReport.last_month == months[1],
            )
        ).scalar_one()
        version = data_version(connection)
    said = words or f"{code} {months} {revision + 1} {version}"
    return Made(
        files={
            "xlsx": ("Laporan.xlsx", b"PK\x03\x04\x00\xff" + said.encode()),
            "pdf": ("Laporan.pdf", b"%PDF-1.7\n\x00\xff" + said.encode()),
        },
        facts=dict(facts or {"Matriks": {"001/DUMAS/XI/2026": {"Status": "Diterima"}}}),
        as_of=as_of,
        data_version=version,
        revision=revision + 1,
    )


def issue(
    office: Office,
    code: str = "pengaduan",
    *,
    report: Made | None = None,
    by: Actor | None = None,
    months: tuple[int, int] = SEMESTER,
    now: datetime | None = None,
    form: str = "",
    **more: Any,
) -> dict[str, Any]:
    """Issue a report and return the command's answer; `more` are fields of what is signed, `fulfils` and `reason`."""
    report = report or made(office, code, months=months)
    given = {key: more.pop(key) for key in ("fulfils", "reason") if key in more}
    return issuing.issue_report(
        office.store,
        actor=by or office.sekretaris,
        token=form or token(),
        now=now or report.as_of,
        code=code,
        months=months,
        made=report,
        signed=replace(SIGNED, **more),
        **given,
    )


def reports(office: Office) -> list[Mapping[str, Any]]:
    """The issued reports as they are stored, the oldest first."""
    query = select(IssuedReport.__table__).order_by(IssuedReport.id)
    with office.reading() as connection:
        return [dict(row) for row in connection.execute(query).mappings()]


def files(office: Office) -> dict[tuple[int, str], bytes]:
    """The bytes of all issued files, by report and kind."""
    query = select(IssuedFile.report_id, IssuedFile.kind, IssuedFile.body)
    with office.reading() as connection:
        return {(row.report_id, row.kind): row.body for row in connection.execute(query)}
