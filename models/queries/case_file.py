"""One case, whole: its data, the rounds of its steps, its history."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, bindparam, select

from models.access import Actor, Permission, may
from models.errors import NotFound
from models.queries.outputs import held_outputs, kept_outputs
from models.queries.pauses import CasePause, pauses_of
from models.queries.sight import ASSIGNED, HIDDEN, require_sight
from models.queries.sops import JOINED, joined_sop, sop_version
from models.queries.verdicts import verdict_of
from models.sop import Sop
from models.tables import AuditEntry, CaseFile, SopVersion, StepRound, User, VaultEntry


@dataclass(frozen=True, slots=True)
class Round:
    """One round of a step as a screen shows it; `held` are the keys of its outputs that are there."""

    round_id: int
    step_key: str
    round_no: int
    period: str | None
    state: str
    counted: bool
    executor: str
    started_at: datetime
    ideal_at: datetime | None
    due_at: datetime | None
    late_from: datetime | None
    provisional: bool
    finished_at: datetime | None
    worked_minutes: int | None
    outcome: str | None
    data: dict[str, Any]
    note: str | None
    reason: str | None
    late_reason: str | None
    recorded_at: datetime | None
    recorded_by: str | None
    recorded_for: str | None
    recorded_late: bool
    version: int
    verdict: str
    begun_at: datetime | None = None
    held: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Act:
    """One line of a case's history."""

    seq: int
    recorded_at: datetime
    actor_name: str
    action: str
    happened_at: datetime | None
    reason: str | None
    details: dict[str, Any]


@dataclass(frozen=True, slots=True)
class CaseView:
    """A case with everything its screen shows; `confidential` names the fields in the vault, not their values.

    `assigned` says that the case was assigned to whoever looks.
    """

    case_id: int
    sop: Sop
    register_no: str
    subject: str
    data: dict[str, Any]
    confidential: tuple[str, ...]
    received_at: datetime
    departs_at: datetime | None
    returns_at: datetime | None
    short_notice: bool
    status: str
    closed_at: datetime | None
    close_reason: str | None
    recorded_at: datetime
    recorded_by: str
    version: int
    rounds: tuple[Round, ...]
    assigned: bool = False
    pauses: tuple[CasePause, ...] = ()

    def current(self, step_key: str) -> Round | None:
        """The latest round of a step that is not void."""
        return next((r for r in reversed(self.rounds) if r.step_key == step_key and r.state != "void"), None)


def _rounds_of(condition: ColumnElement[bool]) -> Select[Any]:
    own = [name for name in Round.__slots__ if name not in ("round_id", "recorded_by", "verdict", "held")]
    return (
        select(
            StepRound.id.label("round_id"),
            User.full_name.label("recorded_by"),
            verdict_of(bindparam("as_of")).label("verdict"),
            *[getattr(StepRound, name) for name in own],
        )
        .join(User, User.id == StepRound.recorded_by, isouter=True)
        .where(condition)
        .order_by(StepRound.id)
    )


# Put together once: that takes as long as asking, and a screen asks for one case after the other.
_CASE = (
    select(
        CaseFile.__table__, User.full_name, JOINED, HIDDEN.label("hidden"),
        ASSIGNED.label("assigned"),
    )
    .join(User, User.id == CaseFile.recorded_by)
    .join(SopVersion, SopVersion.id == CaseFile.sop_version_id)
    .where(CaseFile.id == bindparam("of_case"))
)  # fmt: skip
_SEALED = select(VaultEntry.field_key).where(VaultEntry.case_id == bindparam("of_case"))
_OF_CASE = _rounds_of(StepRound.case_id == bindparam("of_case"))
_OF_ROUND = _rounds_of(StepRound.id == bindparam("of_round"))


def case_view(connection: Connection, *, actor: Actor, case_id: int, as_of: datetime) -> CaseView:
    """The case; `NotFound` when there is none or the actor may not see it."""
    asked = {"of_case": case_id, "of_user": actor.user_id}
    row = connection.execute(_CASE, asked).mappings().one_or_none()
    if row is None:
        raise NotFound
    sop = joined_sop(connection, row)
    require_sight(connection, actor=actor, sop=sop, case_id=case_id, hidden=row["hidden"])
    sealed = connection.execute(_SEALED, {"of_case": case_id}).scalars()
    same = ("register_no", "subject", "data", "received_at", "departs_at", "returns_at", "short_notice", "status",
            "closed_at", "close_reason", "recorded_at", "version")  # fmt: skip
    return CaseView(
        case_id=case_id,
        sop=sop,
        confidential=tuple(sorted(sealed)),
        recorded_by=row["full_name"],
        assigned=row["assigned"],
        rounds=tuple(_with_outputs(connection, sop, case_id, as_of)),
        pauses=tuple(pauses_of(connection, case_id)),
        **{key: row[key] for key in same},
    )


def _with_outputs(connection: Connection, sop: Sop, case_id: int, as_of: datetime) -> Iterator[Round]:
    kept = kept_outputs(connection, sop=sop, case_id=case_id)
    for found in _rounds(connection, _OF_CASE, as_of, of_case=case_id):
        step = sop.step(found.step_key)
        held = held_outputs(sop, step, found.data, round_id=found.round_id, kept=kept)
        yield replace(found, held=held)


def round_view(connection: Connection, *, actor: Actor, round_id: int, as_of: datetime) -> tuple[Sop, Round]:
    """A single round with its SOP, for a periodic step; `NotFound` when there is none or the actor may not see it."""
    found = _rounds(connection, _OF_ROUND, as_of, of_round=round_id)
    row = connection.execute(
        select(StepRound.sop_version_id, StepRound.case_id).where(StepRound.id == round_id)
    ).one_or_none()
    if row is None:
        raise NotFound
    sop = sop_version(connection, row.sop_version_id)
    if not may(actor, Permission.VIEW_CASES, sop):
        raise NotFound
    if row.case_id is not None:
        require_sight(connection, actor=actor, sop=sop, case_id=row.case_id)
    return sop, found[0]


def _rounds(connection: Connection, wanted: Select[Any], as_of: datetime, **which: int) -> list[Round]:
    rows = connection.execute(wanted, {"as_of": as_of, **which})
    return [Round(**row._mapping) for row in rows]


def history(connection: Connection, *, actor: Actor, case_id: int) -> list[Act]:
    """What happened to the case, the latest first; `NotFound` as for the case itself."""
    version_id = connection.execute(
        select(CaseFile.sop_version_id).where(CaseFile.id == case_id)
    ).scalar_one_or_none()
    if version_id is None:
        raise NotFound
    require_sight(connection, actor=actor, sop=sop_version(connection, version_id), case_id=case_id)
    a = AuditEntry
    rows = connection.execute(
        select(a.seq, a.recorded_at, a.actor_name, a.action, a.happened_at, a.reason, a.details)
        .where(a.case_id == case_id)
        .order_by(a.seq.desc())
    )
    return [Act(**{**row._mapping, "details": json.loads(row.details)}) for row in rows]
