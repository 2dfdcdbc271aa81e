"""What an account did and found lately is counted from an index alone."""

from alembic import op

revision = "0033"
down_revision = "0032"
_ACTOR, _SPENT = "ix_audit_entry_actor_id_id", "ix_audit_entry_actor_id_id_action_found"


def upgrade() -> None:
    op.create_index(_SPENT, "audit_entry", ["actor_id", "id", "action", "found"])
    op.drop_index(_ACTOR, "audit_entry")


def downgrade() -> None:
    op.create_index(_ACTOR, "audit_entry", ["actor_id", "id"])
    op.drop_index(_SPENT, "audit_entry")
