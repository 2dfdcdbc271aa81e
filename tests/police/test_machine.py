"""Requests in whatever order people, workers and clocks come: what the desk promises holds at every step."""

from collections import defaultdict
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from itertools import count, pairwise

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, invariant, multiple, rule, run_state_machine_as_test
from sqlalchemy import func, select

from kieubao.consent import handover, ledger
from kieubao.db import db, writing
from kieubao.ground import clock
from kieubao.ground.errors import KieubaoError
from kieubao.outbox import Message
from kieubao.police import approval, limits, office, service, works
from kieubao.police.models import DisclosureDeferral, DisclosureNotice, DisclosureRequest, DisclosureSubject
from kieubao.police.models import DisclosureView as View
from kieubao.police.vocabulary import Delay, Item, Need
from kieubao.walls import Sight, confined
from tests import factories
from tests.police import asking
from tests.police.asking import asked, gives, one

BEGUN = datetime(2026, 8, 3, 3, 0, tzinfo=UTC)
UNITS = count(1)
HOURS = st.sampled_from([1, 24, 71, 72, 24 * 9, 24 * 16, 24 * 31])
RARELY, MOSTLY = st.sampled_from([False] * 5 + [True]), st.sampled_from([False] + [True] * 5)
CHIEFS = st.sampled_from(["chief", "other_chief"])
# What goes wrong is answered in words; anything else is a fault.
tried = suppress(KieubaoError)


