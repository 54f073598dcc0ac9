"""The files of issued reports under /unduh/terbit, byte for byte as they were issued."""

from collections.abc import Mapping

from dashboard import reads
from dashboard.clock import instant
from dashboard.settings import store
from dashboard.web.downloads import Download, download
from models.access import Actor
from models.commands.exports import record_issue_export
from models.errors import NotFound
from models.queries.issues import issued_file

MEDIA_TYPES = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "pdf": "application/pdf",
}


@download("terbit")
def issued(actor: Actor, query: Mapping[str, str]) -> Download:
    """One file of an issued report (`id`, `jenis`), unchanged."""
    asked, kind = query.get("id", ""), query.get("jenis", "")
    if kind not in MEDIA_TYPES or not (asked.isascii() and asked.isdigit() and len(asked) < 10):
        raise NotFound
    filename, body = reads.read(issued_file, actor=actor, report_id=int(asked), kind=kind)
    record_issue_export(store(), actor=actor, now=instant(), report_id=int(asked), kind=kind)
    return Download(filename, MEDIA_TYPES[kind], body)
