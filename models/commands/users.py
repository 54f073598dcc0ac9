"""Accounts: made and changed by administrators, the password and the language by their owner.

Every change names the version it was decided on (`expected_version`) and is refused with `Conflict` when the account
has moved since. Decided 2026-11: the last active administrator cannot be disabled or demoted, also not by two
administrators who remove one another at the same moment; a temporary password must be changed before anything else;
disabling an account or resetting its password ends all its sessions at once.
"""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine, Row, select, update

from models import audit, passwords
from models.access import Actor, Permission, Role, may
from models.commands.accounts import (
    active_administrators,
    check_names,
    check_roles,
    stand_in_line,
    store_account,
    store_roles,
)
from models.commands.intake import answered, remember
from models.commands.sessions import count_attempt, end_all, normalised
from models.database import reading, transaction
from models.errors import N_, Conflict, Forbidden, Invalid, NotFound, Problem
from models.tables import User, UserRole

_LANGUAGES = ("id", "en")
_FREE_TRIES = 5
_OWN_PASSWORD = "own_password_changed"  # noqa: S105 - an act's name
_Account = Row[int, str, str, bool, int]


def create_user(
    store: Engine,
    *,
    actor: Actor,
    token: str,
    now: datetime,
    username: str,
    full_name: str,
    roles: Collection[str],
    password: str,
) -> dict[str, Any]:
    """Make an account with a temporary password (`passwords.suggest()`); answers {"user_id"}.

    The password is neither in the answer nor in the trail: who chose it hands it over.
    """
    _require_manager(actor)
    problems = check_names(username=username, full_name=full_name) | check_roles(roles)
    if weak := passwords.weakness(password, username=normalised(username)):
        problems["password"] = weak
    if problems:
        raise Invalid(problems)
    sealed = passwords.sealed(password)
    with transaction(store) as connection:
        if before := answered(connection, token=token, action="user_created", actor=actor):
            return before
        user_id = store_account(
            connection,
            username=username,
            full_name=full_name,
            password_hash=sealed,
            roles=roles,
            must_change_password=True,
            now=now,
        )
        details = {"user_id": user_id, "username": normalised(username), "full_name": full_name.strip()}
        details["roles"] = sorted(roles)
        audit.append(connection, actor=actor, action="user_created", now=now, details=details)
        answer = {"user_id": user_id}
        return remember(connection, token=token, action="user_created", actor=actor, now=now, answer=answer)


def set_roles(
    store: Engine,
    *,
    actor: Actor,
    token: str,
    now: datetime,
    user_id: int,
    roles: Collection[str],
    expected_version: int,
) -> dict[str, Any]:
    """Put these roles in place of those the account has; in force from the person's next click. Answers {"version"}."""
    _require_manager(actor)
    if problems := check_roles(roles):
        raise Invalid(problems)
    with transaction(store) as connection:
        if before := answered(connection, token=token, action="roles_set", actor=actor):
            return before
        stand_in_line(connection)
        account = _account(connection, user_id, expected_version)
        old = sorted(connection.execute(select(UserRole.role).where(UserRole.user_id == user_id)).scalars())
        if Role.ADMINISTRATOR not in roles:
            _keep_one_administrator(connection, user_id)
        version = _change(connection, account, {})
        store_roles(connection, user_id, roles)
        details = {"user_id": user_id, "roles": [old, sorted(roles)]}
        audit.append(connection, actor=actor, action="roles_set", now=now, details=details)
        return remember(
            connection, token=token, action="roles_set", actor=actor, now=now, answer={"version": version}
        )


def set_active(
    store: Engine,
    *,
    actor: Actor,
    token: str,
    now: datetime,
    user_id: int,
    active: bool,
    expected_version: int,
) -> dict[str, Any]:
    """Enable or disable an account; disabling ends its sessions at once. Answers {"version"}."""
    _require_manager(actor)
    with transaction(store) as connection:
        if before := answered(connection, token=token, action="active_set", actor=actor):
            return before
        stand_in_line(connection)
        account = _account(connection, user_id, expected_version)
        if not active:
            _keep_one_administrator(connection, user_id)
            end_all(connection, user_id=user_id, now=now)
        version = _change(connection, account, {"active": active})
        details = {"user_id": user_id, "active": [account.active, active]}
        audit.append(connection, actor=actor, action="active_set", now=now, details=details)
        return remember(
            connection, token=token, action="active_set", actor=actor, now=now, answer={"version": version}
        )


