"""Daftar: the rounds behind a figure that was pressed, each leading to its case."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import streamlit as st

from dashboard import navigation, reads
from dashboard.analysis.address import Listed, listed
from dashboard.analysis.asked import Asked
from dashboard.analysis.late_view import rounds_sheet
from dashboard.analysis.panel import Panel
from dashboard.case_opener import open_by_name
from dashboard.formats import date_long, number
from dashboard.report_screen import words
from dashboard.reports.sheets import withheld
from dashboard.status import word
from dashboard.text import _, language, ngettext
from models.access import Permission, may
from models.errors import N_, Forbidden
from models.lateness import LATE_REASONS
from models.queries.behind import NO_REASON, NOT_IN_TIME, Behind, BehindRow, rounds_behind

PER_PAGE = 25
EXPORTED = 5_000
_KINDS = {
    "recorded_late": N_("Recorded late"),
    "returned": N_("Handed back"),
    "skipped": N_("Left out"),
    "out_of_order": N_("Begun out of order"),
    "finished": N_("Finished"),
    "open": N_("Open now"),
    "left_order": N_("Left the order of the SOP"),
    "ended": N_("Of the cases that ended"),
    "lacking": N_("Outputs missing"),
}


def panel(asked: Asked, query: Mapping[str, str]) -> Panel:
    """All rounds of the list as a table, for the file."""
    found = listed(query, asked)
    rows, total = _read(asked, found, limit=EXPORTED)
    cut = _("The first {count} of {total}.", count=number(len(rows)), total=number(total))
    return Panel(
        key="list",
        title=_("The steps behind the figure"),
        message=title(asked, found),
        sheet=rounds_sheet(asked, rows, name=_("Steps"), title=title(asked, found), as_of=asked.as_of),
        notes=(withheld(), *([cut] if total > len(rows) else [])),
    )


def title(asked: Asked, found: Listed) -> str:
    """What is listed, in words: "4. Penelaahan · Terlambat · Juli 2026"."""
    chosen = found.rounds
    executors = {one.key: one.label.in_language(language()) for one in asked.sop.executors}
    parts = [
        asked.step_name(chosen.step) if chosen.step else "",
        executors.get(chosen.executor, ""),
        _(_KINDS[chosen.kind]) if chosen.kind in _KINDS else "",
        _("Late or overdue") if chosen.verdict == NOT_IN_TIME else word(chosen.verdict),
        _reason(chosen.late_reason),
        date_long(chosen.due_until - timedelta(minutes=1)) if chosen.due_until else "",
        "" if chosen.kind == "open" else found.period.label(),
    ]
    return " · ".join(part for part in parts if part)


def _reason(key: str) -> str:
    return _("No reason given") if key == NO_REASON else _(LATE_REASONS[key]) if key else ""


def show(asked: Asked, query: Mapping[str, str], back: Mapping[str, str]) -> None:
    """The list, a page at a time; a row opens its case, and the link above leads back to the charts."""
    found = listed(query, asked)
    st.page_link(
        navigation.page(navigation.COMPLIANCE),
        label=_("Back to the charts"),
        icon=":material/arrow_back:",
        query_params=dict(back),
    )
    navigation.panel_title(_("The steps behind the figure"))
    st.text(title(asked, found))
    page = _page(query)
    rows, total = _read(asked, found, limit=PER_PAGE, offset=(page - 1) * PER_PAGE)
    pages = max(1, -(-total // PER_PAGE))
    if page > pages:  # the address asks for a page after the last
        page = pages
        rows, total = _read(asked, found, limit=PER_PAGE, offset=(page - 1) * PER_PAGE)
    if not total:
        st.info(_("There is no such step in this period."), icon=":material/inbox:")
    else:
        counted = ngettext("{count} step", "{count} steps", total, count=number(total))
        words, opener = st.columns([3, 2], vertical_alignment="center")
        words.caption(f"{counted} · {_('Choose a row to open its case.')}")
        with opener:
            _opener(asked, rows, page)
        _table(asked, rows, page)
    st.caption(withheld())
    if pages > 1 and (chosen := st.pagination(pages, default=page, key=f"compliance.pages.{page}")) != page:
        st.session_state["compliance.hal"] = str(chosen) if chosen > 1 else ""
        st.rerun()


def _opener(asked: Asked, rows: list[BehindRow], page: int) -> None:
    steps = {row.case_id: row.step_key for row in rows if row.case_id is not None}
    names = {
        row.case_id: f"{row.register_no} · {asked.step_name(row.step_key)}"
        for row in rows
        if row.case_id is not None
    }
    open_by_name(names, key=f"compliance.list.open.{page}", highlighted=steps)


def _page(query: Mapping[str, str]) -> int:
    asked = query.get("hal", "")
    return int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 6 and int(asked) > 0 else 1


def _table(asked: Asked, rows: list[BehindRow], page: int) -> None:
    sheet = rounds_sheet(asked, rows, name=_("Steps"), title="", as_of=asked.as_of)
    picked = st.dataframe(
        words(sheet),
        key=f"compliance.list.{page}",
        hide_index=True,
        on_select="rerun",
        selection_mode="single-cell",
        placeholder="-",
        height="content",
    )
    cells: list[Any] = list(picked["selection"]["cells"])
    row = rows[cells[0][0]] if cells else None
    if row is not None and row.case_id is not None:
        navigation.go_to(navigation.CASE, id=str(row.case_id), sorot=row.step_key)


def _read(asked: Asked, found: Listed, *, limit: int, offset: int = 0) -> tuple[list[BehindRow], int]:
    if not may(asked.actor, Permission.VIEW_SUMMARY, asked.scope):
        raise Forbidden
    version, hidden = reads.stands(asked.actor)
    return _remembered(
        _asked=asked,
        key=(asked.scope.code, asked.scope.version, asked.as_of, asked.past),
        rounds=found.rounds,
        page=(limit, offset),
        hidden=hidden,
        version=version,
    )


@st.cache_data(max_entries=60, ttl=300, show_spinner=False)
def _remembered(
    *,
    _asked: Asked,
    key: tuple[object, ...],
    rounds: Behind,
    page: tuple[int, int],
    hidden: tuple[int, ...],
    version: int,
) -> tuple[list[BehindRow], int]:
    """A page that was read before, until something changes: its count goes through all rounds of the figure."""
    limit, offset = page
    return reads.read(rounds_behind, **_asked.reading(), asked=rounds, limit=limit, offset=offset)
