"""Indexes from which the figures of a large record are counted: what is open, outputs by step, what left the order."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_OPEN = sa.text("state = 'open'")
_LEFT = sa.text("state = 'returned' OR state = 'skipped'")
_BEGUN = sa.text("begun_at IS NOT NULL")


def upgrade() -> None:
    for name in ("open", "outputs"):
        op.drop_index(f"ix_step_round_{name}", "step_round")
    op.create_index(
        "ix_step_round_outputs",
        "step_round",
        ["step_key", "code", "finished_at", "outputs_due", "outputs_held"],
    )
    _partial(
        "open",
        ["code", "state", "counted", "due_month", "step_key", "late_from", "at_risk_from", "due_at"],
        _OPEN,
    )
    _partial("left", ["code", "state", "step_key", "finished_at", "recorded_at"], _LEFT)
    _partial("begun", ["code", "begun_at"], _BEGUN)


def _partial(name: str, columns: list[str], where: sa.TextClause) -> None:
    op.create_index(
        f"ix_step_round_{name}", "step_round", columns, sqlite_where=where, postgresql_where=where
    )
