"""What the office says about itself."""

from typing import Any

from sqlalchemy import Connection, select

from models.tables import Setting


def office(connection: Connection) -> dict[str, Any]:
    """The office's profile: kop, address, seat, signatory, paper."""
    return dict(connection.execute(select(Setting.value).where(Setting.key == "office")).scalar_one())
