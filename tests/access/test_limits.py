"""However much a role may, nobody opens more than 200 people a day or asks more than 300 times a minute."""

from contextlib import contextmanager
from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import event, func, select

from kieubao.access import limits, use_case
from kieubao.access import service as access
from kieubao.access.models import AuditEntry
from kieubao.access.roles import ACTS_A_MINUTE, FOUND_A_DAY, OPENED_A_DAY
from kieubao.consent.statements import Spoken
from kieubao.consent.vocabulary import Channel, Purpose, State
from kieubao.db import db
from kieubao.ground import clock
from kieubao.ground.errors import TooMany
from kieubao.people import service
from tests import factories


@contextmanager
def asked_of(engine, statements):
    """Note what is asked, and with what."""

    def note(_connection, _cursor, statement, given, *_context):
        statements.append((statement, given))

    event.listen(engine, "before_cursor_execute", note)
    yield
    event.remove(engine, "before_cursor_execute", note)


@pytest.fixture
def few(monkeypatch):
    monkeypatch.setattr(use_case, "OPENED_A_DAY", 3)
    monkeypatch.setattr(use_case, "FOUND_A_DAY", 4)
    monkeypatch.setattr(use_case, "ACTS_A_MINUTE", 12)


def test_the_limits_are_those_that_were_promised():
    assert (OPENED_A_DAY, FOUND_A_DAY, ACTS_A_MINUTE) == (200, 10_000, 300)


def test_a_day_finds_only_so_many_people(cast, few):
    """Page by page as by looking again: nobody walks through all there are."""
    for number in range(4):
        factories.person(f"Người thứ {number}")
    found = service.search(cast["clerk"], text=None, wanted={}, size=3)
    found = service.search(cast["clerk"], text=None, wanted={}, size=3, after=found["more"])
    with pytest.raises(TooMany) as refused:
        service.search(cast["clerk"], text="người", wanted={})
    assert 0 < refused.value.wait <= 24 * 3600 + 1
    assert service.search(cast["approver"], text="người", wanted={})["count"] == 4
    counted = {
        act: limits.spent(cast["clerk"].id, [], [act] if act else ()).found
        for act in ("people.search", "people.read", None)
    }
    assert counted == {"people.search": 4, "people.read": 0, None: 0}
    with time_machine.travel(clock.midnight() + timedelta(days=1, minutes=1), tick=False):
        assert service.search(cast["clerk"], text="người", wanted={})["count"] == 4


def test_a_day_has_only_so_many_people(cast, few):
    codes = [factories.person(f"Người thứ {n}").code for n in range(4)]
    for code in codes[:3]:
        service.read(cast["clerk"], code)
    for act in (
        lambda: service.read(cast["clerk"], codes[3]),
        lambda: service.amend(cast["clerk"], codes[3], version=1, changes={}),
        lambda: service.consents(cast["clerk"], codes[3]),
    ):
        with pytest.raises(TooMany) as refused:
            act()
        assert 0 < refused.value.wait <= 24 * 3600 + 1
    service.search(cast["clerk"], text="người", wanted={})
    service.read(cast["approver"], codes[3])
    with time_machine.travel(clock.midnight() + timedelta(days=1, minutes=1), tick=False):
        service.read(cast["clerk"], codes[3])


def test_the_same_person_is_counted_once(cast, few):
    code = factories.person().code
    assert [service.read(cast["clerk"], code)["code"] for _time in range(5)] == [code] * 5


def test_what_opens_no_record_is_not_counted(cast, few):
    told = Spoken([Purpose.EVENTS], [Channel.EMAIL], State.REFUSED, clock.today(), {"method": "paper"})
    for number in range(4):
        service.record_consent(cast["clerk"], factories.person(f"Người thứ {number}").code, told)
    assert service.read(cast["clerk"], factories.person().code)


