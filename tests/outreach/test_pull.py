"""A pull never holds anyone whose no stands before it in the trail."""

import csv
import io
import json
import re
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import timedelta

import pytest
import vobject
from sqlalchemy import false, select

from bench.people import populate
from kieubao.access.models import Account, AuditEntry
from kieubao.consent import handover, ledger, unions
from kieubao.consent.models import Handover, HandoverPerson, Weighed
from kieubao.consent.statements import Spoken
from kieubao.consent.vocabulary import Channel, Purpose, State
from kieubao.db import db, these
from kieubao.ground import clock
from kieubao.ground.errors import Conflict, NotFound
from kieubao.outreach import issues, organizer, pulls, service
from kieubao.outreach.models import Grant, Issue, OutreachList
from kieubao.outreach.vocabulary import Format
from kieubao.people import disclosure, merges
from kieubao.people import service as people
from kieubao.people.models import Person
from kieubao.walls import Sight, confined
from tests import factories

NO = Spoken([Purpose.EVENTS], [Channel.EMAIL], State.WITHDRAWN, clock.today(), {"method": "email"})


def guest(number, **fields):
    points = [{"channel": "email", "value": f"khach{number}@example.com"}, {"channel": "phone", "value": "0983000111"}]
    made = factories.person(f"Nguyễn Văn {chr(65 + number)}n", contact_points=points, **fields)
    factories.consent(made.id)
    return made


def say_no(one):
    """Have the ledger hear it past the organizer, who could not write it."""
    word = ledger.Word(one.id, Purpose.EVENTS, Channel.EMAIL, State.WITHDRAWN, "email", clock.now())
    with confined(Sight(everyone=True)):
        ledger.record([word], None)
        db.session.commit()


@pytest.fixture
def issue(cast):
    """Three guests on an issue open to the organizer."""
    guests = [guest(number) for number in range(3)]
    made = factories.published(cast["clerk"], cast["approver"], cast["organizer"])
    assert made.people == len(guests)
    return made.code, guests


def take(cast, code, wanted=Format.CSV):
    with organizer.pull(cast["organizer"], code, reason="in giấy mời", format=wanted).content as content:
        return content.read()


def rows(content):
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))


def test_only_open_channels_leave(cast, issue):
    code, _guests = issue
    assert sorted((row["E-mail"], "Điện thoại" in row) for row in rows(take(cast, code))) == [
        (f"khach{number}@example.com", False) for number in range(3)
    ]


def test_cards_are_sealed_as_every_file_is(cast):
    stays, leaves = guest(0), guest(1)
    code = factories.published(cast["clerk"], cast["approver"], cast["organizer"], formats=["vcf"]).code
    factories.consent(leaves.id, State.WITHDRAWN)
    (card,) = vobject.readComponents(take(cast, code, Format.VCARD).decode())
    assert (card.uid.value, card.fn.value, card.email.value) == (
        f"urn:kieubao:{stays.code}", "Nguyễn Văn An", "khach0@example.com",
    )  # fmt: skip
    (pull,) = organizer.made_pulls(cast["organizer"], code)
    assert f"Lượt tải: {pull['code']}" in card.note.value
    assert (pull["people"], pull["held_back"], pull["format"]) == (1, 1, "vcf")
    with pytest.raises(Conflict, match="allows only"):
        take(cast, code)


@pytest.mark.parametrize("how", ["consent", "death", "restriction"])
def test_whoever_is_out_now_is_not_in_the_next_pull(cast, issue, how):
    code, guests = issue
    take(cast, code)
    if how == "consent":
        said = people.record_consent(cast["clerk"], guests[0].code, NO)
    else:
        change = {"death": {"deceased_on": clock.today()}, "restriction": {"restricted": True}}[how]
        said = people.restand(cast["clerk"], guests[0].code, **change)
    assert [held["purpose"] for held in said["held_by"]] == ["events"]
    assert {row["Mã"] for row in rows(take(cast, code))} == {guest.code for guest in guests[1:]}
    later, earlier = organizer.made_pulls(cast["organizer"], code)
    assert (earlier["people"], earlier["stop"], later["held_back"], later["stop"]) == (3, [guests[0].code], 1, [])


