"""The live register of one SOP: filters in the address, a table that refreshes itself, a row that opens its case."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, NamedTuple
from urllib.parse import urlencode

import pandas as pd
import streamlit as st

from dashboard import address, navigation, periods, reads, session
from dashboard.case_opener import open_by_name
from dashboard.formats import date_short, moment_short, number
from dashboard.status import FILTERS, chip_column, word
from dashboard.stored import stored_words
from dashboard.text import _, language, ngettext
from models.access import Actor, Permission, may
from models.errors import NotFound
from models.queries.register import RegisterFilter, RegisterRow, register
from models.sop import Sop

PER_PAGE = 25
SUBJECT_PIXELS, LETTER_PIXELS = 390, 7.2
_NAMES = ("cari", "status", "langkah", "putusan", "tenggat", "terima", "hal")


@dataclass(frozen=True, slots=True)
class Asked:
    """What the address asks for: the filter, and which page of it (from 1)."""

    chosen: RegisterFilter
    page: int


def asked_for(query: dict[str, str]) -> Asked:
    """Read a register's address, tolerant of anything; used by the screen and by its Excel alike."""
    due, received = periods.parse(query.get("tenggat", "")), periods.parse(query.get("terima", ""))
    page = query.get("hal", "1")
    status = query.get("status", "")
    verdict = query.get("putusan", "")
    query = {name: value if value.isprintable() else "" for name, value in query.items()}
    return Asked(
        RegisterFilter(
            search=query.get("cari", "")[:200],
            status="" if status == "terbuka" else status,
            only_open=status == "terbuka",
            step=query.get("langkah", ""),
            verdict=verdict if verdict in FILTERS else "",
            due_months=(due.first, due.last) if due else None,
            received_months=(received.first, received.last) if received else None,
        ),
        int(page) if page.isascii() and page.isdigit() and len(page) < 6 and int(page) > 0 else 1,
    )


def filters(sop: Sop, now: datetime) -> dict[str, str]:
    """The filter widgets; returns what they say, as it stands in the address."""
    screen = f"register.{sop.code}"
    defaults = dict.fromkeys(_NAMES, "")
    address.begin(screen, defaults)
    statuses = {"": _("All statuses"), "terbuka": _("Open cases")} | {
        status.key: status.label.in_language(language()) for status in sop.statuses
    }
    steps = {"": _("All steps")} | {
        step.key: f"{step.no}. {step.name.in_language(language())}" for step in sop.case_steps
    }
    verdicts = {"": _("All states")} | {verdict: word(verdict) for verdict in FILTERS}
    today = reads.today(now)
    received = {"": _("Any time")} | {p.key: p.label() for p in periods.offered(today)}
    _drop_unknown(screen, {"status": statuses, "langkah": steps, "putusan": verdicts})
    _offer(screen, "terima", received)
    left, right = st.columns([1, 3], vertical_alignment="bottom")  # the four beside each other from 1024 on
    said = {"cari": left.text_input(
        _("Search"), key=f"{screen}.cari", placeholder=_("Number, subject, place…"), icon=":material/search:"
    ) or ""}  # fmt: skip
    with right.grid(4, min_column_width=150):
        for name, label, options in (
            ("status", _("Status"), statuses),
            ("langkah", _("Step"), steps),
            ("putusan", _("Time"), verdicts),
            ("terima", _("Received"), received),
        ):
            said[name] = st.selectbox(
                label, list(options), format_func=options.__getitem__, key=f"{screen}.{name}"
            )
    said["tenggat"] = _due_period(screen)
    changed = st.session_state.get(f"{screen}.before") not in (None, said)
    st.session_state[f"{screen}.before"] = dict(said)
    if changed:
        st.session_state[f"{screen}.hal"] = ""
    said["hal"] = st.session_state.get(f"{screen}.hal", "")
    address.write(screen, said, defaults=defaults)
    return said


def _drop_unknown(screen: str, known: dict[str, dict[str, str]]) -> None:
    for name, options in known.items():
        if st.session_state.get(f"{screen}.{name}") not in options:
            st.session_state[f"{screen}.{name}"] = ""


def _offer(screen: str, name: str, options: dict[str, str]) -> None:
    """Offer a period that the address asks for beside the usual ones; drop what is none."""
    asked = st.session_state.get(f"{screen}.{name}", "")
    if asked in options:
        return
    period = periods.parse(asked)
    if period is None:
        st.session_state[f"{screen}.{name}"] = ""
    else:
        options[asked] = period.label()


def _due_period(screen: str) -> str:
    """The due period a figure led here with: shown as a chip that can be taken off."""
    period = periods.parse(st.session_state.get(f"{screen}.tenggat", ""))
    if period is None:
        return ""
    label = _("Due in {period}", period=period.label())
    if st.pills(_("Due"), [label], default=label, key=f"{screen}.chip", label_visibility="collapsed") is None:
        st.session_state[f"{screen}.tenggat"] = ""
        st.session_state.pop(f"{screen}.chip", None)
        return ""
    return period.key


