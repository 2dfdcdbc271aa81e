"""A finding is open until the officer says what came of it, and why; every word of it stays."""

import pytest
from sqlalchemy import delete, select, update
from sqlalchemy.exc import DatabaseError

from kieubao.access.models import AuditEntry
from kieubao.db import db
from kieubao.ground import clock
from kieubao.ground.errors import Conflict, Forbidden, NotFound
from kieubao.oversight import findings, service
from kieubao.oversight.days import Act, Sighting
from kieubao.oversight.models import FindingDecision
from kieubao.oversight.vocabulary import Outcome, Rule
from kieubao.people import service as people
from tests import factories


def filed(account, subject=None, entry=0):
    acts = [Act(entry, clock.now(), account, "people.read", subject=subject)]
    assert findings.file([Sighting(Rule.VOLUME, account, "2026-11-20", 60, acts)]) == 1
    db.session.commit()
    return service_id()


def service_id():
    return db.session.scalar(select(findings.Finding.id).order_by(findings.Finding.id.desc()))


@pytest.fixture
def officer(cast):
    return cast["protection_officer"]


@pytest.mark.parametrize("outcome", Outcome)
def test_every_outcome_with_its_remark_who_and_when(cast, officer, outcome):
    number = filed(cast["clerk"].id)
    service.decide(officer, number, outcome=outcome, remark="đã hỏi trưởng phòng")
    sheet = service.finding(officer, number)
    assert sheet["state"] == outcome
    assert [(one["outcome"], one["remark"], one["by"]) for one in sheet["decisions"]] == [
        (outcome, "đã hỏi trưởng phòng", "Cán bộ protection_officer")
    ]
    line = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "oversight.decide")).one()
    assert line.details == {"finding": number, "rule": "volume", "state": outcome}
    assert service.all_findings(officer) == []
    assert [one["id"] for one in service.all_findings(officer, state=outcome)] == [number]


def test_another_mind_is_added_and_nothing_is_taken_back(cast, officer):
    number = filed(cast["clerk"].id)
    service.decide(officer, number, outcome=Outcome.EXPLAINED, remark="một")
    service.decide(officer, number, outcome=Outcome.MISUSE, remark="hai")
    assert [one["remark"] for one in service.finding(officer, number)["decisions"]] == ["hai", "một"]
    for act in (update(FindingDecision).values(remark="x"), delete(FindingDecision)):
        with pytest.raises(DatabaseError, match=r"only added to|permission denied"):
            db.session.execute(act)
        db.session.rollback()


def test_ones_own_reading_is_for_somebody_else(officer):
    number = filed(officer.id)
    with pytest.raises(Conflict):
        service.decide(officer, number, outcome=Outcome.EXPLAINED, remark="tôi")
    service.decide(officer, number, outcome=Outcome.PASSED_ON, remark="chuyển lãnh đạo Văn phòng")
    assert service.finding(officer, number)["state"] == "passed_on"


def test_a_finding_shows_codes_and_nothing_else_of_a_person(cast, officer):
    made = factories.person("Đặng Thị Hòa", city="Praha")
    people.read(cast["clerk"], made.code)
    number = filed(cast["clerk"].id, made.subject, entry=1)
    sheet = service.finding(officer, number)
    assert [one["person"] for one in sheet["entries"]] == [made.code]
    assert "Hòa" not in str(sheet)
    assert "Praha" not in str(sheet)
    elsewhere = factories.actor("protection_officer", ["68"])
    assert [one["person"] for one in service.finding(elsewhere, number)["entries"]] == [None]


def test_there_is_no_such_finding(officer):
    with pytest.raises(NotFound):
        service.finding(officer, 99)
    with pytest.raises(NotFound):
        service.decide(officer, 99, outcome=Outcome.EXPLAINED, remark="x")


def test_the_desk_counts_what_is_open_by_rule(cast, officer):
    number = filed(cast["clerk"].id)
    assert service.desk(officer)["findings"] == {"volume": 1}
    service.decide(officer, number, outcome=Outcome.JUSTIFIED, remark="x")
    assert service.desk(officer)["findings"] == {}


def test_of_what_several_read_none_of_them_decides(cast, officer):
    """A finding of several is of no one account: whose entries it is made of is asked."""
    people.read(cast["clerk"], factories.person().code)
    service.desk(officer)
    read = db.session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc()).limit(2)).all()
    acts = [Act(one.id, one.at, one.actor_id, "people.read") for one in read]
    findings.file([Sighting(Rule.MANY_READERS, None, "2026-11-20", 5, acts)])
    db.session.commit()
    with pytest.raises(Conflict, match="your own reading"):
        service.decide(officer, service_id(), outcome=Outcome.EXPLAINED, remark="tôi")
    db.session.rollback()
    service.decide(officer, service_id(), outcome=Outcome.PASSED_ON, remark="chuyển")


def test_nobody_else_sees_or_decides(cast):
    number = filed(cast["clerk"].id)
    for role in set(cast) - {"protection_officer"}:
        with pytest.raises(Forbidden):
            service.finding(cast[role], number)
        with pytest.raises(Forbidden):
            service.decide(cast[role], number, outcome=Outcome.EXPLAINED, remark="x")
