"""Accounts from the terminal, for whoever runs the server when no administrator can sign in any more.

There is no actor: who can write the database file needs no permission from it. The trail says that it came from the
terminal.
"""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import Engine, select, update

from models import audit, passwords
from models.commands.accounts import check_names, check_roles, store_account
from models.commands.sessions import end_all, normalised
from models.database import transaction
from models.errors import Invalid, NotFound
from models.tables import User

_FROM_TERMINAL = {"from": "terminal"}


def add_account(
    store: Engine,
    *,
    username: str,
    full_name: str,
    roles: Collection[str],
    password: str,
    now: datetime,
    must_change_password: bool = True,
) -> int:
    """Make an account with a temporary password; returns its id. Invalid for bad names, roles or a weak password."""
    problems = check_names(username=username, full_name=full_name) | check_roles(roles)
    if weak := passwords.weakness(password, username=normalised(username)):
        problems["password"] = weak
    if problems:
        raise Invalid(problems)
    sealed = passwords.sealed(password)
    with transaction(store) as connection:
        user_id = store_account(
            connection,
            username=username,
            full_name=full_name,
            password_hash=sealed,
            roles=roles,
            must_change_password=must_change_password,
            now=now,
        )
        details = {
            "user_id": user_id,
            "username": normalised(username),
            "roles": sorted(roles),
            **_FROM_TERMINAL,
        }
        audit.append(connection, actor=None, action="user_created", now=now, details=details)
    return user_id


def give_password(store: Engine, *, username: str, password: str, now: datetime) -> None:
    """Give an account a temporary password, enable it and end its sessions; NotFound for an unknown username."""
    name = normalised(username)
    if weak := passwords.weakness(password, username=name):
        raise Invalid({"password": weak})
    sealed = passwords.sealed(password)
    with transaction(store) as connection:
        user_id = connection.execute(select(User.id).where(User.username == name)).scalar()
        if user_id is None:
            raise NotFound
        connection.execute(
            update(User)
            .where(User.id == user_id)
            .values(password_hash=sealed, must_change_password=True, active=True, version=User.version + 1)
        )
        end_all(connection, user_id=user_id, now=now)
        details = {"user_id": user_id, **_FROM_TERMINAL}
        audit.append(connection, actor=None, action="password_reset", now=now, details=details)
