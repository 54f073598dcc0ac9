"""What somebody has typed and not sent yet, kept sealed for them alone until it is sent, dropped or a month old.

Decided 2026-11. A lost connection, a phone that put the page away or a closed browser must not cost what was typed.
A draft is no record: it is on no trail, moves no figure, and nobody but its author can have it shown.
"""

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Engine, delete, insert, select

from models.commands.vault import sealing
from models.database import reading, transaction
from models.tables import FormDraft
from models.vault import Vault, VaultError, draft_context

KEPT_FOR = timedelta(days=30)
LONGEST_NAME = 80


def keep_draft(
    store: Engine, *, vault: Vault, user_id: int, form: str, now: datetime, content: Mapping[str, Any]
) -> None:
    """Keep what stands in the form `form` now, in place of what was kept of it before. `content` is plain JSON."""
    if len(form) > LONGEST_NAME:
        raise ValueError(f"the name of a form is too long: {form!r}")
    plain = json.dumps(dict(content)).encode()
    with transaction(store, moves_data=False) as connection:
        vault = sealing(connection, vault)
        sealed = vault.seal_bytes(plain, context=draft_context(user_id, form))
        connection.execute(delete(FormDraft).where(FormDraft.user_id == user_id, FormDraft.form == form))
        connection.execute(
            insert(FormDraft).values(
                user_id=user_id, form=form, key_id=vault.key_id, sealed=sealed, saved_at=now
            )
        )


def drop_draft(store: Engine, *, user_id: int, form: str) -> None:
    """Forget what was kept of the form."""
    with transaction(store, moves_data=False) as connection:
        connection.execute(delete(FormDraft).where(FormDraft.user_id == user_id, FormDraft.form == form))


def kept_drafts(store: Engine, *, vault: Vault, user_id: int, now: datetime) -> dict[str, dict[str, Any]]:
    """All drafts of this person by form; those that are too old or do not open with this key are left out."""
    with reading(store) as connection:
        rows = connection.execute(
            select(FormDraft.form, FormDraft.sealed).where(
                FormDraft.user_id == user_id, FormDraft.saved_at > now - KEPT_FOR
            )
        ).all()
    found = {}
    for row in rows:
        try:
            found[row.form] = json.loads(
                vault.open_bytes(row.sealed, context=draft_context(user_id, row.form))
            )
        except VaultError:
            continue
    return found


def clear_old_drafts(store: Engine, *, now: datetime) -> int:
    """Delete the drafts that are older than `KEPT_FOR`; returns how many."""
    with reading(store) as connection:
        old = connection.execute(
            select(FormDraft.form).where(FormDraft.saved_at <= now - KEPT_FOR).limit(1)
        ).first()
    if old is None:
        return 0
    with transaction(store, moves_data=False) as connection:
        return int(connection.execute(delete(FormDraft).where(FormDraft.saved_at <= now - KEPT_FOR)).rowcount)
