"""Whoever was asked for is told: at once or later, once, also after downtime and whatever the clock says."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import func, select, update

from kieubao import outbox
from kieubao.db import db, writing
from kieubao.ground import clock
from kieubao.ground.errors import Conflict, Forbidden, NotFound
from kieubao.outbox import Message
from kieubao.people import disclosure, readers
from kieubao.people.models import Person
from kieubao.people.readers import Deed
from kieubao.police import approval, office, service, works
from kieubao.police.models import DisclosureNotice
from kieubao.police.vocabulary import DEFERRED_FOR, Delay
from kieubao.walls import Sight, confined
from tests import factories
from tests.police import asking
from tests.police.asking import at, deferred, desk, filed, gives, released

EVERYONE = Sight(everyone=True)
MAIL = {"channel": "email", "value": "dao@example.com", "verified_on": "2026-01-05"}


@pytest.fixture
def d(app):
    return desk()


@pytest.fixture
def dao(app):
    return factories.person(born="1968", contact_points=[MAIL])


@pytest.fixture
def relay(app):
    app.extensions["kieubao.relays"] = {"email"}
    yield
    del app.extensions["kieubao.relays"]


def messages():
    with confined(EVERYONE):
        writing()
        found = [(one.channel, one.address, one.text) for one in db.session.scalars(select(Message))]
        db.session.rollback()
    return found


def can_be_renewed(d, code):
    return office.match(d.protection, code)["can_be_renewed"]


def taken():
    """The relay takes whatever waits for it."""
    with confined(EVERYONE):
        writing()
        for one in db.session.scalars(select(Message)):
            outbox.gone(one)
        db.session.commit()


def seen(d, person):
    """What somebody is told of who was shown them."""
    with confined(EVERYONE):
        writing()
        whose = disclosure.locate(d.protection.scope, person.code)
        found = [one for one in readers.readings(whose) if one.deed is Deed.RELEASED]
        others = {one.role for one in readers.readings(whose)}
        db.session.rollback()
    assert others <= {None}, "nobody but by a release"
    return found


def test_every_showing_is_seen_at_once_and_told_by_a_relay(d, dao, relay):
    code = released(d, dao)
    assert seen(d, dao) == []
    for count in (1, 2):
        service.open(d.officer, code)
        assert [one.organisation for one in seen(d, dao)] == [asking.POLICE] * count
    works.attend()
    ((channel, address, text),) = messages()
    assert (channel, address) == ("email", "dao@example.com")
    assert asking.POLICE in text
    assert code in text
    assert "họ tên, nước cư trú" in text
    works.attend()
    assert len(messages()) == 1


def test_whoever_was_refused_to_them_is_told_too(d, dao, relay):
    code = filed(d)
    office.decide(d.protection, code, [gives(dao)], None)
    works.attend()
    ((_channel, _address, text),) = messages()
    assert "không cung cấp thông tin nào" in text
    assert seen(d, dao) == []


@pytest.mark.parametrize("end", ["not_approved", "silence"])
def test_who_was_found_is_told_however_it_ended(d, dao, relay, monkeypatch, end):
    code = filed(d)
    office.decide(d.protection, code, [gives(dao, items=("name",))], (Delay.LIFE, "bị đe dọa"))
    if end == "not_approved":
        approval.not_approve(d.chief, code)
        works.attend()
    else:
        with at(monkeypatch, service.read(d.officer, code)["silent_at"]):
            works.attend()
    assert len(messages()) == 1


def test_whom_no_relay_reaches_somebody_at_the_desk_tells(d, dao):
    code = released(d, dao)
    works.attend()
    assert messages() == []
    (waits,) = office.queue(d.protection)["to_tell"]
    assert waits["late"] is False
    told = office.to_tell(d.protection, waits["id"])
    assert (told["person"], told["code"], told["items"], told["to"]["name"]) == (
        dao.code,
        code,
        ["name", "country"],
        "Nguyễn Thị Đào",
    )
    office.told_by_hand(d.protection, waits["id"], "letter")
    assert office.queue(d.protection)["to_tell"] == []
    for act in (office.to_tell, lambda actor, number: office.told_by_hand(actor, number, "letter")):
        with pytest.raises(NotFound):
            act(d.protection, waits["id"])


def test_who_is_late_to_be_told_is_said_to_be(d, dao, monkeypatch):
    released(d, dao)
    works.attend()
    with at(monkeypatch, clock.now() + timedelta(hours=73)):
        assert office.queue(d.protection)["to_tell"][0]["late"]


def test_what_is_told_later_is_not_seen_before_its_time(d, dao, relay, monkeypatch):
    code = deferred(d, dao)
    service.open(d.officer, code)
    works.attend()
    assert (seen(d, dao), messages()) == ([], [])
    with at(monkeypatch, clock.now() + DEFERRED_FOR - timedelta(minutes=1)):
        works.attend()
        assert (seen(d, dao), messages()) == ([], [])
    with at(monkeypatch, clock.now() + DEFERRED_FOR + timedelta(minutes=1)):
        works.attend()
        assert len(seen(d, dao)) == len(messages()) == 1
    # It is told: a clock that is set back hides it no more.
    assert len(seen(d, dao)) == 1
    works.attend()
    assert len(messages()) == 1


def test_a_clock_that_is_set_back_puts_nothing_off(d, dao, relay, monkeypatch):
    deferred(d, dao)
    later = clock.now() + DEFERRED_FOR + timedelta(hours=1)
    with at(monkeypatch, later):
        # The worker was down; something else was done that day.
        service.overview(d.officer)
    works.attend()
    assert len(messages()) == 1


def test_after_downtime_it_is_told_as_soon_as_there_is_a_worker(d, dao, relay, monkeypatch):
    deferred(d, dao)
    with at(monkeypatch, clock.now() + timedelta(days=400)):
        works.attend()
    assert len(messages()) == 1


def test_it_is_put_off_five_times_each_by_another(d, dao, relay, monkeypatch):
    code = deferred(d, dao)
    begun = clock.now()
    with pytest.raises(Conflict):
        approval.approve_renewal(d.other_chief, code)
    for number in range(1, 6):
        with at(monkeypatch, begun + DEFERRED_FOR * number - timedelta(days=1)):
            office.renew(d.protection, code, "vẫn bị đe dọa")
            assert not can_be_renewed(d, code)
            with pytest.raises(Conflict, match="waits to be approved already"):
                office.renew(d.protection, code, "vẫn bị đe dọa")
            last, other = (d.chief, d.other_chief) if number % 2 else (d.other_chief, d.chief)
            with pytest.raises(Forbidden):
                approval.approve_renewal(last, code)
            assert [one["code"] for one in approval.approvals(other)] == [code]
            approval.approve_renewal(other, code)
            assert approval.approvals(other) == []
            with pytest.raises(Conflict, match="No deferral waits"):
                approval.approve_renewal(last, code)
            works.attend()
            assert messages() == []
    with at(monkeypatch, begun + DEFERRED_FOR * 6 - timedelta(days=1)):
        assert not can_be_renewed(d, code)
        with pytest.raises(Conflict, match="put off five times"):
            office.renew(d.protection, code, "lần thứ sáu")
        works.attend()
        assert messages() == []
    with at(monkeypatch, begun + DEFERRED_FOR * 6 + timedelta(minutes=1)):
        works.attend()
    assert len(messages()) == 1


def test_what_is_over_is_not_put_off_again(d, dao, relay, monkeypatch):
    code = deferred(d, dao)
    office.renew(d.protection, code, "vẫn bị đe dọa")
    with at(monkeypatch, clock.now() + DEFERRED_FOR):
        with pytest.raises(Conflict):
            approval.approve_renewal(d.other_chief, code)
        works.attend()
    assert len(messages()) == 1
    with pytest.raises(Conflict):
        approval.approve_renewal(d.other_chief, code)


def test_a_renewal_nobody_agreed_to_puts_nothing_off(d, dao, relay, monkeypatch):
    code = deferred(d, dao)
    office.renew(d.protection, code, "vẫn bị đe dọa")
    with at(monkeypatch, clock.now() + DEFERRED_FOR):
        works.attend()
    assert len(messages()) == 1
    assert office.match(d.protection, code)["deferrals"][1]["until"] is None


def test_two_workers_tell_once(d, dao, relay, app):
    released(d, dao)

    def attend(_number):
        with app.app_context():
            works.attend()
            db.session.remove()

    db.session.remove()
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(attend, range(8)))
    assert len(messages()) == 1
    with confined(EVERYONE):
        writing()
        assert db.session.scalar(select(func.count()).select_from(DisclosureNotice)) == 1
        db.session.rollback()


def test_a_complaint_is_answered_by_somebody_else(d, dao):
    code = released(d, dao)
    office.complain(d.protection, code, clock.today(), "không đúng người")
    (waits,) = approval.approvals(d.chief)
    assert waits["code"] == code
    assert len(approval.to_approve(d.chief, code)["complaints"]) == 1
    approval.answer_complaint(d.chief, code, upheld=True, words="Đúng: đã yêu cầu hủy")
    assert approval.approvals(d.chief) == []
    with pytest.raises(Conflict):
        approval.answer_complaint(d.chief, code, upheld=True, words="x")
    (answered,) = office.match(d.protection, code)["complaints"]
    assert (answered["upheld"], answered["answer"]) == (True, "Đúng: đã yêu cầu hủy")


def test_words_are_in_the_language_somebody_prefers(d, relay):
    one = factories.person(born="1968", preferred_language="en", contact_points=[MAIL])
    released(d, one)
    works.attend()
    ((_channel, _address, text),) = messages()
    assert "they were shown your name, the country you live in" in text


def test_who_a_relay_took_is_told_and_who_it_did_not_is_told_by_hand(d, dao, relay, monkeypatch):
    code = released(d, dao)
    works.attend()
    assert office.match(d.protection, code)["tellings"][0]["told_at"] is None
    taken()
    works.attend()
    assert office.match(d.protection, code)["tellings"][0]["told_at"]
    other = released(d, dao)
    works.attend()
    with at(monkeypatch, clock.now() + timedelta(hours=24)):
        works.attend()
        (waits,) = office.queue(d.protection)["to_tell"]
        assert (messages(), waits["late"]) == ([], False)
        office.told_by_hand(d.protection, waits["id"], "phone")
    assert office.match(d.protection, other)["tellings"][0]["way"] == "phone"


def test_an_office_that_sends_no_more_tells_by_hand(d, dao, relay, app):
    released(d, dao)
    works.attend()
    app.extensions["kieubao.relays"].clear()
    works.attend()
    assert messages() == []
    assert len(office.queue(d.protection)["to_tell"]) == 1


def test_whose_home_lies_elsewhere_by_now_is_told_all_the_same(d, dao):
    released(d, dao)
    works.attend()
    with confined(EVERYONE):
        writing()
        db.session.execute(update(Person).where(Person.id == dao.id).values(province="40", commune=None))
        db.session.commit()
    (waits,) = office.queue(d.protection)["to_tell"]
    assert office.to_tell(d.protection, waits["id"])["person"] == dao.code
    office.told_by_hand(d.protection, waits["id"], "letter")
    assert office.queue(d.protection)["to_tell"] == []


def test_the_first_deferral_is_agreed_to_with_its_request_and_not_before(d, dao):
    code = filed(d)
    office.decide(d.protection, code, [gives(dao, items=("name",))], (Delay.LIFE, "bị đe dọa"))
    with pytest.raises(Conflict):
        approval.approve_renewal(d.other_chief, code)
    approval.approve(d.chief, code)


def test_what_nobody_agreed_to_in_time_waits_no_more(d, dao, relay, monkeypatch):
    code = deferred(d, dao)
    office.renew(d.protection, code, "vẫn bị đe dọa")
    assert len(approval.approvals(d.other_chief)) == 1
    with at(monkeypatch, clock.now() + DEFERRED_FOR):
        assert approval.approvals(d.other_chief) == []
        assert not can_be_renewed(d, code)


def test_what_was_given_is_known_when_it_is_gone(d, dao, monkeypatch):
    code = released(d, dao)
    with at(monkeypatch, clock.now() + timedelta(hours=80)):
        works.tidy()
        (subject,) = office.match(d.protection, code)["subjects"]
    assert subject["given"] == ["country", "name"]


def test_who_agreed_to_a_request_does_not_answer_the_complaint_about_it(d, dao):
    code = filed(d)
    office.decide(d.protection, code, [gives(dao, items=("name",))], (Delay.LIFE, "bị đe dọa"))
    approval.approve(d.chief, code)
    office.complain(d.protection, code, clock.today(), "không đúng người")
    with pytest.raises(Forbidden):
        approval.answer_complaint(d.chief, code, upheld=False, words="x")
    approval.answer_complaint(d.other_chief, code, upheld=False, words="Đã xem lại")


def test_what_ran_out_is_not_renewed(d, dao, relay, monkeypatch):
    code = deferred(d, dao)
    assert can_be_renewed(d, code)
    with at(monkeypatch, clock.now() + DEFERRED_FOR):
        assert not can_be_renewed(d, code)
        with pytest.raises(Conflict, match="The deferral is over"):
            office.renew(d.protection, code, "vẫn bị đe dọa")


def test_each_request_is_put_off_by_itself(d, dao, monkeypatch):
    """A renewal that waits too long waits no more, though another request's deferral runs on."""
    code = deferred(d, dao)
    office.renew(d.protection, code, "vẫn bị đe dọa")
    with at(monkeypatch, clock.now() + timedelta(days=5)):
        other = deferred(d, factories.person("Nguyễn Thị Đào", born="1968"))
        assert [len(office.match(d.protection, one)["deferrals"]) for one in (code, other)] == [2, 1]
    with at(monkeypatch, clock.now() + DEFERRED_FOR):
        assert can_be_renewed(d, other)
        assert approval.approvals(d.other_chief) == []


def test_a_complaint_is_about_one_request(d, dao):
    code, other = released(d, dao), released(d, dao)
    office.complain(d.protection, code, clock.today(), "không đúng người")
    with pytest.raises(Conflict):
        approval.answer_complaint(d.chief, other, upheld=True, words="x")
    assert [len(office.match(d.protection, one)["complaints"]) for one in (code, other)] == [1, 0]
