"""Sheet Buku Mutasi: escort by escort the slots in which an entry was owed, which of them have one, and which do not.

An escort that goes over the end of the period stands in both periods, each with the slots that ended in it. The totals
count every escort; one that is hidden from whoever asks has no row.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import pandas as pd

from dashboard.formats import clock, date_short, moment_short, number
from dashboard.reports.sheets import Column, Sheet, sheet_name, withheld
from dashboard.text import _, language
from models.queries.slot_facts import EscortSlots, JournalFacts
from models.slots import Slot, SlotState
from models.sop_books import Journal

if TYPE_CHECKING:
    from dashboard.reports.source import Source


def build(source: Source, journal: Journal, *, heading: tuple[str, ...]) -> Sheet:
    """A row per escort by its beginning, then the total of the period."""
    facts = next(one for one in source.journals if one.journal.key == journal.key)
    columns = (
        Column("register_no", _("Register no."), "text", 18),
        Column("subject", _("Subject"), "long_text", 30),
        Column("start_at", _("Beginning"), "moment", 15),
        Column("end_at", _("End"), "moment", 15),
        Column("n", _("Slots due"), "integer", 9),
        Column("filled", _("Filled"), "integer", 9),
        Column("on_time", _("Of these on time"), "integer", 9),
        Column("rate", _("Share filled"), "percent", 10),
        Column("missed", _("Missed slots"), "long_text", 34),
        Column("together", _("Recorded together"), "long_text", 28),
    )
    rows = [_row(one, source) for one in source.escorts(journal)]
    if facts.months:
        rows.append(_total(facts))
    label = journal.label.in_language(language())
    minutes = journal.every_minutes or 0
    return Sheet(
        name=sheet_name(label),
        heading=heading,
        columns=columns,
        frame=pd.DataFrame(rows, columns=[column.key for column in columns]),
        notes=(
            _(
                "An entry is owed in every {hours} hours from the departure to the end, day and night; slots that "
                "ended in the period are counted.",
                hours=number(minutes / 60),
            ),
            _("On time: recorded at most {hours} hours after it happened.", hours=number(minutes / 60)),
            _("Recorded together: three or more slots recorded within ten minutes."),
            _("An empty end means that the escort has not ended."),
            withheld(),
        ),
        total=bool(rows),
    )


def _row(one: EscortSlots, source: Source) -> dict[str, Any]:
    inside = [
        slot for slot in one.escort.row.slots if source.months.first <= slot.month <= source.months.last
    ]
    states = [slot.state for slot in inside]
    on_time, late = states.count(SlotState.FILLED), states.count(SlotState.FILLED_LATE)
    missed = [slot for slot in inside if slot.state is SlotState.MISSED]
    due = on_time + late + len(missed)
    return {
        "register_no": one.register_no,
        "subject": one.subject,
        "start_at": one.escort.start_at,
        "end_at": one.escort.end_at if one.escort.ended else None,
        "n": due,
        "filled": on_time + late,
        "on_time": on_time,
        "rate": (on_time + late) / due,
        "missed": "; ".join(_named(missed)),
        "together": "; ".join(_named([slot for slot in one.escort.row.together if slot in inside])),
    }


def _total(facts: JournalFacts) -> dict[str, Any]:
    due, filled, late = (
        sum(getattr(month, name) for month in facts.months) for name in ("due", "filled", "filled_late")
    )
    return {
        "register_no": _("All escorts"),
        "n": due,
        "filled": filled,
        "on_time": filled - late,
        "rate": filled / due,
    }


def _named(found: Sequence[Slot]) -> Iterator[str]:
    """Slots by date and hours; neighbours as one span with their number, or a forgotten escort would fill pages."""
    spans: list[list[Slot]] = []
    for slot in found:
        if spans and spans[-1][-1].end_at == slot.start_at:
            spans[-1].append(slot)
        else:
            spans.append([slot])
    for span in spans:
        first, last = span[0], span[-1]
        if len(span) == 1:
            yield f"{date_short(first.start_at)} {clock(first.start_at)}–{clock(last.end_at)}"
        else:
            yield _(
                "{first} to {last} ({count} slots)",
                first=moment_short(first.start_at),
                last=moment_short(last.end_at),
                count=number(len(span)),
            )
