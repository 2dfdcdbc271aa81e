"""A statement is a word on each purpose by each channel: a yes from the first moment of its day, a no from the last."""

from datetime import datetime, time, timedelta

import pytest

from kieubao.consent.statements import Spoken, heard
from kieubao.consent.vocabulary import Channel, Method, Purpose, State
from kieubao.ground import clock
from kieubao.ground.errors import Invalid
from tests import factories

DAY = clock.today() - timedelta(days=3)
SAID = {"method": Method.PAPER, "evidence": "phiếu 12"}


@pytest.mark.parametrize(
    ("state", "moment"),
    [(State.GIVEN, time.min), (State.RENEWED, time.min), (State.REFUSED, time.max), (State.WITHDRAWN, time.max)],
)
def test_each_word_of_a_statement(app, state, moment):
    notice = factories.notice()
    purposes, channels = [Purpose.EVENTS, Purpose.INVESTMENT], [Channel.EMAIL, Channel.PHONE]
    words = heard(7, Spoken(purposes, channels, state, DAY, SAID, f"events/{notice.version}"))
    assert {word.spot for word in words} == {(7, why, how) for why in purposes for how in channels}
    assert {(word.state, word.signed_at) for word in words} == {(state, datetime.combine(DAY, moment, clock.HANOI))}
    assert {(word.method, word.evidence, word.notice_id) for word in words} == {(Method.PAPER, "phiếu 12", notice.id)}


def test_a_no_of_today_is_of_now(app):
    (word,) = heard(7, Spoken([Purpose.EVENTS], [Channel.EMAIL], State.WITHDRAWN, clock.today(), SAID))
    assert clock.now() - timedelta(minutes=1) < word.signed_at <= clock.now()
    assert word.notice_id is None


def test_a_statement_is_of_a_notice_that_was_shown_by_then(app):
    factories.notice(purposes=[Purpose.EVENTS])
    for purpose, reference in ((Purpose.INVESTMENT, "events/1"), (Purpose.EVENTS, "events/2")):
        with pytest.raises(Invalid) as refused:
            heard(7, Spoken([purpose], [Channel.EMAIL], State.GIVEN, DAY, SAID, reference))
        assert refused.value.field == "notice"
