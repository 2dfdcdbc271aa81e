"""Who on record may be somebody that is about to be recorded. How like they are, `ground.resemblance` says."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import bindparam, func, select

from kieubao.access.roles import Scope
from kieubao.consent.vocabulary import Channel
from kieubao.db import db
from kieubao.ground.resemblance import POSSIBLE, Evidence, Traits, evidence, rarity_of, score
from kieubao.people import registry
from kieubao.people.filters import within
from kieubao.people.indexes import keys_of
from kieubao.people.models import ContactKey, Person
from kieubao.people.records import BY_NUMBER, Contact, Record
from kieubao.people.words import name_words

# So many at most are compared who are called so, or were born then and there.
_MOST = 1_000
COMPARED = ("id", "name", "name_key", "other_names", "born", "gender", "commune", "country", "city")
_COLUMNS = [Person.__table__.c[name] for name in ("code", *COMPARED)]


class Candidate(NamedTuple):
    """Somebody on record who may be who is meant: how much speaks for it, in bits, and why, the most telling first."""

    id: int
    code: str
    score: float
    reasons: list[str]


def on_record(record: Record, scope: Scope, office: str) -> list[Candidate]:
    """Return who within scope may be somebody that is about to be recorded, the likeliest first."""
    values = registry.whole(record.values, office)
    shared = _holders(record.contacts)
    rows = _near(values, shared, scope)
    words = sorted(values["name_key"].split())
    people = db.session.scalar(select(func.max(Person.id))) or 0
    rarity = rarity_of(sum(sorted(row.name_key.split()) == words for row in rows), people)
    found = (_alike(values, row, shared.get(row.id, ()), rarity, people) for row in rows)
    return sorted(filter(None, found), key=lambda one: (-one.score, one.id))


def _alike(values: Mapping[str, Any], row: Any, shared: Iterable[Any], rarity: float, people: int) -> Candidate | None:
    """Compare somebody with a row; the contact points they share are all that is known of these."""
    shared = frozenset(shared)
    emails = frozenset(one for one in shared if one[0] == Channel.EMAIL)
    mine, theirs = (traits(one, shared - emails, emails) for one in (values, row._mapping))  # noqa: SLF001 - a row's own way
    found = evidence(mine, theirs, rarity)
    total = score(found, people)
    return Candidate(row.id, row.code, total, told(found)) if total >= POSSIBLE else None


def _near(values: Mapping[str, Any], shared: Iterable[int], scope: Scope) -> Sequence[Any]:
    """Return the rows of whom somebody is compared with."""
    turns = (Person.name_key, Person.given_key, Person.mid_key)
    rules = [Person.id.in_([*shared]), *(turn == values["name_key"] for turn in turns)]
    if values["commune"] and values["born"]:
        rules.append((Person.commune == values["commune"]) & (Person.born == values["born"]))
    found = {
        row.id: row
        for rule in rules
        for row in db.session.execute(select(*_COLUMNS).where(rule, within(scope)).limit(_MOST))
    }
    return [*found.values()]


def _holders(contacts: Sequence[Contact]) -> Mapping[int, set[tuple[str, str]]]:
    """Return who has one of these contact points, each with those they have."""
    wanted = {key: (one.channel, one.value) for one in contacts for key in _keys(one)}
    query = select(ContactKey.key, ContactKey.person_id).where(
        ContactKey.key.in_(bindparam("keys", type_=ContactKey.key.type, expanding=True))
    )
    found = defaultdict[int, set[tuple[str, str]]](set)
    for key, person in db.session.execute(query, {"keys": [*wanted]}) if wanted else ():
        found[person].add(wanted[key])
    return found


def _keys(contact: Contact) -> Iterable[int]:
    if contact.channel == Channel.EMAIL:
        return keys_of("email", contact.value)
    return keys_of("phone", contact.value) if contact.channel in BY_NUMBER else ()


def traits(
    values: Mapping[str, Any], numbers: Iterable[object], emails: Iterable[object], kin: Iterable[int] = ()
) -> Traits:
    """Return what of a record is compared, given by its columns."""
    others = tuple(" ".join(sorted(name_words(name))) for name in values["other_names"] or ())
    return Traits(
        values["name"],
        tuple(values["name_key"].split()),
        others,
        **{name: values[name] for name in ("born", "gender", "commune", "country", "city")},
        numbers=frozenset(numbers),
        emails=frozenset(emails),
        kin=frozenset(kin),
    )


def told(found: Sequence[Evidence]) -> list[str]:
    """Return the reasons, the most telling first."""
    return [one.reason.value for one in sorted(found, key=lambda one: -abs(one.bits))]
