"""Kenapa tenggatnya itu? The sum behind a due date, line by line, as plain text."""

from collections.abc import Iterator
from datetime import datetime

import streamlit as st

from dashboard import reads
from dashboard.formats import clock, date_long, moment_long, working_duration
from dashboard.text import _, ngettext
from models.explanation import DayRow, Explanation, explain
from models.queries.case_file import CaseView, Round
from models.sla import Target, Unit
from models.sop import Step


def show(view: CaseView, step: Step, shown: Round) -> None:
    """The sum for one round of a case's step."""
    made = explain(
        start_at=shown.started_at,
        target=step.target,
        calendar=reads.calendar(),
        planned_end_at=view.returns_at,
        not_after_at=view.departs_at if step.before_departure else None,
    )
    with st.container(gap=None):
        for line in lines(made, due_at=shown.due_at, late_from=shown.late_from):
            st.text(line)
    st.caption(_("SOP {number}, version {version}", number=view.sop.number, version=view.sop.version))


def lines(made: Explanation, *, due_at: datetime | None, late_from: datetime | None) -> Iterator[str]:
    """The sum as lines; `due_at` and `late_from` are what was fixed when the clock started, and they decide."""
    yield _("Start: {moment}", moment=moment_long(made.deadline.start_at))
    if made.deadline.effective_at != made.deadline.start_at:
        yield _("Counted from: {moment} (next opening)", moment=moment_long(made.deadline.effective_at))
    yield _("Target: {target}", target=target_words(made.target))
    if made.election:
        yield _("Election period: days are counted as calendar days.")
    yield from map(_day, made.days)
    for begin, end in made.stretches:
        minutes = int((end - begin).total_seconds() // 60)
        yield f"{date_long(begin)}: {clock(begin)}-{clock(end)} ({working_duration(minutes)})"
    yield from _end(made, due_at, late_from)


def _end(made: Explanation, due_at: datetime | None, late_from: datetime | None) -> Iterator[str]:
    if made.moved_from_on:
        yield _("{day} is not a working day: moved to the next one.", day=date_long(made.moved_from_on))
    if made.capped and made.own_due_at:
        yield _(
            "By the target alone: {moment}. The departure comes first.", moment=moment_long(made.own_due_at)
        )
    if due_at is not None:
        yield _("Due: {moment}", moment=moment_long(due_at))
    if due_at is not None and made.deadline.due_at != due_at:
        yield _("The calendar has changed since; the due date that was given stands.")
    if late_from is not None:
        yield _("Late from: {moment}", moment=moment_long(late_from))
    if made.deadline.provisional:
        yield _("Provisional: the days off of that year are not decreed yet.")


def _day(row: DayRow) -> str:
    day = date_long(row.on)
    if row.ordinal == 0:
        return _("{day}: day 0", day=day)
    if row.ordinal:
        return _("{day}: day {ordinal}", day=day, ordinal=row.ordinal)
    if row.names:
        return _("{day}: not counted, {names}", day=day, names=", ".join(row.names))
    if row.weekend:
        return _("{day}: not counted, weekend", day=day)
    return _("{day}: not counted, after closing", day=day)


def target_words(target: Target) -> str:
    """ "3 hari kerja", "1 s/d 2 hari kerja", "30 menit kerja"."""
    if target.unit is Unit.SCHEDULE:
        return _("the end of the planned journey")
    if target.upper is None:
        return _("none set by the SOP")
    many = f"{target.lower} s/d {target.upper}" if target.lower else str(target.upper)
    words = {
        Unit.WORKING_DAYS: ngettext("{many} working day", "{many} working days", target.upper, many=many),
        Unit.CALENDAR_DAYS: ngettext("{many} calendar day", "{many} calendar days", target.upper, many=many),
        Unit.WORKING_MINUTES: ngettext(
            "{many} working minute", "{many} working minutes", target.upper, many=many
        ),
        Unit.CLOCK_MINUTES: ngettext("{many} minute", "{many} minutes", target.upper, many=many),
    }
    return words[target.unit]
