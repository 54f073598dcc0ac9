"""Sealing under the vault's present key, and changing that key.

Decided 2026-11. A change of the key must lose nothing whatever dies when, while people go on working:

1. The new key is put before the former one, in the key file or by whoever keeps the environment. From then on both
   open, and what is sealed is sealed with the new one.
2. Every value is sealed anew, a portion to a transaction: one transaction over all attachments would shut everybody
   out for minutes. What a crash leaves undone, the next run does: while there is a former key in the file, no further
   one is made.
3. In one transaction that no sealing can overlap, what was sealed meanwhile is looked through once more, and the act
   is recorded. Only then does the former key leave the key file, for a file of its own: it opens older backups, and
   nothing else.

A value that does not open stays as it is and is counted.
"""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, text, update

from models import audit
from models.database import transaction
from models.queries.sealed import SEALED, SealedTable
from models.vault import Vault, key_id_of, keys_in_file, new_key, store_keys

_LOCK = 0x5661756C74  # "Vault"


def sealing(connection: Connection, vault: Vault) -> Vault:
    """The vault to seal with in this transaction; no change of key comes to its end before the transaction does.

    Without it a value sealed under the former key could be stored after that was taken away. On SQLite every writer
    stands in line anyway.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock_shared(:key)"), {"key": _LOCK})
    return vault.fresh()


def rotate(store: Engine, *, key_file: Path, now: datetime) -> dict[str, int]:
    """Put a new key into the key file, seal everything with it, and take the former one away.

    Returns what `reseal` does. Can be run again after anything.
    """
    with transaction(store, moves_data=False) as connection:  # of two at once, one makes the key
        _shut_out(connection)
        keys = keys_in_file(key_file)
        if len(keys) == 1:
            keys = (new_key(), *keys)
            store_keys(key_file, keys)
            details = {"to": key_id_of(keys[0]), "from": [key_id_of(keys[1])]}
            audit.append(connection, actor=None, action="vault.rotation_begun", now=now, details=details)
    found = reseal(store, vault=Vault(*keys), now=now)
    with transaction(store, moves_data=False) as connection:
        _shut_out(connection)
        _put_away(key_file, former=keys[1:])
    return found


def _put_away(key_file: Path, *, former: Sequence[str]) -> None:
    """Move the former keys out of the key file, each to a file of its own, which is on disk first."""
    for key in former:
        store_keys(key_file.with_name(f"{key_file.name}.old-{key_id_of(key)}"), (key,))
    store_keys(key_file, tuple(key for key in keys_in_file(key_file) if key not in former))


def reseal(store: Engine, *, vault: Vault, now: datetime) -> dict[str, int]:
    """Seal with the vault's first key whatever is sealed with another; `vault` must open both.

    Returns how many values were sealed anew by table, and under "unopened" how many do not open and stay as they are.
    """
    found = {sealed.name: 0 for sealed in SEALED} | {"unopened": 0}
    for sealed in SEALED:
        last: tuple[Any, ...] | None = ()
        while last is not None:
            with transaction(store, moves_data=False) as connection:
                last, done, _ = _seal_portion(connection, sealed, vault, last)
            found[sealed.name] += done
    with transaction(store, moves_data=False) as connection:
        _shut_out(connection)
        for sealed in SEALED:
            last = ()
            while last is not None:
                last, done, unopened = _seal_portion(connection, sealed, vault, last)
                found[sealed.name] += done
                found["unopened"] += unopened
        details = {"to": vault.key_id, "from": list(vault.key_ids[1:]), "sealed": found}
        audit.append(connection, actor=None, action="vault.rotated", now=now, details=details)
    return found


def _seal_portion(
    connection: Connection, sealed: SealedTable, vault: Vault, last: tuple[Any, ...]
) -> tuple[tuple[Any, ...] | None, int, int]:
    """Where the next portion begins (None after the last), how many were sealed anew, how many do not open."""
    table = sealed.table
    query = sealed.after(last).where(table.c.key_id != vault.key_id).with_for_update(of=table)
    rows = connection.execute(query).mappings().all()
    done = 0
    for row in rows:
        plain = sealed.opened(row, vault)
        if plain is None:
            continue
        key = [column == row[column.name] for column in table.primary_key]
        values = {"sealed": vault.seal_bytes(plain, context=sealed.context(row)), "key_id": vault.key_id}
        connection.execute(update(table).where(*key).values(**values))
        done += 1
    return sealed.key_of(rows[-1]) if rows else None, done, len(rows) - done


def _shut_out(connection: Connection) -> None:
    """Wait until nobody seals, and let nobody seal until this transaction ends."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
