"""How much an account has done lately, as the trail has it: what its limits are held against."""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import BindParameter, ScalarSelect, bindparam, func, select

from kieubao.access.chain import START
from kieubao.access.models import AuditEntry
from kieubao.db import Instant, db
from kieubao.ground import clock


class Spent(NamedTuple):
    """Acts by hand in the last minute, and people found since midnight, or in that minute, each time anew."""

    acts: int
    found: int


def _first(since: datetime | BindParameter[datetime]) -> ScalarSelect[int]:
    # One slipped in before the first would have everything come after it.
    here = (AuditEntry.at >= since, AuditEntry.id > START.number)
    return select(AuditEntry.id).where(*here).order_by(AuditEntry.at).limit(1).scalar_subquery()


_MINUTE, _SINCE = (_first(bindparam(name, type_=Instant)) for name in ("minute", "since"))
_BY_HAND = AuditEntry.action.not_in(bindparam("worked", expanding=True))
_FINDS = AuditEntry.action.in_(bindparam("finds", expanding=True))
# Made once: asked before whatever anybody does. Only of the account's own entries, which an index has whole: of all
# that were made today a search would take longer the more of them there were.
_SPENT = select(
    func.count().filter(AuditEntry.id >= _MINUTE, _BY_HAND), func.sum(AuditEntry.found).filter(_FINDS)
).where(AuditEntry.actor_id == bindparam("actor"), AuditEntry.id >= _SINCE)


def spent(actor_id: int, worked: Collection[str], finds: Collection[str]) -> Spent:
    """Count what an account has done, without the acts of jobs (`worked`), and found by some acts (`finds`), if any."""
    minute = clock.now() - timedelta(minutes=1)
    since = min(minute, clock.midnight()) if finds else minute
    asked = {"actor": actor_id, "minute": minute, "since": since, "worked": [*worked], "finds": [*finds]}
    acts, found = db.session.connection().execute(_SPENT, asked).one()
    return Spent(acts, found or 0)


def opened(actor_id: int, actions: Collection[str]) -> int:
    """Count the different people whose records an account has opened since midnight."""
    mine = (AuditEntry.actor_id == actor_id, AuditEntry.id >= _first(clock.midnight()))
    query = select(func.count(AuditEntry.subject.distinct())).where(*mine, AuditEntry.action.in_(actions))
    return db.session.scalar(query) or 0
