"""What the office says about itself."""

from datetime import date
from typing import Any

from sqlalchemy import Connection, select

from models.tables import Setting


def office(connection: Connection) -> dict[str, Any]:
    """The office's profile: kop, address, seat, signatory, paper."""
    return dict(connection.execute(select(Setting.value).where(Setting.key == "office")).scalar_one())


def began_on(connection: Connection) -> date | None:
    """The day from which the office works with Patuh; None before anything was taken in."""
    stored = connection.execute(select(Setting.value).where(Setting.key == "began_on")).scalar_one_or_none()
    return None if stored is None else date.fromisoformat(str(stored))
