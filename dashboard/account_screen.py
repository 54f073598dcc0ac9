"""One's own account: who am I, my language, my password, signing out."""

import streamlit as st

from dashboard import acts, navigation, session
from dashboard.roles import role_name
from dashboard.text import _
from models.access import Actor
from models.commands.users import change_own_password, set_language

_LANGUAGES = {"id": "Bahasa Indonesia", "en": "English"}


def show(who: Actor) -> None:
    """Name and roles, then what one may change."""
    st.text(who.name)
    st.caption(", ".join(role_name(role) for role in sorted(who.roles)))
    chosen = st.radio(
        _("Language"),
        list(_LANGUAGES),
        index=list(_LANGUAGES).index(who.language),
        format_func=_LANGUAGES.__getitem__,
        horizontal=True,
        key="account.language",
    )
    if chosen != who.language:
        if acts.submit("account.language", set_language, language=chosen):
            st.rerun()
        acts.show_general_problem("account.language")
    with st.container(border=True):
        navigation.panel_title(_("Change password"))
        _password()
    if st.button(_("Sign out"), icon=":material/logout:", key="account.out"):
        session.sign_out()


def _password() -> None:
    form = "account.password"
    prefix = f"{form}.{acts.token(form)}"
    refused = acts.problems(form)
    acts.show_general_problem(form)
    current = st.text_input(
        _("Current password"), type="password", key=f"{prefix}.current", on_change="ignore"
    )
    if message := refused.get("current"):
        st.error(message, icon=":material/error:")
    new = st.text_input(_("New password"), type="password", key=f"{prefix}.new", on_change="ignore")
    if message := refused.get("password"):
        st.error(message, icon=":material/error:")
    if st.button(_("Change password"), key=f"{form}.send"):
        answer = acts.submit(
            form,
            change_own_password,
            current=current or "",
            new=new or "",
            keep_session=session.session_hash(),
        )
        if answer:
            acts.say(_("Password changed. Your other sessions were ended."))
        st.rerun()
