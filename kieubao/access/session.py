"""Who is asking: a page by its session, a program by its bearer token."""

import hashlib
from datetime import timedelta
from pathlib import Path
from typing import Any, cast

from flask import Flask, current_app, g, request
from flask_security import Security, SQLAlchemyUserDatastore, current_user, hash_password, uia_username_mapper
from flask_security.core import RoleMixin
from sqlalchemy import select

from kieubao.access import accounts
from kieubao.access.models import Account, ApiToken
from kieubao.access.roles import GRANTS, NEVER_BY_TOKEN, Actor, Permission, Role, Scope
from kieubao.db import db
from kieubao.ground import clock
from kieubao.ground.errors import Invalid, NotFound, SignInNeeded, _

_SETTINGS: dict[str, Any] = {
    "SECURITY_PASSWORD_HASH": "argon2",
    "SECURITY_PASSWORD_SCHEMES": ["argon2"],
    "SECURITY_DEPRECATED_PASSWORD_SCHEMES": [],
    "SECURITY_PASSWORD_SINGLE_HASH": ["argon2"],
    "SECURITY_PASSWORD_LENGTH_MIN": 15,
    "SECURITY_USERNAME_ENABLE": True,
    "SECURITY_USERNAME_REQUIRED": True,
    "SECURITY_USERNAME_MIN_LENGTH": 2,
    "SECURITY_USERNAME_MAX_LENGTH": 60,
    "SECURITY_USERNAME_ALLOWED_CHARS": ["L", "N", "P"],
    "SECURITY_USER_IDENTITY_ATTRIBUTES": [{"username": {"mapper": uia_username_mapper, "case_insensitive": True}}],
    "SECURITY_JOIN_USER_ROLES": False,
    "SECURITY_TRACKABLE": False,
    "SECURITY_SEND_REGISTER_EMAIL": False,
    "SECURITY_CHANGEABLE": False,
    "SECURITY_RETURN_GENERIC_RESPONSES": True,
    "SECURITY_DEFAULT_REMEMBER_ME": False,
    # No page of Flask-Security's but the one that signs in: asking again comes with the second factors.
    "SECURITY_FRESHNESS": timedelta(minutes=-1),
    # Its commands would act past the trail; ours are `flask accounts`.
    "SECURITY_CLI_USERS_NAME": None,
    "SECURITY_CLI_ROLES_NAME": None,
    "SECURITY_LOGIN_URL": "/sign-in",
    "SECURITY_LOGOUT_URL": "/sign-out",
    "SECURITY_LOGOUT_METHODS": ["POST"],
    "SECURITY_LOGIN_USER_TEMPLATE": "access/sign-in.html",
    "SECURITY_I18N_DOMAIN": "messages",
    "SECURITY_I18N_DIRNAME": str(Path(__file__).parents[1] / "translations"),
    "SESSION_COOKIE_HTTPONLY": True,
    "SESSION_COOKIE_SAMESITE": "Lax",
    "PERMANENT_SESSION_LIFETIME": timedelta(hours=8),
    "WTF_CSRF_TIME_LIMIT": None,
}


class _NoRole(RoleMixin):
    """Flask-Security wants a role model; kieubao's roles are `access.roles`."""


def init_app(app: Flask) -> None:
    app.config.from_mapping(_SETTINGS)
    app.config["SESSION_COOKIE_NAME"] = "__Host-kieubao" if app.config["HTTPS"] else "kieubao"
    app.config["SESSION_COOKIE_SECURE"] = app.config["HTTPS"]
    Security(app, SQLAlchemyUserDatastore(db, Account, _NoRole))
    app.before_request(_token_needed)
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


def _token_needed() -> None:
    """Let nobody into the API, not even to learn what is not there, without a token that holds."""
    if request.path.startswith("/api/v1/"):
        current_actor()


def can(permission: str) -> bool:
    """Tell a template whether to offer an act."""
    actor = asking()
    return actor is not None and actor.can(Permission(permission))


def actor_for(account: Account, permissions: frozenset[Permission] | None = None) -> Actor:
    """Return the actor an account is, with the part of its permissions that a token carries."""
    role = Role(account.role)
    granted = GRANTS[role] if permissions is None else GRANTS[role] & permissions - NEVER_BY_TOKEN
    scope = Scope(frozenset(row.unit for row in account.scope))
    office = current_app.config["PROVINCE"]
    return Actor(account.id, role, account.name, account.organisation_id, scope, granted, office)


def hashed(password: str) -> str:
    """Return the hash of a password that is good enough; raise Invalid, field "password", where it is not."""
    problems, normal = current_app.extensions["security"].password_util.validate(password, is_register=True)
    if problems:
        raise Invalid(problems[0], field="password")
    return str(hash_password(normal))


def actor_named(username: str) -> Actor:
    """Return the actor of an account that is open, for a command; raise NotFound otherwise."""
    account = accounts.account(username)
    if not account.active:
        raise NotFound(_("There is no such account"))
    actor = actor_for(account)
    db.session.rollback()
    return actor


def _by_session() -> Actor | None:
    return actor_for(current_user) if current_user and current_user.is_authenticated else None


def _by_token() -> Actor | None:
    scheme, _blank, secret = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer":
        return None
    digest = hashlib.sha256(secret.strip().encode()).hexdigest()
    token = db.session.scalars(select(ApiToken).where(ApiToken.digest == digest)).one_or_none()
    if token is None or token.revoked_at or token.expires_at <= clock.now() or not token.account.active:
        return None
    return actor_for(token.account, frozenset(map(Permission, token.permissions)))
