"""The only writer of stop notices: whoever was handed somebody's data is told to stop, as soon as they may no longer.

A notice is written with the very line that takes somebody out, for each file that left and holds them, and waits until
the recipient says that it was heeded. It says no more than who: why is nobody's business but the person's.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from sqlalchemy import ColumnElement, func, insert, literal, or_, select, update
from sqlalchemy.orm import InstrumentedAttribute

from kieubao.consent.models import ConsentNow, Handover, HandoverPerson, Standing, StopNotice
from kieubao.consent.vocabulary import YES
from kieubao.db import BATCH, db, insert_many
from kieubao.ground import clock

# After so many days without a word from the recipient the office asks; after 15 the law's term is over (NĐ 356/2025).
ASK_AFTER: Final = 5


class Notice(NamedTuple):
    """Of a file: who is not to be contacted any more, since when, and when that was acknowledged."""

    person_id: int
    at: datetime
    acknowledged_at: datetime | None


def tell(people: Iterable[int]) -> None:
    """Write a notice for each file that holds one of these people and that something newer than it takes them out of.

    Call it once what they said, or how they stand, is written. What waits already is not said twice.
    """
    ids = sorted({*people})
    for start in range(0, len(ids), BATCH):
        due = _due(ids[start : start + BATCH])
        insert_many(StopNotice, ({"handover_id": file, "person_id": person, "at": clock.now()} for file, person in due))


def recall(handovers: Collection[int]) -> None:
    """Write a notice for everybody in some files: nobody in them is contacted any more for what they were for."""
    waits = _waits(HandoverPerson.handover_id, HandoverPerson.person_id)
    everybody = select(HandoverPerson.handover_id, HandoverPerson.person_id, literal(clock.now(), StopNotice.at.type))
    everybody = everybody.where(HandoverPerson.handover_id.in_(handovers), ~waits)
    db.session.execute(insert(StopNotice).from_select(["handover_id", "person_id", "at"], everybody))


def of(handovers: Collection[int]) -> dict[int, list[Notice]]:
    """Return the notices of some files, in the order in which they were written."""
    columns = (StopNotice.handover_id, StopNotice.person_id, StopNotice.at, StopNotice.acknowledged_at)
    found = defaultdict[int, list[Notice]](list)
    rows = db.session.execute(select(*columns).where(_of(handovers)).order_by(StopNotice.id))
    for file, person, at, acknowledged_at in rows:
        found[file].append(Notice(person, at, acknowledged_at))
    return found


def acknowledge(handover_id: int, by: int) -> int:
    """Write down that a recipient has heeded what waits of a file; return how many notices that were."""
    waiting = update(StopNotice).where(_of([handover_id]), StopNotice.acknowledged_at.is_(None))
    done = db.session.execute(waiting.values(acknowledged_at=clock.now(), acknowledged_by=by))
    return int(done.rowcount)  # type: ignore[attr-defined]  # of an UPDATE there is one


def overdue(notices: Iterable[Notice]) -> bool:
    """Tell whether one of some notices has waited too long."""
    asked = clock.now() - timedelta(days=ASK_AFTER)
    return any(one.acknowledged_at is None and one.at <= asked for one in notices)


def _of(handovers: Collection[int]) -> ColumnElement[bool]:
    return StopNotice.handover_id.in_(handovers)


def _waits(handover: InstrumentedAttribute[int], person: InstrumentedAttribute[int]) -> ColumnElement[bool]:
    """Tell, in SQL, whether a notice waits already of a file and a person in it."""
    mine = (StopNotice.handover_id == handover, StopNotice.person_id == person, StopNotice.acknowledged_at.is_(None))
    return select(StopNotice.id).where(*mine).exists()


def _due(people: Sequence[int]) -> list[tuple[int, int]]:
    """Return (file, person) of whom to tell, under whichever record of theirs the file holds them."""
    person = func.coalesce(Standing.successor_id, Standing.person_id)
    waits = _waits(HandoverPerson.handover_id, HandoverPerson.person_id)
    query = (
        select(Handover.id, Handover.purpose, Handover.channels, Handover.watermark, HandoverPerson.person_id, person)
        .join(HandoverPerson, HandoverPerson.handover_id == Handover.id)
        .join(Standing, Standing.person_id == HandoverPerson.person_id)
        .where(or_(Standing.person_id.in_(people), Standing.successor_id.in_(people)))
        .where(Handover.sealed_at.is_not(None), ~waits)
        .order_by(Handover.id, HandoverPerson.person_id)
    )
    files = db.session.execute(query).all()
    out = _taken_out({row[-1] for row in files}) if files else {}
    return [
        (file, held)
        for file, purpose, channels, mark, held, asked in files
        if any(line > mark for spot, line in out.get(asked, {}).items() if _is_of(spot, purpose, channels))
    ]


def _is_of(spot: tuple[str, str] | None, purpose: str, channels: Collection[str] | None) -> bool:
    """Tell whether a no is to what a file was for; to be out altogether is."""
    return spot is None or (spot[0] == purpose and (not channels or spot[1] in channels))


def _taken_out(people: Collection[int]) -> Mapping[int, Mapping[tuple[str, str] | None, int]]:
    """Return of people to what they say no, by purpose and channel, and by which line; None: how they stand."""
    found = defaultdict[int, dict[tuple[str, str] | None, int]](dict)
    columns = (ConsentNow.person_id, ConsentNow.purpose, ConsentNow.channel, ConsentNow.line)
    said = select(*columns).where(ConsentNow.person_id.in_(people), ConsentNow.state.not_in(YES))
    for person, purpose, channel, line in db.session.execute(said):
        found[person][purpose, channel] = line
    ends = or_(
        Standing.erased_at.is_not(None),
        Standing.deceased_on.is_not(None),
        Standing.restricted_at.is_not(None),
        Standing.adult_on > clock.today(),
    )
    stands = select(Standing.person_id, Standing.line).where(Standing.person_id.in_(people), ends)
    for person, line in db.session.execute(stands):
        found[person][None] = line
    return found
