"""An office and hosts for its backups, which are restored by the owner of the tables."""

import pytest

from tests.backup.hosts import Office
from tests.databases import owned


@pytest.fixture
def database(database):
    return owned(database)


@pytest.fixture
def office(tmp_path):
    return Office(tmp_path)


@pytest.fixture
def hosts(request):
    """Addresses of fresh databases of a kind, as many as are asked for."""
    made = []

    def fresh(name):
        kind = request.getfixturevalue(name)
        made.append((kind, kind.copy()))
        return made[-1][1]

    yield fresh
    for kind, url in made:
        kind.drop(url)