def test_a_no_is_written_down_however_many_were_opened(cast, few, client):
    """A limit on reading never keeps a withdrawal from being recorded."""
    people = [factories.person(f"Người thứ {n}") for n in range(3)]
    for person in people:
        service.read(cast["clerk"], person.code)
    headers = factories.bearer(cast["clerk"])
    said = {"method": "paper", "signed_on": "2026-01-01"}
    answer = client.post(f"/api/v1/persons/{people[0].code}/withdrawal", json=said, headers=headers)
    assert answer.status_code == 201


def test_what_is_counted_is_ones_own_and_recent_and_no_job_did_it(cast):
    clerk, person = cast["clerk"], factories.person()
    with time_machine.travel(clock.now(), tick=False) as time:
        service.search(clerk, text="an", wanted={})
        time.shift(30)
        for actor in (clerk, cast["approver"]):
            service.search(actor, text="an", wanted={})
        service.read(clerk, person.code)
        assert limits.spent(clerk.id, [], ()).acts == 3
        assert limits.spent(clerk.id, ["people.read"], ()).acts == 2
        time.shift(31)
        assert limits.spent(clerk.id, [], ()).acts == 2
        time.shift(60)
        assert limits.spent(clerk.id, [], ()) == (0, 0)


@pytest.mark.parametrize("after", [timedelta(seconds=20), timedelta(hours=3)])
def test_a_minute_is_one_at_midnight_too(cast, after):
    """What was done just before it counts as of the minute, and found people for no longer than that."""
    tomorrow = clock.midnight() + timedelta(days=1)
    with time_machine.travel(tomorrow - timedelta(seconds=20), tick=False) as time:
        for _time in range(2):
            service.search(cast["clerk"], text=None, wanted={})
        time.move_to(tomorrow + after)
        service.search(cast["clerk"], text=None, wanted={})
        assert limits.spent(cast["clerk"].id, [], ["people.search"]).acts == (3 if after < timedelta(minutes=1) else 1)


def test_what_others_found_today_makes_no_search_slower(cast):
    """Limits are told from an index that has an account's own entries alone, and all that is asked of them."""
    for _time in range(6):
        service.search(cast["clerk"], text="an", wanted={})
    asked = []
    with asked_of(db.engine, asked):
        limits.spent(cast["clerk"].id, [], ["people.search"])
    ((statement, given),) = [one for one in asked if "FILTER" in one[0]]
    explain = "EXPLAIN QUERY PLAN" if db.engine.dialect.name == "sqlite" else "EXPLAIN"
    with db.engine.connect() as connection:
        if explain == "EXPLAIN":
            connection.exec_driver_sql("SET enable_seqscan = off")
        plan = " ".join(str(row) for row in connection.exec_driver_sql(f"{explain} {statement}", given))
    assert "ix_audit_entry_actor_id_id_action_found" in plan
    assert "ix_audit_entry_action_id" not in plan


def test_what_jobs_did_in_that_minute_keeps_nobody_from_acting(cast, few, monkeypatch):
    monkeypatch.setattr(use_case, "WORKED", {"people.search"})
    for _time in range(13):
        service.search(cast["clerk"], text="an", wanted={})
    code = factories.person().code
    assert service.read(cast["clerk"], code)["code"] == code


def test_a_minute_has_only_so_many_acts(client, cast, few):
    with time_machine.travel(clock.now(), tick=False) as time:
        headers = factories.bearer(cast["clerk"])
        codes = [client.get("/api/v1/notices", headers=headers).status_code for _n in range(13)]
        assert codes == [200] * 12 + [429]
        assert client.get("/api/v1/notices", headers=headers).headers["Retry-After"] == "60"
        assert client.get("/api/v1/notices", headers=factories.bearer(cast["approver"])).status_code == 200
        time.shift(61)
        assert client.get("/api/v1/notices", headers=headers).status_code == 200


def test_what_is_refused_stands_in_the_trail(cast, few):
    for _n in range(12):
        access.organisations(cast["clerk"])
    with pytest.raises(TooMany):
        access.organisations(cast["clerk"])
    db.session.rollback()
    assert db.session.scalar(select(func.count()).where(AuditEntry.outcome == "too-many")) == 1
