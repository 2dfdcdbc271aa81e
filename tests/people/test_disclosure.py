"""What is shown of a person is theirs, and what is in use; who is gone on the way is nobody."""

import pytest
from sqlalchemy import select
from sqlalchemy.exc import NoResultFound

from kieubao.access.roles import Scope
from kieubao.consent.models import Standing
from kieubao.consent.vocabulary import Channel, Purpose
from kieubao.db import db
from kieubao.people import disclosure, service, ways
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
    return {person_id: row for person_id, row, _through in reached}


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


def test_of_many_those_alone_are_told_of_who_are_asked_for(pair):
    one, other = pair
    asked = [one.id]
    assert disclosure.codes_by_id(EVERYWHERE, asked) == {one.id: one.code}
    assert disclosure.subjects(EVERYWHERE, asked) == {one.id: one.subject}
    assert disclosure.parts(EVERYWHERE, asked, ["name", "born", "note"]) == {one.id: {"name": "An", "born": None}}
    elsewhere = Scope(frozenset({"18685"}))
    asked = [one.id, other.id]
    assert disclosure.codes_by_id(elsewhere, asked) == disclosure.subjects(elsewhere, asked) == {}
    assert disclosure.parts(elsewhere, asked, ["name"]) == {}


PARTS = {
    "contact_points": {
        *("id", "channel", "raw", "value", "rule", "doubtful", "owner", "verified_on", "retired_at"),
    },
    "kinships": {"code", "name", "gender", "kind", "term"},
    "memberships": {"code", "name", "country", "role"},
    "consents": {"purpose", "channel", "state", "signed_at", "valid_until"},
}


def test_a_record_has_its_columns_and_its_parts_and_no_more(pair, cast):
    clubs = [{"association": name, "country": "CZ", "role": "hội viên"} for name in ("Hội B", "Hội A")]
    one = factories.person("Chi", contact_points=[EMAIL, PHONE], memberships=clubs)
    factories.consent(one.id)
    for relative, term in zip(reversed(pair), ("spouse", "other"), strict=True):
        service.tie(cast["clerk"], one.code, relative=relative.code, term=term)
    sheet = disclosure.record(EVERYWHERE, one.id)
    assert set(sheet) == {*disclosure.RECORD.columns, *PARTS, "standing"}
    assert {name: set(sheet[name][0]) for name in PARTS} == PARTS
    assert set(sheet["standing"]) == {"adult_on", "deceased_on", "restricted_at", "heard_on", "told_on"}
    # As they were given; kin as names go.
    assert [point["channel"] for point in sheet["contact_points"]] == ["email", "phone"]
    assert [club["name"] for club in sheet["memberships"]] == ["Hội B", "Hội A"]
    assert [(kin["name"], kin["term"]) for kin in sheet["kinships"]] == [("An", "other"), ("Bình", "spouse")]


def test_a_record_is_not_there_out_of_scope(pair):
    for scope in (Scope(), Scope(frozenset({"68"}))):
        with pytest.raises(NoResultFound):
            disclosure.record(scope, pair[0].id)


def test_rows_come_as_names_go_in_vietnamese(app):
    """By the given name, and of the same name whoever was enrolled first."""
    names = ("Trần Văn Đức", "Lê Thị Dung", "Trần Văn An", "Lê Thị Ân", "Trần Văn An")
    made = [factories.person(name, contact_points=[EMAIL]) for name in names]
    for one in reversed(made):
        factories.consent(one.id)
    assert list(rows(*made)) == [made[at].id for at in (2, 4, 3, 1, 0)]
    everybody = select(Person.id)
    codes = disclosure.codes_of(everybody)
    assert codes == {one.id: one.code for one in made}
    assert [*codes.values()] == sorted(codes.values())
    assert (disclosure.count(everybody), disclosure.count(everybody.where(Person.id < 0))) == (5, 0)


@pytest.mark.parametrize(
    ("said", "address"),
    [({"gender": "male"}, "ong"), ({"gender": "female"}, "ba"), ({}, None),
     ({"gender": "male", "form_of_address": "ba"}, "ba")],
)  # fmt: skip
def test_a_row_says_how_to_address_somebody(app, said, address):
    one = factories.person(contact_points=[EMAIL], **said)
    factories.consent(one.id)
    assert rows(one, fields=["form_of_address"])[one.id]["form_of_address"] == address


def test_a_card_says_whose_name_is_only_close(pair):
    one, other = pair
    cards = disclosure.cards([one.id, other.id], {other.id})
    assert [(subject, card["close"]) for subject, card in cards] == [(one.subject, False), (other.subject, True)]
    assert {*cards[0][1]} == {*disclosure.CARD.columns, "close"}


@pytest.mark.parametrize("owner", ["relative", "other"])
def test_what_is_a_relatives_reaches_nobody(app, owner):
    one = factories.person(contact_points=[EMAIL, {**PHONE, "owner": owner}])
    for channel in (Channel.EMAIL, Channel.PHONE):
        factories.consent(one.id, channel=channel)
    assert {person_id: row["reach"] for person_id, row in rows(one).items()} == {one.id: {"email": [EMAIL["value"]]}}
    # Nor is somebody else reached because they have a number.
    factories.person(contact_points=[PHONE])
    only = ways.reachable(Purpose.EVENTS, [Channel.PHONE])
    assert db.session.scalars(only).all() == []


def test_a_contact_point_that_is_out_of_use_reaches_nobody(pair, cast):
    one, other = pair
    sheet = disclosure.record(EVERYWHERE, one.id)
    for point in sheet["contact_points"]:
        service.retire_contact(cast["clerk"], one.code, point["id"])
    reachable = ways.reachable(Purpose.EVENTS, [Channel.EMAIL, Channel.PHONE])
    assert set(db.session.scalars(reachable)) == {other.id}
    reached = {person_id: row["reach"] for person_id, row in rows(*pair).items()}
    assert reached == {one.id: {}, other.id: {"email": [EMAIL["value"]], "phone": [PHONE["value"]]}}


def test_a_row_is_of_those_among_who_may_be_contacted_and_holds_what_was_asked_for(pair):
    one, other = pair
    stranger = factories.person("Chi", contact_points=[EMAIL])
    assert set(rows(other, stranger)) == {other.id}
    assert {*rows(one, fields=["name", "city", "note"])[one.id]} == {"name", "city", "reach"}
    assert disclosure.codes_of(select(Person.id).where(Person.id == one.id)) == {one.id: one.code}


def test_who_is_gone_on_the_way_has_no_card(pair):
    one, other = pair
    shown = disclosure.cards([other.id, 999_999, one.id])
    assert [card["code"] for _subject, card in shown] == [other.code, one.code]


def test_those_who_are_called_come_in_vietnamese_order_and_from_within_scope(app):
    made = [factories.person(name) for name in ("Trần Văn Ý", "Lê Thị Ân", "Bùi An", "Bùi An")]
    found = disclosure.called(Scope(frozenset({"42"})), [one.id for one in made])
    assert [one.id for one in found] == [made[2].id, made[3].id, made[1].id, made[0].id]
    subjects = {standing.person_id: standing.subject for standing in db.session.scalars(select(Standing))}
    assert [(one.code, one.name, one.subject) for one in found[:1]] == [(made[2].code, "Bùi An", subjects[made[2].id])]
    assert disclosure.called(Scope(frozenset({"01"})), [one.id for one in made]) == []
