"""People answer for themselves, by a link: by no account, and on PostgreSQL of nobody but themselves."""

import sqlalchemy as sa
from alembic import op

revision = "0034"
down_revision = "0033"

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
PERSON = "(SELECT nullif(current_setting('kieubao.person', true), '')::bigint)"


def upgrade() -> None:
    with op.batch_alter_table("response") as batch:
        batch.alter_column("account_id", existing_type=KEY, nullable=True)
    if _walled():
        op.execute(f"CREATE POLICY by_link ON response FOR INSERT WITH CHECK (person_id = {PERSON})")


def downgrade() -> None:
    if _walled():
        op.execute("DROP POLICY by_link ON response")
    op.execute("DELETE FROM response WHERE account_id IS NULL")
    with op.batch_alter_table("response") as batch:
        batch.alter_column("account_id", existing_type=KEY, nullable=False)


def _walled() -> bool:
    return op.get_bind().dialect.name == "postgresql"
