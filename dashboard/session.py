"""Who is at the screen: the one place where running scripts touch identity and the clock.

The server's gate puts the account's id and the hash of the session into headers of its own (a client's copy never
arrives), Streamlit hands them over as `st.user`, and here both are looked up again at every call: a session that was
ended, an account that was disabled or a role that was withdrawn counts from the next run on. Only a full run, which a
person caused, keeps a session awake; the timed reruns of fragments do not.
"""

from typing import NoReturn

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from dashboard.clock import instant, now
from dashboard.language import _, remembered_by, speak
from dashboard.settings import store
from models.access import Actor, Permission, Scope, may
from models.commands import sessions
from models.database import reading
from models.queries.accounts import SignedIn, signed_in

__all__ = ["actor", "now", "require", "sign_out"]

_LANGUAGE = "_language"


def actor() -> Actor:
    """Who is signed in, with the roles of this moment; ends the run and leads to the sign-in page when nobody is.

    Also sets the language of the words for the rest of the run.
    """
    found = _lookup()
    if found is None:
        _leave()
    if not _is_fragment_run():
        sessions.touch(store(), session_hash=found.token_hash, seen_at=found.seen_at, now=instant())
    st.session_state[_LANGUAGE] = found.actor.language
    speak(found.actor.language)
    return found.actor


def require(permission: Permission, scope: Scope | None = None) -> Actor:
    """The actor, when allowed; else a plain refusal is shown and the run ends. First statement of every page."""
    who = actor()
    if not may(who, permission, scope):
        st.error(_("You may not open this page."), icon=":material/block:")
        st.stop()
    return who


def user_id() -> int:
    """The account that the gate has let in: whose drafts these are. Decides about nothing that is allowed."""
    return int(str(st.user.to_dict()["user_id"]))


def session_hash() -> str | None:
    """The hash that names this session in the database."""
    found = st.user.to_dict().get("sid")
    return found if isinstance(found, str) else None


def sign_out() -> NoReturn:
    """End this session in the database, then lead the browser to the sign-in page."""
    found = _lookup()
    if found is not None:
        sessions.sign_out(store(), session_hash=found.token_hash, now=instant())
    _leave()


def _lookup() -> SignedIn | None:
    identity = st.user.to_dict()
    session_hash, user_id = identity.get("sid"), identity.get("user_id")
    if not isinstance(session_hash, str) or not session_hash:
        return None
    with reading(store()) as connection:
        found = signed_in(connection, session_hash, instant())
    if found is None or str(found.actor.user_id) != str(user_id) or found.must_change_password:
        return None
    return found


def _leave() -> NoReturn:
    st.logout()
    st.stop()


def _is_fragment_run() -> bool:
    context = get_script_run_ctx()
    return bool(context and context.fragment_ids_this_run)


def _remembered_language() -> str | None:
    context = get_script_run_ctx(suppress_warning=True)
    if context is None:
        return None
    code = st.session_state.get(_LANGUAGE)
    return code if isinstance(code, str) else None


remembered_by(_remembered_language)
