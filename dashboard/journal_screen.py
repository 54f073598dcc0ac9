"""The logbooks of a case: how the case stands, the strip of slots, a new entry, what was written."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import streamlit as st

from dashboard import attachment_screen, drafts, journal_form, reads, session, slot_strip
from dashboard.formats import moment_medium
from dashboard.stored import stored_words
from dashboard.text import _, language
from models.access import Actor
from models.commands.journals import may_write
from models.queries.attachments import attachments
from models.queries.books import Entry, entries, stands
from models.queries.case_file import CaseView
from models.sla import recorded_late
from models.sop_books import Journal
from models.work_calendar import WorkCalendar

SHOWN_AT_FIRST = 20


def show(who: Actor, view: CaseView) -> None:
    """One logbook at a time; the first that is owed at regular times comes first."""
    journals = {journal.key: journal for journal in view.sop.journals}
    found = reads.read(entries, view.case_id)
    counts = {
        key: sum(entry.journal_key == key and entry.state == "kept" for entry in found) for key in journals
    }
    key = st.pills(
        _("Book"),
        list(journals),
        format_func=lambda one: _with_count(journals[one].label.in_language(language()), counts[one]),
        default=next(iter(journals)),
        required=True,
        key="case.book",
        label_visibility="collapsed",
    )
    journal = journals[str(key)]
    if journal.help:
        st.caption(journal.help.in_language(language()))
    if journal.every_minutes:
        _slots(view, journal, found)
    form = journal_form.name_of_new(view.case_id, journal.key)
    if _is_kept_by(who, view, journal) or drafts.stays(form):
        with st.expander(_("New entry"), icon=":material/add:", expanded=True, key=f"book.new.{journal.key}"):
            if view.closed_at is not None:
                drafts.show_over(form, _("The case was closed meanwhile."))
            journal_form.new(journal, case_id=view.case_id, books=view.sop.journals, found=found)
    _written(who, view, journal, [entry for entry in reversed(found) if entry.journal_key == journal.key])


def _is_kept_by(who: Actor, view: CaseView, journal: Journal) -> bool:
    return view.closed_at is None and may_write(who, journal, view.sop, assigned=view.assigned)


def _with_count(label: str, count: int) -> str:
    return f"{label} ({count})" if count else label


def _slots(view: CaseView, journal: Journal, found: Sequence[Entry]) -> None:
    runs = slot_strip.runs(view, journal)
    if not runs:
        st.caption(_("The slots begin with the departure."))
    of_book = [entry for entry in found if entry.journal_key == journal.key and entry.state == "kept"]
    for run in runs:
        with st.container(border=True, gap="xsmall"):
            if run.begun_at is None:
                st.caption(_("No departure recorded: the slots count from the planned departure."))
            slot_strip.show(slot_strip.row_of(view, journal, run, of_book, session.now()))


def _written(who: Actor, view: CaseView, journal: Journal, found: Sequence[Entry]) -> None:
    if not found:
        st.caption(_("Nothing is written in this book yet."))
    files, calendar = reads.read(attachments, view.case_id), reads.calendar()
    writable = _is_kept_by(who, view, journal)
    all_of_them = st.session_state.get(f"book.all.{journal.key}", False)
    for place, entry in enumerate(found):
        begun = any(drafts.stays(form) for form in _forms_of(entry))
        if place >= SHOWN_AT_FIRST and not all_of_them and not begun:
            continue
        with st.container(border=True, gap=None, key=f"book.entry.{entry.entry_id}"):
            _entry(journal, entry, calendar)
            attachment_screen.listed(who, view, [file for file in files if file.entry_id == entry.entry_id])
            if begun or (writable and entry.state == "kept"):
                _remedies(who, view, journal, entry)
    if len(found) > SHOWN_AT_FIRST:
        st.toggle(_("Show all {count}", count=len(found)), key=f"book.all.{journal.key}")


def _forms_of(entry: Entry) -> tuple[str, str]:
    """The forms that stand with an entry: the one that puts it right, and that of a file attached to it."""
    return (
        journal_form.name_of_correction(entry.entry_id),
        attachment_screen.name_of_new(f"entry.{entry.entry_id}"),
    )


def _entry(journal: Journal, entry: Entry, calendar: WorkCalendar) -> None:
    st.markdown(f"**{moment_medium(entry.happened_at)}**")
    if entry.state == "struck":
        st.caption(f":material/format_strikethrough: {_('Struck')}")
        st.text(entry.reason or "")
    for field in journal.fields:
        if field.key in entry.data:
            st.caption(field.label.in_language(language()))
            st.text(stored_words(field, entry.data[field.key]))
    value = journal.score.value(entry.data) if journal.score else None
    if journal.score and value is not None:
        st.caption(journal.score.label.in_language(language()))
        st.text(f"{journal.score.band(value).label.in_language(language())} ({value})")
    st.text(
        _("recorded {moment} by {name}", moment=moment_medium(entry.recorded_at), name=entry.recorded_by)
        + (f" · {_('recorded late')}" if _is_late(journal, entry, calendar) else "")
    )


def _is_late(journal: Journal, entry: Entry, calendar: WorkCalendar) -> bool:
    """Rules of time, 5 for a book with slots, 4 for the others."""
    if journal.every_minutes:
        return entry.recorded_at - entry.happened_at > timedelta(minutes=journal.every_minutes)
    return recorded_late(calendar, finished_at=entry.happened_at, now=entry.recorded_at)


def _remedies(who: Actor, view: CaseView, journal: Journal, entry: Entry) -> None:
    correct = st.popover(
        _("Correct or attach"),
        icon=":material/edit:",
        type="tertiary",
        key=f"entry.more.{entry.entry_id}",
        on_change="rerun",
    )
    form = journal_form.name_of_correction(entry.entry_id)
    if correct.open:
        with correct:
            if entry.state == "struck":
                drafts.show_over(form, _("This entry was struck meanwhile."))
            elif view.closed_at is not None:
                drafts.show_over(form, _("The case was closed meanwhile."))
            attachment_screen.new(who, view, place_of=f"entry.{entry.entry_id}", entry_id=entry.entry_id)
            st.divider()
            journal_form.correct(journal, entry)


def show_standing(view: CaseView) -> None:
    """How the open case stands by its logbooks: a word, and in red who is in control where that is not us."""
    if view.closed_at is not None:
        return
    for journal in view.sop.journals:
        if journal.standing is None:
            continue
        key, entry = stands(journal, reads.read(entries, view.case_id))
        if entry is None and not _has_set_out(view, session.now()):
            continue
        if entry is not None and key in journal.standing.alarm:
            state = journal.standing.text.in_language(language())
            since = moment_medium(entry.happened_at)
            st.error(_("{state} · since {moment}", state=state, moment=since), icon=":material/local_police:")
            st.text(_police(journal, entry))
        else:
            field = next(field for field in journal.fields if field.key == journal.standing.field)
            st.badge(field.choice(key).label.in_language(language()), icon=":material/shield:", color="green")


def _has_set_out(view: CaseView, now: datetime) -> bool:
    """Whether the journey has begun by what was recorded, or by its plan; before that there is nothing to guard."""
    recorded = any(one.begun_at is not None and one.state != "void" for one in view.rounds)
    return recorded or (view.departs_at is not None and view.departs_at <= now)


def _police(journal: Journal, entry: Entry) -> str:
    """What else the entry says, in one line of plain text."""
    told = [
        field
        for field in journal.fields
        if field.key in entry.data and journal.standing and field.key != journal.standing.field
    ]
    return " · ".join(
        f"{field.label.in_language(language())}: {stored_words(field, entry.data[field.key])}"
        for field in told
    )
