"""What the columns of a sender's files mean, kept to be proposed for the next; and relatives on rows of their own.

Its wall is that of files: a transaction sees the mappings of whoever saw nobody but whom it sees.
"""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"

BELOW = sa.text("above_id IS NOT NULL")
KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
EVERYONE = "(SELECT current_setting('kieubao.everyone', true)) = 'on'"


def none_of(name: str, part: int) -> str:
    seen = f"(SELECT string_to_array(current_setting('kieubao.{name}', true), ','))::text[]"
    return f"split_part(unit, '.', {part}) <> ALL (coalesce({seen}, '{{}}'))"


UNSEEN = (
    "SELECT FROM json_array_elements_text(units) AS one(unit)"
    f" WHERE {none_of('provinces', 1)} AND {none_of('communes', 2)}"
)


def upgrade() -> None:
    op.create_table(
        "saved_mapping",
        sa.Column("id", KEY, nullable=False),
        sa.Column("code", sa.String(length=20), nullable=False),
        sa.Column("account_id", KEY, nullable=False),
        sa.Column("units", sa.JSON(), nullable=False),
        sa.Column("sender", sa.LargeBinary(), nullable=False),
        sa.Column("layout", sa.LargeBinary(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_saved_mapping_account_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_mapping")),
        sa.UniqueConstraint("code", name=op.f("uq_saved_mapping_code")),
    )
    op.add_column("intake_row", sa.Column("above_id", KEY, nullable=True))
    below = {"sqlite_where": BELOW, "postgresql_where": BELOW}
    op.create_index(op.f("ix_intake_row_above_id"), "intake_row", ["above_id"], **below)
    if op.get_bind().dialect.name == "postgresql":
        seen = f"{EVERYONE} OR json_array_length(units) > 0 AND NOT EXISTS ({UNSEEN})"
        op.execute("ALTER TABLE saved_mapping ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY")
        op.execute(f"CREATE POLICY by_units ON saved_mapping USING ({seen})")


def downgrade() -> None:
    op.drop_index(op.f("ix_intake_row_above_id"), "intake_row")
    op.drop_column("intake_row", "above_id")
    op.drop_table("saved_mapping")
