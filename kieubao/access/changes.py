"""What two people decide about an account: one proposes, another confirms. The only writer of account changes."""

from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import Any

from sqlalchemy import select

from kieubao.access import accounts
from kieubao.access.accounts import Opening
from kieubao.access.models import Account, AccountChange
from kieubao.access.roles import Actor
from kieubao.db import db
from kieubao.ground import clock, codes
from kieubao.ground.errors import Conflict, NotFound, _


class Kind(StrEnum):
    OPEN = "open"
    ROLE = "role"
    SCOPE = "scope"
    RESET = "reset"
    ENABLE = "enable"


# After these the holder joins anew, by an invitation of which each of the two has half.
_INVITING = frozenset({Kind.OPEN, Kind.RESET, Kind.ENABLE})
CONFIRMED, REFUSED = "confirmed", "refused"


def propose(actor: Actor, kind: Kind, username: str, details: Mapping[str, Any]) -> tuple[AccountChange, str | None]:
    """Write a proposal down; return it and, where its holder will join anew, the first half of the invitation.

    Raises Invalid or Conflict for a change that could not be made, or that waits to be decided already.
    """
    _check(kind, username, details)
    if db.session.scalars(_waiting().where(AccountChange.username == username)).first():
        raise Conflict(_("A change of this account waits to be decided: decide that first"))
    first = codes.fresh("MA") if kind in _INVITING else None
    proposed = AccountChange(
        kind=kind,
        username=username,
        details=dict(details),
        half=first and accounts.half(first),
        proposed_by=actor.id,
    )
    db.session.add(proposed)
    db.session.flush()
    return proposed, first


def decide(actor: Actor, change_id: int, *, confirm: bool) -> tuple[AccountChange, str | None]:
    """Make a change, or refuse it; return it and, where there is one, the second half of the invitation.

    Raises NotFound for one that does not wait, Conflict for one's own.
    """
    query = _waiting().where(AccountChange.id == change_id)
    change = db.session.scalars(query.with_for_update()).one_or_none()
    if change is None:
        raise NotFound(_("No such change waits to be decided"))
    if actor.id is not None and change.proposed_by == actor.id:
        raise Conflict(_("Somebody else decides what you proposed"))
    change.decided_by, change.decided_at = actor.id, clock.now()
    change.outcome = CONFIRMED if confirm else REFUSED
    return change, _make(change) if confirm else None


def waiting() -> list[AccountChange]:
    return list(db.session.scalars(_waiting().order_by(AccountChange.id)))


def _waiting() -> Any:
    return select(AccountChange).where(AccountChange.outcome.is_(None))


def _check(kind: Kind, username: str, details: Mapping[str, Any]) -> None:
    if kind is Kind.OPEN:
        accounts.check(Opening(username, **details))
        return
    one = accounts.account(username)
    if one.active == (kind is Kind.ENABLE):
        raise Conflict(_("The account is open already") if one.active else _("The account is closed"))
    if kind is Kind.ROLE:
        accounts.check_role(details["role"])
    if kind is Kind.SCOPE:
        accounts.check_units(details["units"])


def _make(change: AccountChange) -> str | None:
    kind = Kind(change.kind)
    one = accounts.open_account(Opening(change.username, **change.details)) if kind is Kind.OPEN else None
    one = one or accounts.account(change.username)
    if kind in _MADE:
        _MADE[kind](one, change.details)
    if not change.half:
        return None
    second = codes.fresh("MB")
    accounts.invite(one, change.half, second)
    return second


# What is done beside the invitation, which opens and resets by itself.
_MADE: dict[Kind, Callable[[Account, Mapping[str, Any]], None]] = {
    Kind.ROLE: lambda one, details: accounts.give_role(one, details["role"]),
    Kind.SCOPE: lambda one, details: accounts.give_scope(one, details["units"]),
    Kind.ENABLE: lambda one, _details: accounts.enable(one),
}
