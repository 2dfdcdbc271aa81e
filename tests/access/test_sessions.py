"""A session is one account's, is seen to be used, and ends: by its holder, by itself, with its account."""

from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import select

from kieubao.access import sessions
from kieubao.access.models import Account, Session
from kieubao.access.roles import Role
from kieubao.access.session import SECRET
from kieubao.db import db
from kieubao.ground import clock
from tests.signing import secret_of

MINUTE = timedelta(minutes=1)


@pytest.fixture
def time(app):
    with time_machine.travel(clock.now(), tick=False) as travelling:
        yield travelling


def row(secret):
    db.session.rollback()
    return sessions.current(secret)


def test_only_the_digest_of_a_secret_is_kept_and_a_devices_first_words(cast):
    secret = sessions.open_for(cast["clerk"].id, "x" * 100)
    db.session.commit()
    kept = db.session.scalars(select(Session)).one()
    assert (kept.account_id, kept.device, len(kept.digest)) == (cast["clerk"].id, "x" * 60, 64)
    assert secret not in str(vars(kept))
    assert len(secret) >= 43
    assert row("another") is None


def test_a_proof_holds_for_less_than_ten_minutes_and_renews_the_secret(time, cast):
    before = secret_of(cast["clerk"].id)
    assert sessions.is_confirmed(row(before))
    time.shift(10 * MINUTE)
    assert not sessions.is_confirmed(row(before))
    other = secret_of(cast["clerk"].id)
    after = sessions.confirm(row(before).id)
    db.session.commit()
    assert row(before) is None
    assert row(other)
    time.shift(10 * MINUTE - timedelta(seconds=1))
    assert sessions.is_confirmed(row(after))


def test_that_it_is_used_is_written_down_once_in_a_minute(time, cast):
    secret, other = (secret_of(cast["clerk"].id) for _n in range(2))
    begun = clock.now()
    for shift, seen in ((MINUTE, begun), (timedelta(seconds=1), begun + MINUTE + timedelta(seconds=1))):
        time.shift(shift)
        sessions.see(row(secret))
        assert row(secret).seen_at == seen
    assert row(other).seen_at == begun


@pytest.mark.parametrize("role", ["clerk", "admin"])
def test_it_ends_at_the_moment_that_its_patience_does(time, cast, role):
    secret, idle = secret_of(cast[role].id), sessions.IDLE[Role(role)]
    time.shift(idle - timedelta(seconds=1))
    assert row(secret)
    assert [one.id for one in sessions.of(cast[role].id, Role(role))] == [row(secret).id]
    time.shift(timedelta(seconds=1))
    assert row(secret) is None
    assert sessions.of(cast[role].id, Role(role)) == []


def test_used_all_the_time_it_ends_after_eight_hours(time, cast):
    secret = secret_of(cast["clerk"].id)
    for _turn in range(24):
        time.shift(20 * MINUTE - timedelta(seconds=1))
        sessions.see(row(secret))
    time.shift(timedelta(seconds=23))
    assert row(secret)
    assert sessions.of(cast["clerk"].id, Role.CLERK)
    time.shift(timedelta(seconds=1))
    assert row(secret) is None
    assert sessions.of(cast["clerk"].id, Role.CLERK) == []


def test_of_ones_own_one_or_all_but_one_are_ended_and_nobody_elses(cast):
    mine, theirs = cast["clerk"].id, secret_of(cast["approver"].id)
    first, second, third, fourth = (secret_of(mine) for _n in range(4))
    assert [one.id for one in sessions.of(mine, Role.CLERK)] == [row(s).id for s in (fourth, third, second, first)]
    assert sessions.end(mine, only=row(first).id) == 1
    assert sessions.end(mine, only=db.session.scalar(select(Session.id).where(Session.account_id != mine))) == 0
    db.session.commit()
    ended_at = select(Session.ended_at).where(Session.account_id == mine).order_by(Session.id)
    at = db.session.scalar(ended_at)
    assert sessions.end(mine, but=row(third).id) == 2
    db.session.commit()
    assert [bool(row(secret)) for secret in (first, second, third, fourth, theirs)] == [False, False, True, False, True]
    assert db.session.scalar(ended_at) == at
    sessions.end_held(third)
    db.session.commit()
    assert (row(third), bool(row(theirs))) == (None, True)
    assert sessions.end(mine) == 0
    assert sessions.end(cast["approver"].id) == 1


def test_it_is_worth_nothing_while_its_account_is_closed(cast):
    secret = secret_of(cast["clerk"].id)
    db.session.get_one(Account, cast["clerk"].id).active = False
    db.session.commit()
    assert row(secret) is None


def test_what_has_ended_is_not_shown_and_ended_when_it_did(time, cast):
    ended, other = (secret_of(cast["clerk"].id) for _n in range(2))
    moment = clock.now()
    for _time in range(2):
        sessions.end_held(ended)
        sessions.end(cast["clerk"].id)
        db.session.commit()
        time.shift(MINUTE)
    secret_of(cast["clerk"].id)
    assert [one.ended_at for one in db.session.scalars(select(Session).order_by(Session.id))] == [moment, moment, None]
    assert len(sessions.of(cast["clerk"].id, Role.CLERK)) == 1
    assert (row(ended), row(other)) == (None, None)


def test_a_page_that_asks_by_itself_keeps_nobody_awake(time, client, cast):
    """How far a job is, every few seconds: the session ends as if nobody were there, for nobody may be."""
    with client.session_transaction() as kept:
        kept[SECRET] = secret_of(cast["clerk"].id)
    for _n in range(6):
        time.shift(5 * MINUTE)
        left = client.get("/jobs", headers={"X-Looks-Alone": "1"})
    assert left.status_code == 303
    with client.session_transaction() as kept:
        kept[SECRET] = secret_of(cast["clerk"].id)
    for _n in range(12):
        time.shift(5 * MINUTE)
        assert client.get("/jobs").status_code == 200
