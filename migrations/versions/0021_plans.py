"""Plans, their tasks, and the agencies they name with what became of those."""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "agency",
        sa.Column("id", KEY, nullable=False),
        sa.Column("code", sa.String(length=14), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("province", sa.String(length=10), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agency")),
        sa.UniqueConstraint("code", name=op.f("uq_agency_code")),
        sa.UniqueConstraint("province", "name", name=op.f("uq_agency_province_name")),
    )
    op.create_table(
        "agency_succession",
        sa.Column("agency_id", KEY, nullable=False),
        sa.Column("successor_id", KEY, nullable=False),
        sa.Column("succeeded_on", sa.Date(), nullable=False),
        sa.Column("document", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(["agency_id"], ["agency.id"], name=op.f("fk_agency_succession_agency_id")),
        sa.ForeignKeyConstraint(["successor_id"], ["agency.id"], name=op.f("fk_agency_succession_successor_id")),
        sa.PrimaryKeyConstraint("agency_id", "successor_id", name=op.f("pk_agency_succession")),
    )
    op.create_table(
        "plan",
        sa.Column("id", KEY, nullable=False),
        sa.Column("code", sa.String(length=14), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("published", sa.String(length=20), nullable=True),
        sa.Column("title", sa.String(length=300), nullable=False),
        sa.Column("number", sa.String(length=60), nullable=True),
        sa.Column("signed_on", sa.Date(), nullable=True),
        sa.Column("province", sa.String(length=10), nullable=False),
        sa.Column("from_year", sa.Integer(), nullable=False),
        sa.Column("until_year", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan")),
        sa.UniqueConstraint("code", name=op.f("uq_plan_code")),
        sa.UniqueConstraint("published", name=op.f("uq_plan_published")),
    )
    op.create_table(
        "plan_task",
        sa.Column("id", KEY, nullable=False),
        sa.Column("code", sa.String(length=14), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("plan_id", KEY, nullable=False),
        sa.Column("reference", sa.String(length=20), nullable=False),
        sa.Column("section", sa.String(length=40), nullable=False),
        sa.Column("title", sa.String(length=300), nullable=False),
        sa.Column("rhythm", sa.String(length=20), nullable=True),
        sa.Column("before", sa.String(length=5), nullable=True),
        sa.Column("leads", sa.JSON(), nullable=False),
        sa.Column("others", sa.JSON(), nullable=False),
        sa.Column("to", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["plan_id"], ["plan.id"], name=op.f("fk_plan_task_plan_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_task")),
        sa.UniqueConstraint("code", name=op.f("uq_plan_task_code")),
    )
    op.create_index(op.f("ix_plan_task_plan_id"), "plan_task", ["plan_id"])


def downgrade() -> None:
    for name in ("plan_task", "plan", "agency_succession", "agency"):
        op.drop_table(name)
