"""How people are reached: the only writer of contact points, with the blind indexes they are found by."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime

from sqlalchemy import Select, delete, select

from kieubao.consent.models import Standing
from kieubao.db import db, insert_many, next_ids
from kieubao.ground import clock
from kieubao.ground.errors import Conflict, NotFound, _
from kieubao.people import indexes
from kieubao.people.models import ContactKey, ContactPoint, Person
from kieubao.people.records import Contact


def add(contacts: Sequence[tuple[int, Contact]]) -> list[int]:
    """Add contact points to people; return their ids."""
    ids = next_ids(ContactPoint, len(contacts))
    numbered = list(zip(ids, contacts, strict=True))
    insert_many(ContactPoint, ({"id": i, "person_id": p, **vars(contact)} for i, (p, contact) in numbered))
    indexes.add((i, p, contact) for i, (p, contact) in numbered)
    return list(ids)


def in_use(person_id: int) -> list[tuple[int, tuple[str, str]]]:
    """Return the contact points of a person that are in use, each with its id."""
    columns = (ContactPoint.id, ContactPoint.channel, ContactPoint.value)
    query = select(*columns).where(ContactPoint.person_id == person_id, ContactPoint.retired_at.is_(None))
    return [(i, (channel, value)) for i, channel, value in db.session.execute(query)]


def own(person_id: int) -> dict[int, tuple[str, str]]:
    """Return the channel and the value of somebody's own contact points that are in use, by their ids."""
    columns = (ContactPoint.id, ContactPoint.channel, ContactPoint.value)
    mine = (ContactPoint.person_id == person_id, ContactPoint.owner == "self", ContactPoint.retired_at.is_(None))
    return {i: (channel, value) for i, channel, value in db.session.execute(select(*columns).where(*mine))}


def verified(person_id: int) -> list[tuple[int, str, str]]:
    """Return the id, the channel and the value of somebody's own contact points that the office has verified."""
    columns = (ContactPoint.id, ContactPoint.channel, ContactPoint.value)
    own = (ContactPoint.person_id == person_id, ContactPoint.owner == "self")
    sure = (ContactPoint.verified_on.is_not(None), ContactPoint.retired_at.is_(None))
    rows = db.session.execute(select(*columns).where(*own, *sure).order_by(ContactPoint.id))
    return [(i, channel, value) for i, channel, value in rows]


def owners(number: str) -> list[int]:
    """Return who is reached themselves by a number in E.164, in whole sight; of a merged record nobody."""
    keys = select(ContactKey.contact_point_id).where(ContactKey.key.in_(indexes.keys_of("phone", number)))
    own = (ContactPoint.id.in_(keys), ContactPoint.owner == "self", ContactPoint.retired_at.is_(None))
    here = (Standing.successor_id.is_(None), Standing.erased_at.is_(None), Standing.deceased_on.is_(None))
    query = (
        select(ContactPoint.person_id).join(Standing, Standing.person_id == ContactPoint.person_id).where(*own, *here)
    )
    return sorted({*db.session.scalars(query)})


def points(people: Collection[int]) -> dict[int, dict[tuple[str, str], bool]]:
    """Return the contact points of people, and whether each is in use."""
    columns = (ContactPoint.person_id, ContactPoint.channel, ContactPoint.value, ContactPoint.retired_at)
    found: dict[int, dict[tuple[str, str], bool]] = {person: {} for person in people}
    for person, channel, value, retired in db.session.execute(select(*columns).where(columns[0].in_(people))):
        found[person][channel, value] = found[person].get((channel, value), False) or retired is None
    return found


def told(contacts: Collection[int]) -> set[tuple[str, str]]:
    """Return the channel and the value of each of some contact points, by their ids."""
    query = select(ContactPoint.channel, ContactPoint.value).where(ContactPoint.id.in_(contacts))
    return {(channel, value) for channel, value in db.session.execute(query)}


def unmended(reports: Select[int, datetime]) -> Select[int]:
    """Select the people of whom it was reported, when, that they are not reached, and whose record stands as it was."""
    person, at = reports.subquery().c
    return select(person).join(Person, Person.id == person).where(Person.changed_at < at)


def refuse_doubled(person_id: int, contact: Contact) -> None:
    """Raise Conflict where a person has this contact point, in use."""
    if (contact.channel, contact.value) in {point for _id, point in in_use(person_id)}:
        raise Conflict(_("The person has this contact point already"))


def retire(person_id: int, contact_id: int) -> None:
    """Close a contact point: it is used no more, but the person is still found by it."""
    found = db.session.get(ContactPoint, contact_id)
    if found is None or found.person_id != person_id or found.retired_at:
        raise NotFound(_("There is no such contact point in use"))
    found.retired_at = clock.now()


def doubt(person_id: int, first: int) -> dict[int, date]:
    """Have somebody's contact points be verified no more but those that another record of theirs has as verified.

    Return which were, and since when.
    """
    sure = select(ContactPoint).where(ContactPoint.verified_on.is_not(None), ContactPoint.retired_at.is_(None))
    known = {
        (one.channel, one.value, one.owner): one.verified_on
        for one in db.session.scalars(sure.where(ContactPoint.person_id == first))
    }
    mine = db.session.scalars(select(ContactPoint).where(ContactPoint.person_id == person_id)).all()
    was = {one.id: one.verified_on for one in mine if one.verified_on}
    trust({one.id: known.get((one.channel, one.value, one.owner)) for one in mine})
    return was


def trust(verified: Mapping[int, date | None], *, anew: bool = True) -> None:
    """Have contact points be verified since a day, or not any more; `anew`: those too that are verified now."""
    for one in db.session.scalars(select(ContactPoint).where(ContactPoint.id.in_([*verified]))):
        if anew or one.verified_on is None:
            one.verified_on = verified[one.id]
    db.session.flush()


def drop(person_id: int, contacts: Sequence[int]) -> None:
    """Take contact points from a person again, but those that were retired since."""
    gone = [i for i, _point in in_use(person_id) if i in contacts]
    db.session.execute(delete(ContactKey).where(ContactKey.contact_point_id.in_(gone)))
    db.session.execute(delete(ContactPoint).where(ContactPoint.id.in_(gone)))
