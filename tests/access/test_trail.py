"""The chain holds, and whatever is done to it behind the service's back is found."""

import pytest
from sqlalchemy import select, text

from kieubao.access import trail
from kieubao.access.models import AuditEntry
from kieubao.access.roles import Permission
from kieubao.access.use_case import note, use_case
from kieubao.db import db
from tests.databases import owning

LENGTH = 6


@use_case(Permission.PERSON_READ)
def look(actor, number):
    note(found=number, details_too={"ids": [number]})


@pytest.fixture
def chain(cast):
    for number in range(LENGTH):
        look(cast["clerk"], number)
    _guards("DISABLE")
    yield
    db.session.rollback()


def _guards(how):
    """Do as the owner of the database can: switch off the triggers."""
    with owning() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text(f"ALTER TABLE audit_entry {how} TRIGGER USER"))
        else:
            for act in ("update", "delete"):
                connection.execute(text(f"DROP TRIGGER audit_entry_{act}"))


def test_a_chain_that_nobody_touched_is_whole(chain):
    verdict = trail.verify()
    assert (verdict.entries, verdict.whole) == (LENGTH, True)


TAMPERED = {
    "a value": ("UPDATE audit_entry SET found = 99 WHERE id = 3", 3),
    "a time": ("UPDATE audit_entry SET at = '2020-01-01 00:00:00.000000' WHERE id = 2", 2),
    "an outcome": ("UPDATE audit_entry SET outcome = 'done ' WHERE id = 4", 4),
    "a hash": ("UPDATE audit_entry SET hash = previous WHERE id = 5", 5),
    "a detail": ("UPDATE audit_entry SET details = '{}' WHERE id = 1", 1),
    "gone from the middle": ("DELETE FROM audit_entry WHERE id = 3", 3),
    "gone from the start": ("DELETE FROM audit_entry WHERE id = 1", 1),
    "the tail cut": ("DELETE FROM audit_entry WHERE id = 6", 6),
    "the head moved": ("UPDATE audit_head SET last = 5", 7),
    "swapped": ("UPDATE audit_entry SET id = CASE id WHEN 2 THEN -3 ELSE -2 END WHERE id IN (2, 3)", 1),
}


@pytest.mark.parametrize("name", TAMPERED)
def test_tampering_is_found_where_it_was_done(chain, name):
    statement, broken_at = TAMPERED[name]
    with owning() as connection:
        connection.execute(text(statement))
    assert trail.verify().broken_at == broken_at


def test_an_entry_slipped_in_is_found(chain):
    last = db.session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc())).first()
    columns = {c.key: getattr(last, c.key) for c in AuditEntry.__table__.columns}
    db.session.add(AuditEntry(**{**columns, "id": LENGTH + 1, "previous": last.hash}))
    db.session.commit()
    assert trail.verify().broken_at == LENGTH + 1
