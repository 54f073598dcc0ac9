"""The address of Kepatuhan, read: by the screen and by its file alike, tolerant of anything."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from dashboard import as_of_picker, periods, reads
from dashboard.analysis.asked import Asked
from dashboard.periods import Months
from dashboard.status import FILTERS
from models.access import Actor
from models.errors import NotFound
from models.lateness import LATE_REASONS
from models.queries import behind
from models.queries.behind import KINDS, NOT_IN_TIME, Behind
from models.queries.sops import versions_of
from models.sop import Sop

BASE = ("sop", "periode", "per", "versi", "lihat")
DRILL = ("langkah", "putusan", "jenis", "pelaksana", "alasan", "bulan")
LIST = "daftar"


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
    versions = tuple(reads.read(versions_of, code=sop.code))
    version = query.get("versi", "")
    known = {str(of.version): version_id for version_id, of in versions}
    return Asked(
        actor=actor,
        sop=sop,
        period=period,
        as_of=as_of.moment,
        past=as_of.past,
        calendar=calendar,
        version_id=known.get(version),
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
        late_reason=reason if reason in LATE_REASONS else "",
    )
    return Listed(found, narrowed.period)
