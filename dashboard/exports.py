"""The files under /unduh/: the register as shown, the semester report. Each asks the permission and leaves an act."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import Connection

from dashboard import periods, reads
from dashboard.clock import instant, now
from dashboard.formats import in_wib
from dashboard.register_screen import asked_for, frame
from dashboard.reports import semester
from dashboard.reports.sheets import Column, Sheet
from dashboard.reports.workbook import write, write_register
from dashboard.settings import store
from dashboard.text import _, in_language, language
from dashboard.web.downloads import Download, download
from models.access import Actor, Permission, may
from models.commands.exports import record_export
from models.errors import Forbidden, NotFound
from models.queries.register import register
from models.queries.settings import office
from models.sop import Sop

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MOST_ROWS = 20_000
_WIDTHS = {"long": 40, "short": 18}


@download("register.xlsx")
def register_xlsx(actor: Actor, query: Mapping[str, str]) -> Download:
    """All cases that the register's filters let through, in its order and columns."""
    with in_language(actor.language):
        sop, moment = _sop(actor, query.get("sop", "")), now()
        asked = asked_for(dict(query))
        rows, _total = reads.read(
            register, actor=actor, sop=sop, chosen=asked.chosen, as_of=moment, limit=MOST_ROWS, offset=0
        )
        words = frame(rows, sop)
        columns = tuple(
            Column(name, name, "long_text", _WIDTHS["long" if words[name].str.len().max() > 30 else "short"])
            for name in words.columns
        )
        sheet = Sheet(
            name=sop.short.in_language(language()),
            heading=(sop.short.in_language(language()).upper(),),
            columns=columns or (Column("empty", _("Register no."), "text", 20),),
            frame=words,
            notes=(_("As of {moment} WIB", moment=in_wib(moment).strftime("%d/%m/%Y %H.%M")),),
        )
        body = write_register(
            sheet.heading[0], sheet, semester.profile_of(reads.read(office)), made_at=moment
        )
    _record(actor, sop, what="register", moment=instant(), details={"rows": len(rows)})
    return Download(f"Register_{sop.short.id}_{in_wib(moment):%Y%m%d_%H%M}.xlsx", XLSX, body)


@download("laporan.xlsx")
def report_xlsx(actor: Actor, query: Mapping[str, str]) -> Download:
    """The semester report of one SOP, with the very frames the screen shows."""
    months = periods.parse(query.get("periode", ""))
    if months is None:
        raise NotFound
    with in_language(actor.language):
        sop = _sop(actor, query.get("sop", ""))
        if not may(actor, Permission.VIEW_REPORTS, sop):
            raise Forbidden

        def build(connection: Connection) -> bytes:
            as_of = now()
            workbook = semester.build(connection, actor=actor, sop=sop, months=months, as_of=as_of)
            return write(workbook, made_at=as_of)

        body = reads.read(build)
    _record(actor, sop, what="report", moment=instant(), details={"period": months.key})
    return Download(semester.file_name(sop, months), XLSX, body)


def _sop(actor: Actor, code: str) -> Sop:
    found = next((sop for sop in reads.readable_sops(actor, now()) if sop.code == code), None)
    if found is None:
        raise NotFound
    return found


def _record(actor: Actor, sop: Sop, *, what: str, moment: datetime, details: Mapping[str, object]) -> None:
    record_export(
        store(), actor=actor, now=moment, scope=sop, what=what, details={"sop": sop.code, **details}
    )
