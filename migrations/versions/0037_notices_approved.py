"""Notices are drafted by one and approved by another, and say item by item what the law has told."""

import sqlalchemy as sa
from alembic import op

revision = "0037"
down_revision = "0036"

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "notice_draft",
        sa.Column("id", KEY, nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("purposes", sa.JSON(), nullable=False),
        sa.Column("title_vi", sa.String(length=200), nullable=False),
        sa.Column("title_en", sa.String(length=200), nullable=False),
        sa.Column("text_vi", sa.String(), nullable=False),
        sa.Column("text_en", sa.String(), nullable=False),
        sa.Column("terms", sa.JSON(), nullable=False),
        sa.Column("written_by", KEY, nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["written_by"], ["account.id"], name=op.f("fk_notice_draft_written_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice_draft")),
        sa.UniqueConstraint("code", name=op.f("uq_notice_draft_code")),
    )
    # Of what was in force it is not known who approved it, and when.
    with op.batch_alter_table("notice") as notice:
        notice.add_column(sa.Column("terms", sa.JSON(), nullable=False, server_default="{}"))
        notice.add_column(sa.Column("written_by", KEY, nullable=True))
        notice.add_column(sa.Column("approved_by", KEY, nullable=True))
        notice.add_column(sa.Column("approved_at", sa.DateTime(timezone=True), nullable=True))
        notice.create_foreign_key(op.f("fk_notice_written_by"), "account", ["written_by"], ["id"])
        notice.create_foreign_key(op.f("fk_notice_approved_by"), "account", ["approved_by"], ["id"])
    with op.batch_alter_table("notice") as notice:
        notice.alter_column("terms", server_default=None)


def downgrade() -> None:
    with op.batch_alter_table("notice") as notice:
        notice.drop_constraint(op.f("fk_notice_approved_by"), type_="foreignkey")
        notice.drop_constraint(op.f("fk_notice_written_by"), type_="foreignkey")
        for name in ("approved_at", "approved_by", "written_by", "terms"):
            notice.drop_column(name)
    op.drop_table("notice_draft")
