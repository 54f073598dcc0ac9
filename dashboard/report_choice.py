"""Which report the screen Laporan shows: a SOP and a run of months, kept in the address as `sop` and `periode`.

Links of before said `semester`; they still lead where they led.
"""

from collections.abc import Mapping
from datetime import date

import streamlit as st

from dashboard import address, period_picker, periods
from dashboard.periods import Months
from dashboard.text import _, language
from models.sop import Sop

_FORMER_NAME = "semester"


def choose(sops: Mapping[str, Sop], today: date) -> tuple[Sop, Months]:
    """The two pickers, side by side."""
    if former := st.query_params.get(_FORMER_NAME):
        del st.query_params[_FORMER_NAME]
        st.query_params[period_picker.NAME] = former
    defaults = {"sop": next(iter(sops)), period_picker.NAME: periods.current(today).key}
    address.begin("reports", defaults)
    if st.session_state["reports.sop"] not in sops:
        st.session_state["reports.sop"] = defaults["sop"]
    kind, period = st.columns(2)
    code = kind.selectbox(
        _("SOP"),
        list(sops),
        format_func=lambda key: sops[key].short.in_language(language()),
        key="reports.sop",
    )
    with period:
        months = period_picker.choose("reports", today, labelled=True)
    address.write("reports", {"sop": code, period_picker.NAME: months.key}, defaults=defaults)
    return sops[code], months
