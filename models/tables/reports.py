"""Reports as they were issued: the very files, and what they rest on."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.tables.base import Base, Instant


class IssuedReport(Base):
    """One report of one SOP for a run of months, signed and given out. It is never changed: a later one is a revision.

    `facts` holds the rows of its sheets as they were, by sheet and key, to compare with what would be reported now.
    """

    __tablename__ = "issued_report"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(40))
    first_month: Mapped[int]  # yyyymm in WIB, both included
    last_month: Mapped[int]
    revision: Mapped[int]
    number: Mapped[str] = mapped_column(String(100))
    place: Mapped[str] = mapped_column(String(100))
    issued_on: Mapped[date]
    signatory_title: Mapped[str] = mapped_column(String(120))
    signatory_name: Mapped[str] = mapped_column(String(120))
    signatory_id: Mapped[str] = mapped_column(String(40))
    as_of: Mapped[datetime] = mapped_column(Instant)
    rests_on: Mapped[dict[str, Any]]  # versions of the SOP and of the calendar
    facts: Mapped[dict[str, Any]]
    reason: Mapped[str | None] = mapped_column(Text)  # of a revision
    recorded_at: Mapped[datetime] = mapped_column(Instant)
    recorded_by: Mapped[int] = mapped_column(ForeignKey("user_account.id"))

    __table_args__ = (
        UniqueConstraint("code", "first_month", "last_month", "revision"),
        CheckConstraint("last_month >= first_month", name="months_ordered"),
        CheckConstraint("revision > 0", name="revision_positive"),
        CheckConstraint(
            "revision = 1 OR (reason IS NOT NULL AND length(reason) > 0)", name="revision_has_reason"
        ),
        CheckConstraint("length(number) > 0", name="number_given"),
    )


class IssuedFile(Base):
    """One file of an issued report, byte for byte; `kind` is "xlsx" or "pdf"."""

    __tablename__ = "issued_file"

    report_id: Mapped[int] = mapped_column(ForeignKey("issued_report.id"), primary_key=True)
    kind: Mapped[str] = mapped_column(String(10), primary_key=True)
    filename: Mapped[str] = mapped_column(String(160))
    sha256: Mapped[str] = mapped_column(String(64))
    body: Mapped[bytes] = mapped_column(LargeBinary)

    __table_args__ = (
        CheckConstraint("kind IN ('xlsx', 'pdf')", name="kind_known"),
        Index(None, "sha256"),
    )
