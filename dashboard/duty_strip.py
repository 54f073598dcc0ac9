"""Recurring duties on the overview: how logbooks and daily checks are kept, how the semester's steps stand; alarms.

Like every figure a share stands with its n and leads on: a logbook to its register and to the case missed last, the
rest to the report of the semester for those who may read it, else to the register.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import streamlit as st
from sqlalchemy import Connection

from dashboard import navigation
from dashboard.compliance import ENOUGH, FAIR_FROM, GOOD_FROM
from dashboard.formats import date_medium, moment_medium, number, percent, semester_name
from dashboard.periods import Months
from dashboard.status import Colour, badge
from dashboard.stored import stored_words
from dashboard.text import _, language, ngettext
from models.access import Actor
from models.queries.duty_facts import DailyFacts, PeriodicFact, daily_facts, periodic_facts
from models.queries.settings import began_on
from models.queries.slot_facts import JournalFacts, journal_facts
from models.queries.standings import Alarm
from models.sop import FieldType, Sop
from models.sop_books import Standing
from models.sop_form import Field

_ALARMS = 3  # lines
_DAYS = 20  # named in a tooltip, the latest


@dataclass(frozen=True)
class Duties:
    """The recurring duties of one SOP in one period."""

    journals: tuple[JournalFacts, ...]
    daily: tuple[DailyFacts, ...]
    periodic: tuple[PeriodicFact, ...]


def read(
    connection: Connection, *, actor: Actor, sop: Sop, period: Months, as_of: datetime, past: bool = False
) -> Duties:
    """Everything the strip says of one SOP. Raises `Forbidden`."""
    months = (period.first, period.last)
    began = began_on(connection)
    return Duties(
        tuple(
            journal_facts(connection, actor=actor, sop=sop, months=months, as_of=as_of, latest=1, past=past)
        ),
        tuple(
            daily_facts(
                connection, actor=actor, sop=sop, months=months, as_of=as_of, began_on=began, past=past
            )
        ),
        tuple(periodic_facts(connection, actor=actor, sop=sop, as_of=as_of, past=past)),
    )


def show(duties: Duties, sop: Sop, period: Months, *, reports: bool) -> None:
    """A line for each duty; nothing where the SOP has none. `reports`: whether who looks may read its report."""
    if not (duties.journals or duties.daily or duties.periodic):
        return
    with st.container(gap=None, key=f"duties-{sop.code}"):
        for kept in duties.journals:
            _journal(kept, sop, period)
        for done in duties.daily:
            _daily(done, sop, period, reports=reports)
        for step in duties.periodic:
            _periodic(step, sop, reports=reports)


def _journal(facts: JournalFacts, sop: Sop, period: Months) -> None:
    due, filled = (sum(getattr(month, name) for month in facts.months) for name in ("due", "filled"))
    with _line():
        label = facts.journal.label.in_language(language())
        st.page_link(navigation.register_page(sop), label=label, query_params={"terima": period.key})
        _share(filled, due)
        for one in facts.missed:
            st.page_link(
                navigation.page(navigation.CASE),
                label=_missed(due - filled),
                query_params={"id": str(one.case_id)},
                help=_("The latest: {number}", number=one.register_no),
            )


def _daily(facts: DailyFacts, sop: Sop, period: Months, *, reports: bool) -> None:
    due, done = (sum(getattr(month, name) for month in facts.months) for name in ("due", "done"))
    missed = [date_medium(day) for month in facts.months for day in month.missed]
    with _line():
        _report_link(facts.duty.label.in_language(language()), sop, _semester(period), reports=reports)
        _share(done, due, help_text="; ".join(missed[-_DAYS:]))
        if missed:
            st.caption(_missed(len(missed)), width="content")


def _missed(count: int) -> str:
    return ngettext("{count} missed", "{count} missed", count)


def _periodic(fact: PeriodicFact, sop: Sop, *, reports: bool) -> None:
    year, half = fact.period.split("-")
    with _line():
        name = sop.step(fact.step_key).name.in_language(language())
        _report_link(name, sop, f"{year}-S{half}", reports=reports)
        badge(fact.verdict)
        when = semester_name(int(year), int(half))
        if fact.finished_at is None:
            when = _("{period} · due {date}", period=when, date=date_medium(fact.due_at))
        st.caption(when, width="content")


def _line() -> st.delta_generator.DeltaGenerator:
    return st.container(horizontal=True, vertical_alignment="center", gap="xsmall")


def _share(done: int, due: int, *, help_text: str = "") -> None:
    """ "91,7% (11 dari 12)" as a chip."""
    colour, icon = grade(done, due)
    rate = percent(done / due if due else None)
    said = _("{rate} ({done} of {n})", rate=rate, done=number(done), n=number(due))
    st.badge(said, icon=icon, color=colour, help=help_text or None)


def grade(done: int, due: int) -> tuple[Colour, str | None]:
    """Colour and icon of a share, as in the sheets; too few to judge, or none, stay grey."""
    if due < ENOUGH:
        return "gray", None
    if done / due >= GOOD_FROM:
        return "green", ":material/check_circle:"
    if done / due >= FAIR_FROM:
        return "yellow", ":material/hourglass_bottom:"
    return "red", ":material/error:"


def _report_link(label: str, sop: Sop, semester: str, *, reports: bool) -> None:
    if reports:
        query = {"sop": sop.code, "semester": semester}
        st.page_link(navigation.page(navigation.REPORTS), label=label, query_params=query)
    else:
        st.page_link(navigation.register_page(sop), label=label)


def _semester(period: Months) -> str:
    """The semester that holds the end of the period, as an address names it."""
    return f"{period.last // 100}-S{1 if period.last % 100 <= 6 else 2}"


def show_alarms(alarms: Sequence[Alarm]) -> None:
    """A red line for each open case that is in alarm, the oldest first; nothing when none is."""
    for alarm in alarms[:_ALARMS]:
        with _line():
            text = alarm.standing.text.in_language(language())
            st.badge(text, icon=":material/local_police:", color="red")
            st.page_link(
                navigation.page(navigation.CASE),
                label=alarm.register_no,
                query_params={"id": str(alarm.case_id)},
            )
            st.caption(_("since {moment}", moment=moment_medium(alarm.since_at)), width="content")
            st.text(_asked_in_alarm(alarm), width="content")
    if len(alarms) > _ALARMS:
        st.caption(_("and {count} more", count=len(alarms) - _ALARMS))


def _asked_in_alarm(alarm: Alarm) -> str:
    """The first text that the SOP asks for in an alarm alone (the police unit); "" where it asks for none."""
    for field in alarm.journal.fields:
        if _only_in_alarm(field, alarm.standing) and alarm.data.get(field.key):
            return stored_words(field, alarm.data[field.key])
    return ""


def _only_in_alarm(field: Field, standing: Standing) -> bool:
    condition = field.show_if
    return (
        field.type is FieldType.TEXT
        and not field.confidential
        and condition is not None
        and condition.field == standing.field
        and set(condition.values) <= set(standing.alarm)
    )
