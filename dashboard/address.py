"""Filters in the address, so that what one sees can be sent to somebody else.

Decided 2026-11. Streamlit can bind a widget to the address, but it writes the words of the chosen option there, which
change with the language. Here the address carries keys. Widgets begin with what the address says; what they say
afterwards is written back. When the address was changed from outside (a link, the browser's back), it wins.
"""

from collections.abc import Mapping

import streamlit as st


def begin(screen: str, names: Mapping[str, str]) -> None:
    """Fill the widgets `f"{screen}.{name}"` from the address, when it is not the one this screen wrote last.

    `names` maps each parameter's name to its value when the address does not name it.
    """
    given = {name: st.query_params.get(name, "") for name in names}
    if st.session_state.get(f"address.{screen}") == given:
        return
    st.session_state[f"address.{screen}"] = given
    for name, default in names.items():
        st.session_state[f"{screen}.{name}"] = given[name] or default


def write(screen: str, values: Mapping[str, str], *, defaults: Mapping[str, str]) -> None:
    """Write the values that are not the default into the address."""
    said = {name: value if value != defaults[name] else "" for name, value in values.items()}
    if st.session_state.get(f"address.{screen}") == said:
        return
    st.session_state[f"address.{screen}"] = said
    for name, value in said.items():
        if value:
            st.query_params[name] = value
        elif name in st.query_params:
            del st.query_params[name]
