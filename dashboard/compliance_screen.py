"""Kepatuhan: which SOP, period, day and version are asked for, and the views of the answer."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from urllib.parse import urlencode

import streamlit as st

from dashboard import address, as_of_picker, period_picker, reads
from dashboard.analysis import (
    late_view,
    list_view,
    months_view,
    outlook_view,
    record_view,
    steps_view,
    time_view,
    versions_view,
)
from dashboard.analysis.address import BASE, DRILL, LIST, asked_of
from dashboard.analysis.asked import Asked, merged
from dashboard.analysis.panel import Panel, as_of_words
from dashboard.analysis.panel import show as show_panels
from dashboard.drawn import Drawn
from dashboard.text import _, language
from models.access import Actor, Permission, may
from models.errors import N_
from models.queries.sops import versions_of
from models.sop import Sop

SCREEN = "compliance"
View = Callable[..., list[Panel]]
VIEWS: dict[str, tuple[str, View]] = {
    "langkah": (N_("Steps"), steps_view.panels),
    "bulan": (N_("Months"), months_view.panels),
    "waktu": (N_("Working time"), time_view.panels),
    "terlambat": (N_("Lateness"), late_view.panels),
    "catatan": (N_("Records and order"), record_view.panels),
    "versi": (N_("SOP versions"), versions_view.panels),
    "depan": (N_("Ahead"), outlook_view.panels),
}
_FIRST = "langkah"


def choose(sops: Sequence[Sop], now: datetime) -> dict[str, str]:
    """The choices at the top; returns what they say, as it stands in the address."""
    defaults = {"sop": sops[0].code, "periode": as_of_picker.default_period(now).key, "per": "", "versi": ""}
    defaults |= {"lihat": _FIRST, **dict.fromkeys(DRILL, "")}
    address.begin(SCREEN, defaults)
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        sop = _sop(sops)
        with st.container(width=210):
            as_of = as_of_picker.choose(SCREEN, now)
        with st.container(width=230):
            period_picker.choose(SCREEN, as_of.day)
        _version(sop, as_of)
    _view()
    _start_again(sop)
    said = {name: str(st.session_state.get(f"{SCREEN}.{name}") or "") for name in defaults}
    if said["lihat"] != LIST:
        said |= dict.fromkeys(DRILL, "")
    address.write(SCREEN, said, defaults=defaults)
    return said


def _start_again(sop: Sop) -> None:
    """A list begins at its first page, and is of the period's own months, once what is asked for has changed."""
    asked = [sop.code, *(st.session_state.get(f"{SCREEN}.{name}") for name in ("periode", "per", "versi"))]
    if st.session_state.get(f"{SCREEN}.asked") not in (None, asked):
        for name in ("bulan", "hari", "hal"):
            st.session_state[f"{SCREEN}.{name}"] = ""
    st.session_state[f"{SCREEN}.asked"] = asked


def _sop(sops: Sequence[Sop]) -> Sop:
    known = {sop.code: sop for sop in sops}
    if st.session_state.get(f"{SCREEN}.sop") not in known:
        st.session_state[f"{SCREEN}.sop"] = sops[0].code
    chosen = st.segmented_control(
        _("SOP"),
        list(known),
        format_func=lambda code: known[code].short.in_language(language()),
        required=True,
        key=f"{SCREEN}.sop",
        label_visibility="collapsed",
    )
    return known.get(chosen or "", sops[0])


def _version(sop: Sop, as_of: as_of_picker.AsOf) -> None:
    """A choice only where there is one."""
    day = as_of.day
    versions = [one for one in reads.read(versions_of, code=sop.code) if one[1].effective_from <= day]
    known = {"": _("All versions of the SOP")} | {
        str(one.version): _("Version {version}", version=one.version) for _id, one in versions
    }
    if st.session_state.get(f"{SCREEN}.versi") not in known:
        st.session_state[f"{SCREEN}.versi"] = ""
    if len(versions) > 1:
        st.selectbox(
            _("Version"),
            list(known),
            format_func=known.__getitem__,
            key=f"{SCREEN}.versi",
            label_visibility="collapsed",
            width=210,
        )


def _view() -> None:
    if st.session_state.get(f"{SCREEN}.lihat") == LIST:
        return
    if st.session_state.get(f"{SCREEN}.lihat") not in VIEWS:
        st.session_state[f"{SCREEN}.lihat"] = _FIRST
    st.segmented_control(
        _("View"),
        list(VIEWS),
        format_func=lambda key: _(VIEWS[key][0]),
        required=True,
        key=f"{SCREEN}.lihat",
        label_visibility="collapsed",
    )


def show(who: Actor, sops: Sequence[Sop], said: Mapping[str, str], now: datetime, *, dark: bool) -> None:
    """The view that is asked for, and its file."""
    asked = asked_of(said, actor=who, sops=sops, now=now)
    _head(asked, said)
    if said["lihat"] == LIST:
        back = merged({name: said[name] for name in BASE}, {"lihat": ""})
        list_view.show(asked, said, back)
        return
    show_panels(_panels(asked, said["lihat"], dark=dark), {name: said[name] for name in BASE})


def _head(asked: Asked, said: Mapping[str, str]) -> None:
    words, file = st.columns([4, 1], vertical_alignment="center")
    with words:
        st.caption(f"SOP {asked.sop.number} · {asked.period.label()} · {as_of_words(asked)}")
        as_of_picker.notice(as_of_picker.AsOf(asked.as_of, asked.past))
    if may(asked.actor, Permission.EXPORT, asked.scope):
        kept = {name: value for name, value in said.items() if value}
        file.link_button(
            _("Download Excel"),
            f"/unduh/kepatuhan.xlsx?{urlencode({'sop': asked.scope.code, **kept})}",
            icon=":material/download:",
            width="stretch",
        )


def _panels(asked: Asked, view: str, *, dark: bool) -> list[Panel]:
    version, hidden = reads.stands(asked.actor)
    return _remembered(
        _asked=asked,
        view=view,
        key=(
            asked.scope.code,
            asked.scope.version,
            asked.period.key,
            asked.as_of,
            asked.past,
            asked.version_id,
        ),
        hidden=hidden,
        spoken=language(),
        dark=dark,
        version=version,
    )


@st.cache_resource(max_entries=60, ttl=300, show_spinner=False)
def _remembered(
    *,
    _asked: Asked,
    view: str,
    key: tuple[object, ...],
    hidden: tuple[int, ...],
    spoken: str,
    dark: bool,
    version: int,
) -> list[Panel]:
    """Figures that were drawn before, until something changes; whoever asks was asked for their right already."""
    panels = VIEWS[view][1](_asked, dark=dark)
    return [replace(one, figure=None if one.figure is None else Drawn(one.figure)) for one in panels]


def panels_for_file(asked: Asked, query: Mapping[str, str]) -> list[Panel]:
    """The panels of an address, for its file."""
    view = query.get("lihat", "")
    if view == LIST:
        return [list_view.panel(asked, query)]
    return VIEWS[view if view in VIEWS else _FIRST][1](asked, dark=False)
