"""Households: who lives together, against an oracle that walks from one to the next; and whom of them to invite."""

import random
from collections import deque
from itertools import product

from sqlalchemy import select

from kieubao.access.roles import Scope
from kieubao.db import db, these
from kieubao.people import bonds, households, merges
from kieubao.people.merges import Pair
from kieubao.people.models import Kinship, Person
from tests import factories

OFFICE = Scope(frozenset({"42"}))
NOBODY = select(Person.id).where(Person.id < 0)
CLOSE = {"spouse", "parent", "child", "adoptive_parent", "adopted_child", "parent_in_law", "child_in_law"}
TERMS = ("spouse", "parent", "elder_sibling", "parent_in_law", "adoptive_parent", "parent_sibling", "other")
INVERSE = {"parent": "child", "elder_sibling": "younger_sibling", "parent_in_law": "child_in_law"}
INVERSE |= {"adoptive_parent": "adopted_child", "parent_sibling": "nibling"}
HERE, THERE = "2025:18673", "2025:18685"


def tie(one, other, term):
    bonds.tie([(one.id, other.id, term, INVERSE.get(term, term))])
    db.session.commit()


def found(people, first=(), reached=NOBODY, scope=OFFICE):
    ids = [one.id for one in people]
    return [[ids.index(one) for one in members] for members in households.of(scope, these(ids), first, reached)]


def at_home(name, home_unit=HERE, **more):
    return factories.person(name, kind="home", country="VN", home_unit=home_unit, **more)


def abroad(name, country="CZ", city="Praha", **more):
    return factories.person(name, country=country, city=city, **more)


def alike(one, other):
    if one.kind != other.kind:
        return False
    if one.kind == "home":
        return one.commune is not None and one.commune == other.commune
    return None not in {one.country, one.city} and (one.country, one.city) == (other.country, other.city)


def together(everybody, asked):
    """Who is beside whom, from each tie and nothing else."""
    ties = db.session.execute(select(Kinship.person_id, Kinship.relative_id, Kinship.term))
    ties = [(everybody[one], everybody[other], term) for one, other, term in ties if one in asked]
    beside = {(one.id, other.id) for one, other, term in ties if term in CLOSE and alike(one, other)}
    home = [(one, native) for one, native, _term in ties if (one.kind, native.kind) == ("home", "abroad")]
    return beside | {
        (one.id, other.id)
        for (one, native), (other, same) in product(home, home)
        if native == same and alike(one, other)
    }


def oracle(people):
    """Walk from everybody to whoever lives with them, through the others' records where need be."""
    asked = {one.id for one in people}
    pairs = together({one.id: one for one in db.session.scalars(select(Person))}, asked)
    pairs |= {(other, one) for one, other in pairs}
    groups = set()
    for start in asked:
        reached, waiting = {start}, deque([start])
        while waiting:
            here = waiting.popleft()
            new = {other for one, other in pairs if one == here} - reached
            reached |= new
            waiting.extend(new)
        groups.add(frozenset(reached & asked))
    return {one for one in groups if len(one) > 1}


def test_families_are_as_one_walks_from_one_to_the_next(app):
    chance, sizes = random.Random(8), []
    for _round in range(20):
        people = [
            at_home("Lê Văn Ba", chance.choice([HERE, THERE]))
            if chance.random() < 0.5
            else abroad("Lê Văn Ba", city=chance.choice(["Praha", "Brno", None]))
            for _n in range(10)
        ]
        pairs = [(one, other) for one in people for other in people if one.id < other.id]
        for one, other in chance.sample(pairs, 12):
            tie(one, other, chance.choice(TERMS))
        asked = chance.sample(people, 7)
        ids = [one.id for one in asked]
        groups = {frozenset(ids[at] for at in members) for members in found(asked)}
        assert groups == oracle(asked)
        sizes += [len(one) for one in groups]
    assert len(sizes) > 15
    assert max(sizes) > 3


def test_a_child_of_another_commune_and_a_sibling_are_households_of_their_own(app):
    mother, child, away, brother = at_home("Mẹ"), at_home("Con"), at_home("Xa", THERE), at_home("Em")
    tie(mother, child, "parent")
    tie(mother, away, "parent")
    tie(mother, brother, "elder_sibling")
    assert found([mother, child, away, brother]) == [[0, 1]]


def test_relatives_of_one_person_abroad_are_a_family_where_they_live_together(app):
    native, mother, brother, aunt = abroad("Kiều"), at_home("Mẹ"), at_home("Em"), at_home("Cô", THERE)
    for one, term in ((mother, "parent"), (brother, "elder_sibling"), (aunt, "parent_sibling")):
        tie(one, native, term)
    assert found([mother, brother, aunt]) == [[0, 1]]
    assert found([native, mother]) == []


def test_of_a_city_that_is_not_known_nobody_knows_who_lives_together(app):
    one, other = abroad("A", city=None), abroad("B", city=None)
    tie(one, other, "spouse")
    assert found([one, other]) == []


def test_a_city_of_the_same_name_is_not_the_same_place(app):
    one, other = abroad("A", country="GB", city="London"), abroad("B", country="CA", city="London")
    tie(one, other, "spouse")
    here, there = at_home("C", city="Hà Tĩnh"), at_home("D", THERE, city="Hà Tĩnh")
    tie(here, there, "spouse")
    assert found([one, other, here, there]) == []


def test_of_a_home_that_is_in_no_commune_yet_nobody_knows_who_lives_together(app):
    native, one, other = abroad("Kiều"), at_home("A", None, home="đâu đó"), at_home("B", None, home="đâu đó")
    for kin, term in ((one, "parent"), (other, "elder_sibling")):
        tie(kin, native, term)
    assert found([one, other]) == []


def test_who_is_asked_is_chosen_then_reached_then_eldest(app):
    young, old, unknown = abroad("A", born="1990"), abroad("B", born="1960-02"), abroad("C", born=None)
    tie(young, old, "spouse")
    tie(old, unknown, "parent")
    people = [unknown, young, old]
    assert found(people) == [[2, 1, 0]]
    assert found(people, reached=these([young.id])) == [[1, 2, 0]]
    assert found(people, first=[unknown.code], reached=these([young.id])) == [[0, 1, 2]]


def test_who_was_chosen_under_a_record_that_was_merged_is_chosen_still(app, cast):
    young, old, again = abroad("A", born="1990"), abroad("B", born="1960"), abroad("A", born="1990")
    code = again.code
    merges.merge(cast["approver"], Pair(young.id, 1, again.id, 1), ())
    db.session.commit()
    tie(young, old, "spouse")
    assert found([young, old]) == [[1, 0]]
    assert found([young, old], first=[code]) == [[0, 1]]


def test_ties_to_who_is_out_of_scope_tell_nothing(app):
    native, mother, brother = abroad("Kiều", home_unit=THERE), at_home("Mẹ"), at_home("Em")
    tie(mother, native, "parent")
    tie(brother, native, "elder_sibling")
    assert found([mother, brother]) == [[0, 1]]
    assert found([mother, brother], scope=Scope(frozenset({"18673"}))) == []
