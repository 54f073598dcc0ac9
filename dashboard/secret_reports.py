"""The report with reporters' identities: prepared for a typed reason, fetched once with a ticket (RAHASIA).

The address carries nothing but the ticket, and the file's name no person. The act with its reason and its cases is on
the trail before the file exists.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import streamlit as st
from sqlalchemy import Connection, Engine

from dashboard import acts, forms, reads
from dashboard.clock import instant
from dashboard.periods import Months
from dashboard.prints.report import report_pdf, summary_of
from dashboard.reports import semester
from dashboard.reports.sheets import Workbook
from dashboard.reports.workbook import write
from dashboard.settings import vault
from dashboard.text import _, in_language
from dashboard.web import tickets
from dashboard.web.downloads import Download, download
from models.access import Actor, Permission, may
from models.commands.identity import reveal_for_report
from models.errors import Forbidden, NotFound
from models.sop import Sop

MEDIA_TYPES = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "pdf": "application/pdf",
}


@dataclass(frozen=True, slots=True)
class Prepared:
    """A report with identities in one format, waiting for the one who asked for it."""

    sop: Sop
    months: Months
    as_of: datetime
    kind: str
    workbook: Workbook


def show(who: Actor, sop: Sop, months: Months, now: datetime) -> None:
    """The form, for those who may, of a SOP that keeps identities for its report."""
    wanted = any(field.in_report for field in sop.confidential_fields)
    if not (wanted and may(who, Permission.EXPORT_IDENTITY, sop) and may(who, Permission.EXPORT, sop)):
        return
    form = f"secret.{sop.code}.{months.key}"
    with st.expander(_("Report with identities"), icon=":material/visibility_lock:", key="secret.form"):
        st.caption(
            _(
                "Reporters' identities are left out otherwise. The reason and the cases are recorded; the files say "
                "RAHASIA."
            )
        )
        acts.show_general_problem(form)
        prefix = f"{form}.{acts.token(form)}"
        reason = forms.text_field(
            _("Reason"), key=f"{prefix}.reason", refused=acts.problems(form).get("reason")
        )
        if st.button(_("Prepare the version with identities"), key=f"{form}.send"):
            tickets_of = _prepare(form, who, sop, months, now, reason)
            if tickets_of is None:
                st.rerun()
            _links(tickets_of)


def _links(tickets_of: Mapping[str, str]) -> None:
    st.caption(_("Each file can be downloaded once, within five minutes."))
    with st.container(horizontal=True, gap="small"):
        for kind, ticket in tickets_of.items():
            st.link_button(
                {"xlsx": _("Download Excel"), "pdf": _("Download PDF")}[kind],
                f"/unduh/laporan-rahasia.{kind}?tiket={ticket}",
                icon=":material/download:",
            )


def _prepare(
    form: str, who: Actor, sop: Sop, months: Months, now: datetime, reason: str
) -> dict[str, str] | None:
    """Record the act, build the report, and keep it: a ticket by format. None when it was refused."""
    answer = acts.submit(
        form, _revealed, vault=vault(), code=sop.code, months=(months.first, months.last), reason=reason
    )
    if answer is None:
        return None

    def build(connection: Connection) -> Workbook:
        with in_language("id"):  # it goes to the file, whoever asks for it
            return semester.build(
                connection, actor=who, sop=sop, months=months, as_of=now, identities=answer["cases"]
            )

    with st.spinner(_("The report is being made…")):
        workbook = reads.read(build)
    moment = instant()
    return {
        kind: tickets.issue(who.user_id, Prepared(sop, months, now, kind, workbook), now=moment)
        for kind in MEDIA_TYPES
    }


def _revealed(store: Engine, **asked: Any) -> dict[str, Any]:
    return {"cases": reveal_for_report(store, **asked)}


@download("laporan-rahasia.xlsx")
def secret_xlsx(actor: Actor, query: Mapping[str, str]) -> Download:
    """The workbook of a ticket (`tiket`), once."""
    prepared = _redeemed(actor, query, "xlsx")
    with in_language("id"):
        return _download(prepared, write(prepared.workbook, made_at=prepared.as_of))


@download("laporan-rahasia.pdf")
def secret_pdf(actor: Actor, query: Mapping[str, str]) -> Download:
    """The print-out of a ticket (`tiket`), once."""
    prepared = _redeemed(actor, query, "pdf")
    workbook, as_of = prepared.workbook, prepared.as_of
    summary = summary_of(workbook, sop=prepared.sop, months=prepared.months, as_of=as_of)
    return _download(
        prepared, report_pdf(workbook, summary=summary, made_at=as_of, mark=semester.CONFIDENTIAL)
    )


def _redeemed(actor: Actor, query: Mapping[str, str], kind: str) -> Prepared:
    """What the ticket is for; whoever lost the permission meanwhile does not get it."""
    prepared = tickets.redeem(actor.user_id, query.get("tiket", ""), now=instant())
    if not isinstance(prepared, Prepared) or prepared.kind != kind:
        raise NotFound
    if not may(actor, Permission.EXPORT_IDENTITY, prepared.sop):
        raise Forbidden
    return prepared


def _download(prepared: Prepared, body: bytes) -> Download:
    stem = semester.file_name(prepared.sop, prepared.months, secret=True).removesuffix(".xlsx")
    return Download(f"{stem}.{prepared.kind}", MEDIA_TYPES[prepared.kind], body)
