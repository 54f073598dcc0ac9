"""The 2-hour slots of a logbook as a strip: each a time, an icon and a word's colour, a line for each day."""

from collections.abc import Sequence
from datetime import datetime

import streamlit as st

from dashboard.formats import clock, date_long, in_wib, percent
from dashboard.status import Colour
from dashboard.text import _
from models.errors import N_
from models.queries.books import Entry
from models.queries.case_file import CaseView, Round
from models.slots import Mark, Slot, SlotRow, SlotState, beginning, slots
from models.sop_books import Journal

STATES: dict[SlotState, tuple[str, str, Colour]] = {
    SlotState.FILLED: (N_("filled"), ":material/check_circle:", "green"),
    SlotState.FILLED_LATE: (N_("filled late"), ":material/running_with_errors:", "orange"),
    SlotState.MISSED: (N_("missed"), ":material/error:", "red"),
    SlotState.RUNNING: (N_("running"), ":material/play_circle:", "blue"),
    SlotState.NOT_DUE: (N_("not due yet"), ":material/radio_button_unchecked:", "gray"),
}


def runs(view: CaseView, journal: Journal) -> list[Round]:
    """The rounds in which the logbook is owed."""
    return [
        one for one in view.rounds if one.step_key == journal.during and one.state not in ("skipped", "void")
    ]


def row_of(view: CaseView, journal: Journal, run: Round, found: Sequence[Entry], now: datetime) -> SlotRow:
    """The slots of one round, from the departure (the planned one while none is recorded) to its end."""
    assert journal.every_minutes is not None  # noqa: S101 - asked of such logbooks alone
    ended = run.finished_at is not None
    return slots(
        beginning(
            begun_at=run.begun_at,
            departs_at=view.departs_at,
            started_at=run.started_at,
            round_no=run.round_no,
        ),
        run.finished_at if ended else view.returns_at,
        every_minutes=journal.every_minutes,
        entries=[Mark(entry.happened_at, entry.recorded_at) for entry in found],
        as_of=now,
        ended=ended,
    )


def show(row: SlotRow) -> None:
    """The strip with its figure, what was missed by name, and what was recorded together."""
    on_time = row.filled - row.filled_late
    if row.due:
        st.markdown(
            _(
                "**{share}** of the slots filled ({filled} of {due}); {on_time} on time",
                share=percent(row.filled / row.due),
                filled=row.filled,
                due=row.due,
                on_time=on_time,
            )
        )
    for day, members in _by_day(row.slots).items():
        st.caption(day)
        with st.container(horizontal=True, gap="xsmall"):
            for slot in members:
                msgid, icon, colour = STATES[slot.state]
                st.badge(span(slot), icon=icon, color=colour, help=_(msgid))
    st.caption(" · ".join(f"{icon} {_(msgid)}" for msgid, icon, _colour in STATES.values()))
    if row.missed:
        st.warning(_("Missed: {slots}", slots=_named(row.missed)), icon=":material/error:")
    if row.together:
        st.info(
            _("Recorded together, within ten minutes: {slots}", slots=_named(row.together)),
            icon=":material/content_copy:",
        )


def span(slot: Slot) -> str:
    """ "08.00–10.00" on the office's clock."""
    return f"{clock(slot.start_at)}–{clock(slot.end_at)}"


def _named(members: Sequence[Slot]) -> str:
    return "; ".join(f"{day} {', '.join(map(span, of_day))}" for day, of_day in _by_day(members).items())


def _by_day(members: Sequence[Slot]) -> dict[str, list[Slot]]:
    found: dict[str, list[Slot]] = {}
    for slot in members:
        found.setdefault(date_long(in_wib(slot.start_at)), []).append(slot)
    return found
