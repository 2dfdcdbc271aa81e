"""A bucket has so many free tries in a quarter of an hour; then each waits twice as long; a day later none is kept."""

import pytest
import time_machine
from sqlalchemy import func, select

from kieubao.access import attempts
from kieubao.access.models import Attempt
from kieubao.db import db
from kieubao.ground import clock
from kieubao.ground.errors import TooMany

FREE, QUARTER = 2, 15 * 60


@pytest.fixture
def time(app):
    with time_machine.travel(clock.now().replace(microsecond=0), tick=False) as travelling:
        yield travelling


def wait(*names):
    """For how many seconds a try has to wait; None for one that is let try."""
    db.session.rollback()
    try:
        attempts.reserve(dict.fromkeys(names or ("a",), FREE))
    except TooMany as refused:
        return refused.wait
    return None


def kept():
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(Attempt))


def test_each_further_try_waits_twice_as_long(time):
    assert [wait(), wait()] == [None, None]
    for seconds in (16, 31, 61, 121, 241):
        assert wait() == seconds
        time.shift(seconds - 1)
        assert wait() == 1
        time.shift(1)
        assert wait() is None


@pytest.mark.parametrize(("tries", "seconds"), [(1, None), (2, 16), (7, 481), (8, 901), (9, 901), (200, 901)])
def test_nobody_waits_longer_than_a_quarter_of_an_hour(time, tries, seconds):
    """However many they were: many at once are all counted before one of them is looked at."""
    db.session.add_all(Attempt(bucket=name, at=clock.now()) for name in ("a", "b") for _n in range(tries))
    db.session.commit()
    assert wait() == seconds


def test_a_try_that_had_to_wait_is_not_counted(time):
    assert [wait(), wait()] == [None, None]
    assert [wait(), wait(), kept()] == [16, 16, 2]


def test_a_quarter_of_an_hour_later_all_are_free_again(time):
    assert [wait(), wait(), wait()] == [None, None, 16]
    time.shift(QUARTER)
    assert [wait(), wait(), wait()] == [None, None, 16]


def test_the_fullest_bucket_says_how_long(time):
    assert [wait("b"), wait("b"), wait("b")] == [None, None, 16]
    assert [wait("a", "b"), kept()] == [16, 2]
    time.shift(16)
    assert [wait("a", "b"), wait("a", "b"), wait("a"), wait("a")] == [None, 31, None, 16]


def test_what_was_counted_is_forgotten_a_day_later_or_taken_back(time):
    ids = attempts.reserve({"a": FREE, "b": FREE})
    assert (len(ids), kept()) == (2, 2)
    attempts.take_back(ids[:1])
    db.session.commit()
    assert kept() == 1
    for name, left in (("a", 1), ("b", 0)):
        attempts.forgive(name)
        db.session.commit()
        assert kept() == left
    assert wait("a") is None
    time.shift(24 * 3600)
    assert (wait("b"), kept()) == (None, 2)
    time.shift(1)
    assert (wait("b"), kept()) == (None, 2)


def test_what_holds_once_holds_once(time):
    assert [attempts.is_first(name) for name in ("a", "a", "b")] == [True, False, True]
    db.session.commit()
    assert kept() == 2


def test_a_bucket_has_a_name_of_24_characters_from_all_its_words(app):
    names = {attempts.bucket(*words) for words in (("name", "a"), ("name", "b"), ("device", "a"), ("name", "a", "b"))}
    assert {len(name) for name in names} == {24}
    assert len(names) == 4
    assert attempts.bucket("name", "a") == attempts.bucket("name", "a")
