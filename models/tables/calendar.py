"""The working calendar as data: hours, days off, overrides, Ramadan and election periods."""

from datetime import date
from typing import Any

from sqlalchemy import JSON, CheckConstraint, String
from sqlalchemy.orm import Mapped, mapped_column

from models.tables.base import Base


class WorkingHours(Base):
    """Hours of a week from a date on; `week` is seven lists of [open, close] in minutes of the day, Monday first."""

    __tablename__ = "working_hours"

    valid_from: Mapped[date] = mapped_column(primary_key=True)
    ramadan: Mapped[bool] = mapped_column(primary_key=True)
    week: Mapped[list[Any]] = mapped_column(JSON)


class DayOffRow(Base):
    """A national holiday, a day of cuti bersama, or a local holiday, with the decree it rests on."""

    __tablename__ = "day_off"

    on: Mapped[date] = mapped_column("on_date", primary_key=True)
    kind: Mapped[str] = mapped_column(String(10), primary_key=True)
    name: Mapped[str] = mapped_column(String(120), primary_key=True)
    decree: Mapped[str] = mapped_column(String(160), default="")

    __table_args__ = (CheckConstraint("kind IN ('national', 'joint', 'local')", name="kind_known"),)


class DayOverride(Base):
    """Working intervals of one date that beat weekends and days off; an empty list closes the office."""

    __tablename__ = "day_override"

    on: Mapped[date] = mapped_column("on_date", primary_key=True)
    intervals: Mapped[list[Any]] = mapped_column(JSON)
    reason: Mapped[str] = mapped_column(String(200))


class CalendarSpan(Base):
    """Ramadan, or an election period in which "hari" counts calendar days; both ends belong to it."""

    __tablename__ = "calendar_span"

    kind: Mapped[str] = mapped_column(String(10), primary_key=True)
    first_on: Mapped[date] = mapped_column(primary_key=True)
    last_on: Mapped[date]
    name: Mapped[str] = mapped_column(String(120), default="")

    __table_args__ = (
        CheckConstraint("kind IN ('ramadan', 'election')", name="kind_known"),
        CheckConstraint("last_on >= first_on", name="ordered"),
    )


class DecreedYear(Base):
    """A year whose joint decree on days off is known; deadlines in other years are provisional."""

    __tablename__ = "decreed_year"

    year: Mapped[int] = mapped_column(primary_key=True)
    decree: Mapped[str] = mapped_column(String(200))
