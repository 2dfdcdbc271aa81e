"""The only writer of blind indexes: what a contact point is found by, and by which key that was made.

While two index keys are in the ring, look-ups ask for both: at no moment of a rotation is anybody not found.
"""

from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy import Select, bindparam, delete, func, select

from kieubao.consent.vocabulary import Channel
from kieubao.db import db, insert_many, keyring
from kieubao.ground.keys import Kind
from kieubao.people.filters import among
from kieubao.people.models import ContactKey, ContactPoint, Person
from kieubao.people.records import Contact, contact_keys

BATCH = 200
# The people with a contact point, retired or not, that has one of `:keys`, of which `keys_of` tells.
HOLDING = among(
    select(ContactKey.person_id).where(
        ContactKey.key.in_(bindparam("keys", type_=ContactKey.key.type, expanding=True)),
    )
)


def add(points: Iterable[tuple[int, int, Contact]]) -> None:
    """Index contact points, each given with its id and its person's."""
    ring = keyring()
    made_with = ring.current[Kind.INDEX]
    insert_many(
        ContactKey,
        (
            {"key": key, "contact_point_id": point, "person_id": person, "key_id": made_with}
            for point, person, contact in points
            for key in dict.fromkeys(contact_keys(contact, ring))
        ),
    )


def keys_of(kind: str, value: str) -> Sequence[int]:
    """Return the keys by which such a contact point is found."""
    return keyring().blinds(kind, value)


def counts() -> Mapping[str, int]:
    """Return how many blind indexes were made with each key."""
    query = select(ContactKey.key_id, func.count()).group_by(ContactKey.key_id)
    return {key_id: count for key_id, count in db.session.execute(query)}  # noqa: C416 - rows are no pairs to mypy


def rebuild(after: int) -> tuple[int | None, int]:
    """Index anew the next contact points that are not yet under the current key; wants the right to write.

    Returns the last of them, to go on after (None at the end), and how many were indexed: it waits for nobody,
    so one that is being changed is left for another time.
    """
    found = db.session.scalars(_outdated(after)).all()
    # A contact point cannot change, nor its person, until this is committed.
    of_them = select(ContactPoint.id, ContactPoint.person_id, ContactPoint.channel, ContactPoint.value)
    of_them = of_them.join(Person, Person.id == ContactPoint.person_id).where(ContactPoint.id.in_(found))
    rows = db.session.execute(of_them.with_for_update(skip_locked=True)).all()
    db.session.execute(delete(ContactKey).where(ContactKey.contact_point_id.in_([row.id for row in rows])))
    add((row.id, row.person_id, Contact(Channel(row.channel), "", row.value)) for row in rows)
    return (found[-1] if found else None), len(rows)


def _outdated(after: int) -> Select[int]:
    point = ContactKey.contact_point_id
    stale = ContactKey.key_id != keyring().current[Kind.INDEX]
    return select(point).where(stale, point > after).distinct().order_by(point).limit(BATCH)
