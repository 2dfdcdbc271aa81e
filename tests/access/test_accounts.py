"""Accounts are opened once, by name and role; tokens end, carry little, and are kept as digests."""

from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import select, text

from kieubao.access import accounts, service, sessions
from kieubao.access.changes import Kind
from kieubao.access.models import Account, ApiToken, AuditEntry, Session
from kieubao.access.roles import ASSIGNABLE, GRANTS, NEVER_BY_TOKEN, Permission, Role
from kieubao.db import db
from kieubao.ground import clock
from kieubao.ground.errors import Conflict, Forbidden, Invalid, NotFound
from tests import factories
from tests.signing import secret_of

P = Permission


def details(**fields):
    return {"name": "Đặng Thị Hòa", "role": "clerk", "organisation": "Sở Ngoại vụ", "units": ["42"], **fields}


def opened(cast, username="hoa.dang", **fields):
    """Propose an account as the admin and confirm it as the protection officer; return both halves."""
    proposed = service.propose(cast["admin"], Kind.OPEN, username, details(**fields))
    decided = service.decide(cast["protection_officer"], proposed["id"], confirm=True)
    return proposed["half"], decided["half"]


def me(client, secret):
    return client.get("/api/v1/me", headers={"Authorization": f"Bearer {secret}"}).status_code


def tokens():
    db.session.rollback()
    return db.session.scalars(select(ApiToken).order_by(ApiToken.id)).all()


def test_an_account_is_opened_in_an_organisation_that_may_be_new(cast):
    opened(cast, units=["42", "18673", "42"], organisation="UBND xã Cẩm Xuyên")
    made = accounts.account("hoa.dang")
    assert ({row.unit for row in made.scope}, made.active, made.password) == ({"42", "18673"}, True, None)
    db.session.rollback()
    opened(cast, "lan", organisation="UBND xã Cẩm Xuyên")
    assert accounts.account("lan").organisation_id == accounts.account("hoa.dang").organisation_id


@pytest.mark.parametrize("username", ["", "a", "Hoa", "1hoa", "hoa dang", "hòa", "hoa\n", "x" * 61, "hoa@example.com"])
def test_a_name_that_cannot_be_is_refused(cast, username):
    with pytest.raises(Invalid) as refused:
        service.propose(cast["admin"], Kind.OPEN, username, details())
    assert refused.value.field == "username"


@pytest.mark.parametrize("username", ["ab", "a" * 60, "hoa.dang-2_x"])
def test_a_name_that_can_be_is_taken(cast, username):
    opened(cast, username)
    assert accounts.account(username).username == username


@pytest.mark.parametrize("role", ["system", "public", "subject", "root", ""])
def test_a_role_that_nobody_is_given_is_refused(cast, role):
    with pytest.raises(Invalid) as refused:
        service.propose(cast["admin"], Kind.OPEN, "hoa.dang", details(role=role))
    assert (refused.value.field, refused.value.values) == ("role", {"roles": ", ".join(sorted(ASSIGNABLE))})


@pytest.mark.parametrize("unit", ["99", "1867", "2025:18673", "", "hà tĩnh"])
def test_a_unit_that_is_not_is_refused_and_nothing_is_left(cast, unit):
    with pytest.raises(Invalid):
        service.propose(cast["admin"], Kind.OPEN, "hoa.dang", details(units=["42", unit]))
    assert db.session.execute(text("SELECT count(*) FROM account_change")).scalar() == 0


def test_an_account_keeps_what_it_had_where_the_new_role_or_unit_is_none(cast):
    holder = db.session.get_one(Account, cast["clerk"].id)
    with pytest.raises(Invalid):
        accounts.give_role(holder, "root")
    with pytest.raises(Invalid):
        accounts.give_scope(holder, ["1867"])
    assert (holder.role, [one.unit for one in holder.scope]) == ("clerk", ["42"])


def test_a_name_is_taken_once(cast):
    opened(cast)
    with pytest.raises(Conflict):
        service.propose(cast["admin"], Kind.OPEN, "hoa.dang", details(name="Người khác"))
    assert accounts.account("hoa.dang").name == "Đặng Thị Hòa"


@pytest.mark.parametrize("role", sorted(ASSIGNABLE - {Role.ADMIN}))
def test_only_the_admin_proposes_and_disables(cast, role):
    with pytest.raises(Forbidden):
        service.propose(cast[role], Kind.OPEN, "hoa.dang", details())
    with pytest.raises(Forbidden):
        service.disable(cast[role], "hoa.dang")


def test_a_disabled_account_is_out_at_once(client, cast):
    secret = factories.token(cast["clerk"])
    assert me(client, secret) == 200
    username = db.session.get_one(Account, cast["clerk"].id).username
    service.disable(cast["admin"], username)
    assert me(client, secret) == 401
    with pytest.raises(NotFound):
        service.disable(cast["admin"], "nobody")


def test_one_is_told_what_one_may_and_of_whom(client, cast):
    near = factories.actor("clerk", units=("18673",))
    for actor, units in ((cast["clerk"], ["42"]), (near, ["18673"])):
        told = client.get("/api/v1/me", headers=factories.bearer(actor)).json
        assert (told["role"], told["units"]) == ("clerk", units)
        assert set(told["permissions"]) == GRANTS["clerk"] - NEVER_BY_TOKEN


