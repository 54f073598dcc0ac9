"""Signing in and out, and the life of a session.

Decided 2026-11. A token of 256 random bits goes to the browser; only its SHA-256 is stored. A session ends after 30
minutes without the person's own doing, after 10 hours at the latest, at sign-out, and with the account. Each attempt is
counted before the password is looked at, so that a hundred at once gain nothing. After 4 failures of an account (20
from one address: an office shares one) the wait doubles from 5 seconds to at most 15 minutes; attempts during the wait
neither count nor lengthen it, and an hour without a failure forgets them.
"""

import hashlib
import secrets
from datetime import datetime, timedelta

from sqlalchemy import Connection, Engine, delete, insert, select, text, update

from models import audit, passwords
from models.database import reading, transaction
from models.errors import N_, Invalid, Problem
from models.queries.accounts import IDLE_FOR, actor_by_id
from models.tables import SignInFailure, SignInSession, User

LASTS_FOR = timedelta(hours=10)
LONGEST_WAIT = timedelta(minutes=15)
_FIRST_WAIT = timedelta(seconds=5)
_FORGOTTEN_AFTER = timedelta(hours=1)
_FREE_FOR_ACCOUNT, _FREE_FOR_ADDRESS = 4, 20
_TOUCHED_EVERY = timedelta(minutes=1)
_LOCK = 0x506174756A


