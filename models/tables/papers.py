"""What lies in a case's file: attachments, the papers printed from it, and the drafts of forms."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.tables.base import Base, Instant


class Attachment(Base):
    """A file attached to a case, to an output of one of its rounds, or to an entry of a logbook.

    `sha256` is that of the plain bytes, which stand sealed in `AttachmentBody`. A confidential one is opened by those
    alone who may see the reporter's identity, and each opening is on the trail.
    """

    __tablename__ = "attachment"

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case_file.id"))
    round_id: Mapped[int | None] = mapped_column(ForeignKey("step_round.id"))
    output_key: Mapped[str | None] = mapped_column(String(40))
    entry_id: Mapped[int | None] = mapped_column(ForeignKey("journal_entry.id"))
    title: Mapped[str] = mapped_column(String(200))
    filename: Mapped[str] = mapped_column(String(160))
    media_type: Mapped[str] = mapped_column(String(100))
    size: Mapped[int]
    sha256: Mapped[str] = mapped_column(String(64))
    confidential: Mapped[bool] = mapped_column(default=False)
    recorded_at: Mapped[datetime] = mapped_column(Instant)
    recorded_by: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    state: Mapped[str] = mapped_column(String(10), default="kept")
    reason: Mapped[str | None] = mapped_column(Text)
    version: Mapped[int] = mapped_column(default=1)

    __table_args__ = (
        CheckConstraint("state IN ('kept', 'withdrawn')", name="state_known"),
        CheckConstraint("state = 'kept' OR (reason IS NOT NULL AND length(reason) > 0)", name="reason_given"),
        CheckConstraint("size > 0", name="not_empty"),
        CheckConstraint("(output_key IS NULL) OR (round_id IS NOT NULL)", name="output_has_round"),
        Index(None, "case_id"),
        Index(None, "round_id"),
        Index(None, "entry_id"),
    )


class AttachmentBody(Base):
    """The bytes of an attachment, sealed as confidential fields are; apart, so that lists do not read them."""

    __tablename__ = "attachment_body"

    attachment_id: Mapped[int] = mapped_column(ForeignKey("attachment.id"), primary_key=True)
    key_id: Mapped[str] = mapped_column(String(16))
    sealed: Mapped[bytes] = mapped_column(LargeBinary)


class CasePaper(Base):
    """What was filled in for one of the papers that the SOP prints from a case."""

    __tablename__ = "case_paper"

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case_file.id"))
    document_key: Mapped[str] = mapped_column(String(40))
    data: Mapped[dict[str, Any]]
    recorded_at: Mapped[datetime] = mapped_column(Instant)
    recorded_by: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    version: Mapped[int] = mapped_column(default=1)

    __table_args__ = (UniqueConstraint("case_id", "document_key"),)


class FormDraft(Base):
    """What somebody has typed into a form and not sent yet, sealed: it may hold a reporter's name."""

    __tablename__ = "form_draft"

    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), primary_key=True)
    form: Mapped[str] = mapped_column(String(80), primary_key=True)
    key_id: Mapped[str] = mapped_column(String(16))
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
    saved_at: Mapped[datetime] = mapped_column(Instant)
