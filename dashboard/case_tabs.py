"""The parts of a case's screen: the file, its books, papers, attachments, history, and what else can be done."""

from collections.abc import Callable
from functools import partial

import streamlit as st

from dashboard import (
    attachment_screen,
    case_data,
    case_history,
    case_pauses,
    case_remedies,
    case_schedule,
    case_screen,
    case_ties,
    conflict_screen,
    drafts,
    journal_screen,
    paper_screen,
    session,
)
from dashboard.text import _
from models.access import Actor, Permission, may
from models.queries.case_file import CaseView


def show(who: Actor, view: CaseView) -> None:
    """The chosen part. Each reads what it shows only when it is chosen."""
    names = {"file": _("File")}
    if view.sop.journals:
        names["books"] = _("Books")
    if view.sop.documents:
        names["papers"] = _("Papers")
    names |= {"files": _("Attachments"), "history": _("History")}
    acts = _acts(who, view)
    if acts:
        names["acts"] = _("More")
    chosen = st.segmented_control(
        _("Show"),
        list(names),
        format_func=lambda key: names[key],
        default="file",
        required=True,
        key="case.tab",
        label_visibility="collapsed",
    )
    if chosen == "books":
        journal_screen.show(who, view)
    elif chosen == "papers":
        paper_screen.show(who, view)
    elif chosen == "files":
        attachment_screen.show(who, view)
    elif chosen == "history":
        case_history.show(who, view)
    elif chosen == "acts":
        _choose(acts)
    else:
        _file(who, view)


def _file(who: Actor, view: CaseView) -> None:
    steps, more = st.columns([3, 2], gap="medium")
    with steps:
        case_screen.show_panels(who, view)
        case_screen.step_line(view, session.now())
    with more:
        case_data.show(who, view)
        case_ties.show_tied(who, view)
        case_ties.show_people(view)


def _acts(who: Actor, view: CaseView) -> dict[str, tuple[str, Callable[[], None]]]:
    """What this person may do to the case beside its steps; a form that was begun stays though the case be closed."""
    found: dict[str, tuple[str, Callable[[], None]]] = {}
    correctable = case_remedies.correctable(who, view)
    editing = partial(_offers, who, Permission.EDIT_CASE, view)
    if editing(lambda: drafts.stays(f"edit.{view.case_id}")):
        found["edit"] = (_("Change data"), lambda: case_data.edit(view))
    if case_schedule.is_movable(view) and editing(lambda: drafts.stays(f"move.{view.case_id}")):
        found["move"] = (_("Move the journey"), lambda: case_schedule.show(view))
    if editing(lambda: case_pauses.is_begun(view)):
        found["pause"] = (_("Pause"), lambda: case_pauses.show(view))
    if correctable:
        found["correct"] = (_("Correct a step"), lambda: case_remedies.correct(view, correctable))
    if case_ties.may_tie(who, view):
        found["ties"] = (_("Related cases"), lambda: case_ties.edit(who, view))
    if may(who, Permission.DECLARE_CONFLICT, view.sop):
        found["conflict"] = (_("Conflict of interest"), lambda: conflict_screen.show(who, view))
    if _offers(who, Permission.CLOSE_CASE, view, lambda: drafts.stays(f"close.{view.case_id}")):
        found["close"] = (_("Close"), lambda: case_remedies.close(view))
    return found


def _choose(acts: dict[str, tuple[str, Callable[[], None]]]) -> None:
    key = st.pills(
        _("What to do"),
        list(acts),
        format_func=lambda one: acts[one][0],
        default=next(iter(acts)),
        required=True,
        key="case.act",
        label_visibility="collapsed",
    )
    with st.container(width=900):
        acts[str(key)][1]()


def _offers(who: Actor, permission: Permission, view: CaseView, is_begun: Callable[[], bool]) -> bool:
    return may(who, permission, view.sop) and (view.closed_at is None or is_begun())
