"""Whoever was handed somebody's data is told to stop, for each file, at once; and says that it was heeded."""

from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import select

from kieubao.access.models import Account, AuditEntry
from kieubao.consent import handover, ledger, stops, unions
from kieubao.consent.models import ConsentEvent, StopNotice
from kieubao.consent.vocabulary import Channel, Purpose, State
from kieubao.db import db
from kieubao.ground import clock
from kieubao.ground.errors import NotFound
from kieubao.outreach import issues, organizer, service
from kieubao.outreach.models import Grant, Issue
from kieubao.outreach.vocabulary import Format
from kieubao.people import merges
from kieubao.people.merges import Pair
from tests import factories

AGO = clock.today() - timedelta(days=30)
BOTH = (Channel.EMAIL, Channel.PHONE)


@pytest.fixture
def guests(app):
    """Three people who agreed to e-mail and to the telephone, a month ago."""
    made = [factories.person(f"Nguyễn Văn {name}") for name in ("An", "Bình", "Chi")]
    for one in made:
        for channel in BOTH:
            factories.consent(one.id, channel=channel, on=AGO)
    return made


@pytest.fixture
def issue(cast, guests):
    return factories.published(cast["clerk"], cast["approver"], cast["organizer"], channels=BOTH).code


def take(actor, code):
    pulled = organizer.pull(actor, code, reason="in giấy mời", format=Format.CSV)
    pulled.content.close()
    return pulled.pull


def told(actor, code):
    """Of each pull of an organisation, the earliest first: whom it is told of, and what is left to reach them by."""
    made = organizer.made_pulls(actor, code)
    db.session.rollback()
    return [[(one["code"], one["still"]) for one in pull["notices"]] for pull in reversed(made)]


def heeded(actor, code, pull):
    """Acknowledge what is seen of a pull now."""
    seen = {one["code"]: one["last_notice"] for one in organizer.made_pulls(actor, code)}
    db.session.rollback()
    return organizer.acknowledge(actor, pull, notice=seen[pull] or 1)


WAYS = {
    "withdrawn": lambda one: [factories.consent(one.id, State.WITHDRAWN, channel=channel) for channel in BOTH],
    "refused": lambda one: [factories.consent(one.id, State.REFUSED, channel=channel) for channel in BOTH],
    "dead": lambda one: ledger.restand(one.id, deceased_on=clock.today()),
    "restricted": lambda one: ledger.restand(one.id, restricted_at=clock.now()),
    "a child": lambda one: ledger.restand(one.id, adult_on=clock.today() + timedelta(1)),
    "erased": lambda one: ledger.forget([one.id]),
}


@pytest.mark.parametrize("way", WAYS)
def test_whoever_has_them_is_told_at_once_for_each_file(cast, guests, issue, way):
    for _time in range(2):
        take(cast["organizer"], issue)
    assert told(cast["organizer"], issue) == [[], []]
    WAYS[way](guests[1])
    db.session.commit()
    take(cast["organizer"], issue)
    assert told(cast["organizer"], issue) == [[(guests[1].code, [])]] * 2 + [[]]
    (sheet, *_others) = service.read(cast["approver"], factories_list(issue))["issues"][0]["pulls"][::-1]
    assert (sheet["waiting"], sheet["overdue"], sheet["stopped"]) == (1, False, 1)
    assert sheet["since"] == clock.today()


def factories_list(issue):
    return db.session.scalars(select(Issue).where(Issue.code == issue)).one().outreach_list.code


def test_of_one_channel_they_are_told_which_is_left(cast, guests, issue):
    take(cast["organizer"], issue)
    factories.consent(guests[0].id, State.WITHDRAWN, channel=Channel.EMAIL)
    factories.consent(guests[1].id, State.WITHDRAWN, channel=Channel.SMS)
    factories.consent(guests[1].id, State.WITHDRAWN, Purpose.INVESTMENT, Channel.PHONE)
    assert told(cast["organizer"], issue) == [[(guests[0].code, ["phone"])]]
    (pull,) = organizer.made_pulls(cast["organizer"], issue)
    assert (pull["stop"], pull["waiting"]) == ([], 1)


def test_a_no_that_does_not_count_tells_nobody(cast, guests, issue):
    """One that was signed before the yes; and one that was said before the file was made."""
    early = AGO - timedelta(1)
    take(cast["organizer"], issue)
    factories.consent(guests[0].id, State.WITHDRAWN, on=early)
    assert told(cast["organizer"], issue) == [[]]
    factories.consent(guests[1].id, State.WITHDRAWN)
    take(cast["organizer"], issue)
    factories.consent(guests[1].id, State.WITHDRAWN, Purpose.INVESTMENT)
    assert told(cast["organizer"], issue) == [[(guests[1].code, ["phone"])], []]


def test_what_never_left_tells_nobody(cast, guests):
    what = handover.What("LL-1", Purpose.EVENTS)
    held = handover.prepare(cast["organizer"].organisation_id, what, handover.watermark(), [guests[0].id])
    factories.consent(guests[0].id, State.WITHDRAWN)
    assert stops.waiting([held.id]) == {}


