"""Who on record is somebody that is about to be recorded."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import bindparam, select

from kieubao.access.roles import Scope
from kieubao.consent.models import Standing
from kieubao.consent.vocabulary import Channel
from kieubao.db import db, keyring
from kieubao.ground.ciphers import Keyring
from kieubao.ground.text import fold
from kieubao.people.filters import within
from kieubao.people.models import ContactKey, Merge, Person
from kieubao.people.records import BY_NUMBER, Contact, Record

_DAY = len("1960-08-14")


class Known(NamedTuple):
    """Somebody on record."""

    id: int
    code: str


def identity(values: Mapping[str, Any]) -> tuple[str, str | None]:
    """Return the name, whatever its marks, and the birth: two who also share a contact point are taken for one."""
    return fold(values["name"]), values.get("born")


def known_by(name: str, born: str | None, points: Iterable[str]) -> list[str]:
    """Return what somebody would be known by again: the name, whatever its marks, with a contact point or a day."""
    days = [born] if born and len(born) == _DAY else []
    return [f"{fold(name)} {one}" for one in (*points, *days)]


def marks_of(record: Record) -> list[str]:
    """Return what somebody who is about to be recorded would be known by, if they were erased."""
    return known_by(record.values["name"], record.values.get("born"), [one.value for one in record.contacts])


def on_record(records: Sequence[Record], scope: Scope) -> list[list[Known]]:
    """Return for each of some records who on record within scope has its name, its birth and a contact point of it.

    Those may be several: a household has one telephone, and nobody's birth is known.
    """
    ring = keyring()
    keys = [_keys(record, ring) for record in records]
    holders = _holders({key for some in keys for key in some}, scope)
    return [_same(record, some, holders) for record, some in zip(records, keys, strict=True)]


def by_code(codes: Collection[str], scope: Scope) -> dict[str, Known]:
    """Return who within scope is on record under each code: their own, or that of a record merged into theirs."""
    columns, here = (Person.id, Person.code), (within(scope), Standing.erased_at.is_(None))
    people = select(*columns).join(Standing, Standing.person_id == Person.id).where(*here)
    own = people.where(Person.code.in_(codes))
    led_on = people.add_columns(Merge.code).join(Merge, Merge.kept_id == Person.id).where(Merge.code.in_(codes))
    found = {code: Known(i, code) for i, code in db.session.execute(own)} if codes else {}
    return found | ({old: Known(i, code) for i, code, old in db.session.execute(led_on)} if codes else {})


def _same(record: Record, keys: Iterable[int], holders: Mapping[int, Sequence[Any]]) -> list[Known]:
    alike = [one for key in keys for one in holders.get(key, ())]
    same = {Known(one.id, one.code) for one in alike if identity(one._mapping) == identity(record.values)}  # noqa: SLF001 - a row's own way
    return sorted(same)


def _keys(record: Record, ring: Keyring) -> list[int]:
    return [key for contact in record.contacts for key in keys_of(contact, ring)]


def keys_of(contact: Contact, ring: Keyring) -> Iterable[int]:
    """Return the keys by which a whole number or address is found."""
    if contact.channel == Channel.EMAIL:
        return ring.blinds("email", contact.value)
    return ring.blinds("phone", contact.value) if contact.channel in BY_NUMBER else ()


# In two steps: of people who come in, most have no contact point that is on record, and PostgreSQL, told of both
# tables at once, may go through all people for each.
HOLDING = select(ContactKey.key, ContactKey.person_id).where(
    ContactKey.key.in_(bindparam("keys", type_=ContactKey.key.type, expanding=True))
)
_PEOPLE = select(Person.id, Person.code, Person.name, Person.born).where(
    Person.id.in_(bindparam("ids", type_=Person.id.type, expanding=True))
)


def _holders(keys: set[int], scope: Scope) -> Mapping[int, Sequence[Any]]:
    """Return the people within scope by the keys of their contact points."""
    held = db.session.execute(HOLDING, {"keys": [*keys]}).all() if keys else []
    ids = {row.person_id for row in held}
    people = {row.id: row for row in db.session.execute(_PEOPLE.where(within(scope)), {"ids": [*ids]})} if ids else {}
    found = defaultdict(list)
    for key, person_id in held:
        found[key].extend([people[person_id]] if person_id in people else [])
    return found
