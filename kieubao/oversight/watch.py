"""The watch over the trail: day by day, what was read is put before the rules, and what they see is filed."""

from collections import defaultdict, deque
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta
from functools import cache
from typing import Final
from uuid import UUID

from sqlalchemy import ColumnElement, delete, select

from kieubao.access.models import Account, AuditEntry, AuditHead
from kieubao.access.roles import Scope
from kieubao.db import db, insert_many
from kieubao.ground import clock, names
from kieubao.oversight import findings, unusual
from kieubao.oversight.days import SEARCH, Act, Day, Known, Reader, firsts, is_opening
from kieubao.oversight.models import ReadingDay, Watch
from kieubao.oversight.thresholds import THRESHOLDS
from kieubao.oversight.vocabulary import Rule
from kieubao.people import traits

_WEEK: Final = 7
# A watch that was down longer begins here: what is older was never watched.
_LONGEST: Final = timedelta(days=92)
_HABIT: Final = timedelta(days=THRESHOLDS[Rule.VOLUME].days)


def keep(every: timedelta = timedelta()) -> int:
    """Watch the trail from where it was last watched until now; return how many findings are new.

    The day it was last watched on is judged again, whole. Whoever watches at the same time waits here. `every`:
    not again where so little time has passed since it was watched.
    """
    watch = db.session.scalars(select(Watch).with_for_update()).one()
    if watch.at and clock.now() - watch.at < every:
        return 0
    last = db.session.execute(select(AuditHead.last)).scalar_one()
    known, new = _known(), 0
    for days in _unwatched(watch.last):
        _learn(known, days[-1])
        new += findings.file(unusual.seen(days, known))
        _count(known, days[-1])
    watch.last, watch.at = last, clock.now()
    return new


def watched_at() -> datetime | None:
    return db.session.scalar(select(Watch.at))


def _unwatched(last: int) -> Iterator[Sequence[Day]]:
    """Give each day since an entry, with the days of the week before it."""
    since = db.session.scalar(select(AuditEntry.at).where(AuditEntry.id == max(last, 1)))
    if since is None:
        return
    first = max(since, clock.now() - _LONGEST).astimezone(clock.HANOI).date()
    week: deque[Day] = deque(maxlen=_WEEK)
    for number in range(1 - _WEEK, (clock.today() - first).days + 1):
        on = first + timedelta(days=number)
        week.append(Day(on, list(_acts(*_between(on)))))
        if on >= first:
            yield list(week)


def _between(first: date, last: date | None = None) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    """Say, in SQL, from the beginning of a day to the end of it or of another, in Việt Nam's time."""
    start, end = (datetime.combine(day, time.min, clock.HANOI) for day in (first, (last or first) + timedelta(days=1)))
    return AuditEntry.at >= start, AuditEntry.at < end


def _acts(*where: ColumnElement[bool]) -> Iterator[Act]:
    terms = AuditEntry.details["terms"].as_string()
    columns = (AuditEntry.id, AuditEntry.at, AuditEntry.actor_id, AuditEntry.action, AuditEntry.outcome)
    query = (
        select(*columns, AuditEntry.subject, terms)
        .where(*where, AuditEntry.actor_id.is_not(None))
        .order_by(AuditEntry.id)
    )
    return (Act(*row) for row in db.session.execute(query))


def _known() -> Known:
    """Begin with who reads, and how common within their scope a name or a commune is."""
    accounts = list(db.session.scalars(select(Account)))
    scopes = {account.id: Scope(frozenset(row.unit for row in account.scope)) for account in accounts}

    @cache
    def share_of_name(account: int, name: str) -> float:
        return traits.share_of_name(name, scopes[account])

    @cache
    def share_of_commune(account: int, commune: str) -> float:
        return traits.share_of_commune(commune, scopes[account])

    readers = {one.id: Reader(one.role, *traits.of_name(names.tokens(one.name))) for one in accounts}
    return Known(readers=readers, share_of_name=share_of_name, share_of_commune=share_of_commune)


def _learn(known: Known, day: Day) -> None:
    """Learn what the rules compare on a day: of whom was opened, of habits, and of what was sought before."""
    known.habits, known.sought = _habits(day.on), _sought(day)
    new = _subjects(day) - known.traits.keys()
    known.traits |= traits.of(new)
    known.kin |= traits.kin(new)


def _subjects(day: Day) -> set[UUID]:
    return {act.subject for act in day.acts if act.subject and is_opening(act)}


def _habits(on: date) -> dict[int, list[tuple[int, int]]]:
    query = select(ReadingDay.account_id, ReadingDay.people, ReadingDay.alike)
    habits: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for account, people, alike in db.session.execute(query.where(ReadingDay.day >= on - _HABIT, ReadingDay.day < on)):
        habits[account].append((people, alike))
    return habits


def _sought(day: Day) -> dict[tuple[int, str], list[Act]]:
    """Return the searches of the last days for what somebody sought on this one."""
    today = {(act.account, act.terms) for act in day.acts if act.action == SEARCH and act.terms}
    first = day.on - timedelta(days=THRESHOLDS[Rule.REPEATED].days - 1)
    sought: dict[tuple[int, str], list[Act]] = defaultdict(list)
    for act in _acts(*_between(first, day.on), AuditEntry.action == SEARCH) if today else ():
        if act.terms and (act.account, act.terms) in today:
            sought[act.account, act.terms].append(act)
    return sought


def _count(known: Known, day: Day) -> None:
    """Keep how many people each account opened on a day, and the most of one commune left alone: habits are these."""
    db.session.execute(delete(ReadingDay).where(ReadingDay.day == day.on))
    insert_many(
        ReadingDay,
        (
            {"account_id": account, "day": day.on, "people": len(firsts(acts)), "alike": _alike(known, day, account)}
            for account, acts in day.opened.items()
        ),
    )


def _alike(known: Known, day: Day, account: int) -> int:
    return max(map(len, unusual.by_commune(day.idle.get(account, []), known).values()), default=0)
