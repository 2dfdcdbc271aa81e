"""A database of each kind, full of made-up people."""

import tempfile
import time
from collections.abc import Iterator

from flask_migrate import upgrade
from sqlalchemy import text

from bench.people import populate
from kieubao.db import db
from tests.databases import application, postgresql_server


def populated(count: int, seed: int) -> Iterator[str]:
    """Give the name of each kind of database while the application is on it, full and analysed."""
    with tempfile.TemporaryDirectory() as folder:
        server, end = postgresql_server()
        for kind, url in (("SQLite", f"sqlite:///{folder}/bench.sqlite"), ("PostgreSQL", server)):
            with application(url).app_context():
                upgrade()
                begun = time.perf_counter()
                populate(count, seed)
                print(f"\n{kind}: {count:,} people in {time.perf_counter() - begun:.0f} s")
                db.session.execute(text("ANALYZE"))
                db.session.commit()
                yield kind
                db.session.remove()
                db.engine.dispose()
        end()
