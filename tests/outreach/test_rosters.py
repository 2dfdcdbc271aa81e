"""Rosters for an emergency: two people approve them, nobody's yes is waited for, a no holds, and everybody is told."""

import csv
import io
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import update

from kieubao.access.models import Account
from kieubao.consent.models import Weighed
from kieubao.consent.vocabulary import Channel, Purpose, State
from kieubao.db import db, keyring
from kieubao.ground import clock
from kieubao.ground.errors import ConfirmNeeded, Conflict, Forbidden, Invalid, NotFound
from kieubao.ground.tombstones import Tombstones
from kieubao.occasions import service as occasions
from kieubao.occasions import turnout
from kieubao.occasions.models import Occasion
from kieubao.occasions.turnout import Said
from kieubao.occasions.vocabulary import Answer
from kieubao.outreach import issues, organizer, rosters, service
from kieubao.outreach.models import Issue, OutreachList
from kieubao.outreach.vocabulary import Format
from kieubao.people import erasure, merges
from kieubao.people import service as people
from kieubao.people.merges import Pair
from kieubao.responses import service as responses
from kieubao.walls import Sight, confined
from tests import factories
from tests.outreach.test_pull import rows
from tests.pages.province import reader, sign_in_accounts

CASE = {"emergency": "Động đất ở Praha", "document": "Công điện 12 ngày 28/11/2026"}


def abroad(name, **more):
    points = [{"channel": "phone", "value": "+420601555148"}, {"channel": "email", "value": "a@example.com"}]
    return factories.person(name, contact_points=points, **more)


def case(cast, **more):
    return occasions.hold(cast["clerk"], kind="protection", title="Bảo hộ công dân tại Séc", **{**CASE, **more})["code"]


def drawn(cast, occasion=None, **more):
    asked = {
        "title": "Người Hà Tĩnh tại Séc",
        "purpose": "protection",
        "channels": ["phone", "email"],
        "fields": ["name"],
    }
    asked |= {"filter": {"countries": ["CZ"]}, "households": False, **more}
    return service.draft(cast["clerk"], occasion=occasion or case(cast), **asked)["code"]


def approved(cast, code, officer=True):
    service.submit(cast["clerk"], code)
    service.approve(cast["approver"], code, digest=service.preview(cast["approver"], code)["digest"])
    if officer:
        (one,) = [one for one in rosters.rosters(cast["protection_officer"]) if one["code"] == code]
        rosters.co_approve(cast["protection_officer"], code, digest=one["preview"]["digest"])
    return code


def granted(cast, code, days=5):
    issue = service.publish(cast["approver"], code)["issues"][0]
    office = organizer_office(cast)
    until = clock.today() + timedelta(days=days)
    terms = {"fields": ["name"], "formats": ["csv"], "until": until, "agreement": factories.agreement(office)}
    service.grant(cast["approver"], code, **terms)
    return issue["code"]


def organizer_office(cast):
    return db.session.get(Account, cast["organizer"].id).organisation.code


def taken(cast, issue):
    with organizer.pull(cast["organizer"], issue, reason="gọi", format=Format.CSV).content as content:
        return rows(content.read())


def test_whoever_lives_there_and_did_not_say_no_is_on_it(cast):
    silent, refused, phone_only = abroad("Im Lặng"), abroad("Từ Chối"), abroad("Một Kênh")
    abroad("Nơi Khác", country="DE")
    for channel in Channel:
        factories.consent(refused.id, State.REFUSED, purpose=Purpose.PROTECTION, channel=channel)
        factories.consent(silent.id, State.REFUSED, purpose=Purpose.EVENTS, channel=channel)
    factories.consent(phone_only.id, State.REFUSED, purpose=Purpose.PROTECTION, channel=Channel.EMAIL)
    code = approved(cast, drawn(cast))
    assert service.preview(cast["approver"], code)["outside"] == {"refused": 1}
    issue = granted(cast, code)
    assert verdicts(issue) == {silent.id: "in", phone_only.id: "in", refused.id: "refused"}
    told = {row["Mã"]: (row["Điện thoại"], row["E-mail"]) for row in taken(cast, issue)}
    assert told == {
        silent.code: ("+420 601 555 148", "a@example.com"),
        phone_only.code: ("+420 601 555 148", ""),
    }


def verdicts(issue):
    return {
        one.person_id: one.verdict
        for one in db.session.scalars(
            db.select(Weighed).join(Issue, Issue.id == Weighed.issue_id).where(Issue.code == issue)
        )
    }


