from datetime import date, timedelta
from itertools import chain

import pytest
from sqlalchemy import select

from kieubao.access.roles import Scope
from kieubao.consent.vocabulary import Channel, State
from kieubao.db import db
from kieubao.ground import clock
from kieubao.people import registry
from kieubao.people.filters import among, chosen, matching, within
from kieubao.people.models import Association, Person
from kieubao.people.records import Member, Record
from tests import factories

YEAR = clock.today().year
BASE = {
    "name": "Đặng Thị Hòa",
    "other_names": [],
    "kind": "abroad",
    "country": "CZ",
    "source": "phiếu 12",
    "legal_basis": "consent",
    "legal_document": "phiếu 12",
}
# What one person has and the other has not, and the filter that tells them apart.
TELLING = [
    ({"kind": "home"}, {"kinds": ["home"]}),
    ({"gender": "female"}, {"genders": ["female", "other"]}),
    ({"country": "DE"}, {"countries": ["DE", "PL"]}),
    ({"city": "Praha"}, {"cities": ["Praha"]}),
    ({"home_epoch": 2025, "home_code": "18673"}, {"communes": ["18673"]}),
    ({"home_epoch": 2025, "home_code": "18673"}, {"home_units": ["2025:18673"]}),
    ({"home_epoch": 2024, "home_code": "18073"}, {"home_units": ["2024:18073"]}),
    ({"home_epoch": 2025, "home_code": "18673", "home_old_code": "18073"}, {"home_units": ["2024:18073"]}),
    ({"home_epoch": 2024, "home_code": "18073"}, {"old_provinces": ["42"]}),
    ({"status": "settled"}, {"statuses": ["settled"]}),
    ({"citizenship": "vn"}, {"citizenships": ["vn"]}),
    ({"generation": "1.5"}, {"generations": ["1.5", "2"]}),
    ({"occupation_group": "2"}, {"occupation_groups": ["2"]}),
    ({"sector": "J"}, {"sectors": ["J"]}),
    ({"education": "master"}, {"educations": ["master"]}),
    ({"interests": ["đầu tư", "trade"]}, {"interests": ["đầu tư", "charity"]}),
    ({"languages": ["vi", "cs"]}, {"languages": ["cs"]}),
    ({"confirmed_on": date(2026, 5, 1)}, {"confirmed_since": date(2026, 5, 1)}),
    ({"confirmed_on": date(2026, 5, 1)}, {"confirmed_since": "2026-05-01"}),
    ({"born": "1987"}, {"age_from": 0}),
]


def enrolled(*values):
    made = registry.enrol([Record({**BASE, **one}) for one in values], "42", None)
    db.session.commit()
    return [one.id for one in made]


def found(*rules):
    return set(db.session.scalars(select(Person.id).where(*rules)))


@pytest.mark.parametrize(("having", "wanted"), TELLING, ids=[*chain.from_iterable(wanted for _, wanted in TELLING)])
def test_each_filter_tells_who_has_it(app, having, wanted):
    one, _other = enrolled(having, {})
    assert found(*matching(wanted)) == {one}


@pytest.mark.parametrize("nothing", [{}, {"kinds": [], "age_from": None, "countries": None, "consents_to": ""}])
def test_a_filter_left_empty_narrows_nothing(app, nothing):
    everybody = set(enrolled({}, {"country": "DE"}))
    assert found(*matching(nothing)) == everybody


def test_filters_narrow_together(app):
    _one, both, _other = enrolled({"sector": "J"}, {"sector": "J", "country": "DE"}, {"country": "DE"})
    assert found(*matching({"sectors": ["J"], "countries": ["DE"]})) == {both}


def test_a_misspelt_filter_is_refused():
    with pytest.raises(KeyError):
        matching({"country": ["CZ"]})


def test_ages_are_inclusive_by_year_of_birth(app):
    births = {age: f"{YEAR - age}" for age in (14, 15, 16, 35, 36, 37)}
    people = dict(zip(births, enrolled(*({"born": born} for born in births.values())), strict=True))
    assert found(*matching({"age_from": 16, "age_to": 35})) == {people[age] for age in (16, 35, 36)}


