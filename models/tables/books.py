"""Logbooks of a case, the office's daily duties, and the pauses of a case."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from models.tables.base import Base, Instant, Moment


class JournalEntry(Base):
    """One entry in a logbook of a case. A struck entry stays, with its reason, and counts nowhere."""

    __tablename__ = "journal_entry"

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case_file.id"))
    code: Mapped[str] = mapped_column(String(40))
    journal_key: Mapped[str] = mapped_column(String(40))
    happened_at: Mapped[datetime] = mapped_column(Moment)
    recorded_at: Mapped[datetime] = mapped_column(Instant)
    recorded_by: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    data: Mapped[dict[str, Any]]
    state: Mapped[str] = mapped_column(String(10), default="kept")
    reason: Mapped[str | None] = mapped_column(Text)
    struck_at: Mapped[datetime | None] = mapped_column(Instant)
    version: Mapped[int] = mapped_column(default=1)

    __table_args__ = (
        CheckConstraint("state IN ('kept', 'struck')", name="state_known"),
        CheckConstraint("state = 'kept' OR (reason IS NOT NULL AND length(reason) > 0)", name="reason_given"),
        # the slots of a period read nothing but this index
        Index("ix_journal_entry_slots", "case_id", "journal_key", "state", "happened_at", "recorded_at"),
    )


class DutyEntry(Base):
    """A duty of a working day, done: `on_date` is the day in WIB that it counts for."""

    __tablename__ = "duty_entry"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(40))
    duty_key: Mapped[str] = mapped_column(String(40))
    on_date: Mapped[date]
    happened_at: Mapped[datetime] = mapped_column(Moment)
    recorded_at: Mapped[datetime] = mapped_column(Instant)
    recorded_by: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    data: Mapped[dict[str, Any]]
    state: Mapped[str] = mapped_column(String(10), default="kept")
    reason: Mapped[str | None] = mapped_column(Text)
    struck_at: Mapped[datetime | None] = mapped_column(Instant)
    version: Mapped[int] = mapped_column(default=1)

    __table_args__ = (
        CheckConstraint("state IN ('kept', 'struck')", name="state_known"),
        CheckConstraint("state = 'kept' OR (reason IS NOT NULL AND length(reason) > 0)", name="reason_given"),
        Index(None, "code", "duty_key", "on_date"),
    )


class Pause(Base):
    """A time in which a case could not go on. The official figure ignores it (rules of time, 4)."""

    __tablename__ = "pause"

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case_file.id"))
    kind: Mapped[str] = mapped_column(String(10))  # reporter: waiting for what the reporter must add
    reason: Mapped[str] = mapped_column(Text)
    started_at: Mapped[datetime] = mapped_column(Moment)
    ended_at: Mapped[datetime | None] = mapped_column(Moment)
    recorded_at: Mapped[datetime] = mapped_column(Instant)
    recorded_by: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    ended_recorded_at: Mapped[datetime | None] = mapped_column(Instant)
    ended_by: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    version: Mapped[int] = mapped_column(default=1)

    __table_args__ = (
        CheckConstraint("kind IN ('reporter', 'other')", name="kind_known"),
        CheckConstraint("length(reason) > 0", name="reason_given"),
        CheckConstraint("ended_at IS NULL OR ended_at > started_at", name="ended_after_started"),
        CheckConstraint(
            "(ended_at IS NULL) = (ended_by IS NULL) AND (ended_at IS NULL) = (ended_recorded_at IS NULL)",
            name="ended_has_author",
        ),
        Index(None, "case_id", "started_at"),
    )
