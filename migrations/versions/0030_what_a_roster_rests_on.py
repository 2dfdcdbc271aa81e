"""What a roster rests on, in words, as its case said when it was published: for the files that leave."""

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0029"


def upgrade() -> None:
    op.add_column("issue", sa.Column("basis", sa.String(), nullable=True))


def downgrade() -> None:
    op.drop_column("issue", "basis")
