"""The last word goes by when it was signed; a no outweighs a yes of the same moment."""

from datetime import date, datetime, time, timedelta

import pytest
import time_machine
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, text

from kieubao.consent import ledger, unions
from kieubao.consent.models import ConsentEvent, ConsentNow, LedgerHead, Standing
from kieubao.consent.rules import may_contact, verdicts
from kieubao.consent.vocabulary import Channel, Purpose, State
from kieubao.db import db
from kieubao.ground import clock
from kieubao.ground.errors import Invalid
from tests import factories

DAY = timedelta(days=1)
G, N, R, W = State.GIVEN, State.RENEWED, State.REFUSED, State.WITHDRAWN


def allowed(channels=(Channel.EMAIL,), purpose=Purpose.EVENTS):
    return set(db.session.scalars(may_contact(purpose, list(channels))))


def why(person_id, channels=(Channel.EMAIL,)):
    only = select(Standing.person_id).where(Standing.person_id == person_id)
    ((verdict, _count),) = db.session.execute(verdicts(Purpose.EVENTS, list(channels), only))
    return verdict


# What was signed on which day, in the order it was entered, and whether contact is then allowed.
SAID = [
    ([(G, 1)], "in"),
    ([(G, 1), (N, 2)], "in"),
    ([(R, 1)], "refused"),
    ([(G, 1), (W, 2)], "withdrawn"),
    ([(W, 2), (G, 1)], "withdrawn"),
    ([(W, 1), (G, 2)], "in"),
    ([(G, 2), (W, 2)], "withdrawn"),
    ([(W, 2), (G, 2)], "withdrawn"),
    ([(R, 3), (G, 1), (N, 2)], "refused"),
    ([], "no_consent"),
]


@pytest.mark.parametrize(("said", "verdict"), SAID)
def test_the_last_word_goes_by_when_it_was_signed(app, said, verdict):
    person = factories.person()
    for state, day in said:
        factories.consent(person.id, state, on=clock.today() - 10 * DAY + day * DAY)
    assert why(person.id) == verdict
    assert allowed() == ({person.id} if verdict == "in" else set())


@pytest.mark.parametrize("states", [(G, W), (W, G), (N, R), (R, N)])
def test_at_the_same_moment_a_no_outweighs_a_yes(app, states):
    one, moment = factories.person(), clock.now() - DAY
    for state in states:
        factories.consent(one.id, state, signed_at=moment)
    assert allowed() == set()
    assert unions.replay() == ledger.kept()


def test_only_the_channel_and_purpose_that_were_named(app):
    person = factories.person()
    factories.consent(person.id, channel=Channel.EMAIL)
    assert allowed([Channel.EMAIL, Channel.PHONE]) == {person.id}
    assert allowed([Channel.PHONE]) == set()
    assert allowed(purpose=Purpose.INVESTMENT) == set()
    assert why(person.id, [Channel.PHONE]) == "other_channel"


def test_a_yes_ends_with_its_validity(app):
    over, lasts = factories.person(), factories.person("Trần Văn Bình")
    factories.consent(over.id, on=clock.today() - 9 * DAY, valid_until=clock.today() - DAY)
    factories.consent(lasts.id, on=clock.today() - 9 * DAY, valid_until=clock.today())
    assert allowed() == {lasts.id}
    assert why(over.id) == "expired"


STANDING = {
    "deceased": {"deceased_on": date(2026, 1, 2)},
    "restricted": {"restricted_at": clock.now()},
    "erased": {"erased_at": clock.now()},
    "minor": {"adult_on": clock.today() + DAY},
}


@pytest.mark.parametrize("reason", STANDING)
def test_standing_comes_before_any_yes(app, reason):
    person = factories.person()
    factories.consent(person.id)
    ledger.restand(person.id, **STANDING[reason])
    assert (allowed(), why(person.id)) == (set(), reason)


