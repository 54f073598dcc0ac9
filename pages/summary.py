"""Ringkasan: does the office keep its word, where not, and what needs somebody today."""

import streamlit as st

from dashboard import duty_strip, navigation, period_picker, reads, session, summary
from dashboard.formats import moment_long
from dashboard.text import _
from models.access import Permission

who = session.require(Permission.VIEW_SUMMARY)
now = session.now()
sops = reads.readable_sops(who, now)
today = reads.today(now)
words, picker = st.columns([5, 1], vertical_alignment="top")
with picker:
    period = period_picker.pick("summary", today)

view = summary.overview(who, sops, period, now)
with words, st.container(gap="xxsmall"):
    navigation.heading(_("Overview"), aside=_("As of {moment}", moment=moment_long(now)))
    st.markdown(summary.sentence(view))
    duty_strip.show_alarms(view.alarms)
dark = st.context.theme.type == "dark"
summary.show_figures(view)
summary.show_panels(view, dark=dark)
