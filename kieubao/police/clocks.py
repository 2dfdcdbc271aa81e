"""The desk's time. It is never earlier than the trail has it: what has run out stays so, wherever a clock is set."""

from datetime import datetime, timedelta

from sqlalchemy import select

from kieubao.access.models import AuditEntry
from kieubao.db import db
from kieubao.ground import clock
from kieubao.ground.worktime import Calendar
from kieubao.police.vocabulary import SILENT_AFTER


def silent_at(filed_at: datetime, calendar: Calendar) -> datetime:
    """Return when silence is a refusal, and every refusal is told: after the tenth working day."""
    last = calendar.after(clock.day_of(filed_at), SILENT_AFTER)
    return clock.begins(last + timedelta(days=1))


def now(since: int) -> datetime:
    """Return the time, or the latest that the trail has since one of its entries, where that is later."""
    known = select(AuditEntry.at).where(AuditEntry.id >= since).order_by(AuditEntry.at.desc()).limit(1)
    latest = db.session.scalar(known)
    return max(clock.now(), latest) if latest else clock.now()
