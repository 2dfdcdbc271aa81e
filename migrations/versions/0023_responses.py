"""Responses: what people said to an occasion, and whether they came."""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
ORGANISATION = "(SELECT nullif(current_setting('kieubao.organisation', true), '')::bigint)"
BY_HOME = (
    "(SELECT current_setting('kieubao.everyone', true)) = 'on'"
    f" OR {ORGANISATION} IS NULL AND EXISTS (SELECT FROM person WHERE person.id = response.person_id)"
)
BY_LIST = f"{ORGANISATION} IS NOT NULL AND in_hand(person_id, (SELECT open_issues()), (SELECT taken_files()))"
# Who is seen nowhere takes a seat all the same: without a name, and with its words sealed, it is open to reading.
POLICIES = (
    "to_all ON response FOR SELECT USING (true)",
    f"by_home ON response USING ({BY_HOME})",
    f"by_list ON response FOR INSERT WITH CHECK ({BY_LIST})",
)


def upgrade() -> None:
    op.create_table(
        "response",
        sa.Column("id", KEY, nullable=False),
        sa.Column("occasion_id", KEY, nullable=False),
        sa.Column("person_id", KEY, nullable=False),
        sa.Column("answer", sa.String(length=20), nullable=True),
        sa.Column("companions", sa.Integer(), nullable=False),
        sa.Column("presence", sa.String(length=20), nullable=True),
        sa.Column("place", KEY, nullable=True),
        sa.Column("said_by", sa.String(length=20), nullable=False),
        sa.Column("spoken_by", sa.LargeBinary(), nullable=True),
        sa.Column("channel", sa.String(length=20), nullable=True),
        sa.Column("note", sa.LargeBinary(), nullable=True),
        sa.Column("account_id", KEY, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_response_account_id")),
        sa.ForeignKeyConstraint(["occasion_id"], ["occasion.id"], name=op.f("fk_response_occasion_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_response_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_response")),
    )
    op.create_index(op.f("ix_response_occasion_id_person_id"), "response", ["occasion_id", "person_id"])
    op.create_index(op.f("ix_response_person_id"), "response", ["person_id"])
    if op.get_bind().dialect.name == "postgresql":
        op.execute("ALTER TABLE response ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY")
        for policy in POLICIES:
            op.execute(f"CREATE POLICY {policy}")


def downgrade() -> None:
    op.drop_table("response")
