"""Whoever was handed somebody's data is told to stop, and says that it was heeded."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.add_column("handover", sa.Column("channels", sa.JSON(), nullable=True))
    op.create_table(
        "stop_notice",
        sa.Column("id", KEY, nullable=False),
        sa.Column("handover_id", KEY, nullable=False),
        sa.Column("person_id", KEY, nullable=False),
        sa.Column("told_on", sa.Date(), nullable=False),
        sa.Column("acknowledged_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("acknowledged_by", KEY, nullable=True),
        sa.ForeignKeyConstraint(["acknowledged_by"], ["account.id"], name=op.f("fk_stop_notice_acknowledged_by")),
        sa.ForeignKeyConstraint(
            ["handover_id", "person_id"],
            ["handover_person.handover_id", "handover_person.person_id"],
            name=op.f("fk_stop_notice_handover_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stop_notice")),
    )
    op.create_index(op.f("ix_stop_notice_handover_id_person_id"), "stop_notice", ["handover_id", "person_id"])


def downgrade() -> None:
    op.drop_table("stop_notice")
    op.drop_column("handover", "channels")
