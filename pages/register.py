"""Pengawalan, Pengaduan: the live register of one SOP's cases."""

import streamlit as st

from dashboard import acts, buttons, navigation, reads, register_screen, session
from dashboard.text import _, language
from models.access import Permission, may

who = session.require(Permission.VIEW_CASES)
now = session.now()
sop = navigation.sop_of_page(reads.readable_sops(who, now))
if sop is None:
    st.error(_("Not found."), icon=":material/block:")
    st.stop()

left, right = st.columns([3, 2], vertical_alignment="bottom")
with left:
    navigation.heading(sop.short.in_language(language()), caption=f"SOP {sop.number} · {sop.title}")
acts.said()
said = register_screen.filters(sop, now)
with right, st.container(horizontal=True, horizontal_alignment="right"):
    if may(who, Permission.EXPORT, sop):
        st.link_button(
            _("Download Excel"),
            register_screen.excel_address(sop, said),
            icon=":material/download:",
            key="register.xlsx",
        )
    new = buttons.main(navigation.new_case_label(sop), icon=":material/add:")
    if may(who, Permission.OPEN_CASE, sop) and st.button(**new, key="register.new"):
        navigation.go_to(navigation.NEW_CASE, sop=sop.code)
register_screen.table(sop.code, said)
