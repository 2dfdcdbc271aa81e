"""Counted in a commune: whoever is called so there is counted from the index alone, as everywhere else."""

from alembic import op

revision = "0011"
down_revision = "0010"

BEFORE = ("commune", "name_key", "id")
CARRIED = ("province", "country")


def upgrade() -> None:
    _instead(BEFORE, (*BEFORE, *CARRIED))


def downgrade() -> None:
    _instead((*BEFORE, *CARRIED), BEFORE)


def _instead(old: tuple[str, ...], new: tuple[str, ...]) -> None:
    op.drop_index(_name(old), "person")
    op.create_index(_name(new), "person", [*new])


def _name(columns: tuple[str, ...]) -> str:
    return f"ix_person_{'_'.join(columns)}"
