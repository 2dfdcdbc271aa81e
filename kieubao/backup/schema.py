"""The number of the schema: which one the database at hand has, and which ones this kieubao knows."""

from functools import cache
from pathlib import Path

from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask_migrate import downgrade, upgrade

from kieubao.db import db

_FOLDER = Path(__file__).parents[2] / "migrations"


def at_hand() -> str | None:
    """Return the number of the database's schema; None where it has no tables yet."""
    return MigrationContext.configure(db.session.connection()).get_current_revision()


def known() -> frozenset[str]:
    return frozenset(one.revision for one in _scripts().walk_revisions())


def latest() -> str | None:
    return _scripts().get_current_head()


@cache
def _scripts() -> ScriptDirectory:
    return ScriptDirectory(str(_FOLDER))


def move_empty(revision: str) -> None:
    """Bring a database with nothing in it to a schema, older or newer."""
    now = at_hand()
    db.session.rollback()
    if now not in (None, revision):
        downgrade(revision="base")
    if now != revision:
        upgrade(revision=revision)
