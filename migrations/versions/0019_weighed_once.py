"""Whoever an issue's list named stands in one table, in or out, by the number and no more by the pseudonym.

It is below the erasure of people, so that of who is erased no line and no reason stays. On PostgreSQL an organizer
sees who is in.
"""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
EVERYONE = "(SELECT current_setting('kieubao.everyone', true)) = 'on'"
ORGANISATION = "(SELECT nullif(current_setting('kieubao.organisation', true), '')::bigint)"
BY_HOME = f"{EVERYONE} OR {ORGANISATION} IS NULL AND EXISTS (SELECT FROM person WHERE person.id = {{table}}.person_id)"
BY_LINE = (
    f"{EVERYONE} OR {ORGANISATION} IS NULL AND EXISTS (SELECT FROM standing s JOIN person p"
    " ON p.id = coalesce(s.successor_id, s.person_id) WHERE s.subject = issue_reason.subject)"
)
# Numbers without a name: open to reading. Nobody is said to be in or out, nor forgotten, who is not seen.
POLICIES = (
    "to_all ON weighed FOR SELECT USING (true)",
    f"by_home ON weighed FOR INSERT WITH CHECK ({BY_HOME.format(table='weighed')})",
    f"by_home_too ON weighed FOR UPDATE USING ({BY_HOME.format(table='weighed')})",
)
BEFORE = (
    ("issue_entry", f"FOR INSERT WITH CHECK ({BY_HOME.format(table='issue_entry')})"),
    ("issue_reason", f"FOR INSERT WITH CHECK ({BY_LINE})"),
)
IN_HAND = """
    CREATE OR REPLACE FUNCTION in_hand(one bigint, issues bigint[], files bigint[])
    RETURNS boolean STABLE COST 1 LANGUAGE plpgsql SET plan_cache_mode = force_generic_plan SET enable_seqscan = off
    AS $$ BEGIN RETURN
        EXISTS (SELECT FROM public.{table} e WHERE e.person_id = one AND e.issue_id = ANY (issues){inside})
        OR EXISTS (SELECT FROM public.handover_person WHERE person_id = one AND handover_id = ANY (files))
        OR EXISTS (SELECT FROM public.standing s JOIN public.{table} e ON e.person_id = s.person_id
            WHERE s.successor_id = one AND e.issue_id = ANY (issues){inside});
    END $$"""
# Of an issue from before 0017 nobody is out, for that was not kept.
MOVED = """
    INSERT INTO weighed (issue_id, verdict, person_id, line)
    SELECT e.issue_id, 'in', e.person_id, r.line FROM issue_entry e JOIN standing s ON s.person_id = e.person_id
    LEFT JOIN issue_reason r ON r.issue_id = e.issue_id AND r.subject = s.subject
    UNION ALL
    SELECT r.issue_id, r.reason, s.person_id, NULL FROM issue_reason r JOIN standing s ON s.subject = r.subject
    WHERE r.reason IS NOT NULL"""
MOVED_BACK = (
    "INSERT INTO issue_entry (issue_id, person_id) SELECT issue_id, person_id FROM weighed WHERE verdict = 'in'",
    """INSERT INTO issue_reason (issue_id, subject, reason, line)
    SELECT w.issue_id, s.subject, nullif(w.verdict, 'in'), w.line FROM weighed w
    JOIN standing s ON s.person_id = w.person_id JOIN issue i ON i.id = w.issue_id
    WHERE i.omitted IS NOT NULL AND s.erased_at IS NULL""",
)


def upgrade() -> None:
    op.create_table(
        "weighed",
        sa.Column("issue_id", KEY, nullable=False),
        sa.Column("verdict", sa.String(length=20), nullable=False),
        sa.Column("person_id", KEY, nullable=False),
        sa.Column("line", KEY, nullable=True),
        sa.ForeignKeyConstraint(["issue_id"], ["issue.id"], name=op.f("fk_weighed_issue_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_weighed_person_id")),
        sa.PrimaryKeyConstraint("issue_id", "verdict", "person_id", name=op.f("pk_weighed")),
        sa.UniqueConstraint("person_id", "issue_id", name=op.f("uq_weighed_person_id_issue_id")),
        sqlite_with_rowid=False,
    )
    op.execute(MOVED)
    if _walled():
        op.execute("ALTER TABLE weighed ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY")
        for policy in POLICIES:
            op.execute(f"CREATE POLICY {policy}")
        op.execute(IN_HAND.format(table="weighed", inside=" AND e.verdict = 'in'"))
    op.drop_table("issue_reason")
    op.drop_table("issue_entry")


def downgrade() -> None:
    op.create_table(
        "issue_entry",
        sa.Column("issue_id", KEY, nullable=False),
        sa.Column("person_id", KEY, nullable=False),
        sa.ForeignKeyConstraint(["issue_id"], ["issue.id"], name=op.f("fk_issue_entry_issue_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_issue_entry_person_id")),
        sa.PrimaryKeyConstraint("issue_id", "person_id", name=op.f("pk_issue_entry")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_issue_entry_person_id"), "issue_entry", ["person_id"])
    op.create_table(
        "issue_reason",
        sa.Column("issue_id", KEY, nullable=False),
        sa.Column("subject", sa.Uuid(), nullable=False),
        sa.Column("reason", sa.String(length=20), nullable=True),
        sa.Column("line", KEY, nullable=True),
        sa.ForeignKeyConstraint(["issue_id"], ["issue.id"], name=op.f("fk_issue_reason_issue_id")),
        sa.PrimaryKeyConstraint("issue_id", "subject", name=op.f("pk_issue_reason")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_issue_reason_subject"), "issue_reason", ["subject"])
    for statement in MOVED_BACK:
        op.execute(statement)
    if _walled():
        for table, rule in BEFORE:
            op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY")
            op.execute(f"CREATE POLICY to_all ON {table} FOR SELECT USING (true)")
            op.execute(f"CREATE POLICY by_home ON {table} {rule}")
        op.execute(IN_HAND.format(table="issue_entry", inside=""))
    op.drop_table("weighed")


def _walled() -> bool:
    return op.get_bind().dialect.name == "postgresql"
