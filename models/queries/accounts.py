"""Who is signed in, and the accounts as the administrator sees them. Roles are always those of this very moment."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, bindparam, func, select

from models.access import Actor, Role
from models.tables import SignInSession, User, UserRole

IDLE_FOR = timedelta(minutes=30)
_KNOWN = frozenset(Role)


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A living session: its account, and whether that account must first choose a password of its own."""

    actor: Actor
    username: str
    token_hash: str
    seen_at: datetime
    must_change_password: bool


@dataclass(frozen=True, slots=True)
class Account:
    """One account for the administrator's list; `seen_at` is the last activity of any session, None when never."""

    user_id: int
    username: str
    full_name: str
    roles: tuple[str, ...]
    active: bool
    language: str
    must_change_password: bool
    created_at: datetime
    seen_at: datetime | None
    version: int


# asked several times in every run of every screen: put together once
_SIGNED_IN = (
    select(
        User.id,
        User.username,
        User.full_name,
        User.language,
        User.must_change_password,
        SignInSession.seen_at,
        UserRole.role,
    )
    .join(SignInSession, SignInSession.user_id == User.id)
    .join(UserRole, UserRole.user_id == User.id, isouter=True)
    .where(
        SignInSession.token_hash == bindparam("of_token"),
        SignInSession.ended_at.is_(None),
        SignInSession.expires_at > bindparam("now"),
        SignInSession.seen_at > bindparam("awake_since"),
        User.active.is_(True),
    )
)
_ROLES = select(UserRole.role).where(UserRole.user_id == bindparam("of_user"))


def signed_in(connection: Connection, token_hash: str, now: datetime) -> SignedIn | None:
    """The living session behind `token_hash`; None when unknown, ended, idle, too old, or its account disabled."""
    moments = {"now": now, "awake_since": now - IDLE_FOR}
    rows = connection.execute(_SIGNED_IN, {"of_token": token_hash, **moments}).all()
    if not rows:
        return None
    row = rows[0]
    actor = Actor(row.id, row.full_name, _known(row.role for row in rows), row.language)
    return SignedIn(actor, row.username, token_hash, row.seen_at, row.must_change_password)


def was_ended(connection: Connection, token_hash: str) -> bool:
    """Whether the session was ended by somebody's act, and did not just grow too old or idle."""
    ended_at = select(SignInSession.ended_at).where(SignInSession.token_hash == token_hash)
    return connection.execute(ended_at).scalar() is not None


def actor_by_session(connection: Connection, token_hash: str, now: datetime) -> Actor | None:
    """Who acts in the session behind `token_hash`, or None when it no longer lives."""
    found = signed_in(connection, token_hash, now)
    return found.actor if found else None


def actor_by_id(connection: Connection, user_id: int) -> Actor | None:
    """The active account `user_id` with its roles as of now; None when unknown or disabled."""
    row = connection.execute(
        select(User.id, User.full_name, User.language).where(User.id == user_id, User.active.is_(True))
    ).one_or_none()
    return Actor(row.id, row.full_name, _roles(connection, row.id), row.language) if row else None


def anyone(connection: Connection) -> bool:
    """Whether any account exists; none means the first start is still to be done."""
    return connection.execute(select(User.id).limit(1)).first() is not None


def accounts(connection: Connection) -> list[Account]:
    """All accounts, active ones first, then by name."""
    roles: dict[int, list[str]] = {}
    for user_id, role in connection.execute(select(UserRole.user_id, UserRole.role).order_by(UserRole.role)):
        roles.setdefault(user_id, []).append(role)
    seen = (
        select(SignInSession.user_id, func.max(SignInSession.seen_at).label("seen_at"))
        .group_by(SignInSession.user_id)
        .subquery()
    )
    rows = connection.execute(
        select(User.__table__, seen.c.seen_at)
        .outerjoin(seen, seen.c.user_id == User.id)
        .order_by(User.active.desc(), User.full_name, User.id)
    )
    return [
        Account(
            user_id=row.id,
            username=row.username,
            full_name=row.full_name,
            roles=tuple(roles.get(row.id, ())),
            active=row.active,
            language=row.language,
            must_change_password=row.must_change_password,
            created_at=row.created_at,
            seen_at=row.seen_at,
            version=row.version,
        )
        for row in rows
    ]


def _roles(connection: Connection, user_id: int) -> frozenset[Role]:
    return _known(connection.execute(_ROLES, {"of_user": user_id}).scalars())


def _known(stored: Iterable[str | None]) -> frozenset[Role]:
    return frozenset(Role(role) for role in stored if role in _KNOWN)
