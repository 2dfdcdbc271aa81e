"""People as they are written: derived columns, blind indexes and revisions come along, and nothing lies open."""

import json
from datetime import date

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

from kieubao.consent.models import Standing
from kieubao.db import db, keyring
from kieubao.ground import codes, places
from kieubao.ground.errors import Conflict, Invalid, NotFound, Stale
from kieubao.people import bonds, contacts, registry
from kieubao.people.models import Association, ContactKey, ContactPoint, Kinship, Membership, Person, PersonRevision
from kieubao.people.records import Contact, Member, Record, derived
from kieubao.people.revisions import DERIVED, WRITTEN
from kieubao.people.schemas import EnrolForm
from tests import factories

SECRETS = {
    "contact_point.raw": "+420 601 555 148",
    "contact_point.value": "+420601555148",
    "person.address": "Libušská 319, Praha",
    "person.note": "gọi sau 18 giờ",
    "person_revision.record": "Đặng Thị Hòa",
}


def whole(person_id):
    return db.session.get_one(Person, person_id)


def revisions(person_id):
    db.session.expire_all()
    query = select(PersonRevision).where(PersonRevision.person_id == person_id).order_by(PersonRevision.version)
    return [(one.version, json.loads(one.record)) for one in db.session.scalars(query)]


def amend(person_id, version=1, **changes):
    changed = registry.amend(person_id, version, changes, "42", 7)
    db.session.commit()
    return changed


def terms():
    return {(k.person_id, k.relative_id): k.term for k in db.session.scalars(select(Kinship))}


def test_what_follows_from_a_name_is_derived(app):
    person = whole(factories.person("Nguyễn Thị Đào", other_names=["Daisy"]).id)
    keys = (person.name_key, person.given_key, person.mid_key)
    assert keys == ("nguyen thi dao", "dao nguyen thi", "thi dao nguyen")
    assert {"nguyen", "thi", "dao", "daisy", "0kabroad", "0ccz", "0p42", "0m18673"} <= set(person.words.split())
    assert person.sort_key


HOMES = {
    "of today": ("2025:18673", ("42", "18673", "42")),
    "old, one heir": ("2024:18685", ("42", "18685", "42")),
    "a province": ("2025:42", ("42", None, "42")),
    "of today, from two": ("2025:24781", ("68", "24781", "68")),
    "uncoded": (None, ("42", None, None)),
}


@pytest.mark.parametrize("home", HOMES)
def test_a_home_belongs_to_the_units_of_today(app, home):
    unit, belongs = HOMES[home]
    person = whole(factories.person(home="ở đâu đó", home_unit=unit).id)
    assert (person.province, person.commune, person.home_old_province) == belongs
    assert person.home_text == "ở đâu đó"


def test_what_is_derived_is_told_apart_from_what_is_written():
    values = {**EnrolForm().load(factories.form()).values, "home_old_code": None, "other_names": [], "interests": []}
    assert set(derived(values, "42")) == set(DERIVED)
    columns = {column.key for column in Person.__table__.columns}
    assert columns - {*WRITTEN, *DERIVED} == {"id", "code", "version", "created_at", "changed_at"}


def test_a_split_home_is_known_by_its_province_alone(app):
    split = next(
        unit
        for unit in places.natives("42")
        if len(unit.code) == places.COMMUNE and unit.epoch == places.OLD and places.current(unit) is None
    )
    person = whole(factories.person(home_unit=split.key).id)
    assert (person.province, person.commune) == ("42", None)
    assert (person.home_epoch, person.home_code) == (2024, split.code)


def test_many_are_enrolled_as_one_is(app):
    names = [f"Trần Văn {given}" for given in ("An", "Bình", "Chi")]
    made = registry.enrol([EnrolForm().load(factories.form(name)) for name in names], "42", 7)
    assert [whole(one.id).name for one in made] == names
    assert len({one.code for one in made} | {one.subject for one in made}) == 6
    assert [revisions(one.id)[0][1]["name"] for one in made] == names
    alone = factories.person(names[0])
    columns = [c.key for c in Person.__table__.columns if c.key not in {"id", "code", "created_at", "changed_at"}]
    assert [getattr(whole(made[0].id), c) for c in columns] == [getattr(whole(alone.id), c) for c in columns]


def test_what_else_the_database_refuses_is_not_tried_again(app, monkeypatch):
    known, made = factories.person(), []
    monkeypatch.setattr(registry, "next_ids", lambda _table, _count: [known.id])
    monkeypatch.setattr(codes, "fresh", lambda _prefix: made.append("KB-7F3Q-9XKC-2") or made[-1])
    with pytest.raises(IntegrityError):
        registry.enrol([EnrolForm().load(factories.form())], "42", 7)
    assert len(made) == 1


def test_nobody_is_enrolled_in_an_empty_list(app):
    assert registry.enrol([], "42", None) == []


def test_every_change_leaves_the_record_as_it_then_stood(app):
    person = factories.person(city="Praha")
    assert amend(person.id, city="Brno", country="DE") == ["country", "city"]
    assert amend(person.id, 2, city="Brno") == []
    assert amend(person.id, 2, note="x") == ["note"]
    stood = [(version, record["city"], record["note"]) for version, record in revisions(person.id)]
    assert stood == [(1, "Praha", None), (2, "Brno", None), (3, "Brno", "x")]
    assert whole(person.id).version == 3
    assert "0cde" in whole(person.id).words.split()


@pytest.mark.parametrize("column", SECRETS)
def test_nothing_personal_lies_open(app, column):
    point = {"channel": "phone", "value": SECRETS["contact_point.raw"]}
    secret = {name: SECRETS[f"person.{name}"] for name in ("address", "note")}
    factories.person("Đặng Thị Hòa", contact_points=[point], **secret)
    table, name = column.split(".")
    stored = bytes(db.session.execute(text(f"SELECT {name} FROM {table}")).scalar_one())
    assert SECRETS[column].encode() not in stored
    assert SECRETS[column] in keyring().open(stored, column)


