"""From a form to a command and back: one token per form, the refusals kept beside their fields, what was recorded said.

A form's token is made when it is first shown and replaced when it was taken in; the widgets carry it in their keys,
so a form that was taken in comes back empty and one that was refused keeps all that was typed, across pages too.
"""

import hashlib
from collections.abc import Callable, Mapping
from secrets import token_hex
from typing import Any

import streamlit as st
from sqlalchemy.exc import SQLAlchemyError

from dashboard import kept_drafts, mishaps, session
from dashboard.clock import instant
from dashboard.settings import store
from dashboard.text import _, translate, translate_all
from models.errors import Conflict, Forbidden, Invalid, NotFound, PatuhError

_MADE_ANEW = frozenset({"vault", "made"})  # of the program, not of the person, and different at each press


def token(form: str) -> str:
    """The token of the form as it stands on this person's screen."""
    kept_drafts.restore(form)
    if f"token.{form}" not in st.session_state:
        st.session_state[f"token.{form}"] = token_hex(16)
        st.session_state.pop(f"taken.{form}", None)  # that was the one before
    return str(st.session_state[f"token.{form}"])


def problems(form: str) -> dict[str, str]:
    """What was refused at the last try, by field key, in the reader's language."""
    return dict(st.session_state.get(f"problems.{form}", {}))


def conflict(form: str) -> dict[str, Any] | None:
    """What stands in the database where somebody else was faster; None when nobody was."""
    found = st.session_state.get(f"conflict.{form}")
    return dict(found) if found is not None else None


def forget(form: str) -> None:
    """Start the form afresh: new token, nothing refused, answering what stands now."""
    for what in ("token", "problems", "conflict", "version"):
        st.session_state.pop(f"{what}.{form}", None)
    kept_drafts.drop(form)


def refuse(form: str, **fields: str) -> None:
    """Keep a refusal of the screen's own, beside the named fields, for the next run."""
    st.session_state[f"problems.{form}"] = fields
    st.session_state[f"refused.{form}"] = True


def submit(form: str, command: Callable[..., dict[str, Any]], **arguments: Any) -> dict[str, Any] | None:
    """Run `command` once for this form. Returns its answer, or None after keeping why it was refused."""
    try:
        answer = command(
            store(), actor=session.actor(), token=_sent(form, arguments), now=instant(), **arguments
        )
    except Invalid as refusal:
        st.session_state[f"problems.{form}"] = translate_all(refusal.problems)
    except Conflict as refusal:
        st.session_state[f"conflict.{form}"] = refusal.current
        st.session_state[f"problems.{form}"] = {"": translate(refusal.problem)}
    except (Forbidden, NotFound) as refusal:
        st.session_state[f"problems.{form}"] = {"": translate(refusal.problem)}
    except SQLAlchemyError as error:
        reference = mishaps.record(error)
        words = _(
            "Not stored yet: the database did not answer. Try again. Reference {reference}.",
            reference=reference,
        )
        st.session_state[f"problems.{form}"] = {"": words}
    else:
        forget(form)
        st.session_state[f"taken.{form}"] = True
        return answer
    st.session_state[f"refused.{form}"] = True
    return None


def _sent(form: str, arguments: Mapping[str, Any]) -> str:
    """The token of what is sent: that of the form and of all that stands in it.

    The same form sent twice is one form. But a form that was kept as a draft may stand open in two places, and what is
    typed in one of them must not be answered with what was sent from the other.
    """
    said = {key: value for key, value in arguments.items() if key not in _MADE_ANEW}
    plain = {
        key: hashlib.sha256(value).hexdigest() if isinstance(value, bytes) else value
        for key, value in said.items()
    }
    content = repr(sorted(plain.items()))
    return hashlib.sha256(f"{token(form)}\0{content}".encode()).hexdigest()


def refused(problem: PatuhError) -> None:
    """Say plainly why a screen cannot be shown."""
    st.error(translate(problem.problem), icon=":material/block:")


def say(message: str) -> None:
    """Keep a sentence for the next run's `said`: it survives a change of page."""
    st.session_state["said"] = message


def said() -> None:
    """Show what was kept, once: at the head of the page, and its first sentence in sight of who is far down in it.

    No more than that: Streamlit cuts a longer note short, with English words of its own. Its place is kept when there
    is nothing to say: what stands below would be drawn anew, and for a moment twice, with the next thing that is done.
    """
    place = st.container()
    if message := st.session_state.pop("said", None):
        place.success(message, icon=":material/task_alt:")
        st.toast(
            message.partition(". ")[0].removesuffix(".") + ".", icon=":material/task_alt:", duration="long"
        )


def show_refusal(form: str) -> None:
    """Say beside the button of a long form that it was refused; at first in sight of whoever is elsewhere in it too.

    The refusals beside the fields make the form longer and push its end, with the button, out of sight.
    """
    if not (found := problems(form)):
        return
    words = found.get("") or _("Nothing was stored yet. See the marked fields.")
    st.error(words, icon=":material/error:")
    if st.session_state.pop(f"refused.{form}", False):
        st.toast(words, icon=":material/error:", duration="long")


def show_restored(form: str) -> None:
    """Say that the form came back from an earlier page of this person, and offer to begin it anew."""
    if kept_drafts.is_restored(form):
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.caption(f":material/restore: {_('What you had typed before is here again.')}", width="content")
            st.button(
                _("Empty the form"), key=f"{form}.empty", type="tertiary", on_click=forget, args=(form,)
            )


def show_general_problem(form: str) -> None:
    """Show the refusal that belongs to no single field, and whether the form came back from an earlier page."""
    show_restored(form)
    if message := problems(form).get(""):
        st.error(message, icon=":material/error:")
