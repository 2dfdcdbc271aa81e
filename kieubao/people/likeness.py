"""Who on record is somebody that is about to be recorded."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import bindparam, select

from kieubao.access.roles import Scope
from kieubao.consent.vocabulary import Channel
from kieubao.db import db
from kieubao.ground.text import fold
from kieubao.people.filters import within
from kieubao.people.indexes import keys_of
from kieubao.people.models import ContactKey, Person
from kieubao.people.records import BY_NUMBER, Contact, Record


class Known(NamedTuple):
    """Somebody on record."""

    id: int
    code: str


def identity(values: Mapping[str, Any]) -> tuple[str, str | None]:
    """Return the name, whatever its marks, and the birth: two who also share a contact point are taken for one."""
    return fold(values["name"]), values.get("born")


def on_record(records: Sequence[Record], scope: Scope) -> list[Known | None]:
    """Return for each of some records who on record within scope has its name, its birth and a contact point of it."""
    holders = _holders({key for record in records for key in _keys(record)}, scope)
    return [_same(record, holders) for record in records]


def _same(record: Record, holders: Mapping[int, Sequence[Any]]) -> Known | None:
    alike = (one for key in _keys(record) for one in holders.get(key, ()))
    same = (Known(one.id, one.code) for one in alike if identity(one._mapping) == identity(record.values))  # noqa: SLF001 - a row's own way
    return min(same, default=None)


def _keys(record: Record) -> list[int]:
    return [key for contact in record.contacts for key in _keys_of(contact)]


def _keys_of(contact: Contact) -> Iterable[int]:
    if contact.channel == Channel.EMAIL:
        return keys_of("email", contact.value)
    return keys_of("phone", contact.value) if contact.channel in BY_NUMBER else ()


_HOLDERS = (
    select(ContactKey.key, Person.id, Person.code, Person.name, Person.born)
    .join(Person, Person.id == ContactKey.person_id)
    .where(ContactKey.key.in_(bindparam("keys", type_=ContactKey.key.type, expanding=True)))
)


def _holders(keys: set[int], scope: Scope) -> Mapping[int, Sequence[Any]]:
    """Return the people within scope by the keys of their contact points."""
    found = defaultdict(list)
    for row in db.session.execute(_HOLDERS.where(within(scope)), {"keys": [*keys]}) if keys else ():
        found[row.key].append(row)
    return found
