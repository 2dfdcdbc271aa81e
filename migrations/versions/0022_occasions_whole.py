"""What else is recorded of an occasion: its task, host, languages, until when to answer, and what its kind asks."""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
COLUMNS = (
    ("version", sa.Integer(), "1"),
    ("languages", sa.JSON(), "[]"),
    ("details", sa.JSON(), "{}"),
)


def upgrade() -> None:
    with op.batch_alter_table("occasion") as batch:
        for name, kind, standing in COLUMNS:
            batch.add_column(sa.Column(name, kind, nullable=False, server_default=standing))
        batch.add_column(sa.Column("task_id", KEY, nullable=True))
        batch.add_column(sa.Column("host", sa.String(length=200), nullable=True))
        batch.add_column(sa.Column("reply_by", sa.Date(), nullable=True))
        batch.create_foreign_key(op.f("fk_occasion_task_id"), "plan_task", ["task_id"], ["id"])
    with op.batch_alter_table("occasion") as batch:
        for name, _kind, _standing in COLUMNS:
            batch.alter_column(name, server_default=None)


def downgrade() -> None:
    with op.batch_alter_table("occasion") as batch:
        batch.drop_constraint(op.f("fk_occasion_task_id"), type_="foreignkey")
        for name in ("reply_by", "host", "task_id", *(name for name, *_rest in COLUMNS)):
            batch.drop_column(name)
