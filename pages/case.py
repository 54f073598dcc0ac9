"""One case: where it stands, what to do next, its books, papers and history."""

import streamlit as st

from dashboard import acts, case_screen, case_tabs, navigation, reads, session
from dashboard.text import language
from models.access import Permission
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

st.page_link(
    navigation.register_page(view.sop),
    label=view.sop.short.in_language(language()),
    icon=":material/arrow_back:",
)
acts.said()
case_screen.head(view, now)
case_tabs.show(who, view)
