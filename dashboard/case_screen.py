"""A case's head and the line of its steps."""

from collections.abc import Iterator
from datetime import datetime

import streamlit as st

from dashboard import (
    case_limits,
    case_pauses,
    drafts,
    explain_due,
    journal_screen,
    navigation,
    reads,
    step_panel,
    step_record,
)
from dashboard.formats import moment_long, moment_medium, working_duration
from dashboard.status import chip, time_left
from dashboard.text import _, language
from models.access import Actor, may_record
from models.lateness import LATE_REASONS
from models.queries.case_file import CaseView, Round
from models.queries.pauses import WithPauses
from models.sop import Step
from models.step_form import missing_outputs


def head(view: CaseView, now: datetime) -> None:
    """Number, subject, status, and what is due next."""
    with st.container(gap="xsmall"):
        _head(view, now)


def _head(view: CaseView, now: datetime) -> None:
    navigation.heading(view.register_no)
    st.text(view.subject)
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        status = view.sop.status(view.status)
        st.badge(
            status.label.in_language(language()),
            icon=":material/task_alt:" if status.final else ":material/pending:",
            color="gray" if status.final else "blue",
        )
        if view.short_notice:
            st.badge(
                _("Short notice"),
                icon=":material/bolt:",
                color="orange",
                help=_("The request left less working time before departure than the SOP allows."),
            )
        received = view.sop.received_label.in_language(language())
        st.caption(f"{received}: {moment_long(view.received_at)}", width="stretch")
    case_pauses.show_running(view)
    if view.departs_at and view.returns_at:
        st.caption(
            _(
                "Departure {departs} · return {returns}",
                departs=moment_long(view.departs_at),
                returns=moment_long(view.returns_at),
            )
        )
    case_limits.show(view, now)
    _completeness(view)
    if view.closed_at:
        st.caption(_("Closed {moment}", moment=moment_long(view.closed_at)))
    journal_screen.show_standing(view)


def _completeness(view: CaseView) -> None:
    """How many of the outputs that finished steps owe are there; beside the time, never mixed with it."""
    finished = [
        current
        for step in view.sop.case_steps
        if not step.automatic and (current := view.current(step.key)) and current.state == "done"
    ]
    due = [(one, out) for one in finished for out in view.sop.step(one.step_key).outputs if out.required]
    if due:
        held = sum(out.key in one.held for one, out in due)
        st.caption(_("Outputs there: {held} of {due}", held=held, due=len(due)))


def show_panels(who: Actor, view: CaseView) -> None:
    """The form of each round that this person may record and whose clock runs, or ran when they began the form."""
    running = [shown for shown in view.rounds if shown.state == "open"]
    for shown in [*drafts.overtaken(view), *running]:
        step = view.sop.step(shown.step_key)
        role = view.sop.executor(step.executor).role
        if may_record(who, role, view.sop, assigned=view.assigned):
            with st.container(border=True, key=f"case.now.{shown.round_id}"):
                title = f"{step.no}. {step.name.in_language(language())}"
                when = _("Now") if shown.state == "open" else _("Your entry")
                st.markdown(f"## {when}: {title}", anchors=False)
                step_panel.show(who, view.sop, shown, view)


def step_line(view: CaseView, now: datetime) -> None:
    """Every step in the SOP's order with its rounds: planned, actual, verdict."""
    moved = case_pauses.limits(view)
    for step in view.sop.case_steps:
        rounds = [shown for shown in view.rounds if shown.step_key == step.key and shown.state != "void"]
        with st.container(border=True, gap="xsmall", key=f"case.step.{step.key}"):
            if not rounds:
                _title(step, "not_started" if view.closed_at is None else "skipped")
                st.caption(_executor(view, step))
            for shown in rounds:
                _title(step, shown.verdict, round_no=shown.round_no if len(rounds) > 1 else None)
                _times(view, step, shown, now, moved.get(shown.round_id))


def _title(step: Step, state: str, *, round_no: int | None = None) -> None:
    said = [f"**{step.no}. {step.name.in_language(language())}**", chip(state)]
    if step.key == st.query_params.get("sorot"):
        said.append(f":blue-badge[:material/location_on: {_('the step you came for')}]")
    if round_no:
        said.append(f":gray-badge[{_('round {n}', n=round_no)}]")
    st.markdown(" ".join(said))


def _executor(view: CaseView, step: Step) -> str:
    label = view.sop.executor(step.executor).label.in_language(language())
    return f"{label} · {_('reconstructed')}" if step.reconstructed else label


def _times(view: CaseView, step: Step, shown: Round, now: datetime, moved: WithPauses | None) -> None:
    st.caption(" · ".join([_executor(view, step), *_clock_words(step, shown, now)]))
    if shown.outcome:
        st.caption(
            _("Result: {result}", result=view.sop.outcome(shown.outcome).label.in_language(language()))
        )
    if shown.late_reason:
        st.caption(f"{_('Why was it late?')} {_(LATE_REASONS[shown.late_reason])}")
    for text in (shown.reason, shown.note):
        if text:
            st.text(text)
    if shown.state in ("done", "returned"):
        step_record.show(step, shown)
    missing = missing_outputs(step, shown.held) if shown.state == "done" and not step.automatic else ()
    if missing:
        names = ", ".join(output.label.in_language(language()) for output in missing)
        st.caption(f":orange[:material/inventory:] {_('Output missing: {outputs}', outputs=names)}")
    if moved:
        st.caption(case_pauses.words(moved, finished_at=shown.finished_at, now=now))
    if shown.due_at:
        _why(view, step, shown)


def _clock_words(step: Step, shown: Round, now: datetime) -> Iterator[str]:
    if shown.state != "skipped" and not step.automatic:
        yield _("begun {moment}", moment=moment_medium(shown.started_at))
    if step.begins and shown.begun_at:
        yield f"{step.begins.in_language(language())} {moment_medium(shown.begun_at)}"
    if shown.state == "open":
        yield time_left(shown.due_at, verdict=shown.verdict, now=now, calendar=reads.calendar())
    elif shown.finished_at:
        if shown.due_at:
            yield _("due {moment}", moment=moment_medium(shown.due_at))
        yield _finished(shown, shown.finished_at)
    if shown.recorded_late:
        yield _("recorded late")
    if shown.provisional:
        yield _("provisional")


def _why(view: CaseView, step: Step, shown: Round) -> None:
    why = st.popover(
        _("Why this due date?"),
        icon=":material/help:",
        type="tertiary",
        key=f"why.{shown.round_id}",
        on_change="rerun",
    )
    if why.open:
        with why:
            explain_due.show(view, step, shown)


def _finished(shown: Round, finished_at: datetime) -> str:
    moment = moment_medium(finished_at)
    words = {
        "done": _("finished {moment}", moment=moment),
        "returned": _("handed back {moment}", moment=moment),
        "stopped": _("stopped {moment}", moment=moment),
    }[shown.state]
    if shown.worked_minutes:
        words += f" ({working_duration(shown.worked_minutes)})"
    if shown.recorded_by:
        words += " " + _("by {name}", name=_plain(shown.recorded_by))
    return words


def _plain(name: str) -> str:
    """A person's name within a line of ours: letters, blanks and the signs of titles, nothing a renderer could read."""
    return "".join(sign for sign in name if sign.isalnum() or sign in " .,'-")
