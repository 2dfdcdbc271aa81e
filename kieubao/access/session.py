"""Who is asking: a page by its session, a program by its bearer token."""

import hashlib
from dataclasses import replace
from typing import cast

from flask import Flask, current_app, g, request, session
from sqlalchemy import select

from kieubao.access import accounts, sessions
from kieubao.access.models import Account, ApiToken
from kieubao.access.roles import GRANTS, NEVER_BY_TOKEN, Actor, Permission, Role, Scope
from kieubao.db import db
from kieubao.ground import clock
from kieubao.ground.errors import NotFound, SignInNeeded, _

# The name under which the cookie keeps a session's secret.
SECRET = "session"  # noqa: S105


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
    role, scope = Role(account.role), Scope(frozenset(row.unit for row in account.scope))
    office = current_app.config["PROVINCE"]
    return Actor(account.id, role, account.name, account.organisation_id, scope, GRANTS[role], office)


def actor_named(username: str) -> Actor:
    """Return the actor of an account that is open, for a command; raise NotFound otherwise."""
    account = accounts.account(username)
    if not account.active:
        raise NotFound(_("There is no such account"))
    actor = actor_for(account)
    db.session.rollback()
    return actor


def _by_session() -> Actor | None:
    found = sessions.current(session[SECRET]) if SECRET in session else None
    if found is None:
        return None
    actor = replace(actor_for(found.account), session=found.id, confirmed=sessions.is_confirmed(found))
    sessions.see(found)
    return actor


def _by_token() -> Actor | None:
    scheme, _blank, secret = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer":
        return None
    digest = hashlib.sha256(secret.strip().encode()).hexdigest()
    token = db.session.scalars(select(ApiToken).where(ApiToken.digest == digest)).one_or_none()
    if token is None or token.revoked_at or token.expires_at <= clock.now() or not token.account.active:
        return None
    actor = actor_for(token.account)
    carried = frozenset(map(Permission, token.permissions))
    return replace(actor, permissions=actor.permissions & carried - NEVER_BY_TOKEN)
