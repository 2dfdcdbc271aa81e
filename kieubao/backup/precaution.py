"""A backup before every migration, made by itself."""

from collections.abc import Mapping
from typing import Any

from alembic.migration import MigrationContext
from alembic.util import CommandError
from sqlalchemy import text

from kieubao.access.roles import SYSTEM
from kieubao.backup import schema, service
from kieubao.backup.shelf import Made, Shelf
from kieubao.db import db, reading
from kieubao.ground.errors import KieubaoError
from kieubao.walls import Sight, confined

_UNSAFE = "The demo province is migrated without a backup: KIEUBAO_BACKUP_RECIPIENTS and _FOLDER are not set."
_REFUSED = "No migration without a backup before it: {why} (docs/backup.md)"


def before(migration: MigrationContext, settings: Mapping[str, Any], tell: Any) -> Made | None:
    """Make a backup where revisions are about to be applied to a database that somebody has used.

    Raises CommandError where it cannot be made; the demo province goes on without where nothing is set.
    """
    if not _is_due(migration):
        return None
    if settings.get("DEMO") and not settings.get("BACKUP_RECIPIENTS"):
        tell(_UNSAFE)
        return None
    try:
        made = _made(Shelf.of(settings))
    except KieubaoError as error:
        raise CommandError(_REFUSED.format(why=error)) from error
    tell(f"A backup was made first: {made.path}")
    return made


def after(made: Made | None, tell: Any) -> None:
    """Write the backup down, now that the trail has the schema this kieubao writes."""
    if made is None:
        return
    if (revision := schema.at_hand()) and revision == schema.latest():
        service.record_precaution(SYSTEM, made, revision)
    else:
        tell("The trail was not written to: its schema is not this kieubao's.")


def _is_due(migration: MigrationContext) -> bool:
    asked, heads = migration.opts, migration.get_current_heads()
    # Only what goes somewhere names where: `current`, `check` and `revision` do not.
    if not heads or "destination_rev" not in asked or not list(asked["fn"](heads, migration)):
        return False
    # A restore that is not finished has no end of its trail; a new database begins at 0.
    return bool(migration.connection and migration.connection.scalar(text("SELECT last FROM audit_head")))


@confined(Sight(everyone=True))
def _made(shelf: Shelf) -> Made:
    reading()
    try:
        return shelf.keep(shelf.make(lambda _table, _rows: None))
    finally:
        db.session.rollback()
