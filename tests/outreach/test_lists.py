"""The life of a list: what moves it, who may, and what they see before they do."""

from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import select, update

from kieubao.access.models import Account, AuditEntry
from kieubao.consent import ledger
from kieubao.consent.models import Weighed
from kieubao.consent.vocabulary import Channel, Purpose, State
from kieubao.db import db
from kieubao.ground import clock
from kieubao.ground.errors import Conflict, Forbidden, Invalid, NotFound, Stale
from kieubao.occasions import service as occasions
from kieubao.outreach import organizer, service
from kieubao.outreach.models import Grant, Issue, OutreachList
from tests import factories

EMAIL = [{"channel": "email", "value": "a@example.com"}]


@pytest.fixture
def drawn(cast):
    return factories.listed(cast["clerk"]).code


def state(code):
    db.session.rollback()
    return db.session.scalars(select(OutreachList.state).where(OutreachList.code == code)).one()


def approve(cast, code):
    service.submit(cast["clerk"], code)
    service.approve(cast["approver"], code, digest=service.preview(cast["approver"], code)["digest"])


def test_the_preview_gives_every_reason(cast):
    """One person for each way of being out, one in, and one in whom nothing reaches."""
    said = {
        "withdrawn": State.WITHDRAWN, "refused": State.REFUSED, "expired": State.GIVEN,
        "deceased": State.GIVEN, "restricted": State.GIVEN, "minor": State.GIVEN,
    }  # fmt: skip
    people = {name: factories.person(f"Nguyễn {name}", contact_points=EMAIL) for name in said}
    for name, one in people.items():
        until = {"on": clock.today() - timedelta(9), "valid_until": clock.today() - timedelta(1)}
        factories.consent(one.id, said[name], **(until if name == "expired" else {}))
    ledger.restand(people["deceased"].id, deceased_on=clock.today())
    ledger.restand(people["restricted"].id, restricted_at=clock.now())
    ledger.restand(people["minor"].id, adult_on=clock.today() + timedelta(1))
    factories.consent(factories.person("Trần elsewhere").id, channel=Channel.PHONE)
    factories.person("Trần no_consent")
    for points in (EMAIL, []):
        factories.consent(factories.person("Lê inside", contact_points=points).id)
    # One of another country, of whom this list says nothing.
    factories.consent(factories.person("Lan", country="PL").id)
    db.session.commit()
    seen = service.preview(cast["clerk"], factories.listed(cast["clerk"], countries=["CZ"]).code)
    assert (seen["inside"], seen["unreached"]) == (2, 1)
    assert (seen["countries"], seen["channels"]) == ({"CZ": 2}, {"email": 2})
    assert seen["outside"] == dict.fromkeys([*said, "other_channel", "no_consent"], 1)


def test_publishing_freezes_those_and_only_those_who_were_in(cast, drawn):
    stays, leaves = (factories.person(name) for name in ("An", "Bình"))
    for one in (stays, leaves):
        factories.consent(one.id)
    approve(cast, drawn)
    factories.consent(leaves.id, State.WITHDRAWN)
    sheet = service.publish(cast["approver"], drawn)
    joins = factories.person("Chi")
    factories.consent(joins.id)
    assert [issue["people"] for issue in sheet["issues"]] == [1]
    assert db.session.scalars(select(Weighed.person_id).where(Weighed.verdict == "in")).all() == [stays.id]


def test_each_issue_is_approved_again_and_supersedes_the_last(cast, drawn):
    approve(cast, drawn)
    first = service.publish(cast["approver"], drawn)["issues"][0]
    with pytest.raises(Conflict, match="was used"):
        service.publish(cast["approver"], drawn)
    factories.consent(factories.person().id)
    approve(cast, drawn)
    second, before = service.publish(cast["approver"], drawn)["issues"]
    assert (second["number"], before["code"], before["state"]) == (2, first["code"], "superseded")
    assert second["digest"] != first["digest"]


