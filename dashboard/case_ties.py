"""Cases that belong together, and the people who have to do with a case."""

import streamlit as st

from dashboard import acts, drafts, forms, navigation, reads
from dashboard.formats import moment_medium
from dashboard.stored import stored_words
from dashboard.text import _, language
from models.access import Actor, Permission, may
from models.commands.links import link_cases, unlink_cases
from models.queries.case_file import CaseView
from models.queries.ties import Tied, tied, workers
from models.sop import FieldType


def show_tied(who: Actor, view: CaseView) -> None:
    """The tied cases as links, beside the case's data; nothing when there is none."""
    found = reads.read(tied, actor=who, case_id=view.case_id)
    if not found:
        return
    with st.container(border=True, gap=None):
        navigation.panel_title(_("Related cases"))
        for other in found:
            _link(other)


def _link(other: Tied) -> None:
    st.page_link(
        navigation.page(navigation.CASE),
        label=other.register_no,
        query_params={"id": str(other.case_id)},
        icon=":material/link:",
    )
    st.text(f"{other.subject} · {other.reason}")


def show_people(view: CaseView) -> None:
    """Names that stand in the forms of the case, and who has recorded something in it."""
    with st.container(border=True, gap=None):
        navigation.panel_title(_("People involved"))
        for label, names in _named(view):
            st.caption(label)
            st.text(names)
        for worker in reads.read(workers, view.case_id):
            st.text(
                _(
                    "{name}: {n} acts, last {moment}",
                    name=worker.name,
                    n=worker.acts,
                    moment=moment_medium(worker.last_at),
                )
            )


def _named(view: CaseView) -> list[tuple[str, str]]:
    held = [(field, view.data.get(field.key)) for field in view.sop.fields]
    for one in view.rounds:
        held += [(field, one.data.get(field.key)) for field in view.sop.step(one.step_key).fields]
    return [
        (field.label.in_language(language()), stored_words(field, value))
        for field, value in held
        if field.type is FieldType.PEOPLE and value
    ]


def edit(who: Actor, view: CaseView) -> None:
    """Tie another case to this one by its register number, or take a tie back."""
    found = {
        _name_of_taking_back(view, other): other
        for other in reads.read(tied, actor=who, case_id=view.case_id)
    }
    for form, other in found.items():
        with st.container(border=True, gap="xsmall"):
            _link(other)
            more = st.popover(_("Take back"), type="tertiary", key=f"{form}.more", on_change="rerun")
            if more.open:
                with more:
                    _unlink(form, view, other)
    for form, other in drafts.left_behind(f"ties.{view.case_id}", found).items():
        with st.container(border=True, gap="xsmall"):
            st.text(other.register_no)
            drafts.show_over(form, _("This tie is not there any more."))
            _unlink(form, view, other)
    form = f"link.{view.case_id}"
    prefix = f"{form}.{acts.token(form)}"
    refused = acts.problems(form)
    acts.show_general_problem(form)
    other_no = forms.line_field(
        _("Register number of the other case"),
        key=f"{prefix}.no",
        value="",
        refused=refused.get("other_no"),
    )
    reason = forms.text_field(
        _("How they belong together"), key=f"{prefix}.reason", refused=refused.get("reason")
    )
    if st.button(_("Tie the cases"), icon=":material/link:", key=f"{form}.send"):
        answer = acts.submit(form, link_cases, case_id=view.case_id, other_no=other_no, reason=reason)
        if answer:
            acts.say(_("The two cases are tied."))
        st.rerun()


def _name_of_taking_back(view: CaseView, other: Tied) -> str:
    return f"unlink.{view.case_id}.{other.case_id}"


def _unlink(form: str, view: CaseView, other: Tied) -> None:
    acts.show_general_problem(form)
    prefix = f"{form}.{acts.token(form)}"
    reason = forms.text_field(_("Reason"), key=f"{prefix}.reason", refused=acts.problems(form).get("reason"))
    if st.button(_("Take the tie back"), key=f"{form}.send"):
        answer = acts.submit(form, unlink_cases, case_id=view.case_id, other_id=other.case_id, reason=reason)
        if answer:
            acts.say(_("The tie was taken back."))
        st.rerun()


def may_tie(who: Actor, view: CaseView) -> bool:
    """Whether this person may tie cases to this one."""
    return may(who, Permission.RECORD_STEP, view.sop)
