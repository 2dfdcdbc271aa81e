"""What somebody does by their own link once it is shown that it is they."""

import json
import re
from datetime import date, timedelta

import pytest
from sqlalchemy import func, select

from kieubao.access.roles import SUBJECT
from kieubao.consent import ledger, rules
from kieubao.consent.models import ConsentEvent
from kieubao.consent.vocabulary import Capacity, Channel, Purpose, State
from kieubao.contributions import service as contributions
from kieubao.db import db
from kieubao.ground import clock
from kieubao.ground.errors import Conflict, NotFound
from kieubao.occasions import service as occasions
from kieubao.occasions.turnout import Said
from kieubao.occasions.vocabulary import Answer, Speaker
from kieubao.outbox import Message
from kieubao.people import bonds, disclosure
from kieubao.people import service as people
from kieubao.people.records import Contact
from kieubao.responses import service as responses
from kieubao.rights import service as rights
from kieubao.rights.proofs import Office
from kieubao.rights.steps import News
from kieubao.rights.vocabulary import Kind, Step
from kieubao.visits import office, recipient, service, wishes, works
from kieubao.visits.models import ContactWish
from kieubao.walls import Sight, confined
from tests import factories
from tests.visits.coming import NAMED, SITE, proved, reached_person

OFFICE = Office("42", "UBND tỉnh", "The province", "1 Trần Phú", "0239 3855 555")
NEW = Contact(Channel.EMAIL, "moi@example.com", "moi@example.com")


def may(person, purpose, *channels):
    db.session.rollback()
    found = db.session.scalars(rules.may_contact(purpose, channels)).all()
    return person.id in found


def stands(actor, purpose):
    said = service.consents(actor)["consents"]
    return {one["channel"]: one["state"] for one in said if one["purpose"] == purpose}


def points(cast, person):
    return {
        one["value"]: one["retired_at"] is None for one in people.read(cast["clerk"], person.code)["contact_points"]
    }


def messages():
    db.session.rollback()
    with confined(Sight(everyone=True)):
        found = [(one.address, one.text) for one in db.session.scalars(select(Message).order_by(Message.id))]
        db.session.rollback()
    return found


def hears(cast):
    """Have a clerk tell the first of the messages."""
    office.told(cast["clerk"], office.to_tell(cast["clerk"])[0]["id"])


def test_of_whom_nobody_can_be_told_a_change_waits_two_days_all_the_same(cast, monkeypatch):
    person = reached_person(contact_points=[])
    service.add_contact(proved(cast, person), NEW, NAMED, SITE)
    later(monkeypatch, hours=49)
    works.attend()
    assert points(cast, person)["moi@example.com"]


def test_of_a_relatives_contact_point_nothing_more_is_shown_nor_can_it_be_tried(cast):
    actor = proved(cast, reached_person())
    (theirs,) = [one for one in service.reached(actor)["contact_points"] if one["owner"] == "relative"]
    assert theirs["value"] == "•••789"
    with pytest.raises(NotFound):
        service.retire_contact(actor, theirs["id"], NAMED, SITE)
    service.add_contact(actor, Contact(Channel.ZALO, "0383456789", "+84383456789"), NAMED, SITE)


def later(monkeypatch, **gone):
    now = clock.now()
    monkeypatch.setattr(clock, "now", lambda: now + timedelta(**gone))


def test_all_is_shown_but_the_note_and_what_is_others(cast):
    mother = factories.person("Lê Thị Đào", kind="home", country="VN")
    person = reached_person(note="hay về dịp Tết", address="Libušská 319")
    with confined(Sight(everyone=True)):
        bonds.tie([(person.id, mother.id, "parent", "child")])
        db.session.commit()
    sheet = service.mine(proved(cast, person))
    assert (sheet["name"], sheet["address"], sheet["source"], sheet["kin"]) == (
        "Đặng Thị Hòa", "Libušská 319", "phiếu 12", ["parent"],
    )  # fmt: skip
    whole = json.dumps(sheet, default=str, ensure_ascii=False)
    assert not [one for one in ("hay về dịp Tết", "Đào", mother.code, "1683456789", "383456789") if one in whole]
    assert "hoa@example.com" in whole


