"""Logbooks, pauses, papers and files of a case, as several tests keep them: by the Sekretaris, at the moment itself."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from io import BytesIO
from typing import Any

from PIL import Image
from PIL.PngImagePlugin import PngInfo
from sqlalchemy import RowMapping, select

from models.access import Actor
from models.commands.attachments import Place, attach
from models.commands.beginnings import begin_step
from models.commands.journals import correct_entry, record_entry, strike_entry
from models.commands.papers import save_paper
from models.commands.pauses import pause_case, resume_case
from models.queries.books import Entry, entries
from models.queries.slot_facts import journal_facts
from models.tables import Base
from tests.factories import RECEIVED_AT, VAULT, Office, advance_to, latest, open_one, sop, token
from tests.moments import wib

HOUR = timedelta(hours=1)
WRITTEN_AT = wib("Senin 2026-11-09 13:00")
ENTRIES: Mapping[str, Mapping[str, object]] = {
    "mutation_book": {"location": "Padang", "account": "Tiba di hotel", "situation": "safe"},
    "situation_log": {"situation": "safe", "cause": "Massa bubar", "controller": "Komandan regu"},
    "expedition_book": {"from_unit": "Desk", "to_unit": "Sekretaris", "received_by": "Ratna"},
    "notes": {"note": "Ditelepon, belum diangkat."},
}
UNSAFE: Mapping[str, object] = {
    "situation": "unsafe",
    "cause": "Unjuk rasa",
    "police_unit": "Polres Kepulauan Mentawai",
    "police_contact": "Kabag Ops",
    "police_phone": "0759-000000",
    "control_handed_over_at": WRITTEN_AT,
}
NO_REASON = ["", " \n\t", "x" * 2001, "ab\x00c"]


def stored(office: Office, table: type[Base], row_id: int) -> RowMapping:
    """A row by its id."""
    query = select(table.__table__).where(table.__table__.c.id == row_id)
    with office.reading() as connection:
        return connection.execute(query).mappings().one()


def write(
    office: Office,
    case_id: int,
    journal_key: str = "notes",
    *,
    at: datetime = WRITTEN_AT,
    by: Actor | None = None,
    now: datetime | None = None,
    form: str = "",
    data: Mapping[str, object] | None = None,
) -> int:
    """Write an entry and return its id."""
    answer = record_entry(
        office.store,
        actor=by or office.sekretaris,
        token=form or token(),
        now=now or at,
        case_id=case_id,
        journal_key=journal_key,
        happened_at=at,
        data=ENTRIES[journal_key] if data is None else data,
    )
    return int(answer["entry_id"])


def correct(
    office: Office,
    entry_id: int,
    *,
    version: int = 1,
    at: datetime = WRITTEN_AT,
    by: Actor | None = None,
    now: datetime | None = None,
    reason: str = "salah ketik",
    data: Mapping[str, object],
) -> dict[str, Any]:
    """Put an entry right."""
    return correct_entry(
        office.store,
        actor=by or office.sekretaris,
        token=token(),
        now=now or at,
        entry_id=entry_id,
        expected_version=version,
        happened_at=at,
        data=data,
        reason=reason,
    )


def strike(
    office: Office,
    entry_id: int,
    *,
    version: int = 1,
    by: Actor | None = None,
    now: datetime = WRITTEN_AT,
    reason: str = "kasus lain",
) -> dict[str, Any]:
    """Strike an entry."""
    return strike_entry(
        office.store,
        actor=by or office.sekretaris,
        token=token(),
        now=now,
        entry_id=entry_id,
        expected_version=version,
        reason=reason,
    )


def depart(
    office: Office,
    case_id: int,
    *,
    at: datetime,
    step_key: str = "escort",
    by: Actor | None = None,
    now: datetime | None = None,
    reason: str = "",
) -> dict[str, Any]:
    """Record the departure of the escort's latest round."""
    row = latest(office, case_id, step_key)
    return begin_step(
        office.store,
        actor=by or office.sekretaris,
        token=token(),
        now=now or at,
        round_id=row["id"],
        expected_version=row["version"],
        begun_at=at,
        reason=reason,
    )


def pause(
    office: Office,
    case_id: int,
    *,
    at: datetime = RECEIVED_AT,
    now: datetime | None = None,
    by: Actor | None = None,
    kind: str = "other",
    reason: str = "menunggu kapal",
) -> int:
    """Begin a pause and return its id."""
    answer = pause_case(
        office.store,
        actor=by or office.sekretaris,
        token=token(),
        now=now or at,
        case_id=case_id,
        kind=kind,
        started_at=at,
        reason=reason,
    )
    return int(answer["pause_id"])


def resume(
    office: Office,
    case_id: int,
    pause_id: int,
    *,
    at: datetime,
    now: datetime | None = None,
    by: Actor | None = None,
    version: int = 1,
) -> dict[str, Any]:
    """End a pause."""
    return resume_case(
        office.store,
        actor=by or office.sekretaris,
        token=token(),
        now=now or at,
        case_id=case_id,
        pause_id=pause_id,
        expected_version=version,
        ended_at=at,
    )


def picture(words: str = "") -> bytes:
    """A small PNG that holds these words, plain to read in its bytes."""
    made, text = BytesIO(), PngInfo()
    text.add_text("Comment", words)
    Image.new("RGB", (8, 8)).save(made, format="PNG", pnginfo=text)
    return made.getvalue()


def add_file(
    office: Office,
    case_id: int,
    *,
    body: bytes | None = None,
    by: Actor | None = None,
    now: datetime = WRITTEN_AT,
    filename: str = "pindaian.png",
    place: Place | None = None,
    **more: Any,
) -> int:
    """Attach a file and return its id."""
    answer = attach(
        office.store,
        vault=VAULT,
        actor=by or office.sekretaris,
        token=token(),
        now=now,
        case_id=case_id,
        body=picture() if body is None else body,
        filename=filename,
        place=place or Place(),
        **more,
    )
    return int(answer["attachment_id"])


def fill_in(
    office: Office, case_id: int, document_key: str, *, version: int = 0, **data: object
) -> dict[str, Any]:
    """Save what is filled in for one of the case's papers."""
    return save_paper(
        office.store,
        actor=office.sekretaris,
        token=token(),
        now=WRITTEN_AT,
        case_id=case_id,
        document_key=document_key,
        expected_version=version,
        data=data,
    )


def seen(office: Office, case_id: int) -> list[Entry]:
    """All entries of the case, struck ones too."""
    with office.reading() as connection:
        return entries(connection, case_id)


def escorting(office: Office) -> int:
    """An escort on its way since Senin 2026-11-09 12:00."""
    case_id = open_one(office, "pengawalan")
    advance_to(office, case_id, "escort")
    depart(office, case_id, at=WRITTEN_AT - HOUR)
    return case_id


def filled(office: Office, *, as_of: datetime) -> tuple[int, int]:
    """The slots of mutation books that are filled, and how many of them late."""
    with office.reading() as connection:
        (facts,) = journal_facts(
            connection, actor=office.sekretaris, sop=sop("pengawalan"), months=(202611, 202611), as_of=as_of
        )
    return sum(month.filled for month in facts.months), sum(month.filled_late for month in facts.months)
