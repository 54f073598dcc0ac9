"""What the screen Kepatuhan is asked for, as it stands in an address: SOP, period, day, SOP version."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import pandas as pd

from dashboard import reads
from dashboard.periods import Months
from dashboard.text import language
from models.access import Actor
from models.period import Period
from models.queries.behind import Behind
from models.sop import Sop
from models.work_calendar import WorkCalendar


@dataclass(frozen=True)
class Asked:
    """Whose figures, of which period, as known at which moment. `past` says that the moment lies behind.

    `sop` gives the words, that of the chosen version where one is chosen; `scope`, the one in force, says who may read.
    `version_id` None: the cases of every version; `versions` are all of them, by id, the newest first.
    """

    actor: Actor
    sop: Sop
    scope: Sop
    period: Months
    as_of: datetime
    past: bool
    calendar: WorkCalendar
    version_id: int | None = None
    versions: tuple[tuple[int, Sop], ...] = ()

    def span(self) -> tuple[datetime, datetime]:
        """The period as moments: the first belongs to it, the second no more."""
        first = Period.month(self.period.first // 100, self.period.first % 100).first_on
        last = Period.month(self.period.last // 100, self.period.last % 100).last_on
        following = last.fromordinal(last.toordinal() + 1)
        return self.calendar.midnight(first), self.calendar.midnight(following)

    def behind(self, **more: Any) -> Behind:
        """The rounds of the period, narrowed by the fields of `Behind`."""
        start, end = self.span()
        return replace(Behind(self.months, start, end, version_id=self.version_id), **more)

    def of_period(self, period: Months) -> "Asked":
        """The same question about other months."""
        return replace(self, period=period)

    def of_version(self, version_id: int, sop: Sop) -> "Asked":
        """The same question about the cases of one SOP version, in that version's words."""
        return replace(self, version_id=version_id, sop=sop)

    def reading(self) -> dict[str, Any]:
        """The arguments that every query of a figure takes."""
        return {"actor": self.actor, "sop": self.scope, "as_of": self.as_of, "past": self.past}

    def counts(self, months: tuple[int, int] | None = None) -> pd.DataFrame:
        """Verdicts per step and month, of the period's months or of others."""
        found = reads.counts(
            self.actor,
            self.scope,
            months=months or self.months,
            as_of=self.as_of,
            past=self.past,
            version_id=self.version_id,
        )
        return found[found["step_key"].isin([step.key for step in self.sop.steps])]

    @property
    def months(self) -> tuple[int, int]:
        """First and last month of the period, yyyymm."""
        return self.period.first, self.period.last

    def step_name(self, key: str) -> str:
        """ "4. Penelaahan"."""
        step = self.sop.step(key)
        return f"{step.no}. {step.name.in_language(language())}"


def merged(base: Mapping[str, str], more: Mapping[str, str]) -> dict[str, str]:
    """An address with some of its parameters replaced; empty ones are left out."""
    return {key: value for key, value in {**base, **more}.items() if value}
