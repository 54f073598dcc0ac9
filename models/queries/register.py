"""The register of one SOP's cases: filtered, sorted and paged in the database."""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, false, func, select

from models.access import Actor, Permission, may
from models.errors import NotFound
from models.queries.sight import hidden_from
from models.queries.verdicts import judged, verdict_of
from models.sla import Verdict
from models.sop import Sop
from models.tables import CaseFile, StepRound

PIECE = 2000  # rows handed over at once
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class RegisterFilter:
    """What a register shows. Months are yyyymm, both ends included; empty values filter nothing.

    `step` alone: cases whose open step it is. With `verdict`: cases that have such a verdict on that step, for due
    dates within `due_months`; that is where a bar of a chart leads.
    """

    search: str = ""
    status: str = ""
    only_open: bool = False
    step: str = ""
    verdict: str = ""
    received_months: tuple[int, int] | None = None
    due_months: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class RegisterRow:
    """One case as a row. `open_steps` are keys in the SOP's order; `verdict` is that of the step due first."""

    case_id: int
    register_no: str
    subject: str
    received_at: datetime
    departs_at: datetime | None
    status: str
    outcome: str | None
    short_notice: bool
    closed_at: datetime | None
    next_due_at: datetime | None
    data: dict[str, Any]
    open_steps: tuple[str, ...] = field(default=())
    verdict: str = ""


def register(
    connection: Connection,
    *,
    actor: Actor,
    sop: Sop,
    chosen: RegisterFilter,
    as_of: datetime,
    limit: int = 25,
    offset: int = 0,
) -> tuple[list[RegisterRow], int]:
    """A page of cases, open ones due first and then the latest received, and how many there are in all.

    Raises `NotFound` for somebody who may not see this SOP's cases.
    """
    conditions = _shown(actor, sop, chosen, as_of)
    still_open = CaseFile.closed_at.is_(None)
    counted = select(func.count(), func.count().filter(still_open)).select_from(CaseFile).where(*conditions)
    total, open_total = connection.execute(counted).one()
    rows: list[Any] = []
    if offset < open_total:
        rows += connection.execute(_in_order([*conditions, still_open]).limit(limit).offset(offset)).all()
    if len(rows) < limit and open_total < total:
        ended = _columns([*conditions, ~still_open]).order_by(*_LATEST_FIRST)
        rows += connection.execute(ended.limit(limit - len(rows)).offset(max(0, offset - open_total))).all()
    standing = _open_rounds(connection, StepRound.case_id.in_([row.case_id for row in rows]), as_of)
    return [_row(row, standing) for row in rows], total


def register_size(
    connection: Connection, *, actor: Actor, sop: Sop, chosen: RegisterFilter, as_of: datetime
) -> int:
    """How many cases `register` would page through. Raises `NotFound` as it does."""
    conditions = _shown(actor, sop, chosen, as_of)
    return connection.execute(select(func.count()).select_from(CaseFile).where(*conditions)).scalar_one()


def whole_register(
    connection: Connection, *, actor: Actor, sop: Sop, chosen: RegisterFilter, as_of: datetime
) -> Iterator[list[RegisterRow]]:
    """All cases of the filter in the order of `register`, piece by piece; none is held here once it was handed over.

    One consistent state, for as long as the connection's transaction lasts; on SQLite writers wait for its end, so
    whoever reads should not do slow work between the pieces. Raises `NotFound` as `register` does.
    """
    conditions = _shown(actor, sop, chosen, as_of)
    standing = _open_rounds(connection, StepRound.code == sop.code, as_of)
    found = connection.execute(_in_order(conditions), execution_options={"yield_per": PIECE})
    for part in found.partitions():
        yield [_row(row, standing) for row in part]


def _shown(actor: Actor, sop: Sop, chosen: RegisterFilter, as_of: datetime) -> list[ColumnElement[bool]]:
    if not may(actor, Permission.VIEW_CASES, sop):
        raise NotFound
    return [*_conditions(sop, chosen, as_of), ~hidden_from(actor)]