@pytest.fixture
def other(cast, issue):
    """An organizer of another organisation, whose grant of the same issue is for names alone."""
    actor = factories.actor("organizer", organisation="Sở Tài chính")
    office, first = db.session.get(Account, actor.id).organisation.code, db.session.scalars(select(Grant)).one()
    terms = issues.Terms(["name"], first.formats, first.until, factories.agreement(office))
    issues.grant(db.session.get(Issue, first.issue_id), office, terms, cast["approver"].id)
    db.session.commit()
    return {"organizer": actor}


def test_an_organisation_is_told_of_its_own_pulls(cast, issue, other):
    code, _guests = issue
    take(cast, code)
    assert organizer.made_pulls(other["organizer"], code) == []
    take(other, code)
    assert (
        len(organizer.made_pulls(other["organizer"], code)) == len(organizer.made_pulls(cast["organizer"], code)) == 1
    )


def test_of_an_issue_it_was_never_granted_an_organisation_is_told_nothing(cast, issue):
    with pytest.raises(NotFound):
        organizer.made_pulls(factories.actor("organizer", organisation="Hội khác"), issue[0])


def test_the_pulls_of_an_issue_are_its_own(cast, issue):
    take(cast, issue[0])
    another = factories.published(cast["clerk"], cast["approver"], cast["organizer"]).code
    assert organizer.made_pulls(cast["organizer"], another) == []


def test_only_the_fields_of_the_grant_leave(cast, issue, other):
    code, _guests = issue
    columns = [{*rows(take(who, code))[0]} for who in (cast, other)]
    assert columns[1] < columns[0]
    assert columns[1] == {"Mã", "Họ, chữ đệm và tên", "E-mail"}


def test_a_no_while_the_file_is_made_makes_the_file_again(cast, issue, monkeypatch):
    """The no comes after the rows were read and before the file may leave."""
    code, guests = issue
    prepare, calls = handover.prepare, []

    def interrupted(*args):
        made = prepare(*args)
        if not calls:
            say_no(guests[1])
        calls.append(made.id)
        return made

    monkeypatch.setattr(pulls.handover, "prepare", interrupted)
    assert {row["Mã"] for row in rows(take(cast, code))} == {guests[0].code, guests[2].code}
    assert len(calls) == 2
    assert [held.sealed_at is None for held in db.session.scalars(select(Handover).order_by(Handover.id))] == [
        True,
        False,
    ]
    assert handover.holders(guests[1].id) == []


def test_a_no_that_never_ends_is_a_refusal(cast, issue, monkeypatch):
    code, _guests = issue
    tries = []
    monkeypatch.setattr(pulls.handover, "seal", tries.append)
    with pytest.raises(Conflict, match="try again"):
        take(cast, code)
    assert 1 < len(tries) < 10
    assert organizer.made_pulls(cast["organizer"], code) == []


def test_what_was_granted_may_end_while_the_file_is_made(cast, issue, monkeypatch):
    code, _guests = issue
    seal = handover.seal

    def closed_meanwhile(made):
        from_issue = db.session.scalars(select(issues.Issue)).one()
        issues.recall(from_issue.outreach_list)
        db.session.commit()
        return seal(made)

    monkeypatch.setattr(pulls.handover, "seal", closed_meanwhile)
    with pytest.raises(NotFound):
        take(cast, code)
    db.session.rollback()
    assert db.session.scalars(select(Handover.sealed_at)).all() == [None]


