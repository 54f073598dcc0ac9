"""SOP versions, cases, the rounds of their steps, and the vault of confidential fields."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from models.tables.base import Base, Instant, Moment

EVER = "1970-01-01 00:00:00.000000"
_OPEN = text("state = 'open'")
_LEFT = text("state = 'returned' OR state = 'skipped'")  # SQLite sees through an OR, not through an IN
_BEGUN = text("begun_at IS NOT NULL")


class SopVersion(Base):
    """A SOP file as it was taken in. The whole text is kept: a case is judged by the version it was opened under."""

    __tablename__ = "sop_version"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(40))
    version: Mapped[int]
    effective_from: Mapped[date]
    source: Mapped[str] = mapped_column(Text)
    sha256: Mapped[str] = mapped_column(String(64))
    taken_in_at: Mapped[datetime] = mapped_column(Instant)

    __table_args__ = (UniqueConstraint("code", "version"),)


class CaseFile(Base):
    """One escort or one complaint. `data` holds the SOP's own fields, never a confidential one."""

    __tablename__ = "case_file"

    id: Mapped[int] = mapped_column(primary_key=True)
    sop_version_id: Mapped[int] = mapped_column(ForeignKey("sop_version.id"))
    code: Mapped[str] = mapped_column(String(40))
    register_no: Mapped[str] = mapped_column(String(60))
    register_year: Mapped[int]
    register_seq: Mapped[int]
    subject: Mapped[str] = mapped_column(String(300))
    search_text: Mapped[str] = mapped_column(Text)
    data: Mapped[dict[str, Any]]
    received_at: Mapped[datetime] = mapped_column(Moment)
    received_month: Mapped[int]  # yyyymm in WIB
    departs_at: Mapped[datetime | None] = mapped_column(Moment)
    returns_at: Mapped[datetime | None] = mapped_column(Moment)
    short_notice: Mapped[bool] = mapped_column(default=False)
    status: Mapped[str] = mapped_column(String(40))
    outcome: Mapped[str | None] = mapped_column(String(40))
    closed_at: Mapped[datetime | None] = mapped_column(Moment)
    close_reason: Mapped[str | None] = mapped_column(Text)
    closed_recorded_at: Mapped[datetime | None] = mapped_column(Instant)
    next_due_at: Mapped[datetime | None] = mapped_column(Moment)  # of its open steps, the earliest
    recorded_at: Mapped[datetime] = mapped_column(Instant)
    recorded_by: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    version: Mapped[int] = mapped_column(default=1)

    __table_args__ = (
        UniqueConstraint("code", "register_year", "register_seq"),
        UniqueConstraint("code", "register_no"),
        CheckConstraint("register_seq > 0", name="register_seq_positive"),
        CheckConstraint("closed_at IS NULL OR closed_at >= received_at", name="closed_after_received"),
        CheckConstraint(
            "returns_at IS NULL OR departs_at IS NULL OR returns_at >= departs_at",
            name="returns_after_departs",
        ),
        Index(None, "code", "received_at"),
        Index(None, "code", "next_due_at"),
        Index(None, "code", "status"),
        Index(None, "code", "closed_at"),
    )


