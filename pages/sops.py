"""SOP: each as its table, with the original words and the assumptions."""

import streamlit as st

from dashboard import navigation, reads, session, sop_screen
from dashboard.text import _, language
from models.access import Permission

who = session.require(Permission.VIEW_SOPS)
navigation.heading(_("SOPs"))
sops = reads.all_sops(session.now())
names = {sop.code: f"{sop.short.in_language(language())} · {sop.number}" for sop in sops}
chosen = st.segmented_control(
    _("SOP"),
    list(names),
    format_func=lambda code: names[code],
    default=sops[0].code,
    required=True,
    key="sops.code",
    label_visibility="collapsed",
)
sop_screen.show(next(sop for sop in sops if sop.code == chosen))