@pytest.mark.parametrize("ends", ["expired", "closed", "other organisation", "never granted"])
def test_an_issue_that_is_not_open_is_as_if_absent(cast, issue, ends, monkeypatch):
    code, _guests = issue
    who = cast["organizer"]
    if ends == "expired":
        tomorrow = clock.now() + timedelta(days=1, minutes=1)
        monkeypatch.setattr(clock, "now", lambda: tomorrow)
    elif ends == "closed":
        service.close(cast["approver"], service.all_lists(cast["clerk"])[0]["code"])
    elif ends == "other organisation":
        who = factories.actor("organizer", organisation="Hội khác")
    else:
        code = "PH-7F3Q-9XKC-2"
    with pytest.raises(NotFound) as refused:
        organizer.pull(who, code, reason="r", format=Format.CSV)
    assert refused.value.message == "There is no such issue, or it is not open to you"


def test_an_issue_holds_nobody_of_another(cast):
    for number, city in enumerate(("Praha", "Brno")):
        guest(number, city=city)
    who = (cast["clerk"], cast["approver"], cast["organizer"])
    first, second = (factories.published(*who, cities=[city]).code for city in ("Praha", "Brno"))
    names = [re.findall("Nguyễn Văn [AB]n", take(cast, code).decode()) for code in (first, second)]
    assert names == [["Nguyễn Văn An"], ["Nguyễn Văn Bn"]]


def test_into_whom_a_guest_was_merged_is_in_the_same_issues_and_no_other(cast):
    _praha, brno, kept = (guest(number, city=city) for number, city in enumerate(("Praha", "Brno", "Berlin")))
    who = (cast["clerk"], cast["approver"], cast["organizer"])
    first, second = (factories.published(*who, cities=[city]).code for city in ("Praha", "Brno"))
    merges.merge(cast["approver"], merges.Pair(kept.id, 1, brno.id, 1), ())
    db.session.commit()
    names = [re.findall("Nguyễn Văn [ABC]n", take(cast, code).decode()) for code in (first, second)]
    assert names == [["Nguyễn Văn An"], ["Nguyễn Văn Cn"]]


def test_only_the_formats_of_the_grant_are_made(cast):
    guest(1)
    code = factories.published(cast["clerk"], cast["approver"], cast["organizer"], formats=["csv"]).code
    with pytest.raises(Conflict, match="allows only: csv"):
        take(cast, code, Format.XLSX)
    assert len(rows(take(cast, code))) == 1


def test_the_protection_officer_sees_the_grants_that_are_open(cast, issue):
    (seen,) = service.grants(cast["protection_officer"])
    assert (seen["code"], seen["organisation"], seen["rows"]) == (issue[0], "Sở Ngoại vụ", 500)
    service.close(cast["approver"], db.session.scalar(select(OutreachList.code)))
    assert service.grants(cast["protection_officer"]) == []


def test_limits_hold_until_the_protection_officer_widens_them(cast, issue):
    code, _guests = issue
    grant = organizer.granted(cast["organizer"])[0]["grant"]
    service.widen(cast["protection_officer"], grant, rows=2, pulls_a_day=1)
    with pytest.raises(Conflict, match="2 rows"):
        take(cast, code)
    service.widen(cast["protection_officer"], grant, rows=3, pulls_a_day=1)
    take(cast, code)
    with pytest.raises(Conflict, match="1 pulls a day"):
        take(cast, code)


def test_pulls_are_counted_for_each_grant(cast, issue, other):
    code, _guests = issue
    for who in (cast, other):
        grant = organizer.granted(who["organizer"])[0]["grant"]
        service.widen(cast["protection_officer"], grant, rows=3, pulls_a_day=1)
    take(other, code)
    take(cast, code)
    with pytest.raises(Conflict, match="1 pulls a day"):
        take(cast, code)


def test_pulls_are_counted_anew_each_day(cast, monkeypatch):
    guest(0)
    tomorrow = clock.now() + timedelta(days=1)
    until = clock.today() + timedelta(days=1)
    code = factories.published(cast["clerk"], cast["approver"], cast["organizer"], until=until).code
    grant = organizer.granted(cast["organizer"])[0]["grant"]
    service.widen(cast["protection_officer"], grant, rows=1, pulls_a_day=1)
    take(cast, code)
    monkeypatch.setattr(clock, "now", lambda: tomorrow)
    assert len(rows(take(cast, code))) == 1


