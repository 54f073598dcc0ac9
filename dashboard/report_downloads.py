"""The semester report on paper under /unduh/: a draft of the very figures on the screen, marked KONSEP."""

from collections.abc import Mapping

from dashboard import periods, reads
from dashboard.clock import instant, now
from dashboard.prints.report import report_pdf
from dashboard.reports import semester
from dashboard.reports.issued import compared
from dashboard.settings import store
from dashboard.text import in_language
from dashboard.web.downloads import Download, download
from models.access import Actor, Permission, may
from models.commands.exports import record_export
from models.errors import Forbidden, NotFound

DRAFT = "KONSEP"


@download("laporan.pdf")
def report_print(actor: Actor, query: Mapping[str, str]) -> Download:
    """The report of one SOP for the printer, Indonesian whoever asks."""
    months = periods.parse(query.get("periode", ""))
    sop = next((one for one in reads.readable_sops(actor, now()) if one.code == query.get("sop", "")), None)
    if months is None or sop is None:
        raise NotFound
    if not (may(actor, Permission.VIEW_REPORTS, sop) and may(actor, Permission.EXPORT, sop)):
        raise Forbidden
    as_of = now()
    with in_language("id"):
        # laid out when the connection has been given back: on SQLite whoever reads keeps writers waiting
        with semester.inside_the_calendar():
            workbook, summary = reads.read(compared, actor=actor, sop=sop, months=months, as_of=as_of)
        body = report_pdf(workbook, summary=summary, made_at=as_of, mark=DRAFT)
        name = semester.file_name(sop, months).removesuffix(".xlsx")
    details = {"sop": sop.code, "period": months.key, "kind": "pdf"}
    record_export(store(), actor=actor, now=instant(), scope=sop, what="report", details=details)
    return Download(f"{name}.pdf", "application/pdf", body)
