"""The recurring duties of the day, on top of the tasks: the e-mail check, the log of an escort that is under way."""

from collections.abc import Iterator, Sequence
from datetime import datetime

import streamlit as st

from dashboard import acts, forms, journal_form, navigation, reads, slot_strip
from dashboard.formats import clock, number
from dashboard.text import _, language
from models.access import Actor
from models.commands.duty_checks import may_check, record_check
from models.queries.books import Check, checks_on, entries, kept
from models.queries.case_file import CaseView, case_view
from models.queries.worklist import OpenStep
from models.slots import Slot, SlotState
from models.sop import FieldType, Sop
from models.sop_books import Duty, Journal
from models.work_calendar import WorkCalendar


def show(
    who: Actor, waiting: Sequence[OpenStep], *, sops: Sequence[Sop], now: datetime, calendar: WorkCalendar
) -> None:
    """A card for each duty of today that this person does, and for each escort under way whose log they keep."""
    owed = list(_owed(who, sops, now, calendar))
    logs = list(_logs(who, waiting, sops, now))
    if not owed and not logs:
        return
    st.markdown(f"##### {_('Recurring duties')}", anchors=False)
    for sop, duty in owed:
        with st.container(border=True, gap="xsmall", key=f"duty.{sop.code}.{duty.key}"):
            _check(sop, duty, now=now, calendar=calendar)
    for view, journal in logs:
        with st.container(border=True, gap="xsmall", key=f"log.{view.case_id}.{journal.key}"):
            _log(view, journal, now)


def _owed(
    who: Actor, sops: Sequence[Sop], now: datetime, calendar: WorkCalendar
) -> Iterator[tuple[Sop, Duty]]:
    if not calendar.is_working_day(calendar.local_date(now)):
        return
    for sop in sops:
        for duty in sop.duties:
            if duty.every == "working_day" and may_check(who, sop, duty):
                yield sop, duty


def _check(sop: Sop, duty: Duty, *, now: datetime, calendar: WorkCalendar) -> None:
    """One click, with the number that was found; what was done today already is said first."""
    done = [
        one
        for one in reads.read(checks_on, code=sop.code, on=calendar.local_date(now))
        if one.duty_key == duty.key
    ]
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        if done:
            st.badge(_("Done today"), icon=":material/check_circle:", color="green")
        else:
            st.badge(_("Not done yet today"), icon=":material/hourglass_bottom:", color="yellow")
        st.markdown(f"**{duty.label.in_language(language())}**", width="content")
    for one in done:
        st.text(_done_words(duty, one))
    if done:
        again = st.popover(
            _("Record once more"), type="tertiary", key=f"duty.again.{duty.key}", on_change="rerun"
        )
        if again.open:
            with again:
                _check_form(sop, duty, now)
    else:
        _check_form(sop, duty, now)


def _done_words(duty: Duty, one: Check) -> str:
    counted = [
        f"{field.label.in_language(language())}: {number(one.data[field.key])}"
        for field in duty.fields
        if field.type is FieldType.NUMBER and field.key in one.data
    ]
    return " · ".join([_("at {time} by {name}", time=clock(one.happened_at), name=one.recorded_by), *counted])


def _check_form(sop: Sop, duty: Duty, now: datetime) -> None:
    form = f"duty.{sop.code}.{duty.key}"
    prefix = f"{form}.{acts.token(form)}"
    refused = acts.problems(form)
    acts.show_general_problem(form)
    zero = {field.key: 0 for field in duty.fields if field.type is FieldType.NUMBER}
    with st.container(width=600):
        data = forms.step_form(duty.fields, prefix=prefix, values=zero, refused=refused, outcome=None)
    if st.button(
        _("Record the check"), type="primary", icon=":material/mark_email_read:", key=f"{form}.send"
    ):
        answer = acts.submit(form, record_check, code=sop.code, duty_key=duty.key, happened_at=now, data=data)
        if answer:
            acts.say(_("Recorded: {what}.", what=duty.label.in_language(language())))
        st.rerun()


def _logs(
    who: Actor, waiting: Sequence[OpenStep], sops: Sequence[Sop], now: datetime
) -> Iterator[tuple[CaseView, Journal]]:
    """The logs that are owed now: the step runs, and its departure is recorded or was planned by now."""
    by_code = {sop.code: sop for sop in sops}
    for step in waiting:
        sop = by_code[step.code]
        for journal in sop.journals:
            if step.case_id is None or not journal.every_minutes or journal.during != step.step_key:
                continue
            view = reads.read(case_view, actor=who, case_id=step.case_id, as_of=now)
            run = view.current(step.step_key)
            begins_at = (run.begun_at if run else None) or view.departs_at
            if begins_at is not None and begins_at <= now:
                yield view, journal


def _log(view: CaseView, journal: Journal, now: datetime) -> None:
    """The slot of this hour and what was missed so far; the entry is written in place."""
    found = reads.read(entries, view.case_id)
    run = slot_strip.runs(view, journal)[-1]
    row = slot_strip.row_of(view, journal, run, kept(found, journal.key), now)
    running = next((slot for slot in row.slots if slot.state is SlotState.RUNNING), None)
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        _running_badge(running)
        st.markdown(f"**{journal.label.in_language(language())}**", width="content")
        st.page_link(
            navigation.page(navigation.CASE), label=view.register_no, query_params={"id": str(view.case_id)}
        )
    st.text(view.subject)
    if row.missed:
        missed = ", ".join(slot_strip.span(slot) for slot in row.missed[-6:])
        st.caption(f":red[:material/error:] {_('Missed: {slots}', slots=missed)}")
    write = st.expander(
        _("Write an entry"),
        icon=":material/edit_note:",
        key=f"log.write.{view.case_id}.{journal.key}",
        expanded=running is not None and not running.entries,
        on_change="rerun",
    )
    if write.open:
        with write:
            journal_form.new(journal, case_id=view.case_id, found=found, form_of="quick")


def _running_badge(running: Slot | None) -> None:
    if running is None:
        return
    if running.entries:
        st.badge(
            _("{slot} filled", slot=slot_strip.span(running)), icon=":material/check_circle:", color="green"
        )
    else:
        st.badge(
            _("{slot} waits for its entry", slot=slot_strip.span(running)),
            icon=":material/hourglass_bottom:",
            color="yellow",
        )
