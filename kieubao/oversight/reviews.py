"""The only writer of reviews: each quarter every open account is looked at, and kept or marked for change."""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, func, select

from kieubao.access import trail
from kieubao.access.models import Account, AuditEntry, Organisation
from kieubao.access.use_case import LOOKS, OPENING
from kieubao.db import db
from kieubao.ground import clock
from kieubao.ground.errors import Conflict, Invalid, NotFound, _
from kieubao.oversight.models import ReviewLine, ReviewRound
from kieubao.oversight.vocabulary import Verdict

Sheet = dict[str, Any]
_MONTHS: Final = 3


def quarter_of(day: date) -> str:
    """Return the quarter a day is in.

    >>> quarter_of(date(2026, 11, 22))
    '2026-Q4'
    """
    return f"{day.year}-Q{(day.month - 1) // _MONTHS + 1}"


def span(quarter: str) -> tuple[date, date]:
    """Return the first and the last day of a quarter.

    >>> span("2026-Q4")
    (datetime.date(2026, 10, 1), datetime.date(2026, 12, 31))
    """
    year, number = int(quarter[:4]), int(quarter[-1])
    after = date(year + number // 4, number * _MONTHS % 12 + 1, 1)
    return date(year, (number - 1) * _MONTHS + 1, 1), after - timedelta(days=1)


def begin(quarter: str, by: int) -> ReviewRound:
    """Open a quarter's round over every open account, as it is now; raise Conflict where there is one."""
    first, last = span(quarter)
    if db.session.scalar(select(ReviewRound.id).where(ReviewRound.quarter == quarter)):
        raise Conflict(_("This quarter's review was begun already"))
    if first > clock.today():
        raise Invalid(_("This quarter is still to come"), field="quarter")
    opened = ReviewRound(quarter=quarter, due_on=last, opened_by=by)
    db.session.add(opened)
    db.session.flush()
    openings = _openings(first, last)
    accounts = db.session.scalars(select(Account).where(Account.active).order_by(Account.id))
    db.session.add_all(_line(opened, one, openings.get(one.id, 0), one.signed_in_at) for one in accounts)
    return opened


def settle(round_id: int, account_id: int, verdict: Verdict, remark: str | None, by: int) -> ReviewLine:
    """Keep an account as it is, or mark it for a change that is said; the last one settled closes the round."""
    opened = db.session.get(ReviewRound, round_id, with_for_update=True)
    line = db.session.get(ReviewLine, (round_id, account_id))
    if opened is None or line is None:
        raise NotFound(_("There is no such account in this review"))
    if opened.closed_at:
        raise Conflict(_("This review is closed"))
    if verdict is Verdict.CHANGE and not remark:
        raise Invalid(_("Say what should change, and why"), field="remark")
    line.verdict, line.remark, line.settled_by, line.settled_at = verdict, remark, by, clock.now()
    db.session.flush()
    left = select(func.count()).where(ReviewLine.round_id == round_id, ReviewLine.verdict.is_(None))
    opened.closed_at = None if db.session.scalar(left) else clock.now()
    return line


def rounds() -> list[Sheet]:
    """Return every round with its progress, the latest first."""
    counts = (func.count(), func.count(ReviewLine.verdict))
    query = select(ReviewRound, *counts).join(ReviewLine, ReviewLine.round_id == ReviewRound.id)
    rows = db.session.execute(query.group_by(*ReviewRound.__table__.columns).order_by(ReviewRound.quarter.desc()))
    return [_round(opened) | {"accounts": of, "settled": settled} for opened, of, settled in rows]


def one(round_id: int) -> Sheet:
    """Return a round and its accounts, those left to settle first."""
    opened = db.session.get(ReviewRound, round_id)
    if opened is None:
        raise NotFound(_("There is no such review"))
    return _round(opened) | {"lines": _lines(ReviewLine.round_id == round_id)}


def line(round_id: int, account_id: int) -> Sheet:
    found = _lines(ReviewLine.round_id == round_id, ReviewLine.account_id == account_id)
    if not found:
        raise NotFound(_("There is no such account in this review"))
    return found[0] | {"round": round_id}


def due() -> list[str]:
    """Return the quarters to review, oldest first: this one and those since the first account, not yet closed."""
    first = db.session.scalar(select(func.min(Account.created_at)))
    if first is None:
        return []
    closed = set(db.session.scalars(select(ReviewRound.quarter).where(ReviewRound.closed_at.is_not(None))))
    day, quarters = first.astimezone(clock.HANOI).date(), list[str]()
    while (quarter := quarter_of(day)) <= quarter_of(clock.today()):
        quarters.append(quarter)
        day = span(quarter)[1] + timedelta(days=1)
    return [quarter for quarter in quarters if quarter not in closed]


def is_overdue(quarter: str) -> bool:
    return span(quarter)[1] < clock.today()


def _round(opened: ReviewRound) -> Sheet:
    names = ("id", "quarter", "due_on", "opened_at", "closed_at")
    overdue = opened.closed_at is None and opened.due_on < clock.today()
    return {name: getattr(opened, name) for name in names} | {"overdue": overdue}


def _line(opened: ReviewRound, account: Account, openings: int, signed_in_at: datetime | None) -> ReviewLine:
    return ReviewLine(
        round_id=opened.id,
        account_id=account.id,
        role=account.role,
        organisation_id=account.organisation_id,
        units=sorted(row.unit for row in account.scope),
        openings=openings,
        signed_in_at=signed_in_at,
    )


def _lines(*where: ColumnElement[bool]) -> list[Sheet]:
    query = (
        select(ReviewLine, Account.username, Account.name, Organisation.name)
        .join(Account, Account.id == ReviewLine.account_id)
        .join(Organisation, Organisation.id == ReviewLine.organisation_id)
        .where(*where)
        .order_by(ReviewLine.verdict.is_not(None), Account.name, Account.id)
    )
    names = ("account_id", "role", "units", "signed_in_at", "openings", "verdict", "remark", "settled_at")
    return [
        {n: getattr(row, n) for n in names} | {"account": username, "name": name, "organisation": office}
        for row, username, name, office in db.session.execute(query)
    ]


def _openings(first: date, last: date) -> Mapping[int, int]:
    """Count, by account, the openings of people from one day to another."""
    start, end = (datetime.combine(day, time.min, clock.HANOI) for day in (first, last + timedelta(days=1)))
    query = select(AuditEntry.actor_id, func.count()).where(
        trail.is_opening(LOOKS, OPENING), AuditEntry.at >= start, AuditEntry.at < end
    )
    rows = db.session.execute(query.group_by(AuditEntry.actor_id))
    return {account: count for account, count in rows if account}
