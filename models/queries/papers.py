"""What the papers of a case are filled from: the case, its logbooks, the office, and what was saved for each paper."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from models.access import Actor
from models.queries.books import Entry, entries
from models.queries.case_file import CaseView, case_view
from models.queries.settings import office
from models.tables import CasePaper, User


@dataclass(frozen=True, slots=True)
class SavedPaper:
    """What somebody saved for one paper of a case; `data` is as `models.form_data.clean` returns it."""

    document_key: str
    data: dict[str, Any]
    version: int
    recorded_at: datetime
    recorded_by: str


@dataclass(frozen=True, slots=True)
class PaperSources:
    """Everything the papers of one case are filled from, read at one moment; `entries` are those that were kept."""

    view: CaseView
    saved: Mapping[str, SavedPaper]
    entries: tuple[Entry, ...]
    office: Mapping[str, Any]

    def version(self, document_key: str) -> int:
        """The version of what was saved for a paper; 0 when nothing was."""
        found = self.saved.get(document_key)
        return found.version if found else 0


def paper_sources(connection: Connection, *, actor: Actor, case_id: int, as_of: datetime) -> PaperSources:
    """Read them all; `NotFound` when there is no such case or the actor may not see it."""
    return PaperSources(
        view=case_view(connection, actor=actor, case_id=case_id, as_of=as_of),
        saved=_saved(connection, case_id),
        entries=tuple(entry for entry in entries(connection, case_id) if entry.state == "kept"),
        office=office(connection),
    )


def _saved(connection: Connection, case_id: int) -> dict[str, SavedPaper]:
    p = CasePaper
    rows = connection.execute(
        select(p.document_key, p.data, p.version, p.recorded_at, User.full_name.label("recorded_by"))
        .join(User, User.id == p.recorded_by)
        .where(p.case_id == case_id)
    )
    return {row.document_key: SavedPaper(**row._mapping) for row in rows}
