"""A text message does what it says: a no at once, a yes once whoever has the number sends the code of the answer."""

import re
from contextlib import suppress
from datetime import timedelta

import pytest
from sqlalchemy import func, select, update

from kieubao.access.models import AuditEntry
from kieubao.consent import ledger, notices, rules
from kieubao.consent.vocabulary import Channel, Purpose
from kieubao.db import db
from kieubao.ground import clock
from kieubao.ground.errors import Forbidden, Invalid, TooMany
from kieubao.outbox import Message
from kieubao.people import ways
from kieubao.people.models import ContactPoint, Person
from kieubao.rights import service as rights
from kieubao.rights.requests import Asked
from kieubao.rights.vocabulary import Kind, Way
from kieubao.texts import service, syntax, waiting, works
from kieubao.texts.models import TextWish
from kieubao.texts.syntax import Act
from kieubao.walls import Sight, confined
from tests import factories
from tests.pages.province import sign_in_accounts
from tests.signing import let_in
from tests.visits.coming import NAMED, SITE

NUMBER = "+84983000111"


@pytest.fixture(autouse=True)
def asked(app):
    """A notice is in force, and the office sends text messages by itself."""
    factories.notice()
    app.extensions["kieubao.relays"] = {"sms"}
    yield
    del app.extensions["kieubao.relays"]


def reached(name="Lê Văn Ba", *, sure=True, **fields):
    point = {"channel": "phone", "value": NUMBER} | ({"verified_on": "2026-01-05"} if sure else {})
    return factories.person(name, contact_points=[{**point, **fields.pop("point", {})}], **fields)


def text(cast, said, sender="0983 000 111"):
    service.take(cast["clerk"], sender, said, NAMED, SITE)
    db.session.rollback()
    with confined(Sight(everyone=True)):
        found = [
            (one.channel, one.address, one.text) for one in db.session.scalars(select(Message).order_by(Message.id))
        ]
        db.session.rollback()
    return found[-1] if found else None


def code_in(answer):
    return re.search(r"XN (\d{6})", answer[2]).group(1)


def may(person, purpose=Purpose.EVENTS, channel=Channel.SMS):
    db.session.rollback()
    with confined(Sight(everyone=True)):
        found = person.id in db.session.scalars(rules.may_contact(purpose, [channel])).all()
        db.session.rollback()
    return found


@pytest.mark.parametrize(
    ("said", "act", "purposes"),
    [
        ("KB DY SUKIEN", Act.YES, ["events"]),
        ("đồng ý sự kiện, đầu tư", Act.YES, ["events", "investment"]),
        ("kb dy doan thong tin ho so doan", Act.YES, ["delegation", "information", "registry"]),
        ("KB TC THONGTIN", Act.NO, ["information"]),
        ("Từ chối đầu tư", Act.NO, ["investment"]),
        ("KB NGỪNG", Act.STOP, []),
        ("stop", Act.STOP, []),
        ("kb tc", Act.STOP, []),
        ("Từ chối tất cả", Act.STOP, []),
    ],
)
def test_what_is_written_is_read_with_or_without_marks(said, act, purposes):
    found = syntax.read(said)
    assert (found.act, [one.value for one in found.purposes]) == (act, purposes)


@pytest.mark.parametrize(
    "said", ["", "xin chào", "KB DY", "dong y", "KB DY TATCA", "KB XN 12345", "KB DY SUKIEN khong", "ok"]
)
def test_what_is_not_plain_says_nothing(said):
    assert syntax.read(said) is None


