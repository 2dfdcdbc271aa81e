"""Why somebody is in an issue or out of it: kept as it was, equal to an oracle of its own, told of one person."""

import random
import threading
import time
from collections import defaultdict
from datetime import timedelta
from itertools import product

import pytest
from sqlalchemy import select, text, update

from kieubao.access.models import AuditEntry
from kieubao.consent import ledger
from kieubao.consent.models import ConsentEvent, Standing, Weighed
from kieubao.consent.vocabulary import Channel, Purpose, State
from kieubao.db import db
from kieubao.ground import clock
from kieubao.ground.errors import Conflict, NotFound
from kieubao.outreach import service
from kieubao.outreach.models import Issue
from kieubao.people import erasure, merges
from kieubao.people.merges import Pair
from kieubao.people.models import Person
from kieubao.walls import Sight, confined
from tests import factories

CHANNELS = (Channel.EMAIL, Channel.PHONE, Channel.POST)
PURPOSES = (Purpose.EVENTS, Purpose.INVESTMENT)


@pytest.fixture
def drawn(cast):
    return factories.listed(cast["clerk"]).code


def published(cast, code):
    service.submit(cast["clerk"], code)
    service.approve(cast["approver"], code, digest=service.preview(cast["approver"], code)["digest"])
    return service.publish(cast["approver"], code)["issues"][0]


def crowd(chance, count):
    """People who said whatever people say, in whatever order, some of whom died or are children."""
    day = clock.today()
    for number in range(count):
        one = factories.person(f"Nguyễn {number}", country=chance.choice(["CZ", "KR"]))
        for _line in range(chance.randrange(5)):
            state = chance.choice([*State, State.GIVEN])
            until = {"valid_until": day - timedelta(chance.choice([1, 0, -1]))} if state in {"given", "renewed"} else {}
            on = day - timedelta(chance.randrange(2, 5))
            said = {"purpose": chance.choice(PURPOSES), "channel": chance.choice(CHANNELS)}
            factories.consent(one.id, state, on=on, **said, **(until if chance.random() < 0.4 else {}))
        stands = {"deceased_on": day, "restricted_at": clock.now(), "adult_on": day + timedelta(1)}
        if chance.random() < 0.2:
            name = chance.choice([*stands])
            ledger.restand(one.id, **{name: stands[name]})
    db.session.commit()


def oracle(purpose, channels):
    """Say of everybody why they are out, or which line lets them in, from the lines and nothing else."""
    last = {}
    events = db.session.scalars(select(ConsentEvent).where(ConsentEvent.purpose == purpose))
    for event in sorted(events, key=lambda one: (one.signed_at, one.state not in {"given", "renewed"}, one.id)):
        last[event.subject, event.channel] = event
    said = defaultdict(dict)
    for (subject, channel), event in last.items():
        said[subject][channel] = event
    stands = db.session.scalars(select(Standing)).all()
    return {one.person_id: judged(one, said[one.subject], channels) for one in stands}


def judged(stands, said, channels):
    words = {at: word(event) for at, event in said.items()}
    here = {words[at] for at in channels if at in words}
    yes = [said[at].id for at in channels if words.get(at) == "yes"]
    ways = [
        (stands.deceased_on, "deceased"),
        (stands.restricted_at, "restricted"),
        (stands.adult_on and stands.adult_on > clock.today(), "minor"),
        (yes, max(yes, default=None)),
        *((one in here, one) for one in ("withdrawn", "refused", "expired")),
        ("yes" in words.values(), "other_channel"),
    ]
    return next((why for is_so, why in ways if is_so), "no_consent")


def word(event):
    if event.state in {"given", "renewed"}:
        return "expired" if event.valid_until and event.valid_until < clock.today() else "yes"
    return event.state


