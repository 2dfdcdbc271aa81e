"""Households: a list may have one invitation for each, to whom of theirs is asked first."""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"


def upgrade() -> None:
    for table in ("outreach_list", "issue"):
        op.add_column(table, sa.Column("households", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.add_column("outreach_list", sa.Column("first", sa.JSON(), server_default="[]", nullable=False))


def downgrade() -> None:
    op.drop_column("outreach_list", "first")
    for table in ("issue", "outreach_list"):
        op.drop_column(table, "households")
