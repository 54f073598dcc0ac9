"""What was written down with a step: the numbers of its outputs and its fields, as the next in the line reads them.

A disposition is read by whom it is passed to, and where a report was sent by whoever evaluates it: short values stand
under the step at once, long texts one click away.
"""

import streamlit as st

from dashboard.stored import stored_words
from dashboard.text import _, language
from models.queries.case_file import Round
from models.sop import Field, FieldType, Step
from models.step_form import step_fields


def show(step: Step, shown: Round) -> None:
    """The fields of the round that hold something; nothing that was typed is rendered."""
    filled = [field for field in step_fields(step) if shown.data.get(field.key) not in (None, "", [])]
    texts = [field for field in filled if field.type is FieldType.LONG_TEXT]
    short = [_line(field, shown) for field in filled if field.type is not FieldType.LONG_TEXT]
    if short:
        st.text("\n".join(short))
    if not texts:
        return
    names = ", ".join(field.label.in_language(language()) for field in texts)
    with st.expander(
        _("Texts: {names}", names=names), icon=":material/notes:", key=f"record.{shown.round_id}"
    ):
        for field in texts:
            st.caption(field.label.in_language(language()))
            st.text(str(shown.data[field.key]))


def _line(field: Field, shown: Round) -> str:
    return f"{field.label.in_language(language())}: {stored_words(field, shown.data[field.key])}"
