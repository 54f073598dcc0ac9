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
words, picker = st.columns([4, 1], vertical_alignment="bottom")
with picker:
    chosen = st.selectbox(
        _("Period"), list(offered), format_func=lambda key: offered[key].label(), key="summary.periode"
    )
address.write("summary", {"periode": chosen}, defaults=defaults)

view = summary.overview(who, sops, offered[chosen], now)
with words:
    navigation.heading(_("Overview"))
    st.markdown(f"#### {summary.sentence(view)}", anchors=False)
    st.caption(_("As of {moment} · by the due date of each step", moment=moment_long(now)))
dark = st.context.theme.type == "dark"
summary.show_figures(view)
summary.show_bars(view, dark=dark)
left, right = st.columns(2)
with left:
    summary.show_attention(view)
with right:
    summary.show_trend(view, dark=dark)
