"""Whom an issue is of, in words, as its list's filter said when it was published: for the files that leave."""

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"


def upgrade() -> None:
    op.add_column("issue", sa.Column("whom", sa.String(), nullable=True))


def downgrade() -> None:
    op.drop_column("issue", "whom")
