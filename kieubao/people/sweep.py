"""All pairs of records that may be one person's, among everybody: in one walk, whose cost grows with their number.

Nobody is compared with everybody. What is rarely shared by chance brings records together, thing by thing: a number, an
address, a relative, the words of a name with a year of birth, a commune or a city, a day of birth with a commune or a
given name. Those who share one are compared; how like they are, `ground.resemblance` says.
"""

import json
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from functools import partial
from itertools import combinations, groupby
from sys import intern
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
    """A record as it is compared. `words` are those of the name, in one order, whichever they are in."""

    name: str
    name_key: str
    born: str | None
    gender: str | None
    commune: str | None
    country: str | None
    city: str | None
    others: Sequence[str]
    words: str

    @property
    def day(self) -> str | None:
        return self.born if self.born and len(self.born) == _DAY else None

    @property
    def year(self) -> str | None:
        return self.born and self.born[:4]

    @property
    def given(self) -> str:
        return self.name_key.rpartition(" ")[2]

    @property
    def initials(self) -> str:
        return "".join(word[0] for word in self.words.split())


# What brings records together: the parts of a key, each of which has to be known.
_SHARED: Sequence[Callable[[_Row], Sequence[str | None]]] = (
    lambda row: (row.words, row.year),
    lambda row: (row.words, row.commune),
    lambda row: (row.words, row.city),
    lambda row: (row.year, row.commune, row.given),
    lambda row: (row.year, row.commune, row.initials),
    lambda row: (row.day, row.commune),
    lambda row: (row.day, row.given),
)
_COLUMNS = ("name", "name_key", "born", "gender", "commune", "country", "city")


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
        columns = (Person.id, cast(Person.other_names, String), *(Person.__table__.c[name] for name in _COLUMNS))
        for person, others, name, key, *rest in _each(select(*columns).where(Person.province != NOWHERE)):
            words = " ".join(sorted(key.split()))
            named = () if others == "[]" else [" ".join(sorted(name_words(one))) for one in json.loads(others)]
            born, gender, commune, country, city = (one and intern(one) for one in rest)
            self.rows[person] = _Row(name, key, born, gender, commune, country, city, named, words)
            self.called[words] += 1
        points = select(ContactPoint.person_id, ContactPoint.channel, ContactPoint.value)
        for person, channel, value in _each(points.where(ContactPoint.channel.in_([*BY_NUMBER, Channel.EMAIL]))):
            # A number is one by whatever channel; an address is told by its sign.
            point = abs(hash(value))
            self.points[person].append(point if channel in BY_NUMBER else ~point)
        for person, relative in _each(select(Kinship.person_id, Kinship.relative_id)):
            self.kin[person].append(relative)

    def compare(self, reach: Reach) -> None:
        """Compare whoever shares something."""
        ways: list[Callable[[], Iterator[tuple[object, int]]]]
        ways = [*(partial(self._keyed, shared) for shared in _SHARED), self._called_otherwise]
        ways += [partial(self._listed, listed) for listed in (self.points, self.kin)]
        for done, way in enumerate(ways, 1):
            for some in _groups(way()):
                self._look(some)
            reach(done, len(ways))

    def _keyed(self, shared: Callable[[_Row], Sequence[str | None]]) -> Iterator[tuple[object, int]]:
        for person, row in self.rows.items():
            key = shared(row)
            if all(key):
                yield key, person

    def _called_otherwise(self) -> Iterator[tuple[object, int]]:
        """Bring together by year of birth who has another name with whom that is the name of."""
        others = {name for row in self.rows.values() for name in row.others}
        for person, row in self.rows.items():
            yield from (((name, row.year), person) for name in (row.words, *row.others) if name in others and row.year)

    def _listed(self, listed: Mapping[int, Sequence[int]]) -> Iterator[tuple[object, int]]:
        return ((key, person) for person, keys in listed.items() for key in keys if person in self.rows)

    def _look(self, people: Sequence[int]) -> None:
        traits = {person: self._traits(person) for person in people}
        for one, other in combinations(sorted(traits), 2):
            if (one, other) not in self.found:
                rarity = rarity_of(self.called[self.rows[one].words], len(self.rows))
                found = evidence(traits[one], traits[other], rarity)
                total = score(found, len(self.rows))
                if total >= POSSIBLE:
                    self.found[one, other] = Double(one, other, round(total * 10), told(found))

    def _traits(self, person: int) -> Traits:
        row, points = self.rows[person], self.points.get(person, ())
        words, numbers = tuple(row.name_key.split()), frozenset(one for one in points if one >= 0)
        about = (row.born, row.gender, row.commune, row.country, row.city)
        reached = (numbers, frozenset(points) - numbers, frozenset(self.kin.get(person, ())))
        return Traits(row.name, words, tuple(row.others), *about, *reached)


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
