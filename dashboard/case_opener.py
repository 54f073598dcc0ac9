"""The way from a table into a case without a mouse: in a table the first arrow key would open whatever it comes to."""

from collections.abc import Mapping

import streamlit as st

from dashboard import navigation
from dashboard.text import _


def open_by_name(cases: Mapping[int, str], *, key: str, highlighted: Mapping[int, str] | None = None) -> None:
    """A list of the cases by what each is called; the chosen one is opened, its `highlighted` step marked."""
    chosen = st.selectbox(
        _("Open a case of this page"),
        list(cases),
        index=None,
        format_func=lambda case_id: cases.get(case_id, ""),
        placeholder=_("Open a case of this page"),
        key=key,
        label_visibility="collapsed",
    )
    if chosen is not None:
        st.session_state.pop(key)  # or it would be opened again when one comes back
        navigation.go_to(navigation.CASE, id=str(chosen), sorot=(highlighted or {}).get(chosen, ""))