@pytest.mark.parametrize("born", [f"{YEAR - 30}-08-14", f"{YEAR - 30}-12", f"{YEAR - 30}", f"{YEAR - 30}~"])
def test_an_age_is_known_however_much_of_the_birth_is(app, born):
    one, _unknown = enrolled({"born": born}, {})
    assert found(*matching({"age_from": 30, "age_to": 30})) == {one}
    assert not found(*matching({"age_from": 31})) | found(*matching({"age_to": 28}))


def test_an_old_commune_is_found_by_what_it_is_today(app):
    old, new = enrolled({"home_epoch": 2024, "home_code": "18676"}, {"home_epoch": 2025, "home_code": "18673"})
    today = db.session.get_one(Person, old).commune
    assert found(*matching({"home_units": [f"2025:{today}"]})) >= {old}
    assert new not in found(*matching({"home_units": ["2024:18676"]}))


def test_the_old_commune_of_a_code_is_less_than_the_new_one_of_the_same(app):
    """18676 was a commune, and is the code of what it was merged into."""
    old, new = enrolled(*({"home_epoch": epoch, "home_code": "18676"} for epoch in (2024, 2025)))
    assert found(*matching({"home_units": ["2024:18676"]})) == {old}
    assert found(*matching({"home_units": ["2025:18676"]})) == {old, new}


def test_who_was_settled_in_another_part_of_an_old_commune_is_not_of_the_part_that_kept_its_code(app):
    """09700 was split: Ba Vì kept its code, and some who came from it are of 09676 today."""
    moved, stayed = enrolled(
        *({"home_epoch": 2025, "home_code": code, "home_old_code": "09700"} for code in ("09676", "09700"))
    )
    assert found(*matching({"home_units": ["2025:09700"]})) == {stayed}
    assert found(*matching({"home_units": ["2024:09700"]})) == {moved, stayed}


def test_never_confirmed_is_long_ago(app):
    stale, never, _fresh = enrolled({"confirmed_on": date(2025, 1, 1)}, {}, {"confirmed_on": date(2026, 1, 1)})
    assert found(*matching({"confirmed_before": date(2026, 1, 1)})) == {stale, never}


def test_members_of_an_association(app):
    clubs = [Member(name, "CZ") for name in ("Hội đồng hương Hà Tĩnh", "Hội doanh nhân")]
    made = registry.enrol([Record(BASE, (), (clubs[0],)), Record(BASE, (), (clubs[1],)), Record(BASE)], "42", None)
    codes = db.session.scalars(select(Association.code).order_by(Association.id)).all()
    assert found(*matching({"associations": codes[:1]})) == {made[0].id}
    assert found(*matching({"associations": codes})) == {made[0].id, made[1].id}


def test_consent_is_asked_of_the_rule_of_contact(app):
    yes, no, past, _silent = (factories.person().id for _ in range(4))
    factories.consent(yes, channel=Channel.EMAIL)
    factories.consent(no, state=State.REFUSED)
    factories.consent(past, on=date(2026, 1, 1), valid_until=clock.today() - timedelta(days=1))
    assert found(*matching({"consents_to": "events"})) == {yes}
    assert found(*matching({"consents_to": "events", "consent_channels": ["email", "zalo"]})) == {yes}
    assert not found(*matching({"consents_to": "events", "consent_channels": ["phone"]}))
    assert not found(*matching({"consents_to": "investment"}))


def test_scope(app):
    here, there, unknown = enrolled(
        {"home_epoch": 2025, "home_code": "18673"}, {"home_epoch": 2025, "home_code": "18676"}, {}
    )
    assert found(within(Scope(frozenset({"42"})))) == {here, there, unknown}
    assert found(within(Scope(frozenset({"18673"})))) == {here}
    assert found(within(Scope(frozenset({"56", "18676"})))) == {there}
    assert not found(within(Scope()))


def test_among_takes_a_select(app):
    one, _other = enrolled({"country": "DE"}, {})
    assert found(among(select(Person.id).where(Person.country == "DE"))) == {one}


def test_a_list_names_those_in_scope_whom_its_filter_names(app):
    here, _abroad, _there = enrolled(
        {"home_epoch": 2025, "home_code": "18673", "country": "DE"},
        {"home_epoch": 2025, "home_code": "18673"},
        {"home_epoch": 2025, "home_code": "18676", "country": "DE"},
    )
    assert set(db.session.scalars(chosen(Scope(frozenset({"18673"})), {"countries": ["DE"]}))) == {here}
