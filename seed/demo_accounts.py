"""The accounts of the sample year: one for each role, with invented people, all with the same printed password.

They exist in the sample database only, where the sign-in page shows them under the banner DATA CONTOH.
"""

from datetime import datetime

from sqlalchemy import Engine

from models.access import Actor, Role
from models.commands.rescue import add_account

SAMPLE_PASSWORD = "contoh-patuh-2026"  # noqa: S105 - printed on the sign-in page of the sample
SAMPLE_ACCOUNTS: tuple[tuple[str, str, str], ...] = (
    ("pimpinan", "Ratna Sabola", Role.PIMPINAN),
    ("sekretaris", "Darwin Sakerebau", Role.SEKRETARIS),
    ("kasubbag", "Melati Sirait", Role.KASUBBAG_KUL),
    ("hukum", "Yosef Tatubeket", Role.SUB_BAGIAN_HUKUM),
    ("desk", "Nurul Aini", Role.DESK_PELAYANAN),
    ("jagat", "Bonar Samaloisa", Role.JAGAT_SAKSANA),
    ("pemeriksa", "Elvira Zalukhu", Role.TIM_PEMERIKSA),
    ("admin", "Hendra Wijaya", Role.ADMINISTRATOR),
)


def add_sample_accounts(store: Engine, *, now: datetime) -> dict[str, Actor]:
    """Make the sample accounts in a fresh database; returns the actor of each role key."""
    actors = {}
    for username, full_name, role in SAMPLE_ACCOUNTS:
        user_id = add_account(
            store,
            username=username,
            full_name=full_name,
            roles={role},
            password=SAMPLE_PASSWORD,
            now=now,
            must_change_password=False,
        )
        actors[str(role)] = Actor(user_id, full_name, frozenset({Role(role)}))
    return actors
