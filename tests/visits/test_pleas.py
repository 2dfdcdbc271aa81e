"""Anybody may have somebody left alone, by what relatives know: and learns nothing by it."""

import re
import statistics
import time

import pytest
from sqlalchemy import func, select, text, update

from kieubao.access.models import AuditEntry
from kieubao.access.roles import PUBLIC
from kieubao.consent import rules
from kieubao.consent.vocabulary import Channel, Purpose
from kieubao.db import db
from kieubao.ground import clock
from kieubao.ground.errors import Forbidden, NotFound, TooMany
from kieubao.outbox import Message
from kieubao.rights import service as rights
from kieubao.rights.models import SubjectRequest
from kieubao.rights.vocabulary import Kind
from kieubao.visits import office, pleas, recipient, works
from kieubao.visits.models import Plea
from kieubao.visits.vocabulary import Unplaced
from kieubao.walls import Sight, confined
from tests import factories
from tests.guessing import guessed
from tests.visits.coming import NAMED, reached_person

HERE = "192.0.2.7"
HOA = {"name": "dang thi hoa", "contact": "00420 601 555 148"}


@pytest.fixture
def hoa(cast):
    person = reached_person(born="14/08/1968")
    factories.consent(person.id)
    return person


def stopped(person):
    db.session.rollback()
    return person.id not in db.session.scalars(rules.may_contact(Purpose.EVENTS, [Channel.EMAIL])).all()


def pleaded(kind=Kind.WITHDRAW, **told):
    code = recipient.plead(PUBLIC, HERE, kind, told)
    works.attend()
    return code


@pytest.mark.parametrize(
    "told",
    [
        HOA,
        {"name": "ĐẶNG THỊ HÒA", "contact": "Hoa@Example.com"},
        {"name": "Đặng Thị Hòa", "born": "1968-08-14"},
        {"name": "Đặng Thị Hòa", "person": "own"},
        # A number of theirs that is out of use, or not verified, knows them too.
        {"name": "Đặng Thị Hòa", "contact": "+420601555149", "born": "1900"},
    ],
)
def test_whoever_can_be_but_one_is_left_alone_within_a_round(cast, hoa, told):
    told = {**told, **({"person": hoa.code} if "person" in told else {})}
    pleaded(**told)
    assert stopped(hoa)
    (filed,) = rights.of_person(cast["protection_officer"], hoa.code)
    assert (filed["kind"], filed["way"], filed["identified"]) == ("withdraw", "web", False)
    with confined(Sight(everyone=True)):
        told_to = db.session.scalars(select(Message.address)).all()
        assert {*told_to} == {"hoa@example.com", "+420601555148"}
        db.session.rollback()


@pytest.mark.parametrize(
    "told",
    [
        {"name": "Đặng Thị Hoa Mai", "contact": "+420601555148"},
        {"name": "Đặng Thị Hòa", "contact": "+420601555999"},
        {"name": "Đặng Thị Hòa", "born": "1968"},
        {"name": "Đặng Thị Hòa", "born": "1968-08-15"},
        {"name": "Đặng Thị Hòa", "person": "KB-7F3Q-9XKC-2"},
    ],
)
def test_of_whom_it_is_not_sure_a_clerk_decides(cast, hoa, told):
    code = pleaded(**told)
    assert not stopped(hoa)
    (waits,) = office.all_pleas(cast["clerk"])
    assert (waits["code"], waits["name"]) == (code, told["name"])
    filed = office.place(cast["clerk"], code, hoa.code, NAMED)
    assert stopped(hoa)
    assert rights.read(cast["clerk"], filed)["received_on"] == clock.today()
    assert office.all_pleas(cast["clerk"]) == []
    with pytest.raises(NotFound):
        office.place(cast["clerk"], code, hoa.code, NAMED)


def test_two_of_one_name_and_day_are_told_apart_by_a_clerk(cast, hoa):
    factories.person("Đặng Thị Hòa", born="14/08/1968")
    pleaded(name="Đặng Thị Hòa", born="1968-08-14")
    assert not stopped(hoa)
    assert len(office.all_pleas(cast["clerk"])) == 1


def test_who_asks_for_another_is_written_down_and_a_record_can_be_locked(cast, hoa):
    code = pleaded(Kind.RESTRICT, **HOA, asked_by="Lê Văn Tư, con trai")
    (filed,) = rights.of_person(cast["clerk"], hoa.code)
    assert rights.read(cast["clerk"], filed["code"])["asked_by"] == "Lê Văn Tư, con trai"
    assert (filed["kind"], stopped(hoa)) == ("restrict", True)
    db.session.rollback()
    assert db.session.scalars(select(Plea.told).where(Plea.code == code)).one() == "{}"


def test_what_is_nobodys_is_settled_and_nothing_of_it_stays(cast):
    code = pleaded(name="Không Ai", born="1900")
    office.drop_plea(cast["protection_officer"], code, Unplaced.ABSENT)
    assert office.all_pleas(cast["clerk"]) == []
    db.session.rollback()
    assert db.session.scalars(select(Plea.told)).all() == ["{}"]


def test_only_who_sees_the_whole_province_sees_them(cast):
    code = pleaded(name="Không Ai", born="1900")
    elsewhere = factories.actor("clerk", ("18673",))
    assert office.all_pleas(elsewhere) == []
    with pytest.raises(NotFound):
        office.drop_plea(elsewhere, code, Unplaced.ABSENT)
    with pytest.raises(NotFound):
        office.place(elsewhere, code, "KB-7F3Q-9XKC-2", NAMED)
    for role in ("approver", "organizer", "admin", "police"):
        with pytest.raises(Forbidden):
            office.all_pleas(cast[role])


