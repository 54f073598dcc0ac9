"""The logbooks of a case: how the case stands, the strip of slots, a new entry, what was written."""

from collections.abc import Sequence
from datetime import timedelta

import streamlit as st

from dashboard import attachment_screen, journal_form, reads, session, slot_strip
from dashboard.formats import moment_medium
from dashboard.stored import stored_words
from dashboard.text import _, language
from models.access import Actor
from models.commands.journals import may_write
from models.queries.attachments import attachments
from models.queries.books import Entry, entries, stands
from models.queries.case_file import CaseView
from models.sop_books import Journal

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
    if view.closed_at is None and may_write(who, journal, view.sop, assigned=view.assigned):
        with st.expander(_("New entry"), icon=":material/add:", expanded=True, key=f"book.new.{journal.key}"):
            journal_form.new(journal, case_id=view.case_id, found=found)
    _written(who, view, journal, [entry for entry in reversed(found) if entry.journal_key == journal.key])


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
    files = reads.read(attachments, view.case_id)
    writable = view.closed_at is None and may_write(who, journal, view.sop, assigned=view.assigned)
    for entry in found[:SHOWN_AT_FIRST] if not st.session_state.get(f"book.all.{journal.key}") else found:
        with st.container(border=True, gap=None, key=f"book.entry.{entry.entry_id}"):
            _entry(journal, entry)
            attachment_screen.listed(who, view, [file for file in files if file.entry_id == entry.entry_id])
            if writable and entry.state == "kept":
                _remedies(who, view, journal, entry)
    if len(found) > SHOWN_AT_FIRST:
        st.toggle(_("Show all {count}", count=len(found)), key=f"book.all.{journal.key}")


def _entry(journal: Journal, entry: Entry) -> None:
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
    late = entry.recorded_at - entry.happened_at > timedelta(minutes=journal.every_minutes or 24 * 60)
    st.text(
        _("recorded {moment} by {name}", moment=moment_medium(entry.recorded_at), name=entry.recorded_by)
        + (f" · {_('recorded late')}" if late else "")
    )


def _remedies(who: Actor, view: CaseView, journal: Journal, entry: Entry) -> None:
    correct = st.popover(
        _("Correct or attach"),
        icon=":material/edit:",
        type="tertiary",
        key=f"entry.more.{entry.entry_id}",
        on_change="rerun",
    )
    if correct.open:
        with correct:
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
        if entry is not None and key in journal.standing.alarm:
            state = journal.standing.text.in_language(language())
            since = moment_medium(entry.happened_at)
            st.error(_("{state} · since {moment}", state=state, moment=since), icon=":material/local_police:")
            st.text(_police(journal, entry))
        else:
            field = next(field for field in journal.fields if field.key == journal.standing.field)
            st.badge(field.choice(key).label.in_language(language()), icon=":material/shield:", color="green")


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
