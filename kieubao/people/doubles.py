"""Who on record may be somebody that is about to be recorded. How like they are, `ground.resemblance` says."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import func, select, tuple_

from kieubao.access.roles import Scope
from kieubao.consent.vocabulary import Channel
from kieubao.db import db, keyring
from kieubao.ground.names import tokens
from kieubao.ground.resemblance import LIKELY, POSSIBLE, Evidence, Traits, evidence, rarity_of, score
from kieubao.people import registry
from kieubao.people.filters import within
from kieubao.people.likeness import HOLDING, keys_of
from kieubao.people.models import Person
from kieubao.people.records import Record
from kieubao.people.words import name_words

# So many at most are compared who are called so, or were born then and there.
_MOST = 1_000
COMPARED = ("id", "name", "name_key", "other_names", "born", "gender", "commune", "country", "city")
_DAY = 10
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
    shared = _sharing([record]).get(0, {})
    rows = _near(values, shared, scope)
    words = sorted(values["name_key"].split())
    people = db.session.scalar(select(func.max(Person.id))) or 0
    rarity = rarity_of(sum(sorted(row.name_key.split()) == words for row in rows), people)
    found = (_alike(values, row, shared.get(row.id, ()), rarity, people) for row in rows)
    return sorted(filter(None, found), key=lambda one: (-one.score, one.id))


def among(records: Sequence[Record], scope: Scope, office: str) -> dict[int, list[Candidate]]:
    """Return for each of many records, by its place, who within scope is likely to be who is meant.

    As many are asked about at once, those alone are compared who share a contact point, or the name and the day of
    birth.
    """
    shared, named = _sharing(records), _namesakes(records)
    near = {place: {*shared.get(place, ()), *named.get(place, ())} for place in {*shared, *named}}
    rows = _rows({person for some in near.values() for person in some}, scope)
    people = db.session.scalar(select(func.max(Person.id))) or 0
    found = dict[int, list[Candidate]]()
    for place, some in near.items():
        values, theirs = registry.whole(records[place].values, office), shared.get(place, {})
        rarity = rarity_of(_called(values["name_key"]), people)
        like = (_alike(values, rows[one], theirs.get(one, ()), rarity, people) for one in some if one in rows)
        found[place] = [one for one in like if one and one.score >= LIKELY]
    return {place: sorted(likely) for place, likely in found.items() if likely}


def _rows(ids: Collection[int], scope: Scope) -> dict[int, Any]:
    query = select(*_COLUMNS).where(Person.id.in_(ids), within(scope))
    return {row.id: row for row in db.session.execute(query)} if ids else {}


def _sharing(records: Sequence[Record]) -> dict[int, dict[int, set[tuple[str, str]]]]:
    """Return who has a contact point of each of some records, and which."""
    ring, wanted = keyring(), defaultdict[int, list[tuple[int, tuple[str, str]]]](list)
    for place, record in enumerate(records):
        for contact in record.contacts:
            for key in keys_of(contact, ring):
                wanted[key].append((place, (contact.channel, contact.value)))
    found = defaultdict[int, dict[int, set[tuple[str, str]]]](dict)
    for key, person in db.session.execute(HOLDING, {"keys": [*wanted]}) if wanted else ():
        for place, point in wanted[key]:
            found[place].setdefault(person, set()).add(point)
    return found


def _namesakes(records: Sequence[Record]) -> dict[int, list[int]]:
    """Return who has the name of each of some records, whatever its marks, and was born on the same day."""
    born = [(place, " ".join(tokens(one.values["name"])), one.values.get("born")) for place, one in enumerate(records)]
    wanted = {(name, day) for _place, name, day in born if day and len(day) == _DAY}
    columns = (Person.name_key, Person.born)
    rows = db.session.execute(select(Person.id, *columns).where(tuple_(*columns).in_(wanted))) if wanted else ()
    found = defaultdict[tuple[str, str | None], list[int]](list)
    for person, name, day in rows:
        found[name, day].append(person)
    return {place: found[name, day] for place, name, day in born if (name, day) in found}


def _called(name_key: str) -> int:
    """Count who is called so, as far as that is few."""
    some = select(Person.id).where(Person.name_key == name_key).limit(_MOST).subquery()
    return db.session.scalar(select(func.count()).select_from(some)) or 0


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
    if values["commune"] and len(values["born"] or "") == _DAY:
        rules.append((Person.commune == values["commune"]) & (Person.born == values["born"]))
    found = {
        row.id: row
        for rule in rules
        for row in db.session.execute(select(*_COLUMNS).where(rule, within(scope)).limit(_MOST))
    }
    return [*found.values()]


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
