"""How long a step still has, or is overdue, in words: no length is told where no working time lies between."""

from datetime import UTC, datetime

import pytest

from dashboard.status import time_left, time_left_briefly
from models.work_calendar import WorkCalendar
from seed.calendar_file import load

DUE = datetime(2026, 11, 27, 9, 30, tzinfo=UTC)  # Friday 16.30 WIB, the end of the working day
CALENDAR = WorkCalendar(load())


@pytest.mark.parametrize(
    ("now", "brief", "long"),
    [
        (
            datetime(2026, 11, 27, 22, 40, tzinfo=UTC),
            "lewat tenggat",
            "tenggatnya Jumat, 27 November 2026 pukul 16.30 WIB",
        ),
        (
            datetime(2026, 11, 30, 1, 0, tzinfo=UTC),
            "lewat 30 menit",
            "lewat 30 menit · tenggatnya Jumat, 27 November 2026 pukul 16.30 WIB",
        ),
    ],
)
def test_length_of_lateness_is_told_once_there_is_one(now: datetime, brief: str, long: str) -> None:
    assert time_left_briefly(DUE, verdict="overdue", now=now, calendar=CALENDAR) == brief
    assert time_left(DUE, verdict="overdue", now=now, calendar=CALENDAR) == long
