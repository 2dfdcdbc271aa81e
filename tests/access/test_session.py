"""Who is asking is found anew with each request, from what the request brings and from nothing else."""

from dataclasses import replace
from datetime import timedelta

import pytest
import time_machine
from flask import session as cookie
from sqlalchemy import select

from kieubao.access import accounts, service, session
from kieubao.access.models import Account, ApiToken
from kieubao.access.roles import GRANTS, NEVER_BY_TOKEN, Scope
from kieubao.db import db
from kieubao.ground import clock
from kieubao.ground.errors import NotFound, SignInNeeded
from tests import factories
from tests.signing import secret_of


def asking(app, **headers):
    with app.app_context(), app.test_request_context("/api/v1/me", headers=headers):
        return session.asking()


@pytest.mark.parametrize("written", ["Bearer {}", "bearer {}", "BEARER   {} "])
def test_a_token_is_read_however_the_header_is_written(app, cast, written):
    found = asking(app, Authorization=written.format(factories.token(cast["clerk"])))
    assert (found.id, found.permissions) == (cast["clerk"].id, GRANTS["clerk"] - NEVER_BY_TOKEN)


@pytest.mark.parametrize("written", ["Basic {}", "{}", "Bearer", "Bearer x{}", "Bearer {}x", ""])
def test_what_is_no_token_is_nobodys(app, cast, written):
    assert asking(app, Authorization=written.format(factories.token(cast["clerk"]))) is None


def test_a_token_ends_at_its_moment_or_when_it_is_revoked(app, cast):
    with time_machine.travel(clock.now(), tick=False) as time:
        kept, revoked = (f"Bearer {factories.token(cast['clerk'], days=1)}" for _n in range(2))
        service.revoke_token(
            cast["clerk"], db.session.scalars(select(ApiToken.id).order_by(ApiToken.id.desc())).first()
        )
        time.shift(timedelta(days=1, seconds=-1))
        assert asking(app, Authorization=kept)
        assert asking(app, Authorization=revoked) is None
        time.shift(timedelta(seconds=1))
        assert asking(app, Authorization=kept) is None


def test_a_token_is_nothing_while_its_account_is_closed(app, cast):
    """Though it is not revoked: closing an account revokes its tokens too."""
    header = f"Bearer {factories.token(cast['clerk'])}"
    db.session.get(Account, cast["clerk"].id).active = False
    db.session.commit()
    assert asking(app, Authorization=header) is None


def test_an_actor_is_the_account_as_it_stands(app):
    clerk = factories.account("clerk", ["18673", "18676"], "UBND xã Cẩm Xuyên", username="lan", name="Lan")
    actor = session.actor_named("lan")
    assert (actor.id, actor.role, actor.name, actor.office) == (clerk.id, "clerk", "Lan", "42")
    assert (actor.scope, actor.permissions) == (Scope(frozenset({"18673", "18676"})), GRANTS["clerk"])
    assert actor.organisation_id == accounts.organisation("UBND xã Cẩm Xuyên").id
    assert (actor.session, actor.confirmed) == (None, True)


def test_work_that_goes_on_without_its_holder_is_an_open_accounts_and_proves_nothing(app, cast):
    clerk = cast["clerk"]
    without = session.actor_numbered(clerk.id)
    assert without == replace(clerk, confirmed=False)
    assert not db.session().in_transaction()
    factories.disable(clerk)
    with pytest.raises(NotFound, match="account"):
        session.actor_numbered(clerk.id)


def test_a_session_says_whether_its_holder_proved_it_lately(app, cast):
    secret = secret_of(cast["clerk"].id)
    for minutes, confirmed in ((0, True), (10, False)):
        with (
            time_machine.travel(clock.now() + timedelta(minutes=minutes), tick=False),
            app.app_context(),
            app.test_request_context("/account"),
        ):
            cookie[session.SECRET] = secret
            actor = session.current_actor()
            assert (actor.id, actor.session is not None, actor.confirmed) == (cast["clerk"].id, True, confirmed)
            assert (session.can("person:read"), session.can("list:approve")) == (True, False)


def test_who_is_asking_is_asked_once_and_anew_when_told_to(app, cast):
    with app.test_request_context("/account"):
        assert session.asking() is None
        assert not session.can("account:self")
        cookie[session.SECRET] = secret_of(cast["clerk"].id)
        with pytest.raises(SignInNeeded):
            session.current_actor()
        session.forget()
        assert session.current_actor().id == cast["clerk"].id
        session.forget()
        cookie[session.SECRET] = "another"
        assert session.asking() is None


def test_a_form_is_good_for_as_long_as_the_session_is(app):
    """Not for an hour: whoever was called away does not lose what they typed."""
    assert app.config["WTF_CSRF_TIME_LIMIT"] is None
