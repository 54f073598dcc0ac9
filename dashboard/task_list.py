"""What waits for a person's roles, in three groups: overdue, today, later."""

from datetime import datetime

import streamlit as st

from dashboard import acts, buttons, drafts, navigation, reads, step_panel
from dashboard.formats import semester_name
from dashboard.status import chip, time_left
from dashboard.text import _, language
from models.access import Actor
from models.errors import NotFound
from models.queries.case_file import case_view, round_view
from models.queries.worklist import OpenStep
from models.sop import Sop
from models.work_calendar import WorkCalendar

SHOWN_AT_FIRST, OF_OTHERS_TOO = 8, 3  # of a group; the latter where the tasks of others are among them


def groups(steps: list[OpenStep], now: datetime, calendar: WorkCalendar) -> dict[str, list[OpenStep]]:
    """The open steps by urgency, each group in the order of the due dates; what has no due date comes last."""
    today = calendar.local_date(now)
    found: dict[str, list[OpenStep]] = {"overdue": [], "today": [], "later": []}
    for step in steps:
        if step.verdict == "overdue":
            found["overdue"].append(step)
        elif step.due_at is not None and calendar.local_date(step.due_at) <= today:
            found["today"].append(step)
        else:
            found["later"].append(step)
    return found


def title(group: str, count: int) -> str:
    """The heading of a group with its number."""
    words = {"overdue": _("Overdue"), "today": _("Due today"), "later": _("Coming up")}
    return f"{words[group]} ({count})"


def show_group(
    group: str,
    steps: list[OpenStep],
    *,
    who: Actor,
    sops: dict[str, Sop],
    now: datetime,
    calendar: WorkCalendar,
    for_others: bool,
) -> None:
    """The first of a group and the one whose form is open, the rest behind a button."""
    first, opened = OF_OTHERS_TOO if for_others else SHOWN_AT_FIRST, st.session_state.get("tasks.opened")
    st.markdown(f"## {title(group, len(steps))}", anchors=False)
    all_of_them = st.session_state.get(f"tasks.all.{group}", False)
    for place, step in enumerate(steps):
        if place >= first and not all_of_them and step.round_id != opened:
            continue
        _card(step, who=who, sop=sops[step.code], now=now, calendar=calendar)
    if len(steps) > first and not all_of_them:
        st.button(
            _("Show all {count}", count=len(steps)),
            key=f"tasks.more.{group}",
            on_click=_show_all,
            args=(group,),
            type="tertiary",
        )


def _show_all(group: str) -> None:
    st.session_state[f"tasks.all.{group}"] = True


def _card(step: OpenStep, *, who: Actor, sop: Sop, now: datetime, calendar: WorkCalendar) -> None:
    row = sop.step(step.step_key)
    opened = st.session_state.get("tasks.opened") == step.round_id
    with st.container(border=True, gap="xsmall", key=f"task.{step.round_id}"):
        words, action = st.columns([4, 1], vertical_alignment="center")
        with words:
            with st.container(horizontal=True, vertical_alignment="center", gap="small"):
                title = f"**{row.no}. {row.name.in_language(language())}**"
                st.markdown(f"{chip(step.verdict)} {title}", width="content")
                _origin(step)
            if step.subject:
                st.text(step.subject)
            executor = sop.executor(step.executor).label.in_language(language())
            left = time_left(step.due_at, verdict=step.verdict, now=now, calendar=calendar)
            st.caption(f"{sop.short.in_language(language())} · {executor} · {left}")
        with action:
            shown = buttons.other(_("Close form"), icon=":material/close:")
            st.button(
                **(shown if opened else buttons.main(_("Record"), icon=":material/edit_note:")),
                key=f"task.open.{step.round_id}",
                width="stretch",
                on_click=_open,
                args=(None if opened else step.round_id,),
            )
        if opened:
            view = None
            if step.case_id is not None:
                view = reads.read(case_view, actor=who, case_id=step.case_id, as_of=now)
            step_panel.show(who, sop, step, view)


def show_overtaken(steps: list[OpenStep], *, who: Actor, now: datetime) -> None:
    """The form that this person has begun of a step which somebody else has ended meanwhile."""
    opened = st.session_state.get("tasks.opened")
    if opened is None or opened in {step.round_id for step in steps} or not drafts.begun_of(opened):
        return
    try:
        sop, shown = reads.read(round_view, actor=who, round_id=opened, as_of=now)
    except NotFound as refusal:  # hidden from this person meanwhile
        acts.refused(refusal)
        st.session_state.pop("tasks.opened")
        return
    row = sop.step(shown.step_key)
    with st.container(border=True, gap="xsmall", key=f"task.{opened}"):
        st.markdown(f"**{row.no}. {row.name.in_language(language())}**")
        step_panel.show(who, sop, shown, None)


def _origin(step: OpenStep) -> None:
    if step.case_id is not None:
        st.page_link(
            navigation.page(navigation.CASE),
            label=str(step.register_no),
            query_params={"id": str(step.case_id)},
        )
    elif step.period:
        year, half = step.period.split("-")
        st.caption(semester_name(int(year), int(half)))


def _open(round_id: int | None) -> None:
    st.session_state["tasks.opened"] = round_id
