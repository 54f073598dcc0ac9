"""Where this installation keeps its things, as the environment says (the clock alone reads one more, PATUH_NOW).

`PATUH_DATA` is the data folder (default `data/` beside the program), `PATUH_DATABASE_URL` a PostgreSQL instead of the
embedded SQLite, `PATUH_VAULT_KEY` the vault's keys instead of the key file (the present one first, between commas),
`PATUH_SAMPLE` marks the sample year.
"""

import os
from functools import cache
from pathlib import Path

from sqlalchemy import Engine

from models.database import engine
from models.vault import Vault, keys_in, keys_in_file, load_or_create_keys

ROOT = Path(__file__).resolve().parent.parent


def data_folder() -> Path:
    """The data folder; made when missing, closed to other accounts of the machine."""
    folder = Path(os.environ.get("PATUH_DATA") or ROOT / "data")
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return folder


def database_url() -> str:
    """PostgreSQL where one is named, else the SQLite file of the data folder."""
    return os.environ.get("PATUH_DATABASE_URL") or f"sqlite:///{data_folder() / 'patuh.db'}"


@cache
def store() -> Engine:
    """The engine of this process."""
    return engine(database_url())


def vault() -> Vault:
    """The vault of reporters' identities; its keys stand beside the database, never in it.

    They are looked up at each call: a change of the key counts in a running server at once.
    """
    return Vault(*(vault_keys() or load_or_create_keys(vault_key_file())), reread=vault)


def vault_keys() -> tuple[str, ...]:
    """The keys as they stand in the environment or the key file, the present one first; none before the first use."""
    return keys_in(os.environ.get("PATUH_VAULT_KEY", "")) or keys_in_file(vault_key_file())


def vault_key_file() -> Path:
    """Where the keys stand, unless the environment names them."""
    return data_folder() / "vault.key"


def is_sample() -> bool:
    """Whether this is the made-up sample year: the sign-in page then names the sample accounts."""
    return os.environ.get("PATUH_SAMPLE") == "1"
