"""What happened to a case, in plain sentences, the latest first."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import streamlit as st

from dashboard import reads
from dashboard.formats import moment_medium
from dashboard.stored import NOTHING, stored_words
from dashboard.text import _, language
from models.access import Actor, Permission, may
from models.errors import N_
from models.queries.case_file import Act, CaseView, history
from models.sop import Field, Sop
from models.step_form import step_fields

SHOWN_AT_FIRST = 50
_ENTRY_SHOWN = 200  # letters of an entry; the whole of it stands in its book
_ABOUT_SOMEBODY = ("case.assigned", "case.unassigned", "conflict.declared", "conflict.lifted")
_SENTENCES = {
    "case.opened": N_("Case opened"),
    "case.edited": N_("Case data changed"),
    "case.closed": N_("Case closed"),
    "case.paused": N_("Case paused"),
    "case.resumed": N_("The pause ended"),
    "case.linked": N_("Tied to another case"),
    "case.unlinked": N_("The tie to another case was taken back"),
    "conflict.declared": N_("Conflict of interest declared"),
    "conflict.lifted": N_("Conflict of interest lifted"),
    "case.assigned": N_("Case assigned to somebody"),
    "case.unassigned": N_("The assignment of the case ended"),
    "step.finished": N_("Step {step} finished"),
    "step.begun": N_("Step {step}: {begins}"),
    "step.skipped": N_("Step {step} not applicable"),
    "step.corrected": N_("Step {step} corrected"),
    "step.returned": N_("Step {step} handed back"),
    "step.due_moved": N_("Due date of step {step} moved"),
    "journal.written": N_("Written into: {book}"),
    "journal.corrected": N_("Entry corrected in: {book}"),
    "journal.struck": N_("Entry struck in: {book}"),
    "attachment.added": N_("File attached"),
    "attachment.withdrawn": N_("File withdrawn"),
    "attachment.opened": N_("Confidential file opened"),
    "paper.saved": N_("Paper filled in: {paper}"),
    "paper.printed": N_("Paper printed: {paper}"),
    "identity.revealed": N_("Reporter's identity shown"),
}


def show(who: Actor, view: CaseView) -> None:
    """The history as lines of text: nothing that was typed is rendered."""
    # a step that began follows from the one that was finished
    acts = [act for act in reads.read(history, actor=who, case_id=view.case_id) if act.action in _SENTENCES]
    whole = len(acts) <= SHOWN_AT_FIRST or st.toggle(
        _("Show all {count}", count=len(acts)), key="history.all"
    )
    for act in acts if whole else acts[:SHOWN_AT_FIRST]:
        with st.container(border=True, gap=None):
            st.markdown(f"**{sentence(act, view.sop)}**")
            st.text(_who_and_when(act))
            reason = act.reason if _may_read(who, view.sop, act) else None
            for line in (
                reason,
                *_told(who, view, act),
                *_what(act, view.sop),
                *_moved(act),
                *_changed(act, view.sop),
            ):
                if line:
                    st.text(line)


def _may_read(who: Actor, sop: Sop, act: Act) -> bool:
    """Whether this person is told about whom and why: of a conflict of interest those alone who may declare one."""
    return not act.action.startswith("conflict.") or may(who, Permission.DECLARE_CONFLICT, sop)


def _told(who: Actor, view: CaseView, act: Act) -> list[str]:
    """Whom or which file an act is about; titles of files may name a reporter, so not everybody is told them."""
    if act.action.startswith("attachment."):
        told = not view.sop.confidential_fields or may(who, Permission.VIEW_IDENTITY, view.sop)
        return [str(act.details.get("title") or "")] if told else []
    named = act.action in _ABOUT_SOMEBODY and act.details.get("name") and _may_read(who, view.sop, act)
    return [str(act.details["name"])] if named else []


def sentence(act: Act, sop: Sop) -> str:
    """The act in a few words of ours and of the SOP's file."""
    return words(act.action, act.details, sop)


