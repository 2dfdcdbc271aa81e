"""Keys in turn: a blind index names its key, more is sealed, and the ledger may be sealed anew.

A line of the ledger stays what it was: only a sealed value may be written over, by one as long that
names another key. Whatever was sealed before was sealed with keys of another making, so there is
no way across with people in the tables.
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

SEALED = (("person", "source"), ("person", "legal_document"), ("intake_file", "name"))
# What a line of the ledger is told by; evidence and given_by are sealed.
KEPT = (
    *("id", "subject", "purpose", "channel", "state", "method", "notice_id", "capacity"),
    *("signed_at", "valid_until", "recorded_at", "recorded_by"),
)
LEDGER_SEALED = ("evidence", "given_by")
SAME = {"sqlite": "old.{0} IS new.{0}", "postgresql": "old.{0} IS NOT DISTINCT FROM new.{0}"}
SEALED_ANEW = (
    "({same} OR coalesce(length(old.{name}) = length(new.{name})"
    " AND substr(old.{name}, 1, 4) <> substr(new.{name}, 1, 4), {no}))"
)


def upgrade() -> None:
    _only_empty()
    for table, name in SEALED:
        op.drop_column(table, name)
        op.add_column(table, sa.Column(name, sa.LargeBinary(), nullable=False))
    op.add_column("contact_key", sa.Column("key_id", sa.String(4), nullable=False))
    if op.get_bind().dialect.name == "sqlite":
        op.execute("DROP TRIGGER consent_event_update")
        op.execute(
            f"CREATE TRIGGER consent_event_update BEFORE UPDATE ON consent_event WHEN NOT ({_sealed_anew('sqlite')})"
            " BEGIN SELECT RAISE(ABORT, 'consent_event is only added to'); END"
        )
    else:
        op.execute("DROP TRIGGER consent_event_only_added_to ON consent_event")
        op.execute(
            "CREATE TRIGGER consent_event_only_added_to BEFORE DELETE OR TRUNCATE ON consent_event"
            " FOR EACH STATEMENT EXECUTE FUNCTION only_added_to()"
        )
        op.execute(
            "CREATE TRIGGER consent_event_never_changed BEFORE UPDATE ON consent_event"
            f" FOR EACH ROW WHEN (NOT ({_sealed_anew('postgresql')})) EXECUTE FUNCTION only_added_to()"
        )


def downgrade() -> None:
    _only_empty()
    if op.get_bind().dialect.name == "sqlite":
        op.execute("DROP TRIGGER consent_event_update")
        op.execute(
            "CREATE TRIGGER consent_event_update BEFORE UPDATE ON consent_event"
            " BEGIN SELECT RAISE(ABORT, 'consent_event is only added to'); END"
        )
    else:
        for trigger in ("only_added_to", "never_changed"):
            op.execute(f"DROP TRIGGER consent_event_{trigger} ON consent_event")
        op.execute(
            "CREATE TRIGGER consent_event_only_added_to BEFORE UPDATE OR DELETE OR TRUNCATE ON consent_event"
            " FOR EACH STATEMENT EXECUTE FUNCTION only_added_to()"
        )
    op.drop_column("contact_key", "key_id")
    for table, name in SEALED:
        op.drop_column(table, name)
        op.add_column(table, sa.Column(name, sa.String(200), nullable=False))


def _only_empty() -> None:
    for table in ("person", "intake_file", "consent_event"):
        if op.get_bind().execute(sa.text(f"SELECT 1 FROM {table} LIMIT 1")).first():
            raise RuntimeError("0005 changes how values are sealed, and nothing crosses it: begin with an empty database")


def _sealed_anew(dialect: str) -> str:
    """Say, in SQL, that a line stays the same but for a sealed value, which names another key."""
    same, no = SAME[dialect], {"sqlite": "0", "postgresql": "false"}[dialect]
    kept = [same.format(name) for name in KEPT]
    sealed = [SEALED_ANEW.format(same=same.format(name), name=name, no=no) for name in LEDGER_SEALED]
    changed = " AND ".join(same.format(name) for name in LEDGER_SEALED)
    return " AND ".join([*kept, *sealed, f"NOT ({changed})"])
