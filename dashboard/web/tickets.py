"""Tickets for files that a plain address must not give out: one person, one time, a few minutes.

Decided 2026-11. A reason is typed into a form and belongs into no address; a download is an address. So the form makes
the file and hands out a ticket, which is all that the address carries. Only its hash is kept, in the memory of this
process: a restart ends all tickets. What was fetched, or was not fetched in time, is forgotten.
"""

import hashlib
import secrets
import threading
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from models.errors import NotFound

VALID = timedelta(minutes=5)
_MOST = 20  # kept at once, the oldest go first: a file with identities is large and should not lie about


@dataclass(frozen=True, slots=True)
class _Kept:
    owner: int
    until: datetime
    thing: Any


_kept: dict[str, _Kept] = {}
_guard = threading.Lock()


def issue(owner: int, thing: object, *, now: datetime) -> str:
    """A ticket for `thing`, good for `owner` until five minutes after `now`."""
    ticket = secrets.token_urlsafe(32)
    with _guard:
        _forget(now)
        while len(_kept) >= _MOST:
            del _kept[next(iter(_kept))]
        _kept[_hash(ticket)] = _Kept(owner, now + VALID, thing)
    return ticket


def redeem(owner: int, ticket: str, *, now: datetime) -> Any:
    """What the ticket is for, once; `NotFound` for one that is unknown, used, out of time, or somebody else's."""
    with _guard:
        _forget(now)
        kept = _kept.get(_hash(ticket))
        if kept is None or kept.owner != owner:
            raise NotFound
        del _kept[_hash(ticket)]
        return kept.thing


def _forget(now: datetime) -> None:
    for key in [key for key, kept in _kept.items() if kept.until <= now]:
        del _kept[key]


def _hash(ticket: str) -> str:
    return hashlib.sha256(ticket.encode("utf-8", "replace")).hexdigest()