def test_who_says_no_is_in_no_file_any_more_and_whoever_has_it_is_told(cast):
    one, other = abroad("A"), abroad("B")
    issue = granted(cast, approved(cast, drawn(cast)))
    assert len(taken(cast, issue)) == 2
    for channel in Channel:
        factories.consent(one.id, State.REFUSED, purpose=Purpose.PROTECTION, channel=channel)
    assert [row["Mã"] for row in taken(cast, issue)] == [other.code]
    first = organizer.made_pulls(cast["organizer"], issue)[1]
    assert (first["stop"], first["notices"][0]["code"], first["notices"][0]["still"]) == ([one.code], one.code, [])


def test_it_is_published_once_both_approved_what_it_is(cast):
    abroad("A")
    code = approved(cast, drawn(cast), officer=False)
    with pytest.raises(Conflict, match="protection officer"):
        service.publish(cast["approver"], code)
    with pytest.raises(Conflict, match="no longer what you saw"):
        rosters.co_approve(cast["protection_officer"], code, digest="0" * 64)
    seen = rosters.rosters(cast["protection_officer"])[0]
    assert (seen["waits"], seen["preview"]["inside"], seen["occasion"]["emergency"]) == (True, 1, CASE["emergency"])
    assert not rosters.co_approve(cast["protection_officer"], code, digest=seen["preview"]["digest"])["waits"]
    assert service.publish(cast["approver"], code)["issues"][0]["people"] == 1
    (seen,) = rosters.rosters(cast["protection_officer"])
    assert (seen["published"], seen["waits"], seen["preview"]) == (True, False, None)


def test_every_issue_is_approved_by_both_again(cast):
    abroad("A")
    code = approved(cast, drawn(cast))
    service.publish(cast["approver"], code)
    with pytest.raises(Conflict):
        service.publish(cast["approver"], approved(cast, code, officer=False))


def test_a_change_takes_both_approvals_back(cast):
    abroad("A")
    code = approved(cast, drawn(cast))
    version = service.read(cast["clerk"], code)["version"]
    service.edit(cast["clerk"], code, version=version, values={"title": "Khác"})
    assert service.read(cast["clerk"], code)["co_approved"] is False
    with pytest.raises(Conflict):
        service.publish(cast["approver"], approved(cast, code, officer=False))


def test_another_emergency_is_another_roster(cast):
    """What the case is, and by which document, is bound by the approvals."""
    abroad("A")
    code = approved(cast, drawn(cast))
    held = service.read(cast["clerk"], code)["occasion"]
    occasions.edit(cast["clerk"], held["code"], version=held["version"], values={"emergency": "Đình công"})
    with pytest.raises(Conflict, match="changed since"):
        service.publish(cast["approver"], code)


def test_only_what_an_approver_approved_is_approved_too(cast):
    abroad("A")
    code = drawn(cast)
    digest = service.preview(cast["approver"], code)["digest"]
    for _state in ("draft", "submitted"):
        with pytest.raises(Conflict):
            rosters.co_approve(cast["protection_officer"], code, digest=digest)
        if _state == "draft":
            service.submit(cast["clerk"], code)
    plain = factories.listed(cast["clerk"]).code
    service.submit(cast["clerk"], plain)
    digest = service.preview(cast["approver"], plain)["digest"]
    service.approve(cast["approver"], plain, digest=digest)
    with pytest.raises(Conflict):
        rosters.co_approve(cast["protection_officer"], plain, digest=digest)
    assert rosters.rosters(cast["protection_officer"]) == []


def test_nobody_but_the_officer_approves_too_and_they_prove_who_they_are(cast):
    for role in ("clerk", "approver", "organizer", "admin"):
        with pytest.raises(Forbidden):
            rosters.co_approve(cast[role], "DS-7F3Q-9XKC-2", digest="x")
    with pytest.raises(ConfirmNeeded):
        rosters.co_approve(replace(cast["protection_officer"], confirmed=False), "DS-7F3Q-9XKC-2", digest="x")


def test_what_is_submitted_names_the_emergency_its_document_and_a_place(cast):
    abroad("A")
    for missing in ("emergency", "document"):
        with pytest.raises(Conflict, match="which emergency"):
            service.submit(cast["clerk"], drawn(cast, case(cast, **{missing: None})))
    with pytest.raises(Conflict, match="a country or a city"):
        service.submit(cast["clerk"], drawn(cast, filter={}))
    assert service.submit(cast["clerk"], drawn(cast, filter={"cities": ["Praha"]}))["state"] == "submitted"


