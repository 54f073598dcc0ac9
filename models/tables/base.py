"""What every table shares: naming of constraints and the types of moments and JSON.

Moments are kept in UTC without a zone, so that SQLite and PostgreSQL order and compare them alike; in Python they are
always aware. `Moment` is truncated to the minute (rules of time, preamble), `Instant` keeps microseconds and serves
the record of who did what when.
"""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import JSON, DateTime, Dialect, MetaData
from sqlalchemy.dialects import sqlite
from sqlalchemy.orm import DeclarativeBase
from sqlalchemy.types import TypeDecorator, TypeEngine

_SQLITE_MINUTE: DateTime = sqlite.DATETIME(  # type: ignore[no-untyped-call]
    # read back without a pattern of our own: what SQLAlchemy has compiled for ISO moments is ten times as fast
    storage_format="%(year)04d-%(month)02d-%(day)02d %(hour)02d:%(minute)02d",
)


class Instant(TypeDecorator[datetime]):
    """An aware moment with microseconds; a naive one is refused."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Turn an aware moment into naive UTC."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"a moment without a zone: {value!r}")
        return value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Give the moment its zone back."""
        return None if value is None else value.replace(tzinfo=UTC)


class Moment(Instant):
    """An aware moment, truncated to the minute."""

    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """On SQLite store `YYYY-MM-DD HH:MM`: shorter indexes, same order."""
        return dialect.type_descriptor(_SQLITE_MINUTE if dialect.name == "sqlite" else DateTime())

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Truncate to the minute."""
        naive = super().process_bind_param(value, dialect)
        return None if naive is None else naive.replace(second=0, microsecond=0)


class Base(DeclarativeBase):
    """Parent of all tables."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {dict[str, Any]: JSON, list[str]: JSON}  # noqa: RUF012
