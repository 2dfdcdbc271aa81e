"""The desk's time. It is never earlier than the trail has it: what has run out stays so, wherever a clock is set."""

from datetime import date, datetime, timedelta

from sqlalchemy import select

from kieubao.access.models import AuditEntry
from kieubao.db import db
from kieubao.ground import clock
from kieubao.ground.dates import months_before
from kieubao.ground.worktime import Calendar
from kieubao.police.vocabulary import SILENT_AFTER


def silent_at(filed_at: datetime, calendar: Calendar) -> datetime:
    """Return when silence is a refusal, and every refusal is told: after the tenth working day."""
    last = calendar.after(clock.day_of(filed_at), SILENT_AFTER)
    return clock.begins(last + timedelta(days=1))


def now(since: int) -> datetime:
    """Return the time, or the latest that the trail has after one of its entries, where that is later."""
    known = select(AuditEntry.at).where(AuditEntry.id > since).order_by(AuditEntry.at.desc()).limit(1)
    latest = db.session.scalar(known)
    return max(clock.now(), latest) if latest else clock.now()


def quarter_begins(day: date) -> date:
    return date(day.year, (day.month - 1) // 3 * 3 + 1, 1)


def quarter_ends(day: date) -> date:
    """Return the first day after the quarter that a day is in."""
    return months_before(quarter_begins(day), -3)


def quarter_called(begun: date) -> str:
    """Return what a quarter is called, such as 2026-Q4."""
    return f"{begun.year}-Q{(begun.month + 2) // 3}"
