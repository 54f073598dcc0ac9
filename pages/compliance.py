"""Kepatuhan: the figures of one SOP from every side, down to the rounds behind them."""

import streamlit as st

from dashboard import compliance_screen, navigation, reads, session, summary_panels
from dashboard.text import _
from models.access import Permission, may

who = session.require(Permission.VIEW_SUMMARY)
now = session.now()
sops = [sop for sop in reads.readable_sops(who, now) if may(who, Permission.VIEW_SUMMARY, sop)]
navigation.heading(_("Compliance"))
if not sops:
    summary_panels.nothing_to_show()
    st.stop()
said = compliance_screen.choose(sops, now)
compliance_screen.show(who, sops, said, now, dark=st.context.theme.type == "dark")
