"""Where this installation keeps its things, as the environment says (the clock alone reads one more, PATUH_NOW).

`PATUH_DATA` is the data folder (default `data/` beside the program), `PATUH_DATABASE_URL` a PostgreSQL instead of the
embedded SQLite, `PATUH_VAULT_KEY` the vault's key instead of the key file, `PATUH_SAMPLE` marks the sample year.
"""

import os
from functools import cache
from pathlib import Path

from sqlalchemy import Engine

from models.database import engine
from models.vault import Vault, load_or_create_key

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


@cache
def vault() -> Vault:
    """The vault of reporters' identities; its key stands beside the database, never in it."""
    return Vault(os.environ.get("PATUH_VAULT_KEY") or load_or_create_key(data_folder() / "vault.key"))


def is_sample() -> bool:
    """Whether this is the made-up sample year: the sign-in page then names the sample accounts."""
    return os.environ.get("PATUH_SAMPLE") == "1"
