"""People are found by new rules once everybody was gone through, and by the old ones until then."""

import pytest
from sqlalchemy import select, text, update

from kieubao.access.models import AuditEntry
from kieubao.access.roles import SYSTEM
from kieubao.db import db
from kieubao.ground.ciphers import Keyring
from kieubao.people import registry, service
from kieubao.people.models import NameSpelling, Person
from tests import factories

OLDER = {"found_by": 0, "name_key": "", "given_key": "", "mid_key": "", "sort_key": "", "words": ""}


@pytest.fixture
def people(app):
    """Some people, found by what no rule of today makes."""
    made = [factories.person(name, other_names=["Hoa Nováková"]) for name in ("Đặng Thị Hòa", "Lê Văn Sơn", "Trần An")]
    before = kept()
    db.session.execute(update(Person).values(OLDER), execution_options={"synchronize_session": False})
    db.session.execute(text("DELETE FROM name_spelling"))
    db.session.commit()
    return made, before


def kept():
    db.session.expire_all()
    columns = [getattr(Person, name) for name in (*OLDER, "version")]
    return [tuple(row) for row in db.session.execute(select(*columns).order_by(Person.id))]


def reindexed(monkeypatch=None, batch=2):
    monkeypatch.setattr(registry, "BATCH", batch)
    last, done = None, []
    while True:
        last, count = service.reindex(SYSTEM, last or 0)
        done.append(count)
        if last is None:
            return done


def test_all_is_as_it_was_made_and_no_version_is_new(people, monkeypatch):
    made, before = people
    assert service.outdated(SYSTEM) == len(made)
    assert reindexed(monkeypatch) == [2, 1, 0]
    assert kept() == before
    assert service.outdated(SYSTEM) == 0
    assert "novakova" in set(db.session.scalars(select(NameSpelling.word)))


def test_nothing_sealed_is_opened_for_it(people, monkeypatch):
    def opened(_ring, _sealed, context):
        raise AssertionError(context)

    monkeypatch.setattr(Keyring, "open", opened)
    assert sum(reindexed(monkeypatch)) == len(people[0])


def test_one_that_was_stopped_goes_on_where_it_was(people, monkeypatch):
    monkeypatch.setattr(registry, "BATCH", 1)
    assert service.reindex(SYSTEM)[1] == 1
    assert service.outdated(SYSTEM) == 2
    assert reindexed(monkeypatch) == [2, 0]


def test_it_does_not_begin_again_with_whom_another_left(people):
    beyond = db.session.scalars(select(Person.id).order_by(Person.id.desc())).first()
    assert service.reindex(SYSTEM, beyond) == (None, 0)
    assert service.outdated(SYSTEM) == 3


def test_it_leaves_a_line_of_counts(people, monkeypatch):
    reindexed(monkeypatch, batch=10)
    lines = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "people.reindex").order_by(AuditEntry.id))
    assert [(one.role, one.outcome, one.found) for one in lines] == [("system", "done", 3), ("system", "done", 0)]


def test_the_command_does_all_there_is(people, app):
    runner = app.test_cli_runner()
    for _again in range(2):
        ran = runner.invoke(args=["people", "reindex"])
        assert (ran.exit_code, ran.output.strip()) == (0, "0 people are still found by older rules")
    assert kept() == people[1]