RACE_GUESTS, WORKERS = 12, 4


def race(app, cast, code, guests, count):
    """Pull from four threads while a fifth withdraws one guest after the other; return what was wrong."""

    def pulling(_number):
        with app.app_context():
            taken = organizer.pull(cast["organizer"], code, reason="race", format=Format.CSV)
            with taken.content as content:
                return taken.pull, {row["Mã"] for row in rows(content.read())}

    def withdrawing():
        with app.app_context():
            for one in guests[1:]:
                people.record_consent(cast["clerk"], one.code, NO)

    with ThreadPoolExecutor(WORKERS + 1) as threads:
        no = threads.submit(withdrawing)
        taken = dict(threads.map(pulling, range(count)))
        no.result()
    db.session.rollback()
    return out_of_order(taken, {one.subject: one.code for one in guests})


def out_of_order(taken, codes):
    """Walk the trail: return who was in a file though their no stood before it, and how many said no."""
    gone, wrong = set(), []
    for entry in db.session.scalars(select(AuditEntry).order_by(AuditEntry.id)):
        if entry.action == "people.record_consent":
            gone.add(codes[entry.subject])
        elif entry.action == "outreach.pull" and entry.outcome == "done":
            wrong += taken[entry.details["pull"]] & gone
    return wrong, len(gone)


@pytest.fixture
def crowd(cast):
    guests = [guest(number) for number in range(RACE_GUESTS)]
    made = factories.published(cast["clerk"], cast["approver"], cast["organizer"])
    grant = organizer.granted(cast["organizer"])[0]["grant"]
    service.widen(cast["protection_officer"], grant, rows=100, pulls_a_day=10_000)
    return made.code, guests


@pytest.mark.parametrize("count", [30, pytest.param(1_000, marks=[pytest.mark.slow, pytest.mark.timeout(600)])])
def test_pulls_and_withdrawals_at_once_are_never_out_of_order(app, cast, crowd, monkeypatch, count):
    monkeypatch.setattr(pulls, "TRIES", 50)
    wrong, gone = race(app, cast, *crowd, count)
    assert (wrong, gone) == ([], RACE_GUESTS - 1)
    assert ledger.kept() == unions.replay()


def test_the_race_catches_a_build_that_does_not_look_again(app, cast, crowd, monkeypatch):
    """Seal without looking, with the pause that a large file is: the same race then finds people out of order."""
    prepare = handover.prepare
    _code, guests = crowd

    def slow(*args):
        made = prepare(*args)
        if not slow.done:
            slow.done = True
            say_no(guests[0])
        return made

    slow.done = False
    monkeypatch.setattr(pulls.handover, "prepare", slow)
    monkeypatch.setattr(handover, "_changed_since", lambda made: select(HandoverPerson.person_id).where(false()))
    taken = rows(take(cast, crowd[0]))
    assert guests[0].code in {row["Mã"] for row in taken}
    assert db.session.scalars(select(HandoverPerson.person_id).where(HandoverPerson.person_id == guests[0].id)).all()


def test_a_program_takes_json_sealed_as_every_file_is(client, cast):
    stays, leaves = guest(0), guest(1)
    code = factories.published(cast["clerk"], cast["approver"], cast["organizer"], formats=["json"]).code
    factories.consent(leaves.id, State.WITHDRAWN)
    headers = factories.bearer(cast["organizer"])
    sent = {"reason": "mời", "format": "json"}
    told = client.post(f"/api/v1/issues/{code}/pulls", json=sent, headers=headers, buffered=True)
    assert (told.status_code, told.mimetype) == (200, "application/json")
    assert [(one["code"], one["reach"]) for one in told.json["people"]] == [
        (stays.code, {"email": ["khach0@example.com"]})
    ]
    assert told.json["notes"]["Số người"] == "1"


