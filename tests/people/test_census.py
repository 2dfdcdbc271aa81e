"""The figures: equal to a recount by hand, of one's own scope alone, and never of fewer than ten."""

import random
from collections import Counter
from datetime import timedelta
from itertools import islice

import pytest
from sqlalchemy import select, update

from kieubao.access.roles import SYSTEM, Scope
from kieubao.consent import ledger
from kieubao.consent.ledger import Word
from kieubao.consent.models import ConsentNow, Standing
from kieubao.consent.vocabulary import YES, Channel, Method, Purpose, State
from kieubao.db import db, keyring
from kieubao.ground import clock
from kieubao.ground.errors import Forbidden
from kieubao.ground.tombstones import Tombstones
from kieubao.people import census, erasure, merges, registry, service
from kieubao.people.merges import Pair
from kieubao.people.models import ContactPoint, Person
from kieubao.sample import people, unsettled
from tests import factories

HOME = Scope(frozenset({"42"}))
EVERY = {"country", "commune", "age", "channel", "purpose"}


@pytest.fixture
def crowd(cast, tmp_path):
    """People of two provinces with everything that happens to them: a few died, some merged, erased, restricted."""
    chance = random.Random(5)
    records = unsettled(list(islice(people(chance), 240)))
    made = registry.enrol(records, "42", None)
    away = [
        factories.person(f"Lê Văn {word}", home="Xã An Châu", home_unit="2025:17479", country="CZ")
        for word in ("An", "Ba", "Cả", *["Dần"] * 12)
    ]
    notice = factories.notice().id
    ids = [one.id for one in (*made, *away)]
    ledger.record([*_words(chance, ids, notice)], None)
    merges.merge(cast["approver"], Pair(made[0].id, 1, made[1].id, 1), ())
    for one in made[2:6]:
        ledger.restand(one.id, deceased_on=clock.today())
    for one in made[6:10]:
        ledger.restand(one.id, restricted_at=clock.now())
    erasure.erase([made[10].id, made[11].id], Tombstones(tmp_path / "graves", keyring()))
    points = select(ContactPoint.id).where(ContactPoint.person_id.in_([one.id for one in made[12:30]]))
    db.session.execute(update(ContactPoint).where(ContactPoint.id.in_(points)).values(retired_at=clock.now()))
    points = select(ContactPoint.id).where(ContactPoint.person_id.in_([one.id for one in made[30:40]]))
    db.session.execute(update(ContactPoint).where(ContactPoint.id.in_(points)).values(owner="relative"))
    db.session.execute(update(Person).where(Person.id.in_([one.id for one in made[40:55]])).values(born=None))
    db.session.commit()
    service.count(SYSTEM)


def _words(chance, ids, notice):
    yesterday = clock.today() - timedelta(days=1)
    for one in ids:
        for purpose in (Purpose.EVENTS, Purpose.INVESTMENT, Purpose.PROTECTION):
            for channel in chance.sample([*Channel], chance.randrange(3)):
                state = chance.choices((State.GIVEN, State.REFUSED, State.WITHDRAWN), (6, 1, 1))[0]
                until = chance.choice((None, yesterday, clock.today())) if state in YES else None
                signed = clock.now() - timedelta(days=30)
                yield Word(one, purpose, channel, state, Method.PAPER, signed, "p", notice, valid_until=until)


def recounted(inside):
    """What figures there ought to be, in plain Python over every row."""
    found = {by: Counter() for by in EVERY}
    rows = {one.id: one for one in db.session.scalars(select(Person))}
    stands = {one.person_id: one for one in db.session.scalars(select(Standing))}
    living = {
        key: one
        for key, one in rows.items()
        if inside(one) and not (stands[key].deceased_on or stands[key].erased_at or stands[key].successor_id)
    }
    for one in living.values():
        found["country"][one.country or ""] += 1
        found["commune"][one.commune or ""] += 1
        found["age"][_band(one.born)] += 1
    points = db.session.scalars(select(ContactPoint)).all()
    own = {(one.channel, one.person_id) for one in points if not one.retired_at and one.owner == "self"}
    found["channel"].update(channel for channel, person in own if person in living)
    said = db.session.scalars(select(ConsentNow)).all()
    holds = {
        (one.purpose, one.person_id)
        for one in said
        if one.state in YES and not (one.valid_until and one.valid_until < clock.today())
    }
    sound = {key for key in living if not (stands[key].restricted_at or ledger.is_minor(stands[key].adult_on))}
    found["purpose"].update(purpose for purpose, person in holds if person in sound)
    return len(living), found


