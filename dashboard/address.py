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
    last = st.session_state.get(f"address.{screen}")
    if last and set(st.query_params) - set(names):
        # The browser's back halts here with the parameters of the page one comes from: take up what stood here, also
        # where the other page has parameters of the same name.
        st.query_params.from_dict({name: value for name, value in last.items() if value})
        given, last = last, None
    elif last != given:
        st.session_state[f"address.{screen}"], last = {}, None
    for name, default in names.items():
        key = f"{screen}.{name}"
        if (
            last is None or key not in st.session_state
        ):  # Streamlit drops a widget's value when its page is left
            st.session_state[key] = given[name] or default


def write(screen: str, values: Mapping[str, str], *, defaults: Mapping[str, str]) -> None:
    """Write the values into the address, all at once: each change is a place in the browser's history.

    What stands there already stays, also where it is the default: a link that names its semester keeps its meaning.
    """
    shown = {name: st.query_params.get(name, "") for name in values}
    said = {
        name: shown[name] if (shown[name] or defaults[name]) == value else _unless(defaults[name], value)
        for name, value in values.items()
    }
    known, st.session_state[f"address.{screen}"] = st.session_state.get(f"address.{screen}"), said
    if said != shown or said != known:  # a link to the very screen leaves it to us to tell the browser
        together = dict(st.query_params.items()) | said
        st.query_params.from_dict({name: value for name, value in together.items() if value})


def _unless(default: str, value: str) -> str:
    return "" if value == default else value
