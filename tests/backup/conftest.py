"""A backup is restored by the owner of the tables."""

import pytest

from tests.databases import owned


@pytest.fixture
def database(database):
    return owned(database)
