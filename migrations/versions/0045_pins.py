"""What an account keeps at hand: people, behind the wall of whose they are, and searches."""

import sqlalchemy as sa
from alembic import op

revision = "0045"
down_revision = "0044"

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
ORGANISATION = "(SELECT nullif(current_setting('kieubao.organisation', true), '')::bigint)"
# Of a record that was merged, whoever sees the one that stays sees what hangs on it.
BY_HOME = (
    "(SELECT current_setting('kieubao.everyone', true)) = 'on'"
    f" OR {ORGANISATION} IS NULL AND EXISTS (SELECT FROM standing JOIN person"
    " ON person.id = coalesce(standing.successor_id, standing.person_id)"
    " WHERE standing.person_id = pinned_person.person_id)"
)


def upgrade() -> None:
    op.create_table(
        "pinned_person",
        sa.Column("account_id", KEY, nullable=False),
        sa.Column("person_id", KEY, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_pinned_person_account_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_pinned_person_person_id")),
        sa.PrimaryKeyConstraint("account_id", "person_id", name=op.f("pk_pinned_person")),
    )
    op.create_index(op.f("ix_pinned_person_person_id"), "pinned_person", ["person_id"])
    op.create_table(
        "pinned_search",
        sa.Column("id", KEY, nullable=False),
        sa.Column("code", sa.String(length=14), nullable=False),
        sa.Column("account_id", KEY, nullable=False),
        sa.Column("title", sa.String(length=80), nullable=False),
        sa.Column("typed", sa.JSON(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_pinned_search_account_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pinned_search")),
        sa.UniqueConstraint("code", name=op.f("uq_pinned_search_code")),
        sa.UniqueConstraint("account_id", "title", name=op.f("uq_pinned_search_account_id_title")),
    )
    if op.get_bind().dialect.name == "postgresql":
        op.execute("ALTER TABLE pinned_person ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY")
        op.execute(f"CREATE POLICY by_home ON pinned_person USING ({BY_HOME})")


def downgrade() -> None:
    op.drop_table("pinned_search")
    op.drop_table("pinned_person")
