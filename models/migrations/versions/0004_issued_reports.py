"""Issued reports and their files, which the database refuses to change."""

import sqlalchemy as sa
from alembic import op

from models.tables import base

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_TABLES = ("issued_report", "issued_file")
_SQLITE = (
    "CREATE TRIGGER {table}_no_{what} BEFORE {what} ON {table} "
    "BEGIN SELECT RAISE(ABORT, 'an issued report cannot be changed'); END"
)
# REPLACE deletes without asking the trigger above
_SQLITE_REPLACE = (
    "CREATE TRIGGER {table}_no_replace BEFORE INSERT ON {table} "
    "WHEN EXISTS (SELECT 1 FROM {table} WHERE {same}) "
    "BEGIN SELECT RAISE(ABORT, 'an issued report cannot be changed'); END"
)
_SAME = {
    "issued_report": "id = NEW.id OR (code = NEW.code AND first_month = NEW.first_month "
    "AND last_month = NEW.last_month AND revision = NEW.revision)",
    "issued_file": "report_id = NEW.report_id AND kind = NEW.kind",
}
_POSTGRESQL = (
    "CREATE TRIGGER {table}_no_change BEFORE UPDATE OR DELETE ON {table} "
    "FOR EACH ROW EXECUTE FUNCTION issued_refuse()",
    "CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} EXECUTE FUNCTION issued_refuse()",
)


def upgrade() -> None:
    op.create_table(
        "issued_report",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("first_month", sa.Integer(), nullable=False),
        sa.Column("last_month", sa.Integer(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(length=100), nullable=False),
        sa.Column("place", sa.String(length=100), nullable=False),
        sa.Column("issued_on", sa.Date(), nullable=False),
        sa.Column("signatory_title", sa.String(length=120), nullable=False),
        sa.Column("signatory_name", sa.String(length=120), nullable=False),
        sa.Column("signatory_id", sa.String(length=40), nullable=False),
        sa.Column("as_of", base.Instant(), nullable=False),
        sa.Column("rests_on", sa.JSON(), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("recorded_at", base.Instant(), nullable=False),
        sa.Column("recorded_by", sa.Integer(), nullable=False),
        sa.CheckConstraint("last_month >= first_month", name=op.f("ck_issued_report_months_ordered")),
        sa.CheckConstraint("length(number) > 0", name=op.f("ck_issued_report_number_given")),
        sa.CheckConstraint(
            "revision = 1 OR (reason IS NOT NULL AND length(reason) > 0)",
            name=op.f("ck_issued_report_revision_has_reason"),
        ),
        sa.CheckConstraint("revision > 0", name=op.f("ck_issued_report_revision_positive")),
        sa.ForeignKeyConstraint(
            ["recorded_by"], ["user_account.id"], name=op.f("fk_issued_report_recorded_by_user_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_issued_report")),
        sa.UniqueConstraint(
            "code",
            "first_month",
            "last_month",
            "revision",
            name=op.f("uq_issued_report_code_first_month_last_month_revision"),
        ),
    )
    op.create_table(
        "issued_file",
        sa.Column("report_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("filename", sa.String(length=160), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint("kind IN ('xlsx', 'pdf')", name=op.f("ck_issued_file_kind_known")),
        sa.ForeignKeyConstraint(
            ["report_id"], ["issued_report.id"], name=op.f("fk_issued_file_report_id_issued_report")
        ),
        sa.PrimaryKeyConstraint("report_id", "kind", name=op.f("pk_issued_file")),
    )
    with op.batch_alter_table("issued_file", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_issued_file_sha256"), ["sha256"], unique=False)
    for statement in _refusals(op.get_bind().dialect.name):
        op.execute(statement)


def _refusals(dialect: str) -> list[str]:
    if dialect == "postgresql":
        function = (
            "CREATE FUNCTION issued_refuse() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN RAISE EXCEPTION 'an issued report cannot be changed'; END $$"
        )
        return [function, *(one.format(table=table) for table in _TABLES for one in _POSTGRESQL)]
    return [
        *(_SQLITE.format(table=table, what=what) for table in _TABLES for what in ("UPDATE", "DELETE")),
        *(_SQLITE_REPLACE.format(table=table, same=_SAME[table]) for table in _TABLES),
    ]
