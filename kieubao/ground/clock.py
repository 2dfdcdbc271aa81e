"""What time it is: one place, so that a test can set it and every rule agrees."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

HANOI = ZoneInfo("Asia/Ho_Chi_Minh")


def now() -> datetime:
    """Return this moment in UTC."""
    return datetime.now(UTC)


def today() -> date:
    """Return the calendar day it is in Việt Nam, by which the law counts."""
    return now().astimezone(HANOI).date()


def day_of(moment: datetime) -> date:
    """Return the calendar day on which a moment is in Việt Nam."""
    return moment.astimezone(HANOI).date()


def last_day(until: datetime) -> date:
    """Return the last calendar day there that a moment ends: for the first moment of a day, the day before."""
    return day_of(until - timedelta.resolution)


def begins(day: date) -> datetime:
    """Return the moment at which a day begins there."""
    return datetime.combine(day, time.min, HANOI)


def midnight(at: datetime | None = None) -> datetime:
    """Return the moment at which the day of another moment, or today, began there."""
    return datetime.combine((at or now()).astimezone(HANOI).date(), time.min, HANOI)


def until_midnight() -> int:
    """Return the seconds that are left of that day."""
    return int((midnight() + timedelta(days=1) - now()).total_seconds()) + 1
