"""Entry script: who is it, which pages, run. Nothing else belongs here: fragments and dialogs do not pass through."""

import streamlit as st

from dashboard import navigation, reads, session, wall
from dashboard.settings import ROOT, store
from models.database import one_state

ICON = ROOT / "dashboard" / "web" / "assets" / "ikon.svg"

st.set_page_config(page_title="Patuh", page_icon=ICON, layout="wide")
with one_state(store()):
    who = session.actor()
    sops = reads.readable_sops(who, session.now())
    navigation.choose(who, sops, shown=not wall.is_asked_for()).run()
