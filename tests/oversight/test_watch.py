"""The watch over a month: ordinary work stays quiet, and each misuse planted in it is seen, once."""

import random
from collections import Counter
from datetime import date, datetime, time, timedelta

import pytest
import time_machine
from sqlalchemy import func, select

from kieubao.access.models import AuditEntry
from kieubao.access.roles import SYSTEM
from kieubao.db import db
from kieubao.ground import clock
from kieubao.ground.errors import Forbidden
from kieubao.oversight import service
from kieubao.oversight.models import Finding, ReadingDay
from kieubao.oversight.vocabulary import OPEN, Outcome, Rule
from kieubao.people import service as people
from tests import factories
from tests.campaigns import later_on
from tests.oversight import month
from tests.oversight.month import Entry

TODAY = date(2026, 11, 20)
# Rules that no day of ordinary work may set off; the others may, now and then, and are then explained.
SILENT = {Rule.OWN_NAME, Rule.OWN_BRANCH, Rule.KIN, Rule.IN_ORDER, Rule.RAPID, Rule.OFF_HOURS, Rule.REFUSED}


@pytest.fixture
def today():
    with time_machine.travel(datetime.combine(TODAY, time(18), clock.HANOI), tick=False):
        yield TODAY


def found() -> list[tuple[str, int | None]]:
    db.session.rollback()
    return [(one.rule, one.account_id) for one in db.session.scalars(select(Finding).order_by(Finding.id))]


@later_on("postgresql")
def test_an_ordinary_month_is_quiet(app, today):
    chance = random.Random(2026)
    province = month.founded(chance)
    entries = month.ordinary(chance, province, today)
    month.write(entries)
    new = service.keep_watch(SYSTEM)
    by_rule = Counter(rule for rule, _account in found())
    days = db.session.scalar(select(func.count()).select_from(ReadingDay))
    assert (len(entries) > 15_000, days > 200, new == sum(by_rule.values())) == (True, True, True)
    assert new <= days / 25, by_rule
    assert SILENT.isdisjoint(by_rule)


@later_on("postgresql")
def test_each_planted_misuse_is_seen_and_watching_again_adds_nothing(app, today):
    chance = random.Random(2026)
    province = month.founded(chance)
    planted = month.planted(province, today)
    month.write(month.mixed(month.ordinary(chance, province, today), planted))
    service.keep_watch(SYSTEM)
    seen = found()
    assert {rule for rule, _account in planted} == set(Rule)
    assert set(planted) - set(seen) == set()
    assert service.keep_watch(SYSTEM) == 0
    assert found() == seen


def test_an_open_finding_grows_and_a_decided_one_is_opened_anew_where_there_is_twice_as_much(app, cast, today):
    account, officer = cast["clerk"].id, cast["protection_officer"]
    some = [factories.person(f"Trần Thị {word}") for word in ("An", "Bình", "Chi", "Dung", "Hà", "Lan") * 2]

    def opened(start, end):
        at = datetime.combine(TODAY - timedelta(days=1), time(22), clock.HANOI)
        month.write(
            [Entry(at + timedelta(minutes=n), account, "people.read", some[n].subject) for n in range(start, end)]
        )
        return service.keep_watch(SYSTEM)

    assert opened(0, 4) == 0
    assert opened(4, 5) == 1
    assert opened(5, 6) == 0
    (only,) = db.session.scalars(select(Finding))
    assert (only.rule, only.count, len(only.entries), only.state) == (Rule.OFF_HOURS, 6, 6, OPEN)
    service.decide(officer, only.id, outcome=Outcome.EXPLAINED, remark="trực Tết")
    assert opened(6, 11) == 0
    assert opened(11, 12) == 1
    states = [(one["count"], one["state"]) for one in service.all_findings(officer, state="all")]
    assert states == [(12, "open"), (6, "explained")]


def test_the_watch_reads_the_trail_itself(app, cast, today):
    """Not what a test writes, but what a clerk does."""
    made = [factories.person(f"Lê Thu {word}") for word in ("An", "Bình", "Chi", "Dung", "Hà")]
    with time_machine.travel(datetime.combine(TODAY, time(21), clock.HANOI), tick=False):
        for one in made:
            people.read(cast["clerk"], one.code)
        assert service.keep_watch(SYSTEM) == 1
    (seen,) = service.all_findings(cast["protection_officer"])
    assert (seen["rule"], seen["name"], seen["count"]) == (Rule.OFF_HOURS, "Cán bộ clerk", 5)


def test_only_the_officer_and_the_system_watch(cast):
    for role in set(cast) - {"protection_officer"}:
        with pytest.raises(Forbidden):
            service.keep_watch(cast[role])
    assert service.keep_watch(cast["protection_officer"]) == 0
    line = db.session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc())).first()
    assert (line.action, line.found, line.outcome) == ("oversight.keep_watch", 0, "done")


def test_opening_the_desk_again_at_once_watches_no_more(app, cast, today):
    some = [factories.person(f"Lê Thu {word}") for word in ("An", "Bình", "Chi", "Dung", "Hà")]
    at = datetime.combine(TODAY, time(5), clock.HANOI)
    assert service.keep_watch(SYSTEM) == 0
    month.write(
        [Entry(at + timedelta(minutes=n), cast["clerk"].id, "people.read", one.subject) for n, one in enumerate(some)]
    )
    assert service.keep_watch(SYSTEM, every=timedelta(minutes=10)) == 0
    with time_machine.travel(datetime.combine(TODAY, time(18, 11), clock.HANOI), tick=False):
        assert service.keep_watch(SYSTEM, every=timedelta(minutes=10)) == 1
