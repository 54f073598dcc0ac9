"""The form of an open step: record it finished, leave it out where the SOP allows, hand it back.

Used by the tasks and by the case alike. After recording, the next step, who is next and its due date are said.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Protocol

import streamlit as st

from dashboard import acts, buttons, drafts, forms, reads, session, step_beginning
from dashboard.formats import moment_long
from dashboard.text import _, language
from models.access import Actor, Permission, may
from models.commands.corrections import return_step
from models.commands.steps import finish_step, skip_step
from models.flow import Standing, returnable_to
from models.lateness import LATE_REASONS
from models.queries.case_file import CaseView, Round, case_view
from models.sop import Sop, Step
from models.step_form import missing_outputs, step_fields

_ENDINGS = frozenset({"finish", "skip", "return"})


class Open(Protocol):
    """An open round, from a list or from a case."""

    @property
    def round_id(self) -> int: ...  # noqa: D102
    @property
    def version(self) -> int: ...  # noqa: D102
    @property
    def step_key(self) -> str: ...  # noqa: D102
    @property
    def started_at(self) -> datetime: ...  # noqa: D102
    @property
    def verdict(self) -> str: ...  # noqa: D102


def show(who: Actor, sop: Sop, shown: Open, view: CaseView | None) -> None:
    """The actions that are open to this person for this round."""
    step = sop.step(shown.step_key)
    executor = sop.executor(step.executor)
    if not executor.is_one_of(who.roles):
        behalf = executor.label.in_language(language())
        st.info(
            _("You record this on behalf of {executor}.", executor=behalf),
            icon=":material/supervisor_account:",
        )
    begun = drafts.begun_of(shown.round_id)
    step_beginning.show(step, shown, view)
    is_over = isinstance(shown, Round) and shown.state != "open"
    if is_over and begun and not _ENDINGS.intersection(begun):
        return
    names = {"finish": _("Record as finished")}
    if step.optional:
        names["skip"] = _("Leave out")
    back_to = _back_to(sop, shown, view) if may(who, Permission.RETURN_STEP, sop) else []
    if back_to or "return" in begun:
        names["return"] = _("Hand back")
    chosen = "finish"
    if len(names) > 1:
        chosen = (
            st.segmented_control(
                _("Action"),
                list(names),
                format_func=lambda key: names[key],
                default="finish",
                required=True,
                key=f"action.{shown.round_id}",
                label_visibility="collapsed",
            )
            or "finish"
        )
    if chosen == "skip":
        _skip(shown, step)
    elif chosen == "return":
        _return(shown, sop, back_to)
    else:
        _finish(shown, sop, step, _before(shown, view))


def _before(shown: Open, view: CaseView | None) -> Mapping[str, Any]:
    """What the step's round before this one holds: a further round begins with it, to be put right and not retyped."""
    earlier = [
        one
        for one in (view.rounds if view else ())
        if one.step_key == shown.step_key and one.round_id < shown.round_id and one.state == "done"
    ]
    return earlier[-1].data if earlier else {}


def _back_to(sop: Sop, shown: Open, view: CaseView | None) -> list[Step]:
    if view is None:
        return []
    standings = {
        step.key: Standing(current.state, current.finished_at)
        for step in sop.case_steps
        if (current := view.current(step.key))
    }
    found = {step.key: step for step in returnable_to(sop, standings, shown.step_key)}
    return list(found.values())


def _finish(shown: Open, sop: Sop, step: Step, values: Mapping[str, Any]) -> None:
    form = f"finish.{shown.round_id}"
    drafts.follow(form, session.now())
    version = drafts.answered_version(form, shown.version)
    prefix = f"{form}.{acts.token(form)}"
    refused = acts.problems(form)
    acts.show_general_problem(form)
    drafts.show_conflict(form, step_fields(step))
    outcome = _outcome(sop, step, prefix, refused)
    finished_at = forms.moment_field(
        _("Finished at (WIB)"), key=f"{prefix}.at", default=session.now(), refused=refused.get("finished_at")
    )
    fields = step_fields(step)
    data = forms.step_form(fields, prefix=prefix, values=values, refused=refused, outcome=outcome)
    late_reason = _late_reason(shown, prefix)
    note = forms.text_field(_("Note"), key=f"{prefix}.note", refused=refused.get("note"), required=False)
    if st.button(**buttons.main(_("Record as finished"), icon=":material/check:"), key=f"{form}.send"):
        if finished_at is None:
            acts.refuse(form, finished_at=_("This field is required."))
        else:
            answer = acts.submit(
                form,
                finish_step,
                round_id=shown.round_id,
                expected_version=version,
                finished_at=finished_at,
                data=data,
                outcome=outcome,
                note=note,
                late_reason=late_reason,
            )
            if answer:
                acts.say(_recorded(step, sop, answer))
        st.rerun()


