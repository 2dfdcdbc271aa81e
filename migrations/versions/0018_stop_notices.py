"""Whoever was handed somebody's data is told to stop, and says that it was heeded."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
WAITS = sa.text("acknowledged_at IS NULL")


def upgrade() -> None:
    op.add_column("handover", sa.Column("channels", sa.JSON(), nullable=True))
    op.create_table(
        "stop_notice",
        sa.Column("id", KEY, nullable=False),
        sa.Column("handover_id", KEY, nullable=False),
        sa.Column("person_id", KEY, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("acknowledged_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("acknowledged_by", KEY, nullable=True),
        sa.ForeignKeyConstraint(["acknowledged_by"], ["account.id"], name=op.f("fk_stop_notice_acknowledged_by")),
        sa.ForeignKeyConstraint(["handover_id"], ["handover.id"], name=op.f("fk_stop_notice_handover_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_stop_notice_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stop_notice")),
    )
    op.create_index(op.f("ix_stop_notice_handover_id"), "stop_notice", ["handover_id"])
    op.create_index(op.f("ix_stop_notice_person_id"), "stop_notice", ["person_id"])
    op.create_index(
        "uq_stop_notice_waiting",
        "stop_notice",
        ["handover_id", "person_id"],
        unique=True,
        sqlite_where=WAITS,
        postgresql_where=WAITS,
    )


def downgrade() -> None:
    op.drop_table("stop_notice")
    op.drop_column("handover", "channels")
