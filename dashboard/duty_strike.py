"""What was recorded of a daily duty today, and striking a check that was entered by mistake."""

from collections.abc import Sequence

import streamlit as st

from dashboard import acts, drafts, forms
from dashboard.formats import clock, number
from dashboard.text import _, language
from models.commands.duty_checks import strike_check
from models.queries.books import Check
from models.sop import FieldType
from models.sop_books import Duty


def show(duty: Duty, done: Sequence[Check], *, place: str) -> None:
    """Each check of the day with a way to strike it; `place` names the duty.

    One that somebody else has struck while a reason was being typed stays, so that the refusal can be read.
    """
    forms_of = {f"duty.strike.{one.entry_id}": one for one in done}
    left = drafts.left_behind(f"checks.{place}", forms_of)
    for form, one in forms_of.items():
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.text(_words(duty, one), width="content")
            more = st.popover(
                _("Strike"),
                icon=":material/format_strikethrough:",
                type="tertiary",
                key=f"{form}.more",
                on_change="rerun",
            )
        if more.open:
            with more:
                _strike(form, one)
    for form, one in left.items():
        with st.container(border=True, gap="xsmall"):
            st.text(_words(duty, one))
            drafts.show_over(form, _("Somebody else has struck this check meanwhile."))
            _strike(form, one)


def _words(duty: Duty, one: Check) -> str:
    counted = [
        f"{field.label.in_language(language())}: {number(one.data[field.key])}"
        for field in duty.fields
        if field.type is FieldType.NUMBER and field.key in one.data
    ]
    return " · ".join([_("at {time} by {name}", time=clock(one.happened_at), name=one.recorded_by), *counted])


def _strike(form: str, one: Check) -> None:
    version = drafts.answered_version(form, one.version)
    prefix = f"{form}.{acts.token(form)}"
    acts.show_general_problem(form)
    drafts.show_conflict(form, ())
    reason = forms.text_field(_("Reason"), key=f"{prefix}.reason", refused=acts.problems(form).get("reason"))
    if st.button(_("Strike the check"), icon=":material/format_strikethrough:", key=f"{form}.send"):
        answer = acts.submit(
            form, strike_check, entry_id=one.entry_id, expected_version=version, reason=reason
        )
        if answer:
            acts.say(_("Struck; the check counts for no day."))
        st.rerun()
