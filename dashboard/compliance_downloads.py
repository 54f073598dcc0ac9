"""A view of Kepatuhan as a file under /unduh/: the very tables of the screen, asked for by the screen's own address."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from dashboard import reads
from dashboard.analysis.address import asked_of
from dashboard.analysis.panel import Panel
from dashboard.clock import instant, now
from dashboard.compliance_screen import panels_for_file
from dashboard.exports import XLSX
from dashboard.formats import in_wib
from dashboard.reports import semester
from dashboard.reports.sheets import Sheet, sheet_name
from dashboard.reports.workbook import write_tables
from dashboard.settings import store
from dashboard.text import in_language
from dashboard.web.downloads import Download, download
from models.access import Actor, Permission, may
from models.commands.exports import record_export
from models.errors import Forbidden
from models.queries.settings import office


@download("kepatuhan.xlsx")
def compliance_xlsx(actor: Actor, query: Mapping[str, str]) -> Download:
    """Each panel of the view as a sheet. Raises `NotFound` for a SOP that the actor may not read."""
    moment = now()
    with in_language(actor.language):
        asked = asked_of(query, actor=actor, sops=reads.readable_sops(actor, moment), now=moment)
        for permission in (Permission.VIEW_SUMMARY, Permission.EXPORT):
            if not may(actor, permission, asked.scope):
                raise Forbidden
        panels = panels_for_file(asked, query)
        sheets = tuple(_named(panels))
        profile = semester.profile_of(reads.read(office))
        body = write_tables(sheets[0].heading[0], sheets, profile, made_at=moment)
    details = {"sop": asked.scope.code, "period": asked.period.key, "view": query.get("lihat", "")}
    record_export(store(), actor=actor, now=instant(), scope=asked.scope, what="compliance", details=details)
    return Download(f"Kepatuhan_{asked.sop.short.id}_{in_wib(moment):%Y%m%d_%H%M}.xlsx", XLSX, body)


def _named(panels: Sequence[Panel]) -> Iterator[Sheet]:
    """The panels' sheets with their messages as notes, each under a name that Excel bears."""
    for panel in panels:
        notes = tuple(note for note in (panel.message, *panel.notes) if note)
        yield replace(panel.sheet, name=sheet_name(panel.sheet.name), notes=notes)
