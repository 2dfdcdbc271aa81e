"""One field is set alike for many people: what stood before is kept for a while, so that it can be undone.

Its wall is that of files: a transaction sees the edits of whoever saw nobody but whom it sees.
"""

import sqlalchemy as sa
from alembic import op

revision = "0047"
down_revision = "0046"

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
EVERYONE = "(SELECT current_setting('kieubao.everyone', true)) = 'on'"
OPS = ("set", "add", "remove")
OUTCOMES = ("waiting", "changed", "same", "later", "since", "locked", "gone", "unreached", "undone", "kept")


def none_of(name: str, part: int) -> str:
    seen = f"(SELECT string_to_array(current_setting('kieubao.{name}', true), ','))::text[]"
    return f"split_part(unit, '.', {part}) <> ALL (coalesce({seen}, '{{}}'))"


UNSEEN = (
    "SELECT FROM json_array_elements_text(units) AS one(unit)"
    f" WHERE {none_of('provinces', 1)} AND {none_of('communes', 2)}"
)
WALLS = {
    "edit": f"{EVERYONE} OR json_array_length(units) > 0 AND NOT EXISTS ({UNSEEN})",
    "edit_row": f"{EVERYONE} OR EXISTS (SELECT FROM edit WHERE edit.id = edit_row.edit_id)",
}


def whole(name: str, *, nullable: bool = False) -> sa.Column[int]:
    return sa.Column(name, KEY, nullable=nullable)


def references(table: str, to: dict[str, str]) -> list[sa.ForeignKeyConstraint]:
    return [sa.ForeignKeyConstraint([one], [f"{at}.id"], name=op.f(f"fk_{table}_{one}")) for one, at in to.items()]


def upgrade() -> None:
    op.create_table(
        "edit",
        whole("id"),
        sa.Column("code", sa.String(length=20), nullable=False),
        whole("account_id"),
        sa.Column("units", sa.JSON(), nullable=False),
        sa.Column("field", sa.String(length=20), nullable=False),
        sa.Column("op", sa.String(length=10), nullable=False),
        sa.Column("value", sa.LargeBinary(), nullable=False),
        sa.Column("reason", sa.LargeBinary(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        whole("job_id", nullable=True),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        whole("undone_by", nullable=True),
        sa.CheckConstraint(f"op IN {OPS}", name=op.f("ck_edit_op")),
        *references("edit", {"account_id": "account", "job_id": "job", "undone_by": "account"}),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_edit")),
        sa.UniqueConstraint("code", name=op.f("uq_edit_code")),
    )
    op.create_index(op.f("ix_edit_account_id"), "edit", ["account_id"])
    op.create_table(
        "edit_row",
        whole("id"),
        whole("edit_id"),
        whole("person_id"),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("made", sa.Integer(), nullable=True),
        sa.Column("before", sa.LargeBinary(), nullable=True),
        sa.Column("outcome", sa.String(length=10), nullable=False),
        sa.CheckConstraint(f"outcome IN {OUTCOMES}", name=op.f("ck_edit_row_outcome")),
        *references("edit_row", {"edit_id": "edit", "person_id": "person"}),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_edit_row")),
        sa.UniqueConstraint("edit_id", "person_id", name=op.f("uq_edit_row_edit_id_person_id")),
    )
    op.create_index(op.f("ix_edit_row_edit_id_outcome_id"), "edit_row", ["edit_id", "outcome", "id"])
    op.create_index(op.f("ix_edit_row_person_id"), "edit_row", ["person_id"])
    if op.get_bind().dialect.name == "postgresql":
        for table, seen in WALLS.items():
            op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY")
            op.execute(f"CREATE POLICY by_units ON {table} USING ({seen})")


def downgrade() -> None:
    op.drop_table("edit_row")
    op.drop_table("edit")
