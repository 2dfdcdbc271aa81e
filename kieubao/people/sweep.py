"""All pairs of records that may be one person's, among everybody: in one walk, whose cost grows with their number.

Nobody is compared with everybody. What is rarely shared by chance brings records together, thing by thing: a number, an
address, a relative, the words of a name with a year of birth, a commune or a city, a day of birth with a commune or a
given name. Those who share one are compared; how like they are, `ground.resemblance` says.
"""

import json
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from itertools import combinations, groupby
from typing import Any, NamedTuple, TypeVarTuple

from sqlalchemy import Select, String, cast, select

from kieubao.access.roles import NOWHERE
from kieubao.consent.vocabulary import Channel
from kieubao.db import BATCH, db
from kieubao.ground.resemblance import POSSIBLE, Traits, evidence, rarity_of, score
from kieubao.people.doubles import told
from kieubao.people.models import ContactPoint, Kinship, Person
from kieubao.people.records import BY_NUMBER
from kieubao.people.words import name_words

Ts = TypeVarTuple("Ts")
# Says how much is done, of how much.
Reach = Callable[[int, int], object]
# More records than these share a thing by chance, an office's telephone for one, and are not compared for it.
_MOST = 40
_DAY = 10
_ID = 2**40


class Double(NamedTuple):
    """Two records that may be one person's, the smaller id first; the score in tenths of a bit."""

    one_id: int
    other_id: int
    score: int
    reasons: list[str]


class _Row(NamedTuple):
    name: str
    name_key: str
    others: str
    born: str | None
    gender: str | None
    commune: str | None
    country: str | None
    city: str | None


# What brings records together, each as the key of a row; None where it is not known.
_SHARED: Sequence[Callable[[_Row, str], object]] = (
    lambda row, words: row.born and (words, row.born[:4]),
    lambda row, words: row.commune and (words, row.commune),
    lambda row, words: row.city and (words, row.city),
    lambda row, words: row.born and row.commune and (row.born[:4], row.commune, row.name_key.rpartition(" ")[2]),
    lambda row, words: row.born and row.commune and (row.born[:4], row.commune, row.name_key.partition(" ")[0]),
    lambda row, words: row.born and len(row.born) == _DAY and row.commune and (row.born, row.commune),
    lambda row, words: row.born and len(row.born) == _DAY and (row.born, row.name_key.rpartition(" ")[2]),
)


def _words(row: Any) -> str:
    """Return the words of a name in one order, whichever they are in."""
    return " ".join(sorted(row.name_key.split()))


class Sweep:
    """Everybody, as they are compared: some hundreds of bytes each."""

    def __init__(self) -> None:
        self.rows = dict[int, _Row]()
        self.points = defaultdict[int, list[int]](list)
        self.kin = defaultdict[int, list[int]](list)
        self.called = Counter[str]()
        self.found = dict[tuple[int, int], Double]()

    def read(self) -> None:
        """Read everybody who can be found, their contact points and their kin."""
        names = ("name", "name_key", "born", "gender", "commune", "country", "city")
        columns = (Person.id, cast(Person.other_names, String).label("others"), *(Person.__table__.c[n] for n in names))
        for row in _each(select(*columns).where(Person.province != NOWHERE)):
            self.rows[row.id] = _Row(row.name, row.name_key, row.others, *row[4:])
            self.called[_words(row)] += 1
        points = select(ContactPoint.person_id, ContactPoint.channel, ContactPoint.value)
        for row in _each(points.where(ContactPoint.channel.in_([*BY_NUMBER, Channel.EMAIL]))):
            # A number is one by whatever channel; an address is told by its sign.
            point = abs(hash(row.value))
            self.points[row.person_id].append(point if row.channel in BY_NUMBER else ~point)
        for row in _each(select(Kinship.person_id, Kinship.relative_id)):
            self.kin[row.person_id].append(row.relative_id)

    def compare(self, reach: Reach) -> None:
        """Compare whoever shares something."""
        of = len(_SHARED) + 3
        for done, keys in enumerate((*map(self._keyed, _SHARED), self._called_otherwise(), *self._lists()), 1):
            for some in _groups(keys):
                for one, other in combinations(some, 2):
                    self._look(one, other)
            reach(done, of)

    def _keyed(self, shared: Callable[[_Row, str], object]) -> Iterator[tuple[object, int]]:
        for person, row in self.rows.items():
            key = shared(row, _words(row))
            if key:
                yield key, person

    def _called_otherwise(self) -> Iterator[tuple[object, int]]:
        """Bring together by year of birth whose other name is the name of somebody, or their other one."""
        for person, row in self.rows.items():
            if row.born and len(row.others) > 2:  # noqa: PLR2004 - an empty list
                for name in json.loads(row.others):
                    yield (" ".join(sorted(name_words(name))), row.born[:4]), person
                yield (_words(row), row.born[:4]), person

    def _lists(self) -> Iterator[Iterator[tuple[object, int]]]:
        for listed in (self.points, self.kin):
            yield ((key, person) for person, keys in listed.items() for key in keys if person in self.rows)

    def _look(self, one: int, other: int) -> None:
        pair = (one, other) if one < other else (other, one)
        if one == other or pair in self.found:
            return
        row = self.rows[one]
        rarity = rarity_of(self.called[_words(row)], len(self.rows))
        found = evidence(self._traits(one), self._traits(other), rarity)
        total = score(found, len(self.rows))
        if total >= POSSIBLE:
            self.found[pair] = Double(*pair, round(total * 10), told(found))

    def _traits(self, person: int) -> Traits:
        row, points = self.rows[person], self.points.get(person, ())
        return Traits(
            row.name,
            tuple(row.name_key.split()),
            tuple(tuple(name_words(name)) for name in json.loads(row.others)) if len(row.others) > 2 else (),  # noqa: PLR2004
            *row[3:],
            frozenset(one for one in points if one >= 0),
            frozenset(one for one in points if one < 0),
            frozenset(self.kin.get(person, ())),
        )


def doubles(reach: Reach) -> list[Double]:
    """Return all pairs of records that may be one person's, the likeliest first."""
    sweep = Sweep()
    sweep.read()
    sweep.compare(reach)
    return sorted(sweep.found.values(), key=lambda one: (-one.score, one.one_id))


def _groups(keys: Iterator[tuple[object, int]]) -> Iterator[list[int]]:
    """Give the people who share a key, by a sorted list of numbers: a dictionary of lists is five times larger."""
    packed = sorted((hash(key) & 0xFFFFFFFFFFFF) * _ID + person for key, person in keys)
    for _key, some in groupby(packed, key=lambda one: one // _ID):
        people = [*{one % _ID for one in some}]
        if 1 < len(people) <= _MOST:
            yield people


def _each(query: Select[*Ts]) -> Iterator[Any]:
    with closing(db.session.execute(query.execution_options(yield_per=BATCH))) as rows:
        yield from rows
