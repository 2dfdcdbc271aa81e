"""Permitted, recorded, and done whole or not at all."""

import pytest
from sqlalchemy import event, select, text
from sqlalchemy.exc import DatabaseError, IntegrityError

from kieubao.access.models import AuditEntry, Organisation
from kieubao.access.roles import ASSIGNABLE, GRANTS, Permission
from kieubao.access.use_case import Shape, admit, note, unless_recorded, use_case
from kieubao.db import db, writing
from kieubao.ground.errors import Conflict, Forbidden, Unrecorded
from tests import factories
from tests.databases import owning, unguard


def entries():
    db.session.rollback()
    return db.session.scalars(select(AuditEntry).order_by(AuditEntry.id)).all()


def write(shape, text):
    """Write as an act of this shape does: a seal takes the right to by itself, and a read never does."""
    if shape is Shape.SEAL:
        writing()
    if shape is not Shape.READ:
        db.session.add(Organisation(code="TC-1", name=text))
        db.session.flush()


def touch(permission, shape=Shape.CHANGE, body=lambda: "done"):
    @use_case(permission, shape)
    def act(actor):
        return body()

    return act


@pytest.mark.parametrize("permission", Permission)
@pytest.mark.parametrize("role", sorted(ASSIGNABLE))
def test_a_role_may_what_it_is_granted_and_every_try_is_recorded(cast, role, permission):
    act = touch(permission)
    if permission in GRANTS[role]:
        assert act(cast[role]) == "done"
    else:
        with pytest.raises(Forbidden):
            act(cast[role])
    (entry,) = entries()
    assert entry.outcome == ("done" if permission in GRANTS[role] else "forbidden")
    assert (entry.actor_id, entry.role, entry.action) == (cast[role].id, role, "access.act")


@pytest.mark.parametrize("shape", Shape)
def test_what_fails_is_undone_and_recorded(cast, shape):
    def fail():
        write(shape, "half done")
        raise Conflict("no")

    with pytest.raises(Conflict):
        touch(Permission.PERSON_READ, shape, fail)(cast["clerk"])
    assert [entry.outcome for entry in entries()] == ["conflict"]
    assert db.session.scalars(select(Organisation).where(Organisation.name == "half done")).all() == []


def test_what_the_database_refuses_is_undone_and_recorded(cast):
    def twice():
        db.session.add_all([Organisation(code="TC-1", name="same"), Organisation(code="TC-2", name="same")])

    with pytest.raises(IntegrityError):
        touch(Permission.PERSON_WRITE, body=twice)(cast["clerk"])
    assert [entry.outcome for entry in entries()] == ["failed"]


def test_a_use_case_called_from_a_use_case_is_refused(cast):
    inner = touch(Permission.PERSON_READ)
    with pytest.raises(RuntimeError, match="was called from"):
        touch(Permission.PERSON_READ, body=lambda: inner(cast["clerk"]))(cast["clerk"])


@pytest.mark.parametrize("shape", Shape)
def test_no_line_no_answer(cast, shape):
    """With the trail unwritable nothing is answered and nothing is done; afterwards there is no gap."""

    def refuse(connection, cursor, statement, *rest):
        if "INSERT INTO audit_entry" in statement:
            cursor.execute("SELECT no_such_column")

    def work():
        write(shape, "unseen")
        return "secret"

    act = touch(Permission.PERSON_READ, shape, work)
    event.listen(db.engine, "before_cursor_execute", refuse)
    try:
        with pytest.raises(Unrecorded):
            act(cast["clerk"])
    finally:
        event.remove(db.engine, "before_cursor_execute", refuse)
    assert entries() == []
    assert db.session.scalars(select(Organisation).where(Organisation.name == "unseen")).all() == []
    assert act(cast["clerk"]) == "secret"
    assert [entry.id for entry in entries()] == [1]


def test_a_refusal_at_a_form_leaves_a_line_and_an_admission_none(cast):
    assert admit(cast["clerk"], Permission.PERSON_WRITE) is cast["clerk"]
    assert entries() == []
    with pytest.raises(Forbidden) as refused:
        admit(cast["organizer"], Permission.PERSON_WRITE)
    assert refused.value.values == {"permission": "person:write"}
    (entry,) = entries()
    assert (entry.action, entry.outcome, entry.actor_id) == ("access.admit", "forbidden", cast["organizer"].id)
    assert entry.details == {"permission": "person:write"}


@pytest.mark.parametrize("outcome", ["done", "conflict", "unrecorded"])
def test_what_was_made_for_an_answer_is_undone_where_there_is_none(cast, outcome):
    undone = []
    unguard("audit_head")

    def work():
        unless_recorded(lambda: undone.append("file"))
        writing()
        if outcome == "conflict":
            raise Conflict("no")
        if outcome == "unrecorded":
            db.session.execute(text("DELETE FROM audit_head"))

    act = touch(Permission.PERSON_READ, Shape.SEAL, work)
    if outcome == "done":
        act(cast["clerk"])
    else:
        with pytest.raises((Conflict, Unrecorded)):
            act(cast["clerk"])
    assert undone == ([] if outcome == "done" else ["file"])


def test_note_keeps_ids_and_counts(cast):
    touch(Permission.PERSON_READ, body=lambda: note(found=3, purpose="Tết", fields=["name"]))(cast["clerk"])
    (entry,) = entries()
    assert (entry.found, entry.purpose, entry.details) == (3, "Tết", {"fields": ["name"]})


@pytest.mark.parametrize("table", ["audit_entry", "consent_event"])
@pytest.mark.parametrize("act", ["UPDATE {} SET id = id", "DELETE FROM {}"])
def test_the_database_itself_refuses_to_change_a_line(cast, table, act):
    touch(Permission.PERSON_READ)(cast["clerk"])
    factories.consent(factories.person().id)
    with pytest.raises(DatabaseError, match=r"only added to|permission denied"):
        db.session.execute(text(act.format(table)))
    db.session.rollback()
    with pytest.raises(DatabaseError, match="only added to"), owning() as connection:
        connection.execute(text(act.format(table)))
