"""The order in which people stand in a file that left: by it a copy of the file is known."""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"


def upgrade() -> None:
    op.add_column("handover_person", sa.Column("place", sa.Integer(), nullable=True))


def downgrade() -> None:
    op.drop_column("handover_person", "place")
