"""The only writer of organisations, accounts and tokens."""

import hashlib
import re
import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import uuid4

from sqlalchemy import select, update

from kieubao.access.models import Account, AccountScope, ApiToken, Organisation
from kieubao.access.roles import ASSIGNABLE, GRANTS, NEVER_BY_TOKEN, Permission, Role
from kieubao.db import db
from kieubao.ground import clock, codes
from kieubao.ground.errors import Conflict, Invalid, NotFound, _

TOKEN_DAYS = 90
_USERNAME = re.compile(r"[a-z][a-z0-9._-]{1,59}")


def organisation(name: str) -> Organisation:
    """Return the organisation of this name, made where it is new."""
    found = db.session.scalars(select(Organisation).where(Organisation.name == name)).one_or_none()
    if found is None:
        found = Organisation(code=codes.fresh("TC"), name=name)
        db.session.add(found)
        db.session.flush()
    return found


@dataclass(frozen=True)
class Opening:
    """What an account is opened with. `units` are codes of current units; the password comes hashed."""

    username: str
    name: str
    role: str
    units: Collection[str]
    password_hash: str


def open_account(opening: Opening, organisation_id: int) -> Account:
    """Open an account; raise Invalid for a name or role that cannot be, Conflict for a name that is taken."""
    if not _USERNAME.fullmatch(opening.username):
        raise Invalid(_("A sign-in name has 2 to 60 small letters, digits, dots or hyphens"), field="username")
    if opening.role not in ASSIGNABLE:
        raise Invalid(_("A role is one of: %(roles)s"), field="role", roles=", ".join(sorted(ASSIGNABLE)))
    if db.session.scalars(select(Account.id).where(Account.username == opening.username)).first():
        raise Conflict(_("There is an account with this sign-in name"))
    opened = Account(
        username=opening.username,
        name=opening.name,
        role=opening.role,
        organisation_id=organisation_id,
        password=opening.password_hash,
        fs_uniquifier=uuid4().hex,
        scope=[AccountScope(unit=unit) for unit in sorted(set(opening.units))],
    )
    db.session.add(opened)
    db.session.flush()
    return opened


def account(username: str) -> Account:
    found = db.session.scalars(select(Account).where(Account.username == username)).one_or_none()
    if found is None:
        raise NotFound(_("There is no such account"))
    return found


def disable(username: str) -> Account:
    """Close an account: its sessions and its tokens end with the next request."""
    closed = account(username)
    closed.active = False
    closed.fs_uniquifier = uuid4().hex
    return closed


def issue_token(holder: Account, name: str, permissions: Collection[Permission], expires_at: datetime) -> str:
    """Return a new token, which is nowhere else. Raises Invalid where it would outlive 90 days or its holder."""
    if not clock.now() < expires_at <= clock.now() + timedelta(days=TOKEN_DAYS, minutes=1):
        raise Invalid(_("A token ends within %(days)s days"), field="expires_at", days=TOKEN_DAYS)
    beyond = set(permissions) - (GRANTS[Role(holder.role)] - NEVER_BY_TOKEN)
    if beyond or not permissions:
        raise Invalid(
            _("A token carries some of your own permissions, and never those over accounts"), field="permissions"
        )
    secret = "kb_" + secrets.token_urlsafe(32)
    digest = hashlib.sha256(secret.encode()).hexdigest()
    db.session.add(
        ApiToken(account_id=holder.id, name=name, digest=digest, permissions=sorted(permissions), expires_at=expires_at)
    )
    return secret


def end_everything() -> int:
    """End every session and token, as a restored host has to; return how many tokens there were.

    What was ended after its backup would go on otherwise.
    """
    for one in db.session.scalars(select(Account)):
        one.fs_uniquifier = uuid4().hex
    ended = update(ApiToken).where(ApiToken.revoked_at.is_(None)).values(revoked_at=clock.now())
    return int(db.session.execute(ended).rowcount)  # type: ignore[attr-defined]
