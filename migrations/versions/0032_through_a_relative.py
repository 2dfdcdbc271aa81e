"""Through whom of their kin people of an issue are asked, where both agreed to that and there is no other way.

On PostgreSQL an organizer sees that relative as the people of the issue, and how the two are related.
"""

import sqlalchemy as sa
from alembic import op

revision = "0032"
down_revision = "0031"

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
ORGANISATION = "(SELECT nullif(current_setting('kieubao.organisation', true), '')::bigint)"
IN_HAND = "in_hand({column}, (SELECT open_issues()), (SELECT taken_files()))"
BY_LIST = (
    f"by_list ON kinship FOR SELECT USING ({ORGANISATION} IS NOT NULL AND {IN_HAND.format(column='person_id')}"
    f" AND {IN_HAND.format(column='relative_id')})"
)
FUNCTION = """
    CREATE OR REPLACE FUNCTION in_hand(one bigint, issues bigint[], files bigint[])
    RETURNS boolean STABLE COST 1 LANGUAGE plpgsql SET plan_cache_mode = force_generic_plan SET enable_seqscan = off
    AS $$ BEGIN RETURN
        EXISTS (SELECT FROM public.weighed e WHERE e.person_id = one AND e.issue_id = ANY (issues) AND e.verdict = 'in')
        OR EXISTS (SELECT FROM public.handover_person WHERE person_id = one AND handover_id = ANY (files))
        OR EXISTS (SELECT FROM public.standing s JOIN public.weighed e ON e.person_id = s.person_id
            WHERE s.successor_id = one AND e.issue_id = ANY (issues) AND e.verdict = 'in'){more};
    END $$"""
VIA = """
        OR EXISTS (SELECT FROM public.weighed e WHERE e.via_id = one AND e.issue_id = ANY (issues)
            AND e.verdict = 'in')"""
# SQLite makes the table anew.
WITHOUT_ROWID = {"sqlite_with_rowid": False}
SOME = sa.text("via_id IS NOT NULL")


def upgrade() -> None:
    for table in ("outreach_list", "issue"):
        op.add_column(table, sa.Column("via_relatives", sa.Boolean(), server_default=sa.false(), nullable=False))
    with op.batch_alter_table("weighed", table_kwargs=WITHOUT_ROWID) as batch:
        batch.add_column(sa.Column("via_id", KEY, nullable=True))
        batch.create_foreign_key(op.f("fk_weighed_via_id"), "person", ["via_id"], ["id"])
    op.create_index(op.f("ix_weighed_via_id"), "weighed", ["via_id"], sqlite_where=SOME, postgresql_where=SOME)
    with op.batch_alter_table("pull") as batch:
        batch.add_column(sa.Column("via_handover_id", KEY, nullable=True))
        batch.create_foreign_key(op.f("fk_pull_via_handover_id"), "handover", ["via_handover_id"], ["id"])
        batch.create_unique_constraint(op.f("uq_pull_via_handover_id"), ["via_handover_id"])
    if _walled():
        op.execute(FUNCTION.format(more=VIA))
        op.execute(f"CREATE POLICY {BY_LIST}")


def downgrade() -> None:
    if _walled():
        op.execute("DROP POLICY by_list ON kinship")
        op.execute(FUNCTION.format(more=""))
    with op.batch_alter_table("pull") as batch:
        batch.drop_constraint(op.f("uq_pull_via_handover_id"), type_="unique")
        batch.drop_constraint(op.f("fk_pull_via_handover_id"), type_="foreignkey")
        batch.drop_column("via_handover_id")
    op.drop_index(op.f("ix_weighed_via_id"), "weighed")
    with op.batch_alter_table("weighed", table_kwargs=WITHOUT_ROWID) as batch:
        batch.drop_constraint(op.f("fk_weighed_via_id"), type_="foreignkey")
        batch.drop_column("via_id")
    for table in ("issue", "outreach_list"):
        op.drop_column(table, "via_relatives")


def _walled() -> bool:
    return op.get_bind().dialect.name == "postgresql"
