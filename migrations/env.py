"""Run the migrations on whichever database the application is on, as its owner, and give the application its rights."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

import click
from alembic import context
from flask import current_app
from sqlalchemy import Connection, NullPool, create_engine
from sqlalchemy.engine import make_url

from kieubao.backup import precaution
from kieubao.db import Base, Encrypted, Instant, db
from kieubao.walls import grant


def plain(kind: str, item: object, _context: object) -> str | bool:
    """Write our own types as the plain ones they are stored as: migrations import no kieubao."""
    if kind == "type" and isinstance(item, Instant):
        return "sa.DateTime(timezone=True)"
    if kind == "type" and isinstance(item, Encrypted):
        return "sa.LargeBinary()"
    return False


def portable(name: str | None, kind: str, _parents: object) -> bool:
    """Leave out what a migration made by hand for one database: it is named person_words*."""
    return not (name or "").startswith(("person_words", "ix_person_words"))


@contextmanager
def unbound(connection: Connection) -> Iterator[None]:
    """Let SQLite make a table anew while others point at it, and see afterwards that none points nowhere."""
    driver = connection.connection.driver_connection
    if not isinstance(driver, sqlite3.Connection):
        yield
        return
    driver.execute("PRAGMA foreign_keys = OFF")
    yield
    broken = driver.execute("PRAGMA foreign_key_check").fetchall()
    driver.execute("PRAGMA foreign_keys = ON")
    if broken:
        raise RuntimeError(f"the migration leaves rows that point nowhere: {broken[:5]}")


def run() -> None:
    owner, role = current_app.config["OWNER_URL"], make_url(current_app.config["DATABASE_URL"]).username
    # A migration that changes what stands of people has to see them.
    seeing = {"connect_args": {"options": "-c kieubao.everyone=on"}, "poolclass": NullPool, "hide_parameters": True}
    engine = create_engine(owner, **seeing) if owner else db.engine
    with engine.connect() as connection, unbound(connection):
        context.configure(
            connection=connection,
            target_metadata=Base.metadata,
            render_item=plain,
            include_name=portable,
            render_as_batch=True,  # SQLite cannot alter a table in place
        )
        made = precaution.before(context.get_context(), current_app.config, click.echo)
        connection.rollback()  # or SQLite would hold the state of before, and could not write
        with context.begin_transaction():
            context.run_migrations()
            # Each time, so that no table is without its rights. Where there is no owner, the application is.
            if owner:
                grant(connection, role)
    precaution.after(made, click.echo)


run()
