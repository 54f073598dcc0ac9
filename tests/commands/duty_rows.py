"""Escorts, logbook entries and daily checks written past the commands, so that each can stand as a test needs it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select, update

from models.database import transaction
from models.tables import CaseFile, DutyEntry, JournalEntry, SopVersion, StepRound
from tests.factories import Office, open_one
from tests.moments import shipped_calendar, wib

RECEIVED = "Senin 2026-09-07 08:00"


@dataclass(frozen=True, slots=True)
class Run:
    """One round of the escort step; moments as in `tests.moments`, `recorded` is when its end was recorded."""

    begun: datetime | None = None
    finished: datetime | None = None
    recorded: datetime | None = None
    started: datetime | None = None
    state: str = ""


def escort(
    office: Office, departs: datetime | None, returns: datetime | None, *runs: Run, **form: Any
) -> int:
    """An open escort case with these plans and these rounds of its sixth step."""
    plan = {"departs_at": departs or wib(RECEIVED), "returns_at": returns or departs or wib(RECEIVED)}
    case_id = open_one(office, "pengawalan", received_at=wib(RECEIVED), **(plan | form))
    with transaction(office.store) as connection:
        connection.execute(
            update(CaseFile).where(CaseFile.id == case_id).values(departs_at=departs, returns_at=returns)
        )
        version_id = connection.execute(
            select(CaseFile.sop_version_id).where(CaseFile.id == case_id)
        ).scalar_one()
        for number, run in enumerate(runs, 1):
            done = run.finished is not None
            connection.execute(
                insert(StepRound).values(
                    case_id=case_id, sop_version_id=version_id, code="pengawalan", step_key="escort",
                    round_no=number, state=run.state or ("done" if done else "open"), counted=False,
                    executor="jagat_saksana", started_at=run.started or wib(RECEIVED), begun_at=run.begun,
                    finished_at=run.finished, data={}, reason="Dikembalikan.",
                    recorded_at=(run.recorded or run.finished) if done else None,
                    recorded_by=office.sekretaris.user_id if done else None,
                )
            )  # fmt: skip
    return case_id


def entry(
    office: Office,
    case_id: int,
    happened: datetime,
    *,
    recorded: datetime | None = None,
    journal: str = "mutation_book",
    state: str = "kept",
    code: str = "pengawalan",
    **data: Any,
) -> None:
    """A logbook entry, recorded at its own time unless told otherwise."""
    with transaction(office.store) as connection:
        connection.execute(
            insert(JournalEntry).values(
                case_id=case_id, code=code, journal_key=journal, happened_at=happened,
                recorded_at=recorded or happened, recorded_by=office.sekretaris.user_id, data=data, state=state,
                reason=None if state == "kept" else "Keliru.",
            )
        )  # fmt: skip


def check(
    office: Office,
    happened: datetime,
    *,
    recorded: datetime | None = None,
    state: str = "kept",
    found: int = 0,
) -> None:
    """A check of the complaints' e-mail."""
    with transaction(office.store) as connection:
        connection.execute(
            insert(DutyEntry).values(
                code="pengaduan", duty_key="email_check", on_date=shipped_calendar().local_date(happened),
                happened_at=happened, recorded_at=recorded or happened, recorded_by=office.sekretaris.user_id,
                data={"complaints_found": found}, state=state, reason=None if state == "kept" else "Keliru.",
            )
        )  # fmt: skip


def other_version(office: Office, *, every_minutes: int | None) -> int:
    """A version of the escort SOP whose logbook owes entries so often, or none at all; returns its id."""
    with transaction(office.store) as connection:
        row = connection.execute(
            select(SopVersion).where(SopVersion.code == "pengawalan").order_by(SopVersion.id).limit(1)
        ).one()
        source = row.source.replace("every_minutes = 120", f"every_minutes = {every_minutes}")
        assert source != row.source
        if every_minutes is None:  # and no paper that tells of them
            source = source.replace('every_minutes = None\nduring = "escort"\n', "")
            source = source[: source.index("[[document]]")]
        version = (every_minutes or 0) + 1000
        return connection.execute(
            insert(SopVersion)
            .values(
                code="pengawalan", version=version, effective_from=row.effective_from, source=source,
                sha256=f"{version:064}", taken_in_at=row.taken_in_at,
            )
            .returning(SopVersion.id)
        ).scalar_one()  # fmt: skip
