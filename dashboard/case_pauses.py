"""Pausing a case and going on, and what the deadlines would be with the pauses credited."""

from collections.abc import Sequence
from datetime import datetime

import streamlit as st

from dashboard import acts, drafts, forms, reads, session
from dashboard.formats import moment_long, moment_medium, working_duration
from dashboard.text import _
from models.commands.pauses import KINDS, pause_case, resume_case
from models.errors import N_
from models.queries.case_file import CaseView
from models.queries.pauses import CasePause, WithPauses, moved_limit, spans

KIND_WORDS = {"reporter": N_("Waiting for the reporter to complete it"), "other": N_("Another reason")}


def kinds(view: CaseView) -> list[str]:
    """The kinds of pause that make sense: only a SOP with confidential fields has a reporter to wait for."""
    return list(KINDS) if view.sop.confidential_fields else ["other"]


def running(view: CaseView) -> CasePause | None:
    """The pause that runs now, if any."""
    if view.closed_at is not None:
        return None
    return next((one for one in view.pauses if one.ended_at is None), None)


def limits(view: CaseView) -> dict[int, WithPauses]:
    """The limit of each measured round with the pauses credited, where that changes it; by round."""
    if not view.pauses:
        return {}
    calendar = reads.calendar()
    between = spans(view.pauses, as_of=session.now(), closed_at=view.closed_at)
    found = {}
    for one in view.rounds:
        if one.due_at is None or one.late_from is None:
            continue
        moved = moved_limit(
            view.sop.step(one.step_key),
            started_at=one.started_at,
            due_at=one.due_at,
            late_from=one.late_from,
            departs_at=view.departs_at,
            pauses=between,
            calendar=calendar,
        )
        if moved.minutes:
            found[one.round_id] = moved
    return found


def show_running(view: CaseView) -> None:
    """The pause that runs, in the head of the case."""
    pause = running(view)
    if pause is not None:
        words = _("To be completed") if pause.kind == "reporter" else _("Paused")
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.badge(words, icon=":material/pause_circle:", color="violet")
            since = moment_long(pause.started_at)
            st.caption(_("since {moment}; the SOP's clock runs on", moment=since), width="content")


def show(view: CaseView) -> None:
    """The pauses so far, and the form that begins one or ends the one that runs."""
    st.caption(
        _("The SOP knows no pause: the official figure ignores it, the figure with pauses stands beside it.")
    )
    for pause in view.pauses:
        _told(pause)
    over = [one for one in view.pauses if one.ended_at is not None and drafts.stays(_name_of_end(one))]
    for pause in over:
        _resume(view, pause)
    runs = bool(view.pauses) and view.pauses[-1].ended_at is None
    if runs:
        _resume(view, view.pauses[-1])
    if drafts.stays(_name_of_new(view)) or not runs:
        _pause(view, runs=runs)


def is_begun(view: CaseView) -> bool:
    """Whether a form of a pause was begun, a new one or an end."""
    names = [_name_of_new(view), *map(_name_of_end, view.pauses)]
    return any(drafts.stays(form) for form in names)


def _name_of_new(view: CaseView) -> str:
    return f"pause.{view.case_id}"


def _name_of_end(pause: CasePause) -> str:
    return f"resume.{pause.pause_id}"


def _told(pause: CasePause) -> None:
    end = moment_medium(pause.ended_at) if pause.ended_at else _("still running")
    with st.container(border=True, gap=None):
        st.markdown(f"**{_(KIND_WORDS[pause.kind])}**")
        st.text(f"{moment_medium(pause.started_at)} – {end}")
        st.text(pause.reason)
        st.text(_("recorded by {name}", name=pause.recorded_by))


def _pause(view: CaseView, *, runs: bool) -> None:
    form = _name_of_new(view)
    drafts.follow(form, session.now())
    prefix = f"{form}.{acts.token(form)}"
    refused = acts.problems(form)
    acts.show_general_problem(form)
    if view.closed_at is not None:
        drafts.show_over(form, _("The case was closed meanwhile."))
    elif runs:
        drafts.show_over(form, _("Somebody else has paused the case meanwhile."))
    choices: Sequence[str] = kinds(view)
    kind = st.selectbox(
        _("Why"),
        choices,
        format_func=lambda key: _(KIND_WORDS[key]),
        key=f"{prefix}.kind",
        on_change=drafts.mark,
        args=(prefix,),
        persist_state="session",
    )
    started_at = forms.moment_field(
        _("Paused from (WIB)"), key=f"{prefix}.at", default=session.now(), refused=refused.get("started_at")
    )
    reason = forms.text_field(_("What is awaited"), key=f"{prefix}.reason", refused=refused.get("reason"))
    if st.button(_("Pause the case"), icon=":material/pause:", key=f"{form}.send"):
        if started_at is None:
            acts.refuse(form, started_at=_("This field is required."))
            st.rerun()
        answer = acts.submit(
            form, pause_case, case_id=view.case_id, kind=kind, started_at=started_at, reason=reason
        )
        if answer:
            acts.say(_("The pause is recorded; the SOP's clock runs on."))
        st.rerun()


def _resume(view: CaseView, pause: CasePause) -> None:
    form = _name_of_end(pause)
    drafts.follow(form, session.now())
    version = drafts.answered_version(form, pause.version)
    prefix = f"{form}.{acts.token(form)}"
    refused = acts.problems(form)
    acts.show_general_problem(form)
    drafts.show_conflict(form, ())
    if view.closed_at is not None:
        drafts.show_over(form, _("The case was closed meanwhile."))
    elif pause.ended_at is not None:
        drafts.show_over(form, _("Somebody else has ended this pause meanwhile."))
    ended_at = forms.moment_field(
        _("Went on at (WIB)"), key=f"{prefix}.at", default=session.now(), refused=refused.get("ended_at")
    )
    if st.button(_("End the pause"), icon=":material/play_arrow:", key=f"{form}.send"):
        if ended_at is None:
            acts.refuse(form, ended_at=_("This field is required."))
            st.rerun()
        answer = acts.submit(
            form,
            resume_case,
            case_id=view.case_id,
            pause_id=pause.pause_id,
            expected_version=version,
            ended_at=ended_at,
        )
        if answer:
            acts.say(_("The pause has ended."))
        st.rerun()


def words(moved: WithPauses, *, finished_at: datetime | None, now: datetime) -> str:
    """ "dengan jeda: tenggat 4 Jul 2025, 16.30 (2 hari kerja dikreditkan), tepat waktu"."""
    said = _(
        "with pauses: due {moment} ({time} credited)",
        moment=moment_medium(moved.due_at),
        time=working_duration(moved.minutes),
    )
    late = (finished_at or now) >= moved.late_from
    if finished_at is None:
        return f"{said}, {_('overdue')}" if late else said
    return f"{said}, {_('late') if late else _('on time')}"
