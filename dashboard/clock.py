"""The clock: the only place where the program asks what time it is.

`PATUH_NOW` (ISO, with its zone) stops the clock at that moment, for rehearsals and tests of the made-up year. It is
heeded only together with `PATUH_SAMPLE=1`, so that nobody can hold back the time of the office's own data.
"""

import os
from datetime import UTC, datetime

from dashboard.settings import is_sample


def instant() -> datetime:
    """This instant in UTC with microseconds: for sessions and waiting times."""
    stopped_at = os.environ.get("PATUH_NOW")
    if stopped_at and is_sample():
        return datetime.fromisoformat(stopped_at).astimezone(UTC)
    return datetime.now(UTC)


def now() -> datetime:
    """This minute in UTC: the moment that events and verdicts go by."""
    return instant().replace(second=0, microsecond=0)
