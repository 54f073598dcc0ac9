"""The planned journey of an escort against the time the SOP allows before it. Pure."""

from collections.abc import Sequence
from datetime import datetime

from models.sla import Target, Unit, deadline
from models.work_calendar import WorkCalendar


def short_notice(
    *, received_at: datetime, departs_at: datetime | None, targets: Sequence[Target], calendar: WorkCalendar
) -> bool:
    """Whether a request leaves less working time than the SOP allows before the departure (*permintaan mendadak*).

    Decided 2026-11: the targets in days are added up and counted from the receipt, the targets in working minutes
    come after them; the request is short if the departure lies before that moment. For the escort SOP that is
    3 + 1 + 1 + 1 working days and 5 minutes.
    """
    if departs_at is None:
        return False
    days = sum(target.upper or 0 for target in targets if target.unit is Unit.WORKING_DAYS)
    minutes = sum(target.upper or 0 for target in targets if target.unit is Unit.WORKING_MINUTES)
    end = received_at
    if days:
        end = (
            deadline(start_at=received_at, target=Target(Unit.WORKING_DAYS, days), calendar=calendar).due_at
            or end
        )
    return departs_at < calendar.add_minutes(end, minutes)
