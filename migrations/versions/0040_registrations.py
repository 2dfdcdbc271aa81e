"""Whoever registers on the public page waits for a clerk, in whose units the home place lies."""

import sqlalchemy as sa
from alembic import op

revision = "0040"
down_revision = "0039"

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
EVERYONE = "(SELECT current_setting('kieubao.everyone', true)) = 'on'"


def any_of(name: str) -> str:
    return f"ANY ((SELECT string_to_array(current_setting('kieubao.{name}', true), ','))::text[])"


AT_HOME = f"{EVERYONE} OR province = {any_of('provinces')} OR commune = {any_of('communes')}"


def upgrade() -> None:
    op.create_table(
        "registration",
        sa.Column("id", KEY, nullable=False),
        sa.Column("code", sa.String(length=14), nullable=False),
        sa.Column("registrant", sa.String(length=10), nullable=False),
        sa.Column("told", sa.LargeBinary(), nullable=False),
        sa.Column("province", sa.String(length=2), nullable=False),
        sa.Column("commune", sa.String(length=5), nullable=True),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by", KEY, nullable=True),
        sa.Column("outcome", sa.String(length=10), nullable=True),
        sa.Column("person_id", KEY, nullable=True),
        sa.ForeignKeyConstraint(["decided_by"], ["account.id"], name=op.f("fk_registration_decided_by")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_registration_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_registration")),
        sa.UniqueConstraint("code", name=op.f("uq_registration_code")),
    )
    for column in ("person_id", "decided_at", "sent_at"):
        op.create_index(op.f(f"ix_registration_{column}"), "registration", [column])
    if op.get_bind().dialect.name == "postgresql":
        op.execute("ALTER TABLE registration ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY")
        op.execute(f"CREATE POLICY by_home ON registration USING ({AT_HOME})")


def downgrade() -> None:
    op.drop_table("registration")
