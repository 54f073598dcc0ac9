"""Limits that others set (the national ones for complaints), beside the SOP's own clock."""

from datetime import datetime

import streamlit as st

from dashboard import reads
from dashboard.formats import date_long
from dashboard.text import _, language
from models.queries.case_file import CaseView
from models.sla import Deadline, Target, Unit, deadline
from models.sop_books import Limit


def show(view: CaseView, now: datetime) -> None:
    """The limit that holds for this case's result, or each that may come to hold while there is none.

    A day is a day here too: a limit has passed from the midnight after its date.
    """
    outcome = next(
        (one.outcome for one in reversed(view.rounds) if one.outcome and one.state == "done"), None
    )
    shown = [limit for limit in view.sop.limits if outcome is None or outcome in limit.outcomes]
    deadlines = {limit.key: _deadline(view, limit) for limit in shown}
    at = view.closed_at or now
    passed = {
        key for key, found in deadlines.items() if found.late_from is not None and at >= found.late_from
    }
    certain = outcome is not None or passed == set(deadlines)  # whichever result it may get, the time is over
    for limit in shown:
        due_at = deadlines[limit.key].due_at
        if due_at is None:
            continue
        words = _(
            "{limit}: {days} working days, until {date}",
            limit=limit.label.in_language(language()),
            days=limit.days,
            date=date_long(due_at),
        )
        late = certain and limit.key in passed
        st.caption(f"{words} · :red[{_('passed')}]" if late else words)


def _deadline(view: CaseView, limit: Limit) -> Deadline:
    return deadline(
        start_at=view.received_at, target=Target(Unit.WORKING_DAYS, limit.days), calendar=reads.calendar()
    )
