"""Walled by scope: PostgreSQL shows a transaction only the people its settings name; docs/postgresql.md explains.

The settings are read in sub-selects: once a query, not once a row. The words of people become a column that is
searched as it is, for behind these policies no index answers for what is made of a column.
"""

from alembic import op

revision = "0007"
down_revision = "0006"

EVERYONE = "(SELECT current_setting('kieubao.everyone', true)) = 'on'"
ORGANISATION = "(SELECT nullif(current_setting('kieubao.organisation', true), '')::bigint)"


def any_of(name: str) -> str:
    return f"ANY ((SELECT string_to_array(current_setting('kieubao.{name}', true), ','))::text[])"


AT_HOME = f"{EVERYONE} OR province = {any_of('provinces')} OR commune = {any_of('communes')}"
# People on a list that is open to the organisation, or in a file it took: it is told whom to stop contacting.
# Functions, so that nobody but an organizer pays for them: in a policy they would be planned into every query.
# `in_hand` is asked of everybody on a list: planned once, and by index though the tables were empty then (4 µs, not 35).
FUNCTIONS = {
    "open_issues()": """
        RETURNS bigint[] STABLE LANGUAGE plpgsql AS $$ BEGIN RETURN ARRAY(
            SELECT i.id FROM public.issue i JOIN public.list_grant g ON g.issue_id = i.id
            WHERE i.state = 'current' AND g.until >= nullif(current_setting('kieubao.today', true), '')::date
            AND g.organisation_id = nullif(current_setting('kieubao.organisation', true), '')::bigint
        ); END $$""",
    "taken_files()": """
        RETURNS bigint[] STABLE LANGUAGE plpgsql AS $$ BEGIN RETURN ARRAY(
            SELECT id FROM public.handover WHERE sealed_at IS NOT NULL
            AND recipient_id = nullif(current_setting('kieubao.organisation', true), '')::bigint
        ); END $$""",
    "in_hand(one bigint, issues bigint[], files bigint[])": """
        RETURNS boolean STABLE COST 1 LANGUAGE plpgsql SET plan_cache_mode = force_generic_plan SET enable_seqscan = off
        AS $$ BEGIN RETURN
            EXISTS (SELECT FROM public.issue_entry WHERE person_id = one AND issue_id = ANY (issues))
            OR EXISTS (SELECT FROM public.handover_person WHERE person_id = one AND handover_id = ANY (files));
        END $$""",
}


def by_list(column: str) -> str:
    return f"{ORGANISATION} IS NOT NULL AND in_hand({column}, (SELECT open_issues()), (SELECT taken_files()))"


def of_the_seen(column: str) -> str:
    return f"EXISTS (SELECT FROM person WHERE person.id = {column})"


def by_home(column: str) -> str:
    """Whoever is seen by a list is looked at, and nothing of theirs is written."""
    return f"{EVERYONE} OR {ORGANISATION} IS NULL AND {of_the_seen(column)}"


EVENT = "EXISTS (SELECT FROM standing s JOIN person p ON p.id = s.person_id WHERE s.subject = consent_event.subject)"
POLICIES = {
    "person": (f"by_home ON person USING ({AT_HOME})", f"by_list ON person FOR SELECT USING ({by_list('id')})"),
    "contact_point": (
        f"by_home ON contact_point USING ({by_home('person_id')})",
        f"by_list ON contact_point FOR SELECT USING ({by_list('person_id')})",
    ),
    **{
        table: (f"by_home ON {table} USING ({by_home('person_id')})",)
        for table in ("contact_key", "kinship", "membership", "person_revision")
    },
    "consent_event": (f"by_home ON consent_event USING ({EVERYONE} OR {ORGANISATION} IS NULL AND {EVENT})",),
    # Nobody is put on a list who is not seen. It is never changed: no policy, no way.
    "issue_entry": (
        "to_all ON issue_entry FOR SELECT USING (true)",
        f"by_home ON issue_entry FOR INSERT WITH CHECK ({by_home('person_id')})",
    ),
    # Numbers without a name, and a seal must hear every no, whoever's: open to reading.
    **{
        table: (
            f"to_all ON {table} FOR SELECT USING (true)",
            f"by_home ON {table} USING ({by_home('person_id')})",
        )
        for table in ("standing", "consent_now")
    },
}
VECTOR = (
    "DROP INDEX ix_person_words",
    "ALTER TABLE person ALTER COLUMN words TYPE tsvector USING array_to_tsvector(string_to_array(words, ' '))",
    "CREATE INDEX ix_person_words ON person USING gin (words) WITH (fastupdate = off)",
)
TEXT = (
    "DROP INDEX ix_person_words",
    "ALTER TABLE person ALTER COLUMN words TYPE varchar USING array_to_string(tsvector_to_array(words), ' ')",
    "CREATE INDEX ix_person_words ON person"
    " USING gin (array_to_tsvector(string_to_array(words, ' '))) WITH (fastupdate = off)",
)


def upgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        return
    for statement in VECTOR:
        op.execute(statement)
    for name, body in FUNCTIONS.items():
        op.execute(f"CREATE FUNCTION {name} {body}")
    for table, policies in POLICIES.items():
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY")
        for policy in policies:
            op.execute(f"CREATE POLICY {policy}")


def downgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        return
    for table, policies in POLICIES.items():
        for policy in policies:
            op.execute(f"DROP POLICY {policy.split()[0]} ON {table}")
        op.execute(f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY, NO FORCE ROW LEVEL SECURITY")
    for name in FUNCTIONS:
        op.execute(f"DROP FUNCTION {name}")
    for statement in TEXT:
        op.execute(statement)
