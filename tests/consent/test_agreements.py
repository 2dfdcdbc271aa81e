"""No organisation is handed data but under an agreement with it that is in force."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from kieubao.access.models import Account, AuditEntry
from kieubao.consent import agreements, service
from kieubao.db import db
from kieubao.ground import clock, codes
from kieubao.ground.errors import Conflict, Forbidden, Invalid, NotFound
from kieubao.outreach import issues, lists, organizer
from kieubao.outreach import service as outreach
from kieubao.outreach.vocabulary import Format
from tests import factories
from tests.pages.province import reader, sign_in_accounts

TODAY = clock.today()
YEAR = {"signed_on": TODAY, "valid_from": TODAY, "valid_until": TODAY + timedelta(days=365)}
ITEMS = {name: f"nội dung {name}" for name in agreements.ITEMS}
TERMS = {"number": "01/TT-BG", "document": "tủ 3", **YEAR, **ITEMS}


@pytest.fixture
def officer(cast):
    return cast["protection_officer"]


@pytest.fixture
def office(cast):
    return db.session.get(Account, cast["organizer"].id).organisation.code


@pytest.fixture
def granting(cast, office):
    """Grant a published list to the organizer's organisation under an agreement."""
    factories.consent(factories.person(contact_points=[{"channel": "email", "value": "a@example.com"}]).id)
    drawn = factories.listed(cast["clerk"])
    lists.submit(drawn)
    lists.approve(drawn, cast["approver"].id, lists.preview(drawn).digest)
    lists.spend(drawn, cast["approver"].id)
    issue = issues.publish(drawn, lists.weighed(drawn), cast["approver"].id)
    db.session.commit()
    code, published = drawn.code, issue.code

    def grant(agreement, until=TODAY, organisation=None):
        terms = {"fields": ["name"], "formats": ["csv"], "until": until, "agreement": agreement}
        return outreach.grant(cast["approver"], code, organisation=organisation, **terms) | {"issue": published}

    return grant


def test_an_agreement_has_the_seven_items(officer, office):
    written = service.write_agreement(officer, office, **TERMS)
    assert len(agreements.ITEMS) == 7
    assert {name: written[name] for name in ITEMS} == ITEMS
    assert (written["state"], written["organisation"]) == ("in_force", "Sở Ngoại vụ")
    line = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "consent.write_agreement")).one()
    assert line.details["agreement"] == written["code"]


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"valid_until": TODAY - timedelta(days=1)}, "valid_until"),
        ({"signed_on": TODAY + timedelta(days=1)}, "signed_on"),
    ],
)
def test_days_out_of_order_are_refused(officer, office, wrong, field):
    with pytest.raises(Invalid) as refused:
        service.write_agreement(officer, office, **{**TERMS, **wrong})
    assert refused.value.field == field


@pytest.mark.parametrize(
    ("start", "end", "state"), [(-9, -1, "over"), (-9, 0, "in_force"), (0, 9, "in_force"), (1, 9, "to_come")]
)
def test_when_it_is_in_force(officer, office, start, end, state):
    days = {"valid_from": TODAY + timedelta(days=start), "valid_until": TODAY + timedelta(days=end)}
    written = service.write_agreement(officer, office, **{**TERMS, **days})
    assert written["state"] == state
    assert bool(agreements.in_force()) == (state == "in_force")


def test_a_grant_cites_it_and_the_file_and_pages_name_it(cast, officer, office, granting):
    code = service.write_agreement(officer, office, **TERMS)["code"]
    granted = granting(code)
    assert (granted["agreement"], granted["agreement_title"]) == (code, f"01/TT-BG, {TODAY:%d/%m/%Y}")
    assert [one["code"] for one in outreach.agreements_in_force(cast["approver"])] == [code]
    organizer.pull(cast["organizer"], granted["issue"], reason="in", format=Format.CSV).content.close()


