"""Conflicts of interest in a case: who is excluded, and to whom it is assigned instead."""

from collections.abc import Callable, Iterable
from typing import Any

import streamlit as st

from dashboard import acts, buttons, drafts, forms, navigation, reads
from dashboard.formats import moment_medium
from dashboard.text import _
from models.access import Actor, Permission, may
from models.commands.conflicts import declare_conflict, end_assignment, lift_conflict, reassign
from models.queries.case_file import CaseView
from models.queries.conflicts import Named, Reader, ties

_Command = Callable[..., dict[str, Any]]


def show(who: Actor, view: CaseView) -> None:
    """Who is excluded and who was assigned, with the forms to change it; for those who may declare a conflict."""
    found = reads.read(ties, actor=who, sop=view.sop, case_id=view.case_id)
    lifts = may(who, Permission.REASSIGN_CASE, view.sop)
    navigation.panel_title(_("Excluded for a conflict of interest"))
    st.caption(
        _("They do not find this case anywhere. The figures go on counting it.")
        if found.conflicts
        else _("Nobody.")
    )
    for named in found.conflicts:
        _named(view, named, "lift", _("Lift the conflict"), lift_conflict if lifts else None)
    navigation.panel_title(_("Assigned to"))
    st.caption(
        _("They may record every step of this case, on behalf of whom the SOP names.")
        if found.assignees
        else _("Nobody in particular: each step is recorded by whom the SOP names.")
    )
    for named in found.assignees:
        _named(view, named, "unassign", _("End the assignment"), end_assignment if lifts else None)
    declaring = f"conflict.{view.case_id}.more"
    with st.expander(_("Declare a conflict of interest"), icon=":material/visibility_off:", key=declaring):
        _declare(who, view, found.others)
    if lifts:
        assigned = {named.user_id for named in found.assignees}
        assigning = f"assign.{view.case_id}.more"
        with st.expander(_("Assign the case"), icon=":material/assignment_ind:", key=assigning):
            _assign(who, view, [other for other in found.others if other.user_id not in assigned])


def _named(view: CaseView, named: Named, what: str, label: str, end: _Command | None) -> None:
    """One person with the reason and the author of it, and the form that ends it where that is allowed."""
    with st.container(border=True, gap="xsmall", key=f"conflict.{what}.{named.user_id}"):
        st.text(named.name)
        st.text(named.reason)
        recorded = moment_medium(named.recorded_at)
        st.text(_("{recorded} by {name}", recorded=recorded, name=named.recorded_by))
        if end is not None:
            more = f"{what}.{view.case_id}.{named.user_id}.more"
            with st.expander(label, icon=":material/undo:", key=more):
                _end(view, named, what, label, end)


def _end(view: CaseView, named: Named, what: str, label: str, end: _Command) -> None:
    form = f"{what}.{view.case_id}.{named.user_id}"
    prefix = f"{form}.{acts.token(form)}"
    acts.show_general_problem(form)
    reason = forms.text_field(_("Reason"), key=f"{prefix}.reason", refused=acts.problems(form).get("reason"))
    if st.button(label, key=f"{form}.send"):
        answer = acts.submit(form, end, case_id=view.case_id, user_id=named.user_id, reason=reason)
        if answer:
            acts.say(_("Recorded; it stays in the history."))
        elif acts.conflict(form) is not None:  # it is off the list now, and with it this form
            acts.forget(form)
            acts.say(_("Somebody else has ended this in the meantime."))
        st.rerun()


def _declare(who: Actor, view: CaseView, others: Iterable[Reader]) -> None:
    st.caption(_("From then on this person does not see the case, and an assignment to them ends."))
    form = f"conflict.{view.case_id}"
    chosen, reason = _person_and_reason(who, form, others)
    if st.button(
        **buttons.main(_("Declare the conflict"), icon=":material/visibility_off:"), key=f"{form}.send"
    ):
        if _submit(form, declare_conflict, view, chosen, reason):
            acts.say(_("The conflict of interest is declared; the case is no longer shown to this person."))
            if chosen == who.user_id:
                navigation.go_to(navigation.register_page(view.sop))
        st.rerun()


def _assign(who: Actor, view: CaseView, others: Iterable[Reader]) -> None:
    form = f"assign.{view.case_id}"
    chosen, reason = _person_and_reason(who, form, others)
    if st.button(**buttons.main(_("Assign the case"), icon=":material/assignment_ind:"), key=f"{form}.send"):
        if _submit(form, reassign, view, chosen, reason):
            acts.say(_("The case is assigned; it stands among this person's tasks."))
        st.rerun()


def _submit(form: str, command: _Command, view: CaseView, chosen: int | None, reason: str) -> bool:
    if chosen is None:
        acts.refuse(form, user_id=_("This field is required."))
        return False
    return bool(acts.submit(form, command, case_id=view.case_id, user_id=chosen, reason=reason))


def _person_and_reason(who: Actor, form: str, others: Iterable[Reader]) -> tuple[int | None, str]:
    """The two fields that declaring and assigning ask for."""
    prefix = f"{form}.{acts.token(form)}"
    refused = acts.problems(form)
    acts.show_general_problem(form)
    names = {
        other.user_id: f"{other.name} ({_('you')})" if other.user_id == who.user_id else other.name
        for other in others
    }
    chosen = st.selectbox(
        f"{_('Person')} *",
        list(names),
        index=None,
        format_func=lambda key: names.get(key, ""),
        placeholder=_("Choose…"),
        key=f"{prefix}.user_id",
        on_change=drafts.mark,
        args=(prefix,),
        persist_state="session",
    )
    if message := refused.get("user_id"):
        st.error(message, icon=":material/error:")
    reason = forms.text_field(_("Reason"), key=f"{prefix}.reason", refused=refused.get("reason"))
    return chosen, reason
