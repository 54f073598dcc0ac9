"""What screens read: the queries, with the repeated ones remembered as long as nothing changed.

A remembered figure carries the data version, the minute it is "as of" and whatever else it depends on in its key;
whether the person may see it is asked before, every time.
"""

from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import Any, TypeVar

import pandas as pd
import streamlit as st
from sqlalchemy import Connection

from dashboard.settings import store
from models.access import Actor, Permission, Role, may
from models.database import data_version, reading
from models.errors import Forbidden
from models.queries import calendar as calendar_queries
from models.queries import compliance as compliance_queries
from models.queries import sops as sop_queries
from models.queries.case_file import CaseView, case_view
from models.queries.compliance import StepCount
from models.queries.journal_slots import slot_journals as slot_journals_query
from models.queries.sight import hidden_cases
from models.queries.worklist import OpenStep, worklist
from models.sop import Sop
from models.work_calendar import WorkCalendar

T = TypeVar("T")
COUNT_COLUMNS = (
    "step_key",
    "month",
    "on_time",
    "late",
    "overdue",
    "at_risk",
    "running",
    "skipped",
    "recorded_late",
)


def read(query: Callable[..., T], *arguments: Any, **named: Any) -> T:
    """Run one query on a connection of its own."""
    with reading(store()) as connection:
        return query(connection, *arguments, **named)


def stands(actor: Actor) -> tuple[int, tuple[int, ...]]:
    """What every remembered list carries in its key: the data version, and the cases hidden from the actor."""
    return read(lambda connection: (data_version(connection), hidden_cases(connection, actor)))


def _seen_by(actor: Actor) -> dict[str, Any]:
    """The same, with whoever looks: what a remembered list of one person's carries in its key."""
    version, hidden = stands(actor)
    roles = tuple(sorted(actor.roles))
    return {"_actor": actor, "user_id": actor.user_id, "roles": roles, "hidden": hidden, "version": version}


def calendar() -> WorkCalendar:
    """The working calendar in force."""
    return read(calendar_queries.work_calendar)


def today(now: datetime) -> date:
    """The office's date at `now`."""
    return calendar().local_date(now)


def readable_sops(actor: Actor, now: datetime) -> list[Sop]:
    """The SOPs whose cases the actor may see."""

    def query(connection: Connection) -> list[Sop]:
        return _in_force(connection, data_version(connection), _local_date(connection, now))

    return [sop for sop in read(query) if may(actor, Permission.VIEW_CASES, sop)]


@st.cache_resource(max_entries=20, ttl=3600, show_spinner=False)
def _in_force(_connection: Connection, version: int, on: date) -> list[Sop]:
    """What every run of every screen asks for; nobody changes what is given."""
    return [sop_queries.with_former(_connection, sop) for _, sop in sop_queries.in_force(_connection, on)]


def all_sops(now: datetime) -> list[Sop]:
    """Every SOP in force: a SOP itself is no secret within the office."""

    def query(connection: Connection) -> list[Sop]:
        return [sop for _, sop in sop_queries.in_force(connection, _local_date(connection, now))]

    return read(query)


def waiting(actor: Actor, sops: Sequence[Sop], *, now: datetime, for_others: bool) -> list[OpenStep]:
    """The open steps that wait for the actor, remembered as long as nothing changes; nobody changes what is given."""
    versions = tuple((sop.code, sop.version) for sop in sops)
    return _waiting(**_seen_by(actor), _sops=sops, sops=versions, now=now, for_others=for_others)


@st.cache_resource(max_entries=100, ttl=300, show_spinner=False)
def _waiting(
    *,
    _actor: Actor,
    _sops: Sequence[Sop],
    user_id: int,
    roles: tuple[Role, ...],
    sops: tuple[tuple[str, int], ...],
    now: datetime,
    for_others: bool,
    hidden: tuple[int, ...],
    version: int,
) -> list[OpenStep]:
    return read(worklist, actor=_actor, sops=_sops, as_of=now, for_others=for_others)


def slot_journals(code: str) -> frozenset[tuple[str, str]]:
    """The logbooks of a SOP that owe entries at regular times, each as (step, journal)."""
    return _slot_journals(code, read(data_version))


@st.cache_resource(max_entries=20, ttl=3600, show_spinner=False)
def _slot_journals(code: str, version: int) -> frozenset[tuple[str, str]]:
    return read(slot_journals_query, code)


def case(actor: Actor, case_id: int, *, now: datetime) -> CaseView:
    """A case as the actor sees it, remembered as long as nothing changes; nobody changes it. Raises `NotFound`."""
    return _case(**_seen_by(actor), case_id=case_id, now=now)


@st.cache_resource(max_entries=200, ttl=300, show_spinner=False)
def _case(
    *,
    _actor: Actor,
    user_id: int,
    roles: tuple[Role, ...],
    case_id: int,
    now: datetime,
    hidden: tuple[int, ...],
    version: int,
) -> CaseView:
    return read(case_view, actor=_actor, case_id=case_id, as_of=now)


def _local_date(connection: Connection, now: datetime) -> date:
    return calendar_queries.work_calendar(connection).local_date(now)


def counts(
    actor: Actor,
    sop: Sop,
    *,
    months: tuple[int, int],
    as_of: datetime,
    past: bool = False,
    version_id: int | None = None,
) -> pd.DataFrame:
    """Verdicts per step and month of the due date, with the columns COUNT_COLUMNS. Raises `Forbidden`.

    With `past` by what had been recorded at `as_of`, with `version_id` of that SOP version's cases.
    """
    if not may(actor, Permission.VIEW_SUMMARY, sop):
        raise Forbidden
    return _counts(actor, sop, sop.code, months, as_of, past, version_id, read(data_version))


@st.cache_data(max_entries=200, ttl=300, show_spinner=False)
def _counts(
    _actor: Actor,
    _sop: Sop,
    code: str,
    months: tuple[int, int],
    as_of: datetime,
    past: bool,  # noqa: FBT001 - a cache's key
    version_id: int | None,
    version: int,
) -> pd.DataFrame:
    named: dict[str, Any] = {
        "actor": _actor, "sop": _sop, "months": months, "as_of": as_of, "past": past, "version_id": version_id,
    }  # fmt: skip

    def query(connection: Connection) -> list[StepCount]:
        if past or data_version(connection) != version:
            return compliance_queries.step_counts(connection, **named)
        ended = _ended(connection, _actor, _sop, code, months, version_id, version)
        return compliance_queries.joined(ended, compliance_queries.open_step_counts(connection, **named))

    return pd.DataFrame(
        [[getattr(row, name) for name in COUNT_COLUMNS] for row in read(query)], columns=list(COUNT_COLUMNS)
    )


@st.cache_data(max_entries=200, ttl=3600, show_spinner=False)
def _ended(
    _connection: Connection,
    _actor: Actor,
    _sop: Sop,
    code: str,
    months: tuple[int, int],
    version_id: int | None,
    version: int,
) -> list[StepCount]:
    """Counts that do not move with the minute; the connection must read the very data of `version`."""
    return compliance_queries.ended_counts(
        _connection, actor=_actor, sop=_sop, months=months, version_id=version_id
    )
