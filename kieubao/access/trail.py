"""The audit trail: a hash chain to which entries are only ever added.

Entries hold ids, counts and field names, never a person's values. People are named by their
pseudonym, whose mapping is destroyed when they are erased.
"""

import hashlib
import json
from collections.abc import Collection
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, func, select

from kieubao.access.models import AuditEntry, AuditHead
from kieubao.access.roles import Actor
from kieubao.db import db
from kieubao.ground import clock
from kieubao.ground.canon import canonical

GENESIS = "0" * 64
_LINKED = tuple(c.key for c in AuditEntry.__table__.columns if c.key != "hash")


@dataclass
class Line:
    """What the running use case will have recorded; `note` adds to it."""

    actor: Actor
    action: str
    outcome: str = "done"
    purpose: str | None = None
    subject: UUID | None = None
    found: int | None = None
    details: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Verdict:
    """Whether the chain holds. `broken_at` is the first entry that does not fit."""

    entries: int
    head: str
    broken_at: int | None = None

    @property
    def whole(self) -> bool:
        return self.broken_at is None


def append(line: Line) -> None:
    """Add an entry inside the transaction that is open. Locks the head: do it last."""
    head = db.session.scalars(select(AuditHead).with_for_update()).one()
    entry = AuditEntry(
        id=head.last + 1,
        at=clock.now(),
        actor_id=line.actor.id,
        role=line.actor.role.value,
        organisation_id=line.actor.organisation_id,
        action=line.action,
        purpose=line.purpose,
        subject=line.subject,
        found=line.found,
        outcome=line.outcome,
        details=json.loads(canonical(line.details)),
        previous=head.hash,
    )
    entry.hash = linked(entry)
    db.session.add(entry)
    head.last, head.hash = entry.id, entry.hash


def done(actor_id: int, since: datetime, most: int) -> int:
    """Count an account's entries since a moment, as far as `most`."""
    mine = select(AuditEntry.id).where(*_of(actor_id, since)).limit(most)
    return db.session.scalar(select(func.count()).select_from(mine.subquery())) or 0


def opened(actor_id: int, since: datetime, actions: Collection[str]) -> int:
    """Count the different people whose records an account has opened since a moment."""
    mine = (*_of(actor_id, since), AuditEntry.action.in_(actions))
    return db.session.scalar(select(func.count(AuditEntry.subject.distinct())).where(*mine)) or 0


def _of(actor_id: int, since: datetime) -> tuple[ColumnElement[bool], ...]:
    """Say, in SQL, which entries are an account's since a moment: by their numbers, which an index has."""
    first = select(AuditEntry.id).where(AuditEntry.at >= since).order_by(AuditEntry.at).limit(1).scalar_subquery()
    return AuditEntry.actor_id == actor_id, AuditEntry.id >= first


def verify() -> Verdict:
    """Walk the chain from its first entry and compare its end with the head."""
    head = db.session.scalars(select(AuditHead)).one()
    last, seen = GENESIS, 0
    query = select(AuditEntry).order_by(AuditEntry.id).execution_options(yield_per=1000)
    with closing(db.session.scalars(query)) as entries:
        for entry in entries:
            seen += 1
            if (entry.id, entry.previous, entry.hash) != (seen, last, linked(entry)):
                return Verdict(seen, last, broken_at=seen)
            last = entry.hash
    if (head.last, head.hash) != (seen, last):
        return Verdict(seen, last, broken_at=seen + 1)
    return Verdict(seen, last)


def linked(entry: Any) -> str:
    """Return the hash that links an entry to the one before it."""
    body = {name: getattr(entry, name) for name in _LINKED}
    body["at"] = entry.at.isoformat(timespec="microseconds")
    return hashlib.sha256(body["previous"].encode() + canonical(body)).hexdigest()
