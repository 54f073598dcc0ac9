"""What stands beside a case's steps: its data, its history, and what this person may still do to it."""

import streamlit as st

from dashboard import case_data, case_history, case_remedies, drafts
from dashboard.text import _
from models.access import Actor, Permission, may
from models.queries.case_file import CaseView


def show(who: Actor, view: CaseView) -> None:
    """The chosen tab; a form that was begun keeps its tab though the case be closed meanwhile."""
    names = {"data": _("Data"), "history": _("History")}
    correctable = case_remedies.correctable(who, view)
    if _offers(who, Permission.EDIT_CASE, view, form=f"edit.{view.case_id}"):
        names["edit"] = _("Change data")
    if correctable:
        names["correct"] = _("Correct")
    if _offers(who, Permission.CLOSE_CASE, view, form=f"close.{view.case_id}"):
        names["close"] = _("Close")
    chosen = st.segmented_control(
        _("Show"),
        list(names),
        format_func=lambda key: names[key],
        default="data",
        required=True,
        key="case.tab",
        label_visibility="collapsed",
    )
    if chosen == "history":
        case_history.show(who, view.sop, view.case_id)
    elif chosen == "edit":
        case_data.edit(view)
    elif chosen == "correct":
        case_remedies.correct(view, correctable)
    elif chosen == "close":
        case_remedies.close(view)
    else:
        case_data.show(who, view)


def _offers(who: Actor, permission: Permission, view: CaseView, *, form: str) -> bool:
    return may(who, permission, view.sop) and (view.closed_at is None or drafts.is_begun(form))
