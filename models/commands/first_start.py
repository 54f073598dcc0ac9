"""The first start: a fresh database has no account, only a one-time code shown where the program was started.

Decided 2026-11. Whoever can read the terminal of the server may name the first administrator; nobody else, and there
is no default password to forget. The code has 60 random bits and is stored hashed; each start without an account makes
a new one, and using it burns it.
"""

import hashlib
import secrets
from datetime import datetime

from sqlalchemy import Connection, Engine, delete, insert, select

from models import audit, passwords
from models.access import Actor, Role
from models.commands.accounts import check_names, store_account
from models.commands.sessions import count_attempt, normalised
from models.database import reading, transaction
from models.errors import N_, Invalid, NotFound, Problem
from models.queries.accounts import anyone
from models.tables import Setting

_SETTING = "setup_code"
_SIGNS = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
_FREE_TRIES = 5


def prepare(store: Engine) -> str | None:
    """A new one-time code such as "7KQM-X2PD-9RTB", in place of any earlier one; None when an account exists."""
    code = "-".join("".join(secrets.choice(_SIGNS) for _ in range(4)) for _ in range(3))
    with transaction(store) as connection:
        if anyone(connection):
            return None
        connection.execute(delete(Setting).where(Setting.key == _SETTING))
        connection.execute(insert(Setting).values(key=_SETTING, value=_digest(code)))
    return code


def claim(
    store: Engine, *, code: str, username: str, full_name: str, password: str, address: str, now: datetime
) -> int:
    """Make the first administrator and burn the code; returns the account's id.

    Raises NotFound when an account exists already, `sessions.Waiting` after several wrong codes, Invalid otherwise.
    """
    with reading(store) as connection:
        if anyone(connection):
            raise NotFound
    count_attempt(store, {f"setup:{address[:100]}": _FREE_TRIES}, now)
    problems = check_names(username=username, full_name=full_name)
    if weak := passwords.weakness(password, username=normalised(username)):
        problems["password"] = weak
    with reading(store) as connection:
        if not _is_right(connection, code):
            problems["code"] = Problem(
                N_("This is not the code of the latest start. Look at the terminal again.")
            )
    if problems:
        raise Invalid(problems)
    sealed = passwords.sealed(password)
    with transaction(store) as connection:
        burnt = connection.execute(delete(Setting).where(Setting.key == _SETTING)).rowcount
        if burnt != 1 or anyone(connection):
            raise NotFound
        user_id = store_account(
            connection,
            username=username,
            full_name=full_name,
            password_hash=sealed,
            roles={Role.ADMINISTRATOR},
            must_change_password=False,
            now=now,
        )
        actor = Actor(user_id, full_name.strip(), frozenset({Role.ADMINISTRATOR}))
        audit.append(connection, actor=actor, action="first_administrator_named", now=now)
    return user_id


def _is_right(connection: Connection, code: str) -> bool:
    stored = connection.execute(select(Setting.value).where(Setting.key == _SETTING)).scalar()
    return isinstance(stored, str) and secrets.compare_digest(stored, _digest(code))


def _digest(code: str) -> str:
    plain = "".join(sign for sign in code.upper() if sign.isalnum())
    return hashlib.sha256(plain.encode()).hexdigest()