def test_what_is_heeded_waits_no_longer_and_a_later_no_is_told_anew(cast, guests, issue):
    pull, other = take(cast["organizer"], issue), take(cast["organizer"], issue)
    factories.consent(guests[0].id, State.WITHDRAWN)
    assert heeded(cast["organizer"], issue, pull) == {"issue": issue, "pull": pull, "acknowledged": 1}
    entry = db.session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc())).first()
    assert (entry.action, entry.found, entry.details) == ("outreach.acknowledge", 1, {"issue": issue, "pull": pull})
    db.session.rollback()
    assert told(cast["organizer"], issue) == [[], [(guests[0].code, ["phone"])]]
    assert heeded(cast["organizer"], issue, pull)["acknowledged"] == 0
    by = db.session.scalars(select(StopNotice.acknowledged_by).where(StopNotice.acknowledged_at.is_not(None))).all()
    assert by == [cast["organizer"].id]
    factories.consent(guests[0].id, State.WITHDRAWN, channel=Channel.PHONE)
    assert told(cast["organizer"], issue) == [[(guests[0].code, [])]] * 2
    assert heeded(cast["organizer"], issue, other)["acknowledged"] == 2


def test_what_was_not_seen_is_not_acknowledged(cast, guests, issue):
    """While the organizer reads, one more says no, and who could be reached by telephone no longer can."""
    pull = take(cast["organizer"], issue)
    factories.consent(guests[0].id, State.WITHDRAWN)
    (seen,) = organizer.made_pulls(cast["organizer"], issue)
    db.session.rollback()
    factories.consent(guests[0].id, State.WITHDRAWN, channel=Channel.PHONE)
    factories.consent(guests[1].id, State.WITHDRAWN)
    assert organizer.acknowledge(cast["organizer"], pull, notice=seen["last_notice"])["acknowledged"] == 1
    assert dict(told(cast["organizer"], issue)[0]) == {guests[0].code: [], guests[1].code: ["phone"]}


def test_what_was_acknowledged_is_not_told_again_by_something_else(cast, guests, issue):
    pull = take(cast["organizer"], issue)
    factories.consent(guests[0].id, State.WITHDRAWN)
    heeded(cast["organizer"], issue, pull)
    factories.consent(guests[0].id, State.REFUSED, Purpose.INVESTMENT)
    ledger.restand(guests[0].id, adult_on=clock.today() - timedelta(9_000))
    db.session.commit()
    assert told(cast["organizer"], issue) == [[]]


def test_who_stands_out_already_is_not_told_again_by_what_they_say(cast, guests, issue):
    pull = take(cast["organizer"], issue)
    ledger.restand(guests[0].id, restricted_at=clock.now())
    db.session.commit()
    heeded(cast["organizer"], issue, pull)
    factories.consent(guests[0].id, State.REFUSED, Purpose.INVESTMENT)
    assert told(cast["organizer"], issue) == [[]]


def test_a_yes_in_one_breath_with_a_no_tells_nobody(cast, guests):
    """The file was for e-mail; they renew that, and refuse the telephone."""
    code = factories.published(cast["clerk"], cast["approver"], cast["organizer"], channels=[Channel.EMAIL]).code
    take(cast["organizer"], code)
    last = db.session.scalars(select(ConsentEvent).order_by(ConsentEvent.id.desc())).first()
    proof = {"method": "paper", "signed_at": clock.now(), "evidence": "phiếu 2", "notice_id": last.notice_id}
    said = ((Channel.EMAIL, State.RENEWED), (Channel.PHONE, State.WITHDRAWN))
    ledger.record([ledger.Word(guests[0].id, Purpose.EVENTS, *one, **proof) for one in said], None)
    db.session.commit()
    assert told(cast["organizer"], code) == [[]]


def test_of_a_file_that_does_not_say_its_channels_any_no_is_told(cast, guests):
    what = handover.What("LL-1", Purpose.EVENTS)
    held = handover.prepare(cast["organizer"].organisation_id, what, handover.watermark(), [guests[0].id])
    assert handover.seal(held)
    db.session.commit()
    factories.consent(guests[0].id, State.WITHDRAWN, channel=Channel.SMS)
    assert stops.waiting([held.id])[held.id].people == 1


def test_nobody_acknowledges_for_another_organisation(cast, guests, issue):
    pull = take(cast["organizer"], issue)
    factories.consent(guests[0].id, State.WITHDRAWN)
    stranger = factories.actor("organizer", organisation="Hội khác")
    for code in (pull, "LL-7F3Q-9XKC-2"):
        with pytest.raises(NotFound):
            organizer.acknowledge(stranger, code, notice=99)
    assert organizer.to_acknowledge(stranger) == []
    assert told(cast["organizer"], issue) == [[(guests[0].code, ["phone"])]]


