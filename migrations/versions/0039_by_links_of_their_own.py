"""People come by links of their own: what they may see, what waits to be sent to them, and what they wish.

On PostgreSQL whoever comes so sees their own record, and holds it; nothing of it is theirs to write.
"""

import sqlalchemy as sa
from alembic import op

revision = "0039"
down_revision = "0038"

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
ORGANISATION = "(SELECT nullif(current_setting('kieubao.organisation', true), '')::bigint)"
OWN = "id = (SELECT nullif(current_setting('kieubao.own', true), '')::bigint)"
NOT_OWN = "(SELECT nullif(current_setting('kieubao.own', true), '')) IS NULL"
# What whoever comes by a link sees of their record, and only an official or the system changes.
READ_BY_OWN = ("contact_point", "contact_key", "kinship", "membership", "person_revision", "merge", "duplicate")
FILED_BY_THEMSELVES = (("request_step", "account_id"), ("receipt", "issued_by"))
WALLED = ("message", "contact_wish", "personal_link")


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
    ]


def moment(name: str, *, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def upgrade() -> None:
    op.create_table(
        "message",
        sa.Column("id", KEY, nullable=False),
        *person("message"),
        sa.Column("channel", sa.String(length=20), nullable=False),
        sa.Column("address", sa.LargeBinary(), nullable=False),
        sa.Column("title", sa.LargeBinary(), nullable=False),
        sa.Column("text", sa.LargeBinary(), nullable=False),
        sa.Column("about", sa.String(length=14), nullable=True),
        moment("made_at"),
        moment("until"),
        sa.Column("tries", sa.Integer(), nullable=False),
        moment("next_at"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_message")),
    )
    op.create_index(op.f("ix_message_person_id"), "message", ["person_id"])
    op.create_index(op.f("ix_message_next_at"), "message", ["next_at"])
    op.create_index(op.f("ix_message_about"), "message", ["about"])
    op.create_table(
        "personal_link",
        sa.Column("id", KEY, nullable=False),
        sa.Column("code", sa.String(length=14), nullable=False),
        *person("personal_link"),
        sa.Column("handed", sa.String(length=10), nullable=False),
        moment("made_at"),
        sa.Column("made_by", KEY, nullable=False),
        moment("until"),
        sa.Column("code_digest", sa.String(length=40), nullable=True),
        sa.Column("tries", sa.Integer(), nullable=False),
        moment("spent_at", nullable=True),
        sa.ForeignKeyConstraint(["made_by"], ["account.id"], name=op.f("fk_personal_link_made_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_personal_link")),
        sa.UniqueConstraint("code", name=op.f("uq_personal_link_code")),
    )
    op.create_index(op.f("ix_personal_link_person_id"), "personal_link", ["person_id"])
    op.create_table(
        "visit",
        sa.Column("id", KEY, nullable=False),
        sa.Column("link_id", KEY, nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        moment("opened_at"),
        moment("ends_at"),
        sa.Column("code_digest", sa.String(length=40), nullable=True),
        moment("code_until", nullable=True),
        sa.Column("code_by", sa.String(length=20), nullable=True),
        moment("proved_at", nullable=True),
        sa.Column("proved_by", sa.String(length=20), nullable=True),
        sa.ForeignKeyConstraint(["link_id"], ["personal_link.id"], name=op.f("fk_visit_link_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_visit")),
        sa.UniqueConstraint("digest", name=op.f("uq_visit_digest")),
    )
    op.create_index(op.f("ix_visit_link_id"), "visit", ["link_id"])
    op.create_table(
        "contact_wish",
        sa.Column("id", KEY, nullable=False),
        sa.Column("code", sa.String(length=14), nullable=False),
        *person("contact_wish"),
        sa.Column("wished", sa.String(length=10), nullable=False),
        sa.Column("channel", sa.String(length=20), nullable=False),
        sa.Column("raw", sa.LargeBinary(), nullable=False),
        sa.Column("value", sa.LargeBinary(), nullable=False),
        sa.Column("contact_id", KEY, nullable=True),
        moment("asked_at"),
        moment("heard_at", nullable=True),
        moment("due_at", nullable=True),
        moment("ended_at", nullable=True),
        sa.Column("fate", sa.String(length=10), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contact_wish")),
        sa.UniqueConstraint("code", name=op.f("uq_contact_wish_code")),
    )
    op.create_index(op.f("ix_contact_wish_person_id"), "contact_wish", ["person_id"])
    op.create_index(op.f("ix_contact_wish_ended_at_due_at"), "contact_wish", ["ended_at", "due_at"])
    op.create_table(
        "plea",
        sa.Column("id", KEY, nullable=False),
        sa.Column("code", sa.String(length=14), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("told", sa.LargeBinary(), nullable=False),
        moment("asked_at"),
        moment("looked_at", nullable=True),
        moment("ended_at", nullable=True),
        sa.Column("outcome", sa.String(length=10), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plea")),
        sa.UniqueConstraint("code", name=op.f("uq_plea_code")),
    )
    op.create_index(op.f("ix_plea_ended_at"), "plea", ["ended_at"])
    op.create_index(op.f("ix_plea_asked_at"), "plea", ["asked_at"])
    for table, column in FILED_BY_THEMSELVES:
        with op.batch_alter_table(table) as batch:
            batch.alter_column(column, existing_type=KEY, nullable=True)
    if _walled():
        for table in WALLED:
            op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY")
            op.execute(f"CREATE POLICY by_home ON {table} USING ({by_home(table)})")
        # Numbers without a name: whoever comes by a link is nobody yet.
        op.execute("CREATE POLICY to_all ON personal_link FOR SELECT USING (true)")
        op.execute(f"CREATE POLICY by_own ON person FOR SELECT USING ({OWN})")
        for table in READ_BY_OWN:
            for act, rule in (("INSERT", "WITH CHECK"), ("UPDATE", "USING"), ("DELETE", "USING")):
                name = f"not_by_own_{act.lower()}"
                op.execute(f"CREATE POLICY {name} ON {table} AS RESTRICTIVE FOR {act} {rule} ({NOT_OWN})")
        # To lock a row is to be allowed to change it, which nobody is who comes so.
        op.execute(f"CREATE POLICY held_by_own ON person FOR UPDATE USING ({OWN}) WITH CHECK (false)")


def downgrade() -> None:
    if _walled():
        for policy in ("by_own", "held_by_own"):
            op.execute(f"DROP POLICY {policy} ON person")
        for table in READ_BY_OWN:
            for act in ("insert", "update", "delete"):
                op.execute(f"DROP POLICY not_by_own_{act} ON {table}")
        op.execute("SELECT set_config('kieubao.everyone', 'on', true)")
    by_link = "SELECT id FROM subject_request WHERE way IN ('link', 'web')"
    op.execute(f"DELETE FROM request_step WHERE request_id IN ({by_link})")  # noqa: S608 - words of ours
    op.execute("DELETE FROM subject_request WHERE way IN ('link', 'web')")
    op.execute("DELETE FROM receipt WHERE issued_by IS NULL")
    for table, column in FILED_BY_THEMSELVES:
        with op.batch_alter_table(table) as batch:
            batch.alter_column(column, existing_type=KEY, nullable=False)
    for table in ("plea", "contact_wish", "visit", "personal_link", "message"):
        op.drop_table(table)


def _walled() -> bool:
    return op.get_bind().dialect.name == "postgresql"
