"""A file may leave where nobody in it has said no since it was made; who holds whose data is what really left."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from kieubao.consent import handover, ledger
from kieubao.consent.models import HandoverPerson
from kieubao.consent.vocabulary import Channel, Purpose, State
from kieubao.db import db
from kieubao.ground import clock
from kieubao.ground.errors import NotFound
from tests import factories

NO, YES = State.WITHDRAWN, State.GIVEN


@pytest.fixture
def guests(app):
    made = [factories.person() for _one in range(2)]
    for one in made:
        factories.consent(one.id, on=clock.today() - timedelta(days=3))
    return made


@pytest.fixture
def recipient(cast):
    return cast["organizer"].organisation_id


def prepared(recipient, people, source="PH-1"):
    mark = handover.watermark()
    db.session.rollback()
    return handover.prepare(recipient, handover.What(source, Purpose.EVENTS), mark, [one.id for one in people])


def sealed(made):
    leaves = handover.seal(made)
    db.session.commit()
    return leaves


AFTER = {
    "nothing": (lambda one, other: None, True),
    "a no": (lambda one, other: factories.consent(one.id, NO), False),
    "a no by another channel": (lambda one, other: factories.consent(one.id, NO, channel=Channel.PHONE), False),
    "a no for something else": (lambda one, other: factories.consent(one.id, NO, Purpose.INVESTMENT), True),
    "a yes": (lambda one, other: factories.consent(one.id, YES, channel=Channel.PHONE), True),
    "a no of somebody else": (lambda one, other: factories.consent(other.id, NO), True),
    "a death": (lambda one, other: ledger.restand(one.id, deceased_on=clock.today()), False),
    "a death of somebody else": (lambda one, other: ledger.restand(other.id, deceased_on=clock.today()), True),
}


@pytest.mark.parametrize("what", AFTER)
def test_a_file_leaves_unless_somebody_in_it_is_out_meanwhile(guests, recipient, what):
    one, other = guests
    factories.consent(one.id, NO, channel=Channel.POST)
    mine, theirs = prepared(recipient, [one]), prepared(recipient, [other], "PH-2")
    happens, leaves = AFTER[what]
    happens(one, other)
    db.session.commit()
    assert sealed(mine) == leaves
    # What is void names nobody any more, and another file is another matter.
    kept = set(db.session.execute(select(HandoverPerson.handover_id, HandoverPerson.person_id)))
    assert {tuple(row) for row in kept} == {(theirs.id, other.id), *([(mine.id, one.id)] if leaves else [])}


def test_who_holds_a_persons_data_is_who_was_sealed_a_file_with_them(guests, recipient):
    one, other = guests
    assert sealed(prepared(recipient, [one]))
    assert sealed(prepared(recipient, guests, "PH-2"))
    prepared(recipient, guests, "PH-3")
    held = handover.holders(one.id)
    assert [(each.recipient, each.source, each.purpose) for each in held] == [
        ("Sở Ngoại vụ", source, "events") for source in ("PH-2", "PH-1")
    ]
    assert held[0].at > held[1].at
    assert [held.source for held in handover.holders(other.id)] == ["PH-2"]
    third = factories.person("Lê Văn Ba")
    prepared(recipient, [third], "PH-5")
    assert handover.held([one.id, third.id]) == {one.id}
    assert sealed(prepared(recipient, [], "PH-0"))
    assert [handover.people_of(source) for source in ("PH-0", "PH-1", "PH-2")] == [0, 1, 2]
    for nothing in ("PH-3", "PH-4"):
        with pytest.raises(NotFound):
            handover.people_of(nothing)