def kept(code):
    """What an issue keeps of everybody whom its list named."""
    issue = db.session.scalars(select(Issue).where(Issue.code == code)).one()
    rows = select(Weighed.person_id, Weighed.verdict, Weighed.line).where(Weighed.issue_id == issue.id)
    why = {person: line if verdict == "in" else verdict for person, verdict, line in db.session.execute(rows)}
    inside = [one for one in why.values() if isinstance(one, int)]
    assert (issue.people, issue.omitted) == (len(inside), len(why) - len(inside))
    return why


def test_why_in_and_why_out_is_what_the_lines_say(cast):
    """A thousand pairs of people and lists, against an oracle that reads the ledger line by line."""
    chance = random.Random(6)
    crowd(chance, 130)
    pairs, met = 0, set()
    for purpose, channels in product(PURPOSES, ([Channel.EMAIL], [Channel.PHONE, Channel.POST])):
        for countries in (["CZ"], ["CZ", "KR"], ["KR"]):
            drawn = factories.listed(cast["clerk"], purpose=purpose, channels=channels, countries=countries)
            why = kept(published(cast, drawn.code)["code"])
            named = {*db.session.scalars(select(Person.id).where(Person.country.in_(countries)))}
            assert why == {one: said for one, said in oracle(purpose, channels).items() if one in named}
            pairs, met = pairs + len(why), met | {one if isinstance(one, str) else "in" for one in why.values()}
    assert pairs >= 1_000
    assert met == {
        "in", "deceased", "restricted", "minor", "withdrawn", "refused", "expired", "other_channel", "no_consent",
    }  # fmt: skip


def test_an_issue_says_what_it_changed_from_the_one_before(cast, drawn):
    stays, withdraws, moves, agrees = (factories.person(name) for name in ("An", "Bình", "Chi", "Dũng"))
    for one in (stays, withdraws, moves):
        factories.consent(one.id)
    # One who is out both times; and another list, of somebody else.
    factories.person("Hải")
    factories.consent(factories.person("Lan", country="PL").id)
    published(cast, factories.listed(cast["clerk"], countries=["PL"]).code)
    drawn = factories.listed(cast["clerk"], countries=["CZ"]).code
    first = published(cast, drawn)
    assert (first["people"], first["omitted"], first["changes"]) == (3, 2, None)
    factories.consent(withdraws.id, State.WITHDRAWN)
    factories.consent(agrees.id)
    factories.consent(factories.person("Giang").id)
    db.session.execute(update(Person).where(Person.id == moves.id).values(country="KR"))
    db.session.commit()
    second = published(cast, drawn)
    assert (second["people"], second["omitted"]) == (3, 2)
    assert second["changes"] == {
        "added": {"no_consent": 1, "unnamed": 1},
        "removed": {"unnamed": 1, "withdrawn": 1},
    }
    assert service.read(cast["clerk"], drawn)["issues"][1]["changes"] is None


def test_of_an_issue_from_before_this_was_kept_nothing_is_made_up(cast, drawn):
    factories.consent(factories.person().id)
    published(cast, drawn)
    db.session.execute(update(Issue).values(omitted=None))
    db.session.commit()
    assert published(cast, drawn)["changes"] is None


def test_a_person_is_told_why_they_are_on_lists_as_it_was_then(cast, drawn):
    guest, other = factories.person("An"), factories.person("Bình")
    factories.consent(guest.id)
    line = db.session.scalars(select(ConsentEvent.id)).one()
    first = published(cast, drawn)["code"]
    factories.consent(guest.id, State.WITHDRAWN)
    factories.consent(other.id)
    second = published(cast, drawn)["code"]
    (now, then) = service.why(cast["clerk"], guest.code)
    assert (now["code"], now["inside"], now["reason"], now["line"]) == (second, False, "withdrawn", None)
    assert (then["code"], then["inside"], then["reason"], then["line"]) == (first, True, None, line)
    assert (then["channel"], then["list"], then["state"]) == ("email", drawn, "superseded")
    assert then["signed_at"].date() <= clock.today()
    entry = db.session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc())).first()
    assert (entry.action, entry.found) == ("outreach.why", 2)
    assert entry.subject == db.session.get(Standing, guest.id).subject
    assert [one["reason"] for one in service.why(cast["approver"], other.code)] == [None, "no_consent"]


