"""The start page counts what its queues hold, for each role and scope; and remembers whom somebody worked on."""

from dataclasses import replace

import pytest

from kieubao import LINES, worker
from kieubao.access import service as access
from kieubao.access.changes import Kind
from kieubao.access.roles import ASSIGNABLE, GRANTS, Role, Scope
from kieubao.consent import service as consent
from kieubao.db import db
from kieubao.duplicates import service as duplicates
from kieubao.homes import service as homes
from kieubao.intake import service as intake
from kieubao.occasions import agenda
from kieubao.occasions.turnout import Said
from kieubao.occasions.vocabulary import Answer, Obstacle
from kieubao.outreach import organizer, rosters
from kieubao.outreach import service as outreach
from kieubao.oversight import service as oversight
from kieubao.people import service as people
from kieubao.police import approval, office
from kieubao.police import service as police
from kieubao.registrations import service as registrations
from kieubao.responses import service as responses
from kieubao.retention import service as retention
from kieubao.rights import service as rights
from kieubao.visits import office as visits
from kieubao.workday import service
from tests import factories
from tests.pages.province import furnish


def waits(actor):
    return {one["words"]: one["total"] for one in service.mine(actor, LINES)["waits"]}


def of_clerk(actor):
    left = responses.left_to_do(actor)
    return {
        "Requests about people's own data": len(rights.queue(actor)),
        "Requests to be left alone, of whom it is not known": len(visits.all_pleas(actor)),
        "People whose answer leaves something to do": len({one["person"] for some in left.values() for one in some}),
        "Lists sent back to you": 0,
        "Registrations to look at": len(registrations.waiting(actor)),
        "Your files that are not taken in yet": sum(
            one["step"] in {"read", "laid_out", "tried"} for one in intake.all_imports(actor)
        ),
        "Messages to tell by hand": len(visits.to_tell(actor)),
        "People to be told that their data is held": retention.untold(actor)["count"],
        "Pairs that may be one person": duplicates.all_pairs(actor)["counts"]["open"],
        "Home places to settle": homes.all_unsettled(actor)["count"],
        "Records to confirm anew": retention.unconfirmed(actor)["count"],
    }


def of_approver(actor):
    made = outreach.all_lists(actor)
    return {
        "Requests about people's own data": len(rights.queue(actor)),
        "Lists to approve": sum(one["state"] == "submitted" for one in made),
        "Lists to publish": sum(one["state"] == "approved" and not one["is_spent"] for one in made),
        "Merges to confirm": duplicates.all_pairs(actor)["counts"]["proposed"],
        "Files with rows to decide on": 0,
        "Erasures to decide": sum(one["proposed"] for one in retention.expired(actor)["people"]),
        "Notices to approve": len(consent.notice_drafts(actor)),
        "Police desk: to agree to": len(approval.approvals(actor)),
    }


def of_officer(actor):
    desk, police_desk = oversight.desk(actor), office.queue(actor)
    return {
        "Breaches to report": len(desk["clocks"]),
        "Requests about people's own data": len(rights.queue(actor)),
        "Requests to be left alone, of whom it is not known": len(visits.all_pleas(actor)),
        "Rosters to approve too": sum(one["waits"] for one in rosters.rosters(actor)),
        "Changes of accounts to decide": len(access.waiting(actor)),
        "Findings to decide on": sum(desk["findings"].values()),
        "Reviews of accounts": len(desk["reviews"]),
        "Records whose time is over": retention.expired(actor)["count"],
        "Hand-over agreements that end soon": len(desk["agreements"]),
        "Police desk: to decide, and to tell": len(police_desk["waiting"]) + len(police_desk["to_tell"]),
    }


def of_organizer(actor):
    granted, told = organizer.granted(actor), organizer.to_acknowledge(actor)
    return {
        "People to stop contacting": sum(one["waiting"] for one in told),
        "Issues to download": sum(not organizer.made_pulls(actor, one["code"]) for one in granted),
    }


def of_police(actor):
    return {"Released to you: open for 72 hours": sum(one["answer"] == "open" for one in police.follow(actor))}


def of_head(actor):
    asked = police.follow(actor)
    return {"Requests to endorse": sum(one["answer"] == "waiting" and not one["endorsed_at"] for one in asked)}


QUEUES = {
    "clerk": of_clerk,
    "approver": of_approver,
    "protection_officer": of_officer,
    "organizer": of_organizer,
    "police": of_police,
    "police_head": of_head,
    "admin": lambda _actor: {},
}


def test_what_waits_is_what_the_queues_hold(app):
    cast = furnish().cast
    nobody = {role: factories.actor(role, units=["40"]) for role in QUEUES}
    for role, queues in QUEUES.items():
        expected = queues(cast[role])
        assert waits(cast[role]) == {words: many for words, many in expected.items() if many}, role
        seen = {one.words for one in LINES if one.permission in GRANTS[Role(role)]}
        assert set(expected) == seen, role
    # Of another province there is nothing that is about somebody.
    assert set(waits(nobody["clerk"])) == {"Requests to be left alone, of whom it is not known"}
    assert set(waits(nobody["approver"])) == {"Notices to approve"}
    assert not set(waits(nobody["organizer"])) | set(waits(nobody["police"])) | set(waits(nobody["police_head"]))


