"""What people ask of the office about their data, and each step of what becomes of it."""

import sqlalchemy as sa
from alembic import op

revision = "0036"
down_revision = "0035"

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
ORGANISATION = "(SELECT nullif(current_setting('kieubao.organisation', true), '')::bigint)"
# Of a record that was merged, whoever sees the one that stays sees what hangs on it.
BY_HOME = (
    "(SELECT current_setting('kieubao.everyone', true)) = 'on'"
    f" OR {ORGANISATION} IS NULL AND EXISTS (SELECT FROM standing JOIN person"
    " ON person.id = coalesce(standing.successor_id, standing.person_id)"
    " WHERE standing.person_id = subject_request.person_id)"
)
# Seen with its request.
BY_REQUEST = "EXISTS (SELECT FROM subject_request r WHERE r.id = request_step.request_id)"


def upgrade() -> None:
    op.create_table(
        "subject_request",
        sa.Column("id", KEY, nullable=False),
        sa.Column("code", sa.String(length=14), nullable=False),
        sa.Column("person_id", KEY, nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("way", sa.String(length=20), nullable=False),
        sa.Column("received_on", sa.Date(), nullable=False),
        sa.Column("asked_by", sa.LargeBinary(), nullable=True),
        sa.Column("wish", sa.LargeBinary(), nullable=True),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_subject_request_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_subject_request")),
        sa.UniqueConstraint("code", name=op.f("uq_subject_request_code")),
    )
    op.create_index(op.f("ix_subject_request_person_id"), "subject_request", ["person_id"])
    op.create_index(op.f("ix_subject_request_ended_on_received_on"), "subject_request", ["ended_on", "received_on"])
    op.create_table(
        "request_step",
        sa.Column("id", KEY, nullable=False),
        sa.Column("request_id", KEY, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("step", sa.String(length=20), nullable=False),
        sa.Column("days", sa.Integer(), nullable=True),
        sa.Column("ground", sa.String(length=20), nullable=True),
        sa.Column("remark", sa.LargeBinary(), nullable=True),
        sa.Column("account_id", KEY, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_request_step_account_id")),
        sa.ForeignKeyConstraint(["request_id"], ["subject_request.id"], name=op.f("fk_request_step_request_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_request_step")),
        sa.UniqueConstraint("request_id", "number", name=op.f("uq_request_step_request_id_number")),
    )
    if op.get_bind().dialect.name == "postgresql":
        for table, rule in (("subject_request", BY_HOME), ("request_step", BY_REQUEST)):
            op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY")
            op.execute(f"CREATE POLICY by_home ON {table} USING ({rule})")


def downgrade() -> None:
    op.drop_table("request_step")
    op.drop_table("subject_request")
