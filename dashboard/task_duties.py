"""The recurring duties of the day, on top of the tasks: the e-mail check, the log of an escort that is under way."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

import streamlit as st

from dashboard import acts, buttons, drafts, duty_strike, forms, journal_form, navigation, reads, slot_strip
from dashboard.text import _, language
from models.access import Actor
from models.commands.duty_checks import may_check, record_check
from models.errors import NotFound
from models.queries.books import checks_on, entries, kept
from models.queries.case_file import CaseView
from models.queries.worklist import OpenStep
from models.slots import Slot, SlotState
from models.sop import FieldType, Sop
from models.sop_books import Duty, Journal
from models.work_calendar import WorkCalendar

LOGS_AT_FIRST = 3
_ALL = "tasks.all.logs"


def show(
    who: Actor, waiting: Sequence[OpenStep], *, sops: Sequence[Sop], now: datetime, calendar: WorkCalendar
) -> None:
    """A card for each duty of today that this person does, and for each escort under way whose log they keep."""
    owed = list(_owed(who, sops, now, calendar))
    escorts = _under_way(waiting, now)
    logs, hidden = _logs(who, escorts, now)
    left = list(_left(who, logs, now))
    if not owed and not logs and not left:
        return
    st.markdown(f"## {_('Recurring duties')}", anchors=False)
    for sop, duty in owed:
        with st.container(border=True, gap="xsmall", key=f"duty.{sop.code}.{duty.key}"):
            _check(sop, duty, now=now, calendar=calendar)
    for view, journal in logs.values():
        with st.container(border=True, gap="xsmall", key=f"log.{view.case_id}.{journal.key}"):
            _log(who, view, journal, now)
    if hidden:
        words = _("Show all {count} escorts under way", count=len(escorts))
        st.button(words, key="tasks.more.logs", on_click=_show_all, type="tertiary")
    for view, journal in left:
        with st.container(border=True, gap="xsmall", key=f"log.{view.case_id}.{journal.key}"):
            _left_log(view, journal)


def _show_all() -> None:
    st.session_state[_ALL] = True


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
    duty_strike.show(duty, done, place=f"{sop.code}.{duty.key}")
    at_once, again = f"duty.{sop.code}.{duty.key}", f"duty.again.{sop.code}.{duty.key}"
    if not done or drafts.stays(at_once):
        if done:
            drafts.show_over(at_once, _("Somebody else has recorded it today meanwhile."))
        _check_form(at_once, sop, duty, now)
    label = _("Record once more") if done else _("Record for an earlier time")
    more = st.popover(label, type="tertiary", key=f"{again}.more", on_change="rerun")
    if more.open:
        with more:
            _check_form(again, sop, duty, now, timed=True)


def _check_form(form: str, sop: Sop, duty: Duty, now: datetime, *, timed: bool = False) -> None:
    """A check of this moment, or with `timed` of a moment that is typed, of an earlier day too."""
    if timed:
        drafts.follow(form, now)
    prefix = f"{form}.{acts.token(form)}"
    refused = acts.problems(form)
    acts.show_general_problem(form)
    zero = {field.key: 0 for field in duty.fields if field.type is FieldType.NUMBER}
    happened_at: datetime | None = now
    with st.container(width=600):
        if timed:
            happened_at = forms.moment_field(
                _("Time (WIB)"), key=f"{prefix}.at", default=now, refused=refused.get("happened_at")
            )
        data = forms.step_form(duty.fields, prefix=prefix, values=zero, refused=refused, outcome=None)
    if st.button(
        **buttons.main(_("Record the check"), icon=":material/mark_email_read:"), key=f"{form}.send"
    ):
        if happened_at is None:
            acts.refuse(form, happened_at=_("This field is required."))
        elif acts.submit(
            form, record_check, code=sop.code, duty_key=duty.key, happened_at=happened_at, data=data
        ):
            acts.say(_("Recorded: {what}.", what=duty.label.in_language(language())))
        st.rerun()


def _under_way(waiting: Sequence[OpenStep], now: datetime) -> dict[OpenStep, tuple[str, ...]]:
    """The steps that may owe a log now, with the forms of a new entry in it.

    They run, and their departure is recorded or was planned by now.
    """
    codes = {step.code for step in waiting if step.case_id is not None}
    owing = {code: reads.slot_journals(code) for code in codes}
    found = {}
    for step in waiting:
        begins_at = step.begun_at or step.departs_at
        if step.case_id is None or begins_at is None or begins_at > now:
            continue
        keys = sorted(journal for during, journal in owing[step.code] if during == step.step_key)
        if keys:
            found[step] = tuple(journal_form.name_of_new(step.case_id, key) for key in keys)
    return found


def _logs(
    who: Actor, escorts: Mapping[OpenStep, tuple[str, ...]], now: datetime
) -> tuple[dict[str, tuple[CaseView, Journal]], int]:
    """The first logs of these escorts by the form of a new entry, and how many escorts were left out.

    A log in which this person has begun an entry is among them. A case has the logs of the SOP version it was opened
    under.
    """
    found: dict[str, tuple[CaseView, Journal]] = {}
    hidden, every_one = 0, st.session_state.get(_ALL, False)
    for step, forms_of_step in escorts.items():
        if len(found) >= LOGS_AT_FIRST and not every_one and not any(map(drafts.stays, forms_of_step)):
            hidden += 1
            continue
        assert step.case_id is not None  # noqa: S101 - only escorts are under way
        view = reads.case(who, step.case_id, now=now)
        for journal in view.sop.journals:
            if journal.every_minutes and journal.during == step.step_key:
                found[journal_form.name_of_new(view.case_id, journal.key)] = (view, journal)
    return found, hidden


def _left(
    who: Actor, shown: Mapping[str, tuple[CaseView, Journal]], now: datetime
) -> Iterator[tuple[CaseView, Journal]]:
    """Logs in which this person has begun an entry and that are owed no longer: somebody else has ended the step."""
    places = {form: (view.case_id, journal.key) for form, (view, journal) in shown.items()}
    for case_id, journal_key in drafts.left_behind("logs", places).values():
        try:
            view = reads.case(who, case_id, now=now)
        except NotFound as refusal:  # hidden from this person meanwhile
            acts.refused(refusal)
            acts.forget(journal_form.name_of_new(case_id, journal_key))
            continue
        yield view, next(journal for journal in view.sop.journals if journal.key == journal_key)


def _left_log(view: CaseView, journal: Journal) -> None:
    """The entry that was begun: it can still be written until the case is closed."""
    _log_head(view, journal, None)
    if view.closed_at is None:
        words = _("The step has ended meanwhile; an entry can be written until the case is closed.")
    else:
        words = _("The case was closed meanwhile.")
    drafts.show_over(journal_form.name_of_new(view.case_id, journal.key), words)
    journal_form.new(
        journal, case_id=view.case_id, books=view.sop.journals, found=reads.read(entries, view.case_id)
    )


def _log_head(view: CaseView, journal: Journal, running: Slot | None) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        _running_badge(running)
        st.markdown(f"**{journal.label.in_language(language())}**", width="content")
        st.page_link(
            navigation.page(navigation.CASE), label=view.register_no, query_params={"id": str(view.case_id)}
        )
    st.text(view.subject)


def _log(who: Actor, view: CaseView, journal: Journal, now: datetime) -> None:
    """The slot of this hour and what was missed so far; the entry is written in place.

    Its form lies open for whoever keeps the log, as long as the slot is empty, and for whoever has begun an entry; for
    others it is folded.
    """
    begun = drafts.stays(journal_form.name_of_new(view.case_id, journal.key))
    found = reads.read(entries, view.case_id)
    run = slot_strip.runs(view, journal)[-1]
    row = slot_strip.row_of(view, journal, run, kept(found, journal.key), now)
    running = next((slot for slot in row.slots if slot.state is SlotState.RUNNING), None)
    _log_head(view, journal, running)
    if row.missed:
        missed = ", ".join(slot_strip.span(slot) for slot in row.missed[-6:])
        st.caption(f":red[:material/error:] {_('Missed: {slots}', slots=missed)}")
    write = st.expander(
        _("Write an entry"),
        icon=":material/edit_note:",
        key=f"log.write.{view.case_id}.{journal.key}",
        expanded=begun or (_keeps(who, view, journal) and running is not None and not running.entries),
        on_change="rerun",
    )
    if write.open:
        with write:
            journal_form.new(journal, case_id=view.case_id, books=view.sop.journals, found=found)


def _keeps(who: Actor, view: CaseView, journal: Journal) -> bool:
    """Whether the log is this person's own to keep: by the role of its executor, or because the case is theirs."""
    if view.assigned or journal.executor is None:
        return True
    return view.sop.executor(journal.executor).role in who.roles


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
