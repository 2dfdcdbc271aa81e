"""Whoever registers waits for a clerk; what they agreed to counts once somebody has spoken to them."""

import json
from contextlib import suppress
from datetime import timedelta
from secrets import token_hex

import pytest
from sqlalchemy import func, select

from kieubao.access.models import AuditEntry
from kieubao.access.roles import PUBLIC
from kieubao.consent import ledger, rules
from kieubao.consent.vocabulary import Channel, Purpose
from kieubao.db import db
from kieubao.ground import clock
from kieubao.ground.errors import Alike, Conflict, Forbidden, Invalid, NotFound, TooMany
from kieubao.people import service as people
from kieubao.people.models import Person
from kieubao.people.records import home_of
from kieubao.registrations import arrived, recipient, service, works
from kieubao.registrations.arrived import Sent
from kieubao.registrations.models import Registration
from kieubao.registrations.schemas import reading
from kieubao.registrations.vocabulary import Registrant, Unfit
from kieubao.walls import Sight, confined
from tests import factories

TOLD = {
    "registrant": "native",
    "name": "Lê Văn Ba",
    "born": "14/08/1968",
    "gender": "male",
    "home": "Xã Cẩm Xuyên",
    "country": "Séc",
    "city": "Praha",
    "phone": "+420 601 555 148",
    "email": "ba@example.com",
    "preferred_language": "tiếng Séc",
    "purposes": ["events"],
    "channels": ["email"],
    "notices": {"events": "events/1"},
}


@pytest.fixture(autouse=True)
def asked(app):
    factories.notice()


def sent(address="192.0.2.7", once=None, **told):
    whole = {name: value for name, value in {**TOLD, **told}.items() if value is not None}
    home = home_of(reading()(whole).values, "42")
    once = once or token_hex(8)
    return recipient.register(PUBLIC, address, once, Sent(Registrant(whole["registrant"]), whole, *home))


def enrolled(cast, code, basis="consent", others=(), *, spoken=("phone", "email")):
    return service.enrol(cast["clerk"], code, reading(code, basis), frozenset(others), spoken=spoken)


def may(code):
    db.session.rollback()
    with confined(Sight(everyone=True)):
        person = db.session.scalars(select(Person.id).where(Person.code == code)).one()
        found = person in db.session.scalars(rules.may_contact(Purpose.EVENTS, [Channel.EMAIL])).all()
        db.session.rollback()
    return found


def people_count():
    db.session.rollback()
    with confined(Sight(everyone=True)):
        count = db.session.scalar(select(func.count()).select_from(Person))
        db.session.rollback()
    return count


def test_nobody_is_recorded_before_a_clerk_has_looked(cast):
    code = sent()
    assert people_count() == 0
    (waits,) = service.waiting(cast["clerk"])
    assert (waits["code"], waits["name"], waits["registrant"]) == (code, "Lê Văn Ba", "native")
    sheet = enrolled(cast, code)
    assert (sheet["name"], sheet["country"], sheet["born"], sheet["preferred_language"]) == (
        "Lê Văn Ba", "CZ", "1968-08-14", "cs",
    )  # fmt: skip
    assert {one["verified_on"] for one in sheet["contact_points"]} == {clock.today()}
    assert code in sheet["source"]
    assert may(sheet["code"])
    assert service.waiting(cast["clerk"]) == []
    (line,) = [one for one in people.consents(cast["clerk"], sheet["code"])["lines"] if one["state"] == "given"]
    assert (line["method"], line["evidence"], line["notice"]) == ("web", code, "events/1")
    db.session.rollback()
    with confined(Sight(everyone=True)):
        assert db.session.scalars(select(Registration.told)).one() == "{}"
        db.session.rollback()


def test_without_having_spoken_to_them_nothing_they_agreed_to_counts(cast):
    sheet = enrolled(cast, sent(), "19.1.c", spoken=())
    assert {one["verified_on"] for one in sheet["contact_points"]} == {None}
    assert sheet["consents"] == []
    assert not may(sheet["code"])


def test_only_what_a_clerk_spoke_to_them_by_is_verified(cast):
    """Who writes somebody else's number beside a mailbox of their own has no way into that one's record."""
    sheet = enrolled(cast, sent(), spoken=["phone"])
    assert {one["channel"]: one["verified_on"] for one in sheet["contact_points"]} == {
        "phone": clock.today(),
        "email": None,
    }
    assert may(sheet["code"])


def test_a_record_rests_on_no_consent_that_nobody_heard(cast):
    family = {"registrant": "family", "family": "Lê Văn Tư, em trai", "purposes": None, "channels": None}
    nothing = sent(purposes=None, channels=None, notices=None)
    for code, spoken in ((sent(), ()), (sent(**family, notices=None), ("phone",)), (nothing, ("phone",))):
        with pytest.raises(Invalid) as refused:
            enrolled(cast, code, spoken=spoken)
        assert refused.value.field == "legal_basis"
    assert people_count() == 0


def test_who_may_be_under_16_agrees_to_nothing(cast, monkeypatch):
    code = sent(born=str(clock.today().year - 15))
    with pytest.raises(Invalid):
        enrolled(cast, code)
    sheet = enrolled(cast, code, "19.1.c")
    assert (sheet["consents"], may(sheet["code"])) == ([], False)


def test_the_same_answers_are_taken_once(cast):
    code = sent(once="00")
    with pytest.raises(Conflict):
        sent(once="00")
    assert [one["code"] for one in service.waiting(cast["clerk"])] == [code]


