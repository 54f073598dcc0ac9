"""The words, icons and colours of the states, and what is left of a step's time: the same on every screen.

A state is a word and an icon first and a colour second, so that it reads in black and white too.
"""

from datetime import datetime
from typing import Any, Literal

import streamlit as st

from dashboard.formats import moment_long, working_duration
from dashboard.text import _
from models.errors import N_
from models.work_calendar import WorkCalendar

Colour = Literal["green", "blue", "yellow", "orange", "red", "gray"]

STATES: dict[str, tuple[str, str, Colour]] = {
    "on_time": (N_("On time"), ":material/check_circle:", "green"),
    "late": (N_("Late"), ":material/running_with_errors:", "orange"),
    "overdue": (N_("Overdue"), ":material/error:", "red"),
    "at_risk": (N_("Due soon"), ":material/hourglass_bottom:", "yellow"),
    "running": (N_("Running"), ":material/play_circle:", "blue"),
    "unmeasured": (N_("Not measured"), ":material/remove_circle:", "gray"),
    "skipped": (N_("Not applicable"), ":material/do_not_disturb_on:", "gray"),
    "not_started": (N_("Not started"), ":material/radio_button_unchecked:", "gray"),
}
FILTERS = ("overdue", "at_risk", "running", "late", "on_time")


def word(state: str) -> str:
    """The state's word in the spoken language; "" for no state."""
    return _(STATES[state][0]) if state in STATES else ""


def badge(state: str) -> None:
    """The state as a chip."""
    msgid, icon, colour = STATES[state]
    st.badge(_(msgid), icon=icon, color=colour)


def chip(state: str) -> str:
    """The same chip within a line of Markdown: one element less for each of many rows."""
    msgid, icon, colour = STATES[state]
    return f":{colour}-badge[{icon} {_(msgid)}]"


def chip_column(label: str) -> Any:
    """A table's column whose cells are lists of one state's word, each in its colour."""
    return st.column_config.MultiselectColumn(
        label,
        options=[word(state) for state in STATES],
        color=[colour for _msgid, _icon, colour in STATES.values()],
    )


def time_left_briefly(due_at: datetime, *, verdict: str, now: datetime, calendar: WorkCalendar) -> str:
    """ "sisa 1 hari kerja 3 jam", "lewat 2 hari kerja", "jatuh tenggat hari ini"."""
    if verdict == "overdue":
        if not calendar.elapsed(due_at, max(due_at, now)):
            return _("overdue")
        return _("{time} overdue", time=_between(due_at, now, calendar))
    return _("{time} left", time=_between(now, due_at, calendar)) if now < due_at else _("due today")


def time_left(due_at: datetime | None, *, verdict: str, now: datetime, calendar: WorkCalendar) -> str:
    """ "sisa 1 hari kerja 3 jam · Jumat, 4 Juli 2025 pukul 16.30 WIB"; how long overdue where it is."""
    if due_at is None:
        return _("No time limit set by the SOP")
    moment = moment_long(due_at)
    if verdict == "overdue":
        if not calendar.elapsed(due_at, max(due_at, now)):  # as below
            return _("was due {moment}", moment=moment)
        return _("{time} overdue · was due {moment}", time=_between(due_at, now, calendar), moment=moment)
    if now >= due_at:
        return _("due today · {moment}", moment=moment)
    if not calendar.elapsed(now, due_at):  # a night or a weekend lies between: no working time to tell
        return _("due {moment}", moment=moment)
    return _("{time} left · {moment}", time=_between(now, due_at, calendar), moment=moment)


def _between(start: datetime, end: datetime, calendar: WorkCalendar) -> str:
    return working_duration(calendar.elapsed(start, max(start, end)))