def test_nothing_else_is_for_protection_and_a_case_has_no_other_lists(cast):
    event = occasions.hold(cast["clerk"], kind="event", title="Tết")["code"]
    for occasion, purpose in ((event, "protection"), (case(cast), "events")):
        with pytest.raises(Invalid) as wrong:
            drawn(cast, occasion, purpose=purpose)
        assert wrong.value.field == "purpose"
    code = factories.listed(cast["clerk"]).code
    with pytest.raises(Invalid):
        service.edit(cast["clerk"], code, version=1, values={"purpose": "protection"})


def test_a_list_of_before_there_were_rosters_is_not_published_as_one(cast):
    abroad("A")
    code = factories.listed(cast["clerk"]).code
    service.submit(cast["clerk"], code)
    service.approve(cast["approver"], code, digest=service.preview(cast["approver"], code)["digest"])
    db.session.execute(update(OutreachList).values(purpose="protection", co_approver_id=cast["approver"].id))
    db.session.commit()
    with pytest.raises(Invalid, match="protection case"):
        service.publish(cast["approver"], code)


def test_it_is_open_for_fourteen_days(cast):
    abroad("A")
    code = approved(cast, drawn(cast))
    with pytest.raises(Invalid) as wrong:
        granted(cast, code, days=15)
    assert wrong.value.field == "until"
    db.session.rollback()
    assert issues.URGENT_DAYS == 14
    office = organizer_office(cast)
    until = clock.today() + timedelta(days=14)
    terms = {
        "fields": ["name"],
        "formats": ["csv"],
        "until": until,
        "agreement": factories.agreement(office, number="02"),
    }
    assert service.grant(cast["approver"], code, **terms)["until"] == until


def test_a_file_says_what_it_rests_on(cast):
    abroad("A")
    code = approved(cast, drawn(cast))
    issue = service.publish(cast["approver"], code)["issues"][0]["code"]
    terms = {"fields": ["name"], "formats": ["json"], "until": clock.today()}
    service.grant(cast["approver"], code, agreement=factories.agreement(organizer_office(cast)), **terms)
    with organizer.pull(cast["organizer"], issue, reason="gọi", format=Format.JSON).content as content:
        text = content.read().decode()
    assert f"Điểm a khoản 1 Điều 19 Luật 91/2025/QH15: {CASE['emergency']}; {CASE['document']}" in text
    assert "nói rõ với từng người" in text


def test_everybody_in_a_file_is_told_or_waits_to_be(cast):
    one, other, third = abroad("A"), abroad("B"), abroad("C")
    code = approved(cast, drawn(cast))
    issue = granted(cast, code)
    assert rosters.untold(cast["clerk"], code)["found"] == 0
    taken(cast, issue)
    left = rosters.untold(cast["clerk"], code)
    assert {person["person"] for person in left["people"]} == {one.code, other.code, third.code}
    held = db.session.scalars(db.select(Occasion).where(Occasion.code == left["occasion"])).one()
    missed = Said(Answer.UNREACHED, channel="phone")
    turnout.record(held, {one.id: Said(Answer.REACHED), other.id: missed}, cast["clerk"].account_id)
    db.session.commit()
    assert {person["person"] for person in rosters.untold(cast["clerk"], code)["people"]} == {other.code, third.code}
    assert rosters.rosters(cast["protection_officer"])[0]["untold"] == 2
    merges.merge(cast["approver"], Pair(third.id, 1, other.id, 1), ())
    db.session.commit()
    assert [person["person"] for person in rosters.untold(cast["clerk"], code)["people"]] == [third.code]


def test_of_another_roster_or_who_is_erased_nobody_waits(cast, tmp_path):
    one, other = abroad("A"), abroad("B", country="DE")
    code = approved(cast, drawn(cast))
    elsewhere = approved(cast, drawn(cast, filter={"countries": ["DE"]}))
    for number, each in enumerate((code, elsewhere)):
        issue = service.publish(cast["approver"], each)["issues"][0]["code"]
        agreed = factories.agreement(organizer_office(cast), number=f"{number}/TT")
        terms = {"fields": ["name"], "formats": ["csv"], "until": clock.today(), "agreement": agreed}
        service.grant(cast["approver"], each, **terms)
        taken(cast, issue)
    assert [person["person"] for person in rosters.untold(cast["clerk"], code)["people"]] == [one.code]
    assert [person["person"] for person in rosters.untold(cast["clerk"], elsewhere)["people"]] == [other.code]
    with confined(Sight(everyone=True)):
        erasure.erase([one.id], Tombstones(tmp_path / "tombstones", keyring()))
        db.session.commit()
    assert {seen["code"]: seen["untold"] for seen in rosters.rosters(cast["protection_officer"])} == {
        code: 0,
        elsewhere: 1,
    }