def test_one_sees_oneself_and_nobody_else(cast):
    """On PostgreSQL the database itself shows nobody else, whatever is asked."""
    other = reached_person()
    actor = proved(cast, reached_person())
    with pytest.raises(NotFound):
        disclosure.locate(actor.scope, other.code)
    sheet = service.take(actor)
    assert other.code not in json.dumps(sheet, default=str)


def test_a_yes_is_said_to_a_notice_and_a_no_to_nothing_and_both_hold_at_once(cast):
    factories.notice()
    person = reached_person()
    actor = proved(cast, person)
    service.decide(actor, Purpose.EVENTS, [Channel.EMAIL, Channel.SMS], "events/1")
    assert may(person, Purpose.EVENTS, Channel.EMAIL)
    assert stands(actor, "events") == {"email": "given", "sms": "given"}
    service.decide(actor, Purpose.EVENTS, [Channel.EMAIL], "events/1")
    assert stands(actor, "events") == {"email": "given", "sms": "withdrawn"}
    assert not may(person, Purpose.EVENTS, Channel.SMS)
    service.decide(actor, Purpose.EVENTS, [], None)
    assert (may(person, Purpose.EVENTS, *Channel), {*stands(actor, "events").values()}) == (
        False,
        {"withdrawn", "refused"},
    )
    service.decide(actor, Purpose.INVESTMENT, [], None)
    assert {*stands(actor, "investment").values()} == {"refused"}
    assert len(stands(actor, "investment")) == len(Channel)
    # And back, on the same day: what was said last counts.
    service.decide(actor, Purpose.EVENTS, [Channel.EMAIL], "events/1")
    assert may(person, Purpose.EVENTS, Channel.EMAIL)
    lines = ledger.lines(person.id)
    assert {line["method"] for line in lines} == {"web"}
    assert {line["notice"] for line in lines if line["state"] == "given"} == {"events/1"}
    assert all(re.fullmatch("LK-.*", line["evidence"]) for line in lines)


def test_what_stands_is_not_said_again(cast):
    factories.notice()
    person = reached_person()
    actor = proved(cast, person)
    for _turn in range(2):
        service.decide(actor, Purpose.EVENTS, [Channel.EMAIL], "events/1")
        service.decide(actor, Purpose.INVESTMENT, [], None)
    db.session.rollback()
    with confined(Sight(everyone=True)):
        assert db.session.scalar(select(func.count()).select_from(ConsentEvent)) == 1 + len(Channel)
        db.session.rollback()


def test_a_yes_that_ran_out_is_said_anew(cast):
    factories.notice()
    person = reached_person()
    factories.consent(person.id, on=date(2026, 1, 5), valid_until=date(2026, 2, 1))
    actor = proved(cast, person)
    assert not may(person, Purpose.EVENTS, Channel.EMAIL)
    service.decide(actor, Purpose.EVENTS, [Channel.EMAIL], "events/1")
    assert may(person, Purpose.EVENTS, Channel.EMAIL)


def test_nobody_agrees_to_another_notice_than_the_one_in_force_nor_without_one(cast):
    actor = proved(cast, reached_person())
    with pytest.raises(Conflict, match="another notice"):
        service.decide(actor, Purpose.EVENTS, [Channel.EMAIL], None)
    factories.notice()
    factories.notice()
    with pytest.raises(Conflict, match="another notice"):
        service.decide(actor, Purpose.EVENTS, [Channel.EMAIL], "events/1")
    assert service.consents(actor, Purpose.EVENTS)["notice"]["reference"] == "events/2"
    service.decide(actor, Purpose.EVENTS, [Channel.EMAIL], "events/2")