@st.fragment(run_every=20)
def table(sop_code: str, query: dict[str, str]) -> None:
    """The page of cases that is asked for. Asks again who is looking: a fragment does not pass the entry script."""
    who, now = session.actor(), session.now()
    sop = next((one for one in reads.readable_sops(who, now) if one.code == sop_code), None)
    if sop is None:
        return
    screen = f"register.{sop.code}"
    asked = asked_for({**query, "hal": st.session_state.get(f"{screen}.hal", "") or "1"})
    rows, words, total = _page(who, sop, asked, now)
    if total and not rows:  # the address asks for a page after the last
        asked = replace(asked, page=-(-total // PER_PAGE))
        rows, words, total = _page(who, sop, asked, now)
    if not rows:
        st.info(_("No case fits. Change the filters, or register a new case."), icon=":material/search_off:")
        if asked.chosen.search and sop.confidential_fields:  # or the same complaint would be registered twice
            st.caption(_("Confidential fields, such as the reporter's name, are not searched."))
        return
    count, opener = st.columns([3, 2], vertical_alignment="center")
    count.caption(
        ngettext("{count} case", "{count} cases", total, count=number(total))
        + " · "
        + _("as of {moment} WIB", moment=moment_short(now))
    )
    with opener:
        names = {row.case_id: f"{row.register_no} · {row.subject}" for row in rows}
        open_by_name(names, key=f"{screen}.open.{asked.page}")
    picked = st.dataframe(
        words,
        column_config=_columns(sop, words),
        column_order=_in_order(sop, words),
        key=f"{screen}.table.{urlencode(query)}.{asked.page}",  # anew for other rows: a table keeps its widths
        hide_index=True,
        on_select="rerun",
        selection_mode="single-cell",
        placeholder="-",
        height="content",
    )
    if picked["selection"]["cells"]:
        chosen = rows[picked["selection"]["cells"][0][0]]
        navigation.go_to(navigation.CASE, id=str(chosen.case_id))
    pages = -(-total // PER_PAGE)
    if pages > 1:
        chosen_page = st.pagination(pages, default=min(asked.page, pages), key=f"{screen}.pages")
        if chosen_page != asked.page:
            st.session_state[f"{screen}.hal"] = str(chosen_page) if chosen_page > 1 else ""
            st.rerun()


def _columns(sop: Sop, words: pd.DataFrame) -> dict[str, Any]:
    """The chips, and room for a whole status: left alone, a long subject takes it."""
    subject, status = sop.field(sop.subject_field).label.in_language(language()), _("Status")
    letters = max(map(len, words[status]))
    return {
        _("Time"): chip_column(_("Time")),
        subject: st.column_config.TextColumn(width=SUBJECT_PIXELS),
        status: st.column_config.TextColumn(width=int(LETTER_PIXELS * letters + 24)),
    }


def _in_order(sop: Sop, words: pd.DataFrame) -> list[str]:
    """What somebody looks for first stands first: a window shows as many columns as it has room for."""
    subject = sop.field(sop.subject_field).label.in_language(language())
    first = [_("Time"), _("Register no."), _("Due"), subject, _("Current step"), _("Status")]
    return [*first, *(name for name in words.columns if name not in first)]


class Page(NamedTuple):
    """A page of the register: its cases, the same in words as the table shows them, and how many there are in all."""

    rows: list[RegisterRow]
    words: pd.DataFrame
    total: int


def _page(who: Actor, sop: Sop, asked: Asked, now: datetime) -> Page:
    if not may(who, Permission.VIEW_CASES, sop):
        raise NotFound
    version, hidden = reads.stands(who)
    return _remembered_page(
        _who=who,
        _sop=sop,
        code=sop.code,
        sop_version=sop.version,
        asked=asked,
        now=now,
        hidden=hidden,
        spoken=language(),
        version=version,
    )


@st.cache_resource(max_entries=100, ttl=300, show_spinner=False)
def _remembered_page(
    *,
    _who: Actor,
    _sop: Sop,
    code: str,
    sop_version: int,
    asked: Asked,
    now: datetime,
    hidden: tuple[int, ...],
    spoken: str,
    version: int,
) -> Page:
    """A page that was read before, until something changes: the count goes through the whole register.

    It is handed to everybody as it is, and nobody changes it.
    """
    rows, total = reads.read(
        register,
        actor=_who,
        sop=_sop,
        chosen=asked.chosen,
        as_of=now,
        limit=PER_PAGE,
        offset=(asked.page - 1) * PER_PAGE,
    )
    words = frame(rows, _sop)
    if rows:
        words[_("Time")] = [[said] if said else [] for said in words[_("Time")]]
    return Page(rows, words, total)


def frame(rows: list[RegisterRow], sop: Sop) -> pd.DataFrame:
    """The rows as words, in the columns the SOP wants in its table; nothing confidential is among them."""
    fields = [field for field in sop.fields if field.in_table and field.key != sop.subject_field]
    steps = {step.key: f"{step.no}. {step.name.in_language(language())}" for step in sop.case_steps}
    table = []
    for row in rows:
        said = {
            _("Time"): word(row.verdict),
            _("Register no."): row.register_no,
            sop.field(sop.subject_field).label.in_language(language()): row.subject,
            _("Received"): date_short(row.received_at),
            _("Status"): sop.status(row.status).label.in_language(language()),
            _("Current step"): ", ".join(steps[key] for key in row.open_steps),
            _("Due"): moment_short(row.next_due_at) if row.next_due_at else "",
        }
        said |= {
            field.label.in_language(language()): stored_words(field, row.data.get(field.key))
            for field in fields
        }
        table.append(said)
    return pd.DataFrame(table)


def excel_address(sop: Sop, query: dict[str, str]) -> str:
    """Where the Excel of what is shown stands."""
    kept = {key: value for key, value in query.items() if value and key != "hal"}
    return f"/unduh/register.xlsx?{urlencode({'sop': sop.code, **kept})}"
