"""Every migration goes up and down on both databases, and its end is what the models say."""

from pathlib import Path

import pytest
from flask_migrate import check, downgrade, upgrade
from sqlalchemy import inspect, select

from kieubao.consent.models import Weighed
from kieubao.db import db
from tests import factories
from tests.databases import application

VERSIONS = Path(__file__).parents[1] / "migrations/versions"


@pytest.fixture
def migrated(database):
    app = application(database)
    with app.app_context():
        yield
        db.session.remove()
        db.engine.dispose()


def test_the_models_are_what_the_migrations_make(migrated):
    """`check` exits where it would write another migration."""
    assert check() is None


def test_every_migration_can_be_taken_back(migrated):
    before = set(inspect(db.engine).get_table_names())
    for _step in list(VERSIONS.glob("0*.py")):
        downgrade()
    assert set(inspect(db.engine).get_table_names()) == {"alembic_version"}
    upgrade()
    assert set(inspect(db.engine).get_table_names()) == before


def test_who_was_in_an_issue_or_out_of_it_moves_with_its_table(app, cast):
    """0019: by the pseudonym before, by the number since."""
    guest, _left_out = factories.person("An"), factories.person("Bình")
    factories.consent(guest.id)
    factories.published(cast["clerk"], cast["approver"], cast["organizer"])
    before = weighed()
    assert [verdict for verdict, _person, _line in before] == ["in", "no_consent"]
    db.session.remove()
    downgrade(revision="0018")
    upgrade()
    assert weighed() == before


def weighed():
    query = select(Weighed.verdict, Weighed.person_id, Weighed.line).order_by(Weighed.verdict)
    return [tuple(row) for row in db.session.execute(query)]


def test_numbers_run_and_the_head_is_written_down():
    numbers = sorted(path.name[:4] for path in VERSIONS.glob("0*.py"))
    assert numbers == [f"{n:04}" for n in range(1, len(numbers) + 1)]
    assert (VERSIONS / ".head").read_text().strip() == numbers[-1]
