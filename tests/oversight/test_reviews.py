"""Every quarter every open account is looked at, and the round ends when all are settled."""

from datetime import UTC, date, datetime

import pytest
import time_machine

from kieubao.access.models import Account
from kieubao.db import db
from kieubao.ground.errors import Conflict, Forbidden, Invalid, NotFound
from kieubao.oversight import reviews, service
from kieubao.oversight.vocabulary import Verdict
from kieubao.people import service as people
from tests import factories

NOVEMBER = datetime(2026, 11, 20, 3, tzinfo=UTC)


@pytest.fixture
def november(app):
    with time_machine.travel(NOVEMBER, tick=False) as at:
        yield at


@pytest.fixture
def people_here(november):
    return {role: factories.actor(role) for role in ("clerk", "protection_officer")}


@pytest.mark.parametrize(
    ("day", "quarter", "first", "last"),
    [
        (date(2026, 11, 22), "2026-Q4", date(2026, 10, 1), date(2026, 12, 31)),
        (date(2027, 1, 1), "2027-Q1", date(2027, 1, 1), date(2027, 3, 31)),
        (date(2026, 6, 30), "2026-Q2", date(2026, 4, 1), date(2026, 6, 30)),
        (date(2026, 9, 30), "2026-Q3", date(2026, 7, 1), date(2026, 9, 30)),
    ],
)
def test_quarters(day, quarter, first, last):
    assert reviews.quarter_of(day) == quarter
    assert reviews.span(quarter) == (first, last)


def test_a_round_has_every_open_account_as_it_is(people_here):
    clerk, officer = people_here["clerk"], people_here["protection_officer"]
    db.session.get_one(Account, clerk.id).signed_in_at = NOVEMBER
    db.session.commit()
    one = factories.person()
    for _time in range(3):
        people.read(clerk, one.code)
    gone = factories.actor("organizer")
    factories.disable(gone)
    sheet = service.begin_review(officer, quarter="2026-Q4")
    lines = {line["account_id"]: line for line in sheet["lines"]}
    assert set(lines) == {clerk.id, officer.id}
    seen = lines[clerk.id]
    assert (seen["role"], seen["units"], seen["openings"], seen["signed_in_at"]) == ("clerk", ["42"], 3, NOVEMBER)
    assert lines[officer.id]["signed_in_at"] is None


def test_the_last_one_settled_closes_the_round(people_here):
    clerk, officer = people_here["clerk"], people_here["protection_officer"]
    number = service.begin_review(officer, quarter="2026-Q4")["id"]
    service.settle(officer, number, officer.id, verdict=Verdict.CONFIRMED)
    (progress,) = service.all_reviews(officer)["rounds"]
    assert (progress["accounts"], progress["settled"], progress["closed_at"]) == (2, 1, None)
    closed = service.settle(officer, number, clerk.id, verdict=Verdict.CHANGE, remark="chỉ còn xã Cẩm Xuyên")
    assert closed["closed_at"] == NOVEMBER
    assert {line["verdict"] for line in closed["lines"]} == {"confirmed", "change"}
    assert service.desk(officer)["reviews"] == []
    with pytest.raises(Conflict):
        service.settle(officer, number, clerk.id, verdict=Verdict.CONFIRMED)
    assert db.session.get(Account, clerk.id).role == "clerk"


def test_a_change_says_what_and_why(people_here):
    clerk, officer = people_here["clerk"], people_here["protection_officer"]
    number = service.begin_review(officer, quarter="2026-Q4")["id"]
    with pytest.raises(Invalid) as refused:
        service.settle(officer, number, clerk.id, verdict=Verdict.CHANGE)
    assert refused.value.field == "remark"


def test_one_round_a_quarter_and_none_ahead(people_here):
    officer = people_here["protection_officer"]
    service.begin_review(officer, quarter="2026-Q4")
    with pytest.raises(Conflict):
        service.begin_review(officer, quarter="2026-Q4")
    with pytest.raises(Invalid) as refused:
        service.begin_review(officer, quarter="2027-Q1")
    assert refused.value.field == "quarter"


def test_a_quarter_nobody_reviewed_is_overdue(people_here, november):
    officer = people_here["protection_officer"]
    assert service.desk(officer)["reviews"] == [{"quarter": "2026-Q4", "overdue": False}]
    november.move_to(datetime(2027, 1, 2, tzinfo=UTC))
    assert service.desk(officer)["reviews"] == [
        {"quarter": "2026-Q4", "overdue": True},
        {"quarter": "2027-Q1", "overdue": False},
    ]
    number = service.begin_review(officer, quarter="2026-Q4")["id"]
    assert service.review(officer, number)["overdue"]
    assert service.all_reviews(officer)["due"] == ["2027-Q1"]


def test_what_is_not_there(people_here):
    officer = people_here["protection_officer"]
    with pytest.raises(NotFound):
        service.review(officer, 9)
    with pytest.raises(NotFound):
        service.reviewed(officer, 9, 9)
    with pytest.raises(NotFound):
        service.settle(officer, 9, 9, verdict=Verdict.CONFIRMED)


def test_only_the_officer_reviews(cast):
    for role in set(cast) - {"protection_officer"}:
        with pytest.raises(Forbidden):
            service.begin_review(cast[role], quarter="2026-Q4")