KEYS = {
    ("phone", "+420 601 555 148"): 7,
    ("sms", "+420 601 555 148"): 7,
    ("zalo", "0984 593 143"): 7,
    ("email", "Hoa@Example.com"): 1,
    ("post", "Libušská 319, Praha"): 0,
}


@pytest.mark.parametrize("point", KEYS)
def test_a_contact_point_is_found_by_its_blind_indexes(app, point):
    channel, value = point
    person = factories.person(contact_points=[{"channel": channel, "value": value}])
    keys = db.session.execute(select(ContactKey.key, ContactKey.person_id)).all()
    assert len(keys) == KEYS[point]
    assert {holder for _key, holder in keys} <= {person.id}
    if channel == "phone":
        sought = {keyring().blind("phone", "+420601555148"), keyring().blind("tail", "5148")}
        assert sought <= {key for key, _holder in keys}


def test_a_retired_contact_point_is_retired_once_and_by_its_holder(app):
    one, other = (factories.person(contact_points=[{"channel": "email", "value": "a@example.com"}]) for _ in "ab")
    points = {c.person_id: c.id for c in db.session.scalars(select(ContactPoint))}
    contacts.retire(one.id, points[one.id])
    for person, point in ((one, points[one.id]), (one, points[other.id]), (one, 10**12)):
        with pytest.raises(NotFound):
            contacts.retire(person.id, point)
    assert len(db.session.scalars(select(ContactKey.key)).all()) == 2


def test_kin_are_kin_both_ways(app):
    mother, son = factories.person("Lê Thị Ba"), factories.person("Trần Văn Tư")
    bonds.tie([(son.id, mother.id, "parent", "child")])
    assert terms() == {(son.id, mother.id): "parent", (mother.id, son.id): "child"}
    for pair in ((son, mother), (mother, son)):
        with pytest.raises(Conflict):
            bonds.tie([(pair[0].id, pair[1].id, "spouse", "spouse")])
    daughter, aunt = factories.person("Trần Thị Năm"), factories.person("Lê Thị Sáu")
    bonds.tie([(daughter.id, mother.id, "parent", "child"), (son.id, aunt.id, "parent", "child")])
    bonds.untie(mother.id, son.id)
    left = {(daughter.id, mother.id), (mother.id, daughter.id), (son.id, aunt.id), (aunt.id, son.id)}
    assert set(terms()) == left
    with pytest.raises(NotFound):
        bonds.untie(mother.id, son.id)


def test_nobody_is_their_own_kin(app):
    person = factories.person()
    with pytest.raises(Invalid) as refused:
        bonds.tie([(person.id, person.id, "spouse", "spouse")])
    assert refused.value.field == "relative"


def test_an_association_is_founded_once(app):
    club = {"association": "Hội đồng hương Hà Tĩnh tại Séc", "country": "CZ"}
    one = factories.person(memberships=[{**club, "role": "chủ tịch"}])
    other = factories.person(memberships=[club, {**club, "country": "DE"}])
    assert len(db.session.scalars(select(Association)).all()) == 2
    bonds.join(one.id, [Member(**club, role="hội viên")])
    db.session.commit()
    roles = {(m.person_id, m.role) for m in db.session.scalars(select(Membership))}
    assert roles == {(one.id, "hội viên"), (other.id, None)}


def test_a_stale_version_changes_nothing_and_tells_both(app):
    person = factories.person(city="Praha")
    amend(person.id, city="Brno")
    with pytest.raises(Stale) as refused:
        amend(person.id, city="Ostrava", country="CZ")
    assert (refused.value.theirs, refused.value.yours) == ({"city": "Brno"}, {"city": "Ostrava"})
    db.session.rollback()
    assert (whole(person.id).city, len(revisions(person.id))) == ("Brno", 2)


@pytest.mark.parametrize(("born", "adult"), [("2012-04", date(2028, 4, 30)), (None, None)])
def test_another_birth_moves_the_day_of_age(app, born, adult):
    person = factories.person(born="1990")
    assert amend(person.id, born=born) == ["born"]
    assert db.session.scalar(select(Standing.adult_on).where(Standing.person_id == person.id)) == adult


@pytest.mark.parametrize("change", [{"country": "VN"}, {"kind": "abroad", "country": "VN"}])
def test_nobody_abroad_lives_in_viet_nam_whatever_was_changed(app, change):
    person = factories.person()
    with pytest.raises(Invalid) as refused:
        amend(person.id, **change)
    assert refused.value.field == "country"


@pytest.mark.parametrize("name", ["龘" * 160, "﷽" * 160, " ".join(f"ab{n}cd" for n in range(20))])
def test_a_name_whose_letters_fold_to_many_fits(app, name):
    """PostgreSQL would refuse a key that is longer than its column."""
    others = [" ".join(a + b for b in "abcdefghijklmnopqrstuvwxyz") for a in "abcdefghij"]
    assert whole(factories.person(name, other_names=others).id).name == name


def test_a_contact_point_keeps_what_was_written(app):
    person = factories.person()
    (point,) = contacts.add([(person.id, Contact("phone", "601 555 148", "+420601555148"))])
    db.session.commit()
    kept = db.session.get_one(ContactPoint, point)
    assert (kept.raw, kept.value, kept.retired_at) == ("601 555 148", "+420601555148", None)


def test_a_record_without_the_rest_is_enough(app):
    (made,) = registry.enrol([Record(EnrolForm().load(factories.form()).values)], "42", None)
    assert whole(made.id).interests == []
