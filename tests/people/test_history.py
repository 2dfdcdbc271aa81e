"""What became of a record is told change by change, and of whom the reader may see alone."""

import pytest

from kieubao.consent.vocabulary import State
from kieubao.ground.errors import NotFound
from kieubao.people import service
from kieubao.people.records import Contact
from tests import factories


@pytest.fixture
def clerk(app):
    return factories.actor()


def told(actor, person):
    return service.timeline(actor, person.code)["events"]


def test_every_change_says_what_stood_before(clerk):
    hoa = factories.person("Đặng Thị Hòa", country="CZ", interests=["trade"])
    service.amend(clerk, hoa.code, version=1, changes={"city": "Brno", "interests": ["trade", "charity"]})
    service.amend(clerk, hoa.code, version=2, changes={"city": None})
    last, changed, recorded = told(clerk, hoa)
    assert last["fields"] == [{"name": "city", "before": "Brno", "after": None}]
    assert {one["name"]: (one["before"], one["after"]) for one in changed["fields"]} == {
        "city": (None, "Brno"),
        "interests": ([], ["charity"]),
    }
    assert (changed["by"], recorded["what"], recorded["fields"]) == (clerk.name, "recorded", [])


def test_what_they_belong_to_is_called_by_its_name_from_the_first(clerk):
    belongs = [{"association": "Hội người Hà Tĩnh tại Séc", "country": "CZ"}]
    hoa = factories.person("Đặng Thị Hòa", country="CZ", memberships=belongs)
    service.amend(clerk, hoa.code, version=1, changes={"city": "Brno"})
    assert [one["name"] for one in told(clerk, hoa)[0]["fields"]] == ["city"]


def test_a_number_that_is_added_and_no_longer_used(clerk):
    hoa = factories.person("Đặng Thị Hòa")
    sheet = service.add_contact(clerk, hoa.code, Contact("phone", "+420 601 555 148", "+420601555148"))
    service.retire_contact(clerk, hoa.code, sheet["contact_points"][0]["id"])
    point = [{"channel": "phone", "value": "+420601555148"}]
    retired, added, _recorded = told(clerk, hoa)
    assert (added["fields"], retired["fields"]) == (
        [{"name": "contact_points", "before": [], "after": point}],
        [{"name": "contact_points", "before": point, "after": []}],
    )


def test_a_relative_out_of_scope_is_not_named(clerk):
    hoa = factories.person("Đặng Thị Hòa", home="Xã Cẩm Xuyên", home_unit="2025:18673")
    dao = factories.person("Lê Thị Đào", home="Xã Kỳ Lợi, TX Kỳ Anh", home_unit="2024:18796")
    service.tie(clerk, hoa.code, relative=dao.code, term="parent")
    assert told(clerk, hoa)[0]["fields"] == [
        {"name": "kinships", "before": [], "after": [{"name": "Lê Thị Đào", "term": "parent"}]}
    ]
    assert told(factories.actor(units=["18673"]), hoa)[0]["what"] == "recorded"


def test_what_was_said_and_who_was_given_it(clerk):
    hoa = factories.person("Đặng Thị Hòa")
    factories.notice()
    factories.consent(hoa.id)
    factories.consent(hoa.id, State.WITHDRAWN, evidence=None, notice_id=None)
    said = [one["state"] for one in told(clerk, hoa) if one["what"] == "said"]
    assert sorted(said) == ["given", "withdrawn"]


def test_whoever_is_out_of_scope_is_absent(clerk):
    hoa = factories.person("Đặng Thị Hòa")
    with pytest.raises(NotFound):
        told(factories.actor(units=["40"]), hoa)
