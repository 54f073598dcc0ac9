"""Whether the database answers."""

from sqlalchemy import Connection, text


def answers(connection: Connection) -> bool:
    """True when a query comes back; otherwise SQLAlchemy's own error is raised."""
    return bool(connection.execute(text("SELECT 1")).scalar_one() == 1)