def test_it_is_three_people_who_draw_it_up_and_approve_it(cast):
    """Whoever was a clerk or an approver before, and is the officer now, does not approve what they did themselves."""
    abroad("A")
    code = approved(cast, drawn(cast), officer=False)
    digest = rosters.rosters(cast["protection_officer"])[0]["preview"]["digest"]
    for name in ("author_id", "approver_id"):
        made = db.session.scalars(db.select(OutreachList).where(OutreachList.code == code)).one()
        before = getattr(made, name)
        db.session.execute(update(OutreachList).values({name: cast["protection_officer"].id}))
        db.session.commit()
        with pytest.raises(Forbidden):
            rosters.co_approve(cast["protection_officer"], code, digest=digest)
        db.session.rollback()
        db.session.execute(update(OutreachList).values({name: before}))
        db.session.commit()


def test_what_is_no_roster_is_open_for_longer_and_needs_no_name(cast):
    abroad("A")
    until = clock.today() + timedelta(days=30)
    options = {"fields": ["city"], "formats": ("csv",), "until": until}
    issue = factories.published(cast["clerk"], cast["approver"], cast["organizer"], **options)
    assert organizer.granted(cast["organizer"])[0]["until"] == until
    assert issue.purpose == Purpose.EVENTS


def test_of_who_is_out_of_scope_nobody_is_named(cast):
    abroad("A", home_unit="2025:18685")
    code = approved(cast, drawn(cast))
    taken(cast, granted(cast, code))
    clerk = factories.actor("clerk", ("18673",))
    with pytest.raises(NotFound):
        rosters.untold(clerk, code)
    officer = factories.actor("protection_officer", ("18673",))
    assert rosters.rosters(officer) == []
    with pytest.raises(NotFound):
        rosters.co_approve(officer, code, digest="x")
    plain = factories.listed(cast["clerk"]).code
    with pytest.raises(NotFound, match="roster"):
        rosters.untold(cast["clerk"], plain)


def test_who_moved_out_of_the_units_since_is_named_there_no_more(cast):
    one = abroad("A")
    clerk = factories.actor("clerk", ("18673",))
    code = approved({**cast, "clerk": clerk}, drawn({**cast, "clerk": clerk}))
    taken(cast, granted(cast, code))
    assert [person["person"] for person in rosters.untold(clerk, code)["people"]] == [one.code]
    people.amend(cast["clerk"], one.code, version=1, changes={"home_epoch": 2025, "home_code": "18685"})
    assert rosters.untold(clerk, code)["people"] == []
    assert rosters.untold(cast["clerk"], code)["found"] == 1


def test_what_goes_by_a_list_that_was_widened_since_is_told_to_who_sees_that_and_cannot_be_approved(cast):
    abroad("A")
    clerk, officer = factories.actor("clerk", ("18673",)), factories.actor("protection_officer", ("18673",))
    earlier = factories.listed(clerk).code
    near = {**cast, "clerk": clerk}
    code = approved(near, drawn(near, filter={"countries": ["CZ"], "off_lists": [earlier]}), officer=False)
    assert rosters.rosters(officer)[0]["names"] == {earlier: "Khách mời"}
    service.edit(cast["clerk"], earlier, version=1, values={"filter": {}})
    (seen,) = rosters.rosters(officer)
    assert (seen["names"], seen["preview"], seen["waits"]) == ({}, None, True)
    assert rosters.rosters(cast["protection_officer"])[0]["names"] == {earlier: "Khách mời"}
    with pytest.raises(Conflict, match="reaches beyond"):
        rosters.co_approve(officer, code, digest="x")


def test_whose_segments_are_gone_waits_and_cannot_be_approved(cast):
    abroad("A")
    code = approved(cast, drawn(cast), officer=False)
    db.session.execute(update(Occasion).values(title="Khác"))
    db.session.commit()
    (one,) = rosters.rosters(cast["protection_officer"])
    with pytest.raises(Conflict, match="changed since"):
        rosters.co_approve(cast["protection_officer"], code, digest=one["preview"]["digest"])


