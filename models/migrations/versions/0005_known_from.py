"""Since when each round is known as it stands, how it stood before, and when cases were closed and entries struck.

From the trail: the beginning, the end and each correction of a round. Due dates moved before stay as they are.
"""

import json
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from itertools import pairwise
from typing import Any

import sqlalchemy as sa
from alembic import op

from models.tables import base

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_PUT_RIGHT = ("finished_at", "worked_minutes", "recorded_late", "late_reason", "note")  # by a correction
_EVER = "1970-01-01 00:00:00.000000"


def _judged() -> list[sa.Column[Any]]:
    """The columns of a round that figures are made of, as a past state keeps them."""
    return [
        sa.Column("case_id", sa.Integer(), nullable=True),
        sa.Column("period", sa.String(length=10), nullable=True),
        sa.Column("sop_version_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("step_key", sa.String(length=40), nullable=False),
        sa.Column("round_no", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("counted", sa.Boolean(), nullable=False),
        sa.Column("executor", sa.String(length=40), nullable=False),
        sa.Column("started_at", base.Moment(), nullable=False),
        sa.Column("begun_at", base.Moment(), nullable=True),
        sa.Column("ideal_at", base.Moment(), nullable=True),
        sa.Column("at_risk_from", base.Moment(), nullable=True),
        sa.Column("due_at", base.Moment(), nullable=True),
        sa.Column("late_from", base.Moment(), nullable=True),
        sa.Column("due_month", sa.Integer(), nullable=True),
        sa.Column("provisional", sa.Boolean(), nullable=False),
        sa.Column("finished_at", base.Moment(), nullable=True),
        sa.Column("worked_minutes", sa.Integer(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("late_reason", sa.String(length=40), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("recorded_at", base.Instant(), nullable=True),
        sa.Column("recorded_late", sa.Boolean(), nullable=False),
        sa.Column("outputs_due", sa.Integer(), nullable=True),
        sa.Column("outputs_held", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
    ]


_UNKNOWN_BEFORE = dict.fromkeys(
    (
        "finished_at",
        "worked_minutes",
        "reason",
        "late_reason",
        "note",
        "recorded_at",
        "outputs_due",
        "outputs_held",
    )
)


def upgrade() -> None:
    op.create_table(
        "step_round_past",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("known_from", base.Instant(), nullable=False),
        sa.Column("known_until", base.Instant(), nullable=False),
        *_judged(),
        sa.CheckConstraint("known_until > known_from", name=op.f("ck_step_round_past_known_some_time")),
        sa.ForeignKeyConstraint(
            ["case_id"], ["case_file.id"], name=op.f("fk_step_round_past_case_id_case_file")
        ),
        sa.ForeignKeyConstraint(
            ["round_id"], ["step_round.id"], name=op.f("fk_step_round_past_round_id_step_round")
        ),
        sa.ForeignKeyConstraint(
            ["sop_version_id"], ["sop_version.id"], name=op.f("fk_step_round_past_sop_version_id_sop_version")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_step_round_past")),
    )
    op.create_index(op.f("ix_step_round_past_round_id"), "step_round_past", ["round_id"])
    op.create_index(op.f("ix_step_round_past_code_known_until"), "step_round_past", ["code", "known_until"])
    op.add_column("step_round", sa.Column("known_from", base.Instant(), nullable=False, server_default=_EVER))
    op.add_column("case_file", sa.Column("closed_recorded_at", base.Instant(), nullable=True))
    op.add_column("journal_entry", sa.Column("struck_at", base.Instant(), nullable=True))
    op.add_column("duty_entry", sa.Column("struck_at", base.Instant(), nullable=True))
    _take_from_trail(op.get_bind())


def _take_from_trail(connection: sa.Connection) -> None:
    """Find in the trail since when what stands was known, and how a finished round stood before."""
    audit = sa.table(
        "audit",
        *(sa.column(name) for name in ("seq", "action", "case_id", "round_id", "details")),
        sa.column("recorded_at", base.Instant()),
    )
    acts = connection.execute(
        sa.select(audit.c.action, audit.c.case_id, audit.c.round_id, audit.c.details, audit.c.recorded_at)
        .where(
            audit.c.action.in_(
                (
                    "step.started",
                    "duty.opened",
                    "step.corrected",
                    "case.closed",
                    "journal.struck",
                    "duty.struck",
                )
            )
        )
        .order_by(audit.c.seq)
    ).all()
    _close(connection, (act for act in acts if act.action == "case.closed"))
    _strike(connection, "journal_entry", (act for act in acts if act.action == "journal.struck"))
    _strike(connection, "duty_entry", (act for act in acts if act.action == "duty.struck"))
    started = {act.round_id: act.recorded_at for act in acts if act.action == "step.started"}
    opened = {}
    corrected: dict[int, list[Any]] = {}
    for act in acts:
        if act.action == "duty.opened":
            told = json.loads(act.details)
            opened[told["step"], told["period"]] = act.recorded_at
        elif act.action == "step.corrected":
            corrected.setdefault(act.round_id, []).append(act)
    _remember_rounds(connection, started, opened, corrected)


def _close(connection: sa.Connection, acts: Iterable[Any]) -> None:
    case_file = sa.table("case_file", sa.column("id"), sa.column("closed_recorded_at", base.Instant()))
    for act in acts:
        connection.execute(
            sa.update(case_file)
            .where(case_file.c.id == act.case_id)
            .values(closed_recorded_at=act.recorded_at)
        )


def _strike(connection: sa.Connection, name: str, acts: Iterable[Any]) -> None:
    table = sa.table(name, sa.column("id"), sa.column("struck_at", base.Instant()))
    for act in acts:
        entry = json.loads(act.details)["entry"]
        connection.execute(sa.update(table).where(table.c.id == entry).values(struck_at=act.recorded_at))


def _since(name: str) -> sa.ColumnClause[datetime]:
    return sa.column(name, base.Instant())


def _plain() -> list[sa.ColumnClause[Any]]:
    return [sa.column(column.name, column.type) for column in _judged()]


def _remember_rounds(
    connection: sa.Connection,
    started: dict[int, datetime],
    opened: dict[tuple[str, str], datetime],
    corrected: dict[int, list[Any]],
) -> None:
    names = [column.name for column in _judged()]
    step_round = sa.table("step_round", sa.column("id"), _since("known_from"), *_plain())
    past = sa.table(
        "step_round_past", sa.column("round_id"), _since("known_from"), _since("known_until"), *_plain()
    )
    received = sa.table("case_file", sa.column("id"), sa.column("recorded_at", base.Instant()))
    of_case = {row.id: row.recorded_at for row in connection.execute(sa.select(received)).all()}
    for row in connection.execute(sa.select(step_round.c.id, *(step_round.c[name] for name in names))).all():
        first = started.get(row.id) or opened.get((row.step_key, row.period)) or of_case.get(row.case_id)
        states = list(_states(row, names, first, corrected.get(row.id, [])))
        before = [
            state for state in states if state["known_until"] and state["known_from"] < state["known_until"]
        ]
        if before:
            connection.execute(sa.insert(past), before)
        if states[-1]["known_from"] is not None:
            connection.execute(
                sa.update(step_round)
                .where(step_round.c.id == row.id)
                .values(known_from=states[-1]["known_from"])
            )


def _states(
    row: Any, names: list[str], first: datetime | None, corrections: list[Any]
) -> Iterator[dict[str, Any]]:
    """How a round stood one after the other; the last one is the present, and has no `known_until`."""
    present = {"round_id": row.id, **{name: getattr(row, name) for name in names}}
    if row.recorded_at is None or first is None or row.recorded_at <= first:
        yield {**present, "known_from": first or row.recorded_at, "known_until": None}
        return
    counted = row.counted or (row.state == "skipped" and row.late_from is not None)  # a skip took it out
    opened = {**present, **_UNKNOWN_BEFORE, "state": "open", "counted": counted, "recorded_late": False}
    yield {**opened, "version": 1, "known_from": first, "known_until": row.recorded_at}
    said = {name: getattr(row, name) for name in _PUT_RIGHT}
    before = []  # what stood before each correction, the latest first
    for act in reversed(corrections):
        told = json.loads(act.details)
        if was := told.get("old_finished_at"):
            said["finished_at"] = datetime.strptime(was, "%Y-%m-%dT%H:%MZ").replace(tzinfo=UTC)
        for name in _PUT_RIGHT[1:]:
            said[name] = told.get(f"old_{name}", said[name])
        before.append({**present, **said})
    changes = [row.recorded_at, *(act.recorded_at for act in corrections)]
    for state, (known_from, known_until) in zip(reversed(before), pairwise(changes), strict=True):
        yield {**state, "known_from": known_from, "known_until": known_until}
    yield {**present, "known_from": changes[-1], "known_until": None}
