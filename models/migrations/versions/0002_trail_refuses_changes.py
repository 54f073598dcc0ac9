"""The trail refuses UPDATE and DELETE; the counters stand at their first value."""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_SQLITE = (
    "CREATE TRIGGER audit_no_{what} BEFORE {what} ON audit "
    "BEGIN SELECT RAISE(ABORT, 'the trail cannot be changed'); END"
)
# REPLACE deletes without asking the trigger above
_SQLITE_REPLACE = (
    "CREATE TRIGGER audit_no_replace BEFORE INSERT ON audit "
    "WHEN EXISTS (SELECT 1 FROM audit WHERE seq = NEW.seq OR hash = NEW.hash) "
    "BEGIN SELECT RAISE(ABORT, 'the trail cannot be changed'); END"
)
_POSTGRESQL = (
    "CREATE FUNCTION audit_refuse() RETURNS trigger LANGUAGE plpgsql AS "
    "$$ BEGIN RAISE EXCEPTION 'the trail cannot be changed'; END $$",
    "CREATE TRIGGER audit_no_change BEFORE UPDATE OR DELETE ON audit FOR EACH ROW EXECUTE FUNCTION audit_refuse()",
    "CREATE TRIGGER audit_no_truncate BEFORE TRUNCATE ON audit EXECUTE FUNCTION audit_refuse()",
)


def upgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        statements: tuple[str, ...] = _POSTGRESQL
    else:
        statements = (*(_SQLITE.format(what=what) for what in ("UPDATE", "DELETE")), _SQLITE_REPLACE)
    for statement in statements:
        op.execute(statement)
    op.execute("INSERT INTO counter (name, value) VALUES ('data_version', 1), ('calendar_version', 1)")