# a case that has ended has no open step, and so nothing that is due: an index has them in this order
_LATEST_FIRST = (CaseFile.received_at.desc(), CaseFile.id.desc())


def _in_order(conditions: list[ColumnElement[bool]]) -> Select[*tuple[Any, ...]]:
    """The columns of `RegisterRow` in its order."""
    c = CaseFile
    return _columns(conditions).order_by(
        c.closed_at.is_not(None), c.next_due_at.is_(None), c.next_due_at, *_LATEST_FIRST
    )


def _columns(conditions: list[ColumnElement[bool]]) -> Select[*tuple[Any, ...]]:
    c = CaseFile
    return select(
        c.id.label("case_id"), c.register_no, c.subject, c.received_at, c.departs_at, c.status, c.outcome,
        c.short_notice, c.closed_at, c.next_due_at, c.data,
    ).where(*conditions)  # fmt: skip


def _row(columns: Sequence[Any], standing: dict[int, list[tuple[str, str]]]) -> RegisterRow:
    row = RegisterRow(*columns)
    rounds = standing.get(row.case_id)
    if not rounds:
        return row
    return replace(row, open_steps=tuple(step for step, _ in rounds), verdict=rounds[0][1])


def _open_rounds(
    connection: Connection, wanted: ColumnElement[bool], as_of: datetime
) -> dict[int, list[tuple[str, str]]]:
    """Open steps and verdicts by case, what is due first first."""
    r = StepRound
    found: dict[int, list[tuple[str, str]]] = {}
    for case_id, step_key, verdict in connection.execute(
        select(r.case_id, r.step_key, verdict_of(as_of).label("verdict"))
        .where(wanted, r.case_id.is_not(None), r.state == "open")
        .order_by(r.due_at.is_(None), r.due_at, r.id)
    ):
        assert case_id is not None  # noqa: S101 - by the condition
        found.setdefault(case_id, []).append((step_key, verdict))
    return found


def _conditions(sop: Sop, chosen: RegisterFilter, as_of: datetime) -> list[ColumnElement[bool]]:
    c = CaseFile
    found: list[ColumnElement[bool]] = [c.code == sop.code]
    if needle := unicodedata.normalize("NFC", chosen.search.strip()).lower():
        # NUL and half characters are in no stored text, and PostgreSQL does not take them
        storable = _UNSTORABLE.search(needle) is None
        found.append(c.search_text.contains(needle, autoescape=True) if storable else false())
    if chosen.status:
        found.append(c.status == chosen.status)
    if chosen.only_open:
        found.append(c.closed_at.is_(None))
    if chosen.received_months:
        found.append(c.received_month.between(*chosen.received_months))
    if chosen.step or chosen.verdict or chosen.due_months:
        found.append(_has_round(sop, chosen, as_of))
    return found


def _has_round(sop: Sop, chosen: RegisterFilter, as_of: datetime) -> ColumnElement[bool]:
    """The rounds are found by their index, and not asked for case by case."""
    r = StepRound
    wanted: list[ColumnElement[bool]] = [r.code == sop.code, r.case_id.is_not(None)]
    if chosen.step:
        wanted.append(r.step_key == chosen.step)
    if not chosen.verdict and not chosen.due_months:
        wanted.append(r.state == "open")
    elif not chosen.verdict:
        wanted.append(r.counted.is_(True))
    else:
        # within a period the counted rounds, as a figure counts them; otherwise the state that a row shows
        counted = judged(as_of).get(chosen.verdict) if chosen.due_months else None
        wanted.append(counted if counted is not None else verdict_of(as_of) == Verdict(chosen.verdict).value)
    if chosen.due_months:
        wanted.append(r.due_month.between(*chosen.due_months))
    return CaseFile.id.in_(select(r.case_id).where(*wanted))