class Waiting(Invalid):
    """Too many failures: nothing was looked at; `wait` is how long to stay away."""

    def __init__(self, wait: timedelta) -> None:
        seconds = max(1, -int(-wait.total_seconds() // 1))
        minutes = -(-seconds // 60)
        problem = (
            Problem(N_("Too many attempts. Try again in {seconds} seconds."), {"seconds": seconds})
            if seconds < 60
            else Problem(N_("Too many attempts. Try again in {minutes} minutes."), {"minutes": minutes})
        )
        super().__init__({"": problem})
        self.wait = wait


def token_hash(token: str) -> str:
    """What is stored of a token, and all that ever leaves this module and the cookie."""
    return hashlib.sha256(token.encode()).hexdigest()


def sign_in(store: Engine, *, username: str, password: str, address: str, now: datetime) -> str:
    """A new session's token for the right username and password.

    Raises `Waiting` while the account or the address must wait, else Invalid with one wording for an unknown account
    and a wrong password, which also take the same time. Not for use inside a transaction: hashing takes 0.1 s.
    """
    name = normalised(username)
    keys = {f"account:{name}": _FREE_FOR_ACCOUNT, f"address:{address[:100]}": _FREE_FOR_ADDRESS}
    count_attempt(store, keys, now)
    with reading(store) as connection:
        user = connection.execute(
            select(User.id, User.full_name, User.password_hash, User.active).where(User.username == name)
        ).one_or_none()
    right = passwords.matches(user.password_hash if user else None, password)
    if user is None or not right or not user.active:
        with transaction(store, moves_data=False) as connection:
            details = {"address": address, "account": name if user else None}
            audit.append(connection, actor=None, action="sign_in_refused", now=now, details=details)
        if user is not None and right:
            raise Invalid({"": Problem(N_("This account is not active. Ask the administrator."))})
        raise Invalid({"": Problem(N_("The username or the password is not right."))})
    renewed = passwords.sealed(password) if passwords.outdated(user.password_hash) else None
    with transaction(store, moves_data=False) as connection:
        still = connection.execute(
            update(User)
            .where(User.id == user.id, User.password_hash == user.password_hash, User.active.is_(True))
            .values(password_hash=renewed or user.password_hash)
        )
        if (
            still.rowcount != 1
        ):  # the password was reset or the account disabled while this one was being checked
            raise Invalid({"": Problem(N_("The username or the password is not right."))})
        forget_attempts(connection, keys)
        actor = actor_by_id(connection, user.id)
        audit.append(connection, actor=actor, action="signed_in", now=now, details={"address": address})
        return open_session(connection, user_id=user.id, now=now)


def normalised(username: str) -> str:
    """A username as it is stored: folded, what cannot be shown left out, at most 64 characters."""
    return "".join(sign for sign in username if sign.isprintable()).strip().casefold()[:64]


def open_session(connection: Connection, *, user_id: int, now: datetime) -> str:
    """Store a new session and return its token, which is not kept anywhere else."""
    token = secrets.token_urlsafe(32)
    connection.execute(
        insert(SignInSession).values(
            token_hash=token_hash(token),
            user_id=user_id,
            created_at=now,
            seen_at=now,
            expires_at=now + LASTS_FOR,
        )
    )
    return token


def sign_out(store: Engine, *, session_hash: str, now: datetime) -> None:
    """End one session; nothing happens when it has ended already."""
    with transaction(store, moves_data=False) as connection:
        user_id = connection.execute(
            select(SignInSession.user_id).where(
                SignInSession.token_hash == session_hash, SignInSession.ended_at.is_(None)
            )
        ).scalar()
        if user_id is None:
            return
        connection.execute(
            update(SignInSession).where(SignInSession.token_hash == session_hash).values(ended_at=now)
        )
        audit.append(connection, actor=actor_by_id(connection, user_id), action="signed_out", now=now)


def end_all(connection: Connection, *, user_id: int, now: datetime, keep: str | None = None) -> int:
    """End all sessions of an account, but the one whose hash is `keep`; returns how many were ended."""
    ending = update(SignInSession).where(SignInSession.user_id == user_id, SignInSession.ended_at.is_(None))
    if keep is not None:
        ending = ending.where(SignInSession.token_hash != keep)
    return connection.execute(ending.values(ended_at=now)).rowcount


def touch(store: Engine, *, session_hash: str, seen_at: datetime, now: datetime) -> None:
    """Note the person's own activity, at most once a minute; never wakes a session that has died meanwhile."""
    if now - seen_at < _TOUCHED_EVERY:
        return
    with transaction(store, moves_data=False) as connection:  # no data moves: cached reads stay good
        connection.execute(
            update(SignInSession)
            .where(SignInSession.token_hash == session_hash, SignInSession.seen_at > now - IDLE_FOR)
            .values(seen_at=now)
        )


def count_attempt(store: Engine, keys: dict[str, int], now: datetime) -> None:
    """Count one attempt under each key (with its free tries) as if it failed; raises `Waiting` when one must wait."""
    with transaction(store, moves_data=False) as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
        rows = {
            row.key: row
            for row in connection.execute(select(SignInFailure).where(SignInFailure.key.in_(keys)))
        }
        waits = [row.blocked_until - now for row in rows.values() if row.blocked_until > now]
        if waits:
            raise Waiting(max(waits))
        connection.execute(delete(SignInFailure).where(SignInFailure.failed_at < now - _FORGOTTEN_AFTER))
        for key, free in keys.items():
            known = rows.get(key)
            if known is not None and known.failed_at < now - _FORGOTTEN_AFTER:
                known = None
            failures = known.failures + 1 if known else 1
            values = {
                "failures": failures,
                "failed_at": now,
                "blocked_until": now + wait_after(failures, free),
            }
            if known is None:
                connection.execute(insert(SignInFailure).values(key=key, **values))
            else:
                connection.execute(update(SignInFailure).where(SignInFailure.key == key).values(**values))


def wait_after(failures: int, free: int) -> timedelta:
    """How long to stay away after so many failures when `free` of them cost nothing."""
    if failures < free:
        return timedelta(0)
    doublings: int = 2 ** min(failures - free, 20)
    return min(LONGEST_WAIT, _FIRST_WAIT * doublings)


def forget_attempts(connection: Connection, keys: dict[str, int]) -> None:
    """After a success: the account starts anew, the address gets back the one attempt that was counted."""
    for key in keys:
        if key.startswith("address:"):
            connection.execute(
                update(SignInFailure)
                .where(SignInFailure.key == key, SignInFailure.failures > 0)
                .values(failures=SignInFailure.failures - 1, blocked_until=SignInFailure.failed_at)
            )
        else:
            connection.execute(delete(SignInFailure).where(SignInFailure.key == key))
