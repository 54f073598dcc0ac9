"""Bring a database to the newest revision; refuse one that is newer than the program."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, text

from models.database import transaction

_LOCK = 0x5061747569


class NewerDatabase(RuntimeError):
    """The database was written by a later program; this one would harm it."""


def migrate(source: Engine) -> bool:
    """Migrate to the newest revision in one transaction; true when anything was done.

    Two programs that start at once wait for one another; a failure leaves the database as it was.
    """
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    scripts = ScriptDirectory.from_config(config)
    with transaction(source, moves_data=False) as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
        current = MigrationContext.configure(connection).get_current_revision()
        if current == scripts.get_current_head():
            return False
        if current and current not in {revision.revision for revision in scripts.walk_revisions()}:
            raise NewerDatabase(f"revision {current} is not known to this program; install the newer Patuh")
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
    return True