def test_so_many_from_one_address_and_so_many_a_day(cast, monkeypatch):
    for _turn in range(10):
        recipient.plead(PUBLIC, HERE, Kind.WITHDRAW, HOA)
    with pytest.raises(TooMany):
        recipient.plead(PUBLIC, HERE, Kind.WITHDRAW, HOA)
    recipient.plead(PUBLIC, "192.0.2.8", Kind.WITHDRAW, HOA)
    monkeypatch.setattr(pleas, "MOST_A_DAY", 11)
    with pytest.raises(TooMany):
        recipient.plead(PUBLIC, "192.0.2.9", Kind.WITHDRAW, HOA)


def test_old_ones_are_dropped(cast):
    pleaded(name="Không Ai", born="1900")
    db.session.execute(update(Plea).values(ended_at=text("'2020-01-01 00:00:00+00'")))
    db.session.commit()
    works.attend()
    db.session.rollback()
    assert db.session.scalar(select(func.count()).select_from(Plea)) == 0


def test_the_trail_says_that_it_was_asked_and_of_nobody(cast, hoa):
    code = recipient.plead(PUBLIC, HERE, Kind.WITHDRAW, HOA)
    db.session.rollback()
    line = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "visits.plead")).one()
    assert (line.role, line.subject, line.details) == ("public", None, {"plea": code, "kind": "withdraw"})


def sent(client, **told):
    return client.post("/stop", data={"kind": "withdraw", **told})


def test_what_a_machine_may_have_filled_in_is_answered_alike_and_a_person_decides(client, cast, hoa):
    page = sent(client, **HOA, leave_blank="https://spam.example")
    assert same(page.text) == same(sent(client, **{**HOA, "name": "Không Ai"}).text)
    works.attend()
    assert not stopped(hoa)
    assert [one.get("leave_blank") for one in office.all_pleas(cast["clerk"])] == ["https://spam.example", None]


def test_who_asks_again_is_answered_by_the_same_request_and_nobody_is_told_twice(cast, hoa):
    for _turn in range(3):
        pleaded(**HOA)
    assert len(rights.of_person(cast["clerk"], hoa.code)) == 1
    with confined(Sight(everyone=True)):
        assert db.session.scalar(select(func.count()).select_from(Message)) == 2
        db.session.rollback()


def test_a_network_is_one_address(cast, monkeypatch):
    monkeypatch.setattr(recipient, "_PLEAS", 2)
    for last in (1, 2):
        recipient.plead(PUBLIC, f"2001:db8:1:2::{last}", Kind.WITHDRAW, HOA)
    with pytest.raises(TooMany):
        recipient.plead(PUBLIC, "2001:db8:1:2:ffff::9", Kind.WITHDRAW, HOA)
    recipient.plead(PUBLIC, "2001:db8:1:3::1", Kind.WITHDRAW, HOA)


def test_one_thing_more_than_a_name_is_asked_for(client, cast):
    page = sent(client, name="Đặng Thị Hòa", home="Cẩm Xuyên")
    assert page.status_code == 422
    assert "thêm một điều" in page.text


def same(page):
    """A page without what differs each time: its number, and the proof that a form is ours."""
    return re.sub(r"YN-[0-9A-Z-]{11}|value=\"[\w.-]{40,}\"", "", page)


def answers(client, monkeypatch, samples):
    """Ask by turns of who is on record, of what is false of them, and of nobody: each answer's page and time."""
    monkeypatch.setattr(recipient, "_PLEAS", 10**9)
    monkeypatch.setattr(pleas, "MOST_A_DAY", 10**9)
    asked = {
        "on record": {**HOA, "asked_by": "Lê Văn Tư, con trai"},
        "no kin": {"name": "Đặng Thị Hòa", "contact": "+420601555999", "asked_by": "Lê Văn Ai, con trai"},
        "nobody": {"name": "Trần Thị Không", "contact": "+420601555777", "asked_by": "Lê Văn Tư, con trai"},
    }
    found = {name: [] for name in asked}
    # A browser is given its cookie once.
    sent(client, **HOA)
    for _turn in range(samples):
        for name, told in asked.items():
            begun = time.perf_counter_ns()
            page = sent(client, **told)
            took = time.perf_counter_ns() - begun
            found[name].append((page.status_code, same(page.text), {*page.headers.keys()}, took))
    return found


def alike(found):
    """Whether nothing tells them apart: one body, one status, the same headers; and by time nobody guesses better."""
    bodies = {
        (status, body, tuple(sorted(headers))) for some in found.values() for status, body, headers, _took in some
    }
    assert len(bodies) == 1
    times = {name: sorted(took for *_rest, took in some) for name, some in found.items()}
    for name in ("no kin", "nobody"):
        assert guessed(times["on record"], times[name]) < 0.56, name
    return {name: statistics.median(some) for name, some in times.items()}


def test_no_answer_tells_who_is_on_record(client, cast, hoa, monkeypatch):
    found = answers(client, monkeypatch, 20)
    bodies = {(status, body) for some in found.values() for status, body, *_rest in some}
    assert len(bodies) == 1


@pytest.mark.slow
@pytest.mark.timeout(1_200)
def test_of_two_thousand_answers_nobody_guesses_who_is_on_record(client, cast, hoa, monkeypatch):
    """Nobody is looked for while it is answered: the worker does that, apart."""
    assert alike(answers(client, monkeypatch, 2_000))
    with confined(Sight(everyone=True)):
        assert db.session.scalar(select(func.count()).select_from(SubjectRequest)) == 0
        db.session.rollback()


def test_a_difference_in_time_would_be_found():
    quick, slow = [*range(100, 2_100)], [*range(400, 2_400)]
    assert guessed(quick, slow) > 0.56
    assert guessed(quick, quick) == 0.5
