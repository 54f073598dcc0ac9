"""The beginning of its own that a step may have: recording the departure, and putting it right."""

from typing import Protocol

import streamlit as st

from dashboard import acts, buttons, drafts, forms, reads, session
from dashboard.formats import moment_long
from dashboard.text import _, language
from models.commands.beginnings import begin_step
from models.queries.books import entries, kept
from models.queries.case_file import CaseView
from models.sop import Step


class Shown(Protocol):
    """An open round as it was shown."""

    @property
    def round_id(self) -> int: ...  # noqa: D102
    @property
    def version(self) -> int: ...  # noqa: D102


def show(step: Step, shown: Shown, view: CaseView | None) -> None:
    """The departure once it is recorded, with a way to put it right; else the form that records it.

    A form that was begun stays when somebody else has recorded the departure or ended the step; then `view` may be
    None.
    """
    if step.begins is None:
        return
    label = step.begins.in_language(language())
    rounds = view.rounds if view is not None else ()
    current = next((one for one in rounds if one.round_id == shown.round_id and one.state == "open"), None)
    begun_at = current.begun_at if current else None
    if current and begun_at:
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.badge(label, icon=":material/departure_board:", color="blue")
            st.caption(moment_long(begun_at), width="content")
    first, again = f"begin.{shown.round_id}", f"begun.{shown.round_id}"
    awaited = current is not None and begun_at is None
    if awaited and view is not None:
        _lacking_checks(step, view)
    if awaited or drafts.stays(first):
        _form(first, shown, label, over="" if awaited else _("Somebody else was faster."))
    if begun_at:
        key = f"begin.more.{shown.round_id}"
        change = st.popover(_("Put right"), type="tertiary", key=key, on_change="rerun")
        if change.open:
            with change:
                _form(again, shown, label, reason=True)
    elif drafts.stays(again):
        _form(again, shown, label, reason=True, over=_("Somebody else was faster."))


def _lacking_checks(step: Step, view: CaseView) -> None:
    """Name the books in which an entry is expected before this step begins and that are empty."""
    expected = [journal for journal in view.sop.journals if journal.before == step.key]
    if not expected:
        return
    found = reads.read(entries, view.case_id)
    for journal in expected:
        if not kept(found, journal.key):
            st.warning(
                _("{book} has no entry yet.", book=journal.label.in_language(language())),
                icon=":material/checklist:",
            )


def _form(form: str, shown: Shown, label: str, *, reason: bool = False, over: str = "") -> None:
    drafts.follow(form, session.now())
    version = drafts.answered_version(form, shown.version)
    prefix = f"{form}.{acts.token(form)}"
    refused = acts.problems(form)
    acts.show_general_problem(form)
    drafts.show_conflict(form, ())
    if over:
        drafts.show_over(form, over)
    begun_at = forms.moment_field(
        f"{label} (WIB)", key=f"{prefix}.at", default=session.now(), refused=refused.get("begun_at")
    )
    why = ""
    if reason:
        why = forms.text_field(_("Reason"), key=f"{prefix}.reason", refused=refused.get("reason"))
    words, icon = _("Record: {what}", what=label), ":material/departure_board:"
    looks = buttons.other(words, icon=icon) if reason else buttons.main(words, icon=icon)
    if st.button(**looks, key=f"{form}.send"):
        if begun_at is None:
            acts.refuse(form, begun_at=_("This field is required."))
            st.rerun()
        answer = acts.submit(
            form, begin_step, round_id=shown.round_id, expected_version=version, begun_at=begun_at, reason=why
        )
        if answer:
            acts.say(_("Recorded: {what}, {moment}.", what=label, moment=moment_long(begun_at)))
        st.rerun()
