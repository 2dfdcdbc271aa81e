"""How a transaction ends: nothing is left of a read, and nothing that was made ready is made ready again."""

from contextlib import nullcontext

import pytest
from sqlalchemy import event, select, text, update
from sqlalchemy.exc import InternalError

from kieubao.access.models import Account
from kieubao.access.roles import Permission
from kieubao.access.use_case import Shape, use_case
from kieubao.db import db, leave, reading, told, writing
from kieubao.people import service
from tests import factories
from tests.pages.province import reader, sign_in_accounts


def is_postgresql():
    return db.engine.dialect.name == "postgresql"


def names():
    db.session.rollback()
    return set(db.session.scalars(select(Account.name)))


def renamed(actor):
    db.session.execute(update(Account).values(name="Another"))


def renamed_by_hand(actor):
    db.session.get(Account, actor.id).name = "Another"


@pytest.mark.parametrize("act", [renamed, renamed_by_hand])
def test_a_read_that_writes_leaves_nothing(cast, act):
    """On PostgreSQL it may not begin to."""
    act.__module__ = "kieubao.people.service"
    run, before = use_case(Permission.PERSON_READ, Shape.READ)(act), names()
    refused = pytest.raises(InternalError, match="read-only") if is_postgresql() else nullcontext()
    with refused if act is renamed else nullcontext():
        run(cast["clerk"])
    assert names() == before


@pytest.mark.parametrize("alone", [True, False])
def test_what_was_changed_by_hand_and_not_committed_is_gone(cast, alone):
    before = names()
    reading(alone=alone)
    renamed_by_hand(cast["clerk"])
    leave()
    assert names() == before


@pytest.mark.parametrize("begin", [reading, writing])
def test_what_was_begun_and_not_committed_is_gone_when_the_next_begins(cast, begin):
    before = names()
    writing()
    renamed(None)
    begin()
    assert names() == before
    # Begun by nobody's word, after a read that has ended.
    reading()
    db.session.rollback()
    renamed(None)
    begin()
    assert names() == before


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_a_page_that_only_shows_has_nothing_forgotten(client):
    """Not even where nothing is asked but whose session it is."""
    sign_in_accounts()
    clerk, ended = reader(client, "clerk"), []
    clerk.get("/persons")
    for how in ("rollback", "commit"):
        event.listen(db.engine, how, lambda connection, how=how: ended.append(how))
    assert clerk.get("/persons").status_code == 200
    assert ended == ["commit"]


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_what_is_asked_often_is_planned_once(cast):
    """At every rollback the driver forgets what it had the server prepare: a read ends without one."""
    factories.person()
    for _time in range(8):
        service.search(cast["clerk"], text="đào", wanted={})
    writing()
    ready = " ".join(db.session.scalars(text("SELECT statement FROM pg_prepared_statements")))
    for table in ("audit_head", "person.sort_key", "standing.subject"):
        assert table in ready
    assert "set_config" in ready


@pytest.mark.parametrize("ids", [[], [1], [3, 1, 2]])
def test_ids_are_told_to_a_statement_made_once(app, ids):
    assert sorted(db.session.scalars(told("ids"), {"ids": ids})) == sorted(ids)