@pytest.mark.parametrize(
    ("born", "adult"),
    [
        ("2010-03-05", date(2026, 3, 5)),
        ("2012-02-29", date(2028, 3, 1)),
        ("2012", date(2028, 12, 31)),
        ("2012-04", date(2028, 4, 30)),
        ("2005~", date(2026, 12, 31)),
    ],
)
def test_sixteen_is_counted_from_the_latest_day_they_may_be_born(app, born, adult):
    person = factories.person(born=born)
    assert db.session.scalar(select(Standing.adult_on).where(Standing.person_id == person.id)) == adult


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"evidence": None}, "evidence"),
        ({"notice_id": None}, "evidence"),
        ({"capacity": ledger.Capacity.REPRESENTATIVE}, "given_by"),
        ({"given_by": "con trai"}, "given_by"),
        ({"valid_until": clock.today() - DAY}, "valid_until"),
    ],
)
def test_a_yes_that_could_not_stand_as_proof_is_refused(app, wrong, field):
    person = factories.person()
    with pytest.raises(Invalid) as refused:
        factories.consent(person.id, **wrong)
    assert refused.value.field == field
    db.session.rollback()
    assert allowed() == set()


def test_nothing_is_signed_in_the_future(app):
    one = factories.person().id
    with time_machine.travel(clock.now(), tick=False):
        factories.consent(one, signed_at=clock.now(), valid_until=clock.today())
        with pytest.raises(Invalid) as refused:
            factories.consent(one, signed_at=clock.now() + timedelta(microseconds=1))
    assert refused.value.field == "signed_on"


def test_a_no_needs_no_proof_and_somebody_may_speak_for_another(app):
    one = factories.person().id
    factories.consent(one, W, evidence=None, notice_id=None)
    speaker = {"capacity": ledger.Capacity.REPRESENTATIVE, "given_by": "con trai, được ủy quyền"}
    factories.consent(one, on=clock.today() - DAY, **speaker)
    first, second = ledger.lines(one)
    assert (first["state"], first["notice"], first["evidence"]) == (W, None, None)
    assert (second["state"], second["notice"], second["given_by"]) == (G, "events/1", speaker["given_by"])


def test_the_lines_of_one_person_the_latest_word_first(app):
    one, other = factories.person().id, factories.person().id
    for state, day in ((G, 3), (W, 1), (R, 1), (N, 2)):
        factories.consent(one, state, on=clock.today() - day * DAY)
    factories.consent(other)
    assert [line["state"] for line in ledger.lines(one)] == [R, W, N, G]
    numbers = [line["line"] for line in ledger.lines(one)]
    assert (sorted(numbers), len(set(numbers))) == ([numbers[3], numbers[1], numbers[0], numbers[2]], 4)
    assert clock.now() - DAY < ledger.lines(one)[0]["recorded_at"] <= clock.now()


def test_a_line_says_who_recorded_it(cast):
    one = factories.person().id
    said = {"method": "paper", "signed_at": clock.now()}
    ledger.record([ledger.Word(one, Purpose.EVENTS, Channel.EMAIL, W, **said)], cast["clerk"].id)
    assert db.session.scalars(select(ConsentEvent.recorded_by)).all() == [cast["clerk"].id]


def test_whatever_changes_takes_the_next_line(app):
    """A file is void where a line newer than its watermark is about somebody in it."""
    one, other = factories.person().id, factories.person().id
    lines = select(Standing.person_id, Standing.line).order_by(Standing.person_id)
    before = dict(db.session.execute(lines).all())
    ledger.restand(other, deceased_on=clock.today())
    after = dict(db.session.execute(lines).all())
    assert (after[one], after[other]) == (before[one], max(before.values()) + 1)
    factories.consent(one)
    assert ledger.lines(one)[0]["line"] == after[other] + 1
    assert db.session.scalar(select(LedgerHead.last)) == after[other] + 1


def test_evidence_is_sealed(app):
    person = factories.person()
    factories.consent(person.id, evidence="ông Bình ký trước mặt cán bộ xã")
    stored = bytes(db.session.execute(text("SELECT evidence FROM consent_event")).scalar())
    assert "Bình".encode() not in stored
    assert ledger.lines(person.id)[0]["evidence"] == "ông Bình ký trước mặt cán bộ xã"


def test_forgotten_nothing_stands_of_somebody_but_the_day(app):
    gone, stays = (factories.person(born="2000-01-01").id for _n in range(2))
    for one in (gone, stays):
        factories.consent(one)
        ledger.restand(one, deceased_on=clock.today(), restricted_at=clock.now())
    columns = (Standing.subject, Standing.adult_on, Standing.deceased_on, Standing.restricted_at, Standing.erased_at)
    standing = select(*columns, Standing.line).order_by(Standing.person_id)
    before, other = db.session.execute(standing).all()
    ledger.forget([gone])
    after, untouched = db.session.execute(standing).all()
    assert tuple(after[1:5]) == (None, None, None, clock.midnight())
    assert after.subject not in {before.subject, other.subject}
    assert (after.line > other.line, untouched) == (True, other)
    assert {spot[0] for spot in ledger.kept()} == {stays}
    assert ledger.kept() == unions.replay()


