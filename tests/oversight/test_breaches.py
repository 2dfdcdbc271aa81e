"""A breach is recorded at once, added to, reported within 72 hours, and closed; nothing is overwritten."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from sqlalchemy import delete, update
from sqlalchemy.exc import DatabaseError

from kieubao.db import db
from kieubao.ground import codes
from kieubao.ground.errors import Conflict, Forbidden, Invalid, NotFound, Stale
from kieubao.outreach import organizer as desk
from kieubao.outreach.vocabulary import Format
from kieubao.oversight import service
from kieubao.oversight.models import BreachVersion
from tests import factories

FOUND = datetime(2026, 11, 20, 3, tzinfo=UTC)
LOST = {"what": "Mất máy tính xách tay ở bến xe", "found_at": FOUND}


@pytest.fixture
def at(app):
    with time_machine.travel(FOUND + timedelta(hours=1), tick=False) as now:
        yield now


@pytest.fixture
def officer(at):
    return factories.actor("protection_officer")


def test_the_clock_runs_from_when_it_was_found(officer, at):
    made = service.find_breach(officer, **LOST)
    assert (made["state"], made["due_at"], made["late"]) == ("open", FOUND + timedelta(hours=72), False)
    assert [one["code"] for one in service.desk(officer)["clocks"]] == [made["code"]]
    at.move_to(FOUND + timedelta(hours=72))
    assert not service.breach(officer, made["code"])["late"]
    at.move_to(FOUND + timedelta(hours=72, seconds=1))
    assert service.breach(officer, made["code"])["late"]


def test_what_is_known_later_is_added(officer):
    code = service.find_breach(officer, **LOST)["code"]
    service.amend_breach(officer, code, version=1, **LOST, people=40, measures="Đã khóa tài khoản")
    sheet = service.breach(officer, code)
    assert (sheet["version"], sheet["people"], sheet["measures"]) == (2, 40, "Đã khóa tài khoản")
    assert [(one["version"], one["people"]) for one in sheet["versions"]] == [(2, 40), (1, None)]
    for act in (update(BreachVersion).values(what="x"), delete(BreachVersion)):
        with pytest.raises(DatabaseError, match=r"only added to|permission denied"):
            db.session.execute(act)
        db.session.rollback()


def test_who_was_faster_is_told(officer):
    code = service.find_breach(officer, **LOST)["code"]
    service.amend_breach(officer, code, version=1, **LOST, people=40)
    with pytest.raises(Stale) as refused:
        service.amend_breach(officer, code, version=1, **LOST, people=50)
    assert (refused.value.theirs["people"], refused.value.yours["people"]) == (40, 50)


def test_a_report_stops_the_clock_and_may_be_late(officer, at):
    early, late = (service.find_breach(officer, **LOST)["code"] for _time in range(2))
    at.move_to(FOUND + timedelta(hours=80))
    told = {"reported_to": "Bộ Công an, 12/TB-VP"}
    assert not service.report_breach(officer, early, reported_at=FOUND + timedelta(hours=71), **told)["late"]
    assert service.report_breach(officer, late, reported_at=FOUND + timedelta(hours=79), **told)["late"]
    assert service.desk(officer)["clocks"] == []
    with pytest.raises(Conflict):
        service.report_breach(officer, early, reported_at=FOUND, **told)


@pytest.mark.parametrize("hours", [-1, 2])
def test_it_is_reported_after_it_was_found_and_not_in_the_future(officer, hours):
    code = service.find_breach(officer, **LOST)["code"]
    with pytest.raises(Invalid) as refused:
        service.report_breach(officer, code, reported_at=FOUND + timedelta(hours=hours), reported_to="x")
    assert refused.value.field == "reported_at"


def test_closed_it_is_amended_no_more(officer):
    code = service.find_breach(officer, **LOST)["code"]
    closed = service.close_breach(officer, code, remark="Máy đã mã hóa, tìm lại được: không phải vi phạm")
    assert (closed["state"], closed["late"]) == ("closed", False)
    with pytest.raises(Conflict):
        service.amend_breach(officer, code, version=1, **LOST)
    with pytest.raises(Conflict):
        service.close_breach(officer, code, remark="x")
    with pytest.raises(Conflict):
        service.report_breach(officer, code, reported_at=FOUND, reported_to="x")


def test_it_was_not_found_in_the_future(officer):
    with pytest.raises(Invalid) as refused:
        service.find_breach(officer, what="x", found_at=FOUND + timedelta(hours=2))
    assert refused.value.field == "found_at"


def test_people_are_named_by_their_codes_and_by_a_pull(officer):
    clerk, approver, organizer = (factories.actor(role) for role in ("clerk", "approver", "organizer"))
    guests = [
        factories.person(f"Lê Thu {word}", contact_points=[{"channel": "email", "value": f"{word}@example.com"}])
        for word in ("a", "b", "c")
    ]
    for one in guests:
        factories.consent(one.id, on=(FOUND - timedelta(days=2)).date())
    issue = factories.published(clerk, approver, organizer)
    file = desk.pull(organizer, issue.code, reason="in", format=Format.CSV)
    file.content.close()
    other = factories.person()
    named = [other.code.lower().replace("-", " "), file.pull, other.code]
    made = service.find_breach(officer, **LOST, affected=named)
    assert (made["affected"], made["named"]) == ([other.code, file.pull], 4)


@pytest.mark.parametrize("named", ["x", codes.example("KB"), codes.example("LL"), codes.example("DS")])
def test_a_code_that_names_nothing_is_refused(officer, named):
    with pytest.raises(Invalid) as refused:
        service.find_breach(officer, **LOST, affected=[named])
    assert refused.value.field == "affected"


def test_no_more_are_named_than_can_be_looked_up(officer):
    one = factories.person().code
    with pytest.raises(Invalid, match="at most"):
        service.find_breach(officer, **LOST, affected=[one] * 501)
    assert service.find_breach(officer, **LOST, affected=[one] * 500)["affected"] == [one]


def test_who_is_out_of_scope_is_named_by_nobody(officer):
    elsewhere, affected = factories.actor("protection_officer", ["68"]), [factories.person().code]
    code = service.find_breach(elsewhere, **LOST)["code"]
    for act in (
        lambda: service.find_breach(elsewhere, **LOST, affected=affected),
        lambda: service.amend_breach(elsewhere, code, version=1, **LOST, affected=affected),
    ):
        with pytest.raises(Invalid) as refused:
            act()
        assert refused.value.field == "affected"


def test_there_is_no_such_breach(officer):
    for act in (service.breach, service.close_breach):
        with pytest.raises(NotFound):
            act(officer, codes.example("SC"), **({"remark": "x"} if act is service.close_breach else {}))


def test_only_the_officer_keeps_breaches(cast):
    for role in set(cast) - {"protection_officer"}:
        with pytest.raises(Forbidden):
            service.find_breach(cast[role], **LOST)
        with pytest.raises(Forbidden):
            service.all_breaches(cast[role])