def test_without_one_that_holds_nothing_is_granted(officer, office, granting):
    other = factories.accounts.organisation("Hội hữu nghị").code
    past = {"valid_from": TODAY - timedelta(days=9), "valid_until": TODAY - timedelta(days=1)}
    later = {"valid_from": TODAY + timedelta(days=1)}
    theirs, over, to_come, ended = (
        factories.agreement(holder, **terms)
        for holder, terms in ((other, {}), (office, past), (office, later), (office, {}))
    )
    service.end_agreement(officer, ended, reason="vi phạm")
    sentences = {
        codes.example("TT"): "There is no such agreement",
        theirs: "This agreement is with another organisation",
        over: "This agreement is not in force",
        to_come: "This agreement is not in force",
        ended: "This agreement is not in force",
    }
    for code, sentence in sentences.items():
        with pytest.raises(Invalid, match=sentence) as refused:
            granting(code, organisation=office)
        assert refused.value.field == "agreement"


def test_a_grant_does_not_outlive_its_agreement(office, granting):
    soon = factories.agreement(office, valid_until=TODAY + timedelta(days=3))
    with pytest.raises(Invalid) as refused:
        granting(soon, until=TODAY + timedelta(days=4))
    assert refused.value.field == "until"
    assert granting(soon, until=TODAY + timedelta(days=3))


def test_ended_nothing_more_is_pulled_under_it(cast, officer, office, granting):
    code = factories.agreement(office)
    issue = granting(code, until=TODAY + timedelta(days=5))["issue"]
    ended = service.end_agreement(officer, code, reason="bên nhận làm lộ dữ liệu")
    assert (ended["state"], ended["end_reason"]) == ("ended", "bên nhận làm lộ dữ liệu")
    with pytest.raises(NotFound):
        organizer.pull(cast["organizer"], issue, reason="in", format=Format.CSV)
    assert organizer.granted(cast["organizer"]) == []
    assert agreements.in_force() == agreements.ending(400) == []
    with pytest.raises(Conflict):
        service.end_agreement(officer, code, reason="x")


def test_all_of_them_the_one_that_ends_last_first(cast, officer, office):
    other = factories.accounts.organisation("Hội hữu nghị").code
    db.session.commit()
    spans = ((office, 5, "A"), (other, 9, "B"), (office, 9, "C"), (office, 1, "D"))
    for holder, days, number in spans:
        factories.agreement(holder, number, valid_until=TODAY + timedelta(days=days))
    every = service.all_agreements(officer)
    assert [one["number"] for one in every] == ["C", "B", "A", "D"]
    assert (every[1]["organisation"], every[1]["organisation_code"]) == ("Hội hữu nghị", other)
    assert every[1]["title"] == f"B, {TODAY:%d/%m/%Y} – Hội hữu nghị"
    assert set(every[1]) == {
        *("code", *agreements.TERMS, "written_at", "ended_on", "end_reason"),
        *("organisation", "organisation_code", "state", "title"),
    }
    assert service.agreement(officer, every[1]["code"]) == every[1]


def test_what_ends_soon_is_on_the_desk(office):
    soon = factories.agreement(office, valid_until=TODAY + timedelta(days=30))
    factories.agreement(office, valid_until=TODAY + timedelta(days=31))
    factories.agreement(office, valid_from=TODAY - timedelta(days=9), valid_until=TODAY - timedelta(days=1))
    factories.agreement(office, valid_from=TODAY + timedelta(days=1), valid_until=TODAY + timedelta(days=9))
    assert [one["code"] for one in agreements.ending(30)] == [soon]


def test_what_is_not_there(officer):
    with pytest.raises(NotFound):
        service.agreement(officer, codes.example("TT"))
    with pytest.raises(NotFound):
        service.end_agreement(officer, codes.example("TT"), reason="x")
    with pytest.raises(NotFound):
        service.write_agreement(officer, codes.example("TC"), **TERMS)
    assert agreements.title("Thỏa thuận cũ 01/2026") == "Thỏa thuận cũ 01/2026"


def test_only_the_officer_writes_agreements(cast, office):
    for role in set(cast) - {"protection_officer"}:
        with pytest.raises(Forbidden):
            service.write_agreement(cast[role], office, **TERMS)
        with pytest.raises(Forbidden):
            service.all_agreements(cast[role])


def test_whoever_is_refused_the_form_leaves_a_line(app, client):
    sign_in_accounts()
    assert reader(client, "clerk").get("/agreements/new").status_code == 403
    assert reader(client, "protection_officer").get("/agreements/new").status_code == 200
    db.session.rollback()
    (line,) = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "access.admit"))
    assert (line.outcome, line.role, line.details) == ("forbidden", "clerk", {"permission": "agreement:write"})
