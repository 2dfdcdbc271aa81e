"""An issue keeps by which line of the ledger each is in it, and whom it left out, and why."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
EVERYONE = "(SELECT current_setting('kieubao.everyone', true)) = 'on'"
ORGANISATION = "(SELECT nullif(current_setting('kieubao.organisation', true), '')::bigint)"
# What somebody answered, and whether they live, is for who sees them: no organisation is told whom a list left out.
BY_HOME = (
    f"{EVERYONE} OR {ORGANISATION} IS NULL AND EXISTS (SELECT FROM person WHERE person.id = issue_omission.person_id)"
)


def upgrade() -> None:
    op.add_column("issue", sa.Column("omitted", sa.Integer(), nullable=True))
    op.add_column("issue", sa.Column("changes", sa.JSON(), nullable=True))
    op.add_column("issue_entry", sa.Column("line", KEY, nullable=True))
    op.create_table(
        "issue_omission",
        sa.Column("issue_id", KEY, nullable=False),
        sa.Column("person_id", KEY, nullable=False),
        sa.Column("reason", sa.String(length=20), nullable=False),
        sa.ForeignKeyConstraint(["issue_id"], ["issue.id"], name=op.f("fk_issue_omission_issue_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_issue_omission_person_id")),
        sa.PrimaryKeyConstraint("issue_id", "person_id", name=op.f("pk_issue_omission")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_issue_omission_person_id"), "issue_omission", ["person_id"])
    if op.get_bind().dialect.name == "postgresql":
        op.execute("ALTER TABLE issue_omission ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY")
        op.execute(f"CREATE POLICY seen_by_home ON issue_omission FOR SELECT USING ({BY_HOME})")
        op.execute(f"CREATE POLICY by_home ON issue_omission FOR INSERT WITH CHECK ({BY_HOME})")


def downgrade() -> None:
    op.drop_table("issue_omission")
    op.drop_column("issue_entry", "line")
    op.drop_column("issue", "changes")
    op.drop_column("issue", "omitted")