def test_both_approve_by_their_pages(client):
    cast = sign_in_accounts()
    abroad("Im Lặng")
    code = approved(cast, drawn(cast), officer=False)
    assert "Cán bộ bảo vệ dữ liệu cũng phải phê duyệt" in reader(client, "approver").get(f"/lists/{code}").text
    officer = reader(client, "protection_officer")
    page = officer.get("/rosters").text
    assert CASE["emergency"] in page
    assert "Chờ Ông/Bà phê duyệt" in page
    wrong = officer.post(f"/rosters/{code}/approve", data={"digest": "x"})
    assert wrong.status_code == 409
    digest = rosters.rosters(cast["protection_officer"])[0]["preview"]["digest"]
    assert officer.post(f"/rosters/{code}/approve", data={"digest": digest}).status_code == 303
    assert "Cả hai đã phê duyệt" in officer.get("/rosters").text
    approver = reader(client, "approver")
    assert approver.post(f"/lists/{code}/publish").status_code == 303
    assert "0" in reader(client, "clerk").get(f"/lists/{code}/untold").text


def test_a_csv_of_a_roster_is_as_any_other(cast):
    abroad("A")
    issue = granted(cast, approved(cast, drawn(cast)))
    with organizer.pull(cast["organizer"], issue, reason="gọi", format=Format.CSV).content as content:
        (head, _row) = csv.reader(io.StringIO(content.read().decode("utf-8-sig")))
    assert head == ["Mã", "Họ, chữ đệm và tên", "Căn cứ", "Điện thoại", "E-mail"]


@pytest.mark.parametrize("wanted", ["csv", "vcf", "json", "listmonk"])
def test_every_row_says_what_it_rests_on_as_it_was_when_it_was_published(cast, wanted):
    """Whatever the case says later: two people approved what it said then."""
    abroad("Lê Văn Ba")
    occasion = case(cast)
    code = approved(cast, drawn(cast, occasion))
    issue = service.publish(cast["approver"], code)["issues"][0]["code"]
    terms = {"fields": ["name"], "formats": [wanted], "until": clock.today()}
    service.grant(cast["approver"], code, **terms, agreement=factories.agreement(organizer_office(cast)))
    held = db.session.scalars(db.select(Occasion).where(Occasion.code == occasion)).one()
    occasions.edit(cast["clerk"], occasion, version=held.version, values={"emergency": "Chuyện khác"})
    with organizer.pull(cast["organizer"], issue, reason="gọi", format=Format(wanted)).content as content:
        said = content.read().decode().replace("\r\n ", "")
    assert CASE["emergency"] in said
    assert CASE["document"].split()[0] in said
    assert "nói rõ với từng người" in said
    assert "Chuyện khác" not in said


@pytest.mark.parametrize("wanted", ["labels", "envelopes", "door"])
def test_on_paper_that_says_nothing_of_it_there_is_no_roster(cast, wanted):
    abroad("Lê Văn Ba")
    code = approved(cast, drawn(cast, channels=["phone", "post"]))
    service.publish(cast["approver"], code)
    terms = {"fields": ["name"], "formats": [wanted], "until": clock.today()}
    with pytest.raises(Invalid, match="what it rests on") as wrong:
        service.grant(cast["approver"], code, **terms, agreement=factories.agreement(organizer_office(cast)))
    assert wrong.value.field == "formats"


def test_who_wants_no_more_contact_of_a_party_is_on_a_roster_and_who_says_so_of_the_case_is_not(cast):
    """Nobody's yes is waited for there: what they said of this is heard, whether or not there is any."""
    party, silent = abroad("Không Dự Tiệc"), abroad("Không Gọi Nữa")
    factories.consent(party.id)
    tet = occasions.hold(cast["clerk"], kind="event", title="Gặp mặt Tết")["code"]
    responses.record(cast["clerk"], tet, party.code, Said(Answer.NO_MORE))
    held = case(cast)
    issue = granted(cast, approved(cast, drawn(cast, held)))
    assert {row["Mã"] for row in taken(cast, issue)} == {party.code, silent.code}
    # An older word on it, or a later one on something else, opens nothing.
    factories.consent(
        silent.id, purpose=Purpose.PROTECTION, channel=Channel.EMAIL, on=clock.today() - timedelta(days=9)
    )
    responses.record(cast["clerk"], held, silent.code, Said(Answer.NO_MORE))
    factories.consent(silent.id, channel=Channel.PHONE, signed_at=clock.now())
    assert {row["Mã"] for row in taken(cast, issue)} == {party.code}
    left = {one["person"] for one in responses.left_to_do(cast["clerk"])["no_more"]}
    assert left == {party.code, silent.code}
    factories.consent(silent.id, purpose=Purpose.PROTECTION, channel=Channel.PHONE, signed_at=clock.now())
    assert {row["Mã"] for row in taken(cast, issue)} == {party.code, silent.code}
