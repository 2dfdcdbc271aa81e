"""Roots and witnesses: the signed ends of the trail, which are only added to as the trail itself is."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "audit_root",
        sa.Column("id", number, autoincrement=False, nullable=False),
        sa.Column("entry", number, nullable=False),
        sa.Column("line", sa.String(length=400), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_root")),
        sa.UniqueConstraint("entry", name=op.f("uq_audit_root_entry")),
    )
    if op.get_bind().dialect.name == "sqlite":
        for act in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER audit_root_{act.lower()} BEFORE {act} ON audit_root"
                " BEGIN SELECT RAISE(ABORT, 'audit_root is only added to'); END"
            )
    else:
        op.execute(
            "CREATE TRIGGER audit_root_only_added_to BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_root"
            " FOR EACH STATEMENT EXECUTE FUNCTION only_added_to()"
        )


def downgrade() -> None:
    # Its triggers go with it.
    op.drop_table("audit_root")