def test_a_yes_counts_by_the_code_of_the_answer_and_for_text_messages_alone(cast):
    one = reached()
    channel, address, words = text(cast, "KB DY SUKIEN")
    assert (channel, address, f"{SITE}/told" in words) == ("sms", NUMBER, True)
    assert not may(one)
    answer = text(cast, f"KB XN {code_in((channel, address, words))}")
    assert "đã ghi nhận" in answer[2]
    assert may(one)
    assert not may(one, channel=Channel.PHONE)
    # By which they are reached from then on: a telephone's number was known of them, and no more.
    db.session.rollback()
    with confined(Sight(everyone=True)):
        reach = ways.own(Purpose.EVENTS, [Channel.SMS], [one.id])[one.id]
        db.session.rollback()
    assert reach == {"sms": [NUMBER]}
    with confined(Sight(everyone=True)):
        (line,) = ledger.lines(one.id)
        db.session.rollback()
    assert (line["method"], line["notice"], "KB DY SUKIEN" in line["evidence"]) == ("sms", "events/1", True)


def test_a_code_is_good_once_for_a_day_and_five_tries(cast, monkeypatch):
    one = reached()
    code = code_in(text(cast, "KB DY SUKIEN"))
    wrong = f"{(int(code) + 1) % 10**6:06}"
    for _turn in range(5):
        text(cast, f"XN {wrong}")
    text(cast, f"XN {code}")
    assert not may(one)
    now = clock.now()
    monkeypatch.setattr(clock, "now", lambda: now + timedelta(minutes=20))
    code = code_in(text(cast, "KB DY SUKIEN"))
    monkeypatch.setattr(clock, "now", lambda: now + timedelta(hours=25))
    text(cast, f"XN {code}")
    assert not may(one)
    works.tidy()
    db.session.rollback()
    with confined(Sight(everyone=True)):
        assert db.session.scalars(select(TextWish)).all() == []
        db.session.rollback()
    code = code_in(text(cast, "KB DY SUKIEN"))
    text(cast, f"XN {code}")
    text(cast, "KB TC SUKIEN")
    text(cast, f"XN {code}")
    assert not may(one)


def unverified():
    return reached(sure=False)


def of_a_relative():
    return reached(point={"owner": "relative"})


def a_child():
    return reached(born=str(clock.today().year - 12))


def one_of_two():
    reached("Lê Văn Tư")
    return reached()


@pytest.mark.parametrize("who", [unverified, of_a_relative, a_child, one_of_two])
def test_nobody_agrees_by_a_number_that_may_be_anothers(cast, who):
    who()
    answer = text(cast, "KB DY SUKIEN")
    assert answer is None or "chưa ghi nhận được" in answer[2]
    db.session.rollback()
    with confined(Sight(everyone=True)):
        assert db.session.scalars(select(TextWish)).all() == []
        db.session.rollback()


def otherwise_by_then_unverified(cast, one):
    with confined(Sight(everyone=True)):
        db.session.execute(update(ContactPoint).values(verified_on=None))
        db.session.commit()


def otherwise_by_then_anothers_too(cast, one):
    reached("Lê Văn Tư")


def otherwise_by_then_another_notice(cast, one):
    factories.notice()


def otherwise_by_then_withdrawn(cast, one):
    rights.file(cast["clerk"], one.code, Asked(Kind.WITHDRAW, Way.COUNTER, clock.today()))


def otherwise_by_then_restricted(cast, one):
    with confined(Sight(everyone=True)):
        ledger.restand(one.id, restricted_at=clock.now())
        db.session.commit()


OTHERWISE = [one for name, one in [*globals().items()] if name.startswith("otherwise_by_then")]


@pytest.mark.parametrize("otherwise", OTHERWISE)
def test_a_yes_is_weighed_again_when_its_code_comes(cast, otherwise):
    one = reached()
    code = code_in(text(cast, "KB DY SUKIEN"))
    db.session.rollback()
    otherwise(cast, one)
    text(cast, f"XN {code}")
    db.session.rollback()
    with confined(Sight(everyone=True)):
        assert "given" not in {line["state"] for line in ledger.lines(one.id)}
        db.session.rollback()


def test_without_a_relay_nobody_is_told_a_code_who_could_say_it_in_their_place(app, cast):
    reached()
    app.extensions["kieubao.relays"] = set()
    assert "chưa ghi nhận được" in text(cast, "KB DY SUKIEN")[2]


