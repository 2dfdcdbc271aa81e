"""Files on their way in, row by row, in place of a line for each file that was taken in.

Their wall: a transaction sees the files of whoever saw nobody but whom it sees.
"""

import sqlalchemy as sa
from alembic import op

from kieubao.db import keyring
from kieubao.ground import codes

revision = "0013"
down_revision = "0012"

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
STEPS = "('sent', 'read', 'laid_out', 'tried', 'taking', 'taken', 'undoing', 'undone')"
STATES = "('read', 'left_out', 'new', 'refused', 'known', 'taken', 'undone', 'kept')"
ONCE = sa.text("step IN ('taking', 'taken', 'undoing')")
EVERYONE = "(SELECT current_setting('kieubao.everyone', true)) = 'on'"


def none_of(name: str, part: int) -> str:
    seen = f"(SELECT string_to_array(current_setting('kieubao.{name}', true), ','))::text[]"
    return f"split_part(unit, '.', {part}) <> ALL (coalesce({seen}, '{{}}'))"


UNSEEN = (
    "SELECT FROM json_array_elements_text(units) AS one(unit)"
    f" WHERE {none_of('provinces', 1)} AND {none_of('communes', 2)}"
)
POLICIES = {
    "intake": f"{EVERYONE} OR json_array_length(units) > 0 AND NOT EXISTS ({UNSEEN})",
    "intake_row": f"{EVERYONE} OR EXISTS (SELECT FROM intake WHERE intake.id = intake_row.intake_id)",
}


def upgrade() -> None:
    op.create_table(
        "intake",
        sa.Column("id", KEY, nullable=False),
        sa.Column("code", sa.String(length=20), nullable=False),
        sa.Column("account_id", KEY, nullable=False),
        sa.Column("units", sa.JSON(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("name", sa.LargeBinary(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=True),
        sa.Column("fault", sa.LargeBinary(), nullable=True),
        sa.Column("encoding", sa.String(length=20), nullable=False),
        sa.Column("delimiter", sa.String(length=1), nullable=False),
        sa.Column("sheets", sa.LargeBinary(), nullable=False),
        sa.Column("layout", sa.LargeBinary(), nullable=True),
        sa.Column("step", sa.String(length=10), nullable=False),
        sa.Column("job_id", KEY, nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(f"step IN {STEPS}", name=op.f("ck_intake_step")),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_intake_account_id")),
        sa.ForeignKeyConstraint(["job_id"], ["job.id"], name=op.f("fk_intake_job_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_intake")),
        sa.UniqueConstraint("code", name=op.f("uq_intake_code")),
    )
    op.create_index(op.f("ix_intake_account_id"), "intake", ["account_id"])
    once = {"unique": True, "sqlite_where": ONCE, "postgresql_where": ONCE}
    op.create_index("uq_intake_digest", "intake", ["digest", "account_id"], **once)
    op.create_table(
        "intake_row",
        sa.Column("id", KEY, nullable=False),
        sa.Column("intake_id", KEY, nullable=False),
        sa.Column("sheet", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("cells", sa.LargeBinary(), nullable=False),
        sa.Column("told", sa.LargeBinary(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("warned", sa.Boolean(), nullable=False),
        sa.Column("related", sa.Boolean(), nullable=False),
        sa.Column("uncoded", sa.Boolean(), nullable=False),
        sa.Column("person_id", KEY, nullable=True),
        sa.Column("relative_id", KEY, nullable=True),
        sa.Column("line", KEY, nullable=True),
        sa.CheckConstraint(f"state IN {STATES}", name=op.f("ck_intake_row_state")),
        sa.ForeignKeyConstraint(["intake_id"], ["intake.id"], name=op.f("fk_intake_row_intake_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_intake_row_person_id")),
        sa.ForeignKeyConstraint(["relative_id"], ["person.id"], name=op.f("fk_intake_row_relative_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_intake_row")),
        sa.UniqueConstraint("intake_id", "sheet", "number", name=op.f("uq_intake_row_intake_id_sheet_number")),
    )
    op.create_index(op.f("ix_intake_row_intake_id_state_id"), "intake_row", ["intake_id", "state", "id"])
    op.create_index(op.f("ix_intake_row_person_id"), "intake_row", ["person_id"])
    _carry("intake_file", "intake", _as_intake)
    op.drop_table("intake_file")
    if op.get_bind().dialect.name == "postgresql":
        for table, seen in POLICIES.items():
            op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY")
            op.execute(f"CREATE POLICY by_units ON {table} USING ({seen})")


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        for table in POLICIES:
            op.execute(f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY")
    op.create_table(
        "intake_file",
        sa.Column("id", KEY, nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("name", sa.LargeBinary(), nullable=False),
        sa.Column("account_id", KEY, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("taken", sa.Integer(), nullable=False),
        sa.Column("refused", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_intake_file_account_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_intake_file")),
        sa.UniqueConstraint("digest", name=op.f("uq_intake_file_digest")),
    )
    _carry("(SELECT * FROM intake WHERE step = 'taken') AS taken", "intake_file", _as_file)
    op.drop_table("intake_row")
    op.drop_table("intake")


def _carry(source, target, as_row):
    """Write every file of one table into the other."""
    bind = op.get_bind()
    rows = [as_row(row) for row in bind.exec_driver_sql(f"SELECT * FROM {source}").mappings()]
    if rows:
        bind.execute(sa.table(target, *map(sa.column, rows[0])).insert(), rows)


def _sealed(name, before, after):
    return keyring().seal(keyring().open(bytes(name), f"{before}.name"), f"{after}.name")


def _as_intake(row):
    return {
        **{name: row[name] for name in ("id", "digest", "account_id", "at")},
        **{"code": codes.fresh("NH"), "units": "[]", "name": _sealed(row["name"], "intake_file", "intake")},
        **{"encoding": "", "delimiter": "", "sheets": keyring().seal("[]", "intake.sheets"), "step": "taken"},
    }


def _as_file(row):
    return {
        **{name: row[name] for name in ("id", "digest", "account_id", "at")},
        **{"name": _sealed(row["name"], "intake", "intake_file"), "taken": 0, "refused": 0},
    }
