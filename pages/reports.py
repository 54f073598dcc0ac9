"""Laporan: the semester report as it will be written, and its workbook in one click."""

from urllib.parse import urlencode

import streamlit as st

from dashboard import (
    acts,
    buttons,
    issue_screen,
    navigation,
    reads,
    report_choice,
    report_screen,
    secret_reports,
    session,
    verify_screen,
)
from dashboard.text import _
from models.access import Permission, may

who = session.require(Permission.VIEW_REPORTS)
now = session.now()
readable = reads.readable_sops(who, now)
sops = {sop.code: sop for sop in readable if may(who, Permission.VIEW_REPORTS, sop)}

navigation.heading(_("Reports"))
acts.said()
choice, excel, pdf = st.columns([4, 1, 1], vertical_alignment="bottom")
with choice:
    sop, months = report_choice.choose(sops, reads.today(now))
asked = urlencode({"sop": sop.code, "periode": months.key})
excel.link_button(
    **buttons.main(_("Download Excel"), icon=":material/download:"),
    url=f"/unduh/laporan.xlsx?{asked}",
    width="stretch",
)
pdf.link_button(
    _("Download PDF"), f"/unduh/laporan.pdf?{asked}", icon=":material/picture_as_pdf:", width="stretch"
)
if report_screen.show(who, sop, months, now):
    secret_reports.show(who, sop, months, now)
    issue_screen.show(who, sop, months, now)
verify_screen.show(who, sops)
