"""Whether the database is one to serve from: asked once, before the first answer.

A file that was copied while it was in use, or without its -wal, opens and passes its own integrity check with rows
missing. Its chains tell where they were cut off in the middle; that they end too early is told by the newest backup.
"""

from sqlalchemy import func, select, union_all

from kieubao import tables
from kieubao.access.models import AuditEntry, AuditHead
from kieubao.access.roots import GENESIS
from kieubao.backup.shelf import Shelf
from kieubao.consent.models import ConsentEvent, ConsentNow, LedgerHead, Standing
from kieubao.db import db, reading
from kieubao.ground.errors import Unrecorded, _
from kieubao.walls import Sight, confined


class Unsound(Unrecorded):
    """The database is not whole, or not the newest: nothing is answered from it."""

    code = "unsound"


@confined(Sight(everyone=True))
def check(shelf: Shelf | None) -> None:
    """Raise Unsound where the trail or the ledger does not end where it says, or ends before the newest backup."""
    reading()
    tables.see_everybody()
    try:
        _check_trail(shelf)
        _check_ledger()
    finally:
        db.session.rollback()


def _check_trail(shelf: Shelf | None) -> None:
    head = db.session.scalars(select(AuditHead)).one_or_none()
    if head is None:
        raise Unsound(_("A restore was not finished here: make the database anew and restore again"))
    last = db.session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc()).limit(1)).one_or_none()
    if (head.last, head.hash) != ((last.id, last.hash) if last else (0, GENESIS)):
        raise Unsound(_("The trail does not end where it should: this database is not whole. Restore a backup"))
    newest = shelf and shelf.newest()
    # One that was restored after the newest backup was made is newer than it, however short its trail.
    if newest and head.last < newest[1] and (last is None or last.at.replace(microsecond=0) <= newest[0]):
        raise Unsound(_("This database is older than its newest backup: it was copied. Restore the backup"))


def _check_ledger() -> None:
    lines = (func.max(column) for column in (ConsentEvent.id, ConsentNow.line, Standing.line))
    latest = union_all(*(select(one.label("line")) for one in lines)).subquery()
    written = db.session.scalar(select(func.max(latest.c.line))) or 0
    if written > db.session.scalars(select(LedgerHead.last)).one():
        raise Unsound(_("The ledger does not end where it should: this database is not whole. Restore a backup"))
