"""Ways of a case that several tests go: a complaint under review, and what else may be done to a case's latest rounds.

Each is done by the Sekretaris, at the moment it is recorded, unless told otherwise.
"""

from datetime import datetime
from typing import Any

from models.access import Actor
from models.commands.cases import edit_case
from models.commands.closing import close_case
from models.commands.corrections import correct_step, return_step
from models.commands.steps import skip_step
from tests.factories import (
    FORMS,
    HALF_AN_HOUR,
    VAULT,
    Office,
    case_row,
    finish,
    finishing_form,
    latest,
    open_one,
    token,
)
from tests.moments import wib

RECORDED_AT = wib("Senin 2026-11-09 08:20")
DISPOSED_AT = wib("Selasa 2026-11-10 10:00")
REVIEWED_AT = wib("Senin 2026-11-16 10:00")


def under_review(office: Office) -> int:
    """A complaint received on Senin 2026-11-09 08:00 whose review has run since Selasa 10:00."""
    case_id = open_one(office, "pengaduan")
    finish(office, case_id, "recording", at=RECORDED_AT)
    finish(office, case_id, "disposition", at=DISPOSED_AT)
    return case_id


def review_as(office: Office, case_id: int, outcome: str | None, **form: object) -> dict[str, Any]:
    """Finish the review on Senin 2026-11-16 10:00 with that result."""
    return finish(office, case_id, "review", at=REVIEWED_AT, outcome=outcome, data=form)


def skip(
    office: Office, case_id: int, step_key: str, *, reason: str, now: datetime | None = None
) -> dict[str, Any]:
    """Leave the step out."""
    row = latest(office, case_id, step_key)
    return skip_step(
        office.store,
        actor=office.sekretaris,
        token=token(),
        now=now or row["started_at"] + HALF_AN_HOUR,
        round_id=row["id"],
        expected_version=row["version"],
        reason=reason,
    )


def give_back(
    office: Office,
    case_id: int,
    step_key: str,
    *,
    to: str,
    at: datetime,
    now: datetime | None = None,
    reason: str = "kurang lengkap",
) -> dict[str, Any]:
    """Hand the open step back."""
    row = latest(office, case_id, step_key)
    return return_step(
        office.store,
        actor=office.sekretaris,
        token=token(),
        now=now or at,
        round_id=row["id"],
        expected_version=row["version"],
        to_step=to,
        returned_at=at,
        reason=reason,
    )


def correct(
    office: Office,
    case_id: int,
    step_key: str,
    *,
    at: datetime,
    now: datetime | None = None,
    reason: str = "salah jam",
    **more: Any,
) -> dict[str, Any]:
    """Put the finish of the step's latest round right."""
    row = latest(office, case_id, step_key)
    return correct_step(
        office.store,
        actor=office.sekretaris,
        token=token(),
        now=now or at,
        round_id=row["id"],
        expected_version=row["version"],
        finished_at=at,
        data=more.pop("data", finishing_form(step_key)),
        reason=reason,
        **more,
    )


def edit(
    office: Office,
    case_id: int,
    *,
    received_at: datetime | None = None,
    now: datetime | None = None,
    reason: str = "salah catat",
    by: Actor | None = None,
    **changed: object,
) -> dict[str, Any]:
    """Send the case's form again, `changed` of its least form."""
    row = case_row(office, case_id)
    received_at = received_at or row["received_at"]
    return edit_case(
        office.store,
        vault=VAULT,
        actor=by or office.sekretaris,
        token=token(),
        now=now or received_at,
        case_id=case_id,
        expected_version=row["version"],
        received_at=received_at,
        data=FORMS[row["code"]](**changed),
        reason=reason,
    )


def close(
    office: Office,
    case_id: int,
    *,
    at: datetime,
    now: datetime | None = None,
    status: str = "withdrawn",
    reason: str = "dicabut",
) -> dict[str, Any]:
    """End the case by hand."""
    return close_case(
        office.store,
        actor=office.sekretaris,
        token=token(),
        now=now or at,
        case_id=case_id,
        expected_version=case_row(office, case_id)["version"],
        status=status,
        closed_at=at,
        reason=reason,
    )