def test_a_token_ends(client, cast):
    secret = factories.token(cast["clerk"], days=1)
    assert me(client, secret) == 200
    db.session.execute(text("UPDATE api_token SET expires_at = '2026-01-01 00:00:00.000000'"))
    db.session.commit()
    assert me(client, secret) == 401


def test_a_token_is_revoked_by_its_holder_alone(client, cast):
    secret = factories.token(cast["clerk"])
    number = tokens()[0].id
    with pytest.raises(NotFound):
        service.revoke_token(cast["admin"], number)
    assert me(client, secret) == 200
    service.revoke_token(cast["clerk"], number)
    assert me(client, secret) == 401


def test_what_an_account_had_open_ends_and_nothing_of_others(client, cast):
    ended, kept, earlier = (factories.token(cast[name]) for name in ("clerk", "approver", "clerk"))
    service.revoke_token(cast["clerk"], tokens()[2].id)
    revoked = tokens()[2].revoked_at
    service.disable(cast["admin"], db.session.get_one(Account, cast["clerk"].id).username)
    assert [me(client, secret) for secret in (ended, kept, earlier)] == [401, 200, 401]
    assert tokens()[2].revoked_at == revoked
    assert accounts.end_everything() == 1
    db.session.commit()
    assert (me(client, kept), tokens()[2].revoked_at) == (401, revoked)


def test_a_restored_host_ends_every_session_and_none_anew(cast):
    ended, one, other = (secret_of(cast[name].id) for name in ("clerk", "clerk", "admin"))
    sessions.end_held(ended)
    db.session.commit()
    before = select(Session.ended_at).where(Session.ended_at.is_not(None))
    at = db.session.scalars(before).one()
    accounts.end_everything()
    db.session.commit()
    assert [sessions.current(secret) for secret in (one, other)] == [None, None]
    assert db.session.scalars(before.order_by(Session.id)).first() == at


def test_a_token_for_nothing_is_refused(cast):
    holder = db.session.get_one(Account, cast["clerk"].id)
    with pytest.raises(Invalid) as refused:
        accounts.issue_token(holder, "x", [], clock.now() + timedelta(days=1))
    assert refused.value.field == "permissions"


@pytest.mark.parametrize("days", [-1, 0, 91, 10_000])
def test_a_token_ends_within_ninety_days(cast, days):
    holder = db.session.get_one(Account, cast["clerk"].id)
    with pytest.raises(Invalid) as refused:
        accounts.issue_token(holder, "x", [P.PERSON_READ], clock.now() + timedelta(days=days))
    assert refused.value.field == "expires_at"


def test_a_token_may_end_in_a_moment_or_in_ninety_days(cast):
    """Some of the last minute goes by while the form is filled in."""
    holder, day, second = db.session.get_one(Account, cast["clerk"].id), timedelta(days=1), timedelta(seconds=1)
    with time_machine.travel(clock.now(), tick=False):
        for span in (second, 90 * day, 90 * day + 60 * second):
            accounts.issue_token(holder, "x", [P.PERSON_READ], clock.now() + span)
        for span in (0 * day, 90 * day + 61 * second):
            with pytest.raises(Invalid) as refused:
                accounts.issue_token(holder, "x", [P.PERSON_READ], clock.now() + span)
            assert refused.value.values == {"days": 90}


BEYOND = [("clerk", P.LIST_APPROVE), ("admin", P.ACCOUNT_MANAGE), ("admin", P.PERSON_READ)]


@pytest.mark.parametrize(("role", "permission"), BEYOND)
def test_a_token_carries_nothing_beyond_its_holder_and_no_account(cast, role, permission):
    with pytest.raises(Invalid) as refused:
        service.issue_token(cast[role], name="x", days=30, permissions=[permission])
    assert refused.value.field == "permissions"
    assert tokens() == []


@pytest.mark.parametrize("role", sorted(ASSIGNABLE))
def test_a_token_may_carry_all_but_what_none_carries(cast, role):
    chosen = GRANTS[role] - NEVER_BY_TOKEN
    service.issue_token(cast[role], name="x", days=90, permissions=chosen)
    assert set(tokens()[0].permissions) == chosen


def test_a_token_written_into_the_table_does_not_outgrow_its_holder(client, cast):
    secret = factories.token(cast["admin"])
    granted = '["account:manage", "person:read", "account:self"]'
    db.session.execute(text("UPDATE api_token SET permissions = :granted"), {"granted": granted})
    db.session.commit()
    answer = client.get("/api/v1/me", headers={"Authorization": f"Bearer {secret}"})
    assert answer.json["permissions"] == ["account:self"]


def test_only_the_digest_of_a_token_is_kept(cast):
    secret = service.issue_token(cast["clerk"], name="báo cáo", days=7, permissions=[P.PERSON_SEARCH])
    assert secret != service.issue_token(cast["clerk"], name="x", days=1, permissions=[P.PERSON_SEARCH])
    assert secret.startswith("kb_")
    assert len(secret) > 40
    for table in ("api_token", "audit_entry"):
        stored = str(db.session.execute(text(f"SELECT * FROM {table}")).all())
        assert secret not in stored
        assert secret.removeprefix("kb_") not in stored
    assert tokens()[0].permissions == ["person:search"]
    details = db.session.scalars(select(AuditEntry.details).order_by(AuditEntry.id)).first()
    assert details == {"account": cast["clerk"].id, "days": 7, "permissions": ["person:search"]}
