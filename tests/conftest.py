"""One application on each database, one empty registry, one cast of characters."""

import pytest
from flask.testing import FlaskClient

from kieubao.access.roles import ASSIGNABLE, Actor
from kieubao.db import db
from tests import factories
from tests.databases import Lent, PostgreSQL, SQLite, leave, postgresql_server
from tests.nearest import pytest_collection_modifyitems, pytest_runtest_protocol  # noqa: F401 - of mutants alone
from tests.refusals import refusals_are_heard  # noqa: F401 - in every test

LENT = Lent()


@pytest.fixture(scope="session")
def sqlite(tmp_path_factory):
    return SQLite(tmp_path_factory.mktemp("sqlite"))


@pytest.fixture(scope="session")
def postgresql():
    url, end = postgresql_server()
    yield PostgreSQL(url)
    end()


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request):
    """The address of a fresh, migrated database: every test that needs one runs on both."""
    kind = request.getfixturevalue(request.param)
    url = kind.copy()
    yield url
    leave()
    kind.drop(url)


@pytest.fixture
def app(database):
    app = LENT.on(database)
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def cast(app) -> dict[str, Actor]:
    """One actor of each role, by role name: cast["clerk"], all of one province."""
    return {role.value: factories.actor(role) for role in sorted(ASSIGNABLE)}


class Client(FlaskClient):
    """Every request in a context of its own, as on a server, though the test has one open."""

    def open(self, *args, **options):
        with self.application.app_context():
            return super().open(*args, **options)


@pytest.fixture
def client(app):
    return Client(app, app.response_class)
