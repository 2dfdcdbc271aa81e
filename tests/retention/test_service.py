"""Whom to ask, whom to tell, and who is erased by the rules after two people said so."""

import threading
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from kieubao.access.models import AuditEntry
from kieubao.access.roles import SYSTEM
from kieubao.consent import ledger
from kieubao.consent.models import Standing
from kieubao.consent.vocabulary import Channel, Matter, Purpose, State
from kieubao.db import db
from kieubao.ground import clock
from kieubao.ground.errors import ConfirmNeeded, Conflict, Forbidden, Invalid, NotFound
from kieubao.outbox import Message
from kieubao.people import bonds, disclosure, merges
from kieubao.people import service as people
from kieubao.people.merges import Pair
from kieubao.people.models import Person
from kieubao.retention import reminders, service, works
from kieubao.retention.deletions import Reprieved
from kieubao.retention.models import Proposal, Reminder, Reprieve
from kieubao.rights import service as rights
from kieubao.rights.requests import Asked
from kieubao.rights.vocabulary import Kind, Way
from kieubao.visits import office, recipient
from kieubao.visits import service as visits
from kieubao.visits.vocabulary import Handed
from kieubao.visits.works import attend
from kieubao.walls import Sight, confined
from tests import factories
from tests.retention.ages import ago, old, recorded_on
from tests.visits.coming import NAMED, SITE, come, given, proved, reached_person
from tests.visits.test_office import mailbox  # noqa: F401 - a real one

DAY = timedelta(days=1)
KEPT = Reprieved(clock.today() + 30 * DAY, "dispute", "Đang có đơn khiếu nại")


@pytest.fixture(autouse=True)
def graves(app, tmp_path):
    app.config["TOMBSTONES"] = str(tmp_path / "tombstones")
    return tmp_path / "tombstones"


def names(found):
    return [one["name"] for one in found["people"]]


def is_there(person):
    return db.session.get_one(Standing, person.id, populate_existing=True).erased_at is None


def silent(name="Lê Lâu", **fields):
    """Somebody who agreed to be asked about their record, and was not heard of for too long."""
    one = factories.person(name, **fields)
    for purpose in (Purpose.EVENTS, Purpose.REGISTRY):
        factories.consent(one.id, purpose=purpose, on=ago(Matter.CONFIRM, -1))
    return one


def test_the_officer_decides_and_everybody_reads(cast):
    before = {one["matter"]: one["months"] for one in service.rules(cast["organizer"])}
    assert before == {one["matter"]: one["usual"] for one in service.rules(cast["clerk"])}
    told = {one["matter"]: one for one in service.decide(cast["protection_officer"], Matter.EVENTS, 48)}
    assert (told["events"]["months"], told["events"]["set_at"] is not None) == (48, True)
    assert {matter: one["months"] for matter, one in told.items()} == {**before, "events": 48}
    line = db.session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc())).first()
    assert (line.action, line.details) == ("retention.decide", {"matter": "events", "months": 48, "before": 60})
    for role in ("clerk", "approver", "admin", "organizer"):
        with pytest.raises(Forbidden):
            service.decide(cast[role], Matter.EVENTS, None)


