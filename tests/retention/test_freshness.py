"""Who was not heard of for too long is on no list; heard of is who said something, or whose record was confirmed."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from kieubao.consent import filed, hearing, ledger, retention, rules
from kieubao.consent.models import Standing
from kieubao.consent.vocabulary import Capacity, Channel, Matter, Method, Purpose, State
from kieubao.db import db
from kieubao.ground import clock
from kieubao.ground.dates import months_before
from kieubao.outreach import organizer
from kieubao.outreach.vocabulary import Format
from kieubao.people import merges, registry, service
from kieubao.people.merges import Pair
from kieubao.people.models import Person
from tests import factories
from tests.retention.ages import ago

DAY = timedelta(days=1)


def pulled(cast, issue):
    with organizer.pull(cast["organizer"], issue.code, reason="in", format=Format.CSV).content as content:
        return content.read().decode("utf-8-sig")


def verdict(person, purpose=Purpose.EVENTS, channels=(Channel.EMAIL,)):
    only = select(Person.id).where(Person.id == person.id)
    ((told, _count),) = db.session.execute(rules.verdicts(purpose, list(channels), only))
    return told


def stands(person):
    return db.session.get_one(Standing, person.id, populate_existing=True)


@pytest.mark.parametrize(
    ("day", "months", "on"),
    [
        ("2026-11-30", 60, "2021-11-30"),
        ("2026-03-31", 1, "2026-02-28"),
        ("2024-03-31", 1, "2024-02-29"),
        ("2026-01-15", 1, "2025-12-15"),
        ("2026-12-01", 12, "2025-12-01"),
    ],
)
def test_so_many_months_before_is_a_day_of_the_calendar(day, months, on):
    assert str(months_before(type(clock.today()).fromisoformat(day), months)) == on


OF_PURPOSES = [(Purpose(one.value), one) for one in Matter if one.value in {*Purpose}]


@pytest.mark.parametrize(("purpose", "matter"), OF_PURPOSES)
def test_who_was_last_heard_of_a_day_too_early_is_out(app, purpose, matter):
    late, lately = factories.person("Lê Lâu"), factories.person("Lê Mới")
    factories.consent(late.id, purpose=purpose, on=ago(matter, -1))
    factories.consent(lately.id, purpose=purpose, on=ago(matter))
    assert (verdict(late, purpose), verdict(lately, purpose)) == ("stale", "in")
    channels = [Channel.EMAIL]
    assert {*db.session.scalars(rules.may_contact(purpose, channels))} == {lately.id}
    assert {*db.session.execute(rules.open_channels(purpose, channels))} == {(lately.id, "email")}
    everybody = select(Person.id)
    assert rules.by_purpose(everybody)[purpose] == 1


@pytest.mark.parametrize("purpose", [Purpose.REGISTRY, Purpose.PROTECTION])
def test_of_the_record_itself_and_in_an_emergency_silence_is_no_no(app, purpose):
    one = factories.person()
    factories.consent(one.id, purpose=purpose, on=ago(Matter.ABROAD, -400))
    assert verdict(one, purpose) == "in"


def test_every_purpose_but_these_has_its_rule(app):
    assert {*Purpose} - {purpose for purpose, _matter in OF_PURPOSES} == {Purpose.REGISTRY, Purpose.PROTECTION}
    assert retention.fresh_since().keys() == {purpose for purpose, _matter in OF_PURPOSES}


def test_what_the_office_decides_holds_from_then_on(app):
    one = factories.person()
    factories.consent(one.id, on=ago(Matter.EVENTS, -1))
    for months, told in ((61, "in"), (60, "stale"), (None, "in"), (1, "stale")):
        retention.decide(Matter.EVENTS, months)
        assert verdict(one) == told, months


def test_why_they_are_out_is_told_before_what_they_said_elsewhere_and_after_how_they_stand(app):
    one = factories.person()
    factories.consent(one.id, on=ago(Matter.EVENTS, -1))
    factories.consent(one.id, State.WITHDRAWN, channel=Channel.PHONE, on=ago(Matter.EVENTS, -2))
    assert verdict(one, channels=[Channel.EMAIL, Channel.PHONE]) == "stale"
    assert verdict(one, channels=[Channel.PHONE]) == "withdrawn"
    ledger.restand(one.id, restricted_at=clock.now())
    assert verdict(one) == "restricted"


def test_a_confirmed_record_and_any_word_are_being_heard_of(app, cast):
    one = factories.person(confirmed_on="2015-03-01")
    assert str(stands(one).heard_on) == "2015-03-01"
    factories.consent(one.id, on=ago(Matter.EVENTS, -1))
    assert stands(one).heard_on == ago(Matter.EVENTS, -1)
    factories.consent(one.id, State.REFUSED, purpose=Purpose.INVESTMENT, on=clock.today() - DAY)
    assert (stands(one).heard_on, verdict(one)) == (clock.today() - DAY, "in")
    # What was said longer ago, and entered late, takes nothing back.
    factories.consent(one.id, on=ago(Matter.EVENTS, -9), channel=Channel.PHONE)
    assert stands(one).heard_on == clock.today() - DAY


def test_a_day_that_was_confirmed_by_mistake_counts_no_more_once_it_is_put_right(app, cast):
    one = factories.person(confirmed_on=clock.today().isoformat())
    factories.consent(one.id, on=ago(Matter.EVENTS, -1))
    assert verdict(one) == "in"
    for confirmed_on in (ago(Matter.EVENTS, -30), None):
        version = db.session.get_one(Person, one.id, populate_existing=True).version
        service.amend(cast["clerk"], one.code, version=version, changes={"confirmed_on": confirmed_on})
        assert stands(one).heard_on == ago(Matter.EVENTS, -1)
        assert verdict(one) == "stale"


def test_told_is_who_was_shown_a_notice_themselves(app):
    without, represented, told = (factories.person(f"Lê {name}") for name in ("Không", "Thay", "Rõ"))
    factories.consent(without.id, State.REFUSED, notice_id=None)
    factories.consent(represented.id, capacity=Capacity.REPRESENTATIVE, given_by="mẹ")
    factories.consent(told.id, State.REFUSED, on=clock.today() - DAY)
    factories.consent(told.id, on=clock.today())
    assert [stands(one).told_on for one in (without, represented)] == [None, None]
    assert stands(told).told_on == clock.today() - DAY


def test_of_records_that_are_one_persons_the_later_hearing_counts_and_the_earlier_telling_and_undone_their_own(cast):
    kept, gone = (
        factories.person(f"Hồ {name}", confirmed_on=day) for name, day in (("Mười", "2010-01-01"), ("X", None))
    )
    factories.consent(gone.id, on=clock.today() - DAY)
    merges.merge(cast["approver"], Pair(kept.id, 1, gone.id, 1), ())
    db.session.commit()
    assert (stands(kept).heard_on, stands(kept).told_on) == (clock.today() - DAY,) * 2
    merges.undo(cast["approver"], gone.code)
    db.session.commit()
    assert (str(stands(kept).heard_on), stands(kept).told_on) == ("2010-01-01", None)
    assert (stands(gone).heard_on, stands(gone).told_on) == (clock.today() - DAY,) * 2


def test_many_are_heard_of_as_one_is(app):
    records = [
        factories.EnrolForm().load(factories.form(f"Lê {n}", confirmed_on=day))
        for n, day in ((1, "2020-01-02"), (2, None))
    ]
    made = registry.enrol(records, factories.PROVINCE, None)
    assert [str(stands(one).heard_on) for one in made] == ["2020-01-02", "None"]


def test_who_is_not_heard_of_any_more_falls_out_of_an_issue_that_is_out(cast, monkeypatch):
    one, other = factories.person("Lê Lâu"), factories.person("Lê Mới")
    for person, on in ((one, ago(Matter.EVENTS)), (other, clock.today() - DAY)):
        factories.consent(person.id, on=on)
    issue = factories.published(cast["clerk"], cast["approver"], cast["organizer"], until=clock.today() + 3 * DAY)
    rows = pulled(cast, issue)
    assert "Lê Lâu" in rows
    now = clock.now()
    monkeypatch.setattr(clock, "now", lambda: now + DAY)
    rows = pulled(cast, issue)
    assert "Lê Lâu" not in rows
    assert "Lê Mới" in rows


SENT = {"method": Method.SMS}
IN_THEIR_PLACE = {"capacity": Capacity.REPRESENTATIVE, "given_by": "mẹ"}


@pytest.mark.parametrize("said", [SENT, {"method": Method.WEB}, IN_THEIR_PLACE])
def test_a_no_that_anybody_may_have_sent_is_no_sign_of_them(app, said):
    one = factories.person()
    factories.consent(one.id, on=ago(Matter.EVENTS, -1))
    factories.consent(one.id, State.REFUSED, purpose=Purpose.INVESTMENT, notice_id=None, **said)
    assert verdict(one) == "stale"


def test_what_a_representative_agrees_to_is_one(app):
    one = factories.person()
    factories.consent(one.id, **IN_THEIR_PLACE)
    assert stands(one).heard_on == clock.today()


def test_that_a_no_counts_as_said_at_a_merge_is_no_word_of_theirs(cast):
    kept, gone = factories.person("Hồ Mười", confirmed_on="2010-01-01"), factories.person("Hồ X")
    factories.consent(gone.id, State.REFUSED, on=ago(Matter.EVENTS, -1), notice_id=None)
    merges.merge(cast["approver"], Pair(kept.id, 1, gone.id, 1), ())
    db.session.commit()
    service.amend(cast["clerk"], kept.code, version=2, changes={"confirmed_on": None})
    assert stands(kept).heard_on == ago(Matter.EVENTS, -1)


def test_an_older_day_that_comes_late_takes_nothing_back(cast):
    one = factories.person()
    hearing.hear([one.id], clock.today())
    db.session.commit()
    service.amend(cast["clerk"], one.code, version=1, changes={"confirmed_on": ago(Matter.EVENTS, -1)})
    assert stands(one).heard_on == clock.today()


def test_who_was_told_since_a_merge_may_be_the_other(cast):
    kept, gone = factories.person("Hồ Mười"), factories.person("Hồ X")
    merges.merge(cast["approver"], Pair(kept.id, 1, gone.id, 1), ())
    hearing.inform([kept.id], clock.today())
    db.session.commit()
    merges.undo(cast["approver"], gone.code)
    db.session.commit()
    assert (stands(kept).told_on, stands(gone).told_on) == (None, None)


def test_what_was_written_down_by_mistake_tells_nothing_once_it_is_unsaid(app):
    one = factories.person()
    factories.consent(one.id, State.REFUSED, on=ago(Matter.EVENTS, -1), notice_id=None)
    line = stands(one).line + 2
    factories.consent(one.id, on=clock.today() - DAY)
    assert (stands(one).heard_on, stands(one).told_on) == (clock.today() - DAY,) * 2
    filed.unsay(one.id, line, "Hoàn tác tệp", None)
    registry.unhear(one.id, line)
    assert (stands(one).heard_on, stands(one).told_on) == (ago(Matter.EVENTS, -1), None)


def test_nor_does_it_take_away_when_the_record_was_confirmed(app):
    one = factories.person(confirmed_on=ago(Matter.EVENTS).isoformat())
    line = stands(one).line + 1
    factories.consent(one.id)
    filed.unsay(one.id, line, "Hoàn tác tệp", None)
    registry.unhear(one.id, line)
    assert stands(one).heard_on == ago(Matter.EVENTS)
