"""On PostgreSQL a unit sees of its own requests what it wrote, and what was released to it; nothing in between."""

import pytest
from sqlalchemy import text

from kieubao.db import db, reading
from kieubao.ground import clock
from kieubao.police import approval, office, service
from kieubao.walls import Sight, confined
from tests import factories
from tests.police.asking import asked, deferred, desk, entered, filed, gives, one, released

pytestmark = pytest.mark.parametrize("database", ["postgresql"], indirect=True)
TABLES = (
    "disclosure_request",
    "disclosure_subject",
    "disclosure_deferral",
    "disclosure_complaint",
    "disclosure_notice",
)


@pytest.fixture
def d(app):
    return desk()


@pytest.fixture
def dao(app):
    return factories.person(born="1968")


def seen(sight):
    """How many rows there are of each table, for who sees so far."""
    db.session.rollback()
    with confined(sight):
        reading()
        found = [db.session.scalar(text(f"SELECT count(*) FROM {table}")) for table in TABLES]
        found.append(db.session.scalar(text("SELECT count(*) FROM person")))
        db.session.rollback()
    return found


def of_unit(d):
    return Sight(unit_id=d.officer.organisation_id)


def test_what_was_asked_is_seen_until_it_is_endorsed(d, dao):
    code = service.file(d.officer, asked())["code"]
    assert seen(of_unit(d)) == [1, 1, 0, 0, 0, 0]
    service.endorse(d.head, code)
    assert seen(of_unit(d)) == [1, 0, 0, 0, 0, 0]


def test_what_was_decided_is_not_seen(d, dao):
    code = filed(d)
    office.decide(d.protection, code, [gives(dao, items=("name",))], ("life", "bị đe dọa"))
    office.complain(d.protection, code, clock.today(), "không đúng")
    assert seen(of_unit(d)) == [1, 0, 0, 0, 0, 0]
    approval.not_approve(d.chief, code)
    assert seen(of_unit(d)) == [1, 0, 0, 0, 0, 0]


def test_what_was_released_is_seen_and_of_whom_nothing_was_given_nothing(d, dao):
    code = filed(d, one(), one("Lê Văn Vắng"))
    office.decide(d.protection, code, [gives(dao, items=("name",)), gives(number=2)], None)
    assert approval.approvals(d.chief) == []
    assert seen(of_unit(d)) == [1, 1, 0, 0, 0, 0]
    deferred(d, dao)
    assert seen(of_unit(d)) == [2, 2, 1, 0, 0, 0]


def test_another_unit_and_everybody_else_see_none_of_it(d, dao):
    released(d, dao)
    entered(d, unit="Công an tỉnh Quảng Trị")
    other = factories.actor("police", organisation="Công an tỉnh Nghệ An")
    assert seen(Sight(unit_id=other.organisation_id)) == [0] * 6
    # A clerk of the whole province sees people, and whom to tell; not what the police asked.
    assert seen(Sight(provinces=["42"]))[:4] == [0] * 4
    assert seen(Sight(provinces=["42"], desk=True))[:2] == [2, 2]
