"""Limits that others set (the national ones for complaints), beside the SOP's own clock."""

from datetime import datetime

import streamlit as st

from dashboard import reads
from dashboard.formats import date_long
from dashboard.text import _, language
from models.queries.case_file import CaseView
from models.sla import Target, Unit, deadline
from models.sop_books import Limit


def show(view: CaseView, now: datetime) -> None:
    """The limit that holds for this case's result, or each that may come to hold while there is none."""
    outcome = next(
        (one.outcome for one in reversed(view.rounds) if one.outcome and one.state == "done"), None
    )
    for limit in view.sop.limits:
        if outcome is None or outcome in limit.outcomes:
            _line(view, limit, now, certain=outcome is not None)


def _line(view: CaseView, limit: Limit, now: datetime, *, certain: bool) -> None:
    due_at = deadline(
        start_at=view.received_at, target=Target(Unit.WORKING_DAYS, limit.days), calendar=reads.calendar()
    ).due_at
    if due_at is None:
        return
    words = _(
        "{limit}: {days} working days, until {date}",
        limit=limit.label.in_language(language()),
        days=limit.days,
        date=date_long(due_at),
    )
    passed = certain and (view.closed_at or now) > due_at
    st.caption(f"{words} · :red[{_('passed')}]" if passed else words)
