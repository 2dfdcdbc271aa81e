"""The only writer of stop notices: whoever was handed somebody's data is told to stop, as soon as they may no longer.

A notice is written with the very line that takes somebody out, for each file that left and holds them, and waits until
the recipient says that it was heeded. It says no more than who, and on which day: why is nobody's business.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any, Final, NamedTuple

from sqlalchemy import ColumnElement, Date, Select, func, insert, literal, or_, select, update

from kieubao.consent.models import WHOSE, ConsentNow, Handover, HandoverPerson, Standing, StopNotice
from kieubao.consent.vocabulary import RELEASE, YES
from kieubao.db import BATCH, db, insert_many
from kieubao.ground import clock

# After so many days without a word from the recipient the office asks; after 15 the law's term is over (NĐ 356/2025).
ASK_AFTER: Final = 5


class Waiting(NamedTuple):
    """Of a file: about how many people it waits, since which day, and the last notice there is."""

    people: int
    since: date
    last: int

    @property
    def overdue(self) -> bool:
        return self.since <= clock.today() - timedelta(days=ASK_AFTER)


def tell(people: Iterable[int], since: int) -> None:
    """Write a notice for each file that holds one of these people and was made before a line that takes them out.

    Of the lines `since` one: those before it were told as they were written. Call it when they are.
    """
    ids, today = sorted({*people}), clock.today()
    for start in range(0, len(ids), BATCH):
        due = _due(ids[start : start + BATCH], since)
        insert_many(StopNotice, ({"handover_id": file, "person_id": person, "told_on": today} for file, person in due))


def recall(handovers: Collection[int]) -> None:
    """Write a notice for everybody in some files: nobody in them is contacted any more for what they were for."""
    _write(HandoverPerson.handover_id.in_(handovers))


def doubt(person_id: int, line: int) -> None:
    """Write a notice for each file since a line that holds somebody: it may have what turned out to be another's."""
    made = select(Handover.id).where(Handover.watermark >= line, *_LEFT)
    _write(HandoverPerson.person_id == person_id, HandoverPerson.handover_id.in_(made))


def waiting(handovers: Collection[int]) -> dict[int, Waiting]:
    """Return what waits of some files; nothing of the others."""
    columns = (func.count(StopNotice.person_id.distinct()), func.min(StopNotice.told_on), func.max(StopNotice.id))
    query = select(StopNotice.handover_id, *columns).where(StopNotice.handover_id.in_(handovers), _WAITS)
    rows = db.session.execute(query.group_by(StopNotice.handover_id))
    return {file: Waiting(people, since, last) for file, people, since, last in rows}


def told(handover_id: int) -> Select[int, date]:
    """Select (person, day) of whom a file's recipient is to stop contacting, and since when that is told."""
    mine = (StopNotice.handover_id == handover_id, _WAITS)
    return select(StopNotice.person_id, func.min(StopNotice.told_on)).where(*mine).group_by(StopNotice.person_id)


def unheeded(people: Select[int]) -> int:
    """Count the files of which notices about some people wait."""
    files = select(func.count(StopNotice.handover_id.distinct())).where(StopNotice.person_id.in_(people), _WAITS)
    return db.session.scalar(files) or 0


def acknowledge(handovers: Collection[int], last: int, by: int) -> int:
    """Write down that a recipient heeded what waits of a file, up to the `last` notice they saw; return how many."""
    mine = update(StopNotice).where(StopNotice.handover_id.in_(handovers), StopNotice.id <= last, _WAITS)
    done: Any = db.session.execute(mine.values(acknowledged_at=clock.now(), acknowledged_by=by))
    return int(done.rowcount)


_WAITS: ColumnElement[bool] = StopNotice.acknowledged_at.is_(None)
# What left to contact people. Who was shown them by law contacts nobody, and is not told how they stand.
_LEFT = (Handover.sealed_at.is_not(None), Handover.purpose != RELEASE)


def _write(*which: ColumnElement[bool]) -> None:
    held = select(HandoverPerson.handover_id, HandoverPerson.person_id, literal(clock.today(), Date())).where(*which)
    held = held.order_by(HandoverPerson.handover_id, HandoverPerson.person_id)
    db.session.execute(insert(StopNotice).from_select(["handover_id", "person_id", "told_on"], held))


def _due(people: Sequence[int], since: int) -> list[tuple[int, int]]:
    """Return (file, person) of whom to tell, under whichever record of theirs the file holds them."""
    query = (
        select(Handover.id, Handover.purpose, Handover.channels, Handover.watermark, HandoverPerson.person_id, WHOSE)
        .join(HandoverPerson, HandoverPerson.handover_id == Handover.id)
        .join(Standing, Standing.person_id == HandoverPerson.person_id)
        .where(or_(Standing.person_id.in_(people), Standing.successor_id.in_(people)), *_LEFT)
        .order_by(Handover.id, HandoverPerson.person_id)
    )
    files = db.session.execute(query).all()
    out = _taken_out({row[-1] for row in files}, since) if files else {}
    return [
        (file, held)
        for file, purpose, channels, mark, held, asked in files
        if any(line > mark for spot, line in out.get(asked, {}).items() if _is_of(spot, purpose, channels))
    ]


def _is_of(spot: tuple[str, str] | None, purpose: str, channels: Collection[str] | None) -> bool:
    """Tell whether a no is to what a file was for; to be out altogether is."""
    return spot is None or (spot[0] == purpose and (not channels or spot[1] in channels))


def _taken_out(people: Collection[int], since: int) -> Mapping[int, Mapping[tuple[str, str] | None, int]]:
    """Return of people to what they say no, by purpose and channel, and by which line; None: how they stand."""
    found = defaultdict[int, dict[tuple[str, str] | None, int]](dict)
    columns = (ConsentNow.person_id, ConsentNow.purpose, ConsentNow.channel, ConsentNow.line)
    said = select(*columns).where(ConsentNow.person_id.in_(people), ConsentNow.state.not_in(YES))
    for person, purpose, channel, line in db.session.execute(said.where(ConsentNow.line >= since)):
        found[person][purpose, channel] = line
    ends = or_(
        Standing.erased_at.is_not(None),
        Standing.deceased_on.is_not(None),
        Standing.restricted_at.is_not(None),
        Standing.adult_on > clock.today(),
    )
    stands = select(Standing.person_id, Standing.line).where(Standing.person_id.in_(people), ends)
    for person, line in db.session.execute(stands.where(Standing.line >= since)):
        found[person][None] = line
    return found
