"""What is put with a made-up case beside its steps: an entry of a logbook, a file."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from models.access import Role
from models.commands.attachments import Place, attach
from models.commands.journals import record_entry
from seed.demo_course import Course
from seed.demo_office import Office
from seed.demo_scans import Scan

NOWHERE = Place()  # a file of the case as such


@dataclass(frozen=True, slots=True)
class Written:
    """An entry to be: in which logbook, by whom, when it happened and what it says."""

    journal_key: str
    role: Role
    happened_at: datetime
    data: Mapping[str, Any]


def write(entry: Written, now: datetime, *, office: Office, course: Course) -> int | None:
    """Record the entry at `now` and return its id; None when the case has been closed meanwhile."""
    if course.is_closed:
        return None
    answer = record_entry(
        office.store,
        actor=office.actors[entry.role],
        token=office.token(),
        now=now,
        case_id=course.case_id,
        journal_key=entry.journal_key,
        happened_at=entry.happened_at,
        data=entry.data,
    )
    found: int = answer["entry_id"]
    return found


def put(
    scan: Scan, now: datetime, *, office: Office, course: Course, role: Role, place: Place = NOWHERE
) -> None:
    """Attach the file at `now`."""
    attach(
        office.store,
        vault=office.vault,
        actor=office.actors[role],
        token=office.token(),
        now=now,
        case_id=course.case_id,
        body=scan.body,
        filename=scan.filename,
        title=scan.title,
        place=place,
        confidential=scan.confidential,
    )
