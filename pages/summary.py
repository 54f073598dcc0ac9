"""Ringkasan: does the office keep its word, where not, and what needs somebody today."""

import streamlit as st

from dashboard import address, navigation, periods, reads, session, summary
from dashboard.formats import moment_long
from dashboard.text import _
from models.access import Permission

who = session.require(Permission.VIEW_SUMMARY)
now = session.now()
sops = reads.readable_sops(who, now)
today = reads.today(now)
defaults = {"periode": periods.current(today).key}
address.begin("summary", defaults)
if periods.parse(st.session_state["summary.periode"]) is None:
    st.session_state["summary.periode"] = defaults["periode"]

offered = {period.key: period for period in periods.offered(today)}
asked = st.session_state["summary.periode"]
offered.setdefault(asked, periods.parse(asked) or offered[defaults["periode"]])
words, picker = st.columns([5, 1], vertical_alignment="top")
with picker:
    chosen = st.selectbox(
        _("Period"),
        list(offered),
        format_func=lambda key: offered[key].label(),
        key="summary.periode",
        label_visibility="collapsed",
    )
address.write("summary", {"periode": chosen}, defaults=defaults)

view = summary.overview(who, sops, offered[chosen], now)
with words, st.container(gap="xxsmall"):
    navigation.heading(_("Overview"), aside=_("As of {moment}", moment=moment_long(now)))
    st.markdown(summary.sentence(view))
dark = st.context.theme.type == "dark"
summary.show_figures(view)
summary.show_panels(view, dark=dark)
