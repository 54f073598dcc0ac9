"""What every way of making an account shares: checking its names, storing it with its roles, standing in line.

Usernames are folded, 3 to 64 characters of letters, digits, dot, dash and underscore, so that two accounts can never
look alike on a printed list.
"""

import re
from collections.abc import Collection
from datetime import datetime

from sqlalchemy import Connection, delete, insert, select, text

from models.access import Role
from models.commands.sessions import normalised
from models.errors import N_, Invalid, Problem
from models.tables import User, UserRole

_USERNAME = re.compile(r"[a-z0-9][a-z0-9._-]{2,63}")
_LONGEST_NAME = 120
_LOCK = 0x506174756B


def check_names(*, username: str, full_name: str) -> dict[str, Problem]:
    """What is wrong with the names of a new account, by field; empty when nothing is."""
    problems = {}
    if not _USERNAME.fullmatch(username.strip().casefold()):
        problems["username"] = Problem(
            N_("Use 3 to 64 characters: letters a-z, digits, dot, dash or underscore, without spaces.")
        )
    name = full_name.strip()
    if not name:
        problems["full_name"] = Problem(N_("Required."))
    elif len(name) > _LONGEST_NAME or not name.isprintable():
        problems["full_name"] = Problem(
            N_("Use at most {longest} characters on one line."), {"longest": _LONGEST_NAME}
        )
    return problems


def check_roles(roles: Collection[str]) -> dict[str, Problem]:
    """What is wrong with a choice of roles: none at all, or an unknown one."""
    if not roles:
        return {"roles": Problem(N_("Choose at least one role."))}
    if not set(roles) <= set(Role):
        return {"roles": Problem(N_("There is no such role."))}
    return {}


def stand_in_line(connection: Connection) -> None:
    """Let one change of accounts at a time through, so that two cannot each remove the other administrator."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})


def store_account(
    connection: Connection,
    *,
    username: str,
    full_name: str,
    password_hash: str,
    roles: Collection[str],
    must_change_password: bool,
    now: datetime,
) -> int:
    """Store a checked account and return its id; Invalid when the username is taken."""
    stand_in_line(connection)
    name = normalised(username)
    if connection.execute(select(User.id).where(User.username == name)).first():
        raise Invalid({"username": Problem(N_("This username is taken."))})
    user_id: int = connection.execute(
        insert(User)
        .values(
            username=name,
            full_name=full_name.strip(),
            password_hash=password_hash,
            must_change_password=must_change_password,
            created_at=now,
        )
        .returning(User.id)
    ).scalar_one()
    store_roles(connection, user_id, roles)
    return user_id


def store_roles(connection: Connection, user_id: int, roles: Collection[str]) -> None:
    """Put these roles in place of those the account has."""
    connection.execute(delete(UserRole).where(UserRole.user_id == user_id))
    rows = [{"user_id": user_id, "role": str(role)} for role in sorted(set(roles))]
    connection.execute(insert(UserRole), rows)


def active_administrators(connection: Connection) -> set[int]:
    """The accounts that can still manage the others."""
    found = connection.execute(
        select(User.id)
        .join(UserRole, UserRole.user_id == User.id)
        .where(User.active.is_(True), UserRole.role == Role.ADMINISTRATOR)
    )
    return set(found.scalars())
