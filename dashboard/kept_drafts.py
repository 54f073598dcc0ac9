"""Drafts that outlive the page: every field of a form that is left is kept, sealed, and comes back with the form.

Streamlit keeps what stands in its fields only as long as the browser's page and its connection live. A reload, a phone
that puts the page away or a server that starts again would cost it.
"""

from datetime import date, datetime, time
from typing import Any

import streamlit as st
from sqlalchemy.exc import SQLAlchemyError

from dashboard import mishaps, reads, session
from dashboard.clock import instant
from dashboard.settings import store, vault
from models.commands import form_drafts
from models.queries.sops import sops_fingerprint

_LOADED = "drafts.kept"


def keep(prefix: str) -> None:
    """Keep all fields whose keys begin with `prefix` (form and token); without a database nothing is kept, no more."""
    form, _, token = prefix.rpartition(".")
    fields = {
        key.removeprefix(f"{prefix}."): packed
        for key, value in st.session_state.items()
        if isinstance(key, str) and key.startswith(f"{prefix}.") and (packed := _packed(value)) is not None
    }
    try:
        content = {
            "token": token,
            "version": st.session_state.get(f"version.{form}"),
            "sops": reads.read(sops_fingerprint),
            "fields": fields,
        }
        form_drafts.keep_draft(
            store(), vault=vault(), user_id=session.user_id(), form=form, now=instant(), content=content
        )
    except SQLAlchemyError as error:
        mishaps.record(error)
        return
    st.session_state[f"kept.{form}"] = True


def restore(form: str) -> None:
    """Put what was kept of the form back in its place, once in a session and before its fields are shown."""
    if f"token.{form}" in st.session_state or f"restored.{form}" in st.session_state:
        return
    st.session_state[f"restored.{form}"] = False
    content = _all().get(form)
    if content is None:
        return
    token = content["token"]
    st.session_state[f"token.{form}"] = token
    st.session_state[f"typed.{form}.{token}"] = True
    st.session_state[f"restored.{form}"] = True
    st.session_state[f"kept.{form}"] = True
    if content["version"] is not None:
        st.session_state[f"version.{form}"] = content["version"]
    for name, packed in content["fields"].items():
        st.session_state[f"{form}.{token}.{name}"] = _unpacked(packed)


def drop(form: str) -> None:
    """Forget what was kept of the form, because it was taken in or emptied."""
    st.session_state.pop(f"restored.{form}", None)
    _all().pop(form, None)
    if st.session_state.pop(f"kept.{form}", False):
        try:
            form_drafts.drop_draft(store(), user_id=session.user_id(), form=form)
        except SQLAlchemyError as error:
            mishaps.record(error)


def is_restored(form: str) -> bool:
    """Whether the form came back from an earlier page of this person."""
    return bool(st.session_state.get(f"restored.{form}"))


def _all() -> dict[str, Any]:
    """What was kept, read once in a session; what was typed into forms of SOP files that have changed since is left."""
    found: dict[str, Any] | None = st.session_state.get(_LOADED)
    if found is None:
        try:
            kept = form_drafts.kept_drafts(store(), vault=vault(), user_id=session.user_id(), now=instant())
            present = reads.read(sops_fingerprint)
        except SQLAlchemyError as error:
            mishaps.record(error)
            return {}
        found = {form: content for form, content in kept.items() if content.get("sops") == present}
        st.session_state[_LOADED] = found
    return found


def _packed(value: object) -> list[Any] | None:
    """A field's value with its kind, as JSON can hold it; None for what cannot be kept, such as a chosen file."""
    if value is None or isinstance(value, str | bool | int | float):
        return ["plain", value]
    if isinstance(value, datetime):
        return ["datetime", value.isoformat()]
    if isinstance(value, date):
        return ["date", value.isoformat()]
    if isinstance(value, time):
        return ["time", value.isoformat()]
    if isinstance(value, list | tuple) and all(isinstance(one, str) for one in value):
        return ["plain", list(value)]
    return None


def _unpacked(packed: list[Any]) -> object:
    kind, value = packed
    read = {"datetime": datetime.fromisoformat, "date": date.fromisoformat, "time": time.fromisoformat}
    return read[kind](value) if kind in read else value
