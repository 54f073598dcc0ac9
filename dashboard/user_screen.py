"""Accounts: who may sign in, in which roles. For the administrator."""

import pandas as pd
import streamlit as st

from dashboard import acts, buttons, drafts, navigation, reads
from dashboard.formats import moment_short
from dashboard.roles import role_name
from dashboard.text import _
from models import passwords
from models.access import Role
from models.commands import users
from models.queries.accounts import Account, accounts


def show() -> None:
    """The list, then what can be done to one of them, then a new one."""
    known = reads.read(accounts)
    st.dataframe(_table(known), hide_index=True, placeholder="-", height="content")
    change, add = st.columns(2, gap="medium")
    with change.container(border=True):
        navigation.panel_title(_("Change an account"))
        names = {account.user_id: f"{account.full_name} ({account.username})" for account in known}
        chosen = st.selectbox(_("Account"), list(names), format_func=names.__getitem__, key="users.chosen")
        _change(next(account for account in known if account.user_id == chosen))
    with add.container(border=True):
        navigation.panel_title(_("New account"))
        _add()


def _table(known: list[Account]) -> pd.DataFrame:
    return pd.DataFrame(
        [
            {
                _("Username"): account.username,
                _("Name"): account.full_name,
                _("Roles"): ", ".join(role_name(role) for role in account.roles),
                _("State"): _("active") if account.active else _("not active"),
                _("Last seen"): moment_short(account.seen_at) if account.seen_at else "-",
            }
            for account in known
        ]
    )


def _roles(key: str, default: tuple[str, ...], refused: str | None) -> list[str]:
    chosen = st.multiselect(
        _("Roles"),
        [role.value for role in Role],
        default=default,
        format_func=role_name,
        key=key,
        placeholder=_("Choose…"),
        select_all=False,  # Streamlit would offer it in English
        on_change=drafts.mark,
        args=(key.rpartition(".")[0],),
    )
    if refused:
        st.error(refused, icon=":material/error:")
    return chosen


def _change(account: Account) -> None:
    form = f"users.{account.user_id}"
    version = drafts.answered_version(form, account.version)
    prefix = f"{form}.{acts.token(form)}"
    refused = acts.problems(form)
    acts.show_general_problem(form)
    if acts.conflict(form) is not None and st.button(_("Load the newest state"), key=f"{form}.reload"):
        acts.forget(form)
        st.rerun()
    roles = _roles(f"{prefix}.roles", account.roles, refused.get("roles"))
    common = {"user_id": account.user_id, "expected_version": version}
    with st.container(horizontal=True):
        if st.button(**buttons.main(_("Save roles")), key=f"{form}.save"):
            if acts.submit(form, users.set_roles, roles=roles, **common):
                acts.say(_("Roles saved."))
            st.rerun()
        label = _("Deactivate") if account.active else _("Activate")
        if st.button(label, key=f"{form}.active"):
            if acts.submit(form, users.set_active, active=not account.active, **common):
                acts.say(_("Saved."))
            st.rerun()
        if st.button(_("New temporary password"), key=f"{form}.password"):
            password = passwords.suggest()
            if acts.submit(form, users.reset_password, password=password, **common):
                acts.say(
                    _("Temporary password of {name}: `{password}`", name=account.username, password=password)
                )
            st.rerun()


def _add() -> None:
    form = "users.new"
    prefix = f"{form}.{acts.token(form)}"
    refused = acts.problems(form)
    acts.show_general_problem(form)
    username = st.text_input(f"{_('Username')} *", key=f"{prefix}.username", on_change="ignore")
    if message := refused.get("username"):
        st.error(message, icon=":material/error:")
    full_name = st.text_input(f"{_('Name')} *", key=f"{prefix}.name", on_change="ignore")
    if message := refused.get("full_name"):
        st.error(message, icon=":material/error:")
    roles = _roles(f"{prefix}.roles", (), refused.get("roles"))
    if st.button(**buttons.main(_("Create account"), icon=":material/person_add:"), key=f"{form}.send"):
        password = passwords.suggest()
        answer = acts.submit(
            form,
            users.create_user,
            username=username or "",
            full_name=full_name or "",
            roles=roles,
            password=password,
        )
        if answer:
            acts.say(
                _(
                    "Account created. Temporary password of {name}: `{password}`; to be changed at the first sign-in.",
                    name=(username or "").strip().casefold(),
                    password=password,
                )
            )
        st.rerun()