def test_something_of_almost_every_kind_is_tried(app):
    cast = furnish().cast
    tried = {words for role in QUEUES for words in waits(cast[role])}
    untried = {"Files with rows to decide on", "Rosters to approve too", "Lists sent back to you", "Lists to publish"}
    untried |= {"Issues to download", "Changes of accounts to decide"}
    untried |= {"People whose answer leaves something to do"}
    assert {one.words for one in LINES} - tried == untried


def test_what_is_late_comes_first_then_what_is_due_soonest(app):
    cast = furnish().cast
    told = service.mine(cast["protection_officer"], LINES)["waits"]
    assert [one["late"] for one in told] == sorted((one["late"] for one in told), reverse=True)
    for late in (True, False):
        days = [one["due_on"] for one in told if one["late"] is late and one["due_on"]]
        assert days
        assert days == sorted(days)


def test_a_list_that_is_sent_back_waits_for_its_author_and_one_approved_for_whoever_publishes(cast):
    drawn = factories.listed(cast["clerk"]).code
    outreach.submit(cast["clerk"], drawn)
    assert waits(cast["approver"])["Lists to approve"] == 1
    outreach.send_back(cast["approver"], drawn, remarks="ghi rõ nước")
    assert waits(cast["clerk"])["Lists sent back to you"] == 1
    assert "Lists sent back to you" not in waits(factories.actor("clerk"))
    outreach.submit(cast["clerk"], drawn)
    outreach.approve(cast["approver"], drawn, digest=outreach.preview(cast["approver"], drawn)["digest"])
    assert "Lists sent back to you" not in waits(cast["clerk"])
    assert waits(cast["approver"]) == {"Lists to publish": 1}
    outreach.publish(cast["approver"], drawn)
    assert waits(cast["approver"]) == {}


def test_an_issue_waits_until_it_is_pulled(cast):
    issue = factories.published(cast["clerk"], cast["approver"], cast["organizer"])
    assert waits(cast["organizer"]) == {"Issues to download": 1}
    organizer.pull(cast["organizer"], issue.code, reason="in giấy mời", format="csv").content.close()
    assert waits(cast["organizer"]) == {}


def test_an_answer_leaves_something_to_do_where_nobody_was_reached_and_nothing_was_changed_since(cast):
    person, occasion = factories.person(), agenda.hold({"kind": "event", "title": "Gặp mặt Tết"}).code
    db.session.commit()
    failed = Said(Answer.UNREACHED, channel="phone", obstacle=Obstacle.WRONG)
    responses.record(cast["clerk"], occasion, person.code, failed)
    assert waits(cast["clerk"])["People whose answer leaves something to do"] == 1
    people.amend(cast["clerk"], person.code, version=1, changes={"city": "Brno"})
    assert "People whose answer leaves something to do" not in waits(cast["clerk"])


def test_what_one_proposed_oneself_waits_for_somebody_else(cast):
    admin, officer = cast["admin"], cast["protection_officer"]
    clerk = db.session.get(factories.Account, cast["clerk"].id).username
    access.propose(admin, Kind.RESET, clerk, {})
    assert waits(officer)["Changes of accounts to decide"] == 1


def test_whom_somebody_worked_on_last(cast):
    clerk = cast["clerk"]
    some = [factories.person(f"Nguyễn Văn {name}") for name in ("An", "Bình", "Chi")]
    for one in (*some, some[0]):
        people.read(clerk, one.code)
    people.amend(clerk, some[1].code, version=1, changes={"city": "Brno"})
    recent = service.mine(clerk, LINES)["recent"]
    assert [one["name"] for one in recent] == ["Nguyễn Văn Bình", "Nguyễn Văn An", "Nguyễn Văn Chi"]
    assert [one["code"] for one in recent] == [some[1].code, some[0].code, some[2].code]
    assert service.mine(factories.actor("clerk"), LINES)["recent"] == []
    # Whoever lost the scope is not shown them by having seen them once.
    assert service.mine(replace(clerk, scope=Scope(frozenset({"40"}))), LINES)["recent"] == []


def test_whoever_may_not_open_records_is_shown_nobody(cast):
    made = factories.person()
    people.inspect(cast["protection_officer"], made.code, reason="khiếu nại 3/2026")
    assert service.mine(cast["protection_officer"], LINES)["recent"] == []


@pytest.mark.parametrize("role", sorted(ASSIGNABLE))
def test_on_an_empty_registry_there_is_nothing(cast, role):
    expected = {"Reviews of accounts": 1} if role == "protection_officer" else {}
    assert waits(cast[role]) == expected


def test_jobs_that_are_under_way_are_named(cast):
    code = access.have_verified(cast["protection_officer"])["code"]
    assert [one["code"] for one in service.mine(cast["protection_officer"], LINES)["jobs"]] == [code]
    worker.run(code)
    assert service.mine(cast["protection_officer"], LINES)["jobs"] == []
