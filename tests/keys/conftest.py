import pytest

from tests.keys import rings


@pytest.fixture
def file(app, tmp_path):
    """The file of the application's keys."""
    return rings.kept(app, tmp_path)


@pytest.fixture
def run(app, file):
    return rings.commands(app)
