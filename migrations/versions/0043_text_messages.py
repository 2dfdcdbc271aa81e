"""What people agreed to by text message waits to be said once more."""

import sqlalchemy as sa
from alembic import op

revision = "0043"
down_revision = "0042"

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
ORGANISATION = "(SELECT nullif(current_setting('kieubao.organisation', true), '')::bigint)"
# Of a record that was merged, whoever sees the one that stays sees what hangs on it.
BY_HOME = (
    "(SELECT current_setting('kieubao.everyone', true)) = 'on'"
    f" OR {ORGANISATION} IS NULL AND EXISTS (SELECT FROM standing JOIN person"
    " ON person.id = coalesce(standing.successor_id, standing.person_id)"
    " WHERE standing.person_id = text_wish.person_id)"
)


def upgrade() -> None:
    op.create_table(
        "text_wish",
        sa.Column("id", KEY, nullable=False),
        sa.Column("code", sa.String(length=14), nullable=False),
        sa.Column("person_id", KEY, nullable=False),
        sa.Column("told", sa.LargeBinary(), nullable=False),
        sa.Column("code_digest", sa.String(length=40), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_text_wish_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_text_wish")),
        sa.UniqueConstraint("code", name=op.f("uq_text_wish_code")),
    )
    op.create_index(op.f("ix_text_wish_person_id"), "text_wish", ["person_id"])
    if op.get_bind().dialect.name == "postgresql":
        op.execute("ALTER TABLE text_wish ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY")
        op.execute(f"CREATE POLICY by_home ON text_wish USING ({BY_HOME})")


def downgrade() -> None:
    # No request that came so can stay.
    if op.get_bind().dialect.name == "postgresql":
        op.execute("SELECT set_config('kieubao.everyone', 'on', true)")
    op.execute("UPDATE subject_request SET way = 'phone' WHERE way = 'sms'")
    op.drop_table("text_wish")