def test_who_is_under_sixteen_says_no_yes_for_themselves(cast):
    factories.notice()
    actor = proved(cast, reached_person(born=str(clock.today().year - 10)))
    with pytest.raises(Conflict, match="under 16"):
        service.decide(actor, Purpose.EVENTS, [Channel.EMAIL], "events/1")
    service.decide(actor, Purpose.EVENTS, [], None)


def test_who_read_it_is_told_by_organisation_and_role_and_ones_own_visits_too(cast):
    person = reached_person()
    people.read(cast["clerk"], person.code)
    factories.consent(person.id)
    issue = factories.published(cast["clerk"], cast["approver"], cast["organizer"]).code
    factories.pulled(cast["organizer"], issue).close()
    actor = proved(cast, person)
    service.mine(actor)
    sheet = service.trace(actor)
    told = [(one["deed"], one["role"]) for one in sheet["readings"]]
    assert told[0] == ("opened", "subject")
    assert {("opened", "clerk"), ("pulled", None)} <= {*told}
    assert "Cán bộ" not in json.dumps(sheet, default=str, ensure_ascii=False)
    assert [one["purpose"] for one in sheet["held_by"]] == ["events"]


def test_what_is_asked_runs_with_its_clock_and_is_known_to_be_theirs(cast):
    person = reached_person()
    actor = proved(cast, person)
    code = service.ask(actor, Kind.DELETE, "xóa hết")
    (filed,) = service.asked(actor)
    assert (filed["code"], filed["kind"], filed["way"], filed["identified"]) == (code, "delete", "link", True)
    sheet = rights.read(cast["protection_officer"], code)
    assert [(one["step"], one["account"]) for one in sheet["steps"]] == [("filed", None), ("identified", None)]
    assert sheet["wish"] == "xóa hết"
    # Without another proof, the officer goes on with it.
    rights.act(cast["protection_officer"], code, News(Step.PROPOSED, "không có căn cứ giữ"))
    with pytest.raises(Conflict, match="already"):
        service.ask(actor, Kind.DELETE, None)


def test_so_many_requests_and_always_room_to_be_left_alone(cast):
    actor = proved(cast, reached_person())
    for turn in range(service.MOST_OPEN):
        service.ask(actor, Kind.CORRECT, f"chỗ {turn}")
    with pytest.raises(Conflict, match="under way"):
        service.ask(actor, Kind.SEE, None)
    service.ask(actor, Kind.RESTRICT, None)
    assert service.mine(actor)["standing"]["restricted_at"]


def test_a_new_way_waits_two_days_and_the_old_ones_hear_of_it(cast, monkeypatch):
    person = reached_person()
    actor = proved(cast, person)
    service.add_contact(actor, NEW, NAMED, SITE)
    assert {address for address, _text in messages()} == {"hoa@example.com", "+420601555148"}
    assert all("m•••@e•••.com" in text and f"{SITE}/w/" in text for _address, text in messages())
    works.attend()
    later(monkeypatch, hours=72)
    works.attend()
    # Nobody has heard of it yet.
    assert "moi@example.com" not in points(cast, person)
    hears(cast)
    later(monkeypatch, hours=47)
    works.attend()
    assert "moi@example.com" not in points(cast, person)
    later(monkeypatch, hours=2)
    works.attend()
    assert points(cast, person)["moi@example.com"]
    # It is theirs, and nobody has verified it.
    (new,) = [one for one in people.read(cast["clerk"], person.code)["contact_points"] if one["value"] == NEW.value]
    assert (new["owner"], new["verified_on"]) == ("self", None)


def test_a_way_is_given_up_after_two_days(cast, monkeypatch):
    person = reached_person()
    actor = proved(cast, person)
    (mail,) = [one["id"] for one in service.reached(actor)["contact_points"] if one["channel"] == "email"]
    service.retire_contact(actor, mail, NAMED, SITE)
    with pytest.raises(Conflict, match="already"):
        service.retire_contact(actor, mail, NAMED, SITE)
    assert [one["wished"] for one in service.reached(actor)["wishes"]] == ["retire"]
    hears(cast)
    later(monkeypatch, hours=49)
    works.attend()
    assert not points(cast, person)["hoa@example.com"]


