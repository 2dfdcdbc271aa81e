"""Two people at one moment: a plan is taken over once, an agency is written once, no ring is made, no lead is lost."""

from datetime import date

import pytest

from kieubao.db import db
from kieubao.plans import service
from tests.people.test_service import race

SAID = {"succeeded_on": date(2025, 3, 1), "document": "Quyết định 1"}
pytestmark = pytest.mark.parametrize("database", ["postgresql"], indirect=True)


@pytest.fixture
def approver(cast):
    return cast["approver"]


def agency(approver, name):
    return service.write_agency(approver, name=name, province="2025:42")["code"]


def test_a_plan_is_taken_over_once(app, approver):
    deeds = [lambda: service.take_over(approver, key="HT-2023")] * 2
    assert race(app, *deeds) == ["conflict", "done"]
    assert len(service.all_plans(approver)) == 1


def test_an_agency_is_written_once(app, approver):
    assert race(app, *[lambda: agency(approver, "Sở Ngoại vụ")] * 2) == ["conflict", "done"]


def test_no_ring_is_made(app, approver):
    one, other = agency(approver, "Một"), agency(approver, "Hai")
    db.session.rollback()
    deeds = [
        lambda: service.succeed(approver, one, successor=other, **SAID),
        lambda: service.succeed(approver, other, successor=one, **SAID),
    ]
    assert race(app, *deeds) == ["done", "invalid"]


def test_no_lead_is_lost(app, approver):
    task = service.take_over(approver, key="HT-2023")["tasks"][0]["code"]
    leads = [agency(approver, name) for name in ("Một", "Hai")]
    db.session.rollback()
    deeds = [lambda one=one: service.edit_task(approver, task, version=1, values={"leads": [one]}) for one in leads]
    assert race(app, *deeds) == ["done", "stale"]
