"""Contributions: what people offer or give, and what comes of it; and what somebody does, in words to be found by.

The words are made by `flask people reindex`.
"""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
ORGANISATION = "(SELECT nullif(current_setting('kieubao.organisation', true), '')::bigint)"
# Of a record that was merged, whoever sees the one that stays sees what hangs on it.
BY_HOME = (
    "(SELECT current_setting('kieubao.everyone', true)) = 'on'"
    f" OR {ORGANISATION} IS NULL AND EXISTS (SELECT FROM standing JOIN person"
    " ON person.id = coalesce(standing.successor_id, standing.person_id)"
    " WHERE standing.person_id = contribution.person_id)"
)


def upgrade() -> None:
    op.add_column("person", sa.Column("work_key", sa.String(), server_default="", nullable=False))
    op.create_table(
        "contribution",
        sa.Column("id", KEY, nullable=False),
        sa.Column("code", sa.String(length=14), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("person_id", KEY, nullable=False),
        sa.Column("occasion_id", KEY, nullable=True),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("stage", sa.String(length=20), nullable=False),
        sa.Column("stands_since", sa.Date(), nullable=False),
        sa.Column("project", sa.LargeBinary(), nullable=True),
        sa.Column("worth", KEY, nullable=True),
        sa.Column("unit", sa.String(length=10), nullable=True),
        sa.Column("note", sa.LargeBinary(), nullable=True),
        sa.Column("account_id", KEY, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_contribution_account_id")),
        sa.ForeignKeyConstraint(["occasion_id"], ["occasion.id"], name=op.f("fk_contribution_occasion_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_contribution_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contribution")),
        sa.UniqueConstraint("code", "version", name=op.f("uq_contribution_code_version")),
    )
    for column in ("person_id", "occasion_id"):
        op.create_index(op.f(f"ix_contribution_{column}"), "contribution", [column])
    if op.get_bind().dialect.name == "postgresql":
        op.execute("ALTER TABLE contribution ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY")
        op.execute(f"CREATE POLICY by_home ON contribution USING ({BY_HOME})")


def downgrade() -> None:
    op.drop_table("contribution")
    op.drop_column("person", "work_key")
