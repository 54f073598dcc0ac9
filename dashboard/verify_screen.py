"""Checking a file: which issued report it is, or that it is none."""

import streamlit as st

from dashboard import issue_screen, periods, reads
from dashboard.formats import date_plain, moment_long
from dashboard.text import _, language
from models.access import Actor
from models.queries.issues import Issue, issue_of, issues
from models.sop import Sop


def show(who: Actor, sops: dict[str, Sop]) -> None:
    """An upload that is compared byte for byte with every issued file; it is not kept."""
    with st.expander(_("Check a file"), icon=":material/fact_check:", key="verify"):
        st.caption(_("Is this file a report that was issued here, unchanged? It is only compared, not kept."))
        file = st.file_uploader(_("Excel or PDF file"), key="verify.file")
        if file is None:
            return
        found = reads.read(issue_of, actor=who, body=file.getvalue())
        if found is None:
            st.error(
                _("This is not an issued report, or it has been changed since it was issued."),
                icon=":material/gpp_bad:",
            )
            return
        issue, kind = found
        period = periods.of_months(issue.first_month, issue.last_month).label()
        sop = sops.get(issue.code)
        st.success(
            _(
                "{report} {period}, {issue}, as issued",
                report=sop.short.in_language(language()) if sop else issue.code,
                period=period,
                issue=issue_screen.name_of(issue),
            ),
            icon=":material/verified:",
        )
        if sop is not None:
            _told_of_later(who, sop, issue)
        st.text(_("Number: {number}", number=issue.number))
        st.text(
            f"{issue.place}, {date_plain(issue.issued_on)} · {issue.signatory_title} {issue.signatory_name}"
        )
        st.text(_("as of {moment}", moment=moment_long(issue.as_of)))
        st.text(issue_screen.rests_on(issue))
        st.caption(_("SHA-256 of the {kind}: {digest}", kind=kind.upper(), digest=issue.digests[kind]))


def _told_of_later(who: Actor, sop: Sop, issue: Issue) -> None:
    """Say so where the report has been revised since: the file is genuine, and no longer the last word."""
    latest = reads.read(issues, actor=who, sop=sop, months=(issue.first_month, issue.last_month))[0]
    if latest.revision > issue.revision:
        st.warning(
            _("A later one has been issued: {issue}.", issue=issue_screen.name_of(latest)),
            icon=":material/update:",
        )
