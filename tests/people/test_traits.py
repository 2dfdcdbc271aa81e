"""What the watch compares of people."""

import pytest
from sqlalchemy import update

from kieubao.access.roles import Scope
from kieubao.consent.models import Standing
from kieubao.db import db
from kieubao.ground import clock
from kieubao.people import bonds, disclosure, traits
from tests import factories

HOME = Scope(frozenset({"42"}))


@pytest.fixture
def family(app):
    made = [factories.person(name) for name in ("Đậu Quốc Nam", "Đậu Quốc Hùng", "Phan Thị Lan", "Đậuu Nam")]
    bonds.tie([(made[0].id, made[1].id, "younger_sibling", "elder_sibling")])
    db.session.commit()
    return made


def test_traits_of_people(family):
    found = traits.of([one.subject for one in family])
    assert [(found[one.subject].family, found[one.subject].branch) for one in family] == [
        ("dau", "dau quoc"),
        ("dau", "dau quoc"),
        ("phan", ""),
        ("dauu", ""),
    ]
    assert found[family[0].subject].commune == "18673"
    assert found[family[0].subject].code == family[0].code


def test_who_is_erased_has_none_and_no_code(family):
    one = family[0]
    db.session.execute(update(Standing).where(Standing.person_id == one.id).values(erased_at=clock.now()))
    assert traits.of([one.subject]) == {}
    assert disclosure.codes_by_subject(HOME, [one.subject]) == {}


def test_codes_only_within_scope(family):
    subjects = {one.subject for one in family}
    assert disclosure.codes_by_subject(HOME, subjects) == {one.subject: one.code for one in family}
    assert disclosure.codes_by_subject(Scope(frozenset({"68"})), subjects) == {}


def test_kin_from_both_sides(family):
    one, other, *_rest = (each.subject for each in family)
    assert traits.kin([one, other]) == {one: {other}, other: {one}}
    assert traits.kin([family[2].subject]) == {}


def test_shares_within_a_scope(family):
    assert traits.share_of_name("dau", HOME) == 0.5
    assert traits.share_of_name("dau quoc", HOME) == 0.5
    assert traits.share_of_name("phan", Scope(frozenset({"18673"}))) == 0.25
    assert traits.share_of_commune("18673", HOME) == 1.0
    assert traits.share_of_name("dau", Scope()) == 0.0