def test_what_becomes_of_one_list_is_nothing_to_another(cast, drawn):
    other = factories.listed(cast["clerk"]).code
    for code in (other, drawn, drawn):
        approve(cast, code)
        service.publish(cast["approver"], code)
        factories.consent(factories.person().id)
    office = db.session.get(Account, cast["organizer"].id).organisation.code
    terms = {"fields": ["name"], "formats": ["csv"], "until": clock.today(), "agreement": factories.agreement(office)}
    for code in (drawn, other):
        service.grant(cast["approver"], code, organisation=office, **terms)

    def issues(code):
        seen = service.read(cast["approver"], code)["issues"]
        return [(one["number"], one["state"], len(one["grants"])) for one in seen]

    assert (issues(drawn), issues(other)) == ([(2, "current", 1), (1, "superseded", 0)], [(1, "current", 1)])
    service.close(cast["approver"], drawn)
    assert (issues(drawn), issues(other)) == ([(2, "recalled", 1), (1, "superseded", 0)], [(1, "current", 1)])
    with pytest.raises(Conflict, match="no issue in force"):
        service.grant(cast["approver"], drawn, organisation=office, **terms)


def test_an_issue_expires_by_itself(cast, drawn):
    """Whom a list names is asked anew after ninety days; the issue of before is opened to nobody any more."""
    approve(cast, drawn)
    service.publish(cast["approver"], drawn)
    office = db.session.get(Account, cast["organizer"].id).organisation.code
    agreement, published = factories.agreement(office), clock.now()

    def grant(days):
        until = clock.today() + timedelta(days=days)
        terms = {"fields": ["name"], "formats": ["csv"], "until": until, "agreement": agreement}
        return service.grant(cast["approver"], drawn, **terms)

    with time_machine.travel(published + timedelta(days=89), tick=False):
        with pytest.raises(Invalid, match="90 days from its publication") as wrong:
            grant(2)
        assert wrong.value.field == "until"
        grant(1)
    for days, stands in ((90, "current"), (91, "expired")):
        with time_machine.travel(published + timedelta(days=days), tick=False):
            assert service.read(cast["approver"], drawn)["issues"][0]["state"] == stands
            # A grant of before there was such a day opens it no longer either.
            db.session.execute(update(Grant).values(until=clock.today()))
            db.session.commit()
            assert len(organizer.granted(cast["organizer"])) == (stands == "current")
            assert len(service.grants(cast["protection_officer"])) == (stands == "current")
    with time_machine.travel(published + timedelta(days=91), tick=False), pytest.raises(Invalid, match="or publish"):
        grant(0)
    approve(cast, drawn)
    assert [one["state"] for one in service.publish(cast["approver"], drawn)["issues"]] == ["current", "superseded"]
    # What was replaced, or recalled, is that for good.
    with time_machine.travel(published + timedelta(days=300), tick=False):
        stood = [one["state"] for one in service.read(cast["approver"], drawn)["issues"]]
    assert stood == ["expired", "superseded"]


def test_an_approval_binds_what_was_previewed(cast, drawn):
    service.submit(cast["clerk"], drawn)
    previewed = service.preview(cast["approver"], drawn)["digest"]
    factories.consent(factories.person().id)
    with pytest.raises(Conflict, match="no longer what you saw"):
        service.approve(cast["approver"], drawn, digest=previewed)
    assert state(drawn) == "submitted"


@pytest.mark.parametrize("reached", ["submitted", "approved"])
def test_an_edit_makes_it_a_draft_again(cast, drawn, reached):
    if reached == "approved":
        approve(cast, drawn)
    else:
        service.submit(cast["clerk"], drawn)
    version = service.read(cast["clerk"], drawn)["version"]
    edited = service.edit(cast["clerk"], drawn, version=version, values={"title": "Khách mời khác"})
    assert edited["state"] == "draft"
    with pytest.raises(Conflict, match="Only an approved"):
        service.publish(cast["approver"], drawn)


def test_a_stale_edit_shows_both_versions(cast, drawn):
    service.edit(cast["clerk"], drawn, version=1, values={"title": "của tôi"})
    with pytest.raises(Stale) as refused:
        service.edit(cast["clerk"], drawn, version=1, values={"title": "của bạn"})
    assert (refused.value.theirs, refused.value.yours) == ({"title": "của tôi"}, {"title": "của bạn"})


