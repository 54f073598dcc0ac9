"""Logbooks, duties, pauses, attachments, papers, ties; departure and completeness of a round."""

import json
import tomllib

import sqlalchemy as sa
from alembic import op

from models.tables import base

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "duty_entry",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("duty_key", sa.String(length=40), nullable=False),
        sa.Column("on_date", sa.Date(), nullable=False),
        sa.Column("happened_at", base.Moment(), nullable=False),
        sa.Column("recorded_at", base.Instant(), nullable=False),
        sa.Column("recorded_by", sa.Integer(), nullable=False),
        sa.Column("data", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "state = 'kept' OR (reason IS NOT NULL AND length(reason) > 0)",
            name=op.f("ck_duty_entry_reason_given"),
        ),
        sa.CheckConstraint("state IN ('kept', 'struck')", name=op.f("ck_duty_entry_state_known")),
        sa.ForeignKeyConstraint(
            ["recorded_by"], ["user_account.id"], name=op.f("fk_duty_entry_recorded_by_user_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_duty_entry")),
    )
    with op.batch_alter_table("duty_entry", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_duty_entry_code_duty_key_on_date"), ["code", "duty_key", "on_date"], unique=False
        )

    op.create_table(
        "form_draft",
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("form", sa.String(length=80), nullable=False),
        sa.Column("key_id", sa.String(length=16), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("saved_at", base.Instant(), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_form_draft_user_id_user_account")
        ),
        sa.PrimaryKeyConstraint("user_id", "form", name=op.f("pk_form_draft")),
    )
    op.create_table(
        "case_assignee",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("recorded_at", base.Instant(), nullable=False),
        sa.Column("recorded_by", sa.Integer(), nullable=False),
        sa.Column("ended_at", base.Instant(), nullable=True),
        sa.Column("ended_by", sa.Integer(), nullable=True),
        sa.Column("ended_reason", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "(ended_at IS NULL) = (ended_by IS NULL)", name=op.f("ck_case_assignee_ended_has_author")
        ),
        sa.CheckConstraint("length(reason) > 0", name=op.f("ck_case_assignee_reason_given")),
        sa.ForeignKeyConstraint(
            ["case_id"], ["case_file.id"], name=op.f("fk_case_assignee_case_id_case_file")
        ),
        sa.ForeignKeyConstraint(
            ["ended_by"], ["user_account.id"], name=op.f("fk_case_assignee_ended_by_user_account")
        ),
        sa.ForeignKeyConstraint(
            ["recorded_by"], ["user_account.id"], name=op.f("fk_case_assignee_recorded_by_user_account")
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_case_assignee_user_id_user_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_assignee")),
    )
    with op.batch_alter_table("case_assignee", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_case_assignee_user_id"), ["user_id"], unique=False)
        batch_op.create_index(
            "uq_case_assignee_in_force",
            ["case_id", "user_id"],
            unique=True,
            sqlite_where=sa.text("ended_at IS NULL"),
            postgresql_where=sa.text("ended_at IS NULL"),
        )

    op.create_table(
        "case_conflict",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("recorded_at", base.Instant(), nullable=False),
        sa.Column("recorded_by", sa.Integer(), nullable=False),
        sa.Column("ended_at", base.Instant(), nullable=True),
        sa.Column("ended_by", sa.Integer(), nullable=True),
        sa.Column("ended_reason", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "(ended_at IS NULL) = (ended_by IS NULL)", name=op.f("ck_case_conflict_ended_has_author")
        ),
        sa.CheckConstraint("length(reason) > 0", name=op.f("ck_case_conflict_reason_given")),
        sa.ForeignKeyConstraint(
            ["case_id"], ["case_file.id"], name=op.f("fk_case_conflict_case_id_case_file")
        ),
        sa.ForeignKeyConstraint(
            ["ended_by"], ["user_account.id"], name=op.f("fk_case_conflict_ended_by_user_account")
        ),
        sa.ForeignKeyConstraint(
            ["recorded_by"], ["user_account.id"], name=op.f("fk_case_conflict_recorded_by_user_account")
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_case_conflict_user_id_user_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_conflict")),
    )
    with op.batch_alter_table("case_conflict", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_case_conflict_user_id"), ["user_id"], unique=False)
        batch_op.create_index(
            "uq_case_conflict_in_force",
            ["case_id", "user_id"],
            unique=True,
            sqlite_where=sa.text("ended_at IS NULL"),
            postgresql_where=sa.text("ended_at IS NULL"),
        )

    op.create_table(
        "case_link",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("other_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("recorded_at", base.Instant(), nullable=False),
        sa.Column("recorded_by", sa.Integer(), nullable=False),
        sa.CheckConstraint("case_id < other_id", name=op.f("ck_case_link_lower_first")),
        sa.CheckConstraint("length(reason) > 0", name=op.f("ck_case_link_reason_given")),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"], name=op.f("fk_case_link_case_id_case_file")),
        sa.ForeignKeyConstraint(["other_id"], ["case_file.id"], name=op.f("fk_case_link_other_id_case_file")),
        sa.ForeignKeyConstraint(
            ["recorded_by"], ["user_account.id"], name=op.f("fk_case_link_recorded_by_user_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_link")),
        sa.UniqueConstraint("case_id", "other_id", name=op.f("uq_case_link_case_id_other_id")),
    )
    with op.batch_alter_table("case_link", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_case_link_other_id"), ["other_id"], unique=False)

    op.create_table(
        "case_paper",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("document_key", sa.String(length=40), nullable=False),
        sa.Column("data", sa.JSON(), nullable=False),
        sa.Column("recorded_at", base.Instant(), nullable=False),
        sa.Column("recorded_by", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"], name=op.f("fk_case_paper_case_id_case_file")),
        sa.ForeignKeyConstraint(
            ["recorded_by"], ["user_account.id"], name=op.f("fk_case_paper_recorded_by_user_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_paper")),
        sa.UniqueConstraint("case_id", "document_key", name=op.f("uq_case_paper_case_id_document_key")),
    )
    op.create_table(
        "journal_entry",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("journal_key", sa.String(length=40), nullable=False),
        sa.Column("happened_at", base.Moment(), nullable=False),
        sa.Column("recorded_at", base.Instant(), nullable=False),
        sa.Column("recorded_by", sa.Integer(), nullable=False),
        sa.Column("data", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "state = 'kept' OR (reason IS NOT NULL AND length(reason) > 0)",
            name=op.f("ck_journal_entry_reason_given"),
        ),
        sa.CheckConstraint("state IN ('kept', 'struck')", name=op.f("ck_journal_entry_state_known")),
        sa.ForeignKeyConstraint(
            ["case_id"], ["case_file.id"], name=op.f("fk_journal_entry_case_id_case_file")
        ),
        sa.ForeignKeyConstraint(
            ["recorded_by"], ["user_account.id"], name=op.f("fk_journal_entry_recorded_by_user_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_journal_entry")),
    )
    with op.batch_alter_table("journal_entry", schema=None) as batch_op:
        batch_op.create_index(
            "ix_journal_entry_slots",
            ["case_id", "journal_key", "state", "happened_at", "recorded_at"],
            unique=False,
        )

    op.create_table(
        "pause",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("started_at", base.Moment(), nullable=False),
        sa.Column("ended_at", base.Moment(), nullable=True),
        sa.Column("recorded_at", base.Instant(), nullable=False),
        sa.Column("recorded_by", sa.Integer(), nullable=False),
        sa.Column("ended_recorded_at", base.Instant(), nullable=True),
        sa.Column("ended_by", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("kind IN ('reporter', 'other')", name=op.f("ck_pause_kind_known")),
        sa.CheckConstraint(
            "(ended_at IS NULL) = (ended_by IS NULL) AND (ended_at IS NULL) = (ended_recorded_at IS NULL)",
            name=op.f("ck_pause_ended_has_author"),
        ),
        sa.CheckConstraint(
            "ended_at IS NULL OR ended_at > started_at", name=op.f("ck_pause_ended_after_started")
        ),
        sa.CheckConstraint("length(reason) > 0", name=op.f("ck_pause_reason_given")),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"], name=op.f("fk_pause_case_id_case_file")),
        sa.ForeignKeyConstraint(
            ["ended_by"], ["user_account.id"], name=op.f("fk_pause_ended_by_user_account")
        ),
        sa.ForeignKeyConstraint(
            ["recorded_by"], ["user_account.id"], name=op.f("fk_pause_recorded_by_user_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pause")),
    )
    with op.batch_alter_table("pause", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_pause_case_id_started_at"), ["case_id", "started_at"], unique=False
        )

    op.create_table(
        "attachment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("round_id", sa.Integer(), nullable=True),
        sa.Column("output_key", sa.String(length=40), nullable=True),
        sa.Column("entry_id", sa.Integer(), nullable=True),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("filename", sa.String(length=160), nullable=False),
        sa.Column("media_type", sa.String(length=100), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("confidential", sa.Boolean(), nullable=False),
        sa.Column("recorded_at", base.Instant(), nullable=False),
        sa.Column("recorded_by", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "state = 'kept' OR (reason IS NOT NULL AND length(reason) > 0)",
            name=op.f("ck_attachment_reason_given"),
        ),
        sa.CheckConstraint("state IN ('kept', 'withdrawn')", name=op.f("ck_attachment_state_known")),
        sa.CheckConstraint(
            "(output_key IS NULL) OR (round_id IS NOT NULL)", name=op.f("ck_attachment_output_has_round")
        ),
        sa.CheckConstraint("size > 0", name=op.f("ck_attachment_not_empty")),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"], name=op.f("fk_attachment_case_id_case_file")),
        sa.ForeignKeyConstraint(
            ["entry_id"], ["journal_entry.id"], name=op.f("fk_attachment_entry_id_journal_entry")
        ),
        sa.ForeignKeyConstraint(
            ["recorded_by"], ["user_account.id"], name=op.f("fk_attachment_recorded_by_user_account")
        ),
        sa.ForeignKeyConstraint(
            ["round_id"], ["step_round.id"], name=op.f("fk_attachment_round_id_step_round")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attachment")),
    )
    with op.batch_alter_table("attachment", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_attachment_case_id"), ["case_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_attachment_entry_id"), ["entry_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_attachment_round_id"), ["round_id"], unique=False)

    op.create_table(
        "attachment_body",
        sa.Column("attachment_id", sa.Integer(), nullable=False),
        sa.Column("key_id", sa.String(length=16), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["attachment_id"], ["attachment.id"], name=op.f("fk_attachment_body_attachment_id_attachment")
        ),
        sa.PrimaryKeyConstraint("attachment_id", name=op.f("pk_attachment_body")),
    )
    with op.batch_alter_table("step_round", schema=None) as batch_op:
        batch_op.add_column(sa.Column("begun_at", base.Moment(), nullable=True))
        batch_op.add_column(sa.Column("outputs_due", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("outputs_held", sa.Integer(), nullable=True))
        batch_op.create_index(
            "ix_step_round_outputs",
            ["code", "finished_at", "step_key", "outputs_due", "outputs_held"],
            unique=False,
        )
    _count_outputs(op.get_bind())


def _count_outputs(connection: sa.Connection) -> None:
    """Count the papers of the rounds that were finished before there was a count, as their SOP version names them."""
    sources = connection.execute(sa.text("SELECT id, source FROM sop_version")).all()
    required = {}
    for row in sources:
        for step in tomllib.loads(row.source).get("step", []):
            keys = [one["key"] for one in step.get("outputs", []) if one.get("required", True)]
            required[row.id, step["key"]] = [] if step.get("automatic") else keys
    rounds = connection.execute(
        sa.text("SELECT id, sop_version_id, case_id, step_key, state, data FROM step_round ORDER BY round_no")
    ).all()
    # a round that was handed back, or that a further one has followed, owes its papers no longer
    latest = {(row.case_id, row.step_key): row.id for row in rounds if row.case_id and row.state != "void"}
    counted = []
    for row in rounds:
        if row.state not in ("done", "returned"):
            continue
        owes = row.state == "done" and latest.get((row.case_id, row.step_key), row.id) == row.id
        keys = required.get((row.sop_version_id, row.step_key), []) if owes else []
        data = json.loads(row.data) if isinstance(row.data, str) else row.data
        counted.append(
            {"id": row.id, "due": len(keys), "held": sum(bool(data.get(f"output_{key}")) for key in keys)}
        )
    if counted:
        statement = sa.text("UPDATE step_round SET outputs_due = :due, outputs_held = :held WHERE id = :id")
        connection.execute(statement, counted)
