"""A database of each kind, full of made-up people, as the tests prepare it: PostgreSQL with its roles and walls."""

import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from flask import current_app
from flask_migrate import upgrade
from sqlalchemy import text
from sqlalchemy.engine import make_url

from bench.people import populate
from kieubao.db import db
from tests.databases import PostgreSQL, application, owning, postgresql_server


def populated(count: int, seed: int) -> Iterator[str]:
    """Give the name of each kind of database while the application is on it, full and analysed."""
    with tempfile.TemporaryDirectory() as folder:
        named, end = postgresql_server()
        server = PostgreSQL(named)
        for kind, url in (("SQLite", f"sqlite:///{folder}/bench.sqlite"), ("PostgreSQL", server.copy())):
            superuser = server.server.set(database=make_url(url).database).render_as_string(hide_password=False)
            with application(url, SUPERUSER_URL=superuser).app_context():
                upgrade()
                begun = time.perf_counter()
                populate(count, seed)
                print(f"\n{kind}: {count:,} people in {time.perf_counter() - begun:.0f} s")
                with owning() as connection:
                    connection.execute(text("ANALYZE"))
                db.engine.dispose()
                yield kind
                db.session.remove()
                db.engine.dispose()
        server.drop(url)
        end()


@contextmanager
def bare() -> Iterator[Any]:
    """Give the raw driver's cursor, past the walls: what a floor is measured on."""
    if db.engine.dialect.name == "sqlite":
        yield db.session.connection().connection.cursor()
        db.session.rollback()
    else:
        with psycopg.connect(current_app.config["SUPERUSER_URL"]) as connection:
            yield connection.cursor()
            connection.rollback()