def test_nobody_approves_a_list_of_their_own(cast, drawn):
    """Roles keep authors and approvers apart; so does the list, should somebody's role have changed."""
    service.submit(cast["clerk"], drawn)
    author = db.session.get(Account, cast["clerk"].id)
    author.role = "approver"
    db.session.commit()
    now_approver = factories.actor_for(author)
    digest = service.preview(now_approver, drawn)["digest"]
    for act in (
        lambda: service.approve(now_approver, drawn, digest=digest),
        lambda: service.send_back(now_approver, drawn, remarks="r"),
    ):
        with pytest.raises(Forbidden, match="of their own"):
            act()
    assert state(drawn) == "submitted"
    last = db.session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc())).first()
    assert (last.action, last.outcome) == ("outreach.send_back", "forbidden")


def test_nobody_publishes_a_list_of_their_own(cast, drawn):
    approve(cast, drawn)
    author = db.session.get(Account, cast["clerk"].id)
    author.role = "approver"
    db.session.commit()
    with pytest.raises(Forbidden, match="of their own"):
        service.publish(factories.actor_for(author), drawn)
    assert state(drawn) == "approved"


def test_a_closed_list_is_changed_no_more(cast, drawn):
    service.close(cast["approver"], drawn)
    with pytest.raises(Conflict, match="closed list"):
        service.edit(cast["clerk"], drawn, version=2, values={"title": "Khách mời khác"})


def test_the_trail_names_what_was_changed_and_nothing_that_stayed(cast, drawn):
    title = service.read(cast["clerk"], drawn)["title"]
    service.edit(cast["clerk"], drawn, version=1, values={"title": title, "channels": ["phone"]})
    last = db.session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc())).first()
    assert (last.action, last.details["fields"]) == ("outreach.edit", ["channels"])


# From each state, the moves that are refused.
WRONG = {
    "draft": ["approve", "send_back", "publish", "grant"],
    "submitted": ["submit", "publish", "grant"],
    "approved": ["submit", "approve", "send_back", "grant"],
    "closed": ["submit", "approve", "send_back", "publish", "close", "grant"],
}


@pytest.mark.parametrize(("reached", "move"), [(reached, move) for reached in WRONG for move in WRONG[reached]])
def test_moves_out_of_turn_are_refused_and_change_nothing(cast, drawn, reached, move):
    if reached == "submitted":
        service.submit(cast["clerk"], drawn)
    elif reached == "approved":
        approve(cast, drawn)
    elif reached == "closed":
        service.close(cast["approver"], drawn)
    office = db.session.get(Account, cast["organizer"].id).organisation.code
    terms = {"organisation": office, "fields": ["name"], "formats": ["csv"], "until": clock.today()}
    terms["agreement"] = factories.agreement(office)
    seen = service.preview(cast["approver"], drawn)["digest"]
    moves = {
        "submit": lambda: service.submit(cast["clerk"], drawn),
        "approve": lambda: service.approve(cast["approver"], drawn, digest=seen),
        "send_back": lambda: service.send_back(cast["approver"], drawn, remarks="r"),
        "publish": lambda: service.publish(cast["approver"], drawn),
        "close": lambda: service.close(cast["approver"], drawn),
        "grant": lambda: service.grant(cast["approver"], drawn, **terms),
    }
    with pytest.raises(Conflict):
        moves[move]()
    assert state(drawn) == reached
    assert db.session.scalars(select(Issue)).all() == []


def test_sent_back_with_remarks_it_can_be_submitted_again(cast, drawn):
    service.submit(cast["clerk"], drawn)
    returned = service.send_back(cast["approver"], drawn, remarks="Thiếu kiều bào Lào")
    assert (returned["state"], returned["remarks"]) == ("draft", "Thiếu kiều bào Lào")
    assert service.submit(cast["clerk"], drawn)["state"] == "submitted"