def test_one_house_does_not_fill_the_day_of_everybody(cast, monkeypatch):
    now = clock.now()
    taken = 0
    for turn in range(80):
        monkeypatch.setattr(clock, "now", lambda turn=turn: now + turn * timedelta(minutes=5))
        with suppress(TooMany):
            sent("2001:db8::7", name=f"Lê Văn {turn}")
            taken += 1
    assert taken == recipient._MOST_OF_ONE
    sent("2001:db8:0:1::7")
    sent("192.0.2.7")


def test_one_customer_has_no_more_houses_than_that(cast, monkeypatch):
    monkeypatch.setattr(recipient, "_FREE_OF_SITE", 5)
    monkeypatch.setattr(recipient, "_MOST_OF_SITE", 4)
    for turn in range(4):
        sent(f"2001:db8:0:{turn}::7", name=f"Lê Văn {turn}")
    with pytest.raises(TooMany, match="for a day"):
        sent("2001:db8:0:9::7")
    sent("2001:db8:1::7")


def test_a_family_registers_somebody_and_agrees_to_nothing(cast):
    family = {"registrant": "family", "family": "Lê Văn Tư, em trai, 0983 000 111"}
    code = sent(**family, purposes=None, channels=None, notices=None)
    sheet = enrolled(cast, code, "19.1.c")
    assert (sheet["kind"], sheet["legal_basis"], sheet["consents"]) == ("abroad", "19.1.c", [])
    assert "Lê Văn Tư" in sheet["source"]


def test_a_relative_at_home_is_recorded_as_one(cast):
    told = {"registrant": "relative", "family": "Lê Văn Ba, con trai, Praha", "country": None, "city": None}
    sheet = enrolled(cast, sent(**told, phone="0983 000 111"))
    assert (sheet["kind"], sheet["country"], sheet["note"]) == ("home", "VN", "Lê Văn Ba, con trai, Praha")


def test_who_may_be_on_record_is_shown_and_told_apart_first(cast):
    known = factories.person(
        "Lê Văn Ba", born="14/08/1968", contact_points=[{"channel": "email", "value": "ba@example.com"}]
    )
    code = sent()
    assert [one["code"] for one in service.one(cast["clerk"], code, reading(code))["alike"]] == [known.code]
    with pytest.raises(Alike):
        enrolled(cast, code)
    assert people_count() == 1
    enrolled(cast, code, others=[known.code])
    assert people_count() == 2


def test_who_is_on_record_stays_as_they_are(cast):
    known = factories.person("Lê Văn Ba")
    before = people.read(cast["clerk"], known.code)
    code = sent()
    service.know(cast["clerk"], code, known.code)
    assert people.read(cast["clerk"], known.code) == before
    with pytest.raises(NotFound):
        service.know(cast["clerk"], code, known.code)
    assert ledger.lines(known.id) == []


def test_a_registration_is_refused_with_a_reason_and_nothing_of_it_stays(cast):
    code = sent()
    service.refuse(cast["clerk"], code, Unfit.UNREACHED)
    assert (people_count(), service.waiting(cast["clerk"])) == (0, [])
    db.session.rollback()
    line = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "registrations.refuse")).one()
    assert (line.purpose, line.details["reason"]) == (None, "unreached")


def test_it_is_looked_at_where_the_home_lies(cast):
    code = sent(home="Xã Cẩm Xuyên")
    near, far = factories.actor("clerk", ("18673",)), factories.actor("clerk", ("18685",))
    assert [one["code"] for one in service.waiting(near)] == [code]
    assert service.waiting(far) == []
    for act in (
        lambda: service.one(far, code, reading(code)),
        lambda: service.enrol(far, code, reading(code), frozenset(), spoken=()),
        lambda: service.refuse(far, code, Unfit.MISCHIEF),
        lambda: service.know(far, code, "KB-7F3Q-9XKC-2"),
    ):
        with pytest.raises(NotFound):
            act()
    unclear = sent(home="làng Đông", name="Hồ Hải")
    assert [one["code"] for one in service.waiting(near)] == [code]
    assert {one["code"] for one in service.waiting(cast["clerk"])} == {code, unclear}


def test_others_neither_send_nor_decide(cast):
    code = sent()
    for role in ("approver", "organizer", "admin", "police", "protection_officer"):
        with pytest.raises(Forbidden):
            service.waiting(cast[role])
    with pytest.raises(Forbidden):
        service.refuse(PUBLIC, code, Unfit.MISCHIEF)


def test_so_many_from_one_address_and_so_many_a_day(cast, monkeypatch):
    for turn in range(10):
        sent(name=f"Lê Văn {turn}")
    with pytest.raises(TooMany):
        sent()
    monkeypatch.setattr(arrived, "MOST_A_DAY", 10)
    with pytest.raises(TooMany, match="telephone"):
        sent("192.0.2.8")


def test_what_was_sent_is_sealed_and_stands_in_no_line_of_the_trail(cast):
    sent()
    db.session.rollback()
    line = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "registrations.register")).one()
    assert (line.role, line.subject) == ("public", None)
    assert "Lê" not in json.dumps(line.details, ensure_ascii=False)


def test_decided_ones_are_dropped_in_the_end(cast, monkeypatch):
    service.refuse(cast["clerk"], sent(), Unfit.MISCHIEF)
    sent(name="Hồ Hải")
    now = clock.now()
    for days, count in ((91, 1), (364, 1), (366, 0)):
        monkeypatch.setattr(clock, "now", lambda days=days: now + timedelta(days=days))
        works.tidy()
        db.session.rollback()
        with confined(Sight(everyone=True)):
            assert db.session.scalar(select(func.count()).select_from(Registration)) == count
            db.session.rollback()
