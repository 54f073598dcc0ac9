"""Whether the database answers, and which revision of the tables it holds."""

from pathlib import Path

from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text


def answers(connection: Connection) -> bool:
    """True when a query comes back; otherwise SQLAlchemy's own error is raised."""
    return bool(connection.execute(text("SELECT 1")).scalar_one() == 1)


def revision(connection: Connection) -> str | None:
    """The revision of the database; None for an empty one."""
    return MigrationContext.configure(connection).get_current_revision()


def newest_revision() -> str | None:
    """The revision this program was written for."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent.parent / "migrations"))
    return ScriptDirectory.from_config(config).get_current_head()