LINES = st.lists(
    st.tuples(
        st.integers(0, 2),
        st.sampled_from([Purpose.EVENTS, Purpose.INVESTMENT]),
        st.sampled_from([Channel.EMAIL, Channel.PHONE]),
        st.sampled_from(State),
        st.integers(0, 4),
    ),
    max_size=25,
)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(batches=st.lists(LINES, max_size=3))
def test_what_is_kept_equals_a_replay_and_the_reason_equals_the_rule(app, batches):
    people = [factories.person(f"Nguyễn Văn {n}") for n in ("An", "Bình", "Chi")]
    notice = factories.notice().id
    for lines in batches:
        words = [
            ledger.Word(
                people[who].id,
                purpose,
                channel,
                state,
                ledger.Method.PAPER,
                ledger.said_at(clock.today() - 9 * DAY + day * DAY, state),
                "phiếu",
                notice,
            )
            for who, purpose, channel, state, day in lines
        ]
        ledger.record(words, None)
    db.session.commit()
    assert ledger.kept() == unions.replay()
    for person in people:
        assert (person.id in allowed()) == (why(person.id) == "in")


BIRTHDAY = clock.today() + timedelta(days=10)
MOTHER = {"capacity": ledger.Capacity.REPRESENTATIVE, "given_by": "mẹ"}


def until(person):
    return db.session.scalar(select(ConsentNow.valid_until).where(ConsentNow.person_id == person.id))


@pytest.mark.parametrize("told", [None, BIRTHDAY + timedelta(days=400), BIRTHDAY - timedelta(days=5)])
def test_what_a_representative_said_of_a_child_ends_when_they_can_say_it_themselves(app, told):
    """However long it was said to hold, and whether their birth was known then or is since."""
    known, later = factories.person(), factories.person()
    ledger.restand(known.id, adult_on=BIRTHDAY)
    for one in (known, later):
        factories.consent(one.id, valid_until=told, **MOTHER)
    ledger.restand(later.id, adult_on=BIRTHDAY)
    last = min(told or BIRTHDAY, BIRTHDAY - timedelta(days=1))
    assert (until(known), until(later)) == (last, last)
    # Whose lines they are is read anew where records are merged: no longer then either.
    assert {said[3] for said in unions.answers(later.id).values()} == {last}


def test_who_was_of_age_when_somebody_spoke_for_them_is_bound_by_it(app):
    one, other = factories.person(), factories.person()
    ledger.restand(one.id, adult_on=clock.today() - timedelta(days=1))
    third = factories.person()
    for person, said in ((one, MOTHER), (other, {}), (third, MOTHER)):
        factories.consent(person.id, **said)
    ledger.restand(other.id, adult_on=BIRTHDAY)
    ledger.restand(third.id, adult_on=clock.today() - timedelta(days=1))
    assert [until(person) for person in (one, other, third)] == [None, None, None]
    assert [said[3] for said in unions.answers(other.id).values()] == [None]


def test_a_no_that_a_representative_said_of_a_child_has_no_end(app):
    one = factories.person()
    factories.consent(one.id, R, **MOTHER)
    ledger.restand(one.id, adult_on=BIRTHDAY)
    factories.consent(one.id, R, purpose=Purpose.INVESTMENT, **MOTHER)
    assert {*db.session.scalars(select(ConsentNow.valid_until))} == {None}
    assert {said[3] for said in unions.answers(one.id).values()} == {None}


@pytest.mark.parametrize(("moment", "is_bound"), [(0, True), (-1, False)])
def test_they_are_sixteen_from_the_first_moment_of_their_birthday_in_vietnam(app, moment, is_bound):
    day = clock.today() - 3 * DAY
    said = {**MOTHER, "signed_at": datetime.combine(day, time.min, clock.HANOI) + timedelta(seconds=moment)}
    known, later = factories.person(), factories.person()
    ledger.restand(known.id, adult_on=day)
    for one in (known, later):
        factories.consent(one.id, **said)
    ledger.restand(later.id, adult_on=day)
    assert [until(one) for one in (known, later)] == [None if is_bound else day - DAY] * 2
