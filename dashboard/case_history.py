"""What happened to a case, in plain sentences, the latest first."""

from datetime import datetime

import streamlit as st

from dashboard import reads
from dashboard.formats import moment_medium
from dashboard.text import _, language
from models.access import Actor
from models.errors import N_
from models.queries.case_file import Act, history
from models.sop import Sop

_SENTENCES = {
    "case.opened": N_("Case opened"),
    "case.edited": N_("Case data changed"),
    "case.closed": N_("Case closed"),
    "step.finished": N_("Step {step} finished"),
    "step.skipped": N_("Step {step} not applicable"),
    "step.corrected": N_("Step {step} corrected"),
    "step.returned": N_("Step {step} handed back"),
    "step.due_moved": N_("Due date of step {step} moved"),
    "identity.revealed": N_("Reporter's identity shown"),
}


def show(who: Actor, sop: Sop, case_id: int) -> None:
    """The history as lines of text: nothing that was typed is rendered."""
    for act in reads.read(history, actor=who, case_id=case_id):
        if act.action not in _SENTENCES:  # a step that began follows from the one that was finished
            continue
        with st.container(border=True, gap=None):
            st.markdown(f"**{sentence(act, sop)}**")
            st.text(_who_and_when(act))
            if act.reason:
                st.text(act.reason)
            for line in _moved(act):
                st.text(line)


def sentence(act: Act, sop: Sop) -> str:
    """The act in a few words of ours."""
    key = act.details.get("step")
    step = next((step for step in sop.steps if step.key == key), None)
    name = f"{step.no}. {step.name.in_language(language())}" if step else "-"
    return _(_SENTENCES[act.action], step=name)


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


def _moved(act: Act) -> list[str]:
    old_and_new = act.details.get("due_at") if act.action == "step.due_moved" else None
    if act.action == "step.corrected" and "old_finished_at" in act.details:
        old_and_new = [act.details["old_finished_at"], act.details["finished_at"]]
    if not isinstance(old_and_new, list):
        return []
    old, new = (_said(moment) for moment in old_and_new)
    return [_("from {old} to {new}", old=old, new=new)]


def _said(stored: str | None) -> str:
    return moment_medium(datetime.fromisoformat(stored.replace("Z", "+00:00"))) if stored else "-"
