"""Whether the figures of an issued report have moved since: which rows, from what to what, and through which acts.

A case that is hidden from whoever looks stands in what was issued and not in what they would be shown now: its rows
have not moved, and they are left out.
"""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime

import streamlit as st
from sqlalchemy import Connection

from dashboard import case_history, reads
from dashboard.formats import date_medium, moment_medium, number
from dashboard.periods import Months
from dashboard.reports import semester
from dashboard.reports.cell_words import cell_words
from dashboard.reports.facts import BETWEEN, Moved, facts, kinds, moved
from dashboard.reports.sheets import Kind
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


@dataclass(frozen=True, slots=True)
class Compared:
    """The rows that differ, what the facts in them are, and the register numbers of all cases of the report."""

    rows: list[Moved]
    kinds: Mapping[tuple[str, str], Kind]
    listed: frozenset[str]


def show(who: Actor, sop: Sop, months: Months, issue: Issue) -> None:
    """Say that nothing moved, or name the rows that did."""
    found = _moved(
        _who=who, _sop=sop, _months=months, user_id=who.user_id, report_id=issue.report_id, as_of=issue.as_of,
        version=reads.read(data_version),
    )  # fmt: skip
    if not found.rows:
        st.success(_("The figures still stand as they were issued."), icon=":material/task_alt:")
        return
    count = number(len(found.rows))
    st.warning(
        _("The figures have moved since: {count} rows. A revision can be issued.", count=count),
        icon=":material/change_circle:",
    )
    named = {row.row.partition(BETWEEN)[0] for row in found.rows}
    why = reads.read(
        changes_since,
        actor=who,
        sop=sop,
        register_nos=sorted(named | found.listed),
        report_id=issue.report_id,
    )
    with st.expander(_("Rows that changed, and why"), key="issue.moved"):
        for row in found.rows[:SHOWN]:
            _row(row, why.get(row.row.partition(BETWEEN)[0], []), sop, found.kinds)
        if len(found.rows) > SHOWN:
            st.caption(_("and {count} more", count=number(len(found.rows) - SHOWN)))
        _others(why, named, sop)


@st.cache_data(max_entries=20, ttl=300, show_spinner=False)
def _moved(
    *, _who: Actor, _sop: Sop, _months: Months, user_id: int, report_id: int, as_of: datetime, version: int
) -> Compared:
    """Judged at the moment of the issue, so that time alone moves nothing."""

    def compare(connection: Connection) -> Compared:
        with in_language("id"):  # in which it was issued
            workbook = semester.build(connection, actor=_who, sop=_sop, months=_months, as_of=as_of)
        then, now = issue_facts(connection, report_id), facts(workbook)
        found = list(moved(then, now))
        if names_hidden(connection, actor=_who, code=_sop.code, facts=then):
            found = [
                row
                for row in found
                if not names_hidden(connection, actor=_who, code=_sop.code, facts=[row.row, row.old, row.new])
            ]
        return Compared(found, kinds(workbook), frozenset(now[workbook.sheets[0].name]))

    return reads.read(compare)


def _row(row: Moved, why: list[Change], sop: Sop, kinds: Mapping[tuple[str, str], Kind]) -> None:
    with st.container(border=True, gap=None):
        st.text(f"{row.sheet} · {row.row}")
        if row.old is None:
            st.text(_("new in the report"))
        elif row.new is None:
            st.text(_("no longer in the report"))
        else:
            for title in row.columns():
                kind = kinds.get((row.sheet, title), "text")
                old, new = (_said(value, kind) for value in (row.old.get(title), row.new[title]))
                st.text(f"{title}: {old} → {new}")
        for change in why:
            _act(change, sop)


def _others(why: Mapping[str, list[Change]], named: Collection[str], sop: Sop) -> None:
    """The acts on cases of the report of which no row moved: a mean moves where no row of a case does."""
    others = [(case, change) for case, acts in why.items() if case not in named for change in acts]
    if not others:
        return
    st.caption(_("Also recorded since on cases of this report:"))
    for case, change in others[:SHOWN]:
        _act(change, sop, before=f"{case} · ")
    if len(others) > SHOWN:
        st.caption(_("and {count} more", count=number(len(others) - SHOWN)))


def _act(change: Change, sop: Sop, *, before: str = "") -> None:
    if words := case_history.words(change.action, change.details, sop):
        reason = f" · {change.reason}" if change.reason else ""
        st.text(f"{before}{moment_medium(change.recorded_at)} {change.actor_name}: {words}{reason}")


def _said(value: object, kind: Kind) -> str:
    """A stored value as the report writes it: moments and dates are kept as ISO text, durations as minutes."""
    if isinstance(value, str):
        if _MOMENT.fullmatch(value):
            return moment_medium(datetime.fromisoformat(value.replace("Z", "+00:00")))
        return date_medium(date.fromisoformat(value)) if _DATE.fullmatch(value) else value
    if not isinstance(value, int | float):
        return "-"
    return cell_words(kind, value) if kind in ("percent", "duration") else number(value)
