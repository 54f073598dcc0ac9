"""Choosing a period: a semester, a month, or a range of months; kept in the address as `periode`."""

from datetime import date

import streamlit as st

from dashboard import address, periods
from dashboard.periods import Months
from dashboard.text import _

NAME = "periode"
_RANGE = "rentang"
_MONTHS_OFFERED = 36


def pick(screen: str, today: date) -> Months:
    """The picker of one screen; returns what is chosen, the running semester at first."""
    defaults = {NAME: periods.current(today).key}
    address.begin(screen, defaults)
    chosen = choose(screen, today)
    address.write(screen, {NAME: chosen.key}, defaults=defaults)
    return chosen


def choose(screen: str, today: date, *, labelled: bool = False) -> Months:
    """The picker alone, on a screen that keeps more in its address: between its `address.begin` and its `write`."""
    current = periods.current(today)
    asked = periods.parse(st.session_state[f"{screen}.{NAME}"]) or current
    offered = {period.key: period for period in periods.offered(today)}
    if f"{screen}.kind" not in st.session_state or _is_new(screen, asked):
        st.session_state[f"{screen}.kind"] = asked.key if asked.key in offered else _RANGE
    kind = st.selectbox(
        _("Period"),
        [*offered, _RANGE],
        format_func=lambda key: offered[key].label() if key in offered else _("Range of months…"),
        key=f"{screen}.kind",
        label_visibility="visible" if labelled else "collapsed",
    )
    chosen = offered[kind] if kind in offered else _range(screen, asked, today)
    st.session_state[f"{screen}.{NAME}"] = st.session_state[f"{screen}.shown"] = chosen.key
    return chosen


def _is_new(screen: str, asked: Months) -> bool:
    """Whether the address asks for something else than what this screen showed last."""
    return st.session_state.get(f"{screen}.shown") != asked.key


def _range(screen: str, asked: Months, today: date) -> Months:
    """The first and the last month of a range; the earlier of the two is the first, whichever way they are chosen."""
    this_month = today.year * 100 + today.month
    months = sorted(
        {periods.shifted(this_month, -n) for n in range(_MONTHS_OFFERED)} | {asked.first, asked.last}
    )
    ends = [
        st.selectbox(
            label,
            months,
            index=months.index(end),
            format_func=lambda month: periods.of_range(month, month).label(),
            key=f"{screen}.{name}.{asked.key}",
        )
        for label, name, end in ((_("From"), "from", asked.first), (_("To"), "to", asked.last))
    ]
    return periods.of_months(min(ends), max(ends))
