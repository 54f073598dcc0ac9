"""The files attached to a case, without their bytes."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select

from models.tables import Attachment, User


@dataclass(frozen=True, slots=True)
class Attached:
    """One attachment; `state` is kept or withdrawn, `reason` that of a withdrawal."""

    attachment_id: int
    round_id: int | None
    output_key: str | None
    entry_id: int | None
    title: str
    filename: str
    media_type: str
    size: int
    confidential: bool
    recorded_at: datetime
    recorded_by: str
    state: str
    reason: str | None
    version: int


def attachments(connection: Connection, case_id: int) -> list[Attached]:
    """All attachments of a case, the latest first; whether the case may be seen is asked before."""
    a = Attachment
    rows = connection.execute(
        select(
            a.id.label("attachment_id"), a.round_id, a.output_key, a.entry_id, a.title, a.filename, a.media_type,
            a.size, a.confidential, a.recorded_at, User.full_name.label("recorded_by"), a.state, a.reason, a.version,
        )
        .join(User, User.id == a.recorded_by)
        .where(a.case_id == case_id)
        .order_by(a.id.desc())
    )  # fmt: skip
    return [Attached(**row._mapping) for row in rows]
