"""Ringkasan: does the office keep its word, where not, and what needs somebody today."""

import streamlit as st

from dashboard import (
    address,
    as_of_picker,
    duty_strip,
    navigation,
    period_picker,
    reads,
    session,
    summary,
    summary_panels,
    wall,
)
from dashboard.formats import moment_long
from dashboard.text import _, plain
from models.access import Permission

who = session.require(Permission.VIEW_SUMMARY)
now = session.now()
sops = reads.readable_sops(who, now)
dark = st.context.theme.type == "dark"
if not sops:
    summary_panels.nothing_to_show()
    st.stop()
if wall.is_asked_for():
    wall.show(dark=dark)
    st.stop()
defaults = {period_picker.NAME: as_of_picker.default_period(now).key, as_of_picker.NAME: ""}
address.begin("summary", defaults)
title, picker = st.columns([11, 9], vertical_alignment="center")
with picker, st.container(horizontal=True, horizontal_alignment="right", gap="small"):
    with st.container(width=170):
        as_of = as_of_picker.choose("summary", now)
    with st.container(width=200):
        period = period_picker.choose("summary", as_of.day)
said = {period_picker.NAME: period.key, as_of_picker.NAME: as_of.key}
address.write("summary", said, defaults=defaults)

view = summary.overview(who, sops, period, as_of.moment, past=as_of.past)
with title:
    navigation.heading(_("Overview"), aside=_("As of {moment}", moment=moment_long(as_of.moment)))
with st.container(gap="xxsmall"):
    st.markdown(f"{summary.sentence(view)} {plain(summary.weakest(view))}")
    as_of_picker.notice(as_of)
    duty_strip.show_alarms(view.alarms)
summary_panels.show_figures(view)
summary_panels.show_panels(view, dark=dark)
