"""A new case: the form the SOP asks for."""

import streamlit as st

from dashboard import acts, buttons, drafts, forms, navigation, reads, session
from dashboard.settings import vault
from dashboard.text import _, language
from models.access import Permission, may
from models.commands.cases import open_case

who = session.require(Permission.OPEN_CASE)
now = session.now()
asked = st.query_params.get("sop", "")
sop = next((one for one in reads.readable_sops(who, now) if one.code == asked), None)
if sop is None or not may(who, Permission.OPEN_CASE, sop):
    st.error(_("Not found."), icon=":material/block:")
    st.stop()

st.page_link(
    navigation.register_page(sop), label=sop.short.in_language(language()), icon=":material/arrow_back:"
)
navigation.heading(navigation.new_case_label(sop))
st.caption(_("Fields marked * are required. What you type stays while you visit other pages."))
form = f"open.{sop.code}"
drafts.follow(form, now)
prefix = f"{form}.{acts.token(form)}"
refused = acts.problems(form)
acts.show_restored(form)
with st.container(width=900):
    received_at = forms.moment_field(
        sop.received_label.in_language(language()) + " (WIB)",
        key=f"{prefix}.received_at",
        default=now,
        refused=refused.get("received_at"),
    )
    typed = forms.case_form(sop, prefix=prefix, values={}, refused=refused)
    acts.show_refusal(form)
    if st.button(**buttons.main(_("Register"), icon=":material/save:"), key=f"{form}.send"):
        if received_at is None:
            acts.refuse(form, received_at=_("This field is required."))
            st.rerun()
        answer = acts.submit(
            form, open_case, vault=vault(), code=sop.code, received_at=received_at, data=typed
        )
        if answer is None:
            st.rerun()
        acts.say(_("Registered as {number}.", number=answer["register_no"]))
        navigation.go_to(navigation.CASE, id=str(answer["case_id"]))
