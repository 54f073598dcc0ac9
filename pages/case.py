"""One case: where it stands, what to do next, its data and its history."""

import streamlit as st

from dashboard import (
    acts,
    case_data,
    case_history,
    case_remedies,
    case_screen,
    navigation,
    reads,
    session,
    step_panel,
)
from dashboard.text import _, language
from models.access import Permission, may, may_record
from models.errors import NotFound
from models.queries.case_file import case_view

who = session.require(Permission.VIEW_CASES)
now = session.now()
asked = st.query_params.get("id", "")
case_id = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 10 else 0  # no case has the id 0
try:
    view = reads.read(case_view, actor=who, case_id=case_id, as_of=now)
except NotFound as refusal:
    acts.refused(refusal)
    st.stop()

sop = view.sop
st.page_link(
    navigation.register_page(sop), label=sop.short.in_language(language()), icon=":material/arrow_back:"
)
acts.said()
case_screen.head(view, now)
steps, more = st.columns([3, 2], gap="medium")
with steps:
    for shown in case_screen.open_rounds(view):
        step = sop.step(shown.step_key)
        if may_record(who, sop.executor(step.executor).role, sop):
            with st.container(border=True, key=f"case.now.{step.key}"):
                st.markdown(
                    f"##### {_('Now')}: {step.no}. {step.name.in_language(language())}", anchors=False
                )
                step_panel.show(who, sop, shown, view)
    case_screen.step_line(view, now)
with more:
    names = [_("Data"), _("History")]
    correctable = case_remedies.correctable(who, view)
    if view.closed_at is None and may(who, Permission.EDIT_CASE, sop):
        names.append(_("Change data"))
    if correctable:
        names.append(_("Correct"))
    if view.closed_at is None and may(who, Permission.CLOSE_CASE, sop):
        names.append(_("Close"))
    chosen = st.segmented_control(
        _("Show"), names, default=names[0], required=True, key="case.tab", label_visibility="collapsed"
    )
    if chosen == _("History"):
        case_history.show(who, sop, view.case_id)
    elif chosen == _("Change data"):
        case_data.edit(view)
    elif chosen == _("Correct"):
        case_remedies.correct(view, correctable)
    elif chosen == _("Close"):
        case_remedies.close(view)
    else:
        case_data.show(who, view)
