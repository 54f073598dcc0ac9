"""The form of one entry in a logbook: a new one, in the case and in the tasks alike, and putting one right."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import streamlit as st

from dashboard import acts, buttons, drafts, forms, session
from dashboard.text import _, language
from models.commands.journals import correct_entry, record_entry, strike_entry
from models.queries.books import Entry, kept, stands
from models.sop import Field, FieldType
from models.sop_books import Journal

_REPEATED = (
    FieldType.PLACE,
    FieldType.PEOPLE,
)  # who writes the next entry is usually where and with whom they were


def name_of_new(case_id: int, journal_key: str) -> str:
    """The name of the form of a new entry: the same in the case and in the tasks, so that a draft is in both."""
    return f"entry.{case_id}.{journal_key}"


def name_of_correction(entry_id: int) -> str:
    """The name of the form that puts an entry right."""
    return f"entry.correct.{entry_id}"


def new(journal: Journal, *, case_id: int, books: Sequence[Journal], found: Sequence[Entry]) -> None:
    """The form of a new entry; places and people stand as in the entry before, the situation as the case stands."""
    form = name_of_new(case_id, journal.key)
    standing = _standing(journal, books, found)
    now = session.now()
    values = _as_before(journal, found) | {field.key: key for _book, field, key in standing}
    drafts.follow(form, (now, repr(values)))
    prefix = f"{form}.{acts.token(form)}"
    refused = acts.problems(form)
    acts.show_general_problem(form)
    happened_at = forms.moment_field(
        _("Time (WIB)"), key=f"{prefix}.at", default=now, refused=refused.get("happened_at")
    )
    data = forms.step_form(journal.fields, prefix=prefix, values=values, refused=refused, outcome=None)
    _say_score(journal, data)
    _say_standing(standing, data)
    if st.button(**buttons.main(_("Write into the book"), icon=":material/edit_note:"), key=f"{form}.send"):
        if happened_at is None:
            acts.refuse(form, happened_at=_("This field is required."))
        else:
            answer = acts.submit(
                form,
                record_entry,
                case_id=case_id,
                journal_key=journal.key,
                happened_at=happened_at,
                data=data,
            )
            if answer:
                acts.say(_("Written into: {book}.", book=journal.label.in_language(language())))
        st.rerun()


def _as_before(journal: Journal, found: Sequence[Entry]) -> dict[str, Any]:
    before = kept(list(found), journal.key)
    if not before:
        return {}
    repeated = {field.key for field in journal.fields if field.type in _REPEATED}
    return {key: value for key, value in before[-1].data.items() if key in repeated}


def _standing(
    journal: Journal, books: Sequence[Journal], found: Sequence[Entry]
) -> list[tuple[Journal, Field, str]]:
    """Fields of this book that ask for what another book keeps: that book, the field, and how the case stands by it."""
    return [
        (book, field, key)
        for book in books
        if book.standing is not None and book.key != journal.key
        for field in journal.fields
        if field.key == book.standing.field
        for key, _entry in [stands(book, list(found))]
        if key in {choice.key for choice in field.choices}
    ]


def _say_standing(standing: Sequence[tuple[Journal, Field, str]], data: Mapping[str, Any]) -> None:
    """Beside an entry that says otherwise: only the other book changes how the case stands."""
    for book, field, key in standing:
        if data.get(field.key) not in (None, key):
            words = _(
                "{book} still says: {state}. Write the change there too.",
                book=book.label.in_language(language()),
                state=field.choice(key).label.in_language(language()),
            )
            st.caption(f":orange[:material/warning:] {words}")


def _say_score(journal: Journal, data: Mapping[str, Any]) -> None:
    value = journal.score.value(data) if journal.score else None
    if journal.score and value is not None:
        label = journal.score.label.in_language(language())
        st.caption(f"{label}: **{journal.score.band(value).label.in_language(language())}** ({value})")


def correct(journal: Journal, entry: Entry) -> None:
    """Put an entry right, or strike it; both want a reason, and the old words stay in the history."""
    form = name_of_correction(entry.entry_id)
    version = drafts.answered_version(form, entry.version)
    prefix = f"{form}.{acts.token(form)}"
    refused = acts.problems(form)
    acts.show_general_problem(form)
    drafts.show_conflict(form, journal.fields)
    happened_at = forms.moment_field(
        _("Time (WIB)"), key=f"{prefix}.at", default=entry.happened_at, refused=refused.get("happened_at")
    )
    data = forms.step_form(journal.fields, prefix=prefix, values=entry.data, refused=refused, outcome=None)
    reason = forms.text_field(_("Reason"), key=f"{prefix}.reason", refused=refused.get("reason"))
    save, strike = st.columns(2)
    if save.button(_("Save correction"), icon=":material/edit:", key=f"{form}.send", width="stretch"):
        _save(form, entry, version, happened_at, data, reason)
    if strike.button(
        _("Strike the entry"), icon=":material/format_strikethrough:", key=f"{form}.strike", width="stretch"
    ):
        answer = acts.submit(
            form, strike_entry, entry_id=entry.entry_id, expected_version=version, reason=reason
        )
        if answer:
            acts.say(_("Struck; the entry stays readable and counts nowhere."))
        st.rerun()


def _save(
    form: str, entry: Entry, version: int, happened_at: datetime | None, data: Mapping[str, Any], reason: str
) -> None:
    if happened_at is None:
        acts.refuse(form, happened_at=_("This field is required."))
        st.rerun()
    answer = acts.submit(
        form,
        correct_entry,
        entry_id=entry.entry_id,
        expected_version=version,
        happened_at=happened_at,
        data=data,
        reason=reason,
    )
    if answer:
        acts.say(_("Correction saved; the old value stays in the history."))
    st.rerun()
