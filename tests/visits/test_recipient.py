"""Whoever came by a link: nothing is told before a code, and whoever says so is left alone at once."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import func, select, text, update

from kieubao.access.models import AuditEntry
from kieubao.access.roles import SUBJECT, UNPROVED, Role
from kieubao.consent import rules
from kieubao.consent.models import Standing
from kieubao.consent.vocabulary import Channel, Purpose
from kieubao.db import db, writing
from kieubao.ground import clock, codes
from kieubao.ground.errors import Conflict, Forbidden, Invalid, NotFound, TooMany
from kieubao.outbox import Message
from kieubao.people import merges
from kieubao.people.merges import Pair
from kieubao.rights.models import RequestStep, SubjectRequest
from kieubao.rights.vocabulary import Kind
from kieubao.visits import office, passes, recipient, service, works
from kieubao.visits.models import PersonalLink, Visit
from kieubao.visits.vocabulary import Handed
from kieubao.walls import Sight, confined
from tests import factories
from tests.visits.coming import NAMED, SITE, come, given, proved, reached_person


def told(person):
    """The codes that wait to be told to somebody."""
    db.session.rollback()
    with confined(Sight(everyone=True)):
        waits = db.session.scalars(select(Message).where(Message.person_id == person.id).order_by(Message.id)).all()
        found = [(one.channel, one.address, one.text) for one in waits]
        db.session.rollback()
    return found


def test_a_link_is_typed_from_paper_and_nobody_makes_one_up(cast):
    person = reached_person()
    link = given(cast, person)["link"].removeprefix(f"{SITE}/p/")
    assert re.fullmatch("([0-9A-HJKMNP-TV-Z]{5}-){3}[0-9A-HJKMNP-TV-Z]{5}", link)
    assert codes.body(person.code) not in link.replace("-", "")
    recipient.arrive(SUBJECT, link.lower().replace("-", " "))
    for wrong in ("", "x", "đ" * 20, link[:-1], link * 2, link[:-1] + ("0" if link[-1] != "0" else "1")):
        with pytest.raises(NotFound, match="not one of ours"):
            recipient.arrive(SUBJECT, wrong)


def test_a_new_link_ends_the_last_and_each_holds_for_its_time(cast, monkeypatch):
    person = reached_person()
    first, second = given(cast, person)["link"], given(cast, person)["link"]
    with pytest.raises(NotFound, match="holds no more"):
        recipient.arrive(SUBJECT, first.rpartition("/")[2])
    now = clock.now()
    monkeypatch.setattr(clock, "now", lambda: now + timedelta(days=45, seconds=-9))
    recipient.arrive(SUBJECT, second.rpartition("/")[2])
    monkeypatch.setattr(clock, "now", lambda: now + timedelta(days=45, seconds=9))
    with pytest.raises(NotFound, match="holds no more"):
        recipient.arrive(SUBJECT, second.rpartition("/")[2])


def test_before_a_code_nothing_is_told_but_where_one_can_go(cast):
    person = reached_person()
    actor = come(given(cast, person))
    sheet = recipient.welcome(actor)
    assert [(one["channel"], one["value"]) for one in sheet["points"]] == [
        ("email", "h•••@e•••.com"),
        ("phone", "•••148"),
    ]
    assert not {"Hòa", person.code, "Praha"} & {*str(sheet).split()}
    for act in (
        service.mine,
        service.trace,
        service.asked,
        service.consents,
        service.reached,
        service.papers,
        service.take,
    ):
        with pytest.raises(Forbidden):
            act(actor)
    with pytest.raises(Forbidden):
        service.decide(actor, Purpose.EVENTS, [Channel.EMAIL], "events/1")
    with pytest.raises(Forbidden):
        service.ask(actor, Kind.DELETE, None)


def test_a_code_goes_to_what_was_verified_alone_and_opens_the_record(cast):
    person = reached_person()
    actor = come(given(cast, person))
    points = {one["channel"]: one["id"] for one in recipient.welcome(actor)["points"]}
    unverified = [i for i in range(1, 20) if i not in points.values()]
    for one in unverified:
        with pytest.raises(NotFound):
            recipient.send_code(actor, one, NAMED)
        db.session.execute(text("DELETE FROM attempt"))
        db.session.commit()
    recipient.send_code(actor, points["phone"], NAMED)
    ((channel, address, words),) = told(person)
    assert (channel, address) == ("phone", "+420601555148")
    code = re.search(r"\d{6}", words)[0]
    with pytest.raises(Invalid, match="not the code"):
        recipient.prove(actor, "000000" if code != "000000" else "000001")
    secret = recipient.prove(actor, code)
    sheet = service.mine(come(None, secret))
    assert (sheet["name"], sheet["code"]) == ("Đặng Thị Hòa", person.code)


def test_who_shows_a_code_comes_alone(cast):
    """A link is spent with it, and whoever else had opened it goes no further."""
    link = given(cast, reached_person(), Handed.COUNTER)
    other, actor = come(link), come(link)
    mine = come(None, recipient.prove(actor, link["secret"]))
    for act in (lambda: recipient.welcome(other), lambda: recipient.stop(other, Kind.WITHDRAW, NAMED)):
        with pytest.raises(NotFound, match="has ended"):
            act()
    with pytest.raises(NotFound, match="holds no more"):
        come(link)
    assert service.mine(mine)["name"] == "Đặng Thị Hòa"


def test_each_code_is_good_once_and_the_last_one_alone(cast):
    person = reached_person()
    actor = come(given(cast, person))
    point = recipient.welcome(actor)["points"][1]["id"]
    recipient.send_code(actor, point, NAMED)
    (first,) = (re.search(r"\d{6}", words)[0] for _channel, _address, words in told(person))
    recipient.send_code(actor, point, NAMED)
    # The one before is told to nobody any more.
    (second,) = (re.search(r"\d{6}", words)[0] for _channel, _address, words in told(person))
    if first != second:
        with pytest.raises(Invalid):
            recipient.prove(actor, first)
    secret = recipient.prove(actor, f" {second[:3]} {second[3:]} ")
    with pytest.raises(Invalid):
        recipient.prove(come(None, secret), second)


def test_a_visit_that_is_proved_has_no_more_codes_sent(cast):
    actor = proved(cast, reached_person())
    with pytest.raises(Conflict, match="already"):
        recipient.send_code(actor, recipient.welcome(actor)["points"][0]["id"], NAMED)


def test_a_new_link_puts_out_whoever_came_by_the_last(cast):
    person = reached_person()
    thief, waits = proved(cast, person), come(given(cast, person))
    with pytest.raises(NotFound, match="has ended"):
        service.mine(thief)
    given(cast, person)
    with pytest.raises(NotFound, match="has ended"):
        recipient.welcome(waits)


def test_a_code_holds_for_its_time_though_the_visit_goes_on(cast, monkeypatch):
    actor = come(given(cast, reached_person()))
    recipient.send_code(actor, recipient.welcome(actor)["points"][1]["id"], NAMED)
    with confined(Sight(everyone=True)):
        code = re.search(r"\d{6}", db.session.scalars(select(Message.text)).one())[0]
        writing()
        now = clock.now()
        db.session.execute(update(Visit).values(ends_at=now + timedelta(hours=30)))
        db.session.commit()
    monkeypatch.setattr(clock, "now", lambda: now + timedelta(hours=24, seconds=9))
    with pytest.raises(Invalid, match="holds no more"):
        recipient.prove(actor, code)


def test_who_asks_again_to_be_left_alone_is_answered_by_the_same_request(cast):
    person = reached_person()
    actor = come(given(cast, person))
    assert recipient.stop(actor, Kind.WITHDRAW, NAMED) == recipient.stop(actor, Kind.WITHDRAW, NAMED)
    assert len(told(person)) == 2


def test_so_many_visits_by_one_link(cast):
    link = given(cast, reached_person())
    for _turn in range(20):
        come(link)
    with pytest.raises(TooMany):
        come(link)


def test_a_code_holds_for_its_time(cast, monkeypatch):
    person = reached_person()
    actor = come(given(cast, person))
    recipient.send_code(actor, recipient.welcome(actor)["points"][1]["id"], NAMED)
    code = re.search(r"\d{6}", told(person)[0][2])[0]
    now = clock.now()
    monkeypatch.setattr(clock, "now", lambda: now + timedelta(hours=24, seconds=9))
    with pytest.raises(NotFound, match="has ended"):
        recipient.prove(actor, code)


def test_ten_wrong_codes_end_a_link(cast):
    person = reached_person()
    link = given(cast, person, Handed.COUNTER)
    actor = come(link)
    wrong = "111111" if link["secret"] != "111111" else "222222"
    for turn in range(passes.MOST_TRIES):
        db.session.execute(text("DELETE FROM attempt"))
        db.session.commit()
        with pytest.raises(Invalid):
            recipient.prove(actor, wrong)
        db.session.rollback()
        assert db.session.scalar(select(PersonalLink.tries)) == turn + 1
    with pytest.raises(NotFound, match="has ended"):
        recipient.prove(actor, link["secret"])
    with pytest.raises(NotFound):
        come(link)


def test_after_a_few_tries_there_is_a_wait_and_it_is_the_persons_not_the_visits(cast):
    person = reached_person()
    link = given(cast, person, Handed.COUNTER)
    first, second = come(link), come(link)
    for _turn in range(5):
        with pytest.raises(Invalid):
            recipient.prove(first, "nope")
    with pytest.raises(TooMany):
        recipient.prove(second, link["secret"])


def test_a_code_from_the_counter_needs_no_message(cast):
    person = factories.person("Lê Văn Ba")
    link = given(cast, person, Handed.COUNTER)
    secret = recipient.prove(come(link), link["secret"])
    assert service.mine(come(None, secret))["name"] == "Lê Văn Ba"
    assert told(person) == []
    with pytest.raises(NotFound):
        come(link)


def test_who_has_no_verified_way_is_sent_none(cast):
    person = factories.person("Lê Văn Ba", contact_points=[{"channel": "email", "value": "ba@example.com"}])
    actor = come(given(cast, person))
    assert recipient.welcome(actor)["points"] == []


@pytest.mark.parametrize("kind", [Kind.WITHDRAW, Kind.RESTRICT])
def test_whoever_says_so_is_left_alone_at_once_and_told_where_they_can_be(cast, kind):
    person = reached_person()
    factories.consent(person.id)
    actor = come(given(cast, person))
    code = recipient.stop(actor, kind, NAMED)
    db.session.rollback()
    may = rules.may_contact(Purpose.EVENTS, [Channel.EMAIL])
    assert db.session.scalar(select(func.count()).select_from(may.subquery())) == 0
    with confined(Sight(everyone=True)):
        filed = db.session.scalars(select(SubjectRequest)).one()
        steps = db.session.scalars(select(RequestStep.step).order_by(RequestStep.number)).all()
        assert (filed.code, filed.kind, filed.way, [*steps]) == (code, kind, "link", ["filed"])
        db.session.rollback()
    assert {address for _channel, address, _words in told(person)} == {"hoa@example.com", "+420601555148"}
    assert all(code in words and NAMED["contact"] in words for *_to, words in told(person))


def test_nothing_else_is_done_without_a_code(cast):
    actor = come(given(cast, reached_person()))
    for kind in {*Kind} - {Kind.WITHDRAW, Kind.RESTRICT}:
        with pytest.raises(Invalid, match="after a code"):
            recipient.stop(actor, kind, NAMED)


def test_a_visit_ends_when_it_is_left_and_when_nobody_uses_it(cast, monkeypatch):
    person = factories.person("Lê Văn Ba")
    actor = proved(cast, person)
    now = clock.now()
    monkeypatch.setattr(clock, "now", lambda: now + timedelta(minutes=31))
    with pytest.raises(NotFound, match="has ended"):
        service.mine(actor)
    monkeypatch.setattr(clock, "now", lambda: now)
    recipient.leave(actor)
    with pytest.raises(NotFound, match="has ended"):
        service.mine(actor)


def test_a_visit_that_is_used_goes_on_and_ends_all_the_same(cast, monkeypatch):
    actor = proved(cast, factories.person("Lê Văn Ba"))
    start = clock.now()
    for minutes in range(25, 241, 25):
        monkeypatch.setattr(clock, "now", lambda at=minutes: start + timedelta(minutes=at))
        found = passes.numbered(actor.session)
        if until := passes.lasts(found):
            writing()
            passes.see(found, until)
            db.session.commit()
    monkeypatch.setattr(clock, "now", lambda: start + timedelta(hours=4, minutes=1))
    with pytest.raises(NotFound):
        passes.numbered(actor.session)


def test_who_was_merged_is_who_they_are_now_and_who_died_or_was_erased_nobody(cast):
    person, kept = reached_person(), factories.person("Đặng Thị Hòa (2)")
    link = given(cast, person)
    with confined(Sight(everyone=True)):
        writing()
        merges.merge(cast["approver"], Pair(kept.id, 1, person.id, 1), ())
        db.session.commit()
    assert come(link).scope.person == kept.id
    db.session.execute(text("UPDATE standing SET deceased_on = '2026-01-01' WHERE person_id = :one"), {"one": kept.id})
    db.session.commit()
    with pytest.raises(NotFound):
        come(link)
    with pytest.raises(Conflict, match="has died"):
        given(cast, kept)


def test_a_visit_to_a_record_that_went_over_into_another_has_ended(cast):
    person, kept = reached_person(), factories.person("Đặng Thị Hòa (2)")
    actor = come(given(cast, person))
    with confined(Sight(everyone=True)):
        writing()
        merges.merge(cast["approver"], Pair(kept.id, 1, person.id, 1), ())
        db.session.commit()
    with pytest.raises(NotFound, match="has ended"):
        recipient.welcome(actor)


def test_it_stands_in_the_trail_as_theirs_and_without_what_was_typed(cast):
    person = reached_person()
    link = given(cast, person, Handed.COUNTER)
    actor = proved(None, None, link)
    service.mine(actor)
    db.session.rollback()
    lines = db.session.scalars(select(AuditEntry).where(AuditEntry.action.startswith("visits."))).all()
    assert [(one.action, one.role) for one in lines] == [
        ("visits.give_link", "clerk"),
        ("visits.arrive", "subject"),
        ("visits.prove", "subject"),
        ("visits.mine", "subject"),
    ]
    subject = db.session.scalar(select(Standing.subject).where(Standing.person_id == person.id))
    assert {one.subject for one in lines} == {subject}
    whole = "".join(str(one.details) for one in lines)
    assert link["secret"] not in whole
    assert link["link"].rpartition("/")[2] not in whole


def test_no_account_does_what_is_theirs_and_they_nothing_of_an_accounts(cast):
    person = reached_person()
    actor = proved(cast, person)
    for other in cast.values():
        with pytest.raises(Forbidden):
            service.mine(other)
        with pytest.raises(Forbidden):
            recipient.arrive(other, "x")
    with pytest.raises(Forbidden):
        office.give_link(actor, person.code, Handed.POST, NAMED, SITE)
    assert Role.SUBJECT not in {one.role for one in cast.values()}
    assert actor.permissions > UNPROVED


def test_old_visits_are_dropped(cast, monkeypatch):
    come(given(cast, reached_person()))
    now = clock.now()
    monkeypatch.setattr(clock, "now", lambda: now + timedelta(days=2))
    works.attend()
    db.session.rollback()
    assert db.session.scalar(select(func.count()).select_from(Visit)) == 0
