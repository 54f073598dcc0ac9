"""Akun saya: language, password, signing out."""

import streamlit as st

from dashboard import account_screen, acts, navigation, session
from dashboard.text import _

who = session.actor()
navigation.heading(_("My account"))
acts.said()
with st.container(width=520):
    account_screen.show(who)
