"""What the heads of the office can still do to a case: correct a finished step, close it, take it back."""

import streamlit as st

from dashboard import acts, buttons, drafts, forms, session
from dashboard.text import _, language
from models.access import Actor, Permission, may, may_record
from models.commands.closing import close_case
from models.commands.corrections import correct_step
from models.queries.case_file import CaseView, Round
from models.step_form import step_fields


def correctable(who: Actor, view: CaseView) -> list[Round]:
    """The finished rounds this person may correct, and those of which they have begun to correct what is over now."""
    if not may(who, Permission.CORRECT_STEP, view.sop):
        return []
    return [
        shown
        for shown in view.rounds
        if (shown.state == "done" or drafts.stays(f"correct.{shown.round_id}"))
        and not view.sop.step(shown.step_key).automatic
        and may_record(who, view.sop.executor(shown.executor).role, view.sop, assigned=view.assigned)
    ]


def correct(view: CaseView, rounds: list[Round]) -> None:
    """Choose a finished step and put right when it was finished or what it left behind."""
    steps = {shown.round_id: view.sop.step(shown.step_key) for shown in rounds}
    names = {key: f"{step.no}. {step.name.in_language(language())}" for key, step in steps.items()}
    chosen = st.selectbox(
        _("Finished step"),
        list(names),
        format_func=lambda key: names[key],
        key=f"correct.{view.case_id}.round",
    )
    shown = next(shown for shown in rounds if shown.round_id == chosen)
    form = f"correct.{shown.round_id}"
    version = drafts.answered_version(form, shown.version)
    prefix = f"{form}.{acts.token(form)}"
    refused = acts.problems(form)
    acts.show_general_problem(form)
    drafts.show_conflict(form, step_fields(view.sop.step(shown.step_key)))
    finished_at = forms.moment_field(
        _("Finished at (WIB)"),
        key=f"{prefix}.at",
        default=shown.finished_at,
        refused=refused.get("finished_at"),
    )
    fields = step_fields(view.sop.step(shown.step_key))
    data = forms.step_form(fields, prefix=prefix, values=shown.data, refused=refused, outcome=shown.outcome)
    reason = forms.text_field(
        _("Reason of the correction"), key=f"{prefix}.reason", refused=refused.get("reason")
    )
    if st.button(**buttons.main(_("Save correction"), icon=":material/edit:"), key=f"{form}.send"):
        if finished_at is None:
            acts.refuse(form, finished_at=_("This field is required."))
            st.rerun()
        answer = acts.submit(
            form,
            correct_step,
            round_id=shown.round_id,
            expected_version=version,
            finished_at=finished_at,
            data=data,
            note=shown.note or "",
            late_reason=shown.late_reason,
            reason=reason,
        )
        if answer:
            acts.say(_("Correction saved; the old value stays in the history."))
        st.rerun()


def close(view: CaseView) -> None:
    """End the case by hand: withdrawn, archived, and so on."""
    form = f"close.{view.case_id}"
    drafts.follow(form, session.now())
    version = drafts.answered_version(form, view.version)
    prefix = f"{form}.{acts.token(form)}"
    refused = acts.problems(form)
    acts.show_general_problem(form)
    drafts.show_conflict(form, ())
    finals = {
        status.key: status.label.in_language(language()) for status in view.sop.statuses if status.final
    }
    status = st.selectbox(
        _("Close as"),
        list(finals),
        index=list(finals).index("withdrawn"),
        format_func=lambda key: finals[key],
        key=f"{prefix}.status",
        on_change=drafts.mark,
        args=(prefix,),
        persist_state="session",
    )
    closed_at = forms.moment_field(
        _("Closed at (WIB)"), key=f"{prefix}.at", default=session.now(), refused=refused.get("closed_at")
    )
    st.caption(_("Steps that are late by then stay late in the figures."))
    reason = forms.text_field(_("Reason"), key=f"{prefix}.reason", refused=refused.get("reason"))
    if st.button(_("Close the case"), icon=":material/folder_off:", key=f"{form}.send"):
        if closed_at is None:
            acts.refuse(form, closed_at=_("This field is required."))
            st.rerun()
        answer = acts.submit(
            form,
            close_case,
            case_id=view.case_id,
            expected_version=version,
            status=status,
            closed_at=closed_at,
            reason=reason,
        )
        if answer:
            acts.say(_("The case is closed: {status}.", status=finals[status]))
        st.rerun()
