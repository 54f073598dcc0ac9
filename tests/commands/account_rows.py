"""The commands on accounts, each at work on an account of its own."""

from collections.abc import Callable
from itertools import count
from typing import Any

from models.access import Permission, Role
from models.commands import users
from models.database import transaction
from tests.commands.command_row import EVERYBODY, Request, Row, holders
from tests.factories import PASSWORD, RECEIVED_AT, Office, add_account

NEW_PASSWORD = "sampan-merah-di-teluk-7"
_numbers = count(1)


def account_rows() -> list[Row]:
    """All of them."""
    return [
        Row("create account", users.create_user, _create, holders(Permission.MANAGE_USERS)),
        _account("set roles", users.set_roles, roles={Role.PIMPINAN}),
        _account("disable account", users.set_active, active=False),
        _account("reset password", users.reset_password, password=NEW_PASSWORD),
        Row(
            "change own password",
            users.change_own_password,
            lambda _: {"now": RECEIVED_AT, "current": PASSWORD, "new": NEW_PASSWORD},
            EVERYBODY,
            everybody=True,
            counts_attempts=True,
        ),
        Row(
            "set language",
            users.set_language,
            lambda _: {"now": RECEIVED_AT, "language": "en"},
            EVERYBODY,
            everybody=True,
        ),
    ]


def _account(name: str, command: Callable[..., Any], **change: object) -> Row:
    def prepare(office: Office) -> Request:
        with transaction(office.store) as connection:
            user_id = add_account(connection, f"akun-{next(_numbers)}", Role.JAGAT_SAKSANA)
        return {"now": RECEIVED_AT, "user_id": user_id, "expected_version": 1} | change

    return Row(name, command, prepare, holders(Permission.MANAGE_USERS))


def _create(_: Office) -> Request:
    return {
        "now": RECEIVED_AT,
        "username": f"baru-{next(_numbers)}",
        "full_name": "Pegawai Baru",
        "roles": {Role.DESK_PELAYANAN},
        "password": NEW_PASSWORD,
    }