class StepRound(Base):
    """One running of a step's clock: for a case, or for a period where the step is periodic.

    States: `open`, `done`, `returned` (handed back: judged like done, at the moment of handing back), `stopped` (the
    case was closed meanwhile: late if it was late by then, else outside), `skipped` (not applicable), `void` (a skip
    that a later round undid; counts nowhere). No verdict is stored: it follows from `finished_at`, `late_from` and
    the moment one looks.
    """

    __tablename__ = "step_round"

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int | None] = mapped_column(ForeignKey("case_file.id"))
    period: Mapped[str | None] = mapped_column(String(10))  # "2026-1": semester I of 2026
    sop_version_id: Mapped[int] = mapped_column(ForeignKey("sop_version.id"))
    code: Mapped[str] = mapped_column(String(40))
    step_key: Mapped[str] = mapped_column(String(40))
    round_no: Mapped[int] = mapped_column(default=1)
    state: Mapped[str] = mapped_column(String(10))
    counted: Mapped[bool]  # enters the percentage: the SOP sets a time and the office owes it
    executor: Mapped[str] = mapped_column(String(40))
    started_at: Mapped[datetime] = mapped_column(Moment)
    begun_at: Mapped[datetime | None] = mapped_column(
        Moment
    )  # where the step has a beginning of its own: departure
    ideal_at: Mapped[datetime | None] = mapped_column(Moment)
    at_risk_from: Mapped[datetime | None] = mapped_column(Moment)
    due_at: Mapped[datetime | None] = mapped_column(Moment)
    late_from: Mapped[datetime | None] = mapped_column(Moment)
    due_month: Mapped[int | None]  # yyyymm of the due date in WIB
    provisional: Mapped[bool] = mapped_column(default=False)
    finished_at: Mapped[datetime | None] = mapped_column(Moment)
    worked_minutes: Mapped[int | None]
    outcome: Mapped[str | None] = mapped_column(String(40))
    data: Mapped[dict[str, Any]]
    note: Mapped[str | None] = mapped_column(Text)
    reason: Mapped[str | None] = mapped_column(Text)  # of a skip, a return or a stop
    late_reason: Mapped[str | None] = mapped_column(String(40))
    recorded_at: Mapped[datetime | None] = mapped_column(Instant)
    recorded_by: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    recorded_for: Mapped[str | None] = mapped_column(String(40))  # executor on whose behalf it was recorded
    recorded_late: Mapped[bool] = mapped_column(default=False)
    outputs_due: Mapped[
        int | None
    ]  # of a finished round: the papers that the SOP names, and those that are there
    outputs_held: Mapped[int | None]
    # since when the office has known the round as it stands here; what it was before is a `StepRoundPast`
    known_from: Mapped[datetime] = mapped_column(Instant, server_default=EVER)
    version: Mapped[int] = mapped_column(default=1)

    __table_args__ = (
        UniqueConstraint("case_id", "step_key", "round_no"),
        UniqueConstraint("code", "step_key", "period", "round_no"),
        CheckConstraint("(case_id IS NULL) <> (period IS NULL)", name="case_or_period"),
        CheckConstraint("state IN ('open', 'done', 'returned', 'stopped', 'skipped', 'void')", name="state_known"),
        CheckConstraint(
            "(state IN ('done', 'returned', 'stopped')) = (finished_at IS NOT NULL)", name="finished_has_moment"
        ),
        CheckConstraint(
            "finished_at IS NULL OR (recorded_at IS NOT NULL AND recorded_by IS NOT NULL)", name="finished_has_author"
        ),
        CheckConstraint("finished_at IS NULL OR finished_at >= started_at", name="finished_after_started"),
        CheckConstraint("(due_at IS NULL) = (late_from IS NULL)", name="due_has_late_from"),
        CheckConstraint("(due_at IS NULL) = (due_month IS NULL)", name="due_has_month"),
        CheckConstraint("state NOT IN ('skipped', 'returned') OR length(reason) > 0", name="reason_given"),
        # the aggregate of a period reads nothing but this index
        Index(
            "ix_step_round_compliance",
            "code", "due_month", "step_key", "counted", "state", "finished_at", "late_from", "at_risk_from",
            "recorded_late", "worked_minutes",
        ),
        # and the completeness of outputs, which follows the finish, this one: led by the step, or SQLite, which knows
        # no numbers of rows, would take it for other questions too
        Index("ix_step_round_outputs", "step_key", "code", "finished_at", "outputs_due", "outputs_held"),
        # what is open is little whatever the record holds
        Index(
            "ix_step_round_open",
            "code", "state", "counted", "due_month", "step_key", "late_from", "at_risk_from", "due_at",
            sqlite_where=_OPEN, postgresql_where=_OPEN,
        ),
        Index(
            "ix_step_round_left", "code", "state", "step_key", "finished_at", "recorded_at",
            sqlite_where=_LEFT, postgresql_where=_LEFT,
        ),
        Index("ix_step_round_begun", "code", "begun_at", sqlite_where=_BEGUN, postgresql_where=_BEGUN),
    )  # fmt: skip


class StepRoundPast(Base):
    """How a round stood from `known_from` until `known_until`, by what had been recorded then. Written once.

    It holds what figures are made of: any past day is shown from here (rules of time, 4).
    """

    __tablename__ = "step_round_past"

    id: Mapped[int] = mapped_column(primary_key=True)
    round_id: Mapped[int] = mapped_column(ForeignKey("step_round.id"))
    known_from: Mapped[datetime] = mapped_column(Instant)
    known_until: Mapped[datetime] = mapped_column(Instant)
    case_id: Mapped[int | None] = mapped_column(ForeignKey("case_file.id"))
    period: Mapped[str | None] = mapped_column(String(10))
    sop_version_id: Mapped[int] = mapped_column(ForeignKey("sop_version.id"))
    code: Mapped[str] = mapped_column(String(40))
    step_key: Mapped[str] = mapped_column(String(40))
    round_no: Mapped[int]
    state: Mapped[str] = mapped_column(String(10))
    counted: Mapped[bool]
    executor: Mapped[str] = mapped_column(String(40))
    started_at: Mapped[datetime] = mapped_column(Moment)
    begun_at: Mapped[datetime | None] = mapped_column(Moment)
    ideal_at: Mapped[datetime | None] = mapped_column(Moment)
    at_risk_from: Mapped[datetime | None] = mapped_column(Moment)
    due_at: Mapped[datetime | None] = mapped_column(Moment)
    late_from: Mapped[datetime | None] = mapped_column(Moment)
    due_month: Mapped[int | None]
    provisional: Mapped[bool]
    finished_at: Mapped[datetime | None] = mapped_column(Moment)
    worked_minutes: Mapped[int | None]
    reason: Mapped[str | None] = mapped_column(Text)
    late_reason: Mapped[str | None] = mapped_column(String(40))
    note: Mapped[str | None] = mapped_column(Text)
    recorded_at: Mapped[datetime | None] = mapped_column(Instant)
    recorded_late: Mapped[bool]
    outputs_due: Mapped[int | None]
    outputs_held: Mapped[int | None]
    version: Mapped[int]

    __table_args__ = (
        CheckConstraint("known_until > known_from", name="known_some_time"),
        Index(None, "round_id"),
        Index(None, "code", "known_until"),
    )


class VaultEntry(Base):
    """A confidential field, encrypted. The key stands outside the database."""

    __tablename__ = "vault_entry"

    case_id: Mapped[int] = mapped_column(ForeignKey("case_file.id"), primary_key=True)
    field_key: Mapped[str] = mapped_column(String(40), primary_key=True)
    key_id: Mapped[str] = mapped_column(String(16))
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