def test_a_file_says_whom_its_list_named_when_it_was_published(client, cast):
    one = guest(0)
    drawn = factories.listed(cast["clerk"], countries=["CZ"]).code
    approver = factories.bearer(cast["approver"])
    service.submit(cast["clerk"], drawn)
    digest = service.preview(cast["approver"], drawn)["digest"]
    service.approve(cast["approver"], drawn, digest=digest)
    published = client.post(f"/api/v1/lists/{drawn}/publish", headers={**approver, "Accept-Language": "en"})
    issue = published.json["issues"][0]["code"]
    office = db.session.get(Account, cast["organizer"].id).organisation.code
    terms = {"fields": ["name"], "formats": ["json"], "until": clock.today(), "agreement": factories.agreement(office)}
    service.grant(cast["approver"], drawn, **terms)
    version = service.read(cast["clerk"], drawn)["version"]
    service.edit(cast["clerk"], drawn, version=version, values={"filter": {"countries": ["KR"]}})
    told = json.loads(take(cast, issue, Format.JSON))
    assert told["notes"]["Lọc theo"] == "Những người sống ở Séc."
    assert [person["code"] for person in told["people"]] == [one.code]


@pytest.mark.parametrize("count", [60, pytest.param(100_000, marks=[pytest.mark.slow, pytest.mark.timeout(1_200)])])
def test_a_no_while_a_file_is_made_and_while_it_is_sent(app, client, cast, monkeypatch, count):
    """Half of them are on the issue. One says no who was read already, one who was not, and one on the way out."""
    populate(count)
    whom = {"channels": [Channel.PHONE], "fields": ["name"], "countries": None}
    issue = factories.published(cast["clerk"], cast["approver"], cast["organizer"], **whom)
    grant = organizer.granted(cast["organizer"])[0]["grant"]
    service.widen(cast["protection_officer"], grant, rows=count, pulls_a_day=100)
    inside = db.session.scalars(select(Weighed.person_id).where(Weighed.verdict == "in")).all()
    order = select(Person).where(Person.id.in_(these(inside))).order_by(Person.sort_key, Person.id)
    early, on_the_way, *_others, late = db.session.scalars(order).all()
    read, reach = [], disclosure.reach
    no = Spoken([Purpose.EVENTS], [Channel.PHONE], State.WITHDRAWN, clock.today(), {"method": "email"})

    def withdraw(code):
        with app.app_context():
            people.record_consent(cast["clerk"], code, no)

    def reading(*asked):
        for row in reach(*asked):
            read.append(row)
            if len(read) == len(inside) // 2:
                for one in codes[::2]:
                    thread.submit(withdraw, one).result()
            yield row

    codes = early.code, on_the_way.code, late.code
    db.session.rollback()
    monkeypatch.setattr(disclosure, "reach", reading)
    with ThreadPoolExecutor(1) as thread:
        sent = client.post(
            f"/api/v1/issues/{issue.code}/pulls",
            json={"reason": "in giấy mời", "format": "csv"},
            headers=factories.bearer(cast["organizer"]),
        )
        with closing(sent):
            first = next(parts := iter(sent.response))
            thread.submit(withdraw, codes[1]).result()
            left = {row["Mã"] for row in rows(first + b"".join(parts))}
    assert left & {*codes} == {codes[1]}
    assert len(left) == len(inside) - 2
    # It was read again whole; what was made first is void. Of who said no once it left, its pull says so.
    assert len(read) == 2 * len(inside) - 2
    sealed = db.session.scalars(select(Handover.sealed_at).order_by(Handover.id)).all()
    assert [one is not None for one in sealed] == [False, True]
    (made,) = organizer.made_pulls(cast["organizer"], issue.code)
    assert (made["people"], made["held_back"], made["stop"]) == (len(inside) - 2, 2, [codes[1]])
