"""Accounts, tokens and the trail."""

from collections.abc import Collection, Mapping
from datetime import timedelta
from typing import Any, BinaryIO

from sqlalchemy import select, update

from kieubao import jobs
from kieubao.access import accounts, changes, exports, sessions, trail
from kieubao.access.chain import Roots
from kieubao.access.changes import Kind
from kieubao.access.models import Account, AccountChange, ApiToken, Organisation, Session
from kieubao.access.roles import Actor, Permission
from kieubao.access.trail import Progress
from kieubao.access.use_case import Shape, note, use_case
from kieubao.db import db
from kieubao.ground import clock
from kieubao.ground.errors import Conflict, Invalid, NotFound, _
from kieubao.ground.signatures import SigningKey

Sheet = dict[str, Any]
VERIFY = "trail.verify"


@use_case(Permission.ACCOUNT_MANAGE, Shape.READ)
def all_accounts(actor: Actor) -> Sheet:
    """Return every account, and the changes that wait to be decided."""
    return {"accounts": [_account(one) for one in accounts.all_accounts()], "waiting": _waiting()}


@use_case(Permission.ACCOUNT_MANAGE, Shape.READ)
def one_account(actor: Actor, username: str) -> Sheet:
    return _account(accounts.account(username))


@use_case(Permission.ACCOUNT_MANAGE, confirmed=True)
def propose(actor: Actor, kind: Kind, username: str, details: Mapping[str, Any]) -> Sheet:
    """Propose a change of an account; `half` of an invitation, where there is one, is shown this once."""
    proposed, half = changes.propose(actor, kind, username, details)
    note(change=proposed.id, kind=kind, role=details.get("role"), units=details.get("units"))
    return _change(proposed) | {"half": half}


@use_case(Permission.ACCOUNT_CONFIRM, Shape.READ)
def waiting(actor: Actor) -> list[Sheet]:
    """Return the changes of accounts that wait to be decided."""
    return _waiting()


@use_case(Permission.ACCOUNT_CONFIRM, confirmed=True)
def decide(actor: Actor, change_id: int, *, confirm: bool) -> Sheet:
    """Confirm or refuse what somebody else proposed; the other `half` of an invitation is shown this once."""
    decided, half = changes.decide(actor, change_id, confirm=confirm)
    note(change=decided.id, kind=decided.kind, decision=decided.outcome)
    return _change(decided) | {"half": half}


@use_case(Permission.ACCOUNT_MANAGE)
def set_up(actor: Actor, kind: Kind, username: str, details: Mapping[str, Any]) -> Sheet:
    """Change an account at the server's console, while there are no two people to do it: both halves are returned.

    Raises Conflict once there is an admin and a protection officer who can sign in.
    """
    if actor.id is not None or accounts.is_kept_by_two():
        raise Conflict(_("The admin proposes this, and the protection officer confirms it"))
    proposed, first = changes.propose(actor, kind, username, details)
    _decided, second = changes.decide(actor, proposed.id, confirm=True)
    note(change=proposed.id, kind=kind, role=details.get("role"), units=details.get("units"))
    return {"username": username, "invitation": [first, second]}


@use_case(Permission.ACCOUNT_MANAGE, confirmed=True)
def disable(actor: Actor, username: str) -> None:
    note(account=accounts.disable(username).id)


@use_case(Permission.ACCOUNT_SELF, confirmed=True)
def issue_token(actor: Actor, *, name: str, days: int, permissions: Collection[Permission]) -> str:
    """Return a token for oneself, which may no more than was chosen; it is shown this once."""
    holder, end = db.session.get_one(Account, actor.id), clock.now() + timedelta(days=days)
    note(account=holder.id, permissions=sorted(permissions), days=days)
    return accounts.issue_token(holder, name, permissions, end)


@use_case(Permission.ACCOUNT_SELF)
def revoke_token(actor: Actor, token_id: int) -> None:
    mine = update(ApiToken).where(ApiToken.id == token_id, ApiToken.account_id == actor.id)
    if not db.session.execute(mine.values(revoked_at=clock.now())).rowcount:  # type: ignore[attr-defined]
        raise NotFound(_("There is no such token"))
    note(token=token_id)


@use_case(Permission.ACCOUNT_SELF, Shape.READ)
def whoami(actor: Actor) -> Sheet:
    """Return the account that is asking, its scope, its tokens (never their secrets) and its open sessions."""
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
        "sessions": [_session(one, actor) for one in sessions.of(account.id, actor.role)],
    }


@use_case(Permission.REFERENCE_READ, Shape.READ)
def organisations(actor: Actor) -> list[Sheet]:
    rows = db.session.execute(select(Organisation.code, Organisation.name).order_by(Organisation.name))
    return [{"code": code, "name": name} for code, name in rows]


@use_case(Permission.AUDIT_READ, Shape.READ, of_job=True)
def verify_trail(actor: Actor, known: Roots | None = None, progress: Progress | None = None) -> Sheet:
    """Walk the whole trail, past its own roots and those that are known, and say whether it holds."""
    verdict = trail.verify(known, progress)
    note(found=verdict.entries, whole=verdict.whole)
    if verdict.faults:
        note(faults=[fault.kind for fault in verdict.faults])
    return verdict.sheet()


@use_case(Permission.AUDIT_READ)
def have_verified(actor: Actor) -> Sheet:
    """Have the trail walked by the worker; return the job."""
    job = jobs.ask(VERIFY, actor.account_id)
    note(job=job.code)
    return jobs.told(job)


@use_case(Permission.AUDIT_READ, Shape.READ)
def last_verified(actor: Actor) -> Sheet | None:
    """Return the last job by which the actor had the trail walked; its result is the verdict."""
    return next(map(jobs.told, jobs.latest(actor.account_id, VERIFY, most=1)), None)


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


def _session(one: Session, actor: Actor) -> Sheet:
    names = ("id", "device", "opened_at", "seen_at")
    return {name: getattr(one, name) for name in names} | {"is_this": one.id == actor.session}


def _account(one: Account) -> Sheet:
    names = ("username", "name", "role", "active", "signed_in_at")
    return {name: getattr(one, name) for name in names} | {
        "organisation": one.organisation.name,
        "units": sorted(row.unit for row in one.scope),
        "has_joined": one.password is not None,
    }


def _waiting() -> list[Sheet]:
    return [_change(one) for one in changes.waiting()]


def _change(one: AccountChange) -> Sheet:
    names = ("id", "kind", "username", "details", "proposed_by", "proposed_at", "outcome")
    return {name: getattr(one, name) for name in names}
