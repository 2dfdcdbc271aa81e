"""How long records are kept: when somebody was last heard of, and told; the rules, and who is erased by them."""

import sqlalchemy as sa
from alembic import op

revision = "0041"
down_revision = "0040"

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
ORGANISATION = "(SELECT nullif(current_setting('kieubao.organisation', true), '')::bigint)"
DAYS = ("heard_on", "told_on")
# Days that most have none of.
KNOWN = (("standing", "deceased_on"), ("consent_now", "valid_until"))
WALLED = ("erasure_proposal", "reprieve", "reminder")


def by_home(table: str) -> str:
    # Of a record that was merged, whoever sees the one that stays sees what hangs on it.
    return (
        "(SELECT current_setting('kieubao.everyone', true)) = 'on'"
        f" OR {ORGANISATION} IS NULL AND EXISTS (SELECT FROM standing JOIN person"
        " ON person.id = coalesce(standing.successor_id, standing.person_id)"
        f" WHERE standing.person_id = {table}.person_id)"
    )


def person(table: str) -> list[sa.schema.SchemaItem]:
    return [
        sa.Column("person_id", KEY, nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f(f"fk_{table}_person_id")),
        sa.PrimaryKeyConstraint("person_id", name=op.f(f"pk_{table}")),
    ]


def by(table: str, name: str) -> list[sa.schema.SchemaItem]:
    return [
        sa.Column(name, KEY, nullable=False),
        sa.ForeignKeyConstraint([name], ["account.id"], name=op.f(f"fk_{table}_{name}")),
    ]


def upgrade() -> None:
    for name in DAYS:
        op.add_column("standing", sa.Column(name, sa.Date(), nullable=True))
    op.create_index(op.f("ix_person_created_at"), "person", ["created_at"])
    for table, name in KNOWN:
        there = sa.text(f"{name} IS NOT NULL")
        op.create_index(op.f(f"ix_{table}_{name}"), table, [name], sqlite_where=there, postgresql_where=there)
    op.create_table(
        "retention_rule",
        sa.Column("matter", sa.String(length=20), nullable=False),
        sa.Column("months", sa.Integer(), nullable=True),
        sa.Column("set_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("matter", name=op.f("pk_retention_rule")),
    )
    op.create_table(
        "erasure_proposal",
        *person("erasure_proposal"),
        sa.Column("matter", sa.String(length=20), nullable=False),
        *by("erasure_proposal", "proposed_by"),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_table(
        "reprieve",
        *person("reprieve"),
        sa.Column("until", sa.Date(), nullable=False),
        sa.Column("ground", sa.String(length=20), nullable=False),
        sa.Column("remark", sa.LargeBinary(), nullable=False),
        *by("reprieve", "decided_by"),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_table(
        "reminder", *person("reminder"), sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False)
    )
    with op.batch_alter_table("personal_link") as link:
        link.alter_column("made_by", existing_type=KEY, nullable=True)
    if _walled():
        op.execute("SELECT set_config('kieubao.everyone', 'on', true)")
        for table in WALLED:
            op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY")
            op.execute(f"CREATE POLICY by_home ON {table} USING ({by_home(table)})")
    day = "(e.signed_at AT TIME ZONE 'Asia/Ho_Chi_Minh')::date" if _walled() else "date(e.signed_at, '+7 hours')"
    # What was said under a record that was merged is the person's.
    whose = "s.person_id = standing.person_id OR s.successor_id = standing.person_id"
    own = "(e.state IN ('given', 'renewed') OR e.capacity = 'self' AND e.method NOT IN ('sms', 'web'))"
    said = f"SELECT %s({day}) FROM standing s JOIN consent_event e ON e.subject = s.subject WHERE ({whose})"
    # What is known of the past: what they said, on which day, and when their record was confirmed.
    spoken = f"SELECT confirmed_on AS day FROM person WHERE person.id = standing.person_id UNION ALL {said % 'max'} AND {own}"
    op.execute(f"UPDATE standing SET heard_on = (SELECT max(day) FROM ({spoken}) known) WHERE erased_at IS NULL")
    shown = f"{said % 'min'} AND e.notice_id IS NOT NULL AND e.capacity = 'self'"
    op.execute(f"UPDATE standing SET told_on = ({shown}) WHERE erased_at IS NULL")
    op.create_index(op.f("ix_standing_heard_on"), "standing", ["heard_on"])


def downgrade() -> None:
    for table in ("reminder", "reprieve", "erasure_proposal", "retention_rule"):
        op.drop_table(table)
    if _walled():
        op.execute("SELECT set_config('kieubao.everyone', 'on', true)")
    by_themselves = "SELECT id FROM personal_link WHERE made_by IS NULL"
    op.execute(f"DELETE FROM visit WHERE link_id IN ({by_themselves})")  # noqa: S608 - words of ours
    op.execute("DELETE FROM personal_link WHERE made_by IS NULL")
    with op.batch_alter_table("personal_link") as link:
        link.alter_column("made_by", existing_type=KEY, nullable=False)
    op.drop_index(op.f("ix_standing_heard_on"), "standing")
    for table, name in KNOWN:
        op.drop_index(op.f(f"ix_{table}_{name}"), table)
    op.drop_index(op.f("ix_person_created_at"), "person")
    for name in DAYS:
        op.drop_column("standing", name)


def _walled() -> bool:
    return op.get_bind().dialect.name == "postgresql"
