"""Kenapa tenggatnya itu? The sum behind a due date, line by line, as plain text."""

from collections.abc import Iterator
from datetime import datetime

import streamlit as st

from dashboard import due_timeline, navigation, reads
from dashboard.formats import clock, date_long, in_wib, moment_long, number, working_duration
from dashboard.text import _, ngettext, plain
from models.explanation import DayRow, Explanation, explain
from models.queries.case_file import CaseView, Round
from models.queries.report_basis import calendar_basis
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
    told = list(lines(made, due_at=shown.due_at, late_from=shown.late_from))
    drawn = due_timeline.figure(made, due_at=shown.due_at, dark=st.context.theme.type == "dark")
    if drawn is not None:
        st.plotly_chart(
            drawn,
            key=f"due.{shown.round_id}",
            config={"displayModeBar": False},
            theme=None,
            alt="\n".join(told),
        )
    with st.container(gap=None):
        for line in told:
            st.text(line)
    last_on = reads.today(shown.due_at or shown.started_at)
    basis = reads.read(calendar_basis, first_on=reads.today(shown.started_at), last_on=last_on)
    st.page_link(  # a dialog that scrolls needs something to hold on to for whoever has no mouse
        navigation.page(navigation.SOPS),
        label=_(
            "SOP {number}, version {version}; working calendar, version {calendar}",
            number=view.sop.number,
            version=view.sop.version,
            calendar=number(basis.version),
        ),
        icon=":material/menu_book:",
    )
    for decree in dict.fromkeys(decree for decree in basis.decrees.values() if decree):
        st.caption(plain(decree))


def lines(made: Explanation, *, due_at: datetime | None, late_from: datetime | None) -> Iterator[str]:
    """The sum as lines; `due_at` and `late_from` are what was fixed when the clock started, and they decide."""
    yield _("Start: {moment}", moment=moment_long(made.deadline.start_at))
    if made.deadline.effective_at != made.deadline.start_at:
        yield _("Counted from: {moment} (next opening)", moment=moment_long(made.deadline.effective_at))
    yield _("Target: {target}", target=target_words(made.target))
    if made.election:
        yield _("Election period: days are counted as calendar days.")
    if made.stretches:
        yield from _stretches(made)
    else:
        yield from map(_day, made.days)
    yield from _end(made, due_at, late_from)


def _stretches(made: Explanation) -> Iterator[str]:
    """Each stretch of working time with the breaks between, and the days passed over, in the order of the days."""
    passed, before = list(made.days), None
    for begin, end in made.stretches:
        while passed and passed[0].on < in_wib(begin).date():
            yield _day(passed.pop(0))
        if before is not None and in_wib(before).date() == in_wib(begin).date():
            yield _("{day}: {begin}-{end} break", day=date_long(begin), begin=clock(before), end=clock(begin))
        minutes = int((end - begin).total_seconds() // 60)
        yield f"{date_long(begin)}: {clock(begin)}-{clock(end)} ({working_duration(minutes)})"
        before = end


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
        yield _("What it was reckoned from has changed since; the due date that was given stands.")
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
