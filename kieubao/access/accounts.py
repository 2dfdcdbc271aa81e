"""The only writer of organisations, accounts and tokens."""

import hashlib
import re
import secrets
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select, update

from kieubao.access import factors, sessions
from kieubao.access.models import Account, AccountScope, ApiToken, Organisation
from kieubao.access.roles import ASSIGNABLE, GRANTS, NEVER_BY_TOKEN, Permission, Role
from kieubao.db import db, keyring
from kieubao.ground import clock, codes, places
from kieubao.ground.errors import Conflict, Invalid, NotFound, _
from kieubao.ground.text import fold

TOKEN_DAYS = 90
INVITED = timedelta(hours=72)
_USERNAME = re.compile(r"[a-z][a-z0-9._-]{1,59}")


def organisation(name: str) -> Organisation:
    """Return the organisation of this name, made where it is new."""
    found = db.session.scalars(select(Organisation).where(Organisation.name == name)).one_or_none()
    if found is None:
        found = Organisation(code=codes.fresh("TC"), name=name)
        db.session.add(found)
        db.session.flush()
    return found


def organisation_like(name: str) -> Organisation:
    """Return the organisation that is called so however it is spelled, made where there is none."""
    known = {_spelled(one.name): one for one in db.session.scalars(select(Organisation))}
    return known.get(_spelled(name)) or organisation(name)


def _spelled(name: str) -> str:
    return "".join(letter for letter in fold(name) if letter.isalnum())


@dataclass(frozen=True)
class Opening:
    """What an account is opened with. `units` are codes of current units."""

    username: str
    name: str
    role: str
    organisation: str
    units: Sequence[str]


def check(opening: Opening) -> None:
    """Raise Invalid for a name, role or unit that cannot be, Conflict for a name that is taken."""
    if not _USERNAME.fullmatch(opening.username):
        raise Invalid(_("A sign-in name has 2 to 60 small letters, digits, dots or hyphens"), field="username")
    check_role(opening.role)
    check_units(opening.units)
    if db.session.scalars(select(Account.id).where(Account.username == opening.username)).first():
        raise Conflict(_("There is an account with this sign-in name"))


def check_role(role: str) -> None:
    if role not in ASSIGNABLE:
        raise Invalid(_("A role is one of: %(roles)s"), field="role", roles=", ".join(sorted(ASSIGNABLE)))


def check_units(units: Sequence[str]) -> None:
    """Raise Invalid for a code that is no current unit."""
    for code in units:
        places.unit(places.CURRENT, code)


def open_account(opening: Opening) -> Account:
    """Open an account, which nobody can sign in to before its holder is invited and joins."""
    check(opening)
    opened = Account(
        username=opening.username,
        name=opening.name,
        role=opening.role,
        organisation_id=organisation(opening.organisation).id,
        scope=[AccountScope(unit=unit) for unit in sorted(set(opening.units))],
    )
    db.session.add(opened)
    db.session.flush()
    return opened


def give_role(one: Account, role: str) -> None:
    """Change a role. What was begun in the old one ends: sessions, and tokens, which name its permissions."""
    check_role(role)
    one.role = role
    end(one)


def give_scope(one: Account, units: Sequence[str]) -> None:
    check_units(units)
    one.scope = [AccountScope(unit=unit) for unit in sorted(set(units))]


def invite(one: Account, first: str, second: str) -> None:
    """Let the holder join, by both halves of an invitation: `first` is a digest already. Old factors are gone."""
    factors.strip(one)
    end(one)
    one.invitation, one.invited_until = _joined(first, second), clock.now() + INVITED


def invited(username: str, first: str, second: str) -> Account | None:
    """Return the account that both halves of an invitation are for, while it lasts."""
    found = named(username)
    right = _joined(half(first), second)
    if found is None or not found.active or not secrets.compare_digest(found.invitation or "", right):
        return None
    return found if found.invited_until and found.invited_until > clock.now() else None


def half(code: str) -> str:
    """Return how half an invitation is kept. It is short enough to be guessed, so a copy of the data must not do."""
    return keyring().fingerprint("half of an invitation", codes.letters(code))


def end(one: Account) -> None:
    """End what an account has open: its sessions and its tokens."""
    sessions.end(one.id)
    living = update(ApiToken).where(ApiToken.account_id == one.id, ApiToken.revoked_at.is_(None))
    db.session.execute(living.values(revoked_at=clock.now()))


def named(username: str) -> Account | None:
    return db.session.scalars(select(Account).where(Account.username == username)).one_or_none()


def names(ids: Iterable[int | None]) -> dict[int | None, str]:
    """Return the names of the holders of some accounts."""
    query = select(Account.id, Account.name).where(Account.id.in_([*ids]))
    return {account: name for account, name in db.session.execute(query)}  # noqa: C416 - rows are no pairs to mypy


def account(username: str) -> Account:
    found = named(username)
    if found is None:
        raise NotFound(_("There is no such account"))
    return found


def disable(username: str) -> Account:
    """Close an account: its sessions and its tokens end with the next request."""
    closed = account(username)
    closed.active = False
    end(closed)
    return closed


def enable(one: Account) -> None:
    one.active = True


def all_accounts() -> list[Account]:
    return list(db.session.scalars(select(Account).order_by(Account.username)))


def is_kept_by_two() -> bool:
    """Tell whether there is an admin and a protection officer who can sign in, so that each change takes both."""
    query = select(Account.role).where(Account.active, Account.password.is_not(None))
    return {Role.ADMIN, Role.PROTECTION_OFFICER} <= set(db.session.scalars(query))


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
    sessions.end_all()
    ended = update(ApiToken).where(ApiToken.revoked_at.is_(None)).values(revoked_at=clock.now())
    return int(db.session.execute(ended).rowcount)  # type: ignore[attr-defined]


def _joined(first: str, second: str) -> str:
    return keyring().fingerprint("invitation", f"{first}.{codes.letters(second)}")
