"""Moving the planned departure and return of a case, with a reason."""

import streamlit as st

from dashboard import acts, drafts, forms
from dashboard.settings import vault
from dashboard.text import _, language
from models.commands.cases import edit_case
from models.queries.case_file import CaseView


def is_movable(view: CaseView) -> bool:
    """Whether the SOP plans a departure and a return."""
    return bool(view.sop.departure_field and view.sop.return_field)


def show(view: CaseView) -> None:
    """The two moments and the reason; all else stays as it is."""
    departure, back = str(view.sop.departure_field), str(view.sop.return_field)
    form = f"move.{view.case_id}"
    version = drafts.answered_version(form, view.version)
    prefix = f"{form}.{acts.token(form)}"
    refused = acts.problems(form)
    acts.show_general_problem(form)
    drafts.show_outdated(form, outdated=version != view.version)
    drafts.show_conflict(form, [view.sop.field(departure), view.sop.field(back)])
    st.caption(
        _("The due dates of open steps that depend on the journey move with it; finished steps keep theirs.")
    )
    departs_at = forms.moment_field(
        view.sop.field(departure).label.in_language(language()) + " (WIB)",
        key=f"{prefix}.departs",
        default=view.departs_at,
        refused=refused.get(departure),
    )
    returns_at = forms.moment_field(
        view.sop.field(back).label.in_language(language()) + " (WIB)",
        key=f"{prefix}.returns",
        default=view.returns_at,
        refused=refused.get(back),
    )
    reason = forms.text_field(_("Reason"), key=f"{prefix}.reason", refused=refused.get("reason"))
    if st.button(_("Move the journey"), icon=":material/event_repeat:", key=f"{form}.send"):
        answer = acts.submit(
            form,
            edit_case,
            vault=vault(),
            case_id=view.case_id,
            expected_version=version,
            received_at=view.received_at,
            data={**view.data, departure: departs_at, back: returns_at},
            reason=reason,
        )
        if answer:
            acts.say(_("The journey was moved; the due dates of open steps follow it."))
        st.rerun()
