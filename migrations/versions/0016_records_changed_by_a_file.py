"""Rows that change a record that was there: as of which version, and from which line of the ledger on."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"

BEFORE = ("read", "left_out", "new", "refused", "known", "taken", "undone", "kept")
NOW = ("read", "left_out", "new", "changed", "same", "refused", "known", "taken", "amended", "undone", "kept")
KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    with op.batch_alter_table("intake_row") as table:
        table.add_column(sa.Column("version", sa.Integer(), nullable=True))
        table.add_column(sa.Column("said_from", KEY, nullable=True))
        table.drop_constraint(op.f("ck_intake_row_state"), type_="check")
        table.create_check_constraint(op.f("ck_intake_row_state"), f"state IN {NOW}")


def downgrade() -> None:
    with op.batch_alter_table("intake_row") as table:
        table.drop_constraint(op.f("ck_intake_row_state"), type_="check")
        table.create_check_constraint(op.f("ck_intake_row_state"), f"state IN {BEFORE}")
        table.drop_column("said_from")
        table.drop_column("version")