def test_nobody_out_of_scope_is_told_of_nor_a_list_that_reaches_further(cast, drawn):
    here, there = factories.person(), factories.person("Trần Văn Bình", home_unit="2025:18685")
    published(cast, drawn)
    near = factories.actor("clerk", ("18673",))
    with pytest.raises(NotFound):
        service.why(near, there.code)
    assert service.why(near, here.code) == []
    of_commune = factories.listed(near).code
    published(cast, of_commune)
    assert [one["list"] for one in service.why(near, here.code)] == [of_commune]
    assert [one["list"] for one in service.why(cast["clerk"], here.code)] == [of_commune, drawn]


def test_who_was_merged_is_told_of_either_record(cast, drawn):
    one, other = factories.person("An"), factories.person("An")
    factories.consent(other.id)
    published(cast, drawn)
    gone = other.code
    merges.merge(cast["approver"], Pair(one.id, 1, other.id, 1), ())
    db.session.commit()
    for code in (one.code, gone):
        assert sorted(str(told["reason"]) for told in service.why(cast["clerk"], code)) == ["None", "no_consent"]


def test_once_somebody_is_erased_no_line_and_no_reason_is_theirs(cast, drawn):
    """From what stays nobody can tell which lines of the ledger were theirs, or why they were left out."""
    guest, other = factories.person("An"), factories.person("Bình")
    factories.consent(guest.id)
    factories.consent(other.id, State.REFUSED)
    stays = factories.person("Chi")
    factories.consent(stays.id)
    published(cast, drawn)
    before = dict(rows_of(stays.id))
    ledger.forget([guest.id, other.id])
    db.session.commit()
    assert [rows_of(one.id) for one in (guest, other)] == [[("in", None)], [("erased", None)]]
    assert dict(rows_of(stays.id)) == before != {"in": None}


def rows_of(person_id):
    query = select(Weighed.verdict, Weighed.line).where(Weighed.person_id == person_id)
    return [tuple(row) for row in db.session.execute(query)]


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_whoever_is_erased_while_it_is_published_leaves_no_reason_in_it(app, cast, drawn):
    """The rows of an issue wait for the erasure, which has forgotten by then: it is refused, and published again."""
    people = [factories.person(name).id for name in ("An", "Bình")]
    factories.consent(people[0])
    service.submit(cast["clerk"], drawn)
    service.approve(cast["approver"], drawn, digest=service.preview(cast["approver"], drawn)["digest"])
    db.session.rollback()
    emptied, waits, came = threading.Event(), threading.Event(), []

    def erase():
        with app.app_context(), confined(Sight(everyone=True)):
            erasure.unmake(people)
            db.session.flush()
            emptied.set()
            waits.wait(20)
            db.session.commit()

    def publish():
        with app.app_context():
            try:
                service.publish(cast["approver"], drawn)
            except Conflict as error:
                came.append(error.message)

    acts = [threading.Thread(target=act) for act in (erase, publish)]
    acts[0].start()
    assert emptied.wait(20)
    acts[1].start()
    until_somebody_waits()
    waits.set()
    for act in acts:
        act.join()
    assert came == ["Somebody on this list was erased just now: publish it again"]
    assert db.session.scalars(select(Weighed.person_id)).all() == []
    assert service.publish(cast["approver"], drawn)["issues"][0]["people"] == 0


def until_somebody_waits():
    waiting = text("SELECT count(*) FROM pg_locks WHERE NOT granted")
    for _n in range(200):
        if db.session.scalar(waiting):
            break
        time.sleep(0.05)
    else:
        pytest.fail("nobody waits for the erasure")
    db.session.rollback()
