"""Which letters of its occasion's own an issue was published with: only those are filled in for it."""

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0030"


def upgrade() -> None:
    op.add_column("issue", sa.Column("letters", sa.JSON(), nullable=True))


def downgrade() -> None:
    op.drop_column("issue", "letters")