def words(action: str, details: Mapping[str, Any], sop: Sop) -> str:
    """An act upon a case in a few words; "" for one that follows from another and is not told."""
    if action not in _SENTENCES:
        return ""
    step = next((step for step in sop.steps if step.key == details.get("step")), None)
    book = next((book for book in sop.journals if book.key == details.get("journal")), None)
    paper = next((paper for paper in sop.documents if paper.key == details.get("document")), None)
    return _(
        _SENTENCES[action],
        step=f"{step.no}. {step.name.in_language(language())}" if step else "-",
        begins=step.begins.in_language(language()) if step and step.begins else "-",
        book=book.label.in_language(language()) if book else "-",
        paper=paper.label.in_language(language()) if paper else "-",
    )


def _who_and_when(act: Act) -> str:
    recorded = moment_medium(act.recorded_at)
    if act.happened_at and act.happened_at != act.recorded_at.replace(second=0, microsecond=0):
        happened = moment_medium(act.happened_at)
        return _(
            "{moment} · recorded {recorded} by {name}",
            moment=happened,
            recorded=recorded,
            name=act.actor_name,
        )
    return _("{recorded} by {name}", recorded=recorded, name=act.actor_name)


def _what(act: Act, sop: Sop) -> list[str]:
    """What an entry of a logbook says, and what a step resulted in, without having to look for them elsewhere."""
    details = act.details
    if act.action == "step.finished" and details.get("outcome"):
        return [_("Result: {result}", result=sop.outcome(details["outcome"]).label.in_language(language()))]
    if act.action != "journal.written":
        return []
    data = details.get("data") or {}
    said = " · ".join(
        " ".join(stored_words(field, data[field.key]).split())
        for field in _fields(act, sop)
        if field.key in data
    )
    return [said if len(said) <= _ENTRY_SHOWN else said[:_ENTRY_SHOWN].rstrip() + "…"]


def _moved(act: Act) -> list[str]:
    old_and_new = act.details.get("due_at") if act.action == "step.due_moved" else None
    if act.action == "step.corrected" and "old_finished_at" in act.details:
        old_and_new = [act.details["old_finished_at"], act.details["finished_at"]]
    if act.action == "case.edited":
        return [
            _("from {old} to {new}", old=_said(pair[0]), new=_said(pair[1]))
            for key in ("received_at", "departs_at", "returns_at")
            if isinstance(pair := act.details.get(key), list)
        ]
    if not isinstance(old_and_new, list):
        return []
    old, new = (_said(moment) for moment in old_and_new)
    return [_("from {old} to {new}", old=old, new=new)]


def _changed(act: Act, sop: Sop) -> list[str]:
    """Field by field, from the old words, where there were any, to the new; of confidential ones the names alone."""
    fields = _fields(act, sop)
    pair = act.details.get("data")
    if act.action == "step.corrected":
        pair = (
            [act.details.get("old_data") or {}, act.details.get("data") or {}]
            if "old_data" in act.details
            else None
        )
    if not isinstance(pair, list) or len(pair) != 2:
        return []
    old, new = (dict(one or {}) for one in pair)
    lines = [
        f"{field.label.in_language(language())}: "
        + (f"{stored_words(field, old[field.key])} → " if old.get(field.key) not in NOTHING else "")
        + stored_words(field, new.get(field.key))
        for field in fields
        if old.get(field.key) != new.get(field.key)
    ]
    sealed = [field for field in sop.fields if field.key in (act.details.get("confidential") or ())]
    return lines + [
        f"{field.label.in_language(language())}: {_('changed (confidential)')}" for field in sealed
    ]


def _fields(act: Act, sop: Sop) -> Sequence[Field]:
    """The fields of the form that an act was sent with."""
    details = act.details
    if act.action.startswith("journal."):
        return next((book.fields for book in sop.journals if book.key == details.get("journal")), ())
    if act.action.startswith("paper."):
        return next((paper.fields for paper in sop.documents if paper.key == details.get("document")), ())
    if act.action.startswith("step."):
        return next((step_fields(step) for step in sop.steps if step.key == details.get("step")), ())
    return sop.fields


def _said(stored: str | None) -> str:
    return moment_medium(datetime.fromisoformat(stored.replace("Z", "+00:00"))) if stored else "-"
