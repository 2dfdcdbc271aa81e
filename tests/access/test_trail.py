"""The chain holds, and whatever is done to it behind the service's back is found."""

import tracemalloc
from datetime import timedelta
from uuid import UUID

import pytest
import time_machine
from sqlalchemy import bindparam, select, text

from kieubao import worker
from kieubao.access import limits, trail
from kieubao.access.models import AuditEntry
from kieubao.access.roles import Permission
from kieubao.access.use_case import note, use_case
from kieubao.db import Instant, db
from kieubao.ground import clock
from tests import factories
from tests.databases import unguard
from tests.pages.province import reader, sign_in_accounts

LENGTH = 6


@use_case(Permission.PERSON_READ)
def look(actor, number):
    note(found=number, subject=UUID(int=0xABCDEF << 100 | number), details_too={"ids": [number]})


@pytest.fixture
def chain(cast):
    for number in range(LENGTH):
        look(cast["clerk"], number)
    unguard("audit_entry", "audit_head")
    yield
    db.session.rollback()


def test_a_chain_that_nobody_touched_is_whole(chain):
    verdict = trail.verify()
    assert (verdict.entries, verdict.whole) == (LENGTH, True)


TAMPERED = {
    "a value": ("UPDATE audit_entry SET found = 99 WHERE id = 3", "edited", 3),
    "a time": ("UPDATE audit_entry SET at = '2020-01-01 00:00:00.000000' WHERE id = 2", "edited", 2),
    "an outcome": ("UPDATE audit_entry SET outcome = 'done ' WHERE id = 4", "edited", 4),
    "a hash": ("UPDATE audit_entry SET hash = previous WHERE id = 5", "edited", 5),
    "a detail": ("UPDATE audit_entry SET details = '{}' WHERE id = 1", "edited", 1),
    "no detail that is one": ("UPDATE audit_entry SET details = 'null' WHERE id = 1", "edited", 1),
    "gone from the middle": ("DELETE FROM audit_entry WHERE id = 3", "deleted", 3),
    "gone from the start": ("DELETE FROM audit_entry WHERE id = 1", "deleted", 1),
    "the tail cut": ("DELETE FROM audit_entry WHERE id = 6", "cut", 6),
    "all of it": ("DELETE FROM audit_entry", "cut", 1),
    "the head moved": ("UPDATE audit_head SET last = 5", "edited", 6),
    "the head gone": ("DELETE FROM audit_head", "inserted", 1),
    "swapped": ("UPDATE audit_entry SET id = CASE id WHEN 2 THEN -3 ELSE -2 END WHERE id IN (2, 3)", "inserted", -3),
}
UNREADABLE = {
    "no time": "UPDATE audit_entry SET at = 'khi nãy' WHERE id = 2",
    "no person": "UPDATE audit_entry SET subject = 'ai đó' WHERE id = 2",
    "no number": "UPDATE audit_entry SET found = 'hai' WHERE id = 2",
    "no JSON": "UPDATE audit_entry SET details = '{' WHERE id = 2",
    "JSON without end": f"UPDATE audit_entry SET details = '{'[' * 100_000}' WHERE id = 2",
    "no text": "UPDATE audit_entry SET role = CAST(x'ff' AS TEXT) WHERE id = 2",
    "half a letter": """UPDATE audit_entry SET details = '{"a":"\\ud800"}' WHERE id = 2""",
}


RESPELLED = {
    "a person in capitals": "UPDATE audit_entry SET subject = upper(subject) WHERE id = 2",
    "a person with hyphens": """UPDATE audit_entry SET subject = substr(subject, 1, 8) || '-' || substr(subject, 9)
        WHERE id = 2""",
    "a moment without hyphens": "UPDATE audit_entry SET at = replace(replace(at, '-', ''), ' ', 'T') WHERE id = 2",
    "a moment with its zone": "UPDATE audit_entry SET at = at || '+00:00' WHERE id = 2",
    "a moment with a T": "UPDATE audit_entry SET at = replace(at, ' ', 'T') WHERE id = 2",
}


def told(verdict):
    return [(fault.kind, fault.first) for fault in verdict.faults]


