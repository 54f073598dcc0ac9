"""Figures that stand beside the compliance in time and are never mixed with it: recorded late, pauses, completeness."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

import pandas as pd
from sqlalchemy import Connection

from dashboard import compliance
from dashboard.formats import percent
from dashboard.periods import Months
from dashboard.text import _
from models.access import Actor
from models.period import Period
from models.queries.calendar import work_calendar
from models.queries.completeness import completeness
from models.queries.pauses import excused
from models.sop import Sop


@dataclass(frozen=True, slots=True)
class Beside:
    """Of one SOP and period: rounds that are late only without the pauses, outputs owed, outputs that are there."""

    excused: int
    outputs_due: int
    outputs_held: int


def read(
    connection: Connection, *, actor: Actor, sop: Sop, period: Months, as_of: datetime, past: bool = False
) -> Beside:
    """Read them in one go. Raises `Forbidden`."""
    calendar = work_calendar(connection)
    last_on = Period.month(period.last // 100, period.last % 100).last_on
    outputs = completeness(
        connection,
        actor=actor,
        sop=sop,
        start=calendar.midnight(date(period.first // 100, period.first % 100, 1)),
        end=calendar.midnight(date.fromordinal(last_on.toordinal() + 1)),
        as_of=as_of if past else None,
    )
    credited = excused(connection, sop=sop, months=(period.first, period.last), as_of=as_of, past=past)
    return Beside(
        excused=sum(credited.values()),
        outputs_due=sum(one.due for one in outputs),
        outputs_held=sum(one.held for one in outputs),
    )


def words(counts: pd.DataFrame, official: compliance.Figures, beside: Collection[Beside]) -> list[str]:
    """The figures as short phrases, each with what it is a share of."""
    said = [recorded_late(counts)]
    if official.n:
        paused = (official.on_time + sum(one.excused for one in beside)) / official.n
        said.append(_("with pauses {share}", share=percent(paused)))
    due = sum(one.outputs_due for one in beside)
    if due:
        held = sum(one.outputs_held for one in beside)
        said.append(_("outputs there {share}", share=percent(held / due)))
    return said


def recorded_late(counts: pd.DataFrame) -> str:
    """The share of finished steps that were recorded more than a working day after they happened (rules of time, 4)."""
    finished = int(counts["on_time"].sum() + counts["late"].sum())
    share = int(counts["recorded_late"].sum()) / finished if finished else None
    return _("recorded late {share}", share=percent(share))