def reset_password(
    store: Engine,
    *,
    actor: Actor,
    token: str,
    now: datetime,
    user_id: int,
    password: str,
    expected_version: int,
) -> dict[str, Any]:
    """Give an account a temporary password and end its sessions; it must be changed at the next sign-in."""
    _require_manager(actor)
    with reading(store) as connection:
        username = connection.execute(select(User.username).where(User.id == user_id)).scalar() or ""
    if weak := passwords.weakness(password, username=username):
        raise Invalid({"password": weak})
    sealed = passwords.sealed(password)
    with transaction(store) as connection:
        if before := answered(connection, token=token, action="password_reset", actor=actor):
            return before
        account = _account(connection, user_id, expected_version)
        version = _change(connection, account, {"password_hash": sealed, "must_change_password": True})
        end_all(connection, user_id=user_id, now=now)
        audit.append(connection, actor=actor, action="password_reset", now=now, details={"user_id": user_id})
        return remember(
            connection,
            token=token,
            action="password_reset",
            actor=actor,
            now=now,
            answer={"version": version},
        )


def change_own_password(
    store: Engine,
    *,
    actor: Actor,
    token: str,
    now: datetime,
    current: str,
    new: str,
    keep_session: str | None = None,
) -> dict[str, Any]:
    """Change the actor's own password; ends all their sessions but the one whose hash is `keep_session`.

    Raises `sessions.Waiting` after several wrong current passwords. Needs no permission: it is one's own.
    """
    with reading(store) as connection:
        if before := answered(connection, token=token, action=_OWN_PASSWORD, actor=actor):
            return before
        # in the same state as above: the same form sent twice must not find its own new password wrong
        account = connection.execute(
            select(User.username, User.password_hash).where(User.id == actor.user_id, User.active.is_(True))
        ).one_or_none()
    if account is None:
        raise NotFound
    _check_passwords(store, account, actor=actor, now=now, current=current, new=new)
    sealed = passwords.sealed(new)
    with transaction(store) as connection:
        if before := answered(connection, token=token, action=_OWN_PASSWORD, actor=actor):
            return before
        changed = connection.execute(
            update(User)
            .where(User.id == actor.user_id, User.password_hash == account.password_hash)
            .values(password_hash=sealed, must_change_password=False, version=User.version + 1)
        )
        if changed.rowcount != 1:
            raise Conflict
        end_all(connection, user_id=actor.user_id, now=now, keep=keep_session)
        audit.append(connection, actor=actor, action=_OWN_PASSWORD, now=now)
        answer = {"changed": True}
        return remember(connection, token=token, action=_OWN_PASSWORD, actor=actor, now=now, answer=answer)


def _check_passwords(
    store: Engine, account: Row[str, str], *, actor: Actor, now: datetime, current: str, new: str
) -> None:
    """Refuse unless `current` is right and `new` may follow it; a wrong one counts as a failed attempt."""
    if new == current:
        raise Invalid({"password": Problem(N_("Choose a password other than the current one."))})
    if weak := passwords.weakness(new, username=account.username):
        raise Invalid({"password": weak})
    count_attempt(store, {f"password:{actor.user_id}": _FREE_TRIES}, now)
    if not passwords.matches(account.password_hash, current):
        raise Invalid({"current": Problem(N_("This is not your current password."))})


def set_language(store: Engine, *, actor: Actor, token: str, now: datetime, language: str) -> dict[str, Any]:
    """The language of the actor's own screens, "id" or "en". Answers {"language"}."""
    if language not in _LANGUAGES:
        raise Invalid({"language": Problem(N_("There is no such language."))})
    with transaction(store) as connection:
        if before := answered(connection, token=token, action="language_set", actor=actor):
            return before
        changed = connection.execute(
            update(User).where(User.id == actor.user_id, User.active.is_(True)).values(language=language)
        )
        if changed.rowcount != 1:
            raise NotFound
        audit.append(connection, actor=actor, action="language_set", now=now, details={"language": language})
        return remember(
            connection,
            token=token,
            action="language_set",
            actor=actor,
            now=now,
            answer={"language": language},
        )


def _require_manager(actor: Actor) -> None:
    if not may(actor, Permission.MANAGE_USERS):
        raise Forbidden


def _account(connection: Connection, user_id: int, expected_version: int) -> _Account:
    account = connection.execute(
        select(User.id, User.username, User.full_name, User.active, User.version).where(User.id == user_id)
    ).one_or_none()
    if account is None:
        raise NotFound
    if account.version != expected_version:
        raise Conflict(current=_shown(account))
    return account


def _change(connection: Connection, account: _Account, values: Mapping[str, Any]) -> int:
    changed = connection.execute(
        update(User)
        .where(User.id == account.id, User.version == account.version)
        .values(**values, version=account.version + 1)
    )
    if changed.rowcount != 1:
        raise Conflict(current=_shown(account))
    return int(account.version) + 1


def _shown(account: _Account) -> dict[str, Any]:
    return {name: getattr(account, name) for name in ("username", "full_name", "active", "version")}


def _keep_one_administrator(connection: Connection, user_id: int) -> None:
    if active_administrators(connection) == {user_id}:
        raise Invalid({"": Problem(N_("This is the last active administrator. Name another one first."))})
