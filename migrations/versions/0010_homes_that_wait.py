"""Homes that wait for a clerk: what equal ones have in common, and what a settled one was coded to before.

The keys of who is there already are made by `flask people reindex`.
"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"

INDEX = "ix_person_home_key_id_province_commune"


def upgrade() -> None:
    # Batch mode would lay the table anew, and its triggers would go with the old one.
    op.add_column("person", sa.Column("home_old_code", sa.String(length=5), nullable=True))
    op.add_column("person", sa.Column("home_key", sa.Uuid(), nullable=True))
    waits = sa.text("home_key IS NOT NULL")
    columns = ["home_key", "id", "province", "commune"]
    op.create_index(INDEX, "person", columns, sqlite_where=waits, postgresql_where=waits)


def downgrade() -> None:
    op.drop_index(INDEX, "person")
    op.drop_column("person", "home_key")
    op.drop_column("person", "home_old_code")
