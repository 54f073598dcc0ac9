"""Choosing a past day: figures as they were known at its end. Kept in the address as `per` (2026-10-31)."""

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import streamlit as st

from dashboard import buttons, periods
from dashboard.formats import date_medium, in_wib
from dashboard.periods import Months
from dashboard.text import _

NAME = "per"
_FIRST = date(2020, 1, 1)
_DAY = re.compile(r"\d{4}-\d\d-\d\d")


@dataclass(frozen=True, slots=True)
class AsOf:
    """The moment for which figures are asked. `past` says that it is the end of a day that lies behind."""

    moment: datetime
    past: bool

    @property
    def key(self) -> str:
        """How it stands in an address; "" for now."""
        return self.day.isoformat() if self.past else ""

    @property
    def day(self) -> date:
        """The office's date at that moment."""
        return in_wib(self.moment).date()


def parse(key: str, now: datetime) -> AsOf:
    """What an address asks for; now for anything that is not a past day."""
    today = in_wib(now).date()
    try:
        day = date.fromisoformat(key) if _DAY.fullmatch(key) else today
    except ValueError:
        day = today
    if not _FIRST <= day < today:
        return AsOf(now, past=False)
    midnight = in_wib(now).replace(hour=0, minute=0, second=0, microsecond=0)
    end = midnight - timedelta(days=(today - day).days - 1) - timedelta(minutes=1)
    return AsOf(end, past=True)


def choose(screen: str, now: datetime) -> AsOf:
    """The picker, between the `address.begin` and the `write` of a screen; leaves the choice in its state."""
    asked = parse(str(st.session_state.get(f"{screen}.{NAME}", "")), now)
    today = in_wib(now).date()
    icon = ":material/history:"
    if asked.past:
        shown = buttons.main(_("As of {date}", date=date_medium(asked.day)), icon=icon)
    else:
        shown = buttons.other(_("As of today"), icon=icon)
    with st.popover(**shown, width="stretch"):
        picked = st.date_input(
            _("Show the day"),
            value=asked.day,
            min_value=_FIRST,
            max_value=today,
            format="DD/MM/YYYY",
            key=f"{screen}.day.{asked.day}",
        )
        st.caption(_("As the office knew it at the end of that day; what was recorded later is left out."))
    if not isinstance(picked, date):
        return asked
    chosen = parse(picked.isoformat(), now)
    st.session_state[f"{screen}.{NAME}"] = chosen.key
    if chosen.key != asked.key:
        _move_period(screen, chosen.day)
        st.rerun()  # the button above says which day it is
    return chosen


def default_period(now: datetime) -> Months:
    """The semester of the day that the address asks for."""
    return periods.current(parse(st.query_params.get(NAME, ""), now).day)


def _move_period(screen: str, day: date) -> None:
    """A period that begins after the day has nothing to show of it: take the day's own semester."""
    shown = periods.parse(str(st.session_state.get(f"{screen}.periode", "")))
    if shown is not None and shown.first > day.year * 100 + day.month:
        st.session_state[f"{screen}.periode"] = periods.current(day).key


def notice(as_of: AsOf) -> None:
    """Say that a past day is shown; nothing for now."""
    if as_of.past:
        st.warning(
            _("You are looking at a past day. What was recorded after it is not counted here."),
            icon=":material/history:",
        )
