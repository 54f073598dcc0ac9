"""The address of Kepatuhan, read: by the screen and by its file alike, tolerant of anything."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from dashboard import as_of_picker, periods, reads
from dashboard.analysis.asked import Asked
from dashboard.periods import Months
from dashboard.status import FILTERS
from models.access import Actor
from models.errors import NotFound
from models.lateness import LATE_REASONS
from models.queries import behind
from models.queries.behind import KINDS, NO_REASON, NOT_IN_TIME, Behind
from models.queries.sops import versions_of
from models.sop import Sop
from models.work_calendar import CalendarError

BASE = ("sop", "periode", "per", "versi", "lihat")
DRILL = ("langkah", "putusan", "jenis", "pelaksana", "alasan", "bulan", "hari", "hal")
LIST = "daftar"
_DAY = re.compile(r"\d{4}-\d\d-\d\d")


def asked_of(query: Mapping[str, str], *, actor: Actor, sops: Sequence[Sop], now: datetime) -> Asked:
    """The question in an address; the first SOP, the running semester and this moment where it says nothing.

    `NotFound` where the actor may read no SOP, or not the one that is asked for.
    """
    code = query.get("sop", "")
    sop = next((one for one in sops if one.code == code or not code), None)
    if sop is None:
        raise NotFound
    as_of = as_of_picker.parse(query.get("per", ""), now)
    calendar = reads.calendar()
    period = periods.parse(query.get("periode", "")) or periods.current(calendar.local_date(as_of.moment))
    versions = tuple(
        one
        for one in reads.read(versions_of, code=sop.code)
        if one[1].effective_from <= calendar.local_date(as_of.moment)
    )
    known = {str(of.version): (version_id, of) for version_id, of in versions}
    version_id, words = known.get(query.get("versi", ""), (None, sop))
    return Asked(
        actor=actor,
        sop=words,
        scope=sop,
        period=period,
        as_of=as_of.moment,
        past=as_of.past,
        calendar=calendar,
        version_id=version_id,
        versions=versions,
    )


@dataclass(frozen=True, slots=True)
class Listed:
    """The rounds that an address asks to list, and the months they are of."""

    rounds: Behind
    period: Months


def listed(query: Mapping[str, str], asked: Asked) -> Listed:
    """The rounds behind a figure that was pressed."""
    month = periods.parse(query.get("bulan", ""))
    narrowed = asked.of_period(month) if month else asked
    verdict, kind = query.get("putusan", ""), query.get("jenis", "")
    reason, step, executor = query.get("alasan", ""), query.get("langkah", ""), query.get("pelaksana", "")
    found = narrowed.behind(
        kind=next((known for known in KINDS if known == kind), behind.KINDS[0]),
        verdict=verdict if verdict in (*FILTERS, NOT_IN_TIME) else "",
        step=step if step in {one.key for one in asked.sop.steps} else "",
        executor=executor if executor in {one.key for one in asked.sop.executors} else "",
        late_reason=reason if reason in (*LATE_REASONS, NO_REASON) else "",
    )
    return Listed(_of_day(found, query.get("hari", ""), asked), narrowed.period)


def _of_day(rounds: Behind, key: str, asked: Asked) -> Behind:
    """Those due on that day or on the days off before it; all for anything that is no day."""
    try:
        day = date.fromisoformat(key) if _DAY.fullmatch(key) else None
        if day is None:
            return rounds
        today = asked.calendar.local_date(asked.as_of)
        before = day - timedelta(days=1)
        while before > today and not asked.calendar.is_working_day(before):
            before -= timedelta(days=1)
        first = day if day <= today else before + timedelta(days=1)
        start = asked.calendar.midnight(first)
        return replace(rounds, due_from=start, due_until=asked.calendar.midnight(day + timedelta(days=1)))
    except (ValueError, CalendarError):
        return rounds
