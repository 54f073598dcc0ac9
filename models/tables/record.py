"""The chained trail, the forms already taken in, counters and settings."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from models.tables.base import Base, Instant, Moment


class AuditEntry(Base):
    """One act: who, when it was recorded, when it happened, what changed. Each row carries the hash of the one before.

    The database refuses UPDATE and DELETE here. `details` is canonical JSON text, so that the hash can be recomputed
    to the byte; it never holds a confidential value.
    """

    __tablename__ = "audit"

    seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    recorded_at: Mapped[datetime] = mapped_column(Instant)
    actor_id: Mapped[int | None]
    actor_name: Mapped[str] = mapped_column(String(120))
    action: Mapped[str] = mapped_column(String(40))
    case_id: Mapped[int | None]
    round_id: Mapped[int | None]
    happened_at: Mapped[datetime | None] = mapped_column(Moment)
    reason: Mapped[str | None] = mapped_column(Text)
    details: Mapped[str] = mapped_column(Text)
    prev_hash: Mapped[str] = mapped_column(String(64))
    hash: Mapped[str] = mapped_column(String(64), unique=True)

    __table_args__ = (Index(None, "case_id"), Index(None, "action"))


class Submission(Base):
    """A form already taken in, by its token: the same form sent again is answered, not counted again."""

    __tablename__ = "submission"

    token: Mapped[str] = mapped_column(String(64), primary_key=True)
    action: Mapped[str] = mapped_column(String(40))
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    recorded_at: Mapped[datetime] = mapped_column(Instant)
    answer: Mapped[dict[str, Any]]


class Counter(Base):
    """Named counters: the data version, the calendar version, and the register numbers of each SOP and year."""

    __tablename__ = "counter"

    name: Mapped[str] = mapped_column(String(60), primary_key=True)
    value: Mapped[int]


class Setting(Base):
    """What the office sets about itself: its profile, the day it began."""

    __tablename__ = "setting"

    key: Mapped[str] = mapped_column(String(60), primary_key=True)
    value: Mapped[Any] = mapped_column(JSON)
