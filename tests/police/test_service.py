"""A request from its filing to its end: who signs it, what is shown, and what whoever asked is told."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from kieubao.consent import handover, ledger
from kieubao.db import db, writing
from kieubao.ground import clock
from kieubao.ground.errors import Conflict, Forbidden, Invalid, NotFound
from kieubao.people import erasure
from kieubao.people.models import Person
from kieubao.police import approval, office, service, works
from kieubao.police.models import DisclosureRequest, DisclosureSubject
from kieubao.police.vocabulary import Answer, Check, Delay, End, Ground, Mode, Need, Outcome
from kieubao.traces import tombstones
from kieubao.walls import Sight, confined
from tests import factories
from tests.police import asking
from tests.police.asking import asked, at, desk, entered, filed, gives, one, released

PHONE = {"channel": "phone", "value": "+420 601 555 148"}
EVERYONE = Sight(everyone=True)


@pytest.fixture
def d(app, tmp_path):
    app.config["TOMBSTONES"] = str(tmp_path / "tombstones")
    return desk()


@pytest.fixture
def dao(app):
    return factories.person(born="1968", contact_points=[PHONE])


def row(code):
    """The request as it stands in the database."""
    with confined(EVERYONE):
        writing()
        found = db.session.scalars(select(DisclosureRequest).where(DisclosureRequest.code == code)).one()
        db.session.expunge(found)
        db.session.rollback()
    return found


def subjects(code):
    with confined(EVERYONE):
        writing()
        of = select(DisclosureSubject).join(DisclosureRequest).where(DisclosureRequest.code == code)
        found = db.session.scalars(of.order_by(DisclosureSubject.number)).all()
        db.session.expunge_all()
        db.session.rollback()
    return found


def seen_by(person):
    with confined(EVERYONE):
        writing()
        found = [held.source for held in handover.released(person.id)]
        db.session.rollback()
    return found


def changed(act):
    """Do something to the registry that no use case is needed for."""
    with confined(EVERYONE):
        writing()
        act()
        db.session.commit()


def test_three_people_of_two_organisations_stand_before_what_is_shown(d, dao):
    code = service.file(d.officer, asked())["code"]
    with pytest.raises(Conflict):
        office.decide(d.protection, code, [gives(dao)], None)
    with pytest.raises(NotFound):
        service.open(d.officer, code)
    service.endorse(d.head, code)
    office.decide(d.protection, code, [gives(dao, items=("name", "country"))], None)
    shown = service.open(d.officer, code)
    assert [one["items"] for one in shown["people"]] == [{"name": "Nguyễn Thị Đào", "country": "CZ"}]
    assert shown["people"][0]["pseudonym"].startswith("BD-")
    assert (shown["view"], shown["left"], shown["without"]) == (1, 2, [])


def test_nobody_signs_twice_nor_for_the_own_organisation(d, dao):
    code = service.file(d.officer, asked())["code"]
    both = factories.actor("police_head", organisation=asking.POLICE)
    both = replace(both, id=d.officer.id)
    with pytest.raises(Forbidden):
        service.endorse(both, code)
    service.endorse(d.head, code)
    inside = factories.actor("protection_officer", organisation=asking.POLICE)
    with pytest.raises(Forbidden):
        office.decide(inside, code, [gives(dao)], None)
    with pytest.raises(Conflict):
        service.endorse(d.head, code)


def test_another_unit_sees_nothing_of_it_nor_does_another_officer(d, dao):
    code = released(d, dao)
    other = factories.actor("police_head", organisation="Công an tỉnh Quảng Trị")
    colleague = factories.actor("police", organisation=asking.POLICE)
    for stranger in (other, colleague):
        with pytest.raises(NotFound):
            service.read(stranger, code)
        assert service.overview(stranger)["requests"] == []
    with pytest.raises(NotFound):
        service.endorse(other, code)
    with pytest.raises(NotFound):
        service.open(colleague, code)
    assert [found["code"] for found in service.overview(d.head)["requests"]] == [code]


FORBIDDEN = {
    Ground.MANY: {"subjects": [one(f"Nguyễn Thị {name}") for name in ("Ba", "Tư", "Năm", "Sáu")]},
    Ground.VAGUE: {"subjects": [one("Nguyễn*")]},
    Ground.RELATIVES: {"own_registers": "cần tìm thân nhân của Lê Văn Ba"},
    Ground.MONITORING: {"own_registers": "để theo dõi người này ở nước ngoài"},
    Ground.ASSOCIATION: {"subjects": [one(why_name="là hội viên hội đồng hương")]},
    Ground.OPINION: {"own_registers": "có quan điểm chống đối"},
    Ground.FAITH: {"own_registers": "theo TÔN GIÁO lạ"},
    Ground.ETHNICITY: {"own_registers": "người dân tộc nào"},
    Ground.EXPIRED: {"expires_on": clock.today() - timedelta(1)},
}


@pytest.mark.parametrize("ground", Ground)
def test_what_nobody_is_shown_for_is_refused_at_once_and_of_whom_it_was_is_not_kept(d, ground):
    code = service.file(d.officer, asked(**FORBIDDEN[ground]))["code"]
    assert service.read(d.officer, code)["answer"] == Answer.NONE
    assert (row(code).grounds, row(code).ended) == ([ground], End.AT_ONCE)
    assert subjects(code) == []
    with pytest.raises(Conflict):
        service.endorse(d.head, code)
    told = office.match(d.protection, code)
    assert (told["grounds"], told["to_decide"]) == ([ground], False)


def test_words_are_found_as_whole_words_alone(d):
    """Who is called Quan Điểm, or told of in words that hold such a word, is asked for like anybody."""
    code = service.file(d.officer, asked(one("Lê Quan Điểm", why_name="đi theo đội tàu, không phải hội đồng")))["code"]
    assert row(code).grounds == []
    for written in ("THEO DÕI", "theo doi", "đang theo doi người này"):
        assert row(service.file(d.officer, asked(own_registers=written))["code"]).grounds == [Ground.MONITORING]
    relative = service.file(d.officer, asked(one("người thân của Lê Văn Ba")))["code"]
    assert row(relative).grounds == [Ground.RELATIVES]


ONE_WORD = ["Đào", "Nguyễn ?", "Nguyễn Thị %", "Nguyễn Thị 2", "Nguyễn Thị …"]


@pytest.mark.parametrize("name", ONE_WORD)
def test_nobody_is_asked_for_by_half(d, name):
    assert row(service.file(d.officer, asked(one(name)))["code"]).grounds == [Ground.VAGUE]


def test_a_request_looks_for_nobody(d, dao, monkeypatch):
    """Whether somebody is on record cannot be told by filing: the tables of people are not read."""
    asked_of = []
    execute = db.session.execute
    monkeypatch.setattr(
        db.session, "execute", lambda query, *a, **k: asked_of.append(str(query)) or execute(query, *a, **k)
    )
    code = service.file(d.officer, asked())["code"]
    service.endorse(d.head, code)
    service.read(d.officer, code)
    assert [query for query in asked_of if " person" in query or "standing" in query] == []


def refused(d, dao):
    code = filed(d)
    office.decide(d.protection, code, [gives(dao)], None)
    return code


def absent(d, _dao):
    code = filed(d, one("Lê Văn Vắng"))
    office.decide(d.protection, code, [gives()], None)
    return code


def elsewhere(d, _dao):
    """Somebody on record where the officer of the office may not look."""
    return absent(d, _dao)


def not_agreed(d, dao):
    code = filed(d, one(items=("contact",)))
    office.decide(d.protection, code, [gives(dao, items=("contact",), of=("contact",), channel="phone")], None)
    approval.not_approve(d.chief, code)
    return code


def unanswered(d, _dao):
    return filed(d)


REFUSALS = {
    "refused": refused,
    "absent": absent,
    "elsewhere": elsewhere,
    "not agreed": not_agreed,
    "silent": unanswered,
}


@pytest.mark.parametrize("how", REFUSALS)
def test_every_refusal_is_one_answer_at_one_time(d, dao, monkeypatch, how):
    code = REFUSALS[how](d, dao)
    with pytest.raises(NotFound, match="no disclosable record"):
        service.open(d.officer, code)
    waits = service.read(d.officer, code)
    assert waits["answer"] == Answer.WAITING
    with at(monkeypatch, waits["silent_at"] - timedelta(seconds=1)):
        assert service.read(d.officer, code)["answer"] == Answer.WAITING
    with at(monkeypatch, waits["silent_at"]):
        works.attend()
        told = service.read(d.officer, code)
        with pytest.raises(NotFound, match="no disclosable record"):
            service.open(d.officer, code)
    apart = {"code", "filed_at", "silent_at", "subjects", "endorsed_at"}
    assert {name: value for name, value in told.items() if name not in apart} == {
        "answer": Answer.NONE,
        "left": 0,
        "is_own": True,
        "to_endorse": False,
        "open_until": None,
        "by_desk": False,
        "need": "missing",
        "offence": None,
        "issuer": "investigation",
        "defer": None,
        "unit": asking.POLICE,
        "case_number": "12/2026",
        "instrument": "QĐ 45/CQĐT",
        "issuer_name": "Cơ quan CSĐT",
        "asked_for": 1,
        "own_registers": "người này cư trú ở nước ngoài",
        "defer_why": None,
        "officer_name": d.officer.name,
        "head_name": None,
        **{name: told[name] for name in ("case_on", "issued_on", "expires_on")},
    }


def test_silence_for_ten_working_days_is_a_refusal_and_nothing_is_decided_after_it(d, dao, monkeypatch):
    code = filed(d)
    with at(monkeypatch, row(code).silent_at):
        with pytest.raises(Conflict):
            office.decide(d.protection, code, [gives(dao, items=("name",))], None)
        assert office.queue(d.protection)["waiting"] == []
        works.attend()
    assert row(code).ended == End.SILENCE


def test_what_waits_for_the_head_of_the_department_falls_silent_too_and_is_told(d, dao, monkeypatch):
    code = filed(d, one(items=("contact",)))
    office.decide(d.protection, code, [gives(dao, items=("contact",), of=("contact",), channel="phone")], None)
    with at(monkeypatch, row(code).silent_at):
        with pytest.raises(Conflict):
            approval.approve(d.chief, code)
        works.attend()
    assert (row(code).ended, subjects(code)[0].given) == (End.SILENCE, None)
    assert [told["items"] for told in office.match(d.protection, code)["tellings"]] == [[]]


def test_it_is_shown_three_times_and_for_72_hours(d, dao, monkeypatch):
    code = released(d, dao)
    until = row(code).released_at + timedelta(hours=72)
    with at(monkeypatch, until - timedelta(seconds=1)):
        assert [service.open(d.officer, code)["view"] for _ in range(2)] == [1, 2]
    with at(monkeypatch, until):
        assert service.read(d.officer, code)["answer"] == Answer.OVER
        with pytest.raises(NotFound):
            service.open(d.officer, code)
    other = released(d, dao)
    assert [service.open(d.officer, other)["left"] for _ in range(3)] == [2, 1, 0]
    with pytest.raises(NotFound):
        service.open(d.officer, other)


def test_a_clock_that_is_set_back_opens_nothing_again(d, dao, monkeypatch):
    code = released(d, dao)
    moment = row(code).released_at
    with at(monkeypatch, moment + timedelta(hours=73)):
        assert service.read(d.officer, code)["answer"] == Answer.OVER
    with at(monkeypatch, moment + timedelta(hours=1)), pytest.raises(NotFound):
        service.open(d.officer, code)


def test_a_clock_that_was_ahead_before_a_request_was_filed_does_not_end_it(d, dao, monkeypatch):
    with at(monkeypatch, clock.now() + timedelta(hours=73)):
        service.overview(d.officer)
    code = released(d, dao)
    assert service.open(d.officer, code)["view"] == 1


def test_what_is_over_is_forgotten(d, dao, monkeypatch):
    code = released(d, dao)
    service.open(d.officer, code)
    assert subjects(code)[0].given
    assert seen_by(dao) == [code]
    with at(monkeypatch, row(code).released_at + timedelta(hours=73)):
        works.tidy()
    assert subjects(code)[0].given is None
    with at(monkeypatch, row(code).released_at + timedelta(days=731)):
        works.tidy()
        sheet = office.match(d.protection, code)
        assert (sheet["subjects"][0]["name"], sheet["tellings"]) == (None, [])
        assert seen_by(dao) == []
    assert (row(code).paper, subjects(code)[0].told, subjects(code)[0].person_id) == (None, None, None)


STOOD = {
    "restricted": lambda dao: ledger.restand(dao.id, restricted_at=clock.now()),
    "died": lambda dao: ledger.restand(dao.id, deceased_on=clock.today()),
    "erased": lambda dao: erasure.erase([dao.id], tombstones()),
}


def told(d):
    """Whoever is to be told is."""
    works.attend()
    for waits in office.queue(d.protection)["to_tell"]:
        office.told_by_hand(d.protection, waits["id"], "letter")


@pytest.mark.parametrize("how", STOOD)
def test_whoever_stands_otherwise_since_is_shown_no_more(d, dao, how):
    code = released(d, dao)
    told(d)
    changed(lambda: STOOD[how](dao))
    shown = service.open(d.officer, code)
    assert (shown["people"], shown["without"]) == ([], [1])


def test_of_who_is_erased_no_row_leads_on(d, dao):
    code = released(d, dao)
    service.open(d.officer, code)
    with pytest.raises(Conflict):
        changed(lambda: erasure.erase([dao.id], tombstones()))
    told(d)
    changed(lambda: erasure.erase([dao.id], tombstones()))
    assert subjects(code) == []
    assert office.match(d.protection, code)["subjects"] == []


def test_what_is_given_is_what_was_asked_and_is_on_record(d, dao):
    both = ("name", "birth_year")
    code = filed(d, one(items=both))
    unknown = factories.person("Nguyễn Thị Đào")
    wrong = {
        "gives_country": gives(dao, items=("country",), of=both),
        "reason_birth_year": gives(dao, items=("name",), of=("name",)),
        "person": gives(None, items=("name",), of=both),
        "gives_birth_year": gives(unknown, items=("birth_year",), of=both),
    }
    for field, decided in wrong.items():
        with pytest.raises(Invalid) as refusal:
            office.decide(d.protection, code, [decided], None)
        assert refusal.value.field == f"subjects.0.{field}"
    with pytest.raises(Invalid):
        office.decide(d.protection, code, [gives(dao, number=2, of=both)], None)
    office.decide(d.protection, code, [gives(dao, items=("birth_year",), of=both)], None)
    assert service.open(d.officer, code)["people"][0]["items"] == {"birth_year": "1968"}


def test_a_contact_point_is_given_by_a_channel_that_is_named(d, dao):
    code = filed(d, one(items=("contact",)))
    for channel, field in ((None, "channel"), ("post", "gives_contact")):
        with pytest.raises(Invalid) as refusal:
            office.decide(d.protection, code, [gives(dao, 1, ("contact",), ("contact",), channel)], None)
        assert refusal.value.field == f"subjects.0.{field}"


def test_one_person_is_not_two_of_those_asked_for(d, dao):
    code = filed(d, one(), one("Nguyễn Thị Đào", "1968"))
    with pytest.raises(Invalid):
        office.decide(d.protection, code, [gives(dao), gives(dao, 2, ("name",))], None)


def test_an_instrument_that_has_expired_since_releases_nothing(d, dao, monkeypatch):
    code = filed(d, expires_on=clock.today())
    waits = filed(d, expires_on=clock.today())
    office.decide(d.protection, waits, [gives(dao, items=("name",))], (Delay.LIFE, "x"))
    with at(monkeypatch, clock.now() + timedelta(days=1)):
        with pytest.raises(Conflict):
            office.decide(d.protection, code, [gives(dao, items=("name",))], None)
        with pytest.raises(Conflict):
            approval.approve(d.chief, waits)
        office.decide(d.protection, code, [gives(dao)], None)
        assert row(code).ended == End.REFUSED


def test_who_stands_otherwise_between_decision_and_agreement_is_not_shown(d, dao):
    code, decided, _later = contact_abroad(d, dao)
    office.decide(d.protection, code, decided, None)
    changed(lambda: ledger.restand(dao.id, restricted_at=clock.now()))
    approval.approve(d.chief, code)
    assert service.open(d.officer, code)["people"] == []


def test_a_clock_that_is_set_back_revives_no_request(d, dao, monkeypatch):
    code = filed(d)
    with at(monkeypatch, row(code).silent_at + timedelta(hours=1)):
        assert service.read(d.officer, code)["answer"] == Answer.NONE
    assert service.read(d.officer, code)["answer"] == Answer.NONE
    with pytest.raises(Conflict):
        office.decide(d.protection, code, [gives(dao, items=("name",))], None)


def test_who_asked_is_not_told_by_what_they_may_not_do_any_more(d, dao):
    """Whether it was decided is not to be read from which refusal a head is given."""
    codes = [filed(d), refused(d, dao), absent(d, dao)]
    told = set()
    for code in codes:
        for act in (service.endorse, service.not_endorse):
            with pytest.raises(Conflict) as refusal:
                act(d.head, code)
            told.add(str(refusal.value))
        assert service.read(d.officer, code)["subjects"] == []
    assert told == {"This request was endorsed already"}


def test_five_items_are_all_there_is(d, dao):
    items = ("name", "birth_year", "country", "home_commune", "contact")
    code = released(d, dao, items=items, channel="phone")
    approval.approve(d.chief, code)
    assert service.open(d.officer, code)["people"][0]["items"] == {
        "name": "Nguyễn Thị Đào",
        "birth_year": "1968",
        "country": "CZ",
        "home_commune": "Xã Cẩm Xuyên",
        "contact": {"channel": "phone", "value": "+420601555148"},
    }


def contact_abroad(d, dao):
    return filed(d, one(items=("contact",))), [gives(dao, items=("contact",), of=("contact",), channel="phone")], None


def several(d, dao):
    other = factories.person("Lê Văn Ba", born="1970")
    people = [one(), one("Lê Văn Ba", "1970")]
    return filed(d, *people), [gives(dao, items=("name",)), gives(other, 2, items=("name",))], None


def again(d, dao):
    for _ in range(2):
        refused(d, dao)
    return filed(d), [gives(dao, items=("name",))], None


def later(d, dao):
    return filed(d), [gives(dao, items=("name",))], (Delay.LIFE, "bị đe dọa")


def by_court(d, dao):
    changed(lambda: ledger.restand(dao.id, restricted_at=clock.now()))
    return filed(d, need=Need.COURT, issuer="court"), [gives(dao, items=("name",))], None


def child(d, _dao):
    born = f"{clock.today().year - 9}"
    young = factories.person("Lê Thị Bé", born=born)
    return filed(d, one("Lê Thị Bé", born), need=Need.COURT, issuer="court"), [gives(young, items=("name",))], None


def another_person(d, _dao):
    """By name, birth and home, somebody the request does not name."""
    other = factories.person("Lê Văn Ba", born="1970")
    return filed(d), [gives(other, items=("name",))], None


def own_entry(d, dao):
    return entered(d), [gives(dao, items=("name",))], None


CHECKS = {
    Check.CONTACT_ABROAD: contact_abroad,
    Check.SEVERAL: several,
    Check.AGAIN: again,
    Check.DEFERRED: later,
    Check.RESTRICTED: by_court,
    Check.MINOR: child,
    Check.OWN_ENTRY: own_entry,
    Check.OTHER: another_person,
}


def test_nobody_agrees_to_what_was_not_decided_nor_decides_it_anew(d, dao):
    code = filed(d)
    for act in (approval.approve, approval.not_approve):
        with pytest.raises(Conflict):
            act(d.chief, code)
    office.decide(d.protection, code, [gives(dao, items=("name",))], (Delay.LIFE, "bị đe dọa"))
    with pytest.raises(Conflict, match="decided already"):
        office.decide(d.protection, code, [gives(dao)], None)


def test_only_what_was_asked_of_the_same_person_and_lately_counts_as_again(d, dao, monkeypatch):
    other = factories.person("Nguyễn Thị Đào", born="1968")
    for _ in range(2):
        refused(d, other)
    refused(d, dao)
    with at(monkeypatch, clock.now() - timedelta(days=91)):
        refused(d, dao)
    code = filed(d)
    office.decide(d.protection, code, [gives(dao, items=("name",))], None)
    assert (row(code).checks, row(code).released_at is None) == ([], False)


def test_whose_home_lies_elsewhere_by_now_is_not_named_to_the_head_of_the_department(d, dao):
    code, decided, _later = contact_abroad(d, dao)
    office.decide(d.protection, code, decided, None)
    assert approval.to_approve(d.chief, code)["subjects"][0]["person"] == dao.code
    changed(lambda: db.session.execute(update(Person).where(Person.id == dao.id).values(province="40", commune=None)))
    assert approval.to_approve(d.chief, code)["subjects"][0]["person"] is None


def test_what_waits_for_two_reasons_is_named_once(d, dao):
    code, decided, deferral = several(d, dao)
    office.decide(d.protection, code, decided, deferral)
    office.complain(d.protection, code, clock.today(), "Không đúng người")
    assert [found["code"] for found in approval.approvals(d.chief)] == [code]


@pytest.mark.parametrize("check", Check)
def test_what_nobody_decides_alone_waits_for_the_head_of_the_department(d, dao, check):
    code, decided, deferral = CHECKS[check](d, dao)
    office.decide(d.protection, code, decided, deferral)
    assert (row(code).checks, row(code).released_at) == ([check], None)
    with pytest.raises(NotFound):
        service.open(d.officer, code)
    assert code in {found["code"] for found in approval.approvals(d.chief)}
    assert approval.to_approve(d.chief, code)["checks"] == [check]
    commune = factories.actor("approver", ("18673",), organisation=asking.OFFICE)
    with pytest.raises(NotFound):
        approval.approvals(commune)
    for act in (approval.to_approve, approval.approve, approval.not_approve):
        with pytest.raises(NotFound):
            act(commune, code)
    of_the_unit = factories.actor("approver", organisation=asking.POLICE)
    with pytest.raises(Forbidden):
        approval.approve(of_the_unit, code)
    elsewhere = factories.actor("approver", ("40",), organisation=asking.OFFICE)
    with pytest.raises(NotFound):
        approval.approve(elsewhere, code)
    twice = replace(d.chief, id=d.protection.id)
    with pytest.raises(Forbidden):
        approval.approve(twice, code)
    approval.approve(d.chief, code)
    assert row(code).released_at
    with pytest.raises(Conflict):
        approval.approve(d.other_chief, code)


@pytest.mark.parametrize("who", ["restricted", "minor"])
def test_of_who_is_restricted_or_a_child_only_a_court_is_shown_anything(d, dao, who):
    if who == "restricted":
        changed(lambda: ledger.restand(dao.id, restricted_at=clock.now()))
    young = factories.person("Lê Thị Bé", born=f"{clock.today().year - 9}") if who == "minor" else dao
    code = filed(d)
    with pytest.raises(Conflict):
        office.decide(d.protection, code, [gives(young, items=("name",))], None)
    office.decide(d.protection, code, [gives(young)], None)
    assert row(code).ended == End.REFUSED


def test_the_officer_of_the_office_alone_sees_who_may_be_meant(d, dao):
    factories.person("Nguyễn Thị Đào", born="1950")
    nobody_knows = factories.person("Nguyễn Thị Đào")
    code = filed(d)
    sheet = office.match(d.protection, code)
    assert {card["code"] for card in sheet["subjects"][0]["candidates"]} == {dao.code, nobody_knows.code}
    assert "candidates" not in str(service.read(d.officer, code))
    for actor in (d.officer, d.head, d.chief, d.admin):
        with pytest.raises(Forbidden):
            office.match(actor, code)


def test_a_paper_is_entered_for_an_officer_and_their_head(d, dao):
    code = entered(d, need=Need.THREAT)
    office.decide(d.protection, code, [gives(dao, items=("name",))], None)
    approval.approve(d.chief, code)
    told = office.reply(d.protection, code)
    assert [found["items"] for found in told["people"]] == [{"name": "Nguyễn Thị Đào"}]
    with pytest.raises(NotFound):
        service.read(d.officer, code)
    assert service.overview(d.head)["requests"] == []
    with pytest.raises(Invalid):
        office.enter(d.protection, asking.OFFICE, "Lê Văn Cảnh", "Trần Văn Trưởng", asked())


def test_whoever_entered_a_paper_lets_another_decide_or_agree(d, dao):
    colleague = factories.actor("protection_officer", organisation=asking.OFFICE)
    code = entered(d)
    office.decide(colleague, code, [gives(dao, items=("name",))], None)
    assert row(code).released_at
    own = entered(d)
    office.decide(d.protection, own, [gives()], None)
    assert row(own).ended == End.REFUSED


def test_a_desk_that_was_closed_gives_nothing_out(d, dao):
    code = entered(d)
    office.decide(d.protection, code, [gives(dao, items=("name",))], None)
    approval.approve(d.chief, code)
    approval.end_mandate(d.admin, d.mandate)
    with pytest.raises(NotFound):
        office.reply(d.protection, code)


def test_the_head_of_the_department_opens_what_concerns_them_alone(d):
    code = filed(d)
    with pytest.raises(NotFound):
        approval.to_approve(d.chief, code)


def test_a_unit_is_one_however_it_is_spelled(d):
    entered(d)
    with pytest.raises(Invalid):
        entered(d, unit=f"{asking.OFFICE.upper()}.")
    names = {entered(d, unit=spelled) and 1 for spelled in ("công an tỉnh hà tĩnh", "Công an tỉnh Hà Tĩnh.")}
    assert names == {1}
    assert {found["unit"] for found in office.queue(d.protection)["waiting"]} == {asking.POLICE}


def test_by_papers_alone_no_account_asks(app, dao):
    d = desk(Mode.DESK)
    for act in (service.overview, lambda actor: service.file(actor, asked())):
        with pytest.raises(NotFound):
            act(d.officer)
    code = entered(d)
    assert [found["code"] for found in office.queue(d.protection)["waiting"]] == [code]


def test_what_is_known_of_the_registry_without_asking(d, dao, monkeypatch):
    """In tens, as the month began: whoever comes or goes meanwhile changes nothing."""
    for number in range(24):
        factories.person(f"Lê Văn {number}", country="DE")
    assert service.overview(d.officer)["counts"] == {"kinds": {}, "countries": {}}
    with at(monkeypatch, clock.now() + timedelta(days=31)):
        counts = service.overview(d.officer)["counts"]
    assert counts == {"countries": {"DE": 20}, "kinds": {"abroad": 20}}


def test_outcomes_are_kept_of_each(d, dao):
    code = filed(d, one(), one("Lê Văn Vắng"))
    office.decide(d.protection, code, [gives(dao, items=("name",)), gives(number=2)], None)
    assert [found.outcome for found in subjects(code)] == [Outcome.GIVE, Outcome.ABSENT]
    shown = service.open(d.officer, code)
    assert ([found["number"] for found in shown["people"]], shown["without"]) == ([1], [2])
