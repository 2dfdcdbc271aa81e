"""The trail, read: its entries by when, who, what, of whom and why, the newest first. Never a person's values."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import partial
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, String, cast, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute

from kieubao.access import trail
from kieubao.access.models import Account, AuditEntry, Organisation
from kieubao.access.roles import Scope
from kieubao.db import db
from kieubao.ground import clock
from kieubao.ground.errors import Invalid, _
from kieubao.people import disclosure

Sheet = dict[str, Any]
Wanted = Mapping[str, Any]
# More than this nobody counts: it is "more than".
MANY: Final = 10_000
_SHOWN: Final = ("id", "at", "role", "action", "outcome", "purpose", "found", "details")
# Of the details these are for the rules alone: a search's fingerprint, and whom it showed.
_KEPT_BACK: Final = frozenset({"terms", "subjects"})


@dataclass(frozen=True)
class Page:
    """Entries of the trail, how many there are (just so many, or at least), and where the next page begins."""

    entries: list[Sheet]
    count: int
    exact: bool
    more: list[int] | None


def page(scope: Scope, wanted: Wanted, *, after: Sequence[Any] | None, size: int) -> Page:
    """Return a page of entries that match; `after` is the `more` of the page before."""
    rules = matching(wanted)
    found = select(AuditEntry.id).where(*rules).limit(MANY + 1).subquery()
    count = db.session.scalar(select(func.count()).select_from(found)) or 0
    place = [AuditEntry.id < _place(after)] if after else []
    shown = _sheets(scope, [*rules, *place], size + 1)
    more = [shown[size - 1]["id"]] if len(shown) > size else None
    return Page(shown[:size], min(count, MANY), count <= MANY, more)


def everything(scope: Scope, wanted: Wanted, limit: int) -> list[Sheet]:
    """Return all entries that match; raise Invalid where there are more than a file takes."""
    shown = _sheets(scope, matching(wanted), limit + 1)
    if len(shown) > limit:
        raise Invalid(_("A file holds %(limit)s entries: choose fewer days"), field="since", limit=limit)
    return shown


def numbered(scope: Scope, ids: Collection[int]) -> list[Sheet]:
    return _sheets(scope, [AuditEntry.id.in_(ids)], len(ids))


def matching(wanted: Wanted) -> list[ColumnElement[bool]]:
    """Return the conditions of a clean filter; raise KeyError for a key that is no filter."""
    return [_RULES[key](value) for key, value in wanted.items() if value is not None]


def last_of(action: str) -> Sheet | None:
    """Return the last entry of an action that was done: when, how many, and its details."""
    entry = trail.latest(action)
    return {"at": entry.at, "found": entry.found, "details": entry.details} if entry else None


def choices() -> Sheet:
    """Return whose entries can be asked for: accounts and organisations, by code and name."""
    accounts = db.session.execute(select(Account.username, Account.name).order_by(Account.name, Account.id))
    offices = db.session.execute(select(Organisation.code, Organisation.name).order_by(Organisation.name))
    return {
        "accounts": [{"code": username, "name": f"{name} ({username})"} for username, name in accounts],
        "organisations": [{"code": code, "name": name} for code, name in offices],
    }


def _place(after: Sequence[Any]) -> int:
    match after:
        case [int(place)] if 0 < place < 2**63:
            return place
    raise Invalid(_("Take the cursor as it was given, from the field “more”"))


def _sheets(scope: Scope, where: Iterable[ColumnElement[bool]], limit: int) -> list[Sheet]:
    query = (
        select(AuditEntry, Account.username, Account.name, Organisation.name)
        .outerjoin(Account, Account.id == AuditEntry.actor_id)
        .outerjoin(Organisation, Organisation.id == AuditEntry.organisation_id)
        .where(*where)
        .order_by(AuditEntry.id.desc())
        .limit(limit)
    )
    rows = db.session.execute(query).all()
    codes = disclosure.codes_by_subject(scope, {row[0].subject for row in rows if row[0].subject})
    return [
        {name: getattr(entry, name) for name in _SHOWN}
        | {"details": {name: value for name, value in entry.details.items() if name not in _KEPT_BACK}}
        | {"account": username, "name": holder, "organisation": office}
        | {"of_somebody": entry.subject is not None, "person": codes.get(entry.subject) if entry.subject else None}
        for entry, username, holder, office in rows
    ]


def _of(subject: UUID) -> ColumnElement[bool]:
    """Entries about a person, and those of searches and ties that showed them."""
    return or_(AuditEntry.subject == subject, cast(AuditEntry.details, String).contains(str(subject)))


def _since(day: date) -> ColumnElement[bool]:
    return AuditEntry.at >= datetime.combine(day, time.min, clock.HANOI)


def _until(day: date) -> ColumnElement[bool]:
    return AuditEntry.at < datetime.combine(day + timedelta(days=1), time.min, clock.HANOI)


def _by(username: str) -> ColumnElement[bool]:
    return AuditEntry.actor_id.in_(select(Account.id).where(Account.username == username))


def _from(code: str) -> ColumnElement[bool]:
    return AuditEntry.organisation_id.in_(select(Organisation.id).where(Organisation.code == code))


def _is(column: InstrumentedAttribute[str], value: str) -> ColumnElement[bool]:
    return column == value


def _said(text: str) -> ColumnElement[bool]:
    return AuditEntry.purpose.icontains(text, autoescape=True)


_RULES: Final[Mapping[str, Callable[[Any], ColumnElement[bool]]]] = {
    "since": _since,
    "until": _until,
    "account": _by,
    "organisation": _from,
    "role": partial(_is, AuditEntry.role),
    "action": partial(_is, AuditEntry.action),
    "outcome": partial(_is, AuditEntry.outcome),
    "subject": _of,
    "purpose": _said,
}
