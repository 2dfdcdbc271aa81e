"""Rows that change a record that was there; and rows that wait, for somebody was erased who may be their person."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"

BEFORE = ("read", "left_out", "new", "refused", "known", "taken", "undone", "kept")
NOW = (
    *("read", "left_out", "new", "changed", "same", "waiting", "refused", "known"),
    *("taken", "amended", "undone", "kept"),
)
KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    with op.batch_alter_table("intake_row") as table:
        table.add_column(sa.Column("version", sa.Integer(), nullable=True))
        table.add_column(sa.Column("said_from", KEY, nullable=True))
        table.add_column(sa.Column("admitted", sa.Boolean(), nullable=False, server_default=sa.false()))
        table.drop_constraint(op.f("ck_intake_row_state"), type_="check")
        table.create_check_constraint(op.f("ck_intake_row_state"), f"state IN {NOW}")


def downgrade() -> None:
    with op.batch_alter_table("intake_row") as table:
        table.drop_constraint(op.f("ck_intake_row_state"), type_="check")
        table.create_check_constraint(op.f("ck_intake_row_state"), f"state IN {BEFORE}")
        table.drop_column("admitted")
        table.drop_column("said_from")
        table.drop_column("version")