def test_a_no_is_taken_however_much_was_sent_and_answered_once(cast):
    one = reached()
    factories.consent(one.id, channel=Channel.SMS)
    for _turn in range(10):
        text(cast, "xin chào")
    with pytest.raises(TooMany):
        text(cast, "KB DY SUKIEN")
    for _turn in range(30):
        text(cast, "KB TC SUKIEN")
    assert not may(one)
    db.session.rollback()
    with confined(Sight(everyone=True)):
        assert db.session.scalar(select(func.count()).select_from(Message)) == 2
        assert len(ledger.lines(one.id)) == 1 + len(Channel)
        db.session.rollback()


def test_no_code_is_guessed_in_a_day(cast, monkeypatch):
    reached()
    now, taken = clock.now(), 0
    for turn in range(90):
        monkeypatch.setattr(clock, "now", lambda turn=turn: now + turn * timedelta(minutes=4))
        with suppress(TooMany):
            text(cast, "XN 000000")
            taken += 1
    assert taken == service._MOST_A_DAY


def test_nobody_is_asked_without_a_notice(cast, monkeypatch):
    reached()
    monkeypatch.setattr(notices, "asking", lambda _purpose: None)
    assert "chưa ghi nhận được" in text(cast, "KB DY SUKIEN")[2]


def test_a_no_counts_at_once_of_everybody_whose_number_it_is(cast):
    both = [reached(), reached("Lê Văn Tư", sure=False)]
    for one in both:
        for purpose in (Purpose.EVENTS, Purpose.INVESTMENT):
            factories.consent(one.id, purpose=purpose, channel=Channel.SMS)
    text(cast, "KB TC DAUTU")
    assert [may(one, Purpose.INVESTMENT) for one in both] == [False, False]
    assert [may(one) for one in both] == [True, True]
    text(cast, "ngừng")
    text(cast, "ngừng")
    assert [may(one) for one in both] == [False, False]
    for one in both:
        (filed,) = rights.of_person(cast["clerk"], one.code)
        assert (filed["kind"], filed["way"]) == ("withdraw", "sms")


def test_of_an_unknown_number_nothing_is_told(cast):
    reached()
    assert text(cast, "KB NGUNG", "0983 000 222") is None
    with pytest.raises(Invalid):
        text(cast, "KB NGUNG", "abc")


def test_the_trail_has_no_number_and_no_word(cast):
    one = reached()
    text(cast, "KB DY SUKIEN")
    line = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "texts.take")).one()
    assert (line.found, line.details["act"], line.details["subjects"]) == (1, "yes", [str(one.subject)])
    assert "983" not in str(line.details)


def test_texts_are_taken_by_clerks_alone(cast):
    for role in ("approver", "organizer", "admin", "protection_officer"):
        with pytest.raises(Forbidden):
            service.take(cast[role], NUMBER, "KB NGUNG", NAMED, SITE)


def test_what_waits_is_sealed_and_goes_with_whose_it_is(cast):
    one = reached()
    text(cast, "KB DY SUKIEN")
    with confined(Sight(everyone=True)):
        waiting.forget(one.id)
        assert db.session.scalars(select(TextWish)).all() == []
        assert db.session.scalars(select(Person.id)).all() == [one.id]
        db.session.rollback()


def test_on_the_page_and_by_the_gateway(client):
    cast = sign_in_accounts()
    one = reached()
    factories.consent(one.id, channel=Channel.SMS)
    clerk = let_in(client, "clerk")
    assert clerk.post("/texts", data={"from_number": "0983000111", "text": "KB DY SUKIEN"}).status_code == 303
    sent = {"from_number": NUMBER, "text": "KB NGUNG"}
    headers = factories.bearer(cast["clerk"])
    assert client.post("/api/v1/texts", json=sent, headers=headers).status_code == 204
    assert not may(one)
    told = client.get("/told")
    assert (told.status_code, "Nội dung" in told.text) == (200, True)