class Desk(RuleBasedStateMachine):
    """One unit, its officer and head, two people on record; what was seen is written down beside."""

    d, clock_of = None, None
    requests = Bundle("requests")

    def __init__(self):
        super().__init__()
        self.clock_of.now = self.latest = BEGUN
        unit = f"Công an {next(UNITS)}"
        self.unit = {role: factories.actor(role, organisation=unit) for role in ("police", "police_head")}
        self.colleague = factories.actor("police", organisation=unit)
        self.insider = factories.actor("protection_officer", organisation=unit)
        self.unit_name = unit
        mail = {"channel": "email", "value": "dao@example.com", "verified_on": "2026-01-05"}
        self.people = [
            factories.person(f"Nguyễn Thị {name}", born="1968", contact_points=[mail]) for name in ("Đào", "Mai")
        ]
        self.codes, self.seen, self.restricted = [], defaultdict(list), set()
        # How late it was, at the latest, since each request was filed: a clock that was set back before is no matter.
        self.since = {}

    @contextmanager
    def look(self):
        db.session.rollback()
        with confined(Sight(everyone=True)):
            writing()
            yield
            db.session.rollback()

    def kept(self, code):
        self.codes.append(code)
        self.since[code] = self.clock_of.now
        return code

    @rule(target=requests, two=st.booleans(), need=st.sampled_from([Need.MISSING, Need.COURT]), wild=RARELY)
    def file(self, two, need, wild):
        people = [one("Nguyễn Thị Đào", items=("name", "contact")), one("Nguyễn Thị Mai")][: 1 + two]
        more = {"need": need, "issuer": "court", "own_registers": "để theo dõi" if wild else "ở nước ngoài"}
        with tried:
            return self.kept(service.file(self.unit["police"], asked(*people, **more))["code"])
        return multiple()

    @rule(target=requests)
    def enter(self):
        with tried:
            return self.kept(
                asking.entered(self.d, one("Nguyễn Thị Đào", items=("name", "contact")), unit=self.unit_name)
            )
        return multiple()

    @rule(code=requests, who=st.sampled_from(["police_head", "police"]), yes=MOSTLY)
    def endorse(self, code, who, *, yes):
        with tried:
            (service.endorse if yes else service.not_endorse)(self.unit[who], code)

    @rule(
        code=requests,
        outcomes=st.tuples(*[st.sampled_from(["give", "refuse", "absent"])] * 2),
        contact=st.booleans(),
        later=st.booleans(),
        inside=RARELY,
    )
    def decide(self, code, outcomes, *, contact, later, inside):
        with tried:
            asked_for = office.match(self.d.protection, code)["subjects"]
            decided = [self.decided(row, outcomes[row["number"] - 1], contact) for row in asked_for]
            office.decide(
                self.insider if inside else self.d.protection, code, decided, (Delay.LIFE, "x") if later else None
            )

    def decided(self, row, outcome, contact):
        items = ("contact",) if contact and "contact" in row["items"] else ("name",)
        person = None if outcome == "absent" else self.people[row["number"] - 1]
        return gives(person, row["number"], items if outcome == "give" else (), tuple(row["items"]), "email")

    @rule(code=requests, chief=CHIEFS, yes=MOSTLY)
    def approve(self, code, chief, *, yes):
        with tried:
            (approval.approve if yes else approval.not_approve)(getattr(self.d, chief), code)

    @rule(code=requests, who=st.sampled_from(["police", "colleague"]))
    def open(self, code, who):
        actor = self.unit["police"] if who == "police" else self.colleague
        with tried:
            self.saw(code, who, service.open(actor, code))

    @rule(code=requests)
    def reply(self, code):
        with tried:
            if (sheet := office.reply(self.d.protection, code))["people"]:
                self.saw(code, "desk", sheet)

    def saw(self, code, who, sheet):
        self.seen[code].append((who, self.since[code], [set(found["items"]) for found in sheet["people"]]))

    @rule(code=requests, later=st.booleans(), chief=CHIEFS)
    def go_on(self, code, later, chief):
        """Do what a request waits for, to its end: else few would come that far."""
        self.endorse(code, "police_head", yes=True)
        self.decide(code, ("give", "give"), contact=False, later=later, inside=False)
        self.approve(code, chief, yes=True)
        self.open(code, "police")

    @rule(code=requests)
    def renew(self, code):
        with tried:
            office.renew(self.d.protection, code, "vẫn bị đe dọa")

    @rule(code=requests, chief=CHIEFS)
    def approve_renewal(self, code, chief):
        with tried:
            approval.approve_renewal(getattr(self.d, chief), code)

    @rule(hours=HOURS)
    def wait(self, hours):
        self.clock_of.now += timedelta(hours=hours)
        # Whatever is done then says in the trail that it is so late.
        self.latest = max(self.latest, self.clock_of.now)
        self.since = {code: max(at, self.clock_of.now) for code, at in self.since.items()}
        with tried:
            service.overview(self.unit["police"])

    @rule(hours=HOURS)
    def set_back(self, hours):
        self.clock_of.now = max(BEGUN, self.clock_of.now - timedelta(hours=hours))

    @rule(times=st.integers(1, 2))
    def work(self, times):
        for _ in range(times):
            works.attend()

    @rule(place=st.integers(0, 1))
    def restrict(self, place):
        with self.look():
            ledger.restand(self.people[place].id, restricted_at=clock.now())
            db.session.commit()

    def rows(self, table, *columns):
        query = select(DisclosureRequest.code, *columns).join(
            DisclosureRequest, DisclosureRequest.id == table.request_id
        )
        return db.session.execute(query.where(DisclosureRequest.code.in_(self.codes))).all()

    @invariant()
    def three_people_of_two_organisations_have_signed_what_is_released(self):
        with self.look():
            query = select(DisclosureRequest).where(
                DisclosureRequest.code.in_(self.codes), DisclosureRequest.released_at.is_not(None)
            )
            for row in db.session.scalars(query):
                signed = [row.filed_by, row.endorsed_by, row.decided_by, row.approved_by]
                people = [who for who in signed if who]
                on_paper = 2 if row.by_desk else 0
                assert len({*people}) + on_paper >= 3, row.code
                assert len({*people}) == len(people) or row.by_desk
                assert row.office_id != row.unit_id
                assert row.approved_by or not row.checks
                assert row.ended is None

    @invariant()
    def nothing_is_shown_before_it_is_released_or_after_it_is_over(self):
        with self.look():
            released = dict(db.session.execute(select(DisclosureRequest.code, DisclosureRequest.released_at)).all())
            views = db.session.execute(select(View.request_id, func.count()).group_by(View.request_id)).all()
        assert all(times <= 3 for _request, times in views)
        for code, seen in self.seen.items():
            assert len(seen) <= 3
            for who, at, items in seen:
                assert who != "colleague"
                assert released[code] <= at < released[code] + timedelta(hours=72), (code, at)
                assert all(some <= {*Item} for some in items)

    @invariant()
    def whoever_is_restricted_is_shown_to_a_court_alone(self):
        with self.look():
            rows = self.rows(
                DisclosureSubject, DisclosureRequest.need, DisclosureRequest.checks, DisclosureSubject.pseudonym
            )
        assert all(need == Need.COURT for _code, need, checks, name in rows if name and "restricted" in checks)

    @invariant()
    def a_deferral_is_renewed_five_times_at_most_each_time_by_another(self):
        with self.look():
            number, by = DisclosureDeferral.number, DisclosureDeferral.approved_by
            rows = sorted(self.rows(DisclosureDeferral, number, by, DisclosureDeferral.proposed_by))
        approvers = defaultdict(list)
        for code, number, by, proposed in rows:
            assert number <= 5
            assert by != proposed
            approvers[code] += [by] if by else []
        assert all(one != other for some in approvers.values() for one, other in pairwise(some))

    @invariant()
    def whoever_was_found_is_told_once_and_not_before_its_time(self):
        with self.look():
            notices = self.rows(
                DisclosureNotice, DisclosureNotice.person_id, DisclosureNotice.tell_from, DisclosureNotice.way
            )
            texts = list(
                db.session.scalars(select(Message.text).where(Message.person_id.in_([p.id for p in self.people])))
            )
            found = self.rows(
                DisclosureSubject, DisclosureSubject.person_id, DisclosureRequest.ended, DisclosureRequest.released_at
            )
        for code, person, tell_from, sent in notices:
            of_it = [text for text in texts if code in text]
            # The relay takes nothing here: after a day they are told by hand, and no message is left.
            assert len(of_it) == len([row for row in notices if row[0] == code and row[3] == "relay"]), code
            assert sent is None or tell_from <= self.latest, (code, person)
        for code, person, ended, released in found:
            if person and (ended or released):
                assert (code, person) in {row[:2] for row in notices}, "somebody is to be told of everything"

    @invariant()
    def what_was_shown_is_seen_unless_it_is_put_off(self):
        with self.look():
            last = defaultdict(lambda: None)
            for code, until in self.rows(DisclosureDeferral, DisclosureDeferral.until):
                last[code] = max(filter(None, (last[code], until)), default=None)
            told = {row[0] for row in self.rows(DisclosureNotice, DisclosureNotice.way) if row[1]}
            visible = [held.source for person in self.people for held in handover.released(person.id)]
        for code, seen in self.seen.items():
            shown = sum(len(items) for _who, _at, items in seen)
            hidden = last[code] is not None and last[code] > self.clock_of.now and code not in told
            assert visible.count(code) == (0 if hidden else shown), code

    def teardown(self):
        """In the end everybody is told: no deferral ends in silence."""
        self.clock_of.now = self.latest = self.latest + timedelta(days=200)
        works.attend()
        with self.look():
            left = self.rows(DisclosureNotice, DisclosureNotice.way)
        assert all(sent for _code, sent in left)
        self.whoever_was_found_is_told_once_and_not_before_its_time()


class ClockOf:
    now = BEGUN


@pytest.fixture
def walked(app, monkeypatch):
    app.extensions["kieubao.relays"] = {"email"}
    monkeypatch.setattr(clock, "now", lambda: ClockOf.now)
    monkeypatch.setattr(clock, "today", lambda: clock.day_of(ClockOf.now))
    # Every walk has a quarter of its own, in one registry.
    monkeypatch.setattr(limits, "LEAST_A_QUARTER", 10**9)
    ClockOf.now = BEGUN
    d = asking.desk()

    def walk(**how):
        machine = type("Walk", (Desk,), {"d": d, "clock_of": ClockOf})
        run_state_machine_as_test(
            machine,
            settings=settings(
                deadline=None,
                database=None,
                suppress_health_check=list(HealthCheck),
                phases=(Phase.generate, Phase.shrink),
                derandomize=True,
                **how,
            ),
        )

    yield walk
    del app.extensions["kieubao.relays"]


def test_some_traces_keep_every_promise(walked):
    walked(max_examples=12, stateful_step_count=20)


@pytest.mark.slow
@pytest.mark.timeout(14_400)
def test_five_thousand_traces_keep_every_promise(walked):
    walked(max_examples=5_000, stateful_step_count=15)
