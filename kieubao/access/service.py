"""Accounts, tokens and the trail."""

from collections.abc import Collection
from datetime import timedelta
from typing import Any, BinaryIO

from sqlalchemy import select, update

from kieubao.access import accounts, exports, trail
from kieubao.access.accounts import Opening
from kieubao.access.chain import Roots
from kieubao.access.models import Account, ApiToken, Organisation
from kieubao.access.roles import GRANTS, NEVER_BY_TOKEN, Actor, Permission, Role
from kieubao.access.trail import Progress
from kieubao.access.use_case import Shape, note, use_case
from kieubao.db import db, keyring
from kieubao.ground import clock, places
from kieubao.ground.errors import Invalid, NotFound, _
from kieubao.ground.signatures import SigningKey

Sheet = dict[str, Any]


@use_case(Permission.ACCOUNT_MANAGE)
def open_account(actor: Actor, opening: Opening, organisation: str) -> Sheet:
    """Open an account in an organisation, which is founded here where it is new."""
    _known(opening.units)
    office = accounts.organisation(organisation)
    opened = accounts.open_account(opening, office.id)
    note(account=opened.id, role=opened.role, units=sorted(opening.units))
    return {"username": opened.username, "role": opened.role, "organisation": office.name}


@use_case(Permission.ACCOUNT_MANAGE)
def disable(actor: Actor, username: str) -> None:
    note(account=accounts.disable(username).id)


@use_case(Permission.ACCOUNT_MANAGE)
def issue_token_for(
    actor: Actor, username: str, *, name: str, days: int, permissions: Collection[Permission] = ()
) -> str:
    """Return a token for another account, as its keeper at the server's console does."""
    return _issue(accounts.account(username), name, days, permissions)


@use_case(Permission.ACCOUNT_SELF)
def issue_token(actor: Actor, *, name: str, days: int, permissions: Collection[Permission] = ()) -> str:
    """Return a token for oneself; it is shown this once."""
    return _issue(db.session.get_one(Account, actor.id), name, days, permissions)


@use_case(Permission.ACCOUNT_SELF)
def revoke_token(actor: Actor, token_id: int) -> None:
    mine = update(ApiToken).where(ApiToken.id == token_id, ApiToken.account_id == actor.id)
    if not db.session.execute(mine.values(revoked_at=clock.now())).rowcount:  # type: ignore[attr-defined]
        raise NotFound(_("There is no such token"))
    note(token=token_id)


@use_case(Permission.ACCOUNT_SELF)
def sign_in(actor: Actor) -> None:
    """Record that somebody signed in."""
    note(account=actor.id)


@use_case(Permission.ACCOUNT_MANAGE)
def refuse_sign_in(actor: Actor, username: str) -> None:
    """Record, as the system, a try that failed: the name is only a fingerprint, for it may be a password."""
    note(username=keyring().fingerprint("username", username))


@use_case(Permission.ACCOUNT_SELF, Shape.READ)
def whoami(actor: Actor) -> Sheet:
    """Return the account that is asking, its scope and its tokens (never their secrets)."""
    account = db.session.get_one(Account, actor.id)
    columns = (ApiToken.id, ApiToken.name, ApiToken.permissions, ApiToken.expires_at, ApiToken.revoked_at)
    tokens = db.session.execute(select(*columns).where(ApiToken.account_id == actor.id).order_by(ApiToken.id))
    return {
        "username": account.username,
        "name": account.name,
        "role": account.role,
        "organisation": account.organisation.name,
        "units": sorted(actor.scope.units),
        "permissions": sorted(actor.permissions),
        "tokens": [dict(row._mapping) for row in tokens],  # noqa: SLF001 - SQLAlchemy's public name for it
    }


@use_case(Permission.REFERENCE_READ, Shape.READ)
def organisations(actor: Actor) -> list[Sheet]:
    rows = db.session.execute(select(Organisation.code, Organisation.name).order_by(Organisation.name))
    return [{"code": code, "name": name} for code, name in rows]


@use_case(Permission.AUDIT_READ, Shape.READ)
def verify_trail(actor: Actor, known: Roots | None = None, progress: Progress | None = None) -> Sheet:
    """Walk the whole trail, past its own roots and those that are known, and say whether it holds."""
    verdict = trail.verify(known, progress)
    note(found=verdict.entries, faults=[fault.kind for fault in verdict.faults])
    return verdict.sheet()


@use_case(Permission.AUDIT_READ, Shape.READ)
def export_trail(
    actor: Actor,
    sink: BinaryIO,
    office: str,
    *,
    span: tuple[int, int | None] = (1, None),
    progress: Progress | None = None,
) -> int:
    """Write the entries of a span, to the last one where it has no end; return how many."""
    first, last = span[0], min(span[1] or trail.end().number, trail.end().number)
    if not 1 <= first <= last + 1:
        raise Invalid(_("The trail ends with entry %(last)s: begin with an entry before that"), field="from", last=last)
    note(first=first, last=last, found=last - first + 1)
    return exports.write(sink, office, (first, last), progress)


@use_case(Permission.AUDIT_WITNESS)
def witness(actor: Actor, key: SigningKey, office: str, *, known: str | None = None) -> list[str]:
    """Sign the end of the trail; return the roots after the last one that a witness has, the new one last.

    Raises Conflict where that one is of another trail than this.
    """
    missing = trail.lines_since(known)
    root = trail.sign(key, office)
    note(root=root.digest, entry=root.entry, key=root.key)
    return [*missing, root.line]


def _issue(holder: Account, name: str, days: int, permissions: Collection[Permission]) -> str:
    chosen = frozenset(permissions) or GRANTS[Role(holder.role)] - NEVER_BY_TOKEN
    secret = accounts.issue_token(holder, name, chosen, clock.now() + timedelta(days=days))
    note(account=holder.id, permissions=sorted(chosen), days=days)
    return secret


def _known(units: Collection[str]) -> None:
    """Raise Invalid for a code that is no current unit."""
    for code in units:
        places.unit(places.CURRENT, code)
