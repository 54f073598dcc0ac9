"""The smallest screen: who is it, may they, what time is it; leave and break on demand."""

import streamlit as st

from dashboard import session
from dashboard.formats import moment_long
from dashboard.text import _
from models.access import Permission

who = session.require(Permission.VIEW_TASKS)
st.text(f"{who.name}|{','.join(sorted(who.roles))}|{moment_long(session.now())}|{_('Sign out')}")
if st.button("leave", key="leave"):
    session.sign_out()
if st.button("break", key="break"):
    raise ValueError("Maria Sikerei")


@st.fragment
def live() -> None:
    """A part that reruns by itself."""
    st.text(_("Sign in"))


live()
