"""Records of one person: pairs that may be, and those that were merged.

On PostgreSQL both are behind the walls of their people. Lists, lines and files of a record that was merged are seen
with whom it was merged into.
"""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
STATES = "('open', 'unsure', 'different', 'proposed', 'merged')"
STANDING = ("successor_id", KEY), ("merged_at", sa.DateTime(timezone=True)), ("merged_line", KEY)
MERGED = sa.text("successor_id IS NOT NULL")
EVERYONE = "(SELECT current_setting('kieubao.everyone', true)) = 'on'"
ORGANISATION = "(SELECT nullif(current_setting('kieubao.organisation', true), '')::bigint)"


def seen(*columns: str) -> str:
    people = " AND ".join(f"EXISTS (SELECT FROM person WHERE person.id = {column})" for column in columns)
    return f"{EVERYONE} OR {ORGANISATION} IS NULL AND {people}"


POLICIES = {"duplicate": seen("one_id", "other_id"), "merge": seen("kept_id")}
IN_HAND = """
    CREATE OR REPLACE FUNCTION in_hand(one bigint, issues bigint[], files bigint[])
    RETURNS boolean STABLE COST 1 LANGUAGE plpgsql SET plan_cache_mode = force_generic_plan SET enable_seqscan = off
    AS $$ BEGIN RETURN
        EXISTS (SELECT FROM public.issue_entry WHERE person_id = one AND issue_id = ANY (issues))
        OR EXISTS (SELECT FROM public.handover_person WHERE person_id = one AND handover_id = ANY (files)){more};
    END $$"""
# Whoever a record in an issue was merged into is in it too.
MORE = """
        OR EXISTS (SELECT FROM public.standing s JOIN public.issue_entry e ON e.person_id = s.person_id
            WHERE s.successor_id = one AND e.issue_id = ANY (issues))"""
EVENT = (
    f"{EVERYONE} OR {ORGANISATION} IS NULL AND EXISTS (SELECT FROM standing s JOIN person p"
    " ON p.id = {person} WHERE s.subject = consent_event.subject)"
)


def upgrade() -> None:
    for name, kind in STANDING:
        op.add_column("standing", sa.Column(name, kind, nullable=True))
    op.create_index(
        op.f("ix_standing_successor_id"), "standing", ["successor_id"], sqlite_where=MERGED, postgresql_where=MERGED
    )
    op.create_table(
        "duplicate",
        sa.Column("one_id", KEY, nullable=False),
        sa.Column("other_id", KEY, nullable=False),
        sa.Column("score", sa.Integer(), nullable=False),
        sa.Column("reasons", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("proposal", sa.LargeBinary(), nullable=True),
        sa.Column("decided_by", KEY, nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("one_id < other_id", name=op.f("ck_duplicate_in_order")),
        sa.CheckConstraint(f"state IN {STATES}", name=op.f("ck_duplicate_state")),
        sa.ForeignKeyConstraint(["one_id"], ["person.id"], name=op.f("fk_duplicate_one_id")),
        sa.ForeignKeyConstraint(["other_id"], ["person.id"], name=op.f("fk_duplicate_other_id")),
        sa.PrimaryKeyConstraint("one_id", "other_id", name=op.f("pk_duplicate")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_duplicate_state_score_one_id"), "duplicate", ["state", "score", "one_id"])
    op.create_index(op.f("ix_duplicate_other_id"), "duplicate", ["other_id"])
    op.create_table(
        "merge",
        sa.Column("gone_id", KEY, nullable=False),
        sa.Column("kept_id", KEY, nullable=False),
        sa.Column("code", sa.String(length=14), nullable=False),
        sa.Column("changed", sa.LargeBinary(), nullable=False),
        sa.Column("account_id", KEY, nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["gone_id"], ["person.id"], name=op.f("fk_merge_gone_id")),
        sa.ForeignKeyConstraint(["kept_id"], ["person.id"], name=op.f("fk_merge_kept_id")),
        sa.PrimaryKeyConstraint("gone_id", name=op.f("pk_merge")),
        sa.UniqueConstraint("code", name=op.f("uq_merge_code")),
    )
    op.create_index(op.f("ix_merge_kept_id"), "merge", ["kept_id"])
    if op.get_bind().dialect.name != "postgresql":
        return
    for table, rule in POLICIES.items():
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY")
        op.execute(f"CREATE POLICY by_home ON {table} USING ({rule})")
    _see("coalesce(s.successor_id, s.person_id)", MORE)


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        _see("s.person_id", "")
    op.drop_table("merge")
    op.drop_table("duplicate")
    op.drop_index(op.f("ix_standing_successor_id"), "standing")
    for name, _kind in reversed(STANDING):
        op.drop_column("standing", name)


def _see(person: str, more: str) -> None:
    op.execute(f"ALTER POLICY by_home ON consent_event USING ({EVENT.format(person=person)})")
    op.execute(IN_HAND.format(more=more))
