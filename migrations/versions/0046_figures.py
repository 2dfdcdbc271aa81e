"""How many people there are, home by home: counted every night, and shown to whom the home is."""

import sqlalchemy as sa
from alembic import op

revision = "0046"
down_revision = "0045"

AT_HOME = "(SELECT current_setting('kieubao.everyone', true)) = 'on'" + "".join(
    f" OR {column} = ANY ((SELECT string_to_array(current_setting('kieubao.{units}', true), ','))::text[])"
    for column, units in (("province", "provinces"), ("commune", "communes"))
)


def upgrade() -> None:
    op.create_table(
        "figure",
        sa.Column("province", sa.String(length=2), nullable=False),
        sa.Column("commune", sa.String(length=5), nullable=False),
        sa.Column("by", sa.String(length=10), nullable=False),
        sa.Column("code", sa.String(length=20), nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.Column("counted_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("province", "commune", "by", "code", name=op.f("pk_figure")),
        sqlite_with_rowid=False,
    )
    if op.get_bind().dialect.name == "postgresql":
        op.execute("ALTER TABLE figure ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY")
        op.execute(f"CREATE POLICY by_home ON figure USING ({AT_HOME})")


def downgrade() -> None:
    op.drop_table("figure")
