"""Who is asking: a page by its session, a program by its bearer token."""

import hashlib
from dataclasses import replace
from typing import cast

from flask import Flask, current_app, g, request, session
from sqlalchemy import bindparam, select

from kieubao.access import accounts, sessions
from kieubao.access.models import Account, AccountScope, ApiToken
from kieubao.access.roles import GRANTS, NEVER_BY_TOKEN, Actor, Permission, Role, Scope
from kieubao.db import db, reading
from kieubao.ground import clock
from kieubao.ground.errors import NotFound, SignInNeeded, _

# The name under which the cookie keeps a session's secret.
SECRET = "session"  # noqa: S105
LOOKS_ALONE = "X-Looks-Alone"
# Once a unit of the account's scope. Past the ORM: every request of a program asks it.
_BY_TOKEN = (
    select(ApiToken.permissions, Account.id, Account.role, Account.name, Account.organisation_id, AccountScope.unit)
    .join(Account, Account.id == ApiToken.account_id)
    .outerjoin(AccountScope, AccountScope.account_id == Account.id)
    .where(ApiToken.digest == bindparam("digest"), ApiToken.revoked_at.is_(None), Account.active)
    .where(ApiToken.expires_at > bindparam("now", type_=ApiToken.expires_at.type))
)


def init_app(app: Flask) -> None:
    https = app.config["HTTPS"]
    app.config.from_mapping(
        SESSION_COOKIE_NAME="__Host-kieubao" if https else "kieubao",
        SESSION_COOKIE_SECURE=https,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        WTF_CSRF_TIME_LIMIT=None,
    )
    app.add_template_global(can)


def current_actor() -> Actor:
    """Return who is asking; raise SignInNeeded where nobody is known."""
    actor = asking()
    if actor is None:
        raise SignInNeeded(_("Sign in first"))
    return actor


def asking() -> Actor | None:
    """Return who is asking, once a request, or None."""
    if "actor" not in g:
        g.actor = _by_token() if request.path.startswith("/api/") else _by_session()
    return cast("Actor | None", g.actor)


def forget() -> None:
    """Have the next question of who is asking answered anew."""
    g.pop("actor", None)


def can(permission: str) -> bool:
    """Tell a template whether to offer an act."""
    actor = asking()
    return actor is not None and actor.can(Permission(permission))


def actor_for(account: Account) -> Actor:
    """Return the actor an account is."""
    units = frozenset(row.unit for row in account.scope)
    return _actor(account.id, account.role, account.name, account.organisation_id, units)


def actor_named(username: str) -> Actor:
    """Return the actor of an account that is open, for a command; raise NotFound otherwise."""
    account = accounts.account(username)
    if not account.active:
        raise NotFound(_("There is no such account"))
    actor = actor_for(account)
    db.session.rollback()
    return actor


def actor_numbered(account_id: int) -> Actor:
    """Return the actor of an account that is open, for work that goes on without its holder. Raises NotFound."""
    account = db.session.get_one(Account, account_id, populate_existing=True)
    if not account.active:
        raise NotFound(_("There is no such account"))
    actor = replace(actor_for(account), confirmed=False)
    db.session.rollback()
    return actor


def _by_session() -> Actor | None:
    if SECRET not in session:
        return None
    reading()
    found = sessions.current(session[SECRET])
    if found is None:
        return None
    actor = replace(actor_for(found.account), session=found.id, confirmed=sessions.is_confirmed(found))
    # A page that asks by itself how far a job is keeps nobody's session awake.
    if LOOKS_ALONE not in request.headers:
        sessions.see(found)
    return actor


def _by_token() -> Actor | None:
    scheme, _blank, secret = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer":
        return None
    digest = hashlib.sha256(secret.strip().encode()).hexdigest()
    reading(alone=True)
    found = db.session.connection().execute(_BY_TOKEN, {"digest": digest, "now": clock.now()}).all()
    if not found:
        return None
    one, units = found[0], frozenset(row.unit for row in found if row.unit)
    actor = _actor(one.id, one.role, one.name, one.organisation_id, units)
    return replace(actor, permissions=actor.permissions & {*map(Permission, one.permissions)} - NEVER_BY_TOKEN)


def _actor(account_id: int, role: str, name: str, organisation_id: int, units: frozenset[str]) -> Actor:
    permissions, office = GRANTS[Role(role)], current_app.config["PROVINCE"]
    return Actor(account_id, Role(role), name, organisation_id, Scope(units), permissions, office)
