"""A database of each kind, full of made-up people, as the tests prepare it: PostgreSQL with its roles and walls."""

import os
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Any

import psycopg
from flask import current_app
from flask_migrate import upgrade
from sqlalchemy import text
from sqlalchemy.engine import make_url

from bench.copies import multiply
from bench.people import populate
from kieubao.db import db
from tests.databases import KEYS, PostgreSQL, application, as_root, owning, postgresql_server

# Of more people on PostgreSQL the others are copies.
MADE = 1_000_000


def populated(count: int, seed: int, only: str = "") -> Iterator[str]:
    """Give the name of each kind of database while the application is on it, full and analysed.

    `only` one kind, where it is named. KIEUBAO_BENCH_FOLDER keeps them for another time.
    """
    kept = os.environ.get("KIEUBAO_BENCH_FOLDER")
    with nullcontext(kept) if kept else tempfile.TemporaryDirectory() as folder:
        for kind, place in (("SQLite", _file), ("PostgreSQL", _server)):
            if only in {"", kind}:
                with place(Path(folder), f"people-{count}-{seed}") as url, _on(url, _keys(Path(folder))):
                    _fill(kind, count, seed)
                    yield kind


@contextmanager
def _file(folder: Path, name: str) -> Iterator[str]:
    yield f"sqlite:///{folder}/{name}.sqlite"


@contextmanager
def _server(folder: Path, name: str) -> Iterator[str]:
    named, end = postgresql_server(folder / "postgresql" if "KIEUBAO_BENCH_FOLDER" in os.environ else None)
    server, known = PostgreSQL(named), folder / f"{name}.url"
    if not known.exists():
        known.write_text(make_url(server.copy()).database or "")
    yield server.url(known.read_text())
    end()


@contextmanager
def _on(url: str, keys: str) -> Iterator[None]:
    superuser = as_root(url) if url.startswith("postgresql") else url
    with application(url, SUPERUSER_URL=superuser, KEYS=keys, DEMO=True).app_context():
        yield
        db.session.remove()
        db.engine.dispose()


def _keys(folder: Path) -> str:
    """Return the keys of a folder: by others nothing in it would be found."""
    known = folder / "keys.json"
    if not known.exists():
        known.write_text(KEYS)
    return known.read_text()


def _fill(kind: str, count: int, seed: int) -> None:
    upgrade()
    begun, here = time.perf_counter(), db.session.scalar(text("SELECT count(*) FROM person")) or 0
    if here < count:
        times = 1 if kind == "SQLite" else max(1, count // MADE)
        # Goes on where it was stopped.
        populate(count // times - here, seed + here)
        if times > 1:
            with bare() as raw:
                multiply(raw, times)
        _analysed(kind)
        print(f"\n{kind}: {count:,} people in {time.perf_counter() - begun:.0f} s")
    db.engine.dispose()


def _analysed(kind: str) -> None:
    """Do what each database does by itself in time: tell its planner, and PostgreSQL which pages everybody sees."""
    if kind == "SQLite":
        with owning() as connection:
            connection.execute(text("ANALYZE"))
        return
    with psycopg.connect(current_app.config["SUPERUSER_URL"], autocommit=True) as connection:
        connection.execute("VACUUM ANALYZE")


@contextmanager
def bare() -> Iterator[Any]:
    """Give the raw driver's cursor, past the walls: what a floor is measured on."""
    if db.engine.dialect.name == "sqlite":
        yield db.session.connection().connection.cursor()
        db.session.rollback()
    else:
        with psycopg.connect(current_app.config["SUPERUSER_URL"]) as connection:
            yield connection.cursor()
