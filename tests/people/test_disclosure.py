"""What is shown of a person is theirs, and what is in use; who is gone on the way is nobody."""

import pytest
from sqlalchemy import select

from kieubao.access.roles import Scope
from kieubao.consent.vocabulary import Channel, Purpose
from kieubao.db import db
from kieubao.people import disclosure, service
from kieubao.people.models import Person
from tests import factories

EVERYWHERE = Scope(frozenset({factories.PROVINCE}))
EMAIL, PHONE = ({"channel": "email", "value": "a@example.com"}, {"channel": "phone", "value": "+84983000111"})


@pytest.fixture
def pair(app):
    """Two people who agree to be asked by e-mail and by telephone, and have both."""
    made = [factories.person(name, contact_points=[EMAIL, PHONE]) for name in ("An", "Bình")]
    for one in made:
        for channel in (Channel.EMAIL, Channel.PHONE):
            factories.consent(one.id, channel=channel)
    return made


def rows(*among, fields=("code",)):
    people = select(Person.id).where(Person.id.in_(one.id for one in among))
    reached = disclosure.reach(Purpose.EVENTS, [Channel.EMAIL, Channel.PHONE], fields, people)
    return {person_id: row for person_id, row in reached}  # noqa: C416


def test_a_record_holds_what_is_its_own(pair, cast):
    one, other = pair
    member = factories.person("Chi", memberships=[{"association": "Hội đồng hương Praha", "country": "CZ"}])
    assert disclosure.record(EVERYWHERE, member.id)["memberships"][0]["name"] == "Hội đồng hương Praha"
    service.tie(cast["clerk"], one.code, relative=other.code, term="spouse")
    factories.consent(one.id, purpose=Purpose.INFORMATION)
    sheet = disclosure.record(EVERYWHERE, other.id)
    assert [point["value"] for point in sheet["contact_points"]] == [EMAIL["value"], PHONE["value"]]
    assert [kin["code"] for kin in sheet["kinships"]] == [one.code]
    assert [(said["purpose"], said["channel"]) for said in sheet["consents"]] == [
        ("events", "email"),
        ("events", "phone"),
    ]
    assert sheet["memberships"] == []


def test_a_contact_point_that_is_out_of_use_reaches_nobody(pair, cast):
    one, other = pair
    sheet = disclosure.record(EVERYWHERE, one.id)
    for point in sheet["contact_points"]:
        service.retire_contact(cast["clerk"], one.code, point["id"])
    reachable = disclosure.reachable(Purpose.EVENTS, [Channel.EMAIL, Channel.PHONE])
    assert set(db.session.scalars(reachable)) == {other.id}
    reached = {person_id: row["reach"] for person_id, row in rows(*pair).items()}
    assert reached == {one.id: {}, other.id: {"email": [EMAIL["value"]], "phone": [PHONE["value"]]}}


def test_a_row_is_of_those_among_who_may_be_contacted_and_holds_what_was_asked_for(pair):
    one, other = pair
    stranger = factories.person("Chi", contact_points=[EMAIL])
    assert set(rows(other, stranger)) == {other.id}
    assert {*rows(one, fields=["name", "city", "note"])[one.id]} == {"name", "city", "reach"}
    assert disclosure.codes_of(select(Person.id).where(Person.id == one.id)) == [one.code]


def test_who_is_gone_on_the_way_has_no_card(pair):
    one, other = pair
    shown = disclosure.cards([other.id, 999_999, one.id])
    assert [card["code"] for _subject, card in shown] == [other.code, one.code]
