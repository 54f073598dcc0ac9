"""Whether the figures of an issued report have moved since: which rows, from what to what, and through which acts.

A case that is hidden from whoever looks stands in what was issued and not in what they would be shown now: its rows
have not moved, and they are left out.
"""

import re
from datetime import date, datetime

import streamlit as st
from sqlalchemy import Connection

from dashboard import case_history, reads
from dashboard.formats import date_medium, moment_medium, number
from dashboard.periods import Months
from dashboard.reports import semester
from dashboard.reports.facts import BETWEEN, Moved, facts, moved
from dashboard.text import _, in_language
from models.access import Actor
from models.database import data_version
from models.queries.changes import Change, changes_since
from models.queries.issues import Issue, issue_facts
from models.queries.sight import names_hidden
from models.sop import Sop

SHOWN = 30
_MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}Z")
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")


def show(who: Actor, sop: Sop, months: Months, issue: Issue) -> None:
    """Say that nothing moved, or name the rows that did."""
    found = _moved(
        _who=who, _sop=sop, _months=months, user_id=who.user_id, report_id=issue.report_id, as_of=issue.as_of,
        version=reads.read(data_version),
    )  # fmt: skip
    if not found:
        st.success(_("The figures still stand as they were issued."), icon=":material/task_alt:")
        return
    st.warning(
        _("The figures have moved since: {count} rows. A revision can be issued.", count=number(len(found))),
        icon=":material/change_circle:",
    )
    why = reads.read(
        changes_since,
        actor=who,
        sop=sop,
        register_nos=sorted({row.row.partition(BETWEEN)[0] for row in found}),
        since=issue.recorded_at,
    )
    with st.expander(_("Rows that changed, and why"), key="issue.moved"):
        for row in found[:SHOWN]:
            _row(row, why.get(row.row.partition(BETWEEN)[0], []), sop)
        if len(found) > SHOWN:
            st.caption(_("and {count} more", count=number(len(found) - SHOWN)))


@st.cache_data(max_entries=20, ttl=300, show_spinner=False)
def _moved(
    *, _who: Actor, _sop: Sop, _months: Months, user_id: int, report_id: int, as_of: datetime, version: int
) -> list[Moved]:
    """The rows that differ, judged at the moment of the issue, so that time alone moves none."""

    def compare(connection: Connection) -> list[Moved]:
        with in_language("id"):  # in which it was issued
            workbook = semester.build(connection, actor=_who, sop=_sop, months=_months, as_of=as_of)
        then = issue_facts(connection, report_id)
        found = list(moved(then, facts(workbook)))
        if not names_hidden(connection, actor=_who, code=_sop.code, facts=then):
            return found
        return [
            row
            for row in found
            if not names_hidden(connection, actor=_who, code=_sop.code, facts=[row.row, row.old, row.new])
        ]

    return reads.read(compare)


def _row(row: Moved, why: list[Change], sop: Sop) -> None:
    with st.container(border=True, gap=None):
        st.text(f"{row.sheet} · {row.row}")
        if row.old is None:
            st.text(_("new in the report"))
        elif row.new is None:
            st.text(_("no longer in the report"))
        else:
            for title in row.columns():
                st.text(f"{title}: {_said(row.old.get(title))} → {_said(row.new[title])}")
        for change in why:
            if words := case_history.words(change.action, change.details, sop):
                reason = f" · {change.reason}" if change.reason else ""
                st.text(f"{moment_medium(change.recorded_at)} {change.actor_name}: {words}{reason}")


def _said(value: object) -> str:
    """A stored value as a person writes it: moments and dates are kept as ISO text."""
    if isinstance(value, str):
        if _MOMENT.fullmatch(value):
            return moment_medium(datetime.fromisoformat(value.replace("Z", "+00:00")))
        return date_medium(date.fromisoformat(value)) if _DATE.fullmatch(value) else value
    return number(value) if isinstance(value, int | float) else "-"
