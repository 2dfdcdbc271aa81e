"""Who holds whose data. Every pull and release is written here, and a withdrawal finds it here."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import ColumnElement, Select, delete, func, or_, select, union_all, update

from kieubao.access.models import Organisation
from kieubao.consent.models import ConsentNow, Handover, HandoverPerson, LedgerHead, Standing
from kieubao.consent.rules import records_of
from kieubao.consent.vocabulary import RELEASE, YES
from kieubao.db import db, insert_many, writing
from kieubao.ground import clock
from kieubao.ground.errors import NotFound, _


class Held(NamedTuple):
    """One handover that holds a person."""

    recipient: str
    source: str
    purpose: str
    at: datetime


def watermark() -> int:
    """Return the number of the last committed line. Read it before the people it is to vouch for."""
    return db.session.execute(select(LedgerHead.last)).scalar_one()


class What(NamedTuple):
    """What is handed over: under which name, for which purpose, to be contacted by which channels.

    `told_from`: from when those in it are told of it, where that is not at once.
    """

    source: str
    purpose: str
    channels: Sequence[str] = ()
    told_from: datetime | None = None


def prepare(recipient_id: int, what: What, mark: int, people: Iterable[int], *, in_rows: bool = True) -> Handover:
    """Write down, void until sealed, who is in a file made at a watermark. Ends the reading transaction.

    `in_rows`: each has a row of the file, in this order.
    """
    writing()
    told = {**what._asdict(), "channels": [*what.channels]}
    handover = Handover(recipient_id=recipient_id, watermark=mark, **told)
    db.session.add(handover)
    db.session.flush()
    places = ((person_id, at if in_rows else None) for at, person_id in enumerate(people))
    insert_many(HandoverPerson, ({"handover_id": handover.id, "person_id": p, "place": at} for p, at in places))
    db.session.commit()
    return handover


def seal(*made: Handover) -> bool:
    """Take the right to write and tell whether what was made of one file may leave.

    It may where nobody in it has said no, died or been restricted since its watermark: then it is sealed as
    the transaction commits. Otherwise it is void.
    """
    writing()
    db.session.execute(select(LedgerHead.last).with_for_update()).scalar_one()
    if any(db.session.execute(_changed_since(one).limit(1)).first() for one in made):
        files = [one.id for one in made]
        db.session.execute(delete(HandoverPerson).where(HandoverPerson.handover_id.in_(files)))
        db.session.commit()
        return False
    for one in made:
        one.sealed_at = clock.now()
    return True


def holders(person_id: int) -> list[Held]:
    """Return every organisation that was handed this person's data to contact them, under whichever record of theirs.

    The latest first.
    """
    return _held(person_id, Handover.purpose != RELEASE)


def released(person_id: int) -> list[Held]:
    """Return who was shown this person's data because the law has it, as far as they are told of it; latest first."""
    told = or_(Handover.told_from.is_(None), Handover.told_from <= clock.now())
    return _held(person_id, Handover.purpose == RELEASE, told)


def tell_from(source: str, moment: datetime) -> None:
    """Have those in what left as this be told of it from another moment on, where they are not told already."""
    waits = (Handover.source == source, Handover.told_from > clock.now())
    db.session.execute(update(Handover).where(*waits).values(told_from=moment))


def tell_now(source: str) -> None:
    """Have those in what left as this be told of it from now on, wherever the clock is set."""
    db.session.execute(update(Handover).where(Handover.source == source).values(told_from=None))


def forget(sources: Collection[str]) -> None:
    """Forget who was in what left as these, long ago."""
    files = select(Handover.id).where(Handover.source.in_(sources), Handover.purpose == RELEASE)
    db.session.execute(delete(HandoverPerson).where(HandoverPerson.handover_id.in_(files)))


def _held(person_id: int, *which: ColumnElement[bool]) -> list[Held]:
    query = (
        select(Organisation.name, Handover.source, Handover.purpose, Handover.sealed_at)
        .join(HandoverPerson, HandoverPerson.handover_id == Handover.id)
        .join(Organisation, Organisation.id == Handover.recipient_id)
        .where(HandoverPerson.person_id.in_(records_of(person_id)), *which)
        .order_by(Handover.sealed_at.desc())
    )
    # What was never sealed never left.
    return [Held(name, source, purpose, at) for name, source, purpose, at in db.session.execute(query) if at]


def held(people: Iterable[int]) -> set[int]:
    """Return which of some people are in a file that left."""
    left = select(HandoverPerson.person_id).join(Handover, Handover.id == HandoverPerson.handover_id)
    return {*db.session.scalars(left.where(HandoverPerson.person_id.in_([*people]), Handover.sealed_at.is_not(None)))}


def people_of(source: str) -> int:
    """Count the people whose data left as this; raise NotFound where nothing did."""
    sealed = select(Handover.id).where(Handover.source == source, Handover.sealed_at.is_not(None))
    if db.session.scalar(sealed) is None:
        raise NotFound(_("There is no such hand-over"))
    people = select(func.count(HandoverPerson.person_id.distinct())).where(HandoverPerson.handover_id.in_(sealed))
    return db.session.scalar(people) or 0


def _changed_since(handover: Handover) -> Select[int]:
    """Select those in a handover whom a line newer than its watermark takes out."""
    said_no = select(ConsentNow.person_id).where(
        ConsentNow.line > handover.watermark,
        ConsentNow.purpose == handover.purpose,
        ConsentNow.state.not_in(YES),
    )
    stands_anew = select(Standing.person_id).where(Standing.line > handover.watermark)
    newer = union_all(said_no, stands_anew).subquery()
    return (
        select(HandoverPerson.person_id)
        .join(newer, newer.c.person_id == HandoverPerson.person_id)
        .where(HandoverPerson.handover_id == handover.id)
    )
