"""The files under /unduh/: the register as shown, the semester report. Each asks the permission and leaves an act.

A register of more than BESIDE rows is written in a process of its own, so that nobody on the screens waits for it.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

from dashboard import periods, reads, register_file
from dashboard.clock import instant, now
from dashboard.formats import in_wib
from dashboard.register_screen import asked_for
from dashboard.reports import semester
from dashboard.reports.workbook import write
from dashboard.settings import store
from dashboard.status import STATES, word
from dashboard.text import in_language
from dashboard.web import preparing
from dashboard.web.downloads import Download, download
from dashboard.web.preparing import Preparation
from models.access import Actor, Permission, may
from models.commands.exports import record_export
from models.errors import Forbidden, NotFound
from models.queries.register import register_size
from models.queries.settings import office
from models.sop import Sop

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
BESIDE = 2_000  # rows


@download("register.xlsx")
def register_xlsx(actor: Actor, query: Mapping[str, str]) -> Download | Preparation[Download]:
    """All cases that the register's filters let through, in its order and columns."""
    sop, moment = _sop(actor, query.get("sop", "")), now()
    if not may(actor, Permission.EXPORT, sop):
        raise Forbidden
    if "siap" in query:
        return preparing.find(actor.user_id, query["siap"])
    chosen = asked_for(dict(query)).chosen
    with in_language(actor.language):
        order = register_file.Order(
            actor=actor,
            sop=sop,
            chosen=chosen,
            as_of=moment,
            office=semester.profile_of(reads.read(office)),
            verdicts={state: word(state) for state in STATES},
        )
    size = reads.read(register_size, actor=actor, sop=sop, chosen=chosen, as_of=moment)
    if size > BESIDE:
        return preparing.begin(actor.user_id, f"{sop.code} {chosen}", total=size, make=_Beside(order))
    pieces = reads.read(register_file.read, order)
    file = BytesIO()
    register_file.write(file, order, pieces)
    _record(actor, sop, what="register", details={"rows": sum(map(len, pieces))})
    return _register(order, file.getvalue())


@dataclass(frozen=True, slots=True)
class _Beside:
    """Writes a large register when it is called."""

    order: register_file.Order

    def __call__(self, path: Path, tell: Callable[[int], None]) -> Download:
        """Write it to `path` in a process of its own."""
        url = store().url.render_as_string(hide_password=False)
        rows = register_file.build_apart(url, path, self.order, tell=tell)
        _record(self.order.actor, self.order.sop, what="register", details={"rows": rows})
        return _register(self.order, path)


def _register(order: register_file.Order, body: bytes | Path) -> Download:
    moment = in_wib(order.as_of)
    return Download(f"Register_{order.sop.short.id}_{moment:%Y%m%d_%H%M}.xlsx", XLSX, body)


@download("laporan.xlsx")
def report_xlsx(actor: Actor, query: Mapping[str, str]) -> Download:
    """The semester report of one SOP, with the very frames the screen shows."""
    months = periods.parse(query.get("periode", ""))
    if months is None:
        raise NotFound
    with in_language(actor.language):
        sop = _sop(actor, query.get("sop", ""))
        if not (may(actor, Permission.VIEW_REPORTS, sop) and may(actor, Permission.EXPORT, sop)):
            raise Forbidden
        as_of = now()
        # written when the connection has been given back: on SQLite whoever reads keeps writers waiting
        with semester.inside_the_calendar():
            workbook = reads.read(semester.build, actor=actor, sop=sop, months=months, as_of=as_of)
        body = write(workbook, made_at=as_of)
    _record(actor, sop, what="report", details={"period": months.key})
    return Download(semester.file_name(sop, months), XLSX, body)


def _sop(actor: Actor, code: str) -> Sop:
    found = next((sop for sop in reads.readable_sops(actor, now()) if sop.code == code), None)
    if found is None:
        raise NotFound
    return found


def _record(actor: Actor, sop: Sop, *, what: str, details: Mapping[str, object]) -> None:
    record_export(
        store(), actor=actor, now=instant(), scope=sop, what=what, details={"sop": sop.code, **details}
    )
