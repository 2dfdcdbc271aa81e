"""The only writer of sessions: signed-in windows that their holder can see and end, and that end by themselves."""

import hashlib
import secrets
from datetime import timedelta
from typing import Any, Final

from sqlalchemy import select, update

from kieubao.access.models import Session
from kieubao.access.roles import BY_PASSKEY, Role
from kieubao.db import db, writing
from kieubao.ground import clock

# SAFEGUARDS, section 6. Who can do most has the shorter patience.
ABSOLUTE: Final = timedelta(hours=8)
IDLE: Final = {role: timedelta(minutes=15 if role in BY_PASSKEY else 30) for role in Role}
CONFIRMED: Final = timedelta(minutes=10)
# How far behind `seen_at` may be, so that not every page writes.
_SEEN: Final = timedelta(minutes=1)


def open_for(account_id: int, device: str) -> str:
    """Open a session; return its secret, which is kept nowhere else."""
    secret = secrets.token_urlsafe(32)
    db.session.add(Session(account_id=account_id, digest=_digest(secret), device=device[:60]))
    return secret


def current(secret: str) -> Session | None:
    """Return the session of a secret where it still holds and its account is open."""
    query = select(Session).where(Session.digest == _digest(secret), Session.ended_at.is_(None))
    found = db.session.scalars(query.execution_options(populate_existing=True)).one_or_none()
    return found if found and found.account.active and _lasts(found) else None


def is_confirmed(session: Session) -> bool:
    """Tell whether its holder proved who they are so lately that they may do what asks for it."""
    return clock.now() - session.confirmed_at < CONFIRMED


def see(session: Session) -> None:
    """Remember, to the minute, that a session is in use."""
    if clock.now() - session.seen_at > _SEEN:
        mine = update(Session).where(Session.id == session.id).values(seen_at=clock.now())
        writing()
        db.session.execute(mine)
        db.session.commit()


def confirm(session_id: int) -> str:
    """Remember that its holder proved who they are; return its new secret, for what was copied before is worth less."""
    secret = secrets.token_urlsafe(32)
    now = {"confirmed_at": clock.now(), "digest": _digest(secret)}
    db.session.execute(update(Session).where(Session.id == session_id).values(now))
    return secret


def end(account_id: int, *, only: int | None = None, but: int | None = None) -> int:
    """End an account's sessions: all, only one, or all but one. Return how many there were."""
    mine = [Session.account_id == account_id, Session.ended_at.is_(None)]
    if only is not None:
        mine.append(Session.id == only)
    if but is not None:
        mine.append(Session.id != but)
    ended: Any = db.session.execute(update(Session).where(*mine).values(ended_at=clock.now()))
    return int(ended.rowcount)


def end_held(secret: str) -> None:
    """End the session of a secret, where there is one."""
    held = (Session.digest == _digest(secret), Session.ended_at.is_(None))
    db.session.execute(update(Session).where(*held).values(ended_at=clock.now()))


def end_all() -> None:
    """End the sessions of everybody."""
    db.session.execute(update(Session).where(Session.ended_at.is_(None)).values(ended_at=clock.now()))


def of(account_id: int, role: Role) -> list[Session]:
    """Return the sessions of an account that still hold, the latest first."""
    mine = (Session.account_id == account_id, Session.ended_at.is_(None))
    lasting = (Session.opened_at > clock.now() - ABSOLUTE, Session.seen_at > clock.now() - IDLE[role])
    return list(db.session.scalars(select(Session).where(*mine, *lasting).order_by(Session.id.desc())))


def _lasts(session: Session) -> bool:
    now, idle = clock.now(), IDLE[Role(session.account.role)]
    return now - session.opened_at < ABSOLUTE and now - session.seen_at < idle


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def spend(session_id: int | None) -> None:
    """Have what was proved within ten minutes count no more: whoever comes next proves anew who they are."""
    db.session.execute(update(Session).where(Session.id == session_id).values(confirmed_at=clock.now() - CONFIRMED))
