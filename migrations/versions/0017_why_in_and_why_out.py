"""An issue keeps why everybody its list named is in it, by which line of the ledger, or out of it."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
EVERYONE = "(SELECT current_setting('kieubao.everyone', true)) = 'on'"
ORGANISATION = "(SELECT nullif(current_setting('kieubao.organisation', true), '')::bigint)"
SEEN = (
    "EXISTS (SELECT FROM standing s JOIN person p ON p.id = coalesce(s.successor_id, s.person_id)"
    " WHERE s.subject = issue_reason.subject)"
)
# Pseudonyms without a name: open to reading as what people said is. Nobody is said to be in or out who is not seen.
POLICIES = (
    "to_all ON issue_reason FOR SELECT USING (true)",
    f"by_home ON issue_reason FOR INSERT WITH CHECK ({EVERYONE} OR {ORGANISATION} IS NULL AND {SEEN})",
)


def upgrade() -> None:
    op.add_column("issue", sa.Column("omitted", sa.Integer(), nullable=True))
    op.add_column("issue", sa.Column("changes", sa.JSON(), nullable=True))
    op.create_table(
        "issue_reason",
        sa.Column("issue_id", KEY, nullable=False),
        sa.Column("subject", sa.Uuid(), nullable=False),
        sa.Column("reason", sa.String(length=20), nullable=True),
        sa.Column("line", KEY, nullable=True),
        sa.ForeignKeyConstraint(["issue_id"], ["issue.id"], name=op.f("fk_issue_reason_issue_id")),
        sa.PrimaryKeyConstraint("issue_id", "subject", name=op.f("pk_issue_reason")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_issue_reason_subject"), "issue_reason", ["subject"])
    if op.get_bind().dialect.name == "postgresql":
        op.execute("ALTER TABLE issue_reason ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY")
        for policy in POLICIES:
            op.execute(f"CREATE POLICY {policy}")


def downgrade() -> None:
    op.drop_table("issue_reason")
    op.drop_column("issue", "changes")
    op.drop_column("issue", "omitted")