def test_whoever_was_not_heard_of_is_to_be_asked_the_longest_first(cast):
    two, one = silent("Lê Lâu"), silent("Lê Lâu Hơn")
    factories.consent(two.id, purpose=Purpose.DELEGATION, on=ago(Matter.CONFIRM, -1) + DAY // 2)
    ledger.restand(one.id, heard_on=ago(Matter.CONFIRM, -500))
    lately, said_no, said_nothing, still = (factories.person(f"Lê {name}") for name in ("Mới", "Thôi", "Im", "Khóa"))
    factories.consent(lately.id, on=ago(Matter.CONFIRM))
    factories.consent(said_no.id, State.WITHDRAWN, on=ago(Matter.CONFIRM, -9))
    factories.consent(still.id, on=ago(Matter.CONFIRM, -9))
    ledger.restand(still.id, restricted_at=clock.now())
    db.session.commit()
    found = service.unconfirmed(cast["clerk"])
    assert (found["count"], names(found)) == (2, ["Lê Lâu Hơn", "Lê Lâu"])
    assert said_nothing
    assert service.unconfirmed(factories.actor("clerk", ("18943",)))["count"] == 0
    service.confirm(cast["clerk"], one.code)
    assert names(service.unconfirmed(cast["clerk"])) == ["Lê Lâu"]
    assert db.session.get_one(Person, one.id, populate_existing=True).confirmed_on == clock.today()
    with pytest.raises(NotFound):
        service.confirm(factories.actor("clerk", ("18943",)), two.code)


def test_whom_to_ask_is_who_agreed_to_it(cast):
    themselves, through, nobody = silent("Lê Một"), factories.person("Lê Hai"), factories.person("Lê Ba")
    mother = factories.person("Trần Thị Mẹ", kind="home", country="VN")
    for one in (through, nobody):
        factories.consent(one.id, on=ago(Matter.CONFIRM, -1))
        bonds.tie([(one.id, mother.id, "parent", "child")])
    for one in (through, mother):
        factories.consent(one.id, purpose=Purpose.VIA_RELATIVE, channel=Channel.PHONE, on=ago(Matter.CONFIRM, -1))
    db.session.commit()
    found = {one["person"]: (one["ask"], one["channels"]) for one in service.unconfirmed(cast["clerk"])["people"]}
    assert found == {
        themselves.code: ("self", ["email"]),
        through.code: ("relative", []),
        nobody.code: ("commune", []),
        mother.code: ("relative", []),
    }


def test_whoever_gave_their_data_not_themselves_is_told_within_thirty_days(cast):
    late, soon, told, dead = (factories.person(f"Lê {name}") for name in ("Trễ", "Sớm", "Rồi", "Mất"))
    recorded_on(late, clock.today() - 31 * DAY)
    factories.consent(told.id)
    ledger.restand(dead.id, deceased_on=clock.today())
    db.session.commit()
    found = service.untold(cast["clerk"])
    assert [(one["name"], one["due_on"]) for one in found["people"]] == [
        ("Lê Trễ", clock.today() - DAY),
        ("Lê Sớm", clock.today() + 30 * DAY),
    ]
    assert service.overdue(SYSTEM)["untold"] == 1
    service.tell(cast["clerk"], late.code, clock.today() - DAY, Way.PHONE)
    assert names(service.untold(cast["clerk"])) == ["Lê Sớm"]
    with pytest.raises(Conflict):
        service.tell(cast["clerk"], late.code, clock.today(), Way.PHONE)
    with pytest.raises(NotFound):
        service.tell(factories.actor("clerk", ("18943",)), soon.code, clock.today(), Way.PHONE)
    assert service.overdue(SYSTEM)["untold"] == 0


@pytest.mark.parametrize("handed", [Handed.POST, Handed.COUNTER])
def test_the_letter_with_a_link_tells_it(cast, handed):
    post = [{"channel": "post", "value": "Libušská 319, Praha 4"}]
    one = reached_person(source="Danh sách hội đồng hương 2019", contact_points=post)
    told = given(cast, one, handed)
    assert told["source"] == "Danh sách hội đồng hương 2019"
    assert service.untold(cast["clerk"])["count"] == 0


def test_a_letter_to_nowhere_tells_nobody(cast):
    given(cast, factories.person())
    assert service.untold(cast["clerk"])["count"] == 1


def test_who_restricted_their_record_is_told_all_the_same_and_nobody_before_they_were_recorded(cast):
    one = recorded_on(factories.person(), clock.today() - 31 * DAY)
    ledger.restand(one.id, restricted_at=clock.now())
    db.session.commit()
    assert (service.untold(cast["clerk"])["count"], service.overdue(SYSTEM)["untold"]) == (1, 1)
    with pytest.raises(Invalid):
        service.tell(cast["clerk"], one.code, clock.today() - 32 * DAY, Way.PHONE)


def test_of_mail_it_is_known_once_they_showed_a_code(cast, mailbox):  # noqa: F811 - the fixture
    one = reached_person()
    office.give_link(cast["clerk"], one.code, Handed.EMAIL, NAMED, SITE)
    assert service.untold(cast["clerk"])["count"] == 1
    attend()
    text = mailbox.letters[-1][1].get_content()
    visitor = come({"link": text.partition("/p/")[2].split()[0]})
    recipient.send_code(visitor, recipient.welcome(visitor)["points"][0]["id"], NAMED)
    code = db.session.scalars(select(Message.text)).one().partition("là ")[2][:6]
    db.session.rollback()
    recipient.prove(visitor, code)
    assert service.untold(cast["clerk"])["count"] == 0


def test_whoever_comes_by_a_link_says_that_it_still_holds(cast):
    one = silent(contact_points=[{"channel": "email", "value": "a@example.com", "verified_on": "2020-01-05"}])
    assert service.unconfirmed(cast["clerk"])["count"] == 1
    visits.confirm(proved(cast, one))
    assert service.unconfirmed(cast["clerk"])["count"] == 0
    assert disclosure.record(cast["clerk"].scope, one.id)["standing"]["heard_on"] == clock.today()


def by(matter):
    """Somebody whom a rule has erased from that day on: as it is a day before, and on the day itself."""

    def made(days):
        if matter is Matter.DECEASED:
            one = factories.person("Ngô Văn Mất")
            ledger.restand(one.id, deceased_on=ago(matter, days))
        elif matter is Matter.REFUSED:
            one = old(Matter.ABROAD, "Ngô Văn Thôi")
            factories.consent(one.id, State.WITHDRAWN, on=ago(matter, days))
        elif matter is Matter.UNTOLD:
            one = old(matter, "Ngô Văn Im", days)
        else:
            home = {"kind": "home", "country": "VN"} if matter is Matter.HOME else {}
            one = old(matter, "Ngô Văn Xa", days, **home)
            factories.consent(one.id, on=ago(matter, days))
        db.session.commit()
        return one

    return made


ERASING = [Matter.DECEASED, Matter.REFUSED, Matter.UNTOLD, Matter.ABROAD, Matter.HOME]


@pytest.mark.parametrize("matter", ERASING)
def test_a_record_is_to_be_erased_once_its_time_is_over(cast, matter):
    by(matter)(0)
    over = by(matter)(-1)
    found = service.expired(cast["protection_officer"])
    assert [(one["person"], one["matter"], one["proposed"]) for one in found["people"]] == [(over.code, matter, False)]
    service.decide(cast["protection_officer"], matter, None)
    assert service.expired(cast["approver"])["count"] == 0


def test_what_rests_on_another_ground_outlives_a_no(cast):
    one = old(Matter.ABROAD, legal_basis="19.1.c")
    factories.consent(one.id, State.WITHDRAWN, on=ago(Matter.REFUSED, -1))
    assert service.expired(cast["approver"])["count"] == 0


def test_one_proposes_and_another_erases_for_good(cast, graves):
    first, second = by(Matter.UNTOLD)(-1), by(Matter.DECEASED)(-1)
    both = [first.code, second.code]
    with pytest.raises(Conflict):
        service.erase(cast["approver"], both)
    service.propose(cast["protection_officer"], [first.code])
    service.propose(cast["protection_officer"], both)
    told = service.expired(cast["approver"])["people"]
    assert [(one["proposed"], one["own"]) for one in told] == [(True, False)] * 2
    assert service.erase(cast["approver"], both) == 2
    assert not is_there(first)
    assert not is_there(second)
    assert db.session.scalars(select(Proposal)).all() == []
    assert len(graves.read_text("utf-8").splitlines()) >= len(both)
    assert service.expired(cast["approver"])["count"] == 0
    line = db.session.scalars(
        select(AuditEntry).where(AuditEntry.action == "retention.erase").order_by(AuditEntry.id.desc())
    )
    line = line.first()
    assert (line.found, line.details) == (2, {"matters": ["deceased", "untold"]})


def test_nobody_erases_whom_they_proposed_nor_without_a_fresh_proof(cast):
    one = by(Matter.UNTOLD)(-1)
    service.propose(cast["protection_officer"], [one.code])
    db.session.execute(update(Proposal).values(proposed_by=cast["approver"].id))
    db.session.commit()
    with pytest.raises(Forbidden):
        service.erase(cast["approver"], [one.code])
    with pytest.raises(ConfirmNeeded):
        service.erase(replace(cast["approver"], confirmed=False), [one.code])
    for role, act in (("clerk", service.propose), ("approver", service.propose), ("protection_officer", service.erase)):
        with pytest.raises(Forbidden):
            act(cast[role], [one.code])
    assert is_there(one)


def test_of_whom_the_rule_does_not_hold_any_more_nobody_is_erased(cast):
    first, second = by(Matter.UNTOLD)(-1), by(Matter.DECEASED)(-1)
    both = [first.code, second.code]
    service.propose(cast["protection_officer"], both)
    factories.consent(first.id)
    for act in (
        lambda: service.erase(cast["approver"], both),
        lambda: service.propose(cast["protection_officer"], both),
    ):
        with pytest.raises(Conflict):
            act()
    assert is_there(first)
    assert is_there(second)


def spare_by_a_request(cast, one):
    rights.file(cast["clerk"], one.code, Asked(Kind.SEE, Way.LETTER, clock.today()))


def spare_by_a_restriction(_cast, one):
    ledger.restand(one.id, restricted_at=clock.now())
    db.session.commit()


def spare_by_a_decision(cast, one):
    service.keep(cast["protection_officer"], one.code, KEPT)


@pytest.mark.parametrize("spare", [spare_by_a_request, spare_by_a_restriction, spare_by_a_decision])
def test_who_is_spared_is_not_erased_though_it_was_proposed(cast, spare):
    one = by(Matter.UNTOLD)(-1)
    service.propose(cast["protection_officer"], [one.code])
    spare(cast, one)
    assert service.expired(cast["approver"])["count"] == 0
    with pytest.raises(Conflict):
        service.erase(cast["approver"], [one.code])
    assert is_there(one)


def test_what_is_kept_of_a_merged_record_is_kept_of_the_one_that_stays(cast):
    one, other = by(Matter.UNTOLD)(-1), by(Matter.UNTOLD)(-1)
    service.keep(cast["protection_officer"], other.code, KEPT)
    merges.merge(cast["approver"], Pair(one.id, 1, other.id, 1), ())
    db.session.commit()
    assert service.expired(cast["approver"])["count"] == 0


def test_a_record_that_another_of_theirs_was_found_of_lately_is_not_over(cast):
    one, fresh = by(Matter.UNTOLD)(-1), factories.person("Ngô Văn Cũ")
    service.propose(cast["protection_officer"], [one.code])
    merges.merge(cast["approver"], Pair(one.id, 1, fresh.id, 1), ())
    db.session.commit()
    with pytest.raises(Conflict):
        service.erase(cast["approver"], [one.code])


def test_a_proposal_is_by_the_rule_it_was_made_by(cast):
    one = old(Matter.ABROAD)
    service.propose(cast["protection_officer"], [one.code])
    service.tell(cast["clerk"], one.code, clock.today(), Way.PHONE)
    assert [(it["matter"], it["proposed"]) for it in service.expired(cast["approver"])["people"]] == [("abroad", False)]
    with pytest.raises(Conflict):
        service.erase(cast["approver"], [one.code])
    service.propose(cast["protection_officer"], [one.code])
    assert service.erase(cast["approver"], [one.code]) == 1


def test_whose_yes_only_ran_out_has_said_no_no(cast):
    one = old(Matter.REFUSED)
    factories.consent(one.id, on=ago(Matter.REFUSED, -1), valid_until=clock.today() - DAY)
    said = old(Matter.REFUSED)
    factories.consent(said.id, State.WITHDRAWN, on=ago(Matter.REFUSED, -1), notice_id=None)
    assert [it["person"] for it in service.expired(cast["approver"])["people"]] == [said.code]
    service.tell(cast["clerk"], said.code, clock.today(), Way.PHONE)
    assert [it["matter"] for it in service.expired(cast["approver"])["people"]] == ["refused"]
    visits.confirm(proved(cast, said))
    assert service.expired(cast["approver"])["count"] == 0


def test_a_record_is_kept_until_a_day_and_no_longer(cast, monkeypatch):
    one = by(Matter.UNTOLD)(-1)
    service.keep(cast["protection_officer"], one.code, KEPT)
    service.keep(cast["protection_officer"], one.code, KEPT._replace(until=clock.today() + DAY))
    now = clock.now()
    for days, count in ((1, 0), (2, 1)):
        monkeypatch.setattr(clock, "now", lambda days=days: now + days * DAY)
        assert service.expired(cast["approver"])["count"] == count
    monkeypatch.undo()
    assert db.session.scalars(select(Reprieve.remark)).all() == [KEPT.remark]
    with pytest.raises(NotFound):
        service.keep(factories.actor("protection_officer", ("68",)), one.code, KEPT)


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
@pytest.mark.parametrize("what", ["restrict", "tell"])
def test_who_writes_to_them_meanwhile_finds_them_gone(app, cast, monkeypatch, what):
    """Between the last look and the erasure nobody says anything of them that would be lost."""
    one = by(Matter.UNTOLD)(-1)
    service.propose(cast["protection_officer"], [one.code])
    acts = {
        "restrict": lambda: people.restand(cast["clerk"], one.code, restricted=True),
        "tell": lambda: service.tell(cast["clerk"], one.code, clock.today(), Way.PHONE),
    }
    came, plain = [], service._matters

    def act():
        with app.app_context():
            try:
                acts[what]()
            except NotFound as error:
                came.append(error)
            finally:
                db.session.remove()

    def meanwhile(ids):
        found = plain(ids)
        other.start()
        other.join(1)
        assert other.is_alive()
        return found

    other = threading.Thread(target=act)
    db.session.rollback()
    monkeypatch.setattr(service, "_matters", meanwhile)
    assert service.erase(cast["approver"], [one.code]) == 1
    other.join(20)
    assert len(came) == 1


def test_an_approver_says_no(cast):
    one = by(Matter.UNTOLD)(-1)
    service.propose(cast["protection_officer"], [one.code])
    service.decline(cast["approver"], [one.code])
    assert [it["proposed"] for it in service.expired(cast["approver"])["people"]] == [False]
    with pytest.raises(Conflict):
        service.erase(cast["approver"], [one.code])
    with pytest.raises(NotFound):
        service.decline(factories.actor("approver", ("68",)), [one.code])


def test_whose_yes_runs_out_soon_or_did_lately_is_asked_again(cast):
    until = {"Lê Nay": 0, "Lê Sáu Mươi": 60, "Lê Xa": 61, "Lê Vừa Qua": -30, "Lê Lâu": -31}
    for name, days in until.items():
        one = factories.person(name)
        factories.consent(one.id, on=clock.today() - 50 * DAY, valid_until=clock.today() + days * DAY)
    no = factories.person("Lê Thôi")
    factories.consent(no.id, on=clock.today() - 50 * DAY, valid_until=clock.today())
    factories.consent(no.id, State.WITHDRAWN)
    found = service.ending(cast["clerk"])
    assert names(found) == ["Lê Vừa Qua", "Lê Nay", "Lê Sáu Mươi"]
    (said,) = found["people"][1]["said"]
    assert said == {"purpose": "events", "channel": "email", "valid_until": clock.today()}
    assert service.ending(factories.actor("clerk", ("18943",)))["count"] == 0


@pytest.mark.usefixtures("mailbox")
def test_whose_yes_runs_out_is_written_to_in_words_of_its_own(cast, mailbox):  # noqa: F811
    sure = [{"channel": "email", "value": "a@example.com", "verified_on": "2020-01-05"}]
    one = factories.person("Lê Nay", contact_points=sure, preferred_language="en")
    factories.consent(one.id, purpose=Purpose.REGISTRY)
    factories.consent(one.id, valid_until=clock.today() + 9 * DAY)
    works.tend()
    attend()
    ((_to, letter),) = mailbox.letters
    assert letter["Subject"] == "What you agreed to runs out"


@pytest.mark.usefixtures("mailbox")
def test_the_office_asks_by_mail_and_not_again_within_half_a_year(cast, mailbox, monkeypatch):  # noqa: F811
    sure = [{"channel": "email", "value": "a@example.com", "verified_on": "2020-01-05"}]
    one = silent("Lê Lâu", contact_points=sure)
    silent("Lê Chưa Rõ", contact_points=[{"channel": "email", "value": "a@example.com"}])
    silent("Lê Của Người Khác", contact_points=[{**sure[0], "owner": "relative"}])
    no = factories.person("Lê Không Hỏi", contact_points=sure)
    factories.consent(no.id, on=ago(Matter.CONFIRM, -1))
    waits = silent("Lê Có Thư", contact_points=sure)
    given(cast, waits)
    db.session.execute(update(Standing).where(Standing.person_id == waits.id).values(heard_on=ago(Matter.CONFIRM, -1)))
    db.session.commit()
    works.tend()
    works.tend()
    attend()
    ((to, letter),) = mailbox.letters
    assert (to, letter["Subject"]) == (["a@example.com"], "Dữ liệu của Ông/Bà còn đúng không?")
    assert "Lê" not in letter.get_content()
    visitor = come({"link": letter.get_content().partition("/p/")[2].split()[0]})
    assert visitor.scope.person == one.id
    assert [row.person_id for row in db.session.scalars(select(Reminder))] == [one.id]
    db.session.rollback()
    now = clock.now()
    monkeypatch.setattr(clock, "now", lambda: now + 181 * DAY)
    works.tend()
    attend()
    # Whose letter was never used may be asked by now as well.
    assert sorted({to[0] for to, _letter in mailbox.letters}) == ["a@example.com"]
    assert len(mailbox.letters) == 3


@pytest.mark.usefixtures("mailbox")
def test_the_office_is_told_every_night_what_is_late_and_of_nobody(app, cast, mailbox):  # noqa: F811
    app.config["ALARM_TO"] = "bvdl@example.gov.vn"
    works.tend()
    assert mailbox.letters == []
    late = recorded_on(factories.person("Lê Trễ"), clock.today() - 31 * DAY)
    rights.file(cast["clerk"], late.code, Asked(Kind.SEE, Way.LETTER, clock.today() - 40 * DAY))
    works.tend()
    ((to, letter),) = mailbox.letters
    text = letter.get_content()
    assert to == ["bvdl@example.gov.vn"]
    assert [line.rpartition(": ")[2].partition(" ")[0] for line in text.strip().splitlines()[:1]]
    assert ("not answered in time: 1" in text, "not done in time: 1" in text, "that their data is held: 1" in text) == (
        True,
        True,
        True,
    )
    assert late.code not in text
    assert "Trễ" not in text
    mailbox.full = True
    works.tend()
    app.config["ALARM_TO"] = ""


@pytest.mark.usefixtures("mailbox")
def test_who_said_no_meanwhile_is_not_written_to_and_one_person_is_asked_once(cast, mailbox):  # noqa: F811
    sure = [{"channel": "email", "value": "a@example.com", "verified_on": "2020-01-05"}]
    one, other = silent("Lê Lâu", contact_points=sure), silent("Lê Lâu", contact_points=sure)
    works.tend()
    rights.file(cast["clerk"], one.code, Asked(Kind.WITHDRAW, Way.LETTER, clock.today()))
    attend()
    assert len(mailbox.letters) == 1
    db.session.rollback()
    with confined(Sight(everyone=True)):
        merges.merge(cast["approver"], Pair(one.id, 1, other.id, 1), ())
        db.session.commit()
        assert reminders.due(one.id) == []
        db.session.rollback()


def test_without_mail_nothing_is_asked_of_anybody(cast):
    silent(contact_points=[{"channel": "email", "value": "a@example.com", "verified_on": "2020-01-05"}])
    works.tend()
    assert db.session.scalars(select(Message)).all() == []
    assert db.session.scalars(select(Reminder)).all() == []
