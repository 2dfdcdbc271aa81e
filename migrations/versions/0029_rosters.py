"""Rosters for an emergency: the protection officer approves them too."""

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"


def upgrade() -> None:
    with op.batch_alter_table("outreach_list") as table:
        table.add_column(sa.Column("co_approver_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True))
        table.create_foreign_key(op.f("fk_outreach_list_co_approver_id"), "account", ["co_approver_id"], ["id"])


def downgrade() -> None:
    with op.batch_alter_table("outreach_list") as table:
        table.drop_constraint(op.f("fk_outreach_list_co_approver_id"), type_="foreignkey")
        table.drop_column("co_approver_id")
