"""What stays of who was removed: tombstones, and nothing in the database's files. It too knows which database it is."""

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from time import monotonic, sleep
from typing import Any

from flask import current_app
from psycopg.errors import LockNotAvailable

from kieubao.db import db, keyring
from kieubao.ground.errors import Conflict, _
from kieubao.ground.tombstones import Tombstones

PATIENCE = 60.0  # seconds


def tombstones() -> Tombstones:
    """Return the office's tombstones."""
    named = current_app.config.get("TOMBSTONES")
    return Tombstones(Path(named) if named else None, keyring())


def scrub(names: Sequence[str]) -> None:
    """Leave no byte of what was removed from these tables in the database's files.

    SQLite: the index of words is written anew, the whole file too, and the -wal emptied. PostgreSQL: the tables and
    its statistics are written anew; its own WAL goes with time. Everybody else waits meanwhile; raises Conflict where
    somebody has looked at the old rows for too long, or the connection is not the owner's.
    """
    db.session.rollback()
    with closing(db.engine.raw_connection()) as lent:
        try:
            (_scrub_sqlite if db.engine.dialect.name == "sqlite" else _scrub_postgresql)(lent.driver_connection, names)
        except (sqlite3.OperationalError, LockNotAvailable) as error:
            # Somebody wrote for longer than is waited for; whatever else is wrong, as a disk that is full, is itself.
            if getattr(error, "sqlite_errorcode", sqlite3.SQLITE_BUSY) not in {
                sqlite3.SQLITE_BUSY,
                sqlite3.SQLITE_LOCKED,
            }:
                raise
            raise _looked_at() from error


def _scrub_sqlite(driver: Any, _names: Sequence[str]) -> None:
    driver.execute("INSERT INTO person_words(person_words) VALUES ('optimize')")
    driver.execute("VACUUM")
    busy, *_pages = driver.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    if busy:
        raise _looked_at()


def _scrub_postgresql(driver: Any, names: Sequence[str]) -> None:
    driver.autocommit = True
    try:
        # PostgreSQL itself would pass over them with a mere warning.
        if not driver.execute(_OWNED, [list(names)]).fetchone()[0]:
            raise Conflict(_("Only the owner of the tables can do this (KIEUBAO_DATABASE_URL)"))
        # The first ones leave old statistics, which the second one leaves behind.
        for statement in (f"VACUUM (FULL, ANALYZE) {', '.join(names)}", "VACUUM FULL pg_statistic"):
            _wait_alone(driver)
            driver.execute(statement)
    finally:
        driver.autocommit = False


_OWNED = "SELECT bool_and(pg_has_role(tableowner, 'MEMBER')) FROM pg_tables WHERE tablename = ANY(%s)"
# Rows that any transaction may still see are not removed, and VACUUM FULL sees with the eyes of the oldest of all.
_ALONE = """
    SELECT pg_snapshot_xmin(pg_current_snapshot()) > %(mark)s::xid8 AND NOT EXISTS (
        SELECT FROM pg_stat_activity
        WHERE datname = current_database() AND pid <> pg_backend_pid() AND age(backend_xmin) >= age(%(mark)s::xid8::xid)
    )
"""


def _wait_alone(driver: Any) -> None:
    (mark,) = driver.execute("SELECT pg_current_xact_id()::text").fetchone()
    until = monotonic() + PATIENCE
    while not driver.execute(_ALONE, {"mark": mark}).fetchone()[0]:
        if monotonic() > until:
            raise _looked_at()
        sleep(0.05)


def _looked_at() -> Conflict:
    return Conflict(_("Somebody is still looking at what was removed, so it is still on the disk: try again later"))