def _band(born):
    if born is None:
        return ""
    age = clock.today().year - int(born[:4])
    bands = ((60, "60_up"), (45, "45_59"), (30, "30_44"), (16, "16_29"), (-1, "under_16"))
    return next(band for least, band in bands if age >= least)


@pytest.mark.parametrize(
    ("scope", "inside"),
    [
        (HOME, lambda one: one.province == "42"),
        (Scope(frozenset({"40"})), lambda one: one.province == "40"),
        (Scope(frozenset({"17479"})), lambda one: one.commune == "17479"),
        (Scope(frozenset({"42", "17479"})), lambda one: one.province == "42" or one.commune == "17479"),
        (Scope(frozenset({"18073", "18112"})), lambda one: one.commune in {"18073", "18112"}),
        (Scope(frozenset({"01"})), lambda one: one.province == "01"),
    ],
)
def test_they_are_what_a_recount_finds(crowd, monkeypatch, scope, inside):
    monkeypatch.setattr(census, "FEWEST", 0)
    monkeypatch.setattr(census, "MOST", 1_000)
    total, expected = recounted(inside)
    found = census.pictures(scope)
    told = {by: Counter({code: count for code, count in found[by].items() if count}) for by in EVERY}
    del expected["purpose"][Purpose.PROTECTION]
    assert (found["people"], told) == (total, expected)
    assert (found["counted_at"] is not None) is bool(total)


def test_an_actor_is_shown_their_own_scope(crowd):
    chau, stranger = factories.actor("clerk", ("40",)), factories.actor("clerk", ("01",))
    assert service.figures(chau)["people"] == 15
    assert service.figures(chau)["country"] == {"CZ": 15}
    assert service.figures(factories.actor("approver", ("17479",)))["commune"] == {"17479": 15}
    assert service.figures(stranger)["people"] is None
    assert service.figures(stranger)["counted_at"] is None


def test_who_came_since_is_counted_the_next_night(crowd):
    chau = factories.actor("clerk", ("40",))
    made = factories.person("Hồ Văn Tư", home="Xã An Châu", home_unit="2025:17479")
    assert service.figures(chau)["people"] == 15
    service.count(SYSTEM)
    assert service.figures(chau)["people"] == 16
    ledger.restand(made.id, deceased_on=clock.today())
    db.session.commit()
    service.count(SYSTEM)
    assert service.figures(chau)["people"] == 15


def test_the_greatest_stand_first_and_the_rest_together(crowd, monkeypatch):
    _total, every = recounted(lambda one: one.province == "42")
    told = [count for count in every["country"].values() if count >= census.FEWEST]
    assert len(service.figures(factories.actor())["country"]) == min(len(told), census.MOST) + 1
    monkeypatch.setattr(census, "FEWEST", 0)
    shown = service.figures(factories.actor())["country"]
    assert len(shown) == census.MOST + 1
    assert [*shown][-1] == census.OTHERS
    assert [*shown][: census.MOST] == sorted(every["country"], key=lambda code: (-every["country"][code], code))[
        : census.MOST
    ]


VEILED = [
    ({"a": 12, "b": 9, "c": 0}, True, {"a": None, "b": None, "c": 0}),
    ({"a": 30, "b": 12, "c": 9}, True, {"a": 30, "b": None, "c": None}),
    ({"a": 30, "b": 6, "c": 4}, True, {"a": 30, "b": None, "c": None}),
    ({"a": 30, "b": 10, "c": 0}, True, {"a": 30, "b": 10, "c": 0}),
    ({"a": 5, "b": 3}, True, {"a": None, "b": None}),
    ({"a": 30, "b": 9}, False, {"a": 30, "b": None}),
    ({}, True, {}),
]


@pytest.mark.parametrize(("counts", "parts", "told"), VEILED)
def test_fewer_than_ten_are_not_told_nor_what_would_tell_them(counts, parts, told):
    assert census.veiled(counts, parts=parts) == told


def test_nobody_but_the_system_counts_and_only_who_may_search_looks(cast):
    for role, actor in cast.items():
        with pytest.raises(Forbidden):
            service.count(actor)
        if role not in {"clerk", "approver"}:
            with pytest.raises(Forbidden):
                service.figures(actor)


def test_over_the_api(crowd, client, cast):
    told = client.get("/api/v1/figures", headers=factories.bearer(cast["clerk"])).json
    found = service.figures(cast["clerk"])
    assert told.keys() == found.keys()
    assert {by: told[by] for by in EVERY} == {by: found[by] for by in EVERY}
