"""The main button of a form or a screen, with words that can be read in both themes.

Decided 2026-11. Streamlit writes white on a main button. On the dark theme's bright colour that is hard to read, and a
darker colour would make the chosen option of a row of options hard to read, whose words have the colour itself. So on
dark the words and the icon of a main button are given a dark ink.
"""

from typing import Any

import streamlit as st

from dashboard.palette import INK_ON_MAIN
from dashboard.text import plain


def main(label: str, *, icon: str = "") -> dict[str, Any]:
    """What `st.button`, `st.link_button` and `st.popover` take to show a main button: `st.button(**main(...))`."""
    words = plain(label)
    if st.context.theme.type != "dark":
        return {"label": words, "icon": icon or None, "type": "primary"}
    words = f"{icon} {words}".strip()
    return {"label": f':color[{words}]{{foreground="{INK_ON_MAIN}"}}', "icon": None, "type": "primary"}


def other(label: str, *, icon: str = "") -> dict[str, Any]:
    """The same for a button that is not the main one."""
    return {"label": plain(label), "icon": icon or None, "type": "secondary"}
