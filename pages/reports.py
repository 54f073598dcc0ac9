"""Laporan: the semester report as it will be written, and its workbook in one click."""

from urllib.parse import urlencode

import streamlit as st

from dashboard import (
    acts,
    address,
    issue_screen,
    navigation,
    periods,
    reads,
    report_screen,
    session,
    verify_screen,
)
from dashboard.text import _, language
from models.access import Permission, may

who = session.require(Permission.VIEW_REPORTS)
now = session.now()
readable = reads.readable_sops(who, now)
sops = {sop.code: sop for sop in readable if may(who, Permission.VIEW_REPORTS, sop)}
offered = {p.key: p for p in periods.offered(reads.today(now), semesters=6, months=0)}
defaults = {"sop": next(iter(sops), ""), "semester": next(iter(offered))}
address.begin("reports", defaults)
if st.session_state["reports.sop"] not in sops:
    st.session_state["reports.sop"] = defaults["sop"]
if st.session_state["reports.semester"] not in offered:
    st.session_state["reports.semester"] = defaults["semester"]

navigation.heading(_("Reports"))
acts.said()
kind, period, button = st.columns([2, 2, 1], vertical_alignment="bottom")
code = kind.selectbox(
    _("SOP"), list(sops), format_func=lambda key: sops[key].short.in_language(language()), key="reports.sop"
)
semester = period.selectbox(
    _("Semester"), list(offered), format_func=lambda key: offered[key].label(), key="reports.semester"
)
address.write("reports", {"sop": code, "semester": semester}, defaults=defaults)
button.link_button(
    _("Download Excel"),
    f"/unduh/laporan.xlsx?{urlencode({'sop': code, 'periode': semester})}",
    icon=":material/download:",
    type="primary",
    width="stretch",
)
report_screen.show(who, sops[code], offered[semester], now)
issue_screen.show(who, sops[code], offered[semester], now)
verify_screen.show(who, sops)
