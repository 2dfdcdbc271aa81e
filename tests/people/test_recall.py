"""However a name is put, its people are found; and nearly always when one letter of it is wrong."""

import random
import sys
from unicodedata import normalize

import pytest

from bench.misspelling import misspelt
from bench.people import populate
from kieubao.access.roles import Scope
from kieubao.db import db
from kieubao.ground.names import placements
from kieubao.ground.text import fold
from kieubao.people.models import Person
from kieubao.people.neighbours import MANY
from kieubao.people.search import find

PROVINCE = Scope(frozenset({"42"}))
WAYS = (fold, str.upper, str.lower, lambda name: normalize("NFD", name), lambda name: name.replace("đ", "ð"))
WAYS += (lambda name: " ".join(reversed(name.split())), lambda name: "  ".join([*name.split()[1:], name.split()[0]]))


def crowd(count):
    populate(count)
    db.session.remove()
    return [(one.id, one.name) for one in db.session.query(Person).order_by(Person.id)]


def first_page(text):
    found = find(text, {}, PROVINCE)
    return {fold(name) for (name,) in db.session.query(Person.name).where(Person.id.in_(found.ids))}


def recall(people, count):
    chance = random.Random(11)
    names = [name for _id, name in chance.choices(people, k=count)]
    return sum(fold(name) in first_page(misspelt(chance, name)) for name in names) / count


def test_marks_case_order_and_where_a_tone_is_put_miss_nobody(app):
    people = crowd(600)
    for person, name in random.Random(5).sample(people, 60):
        for typed in {*(way(name) for way in WAYS), *placements(name)}:
            found = find(typed, {}, PROVINCE, size=MANY)
            assert person in found.ids[: found.count], (typed, name)


def test_a_misspelt_name_is_found_on_the_first_page(app):
    assert recall(crowd(2_000), 100) >= 0.97


@pytest.mark.slow
@pytest.mark.timeout(1_800)
def test_two_thousand_misspelt_names_are_found_on_the_first_page(app):
    found = recall(crowd(50_000), 2_000)
    sys.stdout.write(f"\n{db.engine.dialect.name}: {found:.1%} of 2,000\n")
    assert found >= 0.97