def _outcome(sop: Sop, step: Step, prefix: str, refused: dict[str, str]) -> str | None:
    if not step.outcomes:
        return None
    names = {key: sop.outcome(key).label.in_language(language()) for key in step.outcomes}
    chosen = st.selectbox(
        f"{_('Result')} *",
        list(names),
        index=None,
        format_func=lambda key: names[key],
        placeholder=_("Choose…"),
        key=f"{prefix}.outcome",
        on_change=drafts.mark,
        args=(prefix,),
        persist_state="session",
    )
    if message := refused.get("outcome"):
        st.error(message, icon=":material/error:")
    return chosen


def _late_reason(shown: Open, prefix: str) -> str | None:
    if shown.verdict != "overdue":
        return None
    return st.selectbox(
        _("Why was it late?"),
        list(LATE_REASONS),
        index=None,
        format_func=lambda key: _(LATE_REASONS[key]),
        placeholder=_("Choose…"),
        key=f"{prefix}.late_reason",
        on_change=drafts.mark,
        args=(prefix,),
        persist_state="session",
    )


def _recorded(step: Step, sop: Sop, answer: dict[str, Any]) -> str:
    """What was recorded, what is missing, the next step, who is next, and its due date."""
    said = [_("Step {no} recorded as finished.", no=step.no)]
    if answer.get("case_id") is None:
        return " ".join(said)
    view = reads.read(case_view, actor=session.actor(), case_id=answer["case_id"], as_of=session.now())
    recorded = view.current(step.key)
    missing = missing_outputs(step, recorded.held) if recorded else ()
    if missing:
        names = ", ".join(output.label.in_language(language()) for output in missing)
        said.append(_("Output still missing: {outputs}.", outputs=names))
    for key in answer["opened"]:
        following, current = sop.step(key), view.current(key)
        due = moment_long(current.due_at) if current and current.due_at else _("no time limit")
        said.append(
            _(
                "Next: {no}. {name} by {executor}, due {due}.",
                no=following.no,
                name=following.name.in_language(language()),
                executor=sop.executor(following.executor).label.in_language(language()),
                due=due,
            )
        )
    if view.closed_at:
        said.append(
            _("The case is closed: {status}.", status=sop.status(view.status).label.in_language(language()))
        )
    return " ".join(said)


def _skip(shown: Open, step: Step) -> None:
    form = f"skip.{shown.round_id}"
    version = drafts.answered_version(form, shown.version)
    prefix = f"{form}.{acts.token(form)}"
    acts.show_general_problem(form)
    drafts.show_conflict(form, step_fields(step))
    reason = forms.text_field(
        _("Why is it not needed?"), key=f"{prefix}.reason", refused=acts.problems(form).get("reason")
    )
    if st.button(_("Leave out"), icon=":material/skip_next:", key=f"{form}.send"):
        answer = acts.submit(
            form, skip_step, round_id=shown.round_id, expected_version=version, reason=reason
        )
        if answer:
            acts.say(_("Step {no} left out.", no=step.no))
        st.rerun()


def _return(shown: Open, sop: Sop, back_to: list[Step]) -> None:
    form = f"return.{shown.round_id}"
    drafts.follow(form, session.now())
    version = drafts.answered_version(form, shown.version)
    prefix = f"{form}.{acts.token(form)}"
    refused = acts.problems(form)
    acts.show_general_problem(form)
    drafts.show_conflict(form, step_fields(sop.step(shown.step_key)))
    names = {step.key: f"{step.no}. {step.name.in_language(language())}" for step in back_to}
    to_step = st.selectbox(
        _("Hand back to"),
        list(names),
        format_func=lambda key: names[key],
        key=f"{prefix}.to",
        on_change=drafts.mark,
        args=(prefix,),
        persist_state="session",
    )
    returned_at = forms.moment_field(
        _("Handed back at (WIB)"),
        key=f"{prefix}.at",
        default=session.now(),
        refused=refused.get("finished_at"),
    )
    reason = forms.text_field(
        _("Reason and what to put right"), key=f"{prefix}.reason", refused=refused.get("reason")
    )
    if st.button(_("Hand back"), icon=":material/undo:", key=f"{form}.send"):
        if returned_at is None:
            acts.refuse(form, finished_at=_("This field is required."))
        else:
            answer = acts.submit(
                form,
                return_step,
                round_id=shown.round_id,
                expected_version=version,
                to_step=to_step,
                returned_at=returned_at,
                reason=reason,
            )
            if answer:
                acts.say(_("Handed back to step {no}; its second round has begun.", no=sop.step(to_step).no))
        st.rerun()
