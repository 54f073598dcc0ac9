"""Issuing a report: what was issued for this period, whether its figures have moved, and the form that issues one."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

import streamlit as st
from sqlalchemy import Connection

from dashboard import acts, buttons, forms, moved_rows, reads
from dashboard.clock import instant
from dashboard.formats import date_plain, moment_long, moment_medium
from dashboard.periods import Months
from dashboard.reports import issued
from dashboard.text import _, language
from models.access import Actor, Permission, may
from models.commands.issuing import Made, Signed, issue_report
from models.queries.issues import Issue, OwedRound, issues, owed_rounds
from models.queries.settings import office
from models.sop import Sop


def show(who: Actor, sop: Sop, months: Months, now: datetime) -> None:
    """The issues of this period, the latest first, and the form for who may issue one."""
    found = reads.read(issues, actor=who, sop=sop, months=(months.first, months.last))
    st.markdown(f"## {_('Issued reports')}", anchors=False)
    if not found:
        st.caption(_("Nothing has been issued for this period yet."))
    for issue in found:
        _issue(issue)
    if found:
        moved_rows.show(who, sop, months, found[0])
    if may(who, Permission.ISSUE_REPORT, sop):
        label = _("Issue revision {n}", n=found[0].revision) if found else _("Issue the report")
        with st.expander(label, icon=":material/verified:", key="issue.form"):
            _form(who, sop, months, now, found)


def name_of(issue: Issue) -> str:
    """ "Revisi ke-1" for a second issue, "Terbitan pertama" for the first."""
    return _("First issue") if issue.revision == 1 else _("Revision {n}", n=issue.revision - 1)


def rests_on(issue: Issue) -> str:
    """Which versions of the SOP and of the working calendar it was made from."""
    return _(
        "SOP version {sop}, working calendar version {calendar}",
        sop=str(issue.rests_on["sop_version"]),
        calendar=str(issue.rests_on["calendar_version"]),
    )


def _issue(issue: Issue) -> None:
    with st.container(border=True, gap="xsmall", key=f"issue.{issue.report_id}"):
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.badge(name_of(issue), icon=":material/verified:", color="green")
            st.caption(_("as of {moment}", moment=moment_long(issue.as_of)), width="content")
        st.text(_("Number: {number}", number=issue.number))
        st.text(
            f"{issue.place}, {date_plain(issue.issued_on)} · {issue.signatory_title} {issue.signatory_name}"
        )
        st.text(rests_on(issue))
        if issue.reason:
            st.text(issue.reason)
        st.text(
            _("recorded {moment} by {name}", moment=moment_medium(issue.recorded_at), name=issue.recorded_by)
        )
        with st.container(horizontal=True, gap="small"):
            for kind, label in (("xlsx", _("Excel as issued")), ("pdf", _("PDF as issued"))):
                if kind in issue.digests:
                    st.link_button(
                        label, f"/unduh/terbit?id={issue.report_id}&jenis={kind}", icon=":material/download:"
                    )
        for kind, digest in sorted(issue.digests.items()):
            st.caption(_("SHA-256 of the {kind}: {digest}", kind=kind.upper(), digest=digest))


def _form(who: Actor, sop: Sop, months: Months, now: datetime, found: Sequence[Issue]) -> None:
    form = f"issue.{sop.code}.{months.key}"
    prefix = f"{form}.{acts.token(form)}"
    refused = acts.problems(form)
    acts.show_general_problem(form)
    st.caption(_("The number is typed as your office gives it; Patuh makes none up."))
    profile = reads.read(office)
    signed = _signed(prefix, profile, refused, today=reads.today(now))
    owed = _owed(sop, months)
    fulfils = _fulfils(sop, owed, prefix) if owed else []
    reason = ""
    if found:
        reason = forms.text_field(
            _("Why is it revised?"), key=f"{prefix}.reason", refused=refused.get("reason")
        )
    if st.button(**buttons.main(_("Issue"), icon=":material/verified:"), key=f"{form}.send"):
        with st.spinner(_("The files are being made and kept…")):
            answer = _send(form, who, sop, months, signed, len(found) + 1, fulfils, reason)
        if answer:
            acts.say(_("Issued. Both files are kept byte for byte."))
        st.rerun()


def _send(
    form: str,
    who: Actor,
    sop: Sop,
    months: Months,
    signed: Signed,
    revision: int,
    fulfils: list[int],
    reason: str,
) -> dict[str, Any] | None:
    as_of = instant()

    def make(connection: Connection) -> Made:
        return issued.make(
            connection, actor=who, sop=sop, months=months, as_of=as_of, signed=signed, revision=revision
        )

    return acts.submit(
        form,
        issue_report,
        code=sop.code,
        months=(months.first, months.last),
        made=reads.read(make),
        signed=signed,
        fulfils=fulfils,
        reason=reason,
    )


def _signed(prefix: str, profile: dict[str, Any], refused: dict[str, str], *, today: date) -> Signed:
    """What stands under the report; all but the number comes from the office's profile at first."""
    texts = {
        "number": (_("Number of the report"), ""),
        "place": (_("Place"), str(profile["seat"])),
        "signatory_title": (_("Title of the signatory"), str(profile["signatory_title"])),
        "signatory_name": (_("Name of the signatory"), str(profile["signatory_name"])),
        "signatory_id": (_("NIP of the signatory"), str(profile["signatory_id"])),
    }
    typed: dict[str, str] = {}
    for key, (label, value) in texts.items():
        typed[key] = forms.line_field(
            label,
            key=f"{prefix}.{key}",
            value=value,
            required=key != "signatory_id",
            refused=refused.get(key),
        )
    issued_on = forms.date_field(
        _("Date"), key=f"{prefix}.issued_on", default=today, refused=refused.get("issued_on")
    )
    return Signed(issued_on=issued_on, **typed)


def _owed(sop: Sop, months: Months) -> list[OwedRound]:
    """The periodic steps of this very semester that still wait."""
    year, half = months.first // 100, 1 if months.first % 100 == 1 else 2
    if months.key != f"{year}-S{half}":
        return []
    return reads.read(owed_rounds, code=sop.code, period=f"{year}-{half}")


def _fulfils(sop: Sop, owed: Sequence[OwedRound], prefix: str) -> list[int]:
    """Which waiting periodic steps the report fulfils; all of them unless it is said otherwise."""
    names = {one.round_id: sop.step(one.step_key) for one in owed}
    chosen = st.multiselect(
        _("Fulfils the duty"),
        list(names),
        default=list(names),
        format_func=lambda key: f"{names[key].no}. {names[key].name.in_language(language())}",
        key=f"{prefix}.fulfils",
        persist_state="session",
    )
    return [int(key) for key in chosen]
