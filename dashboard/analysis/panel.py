"""A panel of Kepatuhan: a title, what the figure says in a sentence, the figure, its table. One source for all three.

The sentence is the figure's text alternative as well: nobody has to see a chart to learn its message.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from urllib.parse import parse_qsl, urlencode

import pandas as pd
import streamlit as st
from plotly.basedatatypes import BaseFigure

from dashboard import navigation
from dashboard.analysis.asked import Asked, merged
from dashboard.formats import date_plain, moment_long
from dashboard.periods import of_range
from dashboard.report_screen import words
from dashboard.reports.sheets import Sheet
from dashboard.text import _

_CONFIG = {"displayModeBar": False, "scrollZoom": False}
_TALL = 16  # rows of a table that need no scrolling of their own


@dataclass(frozen=True)
class Panel:
    """`key` names it within its view; `sheet` is what the table and the file hold; `notes` stand below.

    `alt` is what the figure says to somebody who cannot see it, where that is more than the message; `opens` are the
    parameters of the list that leads from a table's rows to their cases.
    """

    key: str
    title: str
    message: str
    sheet: Sheet
    figure: BaseFigure | None = None
    notes: tuple[str, ...] = ()
    empty: str = ""
    alt: str = ""
    opens: str = ""

    @cached_property
    def table(self) -> pd.DataFrame:
        """The sheet as words of the language in which the panel was made."""
        return words(self.sheet)


def heading(asked: Asked, title: str) -> tuple[str, ...]:
    """What stands above a table in a file: title, SOP and period, the moment and what it rests on."""
    start, end = asked.span()
    first, last = date_plain(start), date_plain(end.fromtimestamp(end.timestamp() - 60, end.tzinfo))
    lines = [
        f"{title} · {asked.period.label()}".upper(),
        _("(Period {first} to {last})", first=first, last=last),
        _("Basis: SOP {number} · time is counted in working days", number=asked.sop.number),
        as_of_words(asked),
    ]
    return tuple(lines)


def as_of_words(asked: Asked) -> str:
    """ "Per Sabtu, ...", for a past day with what that means."""
    said = _("As of {moment}", moment=moment_long(asked.as_of))
    return f"{said} · {_('by what had been recorded then')}" if asked.past else said


def show(panels: Sequence[Panel], address: dict[str, str]) -> None:
    """The panels one below the other, two beside each other where there is room, tables below."""
    drawn = [panel for panel in panels if panel.figure is not None]
    with st.grid(min(len(drawn), 2), min_column_width=420) as grid:
        for panel in drawn:
            with grid.cell(), st.container(border=True, height="stretch", key=f"panel-{panel.key}"):
                _show(panel, address)
    for panel in panels:
        if panel.figure is None:
            with st.container(border=True, key=f"panel-{panel.key}"):
                _show(panel, address)


def _show(panel: Panel, address: dict[str, str]) -> None:
    navigation.panel_title(panel.title)
    if panel.sheet.frame.empty:
        st.info(panel.empty or _("Nothing to show in this period."), icon=":material/inbox:")
        return
    st.text(panel.message)
    if panel.figure is not None:
        picked = st.plotly_chart(
            panel.figure,
            key=f"compliance.{panel.key}",
            on_select="rerun",
            selection_mode="points",
            config=_CONFIG,
            theme=None,
            alt=panel.alt or panel.message,
        )
        _follow(picked["selection"]["points"] if picked else [], address)
    if panel.opens:
        st.page_link(
            navigation.page(navigation.COMPLIANCE),
            label=_("Open their cases"),
            icon=":material/arrow_forward:",
            query_params=merged(address, {**dict(parse_qsl(panel.opens)), "lihat": "daftar"}),
        )
    for note in panel.notes:
        st.caption(note)
    _table(panel)


def _table(panel: Panel) -> None:
    if panel.figure is None:
        place = st.container()
    else:
        place = st.expander(_("The figures as a table"), key=f"table-{panel.key}", on_change="rerun")
        if not place.open:
            return
    short = len(panel.sheet.frame) < _TALL
    place.dataframe(panel.table, hide_index=True, placeholder="-", height="content" if short else 560)


def _follow(points: Sequence[dict[str, object]], address: dict[str, str]) -> None:
    """Open the list of rounds behind a row or a cell that was pressed."""
    data = points[0].get("customdata") if points else None
    key = data[0] if isinstance(data, list) and data else data
    if isinstance(key, int):  # a month of the trend
        key = urlencode({"bulan": of_range(key, key).key})
    if key:
        asked = {**dict(parse_qsl(str(key))), "lihat": "daftar"}
        navigation.go_to(navigation.COMPLIANCE, **merged(address, asked))
