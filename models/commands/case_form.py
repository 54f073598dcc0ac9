"""A case's form as columns, and its confidential fields as sealed values."""

from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, insert, select

from models.commands.vault import sealing
from models.errors import N_, Invalid, Problem
from models.form_data import clean, is_shown
from models.sop import Field, FieldType, Sop
from models.tables import VaultEntry
from models.vault import Vault, VaultError


def case_columns(sop: Sop, cleaned: Mapping[str, Any], *, register_no: str) -> dict[str, Any]:
    """The columns that follow from a checked form; `Invalid` when the journey ends before it begins."""
    secret = {field.key for field in sop.confidential_fields}
    data = {key: value for key, value in cleaned.items() if key not in secret}
    departs_at = _moment(data.get(sop.departure_field or ""))
    returns_at = _moment(data.get(sop.return_field or ""))
    if departs_at and returns_at and returns_at < departs_at:
        params = {"returns": returns_at, "departs": departs_at}
        problem = Problem(N_("The return ({returns}) lies before the departure ({departs})."), params)
        raise Invalid({str(sop.return_field): problem})
    subject = str(data.get(sop.subject_field) or _otherwise(sop))
    shown = [_words(field, data[field.key]) for field in sop.fields if field.in_table and field.key in data]
    return {
        "subject": subject[:300],
        "search_text": " ".join([register_no, subject, *shown]).lower(),
        "data": data,
        "departs_at": departs_at,
        "returns_at": returns_at,
    }


def _otherwise(sop: Sop) -> str:
    """What a case is called whose form does not ask for its subject."""
    assert sop.subject_otherwise is not None  # noqa: S101 - the SOP's checker sees to it
    return sop.subject_otherwise.id


def _words(field: Field, value: object) -> str:
    """A value as somebody would look for it: a choice by its words in both languages, not by its key."""
    if field.type is FieldType.CHOICE:
        label = field.choice(str(value)).label
        return f"{label.id} {label.en}"
    return str(value)


def _moment(stored: object) -> datetime | None:
    return datetime.fromisoformat(str(stored).replace("Z", "+00:00")) if stored else None


def clean_edit(
    connection: Connection, *, sop: Sop, case_id: int, data: Mapping[str, object]
) -> dict[str, Any]:
    """Check an edited form; a confidential field that is left empty while the vault holds it is not asked for again."""
    held = set(
        connection.execute(select(VaultEntry.field_key).where(VaultEntry.case_id == case_id)).scalars()
    )
    kept = [field for field in sop.confidential_fields if field.key in held and not data.get(field.key)]
    return dict(clean([field for field in sop.fields if field not in kept], data))


def forget_unasked(
    connection: Connection, *, sop: Sop, case_id: int, cleaned: Mapping[str, Any]
) -> list[str]:
    """Take out of the vault what the form as it stands now does not ask for; returns the keys.

    A reporter who has asked to stay anonymous, or whose report came through the WBS, is not held any longer.
    """
    held = set(
        connection.execute(select(VaultEntry.field_key).where(VaultEntry.case_id == case_id)).scalars()
    )
    keys = [
        field.key for field in sop.confidential_fields if field.key in held and not is_shown(field, cleaned)
    ]
    connection.execute(
        delete(VaultEntry).where(VaultEntry.case_id == case_id, VaultEntry.field_key.in_(keys))
    )
    return keys


def opened(connection: Connection, vault: Vault, *, case_id: int) -> dict[str, str]:
    """What the vault holds of the case, to be looked for and never shown; what does not open now is left out."""
    v, found = VaultEntry, {}
    for row in connection.execute(select(v.field_key, v.key_id, v.sealed).where(v.case_id == case_id)):
        with suppress(VaultError):
            found[row.field_key] = vault.open(
                row.sealed, case_id=case_id, field_key=row.field_key, key_id=row.key_id
            )
    return found


def seal(
    connection: Connection, vault: Vault, *, case_id: int, sop: Sop, cleaned: Mapping[str, Any]
) -> list[str]:
    """Put the confidential values that were typed into the vault; returns their keys."""
    keys = [field.key for field in sop.confidential_fields if field.key in cleaned]
    connection.execute(
        delete(VaultEntry).where(VaultEntry.case_id == case_id, VaultEntry.field_key.in_(keys))
    )
    vault = sealing(connection, vault)
    for key in keys:
        sealed = vault.seal(str(cleaned[key]), case_id=case_id, field_key=key)
        connection.execute(
            insert(VaultEntry).values(case_id=case_id, field_key=key, key_id=vault.key_id, sealed=sealed)
        )
    return keys
