"""The one rule of contact: who may be reached for what, how, and why others may not."""

from datetime import timedelta
from itertools import product

import pytest
from sqlalchemy import select

from kieubao.consent import ledger, rules
from kieubao.consent.vocabulary import Channel, Purpose, State
from kieubao.db import db
from kieubao.ground import clock
from kieubao.people.models import Person
from tests import factories

AGO, YESTERDAY = (clock.today() - timedelta(days=days) for days in (9, 1))
SAID = {
    "nothing": None,
    "yes": {"state": State.GIVEN},
    "expired": {"state": State.GIVEN, "valid_until": YESTERDAY},
    "withdrawn": {"state": State.WITHDRAWN},
    "refused": {"state": State.REFUSED},
}


def why(asked, other):
    """Say why somebody is out by what they last said on the channel that is asked for, and on another."""
    if asked == "nothing":
        return "other_channel" if other == "yes" else "no_consent"
    return "in" if asked == "yes" else asked


def test_why_somebody_is_out_is_what_they_said_here(app):
    """Every pair of last words, and on another purpose the contrary."""
    for asked, other in product(SAID, SAID):
        one = factories.person()
        for channel, word in ((Channel.EMAIL, asked), (Channel.PHONE, other)):
            if SAID[word]:
                factories.consent(one.id, on=AGO, channel=channel, **SAID[word])
            contrary = State.REFUSED if word == "yes" else State.GIVEN
            factories.consent(one.id, purpose=Purpose.INVESTMENT, channel=channel, state=contrary)
        only = select(Person.id).where(Person.id == one.id)
        ((verdict, count),) = db.session.execute(rules.verdicts(Purpose.EVENTS, [Channel.EMAIL], only))
        assert (verdict, count) == (why(asked, other), 1), (asked, other)
        may = db.session.scalars(rules.may_contact(Purpose.EVENTS, [Channel.EMAIL])).all()
        assert (one.id in may) == (asked == "yes"), (asked, other)


def test_in_an_emergency_only_a_no_keeps_somebody_out(app):
    """Every pair of last words: whoever said no by all that is asked is out, and nothing else that was said counts."""
    channels = [Channel.EMAIL, Channel.PHONE]
    for asked, other in product(SAID, SAID):
        one = factories.person()
        for channel, word in zip(channels, (asked, other), strict=True):
            if SAID[word]:
                factories.consent(one.id, on=AGO, purpose=Purpose.PROTECTION, channel=channel, **SAID[word])
            factories.consent(one.id, purpose=Purpose.EVENTS, channel=channel, state=State.REFUSED)
        # A no to what is not asked keeps nobody out.
        factories.consent(one.id, State.REFUSED, purpose=Purpose.PROTECTION, channel=Channel.POST)
        only = select(Person.id).where(Person.id == one.id)
        no = {"withdrawn", "refused"}
        ((verdict, count),) = db.session.execute(rules.verdicts(Purpose.PROTECTION, channels, only))
        reason = "withdrawn" if "withdrawn" in {asked, other} else "refused"
        assert (verdict, count) == (reason if {asked, other} <= no else "in", 1), (asked, other)
        assert (one.id in db.session.scalars(rules.may_contact(Purpose.PROTECTION, channels)).all()) == (
            verdict == "in"
        )
        is_open = {channel for channel, word in zip(channels, (asked, other), strict=True) if word not in no}
        told = db.session.execute(rules.open_channels(Purpose.PROTECTION, channels, [one.id]))
        assert {channel for _person, channel in told} == is_open, (asked, other)
        agreed = db.session.scalars(rules.agreed(Purpose.PROTECTION, channels)).all()
        assert (one.id in agreed) == ("yes" in {asked, other})


@pytest.mark.parametrize(
    "stands",
    [{"deceased_on": clock.today()}, {"restricted_at": clock.now()}, {"adult_on": clock.today() + timedelta(1)}],
)
def test_in_an_emergency_too_nobody_is_asked_who_is_dead_restricted_or_a_child(app, stands):
    one = factories.person()
    ledger.restand(one.id, **stands)
    for rule in (rules.may_contact, rules.open_channels):
        assert db.session.execute(rule(Purpose.PROTECTION, [Channel.EMAIL])).all() == []


def test_for_each_purpose_so_many_may_be_asked(app):
    everybody = select(Person.id)
    assert rules.by_purpose(everybody) == {"protection": 0}
    one, other = factories.person(), factories.person()
    for channel in (Channel.EMAIL, Channel.POST):
        factories.consent(one.id, channel=channel)
    for guest in (one, other):
        factories.consent(guest.id, purpose=Purpose.INVESTMENT)
    factories.consent(factories.person().id, State.REFUSED, purpose=Purpose.INVESTMENT)
    assert rules.by_purpose(everybody) == {"events": 1, "investment": 2, "protection": 3}
    assert rules.by_purpose(select(Person.id).where(Person.id == other.id)) == {"investment": 1, "protection": 1}


@pytest.mark.parametrize("purpose", [Purpose.EVENTS, Purpose.PROTECTION])
def test_a_record_that_was_merged_is_out_as_such_whatever_it_said(app, purpose):
    stays, gone = factories.person(), factories.person()
    factories.consent(gone.id, purpose=purpose)
    ledger.restand(gone.id, successor_id=stays.id)
    only = select(Person.id).where(Person.id == gone.id)
    assert db.session.execute(rules.verdicts(purpose, [Channel.EMAIL], only)).all() == [("merged", 1)]
    assert gone.id not in db.session.scalars(rules.may_contact(purpose, [Channel.EMAIL])).all()


def test_a_channel_is_open_that_was_asked_for_and_opened_for_this_by_somebody_who_lives(app):
    one, other = factories.person(), factories.person()
    for guest in (one, other):
        factories.consent(guest.id, on=AGO)
    factories.consent(one.id, purpose=Purpose.INVESTMENT, channel=Channel.PHONE)
    factories.consent(one.id, channel=Channel.POST)
    factories.consent(one.id, channel=Channel.PHONE, state=State.WITHDRAWN)
    ledger.restand(other.id, deceased_on=clock.today())
    asked = rules.open_channels(Purpose.EVENTS, [Channel.EMAIL, Channel.PHONE])
    assert [tuple(row) for row in db.session.execute(asked)] == [(one.id, Channel.EMAIL)]


@pytest.mark.parametrize(("days", "verdict"), [(-1, "in"), (0, "in"), (1, "minor"), (None, "in")])
def test_who_says_yes_counts_from_the_day_they_are_sixteen(app, days, verdict):
    one = factories.person()
    factories.consent(one.id)
    ledger.restand(one.id, adult_on=None if days is None else clock.today() + timedelta(days=days))
    only = select(Person.id).where(Person.id == one.id)
    assert db.session.execute(rules.verdicts(Purpose.EVENTS, [Channel.EMAIL], only)).all() == [(verdict, 1)]
    for rule in (rules.may_contact, rules.open_channels):
        assert bool(db.session.execute(rule(Purpose.EVENTS, [Channel.EMAIL])).all()) == (verdict == "in")
