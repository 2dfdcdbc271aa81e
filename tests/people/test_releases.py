"""Who a paper may mean, and who still stands as they did: each rule by itself."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.exc import NoResultFound

from kieubao.access.roles import Scope
from kieubao.consent.models import ConsentEvent, Standing
from kieubao.db import db, reading
from kieubao.ground import clock
from kieubao.people import releases
from kieubao.walls import Sight, confined
from tests import factories

PROVINCE = Scope(frozenset({"42"}))


@pytest.fixture
def everyone(app):
    with confined(Sight(everyone=True)):
        yield
        db.session.rollback()


def named(born):
    db.session.rollback()
    reading()
    found = releases.candidates(PROVINCE, "Nguyễn Thị Đào", born, "2025:18673")
    return {one["code"] for one in found}


def test_nobody_is_meant_who_was_born_earlier_or_later(everyone):
    codes = {born: factories.person(born=born).code for born in ("1960", "1965-03", "1965-09-01", "1990")}
    unknown = factories.person().code
    assert named("1965") == {codes["1965-03"], codes["1965-09-01"], unknown}
    assert named("1965-09") == {codes["1965-09-01"], unknown}
    assert named("1960") == {codes["1960"], unknown}
    assert named("1990") == {codes["1990"], unknown}


@pytest.mark.parametrize("gone", ["erased_at", "successor_id"])
def test_nobody_is_meant_who_is_on_record_no_more(everyone, gone):
    person, other = factories.person(born="1965"), factories.person("Lê Văn Ba")
    assert named("1965") == {person.code}
    change(person.id, **{gone: clock.now() if gone == "erased_at" else other.id})
    assert named("1965") == set()


@pytest.mark.parametrize("gone", ["erased_at", "successor_id"])
def test_of_those_asked_for_who_was_merged_or_erased_does_not_stand_as_before(everyone, gone):
    person, other = factories.person(), factories.person("Lê Văn Ba")
    factories.consent(person.id)
    last = db.session.scalar(select(func.max(ConsentEvent.id))) + 1
    assert releases.stands_since([person.id], last) == {person.id}
    change(person.id, **{gone: clock.now() if gone == "erased_at" else other.id})
    assert releases.stands_since([person.id], last) == set()
    assert releases.stands_since([other.id], last) == {other.id}


@pytest.mark.parametrize("gone", ["erased_at", "successor_id"])
def test_who_is_on_record_no_more_is_not_counted(everyone, gone):
    people = [factories.person(f"Nguyễn Văn {name}") for name in "ABCDEGHIKL"]
    later = clock.today() + timedelta(days=1)
    assert releases.in_tens(later) == {"kinds": {"abroad": 10}, "countries": {"CZ": 10}}
    assert releases.on_record() == 10
    change(people[0].id, **{gone: clock.now() if gone == "erased_at" else people[1].id})
    assert releases.in_tens(later) == {"kinds": {}, "countries": {}}
    assert releases.on_record() == 9


def change(person_id, **values):
    db.session.rollback()
    db.session.execute(update(Standing).where(Standing.person_id == person_id).values(**values))
    db.session.commit()


def test_nobody_out_of_scope_is_shown(everyone):
    person = factories.person(born="1965")
    reading()
    assert releases.released(PROVINCE, person.id, None)["items"]["birth_year"] == "1965"
    with pytest.raises(NoResultFound):
        releases.released(Scope(frozenset({"40"})), person.id, None)
