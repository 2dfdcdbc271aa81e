"""Two requests, two people, two papers at once: what is done of one changes nothing of the other."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from kieubao import outbox
from kieubao.access.roles import SYSTEM
from kieubao.consent.models import Handover
from kieubao.db import db, writing
from kieubao.ground import clock
from kieubao.ground.errors import NotFound
from kieubao.outbox import Message
from kieubao.police import approval, office, requests, service, showings, tellings, works
from kieubao.police.models import DisclosureNotice, DisclosureRequest, DisclosureSubject
from kieubao.police.vocabulary import DEFERRED_FOR, RELAY_TRIED_FOR
from kieubao.visits import papers
from kieubao.walls import Sight, confined
from kieubao.worker import looked
from tests import factories
from tests.police.asking import at, deferred, desk, filed, gives, one, released

EVERYONE = Sight(everyone=True)
FORGOTTEN = timedelta(days=731)


@pytest.fixture
def d(app):
    return desk()


@pytest.fixture
def relay(app):
    app.extensions["kieubao.relays"] = {"email"}
    yield
    del app.extensions["kieubao.relays"]


def reached(name, *more):
    """Somebody who is asked for, as two are by one name, with a verified address by which they can be told."""
    mail = {"channel": "email", "value": f"{name}@example.com", "verified_on": "2026-01-05"}
    return factories.person(born="1968", contact_points=[mail, *more])


@pytest.fixture
def mai(app):
    return reached("mai")


@pytest.fixture
def ba(app):
    return reached("ba")


def rows(query):
    return looked(lambda: [tuple(row) for row in db.session.execute(query)])


def notices(column=DisclosureNotice.id):
    return [value for (value,) in rows(select(column).order_by(DisclosureNotice.id))]


def sent():
    """Who is told of which request, as it waits for the relay."""
    return {(address, about) for address, about in rows(select(Message.address, Message.about))}


def written(act):
    """Do something no use case is needed for; return what comes of it."""
    with confined(EVERYONE):
        writing()
        found = act()
        db.session.commit()
    return found


def test_each_is_told_where_they_are_reached_of_each_request_on_them(d, relay, mai, ba):
    both = filed(d, one(), one())
    office.decide(d.protection, both, [gives(mai, items=("name",)), gives(ba, 2, items=("name",))], None)
    approval.approve(d.chief, both)
    alone = filed(d)
    office.decide(d.protection, alone, [gives(ba)], None)
    works.attend()
    assert sent() == {("mai@example.com", both), ("ba@example.com", both), ("ba@example.com", alone)}
    told = {code: office.match(d.protection, code)["tellings"] for code in (both, alone)}
    assert {code: [row["person"] for row in some] for code, some in told.items()} == {
        both: [mai.code, ba.code],
        alone: [ba.code],
    }


def test_each_is_told_by_hand_by_themselves(d, mai, ba):
    for person in (mai, ba):
        released(d, person)
    works.attend()
    first, last = office.queue(d.protection)["to_tell"]
    assert [office.to_tell(d.protection, waits["id"])["person"] for waits in (first, last)] == [mai.code, ba.code]
    office.told_by_hand(d.protection, first["id"], "letter")
    assert office.queue(d.protection)["to_tell"] == [last]


def test_who_is_told_later_still_keeps_nobody_else_waiting(d, relay, mai, ba, monkeypatch):
    longer, other = deferred(d, mai), deferred(d, ba)
    office.renew(d.protection, longer, "vẫn bị đe dọa")
    approval.approve_renewal(d.other_chief, longer)
    with at(monkeypatch, clock.now() + DEFERRED_FOR + timedelta(minutes=1)):
        works.attend()
    assert sent() == {("ba@example.com", other)}


def test_a_relay_is_given_what_it_reaches(d, relay):
    phone = {"channel": "phone", "value": "+420 601 555 148", "verified_on": "2026-02-05"}
    code = released(d, reached("mai", phone))
    deaf = factories.person(born="1968", contact_points=[phone])
    released(d, deaf)
    works.attend()
    assert sent() == {("mai@example.com", code)}
    assert [waits["id"] for waits in office.queue(d.protection)["to_tell"]] == notices()[1:]


def test_workers_look_for_what_time_has_come_for_and_tell_it_once(d, relay, mai, ba):
    """Each of them looks first and does it then: what another has done meanwhile is not done again."""
    code = released(d, mai)
    deferred(d, ba)
    now, later = notices()

    def tell(*numbers):
        for number in numbers:
            office.tell(SYSTEM, number, papers.named())
            office.see_told(SYSTEM, number)

    assert (looked(tellings.due), looked(tellings.sent)) == ([now], [])
    # Of nobody who is there, too.
    tell(now, now, later, later + 1)
    assert (sent(), notices(DisclosureNotice.way)) == ({("mai@example.com", code)}, ["relay", None])
    assert (looked(tellings.due), looked(tellings.sent)) == ([], [])
    assert office.queue(d.protection)["to_tell"] == []
    written(lambda: [outbox.gone(message) for message in db.session.scalars(select(Message))])
    assert looked(tellings.sent) == [now]
    works.attend()
    told = notices(DisclosureNotice.told_at)
    assert (looked(tellings.sent), told[1]) == ([], None)
    tell(now)
    assert notices(DisclosureNotice.told_at) == told


def test_what_a_relay_let_go_too_late_is_told_by_hand(d, relay, mai, monkeypatch):
    """Once its time is over nobody knows whether it was taken or dropped."""
    released(d, mai)
    works.attend()
    with at(monkeypatch, clock.now() + RELAY_TRIED_FOR):
        written(outbox.drop_late)
        assert sent() == set()
        works.attend()
        assert len(office.queue(d.protection)["to_tell"]) == 1


def test_who_is_refused_beside_somebody_who_is_given_is_not_shown(d, mai, ba):
    code = filed(d, one(), one())
    office.decide(d.protection, code, [gives(mai, items=("name",)), gives(ba, 2)], None)
    shown = service.open(d.officer, code)
    assert ([found["items"] for found in shown["people"]], shown["without"]) == ([{"name": "Nguyễn Thị Đào"}], [2])


def test_what_is_over_leaves_nothing_behind_where_it_is_tried(d, mai):
    code = released(d, mai)
    for _ in range(3):
        service.open(d.officer, code)
    made = rows(select(func.count()).select_from(Handover))
    with pytest.raises(NotFound):
        service.open(d.officer, code)
    assert rows(select(func.count()).select_from(Handover)) == made


def test_only_what_is_over_is_forgotten_and_once(d, mai, ba, monkeypatch):
    old = released(d, mai)
    with at(monkeypatch, clock.now() + FORGOTTEN):
        approval.end_mandate(d.admin, d.mandate)
        d = desk()
        fresh = released(d, ba)
        assert written(showings.forget_over) == 1
        assert written(requests.forget_old) == 1
        assert [written(act) for act in (showings.forget_over, requests.forget_old)] == [0, 0]
        assert service.open(d.officer, fresh)["people"]
        kept = select(DisclosureRequest.code, DisclosureRequest.paper.is_(None), DisclosureSubject.person_id)
        of = kept.join(DisclosureSubject, DisclosureSubject.request_id == DisclosureRequest.id)
        assert rows(of.order_by(DisclosureRequest.id)) == [(old, True, None), (fresh, False, ba.id)]
        assert notices(DisclosureNotice.person_id) == [ba.id]
