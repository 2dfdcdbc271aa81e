"""How far two records seem to be of one person: each thing they share or differ in is evidence, in bits.

After Fellegi and Sunter (1969): a field that agrees weighs the more, the rarer it is that two people agree in it by
chance; one that differs weighs against, the more seldom one person's records do. Weights are powers of two, so that
they add up: ten more are a thousand times likelier. Nothing here decides; a clerk does.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from math import log2
from typing import Any, NamedTuple

from rapidfuzz.distance import OSA, JaroWinkler

# From here on two records are likely to be of one person; from here on it is worth a look.
LIKELY, POSSIBLE = 3.0, -5.0
_FEWEST = 1_000
_NEAR = 0.93
_DAY = 10


class Reason(StrEnum):
    """What two records share, or differ in."""

    SAME_NAME = "same_name"
    SAME_UNMARKED_NAME = "same_unmarked_name"
    SAME_WORDS = "same_words"
    FEWER_WORDS = "fewer_words"
    OTHER_NAME_SHARED = "other_name_shared"
    NEAR_NAME = "near_name"
    OTHER_NAME = "other_name"
    SAME_BIRTH = "same_birth"
    SAME_BIRTH_YEAR = "same_birth_year"
    TURNED_BIRTH = "turned_birth"
    OTHER_BIRTH_DAY = "other_birth_day"
    OTHER_BIRTH_YEAR = "other_birth_year"
    SAME_NUMBER = "same_number"
    SAME_EMAIL = "same_email"
    OTHER_NUMBER = "other_number"
    OTHER_EMAIL = "other_email"
    SAME_COMMUNE = "same_commune"
    OTHER_COMMUNE = "other_commune"
    SAME_COUNTRY = "same_country"
    SAME_PLACE = "same_place"
    OTHER_PLACE = "other_place"
    OTHER_COUNTRY = "other_country"
    SAME_KIN = "same_kin"
    SAME_GENDER = "same_gender"
    OTHER_GENDER = "other_gender"


class Evidence(NamedTuple):
    """One reason, and what it weighs in bits."""

    reason: Reason
    bits: float


# By how much of a birth is known: the day, or the month.
_SAME_BIRTHS = {10: Evidence(Reason.SAME_BIRTH, 14.0), 7: Evidence(Reason.SAME_BIRTH, 9.0)}
_NOTHING = Evidence(Reason.OTHER_NAME, 0.0)


@dataclass(frozen=True, slots=True)
class Traits:
    """What of a record is compared.

    `spelt` is the name as it is written, `words` are its words, folded; `others` are other names, folded, the words of
    each in alphabetical order. `born` is EDTF; numbers and addresses are given as whatever is equal where they are.
    """

    spelt: str
    words: tuple[str, ...]
    others: tuple[str, ...] = ()
    born: str | None = None
    gender: str | None = None
    commune: str | None = None
    country: str | None = None
    city: str | None = None
    numbers: frozenset[object] = field(default_factory=frozenset)
    emails: frozenset[object] = field(default_factory=frozenset)
    kin: frozenset[int] = field(default_factory=frozenset)


def evidence(one: Traits, other: Traits, rarity: float) -> list[Evidence]:
    """Return what speaks for and against two records being of one person.

    `rarity`: how many bits it tells that somebody is called so, as `rarity_of` counts it.
    """
    found = [_name(one, other, rarity), *_births(one.born or "", other.born or ""), *_shared(one, other)]
    return [each for each in found if each.bits]


def score(found: Sequence[Evidence], people: int) -> float:
    """Return by how many bits it is likelier that two records, of so many, are of one person than of two.

    Among more people more share anything by chance: before anything is known, one in ten has a second record. One
    that holds few people is of a province all the same.
    """
    return sum(one.bits for one in found) - log2(max(people, _FEWEST) * 10)


def rarity_of(called_so: int, people: int) -> float:
    """Return how many bits a name tells that so many of so many people have.

    >>> rarity_of(8, 1024), rarity_of(1, 1024)
    (7.0, 9.0)
    """
    # One who is called so may be the one who was counted: a name that was met once is not that rare.
    return log2(max(people, 2) / max(called_so, 2))


def _name(one: Traits, other: Traits, rarity: float) -> Evidence:
    if one.words == other.words:
        same = one.spelt.casefold() == other.spelt.casefold()
        return Evidence(Reason.SAME_NAME if same else Reason.SAME_UNMARKED_NAME, rarity)
    left, right = (" ".join(sorted(each.words)) for each in (one, other))
    if left == right:
        return Evidence(Reason.SAME_WORDS, rarity - 1)
    if (one.others or other.others) and {left, *one.others} & {right, *other.others}:
        return Evidence(Reason.OTHER_NAME_SHARED, 8.0)
    return _near(one.words, other.words, left, right)


def _near(one: Sequence[str], other: Sequence[str], left: str, right: str) -> Evidence:
    """Tell of names that are not the same whether one has words of the other, or is written nearly like it."""
    few, many = sorted(({*one}, {*other}), key=len)
    if len(few) > 1 and few <= many:
        return Evidence(Reason.FEWER_WORDS, 7.0)
    if OSA.distance(left, right, score_cutoff=2) <= 2 and JaroWinkler.similarity(left, right) >= _NEAR:  # noqa: PLR2004
        return Evidence(Reason.NEAR_NAME, 9.0)
    # A name that is used abroad keeps the family's, as a rule.
    return Evidence(Reason.OTHER_NAME, -2.0 if few & many else -8.0)


def _births(one: str, other: str) -> Iterator[Evidence]:
    """Compare births, which are a day, a month or a year; where one is not known nothing is told."""
    if not (one and other) or "/" in one + other:
        return
    if one[:4] != other[:4]:
        yield Evidence(Reason.OTHER_BIRTH_YEAR, 2.0 if _slipped(one, other) else -7.0)
    elif one == other:
        yield _SAME_BIRTHS.get(len(one), Evidence(Reason.SAME_BIRTH_YEAR, 5.5))
    elif len(one) == len(other) == _DAY:
        turned = one[5:7] == other[8:] and one[8:] == other[5:7]
        slip = 4.0 if _slipped(one, other) else -4.0
        yield Evidence(Reason.TURNED_BIRTH, 9.0) if turned else Evidence(Reason.OTHER_BIRTH_DAY, slip)
    else:
        yield Evidence(Reason.SAME_BIRTH_YEAR, 5.5)


def _slipped(one: str, other: str) -> bool:
    return len(one) == len(other) == _DAY and OSA.distance(one, other) == 1


def _shared(one: Traits, other: Traits) -> Iterator[Evidence]:
    yield _any_of(one.numbers, other.numbers, Evidence(Reason.SAME_NUMBER, 12.0), Evidence(Reason.OTHER_NUMBER, -3.5))
    yield _any_of(one.emails, other.emails, Evidence(Reason.SAME_EMAIL, 14.0), Evidence(Reason.OTHER_EMAIL, -3.0))
    yield _any_of(one.kin, other.kin, Evidence(Reason.SAME_KIN, 6.0), _NOTHING)
    yield _either(one.commune, other.commune, Evidence(Reason.SAME_COMMUNE, 6.5), Evidence(Reason.OTHER_COMMUNE, -4.0))
    yield _either(one.country, other.country, Evidence(Reason.SAME_COUNTRY, 1.5), Evidence(Reason.OTHER_COUNTRY, -4.0))
    if one.country == other.country:
        yield _either(one.city, other.city, Evidence(Reason.SAME_PLACE, 2.0), Evidence(Reason.OTHER_PLACE, -2.5))
    yield _either(one.gender, other.gender, Evidence(Reason.SAME_GENDER, 1.0), Evidence(Reason.OTHER_GENDER, -6.0))


def _either(one: str | None, other: str | None, same: Evidence, differs: Evidence) -> Evidence:
    """Return what it tells that two values are the same, or differ; nothing where one of them is not known."""
    if not (one and other):
        return _NOTHING
    return same if one == other else differs


def _any_of(one: frozenset[Any], other: frozenset[Any], shared: Evidence, none: Evidence) -> Evidence:
    """Return what it tells that one of several is shared, or that none is though both have some."""
    if not (one and other):
        return _NOTHING
    return shared if one & other else none
