"""A case's own data: shown, edited, and the confidential part of it revealed for a reason."""

import streamlit as st

from dashboard import acts, buttons, drafts, forms, navigation
from dashboard.settings import vault
from dashboard.stored import stored_words
from dashboard.text import _, language
from models.access import Actor, Permission, may
from models.commands.cases import edit_case
from models.commands.identity import reveal_identity
from models.queries.case_file import CaseView


def show(who: Actor, view: CaseView) -> None:
    """The fields that hold something, group by group; confidential ones masked."""
    revealed = (
        _reveal(who, view) if view.confidential and may(who, Permission.VIEW_IDENTITY, view.sop) else {}
    )
    for group in view.sop.groups:
        fields = [field for field in view.sop.fields if field.group == group.key]
        filled = [field for field in fields if field.key in view.data or field.key in view.confidential]
        if not filled:
            continue
        with st.container(border=True, gap=None):
            navigation.panel_title(group.label.in_language(language()))
            for field in filled:
                st.caption(field.label.in_language(language()))
                if field.key in view.confidential:
                    st.text(revealed.get(field.key, _("●●●●● (confidential)")))
                else:
                    st.text(stored_words(field, view.data[field.key]))


def _reveal(who: Actor, view: CaseView) -> dict[str, str]:
    """Ask for a reason and return the identity for this one showing; the next rerun masks it again."""
    form = f"reveal.{view.case_id}"
    with st.expander(_("Show identity"), icon=":material/visibility_lock:", key=f"{form}.more"):
        st.caption(_("Every look is recorded with its reason."))
        reason = forms.text_field(
            _("Reason"), key=f"{form}.{acts.token(form)}.reason", refused=acts.problems(form).get("reason")
        )
        if not st.button(_("Show identity"), key=f"{form}.send"):
            return {}
        answer = acts.submit(form, reveal_identity, vault=vault(), case_id=view.case_id, reason=reason)
        if answer is None:
            st.rerun()
        return answer


def edit(view: CaseView) -> None:
    """The case's form with what stands in it; the reason of the change is required."""
    form = f"edit.{view.case_id}"
    version = drafts.answered_version(form, view.version)
    prefix = f"{form}.{acts.token(form)}"
    refused = acts.problems(form)
    acts.show_general_problem(form)
    drafts.show_outdated(form, outdated=version != view.version)
    drafts.show_conflict(form, view.sop.fields)
    received_at = forms.moment_field(
        view.sop.received_label.in_language(language()),
        key=f"{prefix}.received_at",
        default=view.received_at,
        refused=refused.get("received_at"),
    )
    typed = forms.case_form(
        view.sop, prefix=prefix, values=view.data, refused=refused, held=view.confidential
    )
    reason = forms.text_field(
        _("Reason of the change"), key=f"{prefix}.reason", refused=refused.get("reason")
    )
    if st.button(**buttons.main(_("Save changes"), icon=":material/save:"), key=f"{form}.send"):
        if received_at is None:
            acts.refuse(form, received_at=_("This field is required."))
            st.rerun()
        answer = acts.submit(
            form,
            edit_case,
            vault=vault(),
            case_id=view.case_id,
            expected_version=version,
            received_at=received_at,
            data=typed,
            reason=reason,
        )
        if answer:
            acts.say(_("Changes saved."))
        st.rerun()
