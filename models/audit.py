"""The trail: every act in one chain of hashes, appended in the transaction that makes the change.

Decided 2026-11. Each row's hash covers its own fields and the hash of the row before, and the rows are numbered
without gaps, so altering, deleting, inserting or swapping rows is found by `verify`. Writers link their rows one after
the other (parallel transactions would fork the chain), so a transaction links all of its rows right before it commits.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, insert, select

from models.access import Actor
from models.database import at_the_end
from models.tables import AuditEntry

GENESIS = "0" * 64
_TABLE: Any = AuditEntry.__table__
_APPEND = insert(_TABLE)
_LAST = select(_TABLE.c.seq, _TABLE.c.hash).order_by(_TABLE.c.seq.desc()).limit(1)


@dataclass(frozen=True, slots=True)
class Broken:
    """Where the chain breaks: the row's number and what is wrong with it."""

    seq: int
    what: str


def append(
    connection: Connection,
    *,
    actor: Actor | None,
    action: str,
    now: datetime,
    case_id: int | None = None,
    round_id: int | None = None,
    happened_at: datetime | None = None,
    reason: str | None = None,
    details: Mapping[str, Any] | None = None,
) -> None:
    """Append one act. `actor` None is the program itself. `details` must not hold a secret.

    The row is written when the transaction ends, with those of everybody who shares it: inside it the trail does not
    hold the act yet. What could not be written then is refused here, with `ValueError`, and harms nobody else.
    """
    row: dict[str, Any] = {
        "recorded_at": now,
        "actor_id": actor.user_id if actor else None,
        "actor_name": actor.name if actor else "Patuh",
        "action": action,
        "case_id": case_id,
        "round_id": round_id,
        "happened_at": happened_at.replace(second=0, microsecond=0) if happened_at else None,
        "reason": reason,
        "details": _CANONICAL.encode(dict(details or {})),
    }
    for key in ("actor_name", "action", "reason", "details"):
        refuse_unwritable(row[key] or "")
    at_the_end(connection, _link, row)


def refuse_unwritable(text: str) -> None:
    """Raise `ValueError` for what no database takes, before it is written for several at once."""
    text.encode()  # half a pair of surrogates; UnicodeEncodeError is a ValueError
    if "\0" in text:
        raise ValueError("NUL in a text")


def _link(connection: Connection, rows: Sequence[dict[str, Any]]) -> None:
    last = connection.execute(_LAST).one_or_none()
    newest, before = (0, GENESIS) if last is None else (last.seq, last.hash)
    for seq, row in enumerate(rows, start=newest + 1):
        row |= {"seq": seq, "prev_hash": before}
        row["hash"] = before = digest(row)
    connection.execute(_APPEND, rows)


def _plain(value: object) -> str:
    if isinstance(value, datetime):
        return f"{value.astimezone(UTC).replace(tzinfo=None).isoformat(timespec='minutes')}Z"
    return str(value)


_CANONICAL = json.JSONEncoder(sort_keys=True, ensure_ascii=False, default=_plain)
_AS_IT_IS = json.JSONEncoder(ensure_ascii=False)


def digest(row: Mapping[Any, Any]) -> str:
    """SHA-256 over all fields of a row but its own hash, in a fixed order."""
    parts = [row[name] for name in _COVERED]
    plain = [part.astimezone(UTC).isoformat() if isinstance(part, datetime) else part for part in parts]
    return hashlib.sha256(_AS_IT_IS.encode(plain).encode()).hexdigest()


_COVERED = (
    "seq", "recorded_at", "actor_id", "actor_name", "action", "case_id", "round_id", "happened_at", "reason", "details",
    "prev_hash",
)  # fmt: skip


def verify(connection: Connection) -> Iterator[Broken]:
    """Walk the whole chain and name each row that does not fit; nothing when it is whole."""
    before, expected = GENESIS, 1
    columns = [getattr(AuditEntry, name) for name in (*_COVERED, "hash")]
    for row in connection.execute(select(*columns).order_by(AuditEntry.seq)).mappings():
        if row["seq"] != expected:
            yield Broken(row["seq"], f"row {expected} is missing")
        elif row["prev_hash"] != before:
            yield Broken(row["seq"], "does not follow the row before")
        if digest(row) != row["hash"]:
            yield Broken(row["seq"], "was altered")
        before, expected = row["hash"], row["seq"] + 1
