"""Why somebody was not reached: a wrong number waits for a clerk, and who did not answer does not."""

import sqlalchemy as sa
from alembic import op

revision = "0035"
down_revision = "0034"


def upgrade() -> None:
    op.add_column("response", sa.Column("obstacle", sa.String(length=20), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("response") as batch:
        batch.drop_column("obstacle")