@pytest.mark.parametrize("name", TAMPERED)
def test_tampering_is_found_where_it_was_done(chain, name):
    statement, kind, broken_at = TAMPERED[name]
    db.session.execute(text(statement))
    db.session.commit()
    assert told(trail.verify()) == [(kind, broken_at)]


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
@pytest.mark.parametrize("name", UNREADABLE)
def test_what_cannot_even_be_read_is_found_where_it_is(chain, name):
    """SQLite keeps whatever it is given, in any column."""
    db.session.execute(text(UNREADABLE[name]))
    db.session.commit()
    assert told(trail.verify()) == [("edited", 2)]


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_what_cannot_be_read_at_the_end_of_a_page_keeps_nothing_behind_it_from_being_looked_at(chain, monkeypatch):
    monkeypatch.setattr(trail, "PAGE", 2)
    db.session.execute(text(UNREADABLE["no time"]))
    db.session.commit()
    assert told(trail.verify()) == [("edited", 2)]
    assert [entry["id"] for entry in trail.entries()] == list(range(1, LENGTH + 1))


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
@pytest.mark.parametrize("name", RESPELLED)
def test_what_says_the_same_and_is_not_found_any_more_was_edited(chain, name):
    """SQLite looks for people and days by how they are spelled."""
    second = select(AuditEntry.at, AuditEntry.subject).where(AuditEntry.id == 2)
    said = db.session.execute(second).one()
    db.session.execute(text(RESPELLED[name]))
    db.session.commit()
    assert db.session.execute(second).one() == said
    assert told(trail.verify()) == [("edited", 2)]
    assert [entry["id"] for entry in trail.entries()] == list(range(1, LENGTH + 1))


def test_an_entry_before_all_others_is_found_and_moves_no_beginning(chain, cast):
    smallest, clerk = -(2**63), cast["clerk"].id
    columns = ", ".join(c.key for c in AuditEntry.__table__.columns if c.key not in {"id", "at"})
    copied = f"INSERT INTO audit_entry (id, at, {columns}) SELECT {smallest}, :at, {columns} FROM audit_entry"
    at = clock.now() + timedelta(hours=1)
    db.session.execute(text(f"{copied} WHERE id = 1").bindparams(bindparam("at", at, Instant)))
    db.session.commit()
    assert told(trail.verify()) == [("inserted", smallest)]
    with time_machine.travel(at, tick=False):
        assert limits.spent(clerk, [], ()).acts == 0


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_a_time_that_python_has_not_is_found_where_it_is(chain):
    db.session.execute(text("UPDATE audit_entry SET at = 'infinity' WHERE id = 2"))
    db.session.commit()
    assert told(trail.verify()) == [("edited", 2)]


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_a_server_in_another_time_zone_accuses_nobody(chain):
    db.session.execute(text("SET TIME ZONE 'Asia/Ho_Chi_Minh'"))
    assert trail.verify().whole


def test_an_entry_slipped_in_is_found(chain):
    last = db.session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc())).first()
    columns = {c.key: getattr(last, c.key) for c in AuditEntry.__table__.columns}
    db.session.add(AuditEntry(**{**columns, "id": LENGTH + 1, "previous": last.hash}))
    db.session.commit()
    assert told(trail.verify()) == [("inserted", LENGTH + 1)]


def test_pages_do_not_show(chain, monkeypatch):
    """A chain longer than a page is walked as one."""
    monkeypatch.setattr(trail, "PAGE", 4)
    heard = []
    assert trail.verify(progress=lambda done, of: heard.append((done, of))).whole
    assert heard == [(4, LENGTH)]
    assert [entry["id"] for entry in trail.entries(2, 5)] == [2, 3, 4, 5]


def verified(officer):
    officer.post("/trail")
    worker.run_all()
    return officer.get("/trail").text


def test_the_page_says_what_was_done_and_to_which_entry(app, client):
    sign_in_accounts()
    officer = reader(client, "protection_officer")
    assert "Nhật ký nguyên vẹn" in verified(officer)
    unguard("audit_entry", "audit_head")
    db.session.execute(text("UPDATE audit_entry SET found = 99 WHERE id = 1"))
    db.session.commit()
    page = verified(officer)
    assert "Bị sửa: dòng 1 đến 1" in page
    assert "Nhật ký nguyên vẹn" not in page


def test_a_long_trail_is_verified_in_little_memory(cast):
    """Ten thousand entries as Python holds them are some fifteen megabytes."""
    factories.trail(10_000)
    tracemalloc.start()
    assert trail.verify().whole
    _now, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    db.session.rollback()
    assert peak < 6_000_000