@pytest.mark.parametrize("wanted", [{"provinces": ["68"]}, {"communes": ["22435"]}])
def test_a_filter_beyond_ones_scope_is_refused(cast, wanted):
    occasion = occasions.hold(cast["clerk"], kind="event", title="t")["code"]
    values = {"title": "t", "purpose": "events", "channels": ["email"], "fields": ["name"], "filter": wanted}
    with pytest.raises(Forbidden, match="beyond the units"):
        service.draft(cast["clerk"], occasion=occasion, **values)
    assert service.all_lists(cast["clerk"]) == []


def test_a_list_of_the_province_is_not_there_for_a_commune(cast, drawn):
    clerk, approver = (factories.actor(role, ["18673"]) for role in ("clerk", "approver"))
    office = db.session.get(Account, cast["organizer"].id).organisation.code
    terms = {"fields": ["name"], "formats": ["csv"], "until": clock.today(), "agreement": factories.agreement(office)}
    assert service.all_lists(approver) == []
    for act in (
        lambda: service.read(clerk, drawn),
        lambda: service.preview(clerk, drawn),
        lambda: service.edit(clerk, drawn, version=1, values={"title": "của xã"}),
        lambda: service.submit(clerk, drawn),
        lambda: service.approve(approver, drawn, digest="d"),
        lambda: service.send_back(approver, drawn, remarks="r"),
        lambda: service.publish(approver, drawn),
        lambda: service.grant(approver, drawn, **terms),
        lambda: service.close(approver, drawn),
    ):
        with pytest.raises(NotFound):
            act()
    assert state(drawn) == "draft"


def test_a_commune_list_holds_nobody_from_elsewhere(cast):
    near = factories.person("An", home_unit="2025:18673")
    far = factories.person("Bình", home="Phường Thành Sen", home_unit="2025:18073")
    for one in (near, far):
        factories.consent(one.id)
    of_commune = factories.listed(factories.actor("clerk", ["18673"])).code
    seen = service.preview(cast["approver"], of_commune)
    assert (seen["inside"], seen["outside"]) == (1, {})


@pytest.mark.parametrize(
    ("wrong", "field"),
    [({"until": clock.today() + timedelta(31)}, "until"), ({"until": clock.today() - timedelta(1)}, "until"),
     ({"fields": ["name", "workplace"]}, "fields")],
)  # fmt: skip
def test_a_grant_keeps_to_its_limits(cast, drawn, wrong, field):
    approve(cast, drawn)
    service.publish(cast["approver"], drawn)
    office = db.session.get(Account, cast["organizer"].id).organisation.code
    terms = {
        "fields": ["name"],
        "formats": ["csv"],
        "until": clock.today(),
        "agreement": factories.agreement(office),
        **wrong,
    }
    with pytest.raises(Invalid) as refused:
        service.grant(cast["approver"], drawn, organisation=office, **terms)
    assert refused.value.field == field


def test_an_issue_is_open_to_an_organisation_once_at_a_time(cast, drawn):
    approve(cast, drawn)
    service.publish(cast["approver"], drawn)
    other = factories.account("organizer", organisation="Hội Liên lạc").organisation.code
    office = db.session.get(Account, cast["organizer"].id).organisation.code

    def grant(organisation, day):
        cited = {"agreement": factories.agreement(organisation, number=f"{day}/{organisation}")}
        terms = {"fields": ["name"], "formats": ["csv"], "until": day, **cited}
        return service.grant(cast["approver"], drawn, organisation=organisation, **terms)["grant"]

    today, tomorrow = clock.today(), clock.today() + timedelta(1)
    assert grant(office, today) != grant(other, today)
    with pytest.raises(Conflict, match="open to this organisation already"):
        grant(office, tomorrow)
    with time_machine.travel(clock.now() + timedelta(1), tick=False):
        assert grant(office, tomorrow)


def test_another_purpose_needs_its_own_yes(cast):
    person = factories.person()
    factories.consent(person.id, purpose=Purpose.EVENTS)
    calls = factories.listed(cast["clerk"], purpose=Purpose.INVESTMENT).code
    assert service.preview(cast["clerk"], calls)["outside"] == {"no_consent": 1}
