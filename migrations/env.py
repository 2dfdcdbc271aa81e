"""Run the migrations on whichever database the application is on, as its owner, and give the application its rights."""

from alembic import context
from flask import current_app
from sqlalchemy import NullPool, create_engine
from sqlalchemy.engine import make_url

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


def run() -> None:
    owner, role = current_app.config["OWNER_URL"], make_url(current_app.config["DATABASE_URL"]).username
    engine = create_engine(owner, poolclass=NullPool, hide_parameters=True) if owner else db.engine
    with engine.connect() as connection:
        context.configure(
            connection=connection,
            target_metadata=Base.metadata,
            render_item=plain,
            include_name=portable,
            render_as_batch=True,  # SQLite cannot alter a table in place
        )
        with context.begin_transaction():
            context.run_migrations()
            # Each time, so that no table is without its rights. Where there is no owner, the application is.
            if owner:
                grant(connection, role)


run()
