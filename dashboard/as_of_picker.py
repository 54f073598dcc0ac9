"""Choosing a past day: figures as they were known at its end. Kept in the address as `per` (2026-10-31)."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

import streamlit as st

from dashboard import buttons
from dashboard.formats import date_medium, in_wib
from dashboard.text import _

NAME = "per"
_FIRST = date(2020, 1, 1)


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
        day = date.fromisoformat(key) if len(key) == 10 else today
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
    return chosen


def notice(as_of: AsOf) -> None:
    """Say that a past day is shown; nothing for now."""
    if as_of.past:
        st.warning(
            _("You are looking at a past day. What was recorded after it is not counted here."),
            icon=":material/history:",
        )
