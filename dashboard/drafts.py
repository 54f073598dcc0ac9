"""Forms that a person has begun, and what becomes of them when somebody else is faster.

Decided 2026-11. Streamlit reads everything anew at each rerun, also at the one that a click causes. If a form went by
what is read then, a step that a colleague has finished meanwhile would take its form, and what was typed into it, off
the screen without a word, and a case changed meanwhile would be overwritten. So a form answers the version that was on
the screen when it was begun, and stays on the screen from then on: sending it tells of the conflict, shows what stands
now beside what was typed, and offers the newest state. A form in which nothing was typed follows the newest state.
"""

import hashlib
from collections.abc import Mapping, Sequence
from typing import TypeVar

import streamlit as st

from dashboard import acts, kept_drafts
from dashboard.formats import moment_long
from dashboard.stored import stored_words
from dashboard.text import _, language
from models.errors import N_
from models.queries.case_file import CaseView, Round
from models.sop import Field

T = TypeVar("T")
_ENDS = {
    "done": N_("Recorded as finished at {moment}."),
    "returned": N_("Handed back at {moment}."),
    "stopped": N_("Stopped at {moment}, because the case was closed."),
}
_OF_A_ROUND = (
    "finish",
    "skip",
    "return",
    "begin",
    "begun",
)  # the last two: the departure, and putting it right


def mark(prefix: str) -> None:
    """Note and keep what was typed into the form whose widgets' keys begin with `prefix` (form and token)."""
    st.session_state[f"typed.{prefix}"] = True
    kept_drafts.keep(prefix)


def begin(prefix: str) -> None:
    """Note that a form was begun with what no draft can keep, such as a chosen file."""
    st.session_state[f"typed.{prefix}"] = True


def is_begun(form: str) -> bool:
    """Whether something was typed, the form was sent by this very click, or it was refused for a conflict."""
    kept_drafts.restore(form)
    token = st.session_state.get(f"token.{form}")
    if token is not None and st.session_state.get(f"typed.{form}.{token}"):
        return True
    sent = st.session_state.get(f"{form}.send") and not st.session_state.get(f"taken.{form}")
    return bool(sent) or acts.conflict(form) is not None


def stays(form: str) -> bool:
    """Whether a form stays on the screen though what it is about is over: it is begun, or was refused just now."""
    return is_begun(form) or bool(acts.problems(form))


def left_behind(place: str, shown: Mapping[str, T]) -> dict[str, T]:
    """What stood at `place` on this screen, under a form that stays, and stands there no longer.

    `shown` is what stands there now, by form. Ask at each run: what is asked for once is known to the next run.
    """
    known: dict[str, T] = st.session_state.get(f"shown.{place}", {})
    left = {form: what for form, what in known.items() if form not in shown and stays(form)}
    st.session_state[f"shown.{place}"] = {**left, **shown}
    return left


def is_outdated(prefix: str, filled_with: object) -> bool:
    """Whether a form was filled in with something else when it was begun. Kept with the draft, under its prefix."""
    present = hashlib.sha256(repr(filled_with).encode()).hexdigest()[:16]
    return bool(st.session_state.setdefault(f"{prefix}.filled", present) != present)


def answered_version(form: str, version: int) -> int:
    """The version that the form answers; `version` is what stands now. Ask this before the form's token."""
    kept_drafts.restore(form)
    held = st.session_state.get(f"version.{form}")
    if held is not None and held != version and not is_begun(form):
        acts.forget(form)
        held = None
    if held is None:
        st.session_state[f"version.{form}"] = held = version
    return int(held)


def follow(form: str, filled_with: object) -> None:
    """Begin a form anew, in which nothing was typed, when what it is filled in with (a default, the time) has changed.

    Ask this before the form's token: Streamlit keeps the first value of a field as long as its key stays, so a form
    that was left open would go on offering the time of the morning.
    """
    kept_drafts.restore(form)
    held = st.session_state.get(f"filled.{form}", filled_with)
    if held != filled_with and not is_begun(form) and not acts.problems(form):
        acts.forget(form)
    st.session_state[f"filled.{form}"] = filled_with


def begun_of(round_id: int) -> list[str]:
    """Which forms of a round are begun, by what they do."""
    return [what for what in _OF_A_ROUND if is_begun(f"{what}.{round_id}")]


def overtaken(view: CaseView) -> list[Round]:
    """The rounds that somebody else has ended while a form of theirs stood begun on this screen."""
    return [shown for shown in view.rounds if shown.state != "open" and begun_of(shown.round_id)]


def show_outdated(form: str, *, outdated: bool) -> None:
    """Beside a form that is begun, before it is sent: the case is no longer as it was when the form was filled in."""
    if not outdated or not is_begun(form) or acts.conflict(form) is not None:
        return
    words = _("The case has changed since this form was begun; compare before saving.")
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.caption(f":material/update: {words}", width="content")
        label = _("Load the newest state")
        st.button(label, key=f"{form}.newest", type="tertiary", on_click=acts.forget, args=(form,))


def show_over(form: str, words: str) -> None:
    """Beside a form that stays though it is offered no longer: why, and a way to let go of what was typed."""
    if acts.conflict(form) is not None:
        return  # which says so, and has a way of its own
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.caption(f":material/update: {words}", width="content")
        if not kept_drafts.is_restored(form):  # or the way is offered already
            label = _("Empty the form")
            st.button(label, key=f"{form}.let_go", type="tertiary", on_click=acts.forget, args=(form,))


def show_conflict(form: str, fields: Sequence[Field]) -> None:
    """Beside what was typed, which stays in the form: what somebody else has recorded meanwhile, in plain text."""
    found = acts.conflict(form)
    if found is None:
        return
    with st.container(border=True):
        st.markdown(f"**{_('What stands now')}**")
        if found.get("finished_at") and found.get("state") in _ENDS:
            st.text(_(_ENDS[found["state"]], moment=moment_long(found["finished_at"])))
        data = dict(found.get("data") or {})
        for field in fields:
            if field.key in data:
                st.text(f"{field.label.in_language(language())}: {stored_words(field, data[field.key])}")
        for words in (found.get("note"), found.get("reason")):
            if words:
                st.text(str(words))
        if st.button(_("Load the newest state"), key=f"{form}.reload", icon=":material/refresh:"):
            acts.forget(form)
            st.rerun()