@pytest.mark.parametrize("by", ["themselves", "whoever was told"])
def test_a_change_is_stopped_by_who_asked_and_by_who_was_told(cast, monkeypatch, by):
    person = reached_person()
    actor = proved(cast, person)
    service.add_contact(actor, NEW, NAMED, SITE)
    stopping = re.search(rf"{SITE}/w/([0-9A-Z-]+)", messages()[0][1])[1]
    hears(cast)
    if by == "themselves":
        service.take_back(actor, service.reached(actor)["wishes"][0]["code"])
    else:
        recipient.forbid(SUBJECT, stopping)
        # Whoever asked for it is put out.
        with pytest.raises(NotFound, match="has ended"):
            service.reached(actor)
        with pytest.raises(NotFound, match="nothing left"):
            recipient.forbid(SUBJECT, stopping)
    assert messages() == []
    later(monkeypatch, hours=49)
    works.attend()
    assert "moi@example.com" not in points(cast, person)
    db.session.rollback()
    with confined(Sight(everyone=True)):
        assert db.session.scalars(select(ContactWish.fate)).all() == ["cancelled"]
        db.session.rollback()


def test_nobody_stops_what_is_anothers(cast):
    mine, other = proved(cast, reached_person()), proved(cast, reached_person())
    service.add_contact(mine, NEW, NAMED, SITE)
    code = service.reached(mine)["wishes"][0]["code"]
    with pytest.raises(NotFound):
        service.take_back(other, code)
    theirs = [one["id"] for one in service.reached(mine)["contact_points"]]
    for one in theirs:
        with pytest.raises(NotFound):
            service.retire_contact(other, one, NAMED, SITE)
    for wrong in ("", "x", "0" * 20):
        with pytest.raises(NotFound, match="nothing left"):
            wishes.named(wrong)


def test_a_receipt_is_taken_and_known_here(cast):
    factories.notice()
    person = reached_person()
    actor = proved(cast, person)
    service.decide(actor, Purpose.EVENTS, [Channel.EMAIL], "events/1")
    told = service.take_receipt(actor, OFFICE)
    assert [one["code"] for one in service.papers(actor)] == [told["code"]]
    assert rights.receipt(cast["clerk"], told["digest"])["person"] == person.code


def test_nothing_of_others_is_taken_along(cast):
    """Neither who works at the office, nor who spoke for them, nor what an official noted."""
    person = reached_person()
    clerk = cast["clerk"]
    held = occasions.hold(clerk, kind="event", title="Gặp mặt Tết")["code"]
    spoken = {"said_by": Speaker.RELATIVE, "spoken_by": "Lê Thị Kín", "note": "chị ốm"}
    responses.record(clerk, held, person.code, Said(Answer.ACCEPTED, **spoken))
    stood = {"kind": "donation", "stage": "interested", "stands_since": clock.today(), "note": "hỏi anh Kín"}
    contributions.record(clerk, person=person.code, occasion=held, **stood)
    factories.notice()
    told = {"capacity": Capacity.REPRESENTATIVE, "given_by": "Lê Văn Kín, cha"}
    factories.consent(person.id, State.REFUSED, **told)
    whole = service.take(proved(cast, person))
    assert [len(whole[part]) for part in ("answers", "contributions", "said")] == [1, 1, 1]
    text = json.dumps(whole, default=str, ensure_ascii=False)
    assert not [one for one in ("Kín", "chị ốm", "Cán bộ clerk") if one in text]


def test_all_of_it_is_taken_along(cast):
    factories.notice()
    person = reached_person()
    factories.consent(person.id, State.REFUSED)
    actor = proved(cast, person)
    service.ask(actor, Kind.CORRECT, "sai năm sinh")
    whole = service.take(actor)
    assert whole["record"]["name"] == "Đặng Thị Hòa"
    assert [line["state"] for line in whole["said"]] == ["refused"]
    assert [one["kind"] for one in whole["requests"]] == ["correct"]
    assert whole["readings"]
