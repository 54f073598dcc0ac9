"""Bring a database to the newest revision; refuse one that is newer than the program.

Alembic is loaded where there is something to migrate: otherwise it would take a tenth of every start.
"""

from pathlib import Path

from sqlalchemy import Connection, Engine, inspect, text

from models.database import transaction

_LOCK = 0x5061747569
_MIGRATIONS = Path(__file__).parent / "migrations"


class NewerDatabase(RuntimeError):
    """The database was written by a later program; this one would harm it."""


def migrate(source: Engine) -> bool:
    """Migrate to the newest revision in one transaction; true when anything was done.

    Two programs that start at once wait for one another; a failure leaves the database as it was.
    """
    with transaction(source, moves_data=False, alone=True) as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
        current = revision(connection)
        if current == newest_revision():
            return False
        _upgrade(connection, current)
    return True


def revision(connection: Connection) -> str | None:
    """The revision of the database; None for an empty one."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    found: str | None = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    return found


def newest_revision() -> str:
    """The revision this program was written for: the number with which the last migration's file begins."""
    return max(file.stem.partition("_")[0] for file in (_MIGRATIONS / "versions").glob("[0-9]*.py"))


def _upgrade(connection: Connection, current: str | None) -> None:
    from alembic import command
    from alembic.config import Config
    from alembic.script import ScriptDirectory

    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS))
    scripts = ScriptDirectory.from_config(config)
    if current and current not in {known.revision for known in scripts.walk_revisions()}:
        raise NewerDatabase(f"revision {current} is not known to this program; install the newer Patuh")
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