def test_each_organisation_is_told_of_its_own_files(cast, guests, issue):
    other = factories.actor("organizer", organisation="Sở Tài chính")
    office, first = db.session.get(Account, other.id).organisation.code, db.session.scalars(select(Grant)).one()
    terms = issues.Terms(first.fields, first.formats, first.until, factories.agreement(office))
    issues.grant(db.session.get(Issue, first.issue_id), office, terms, cast["approver"].id)
    db.session.commit()
    take(cast["organizer"], issue)
    mine = take(other, issue)
    factories.consent(guests[2].id, State.WITHDRAWN)
    heeded(other, issue, mine)
    assert told(other, issue) == [[]]
    assert told(cast["organizer"], issue) == [[(guests[2].code, ["phone"])]]


def test_what_waits_is_found_though_the_issue_is_open_no_more(cast, guests, issue):
    pull = take(cast["organizer"], issue)
    take(cast["organizer"], issue)
    with time_machine.travel(clock.now() + timedelta(days=2)):
        assert organizer.granted(cast["organizer"]) == []
        db.session.rollback()
        factories.consent(guests[0].id, State.WITHDRAWN)
        factories.consent(guests[1].id, State.WITHDRAWN)
        (later, earlier) = organizer.to_acknowledge(cast["organizer"])
        assert (earlier["pull"], earlier["issue"], earlier["waiting"]) == (pull, issue, 2)
        assert (earlier["title"], earlier["since"], earlier["overdue"]) == ("Khách mời", clock.today(), False)
        heeded(cast["organizer"], issue, pull)
        assert [one["pull"] for one in organizer.to_acknowledge(cast["organizer"])] == [later["pull"]]


def test_to_close_a_list_recalls_every_file_of_it_whole(cast, guests, issue):
    before = take(cast["organizer"], issue)
    factories.consent(guests[0].id, State.WITHDRAWN)
    heeded(cast["organizer"], issue, before)
    another = factories.published(cast["clerk"], cast["approver"], cast["organizer"], channels=BOTH).code
    take(cast["organizer"], another)
    service.close(cast["approver"], factories_list(issue))
    (pull,) = organizer.made_pulls(cast["organizer"], issue)
    assert (pull["waiting"], pull["people"], pull["recalled"], pull["notices"]) == (3, 3, True, [])
    assert told(cast["organizer"], another) == [[]]
    assert service.read(cast["approver"], factories_list(issue))["issues"][0]["pulls"][0]["stopped"] == 3
    assert heeded(cast["organizer"], issue, before)["acknowledged"] == 3
    (pull,) = organizer.made_pulls(cast["organizer"], issue)
    assert (pull["waiting"], pull["recalled"]) == (0, True)


def test_what_waits_for_five_days_is_asked_after(cast, guests, issue):
    pull = take(cast["organizer"], issue)
    factories.consent(guests[0].id, State.WITHDRAWN)

    def overdue():
        (sheet,) = service.read(cast["approver"], factories_list(issue))["issues"][0]["pulls"]
        return sheet["overdue"]

    for days, is_late in ((4, False), (5, True)):
        with time_machine.travel(clock.now() + timedelta(days=days)):
            assert overdue() == is_late
    heeded(cast["organizer"], issue, pull)
    with time_machine.travel(clock.now() + timedelta(days=9)):
        assert not overdue()


def test_who_was_merged_is_told_of_as_the_file_knows_them(cast, guests, issue):
    """What was refused under one record is refused under both, from the merge on."""
    one, other, third = guests
    take(cast["organizer"], issue)
    again = factories.person("Nguyễn Văn An")
    merges.merge(cast["approver"], Pair(again.id, 1, one.id, 1), ())
    db.session.commit()
    assert told(cast["organizer"], issue) == [[]]
    factories.consent(again.id, State.WITHDRAWN)
    assert told(cast["organizer"], issue) == [[(one.code, ["phone"])]]
    refused = factories.person("Trần Văn Bình")
    factories.consent(refused.id, State.REFUSED, channel=Channel.PHONE, on=AGO - timedelta(3))
    merges.merge(cast["approver"], Pair(refused.id, 1, other.id, 1), ())
    db.session.commit()
    assert told(cast["organizer"], issue) == [sorted([(one.code, ["phone"]), (other.code, ["email"])])]
    assert third.code not in dict(told(cast["organizer"], issue)[0])


def test_where_a_merge_is_undone_whoever_took_them_meanwhile_is_told(cast, guests, issue):
    """They were let into the file by what the other had said, and it may hold what the other had left."""
    kept, gone, _third = guests
    take(cast["organizer"], issue)
    stood = unions.unite(kept.id, gone.id, {})
    db.session.commit()
    drawn = factories.published(cast["clerk"], cast["approver"], cast["organizer"], channels=BOTH).code
    take(cast["organizer"], drawn)
    what = handover.What("LL-1", Purpose.EVENTS)
    never = handover.prepare(cast["organizer"].organisation_id, what, handover.watermark(), [kept.id])
    unions.part(kept.id, gone.id, stood, stood, None)
    db.session.commit()
    # Of the file that was made before the merge nothing is in doubt; and what never left is nowhere.
    assert told(cast["organizer"], issue) == [[]]
    assert told(cast["organizer"], drawn) == [[(kept.code, ["email", "phone"])]]
    assert stops.waiting([never.id]) == {}
