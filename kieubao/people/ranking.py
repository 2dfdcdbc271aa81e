"""How well a name fits what was typed: first who is called just so, last who only comes near it."""

import json
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import chain, starmap, zip_longest
from operator import attrgetter
from typing import Any, NamedTuple

from kieubao.ground.names import Spelled, spelled
from kieubao.ground.text import clean, fold
from kieubao.people.words import name_words

# From the best fit down; the three turns of a name follow each other. Words that are whole come before one that is
# only begun so, and a person's name before the other names.
_TO_THE_LETTER, _WITHOUT_MARKS, _TURN, _ANY_ORDER = 0, 1, 2, 5
_TURN_BEGUN, _ANY_ORDER_BEGUN, _OTHER_NAME, _ONCE, _NEAR = 6, 9, 10, 12, 26
_MOST_WORDS = 8
# No longer than what the documents say of how a word begins.
_SHORTENED = re.compile(r"([^\W\d_]{1,3})\.")


class Named(NamedTuple):
    """A person as people are ranked: by the name, its words, and the other names as JSON."""

    id: int
    name: str
    sort_key: str
    name_key: str
    other_names: str

    @property
    def turns(self) -> tuple[str, str, str]:
        """Return the words as they are, the last of them first, and the first last: as the keys are."""
        words = self.name_key.split()
        return self.name_key, " ".join(words[-1:] + words[:-1]), " ".join(words[1:] + words[:1])


@dataclass(frozen=True, eq=False)
class Sought:
    """A name as typed, and its folded words: the last may be unfinished, and those in `short` stand for longer ones.

    `instead` are the words one of them may have been meant to be: `meant` says which one.
    """

    typed: str = ""
    words: Sequence[str] = ()
    short: frozenset[str] = frozenset()
    meant: int = 0
    instead: Sequence[str] = ()

    @classmethod
    def read(cls, text: str) -> "Sought":
        """Read a name. Initials, and what is cut short with a point (Ng. V. Tuấn), stand for words that begin so."""
        typed = clean(text).casefold()
        words = name_words(typed)[:_MOST_WORDS]
        cut = {fold(word) for word in _SHORTENED.findall(typed)}
        initials = {word for word in words[:-1] if len(word) == 1}
        return cls(typed, words, frozenset(initials | cut.intersection(words)))

    @cached_property
    def beginning(self) -> str:
        return " ".join(self.words)

    def without(self, place: int) -> list[str]:
        """Return the words but one."""
        return [*self.words[:place], *self.words[place + 1 :]]

    def rank(self, named: Named) -> int | None:
        """Say how well somebody fits, the less the better: by the words, and among the same by their marks.

        None where initials find no words of their own: the index knows not of two that begin alike.
        """
        fit = self.fit(named)
        if fit is None and self.short:
            return None
        return 2 * (_ONCE if fit is None else fit) + (not self._is_spelled(named.name))

    def near(self, named: Named) -> int | None:
        """Say how well somebody fits with a word in the place of the one that may be misspelt; None as in `fit`."""
        there = {*_words(named)}
        fits = (self.with_word(one).fit(named) for one in self.instead if one in there)
        return min((fit for fit in fits if fit is not None), default=None)

    def with_word(self, word: str) -> "Sought":
        """Return the name with another word in the place of the one that may be misspelt."""
        return replace(self, words=[*self.words[: self.meant], word, *self.words[self.meant + 1 :]], instead=())

    def fit(self, named: Named) -> int | None:
        """Say how well the words fit, whatever their marks; None where a word that was typed twice is there once."""
        if not self.words:
            return _TURN
        if named.name_key == self.beginning:
            return _TO_THE_LETTER if self._spelled == spelled(named.name) else _WITHOUT_MARKS
        turns = [self._leads(key) for key in named.turns]
        own = None if 0 in turns else self._is_in(named.name_key.split())
        ways = ((turns, 0, _TURN), ([own], 0, _ANY_ORDER), (turns, 1, _TURN_BEGUN), ([own], 1, _ANY_ORDER_BEGUN))
        for found, begun, rank in ways:
            if begun in found:
                return rank + found.index(begun)
        other = self._is_in(_words(named))
        return None if other is None else _OTHER_NAME + other

    def _leads(self, key: str) -> int | None:
        """Say whether a key begins with the words, 0; the last of them unfinished, 1; or not, None."""
        if not self.short:
            begun = self.beginning
            return int(key[len(begun) : len(begun) + 1] not in {"", " "}) if key.startswith(begun) else None
        there = key.split()[: len(self.words)]
        stand = [self._stands_for(*two) for two in zip(self.words, there, strict=False)]
        return None if len(there) < len(self.words) or not all(stand[:-1]) else self._last(there[-1])

    def _is_in(self, name: Sequence[str]) -> int | None:
        """Say whether a name has the words, in any order; as `_leads`."""
        left = [*name]
        for word in sorted(self.words[:-1], key=self.short.__contains__):
            found = next((one for one in left if self._stands_for(word, one)), None)
            if found is None:
                return None
            left.remove(found)
        return min((fit for fit in map(self._last, left) if fit is not None), default=None)

    def _stands_for(self, word: str, other: str) -> bool:
        return word == other or (word in self.short and other.startswith(word))

    def _last(self, other: str) -> int | None:
        last = self.words[-1]
        return 0 if self._stands_for(last, other) else 1 if other.startswith(last) else None

    def _is_spelled(self, name: str) -> bool:
        """Tell whether the words have the marks that were typed, if any were."""
        if self.typed.isascii() or self._written.issubset(name.casefold().split()):
            return True
        *complete, last = self._spelled or [Spelled("", "")]
        there = spelled(name)
        return {*complete} <= {*there} and any(last.begins(one) for one in there)

    @cached_property
    def _written(self) -> frozenset[str]:
        return frozenset(self.typed.split())

    @cached_property
    def _spelled(self) -> list[Spelled]:
        return spelled(self.typed)


def in_order(name: Sought, rows: Iterable[Iterable[Any]]) -> Iterator[tuple[int, str, int]]:
    """Give the places of people, to be sorted: how well they fit, then as they stand in a class list."""
    known: dict[tuple[str, str], int | None] = {}
    for row in rows:
        person_id, written, sort_key, _words, others = row
        # A thousand people have a few names among them.
        if (written, others) not in known:
            known[written, others] = name.rank(Named(*row))
        if (rank := known[written, others]) is not None:
            yield rank, sort_key, person_id


def in_turn(found: Iterable[tuple[Sought, Iterable[Iterable[Any]]]]) -> Iterator[tuple[int, str, int]]:
    """Give the places of people whose names come near, in their order: of every such name one, then a second of each.

    The best fit and the commonest name first: that is whom a slip of a letter most often hides.
    """
    called: dict[str, dict[int, Named]] = defaultdict(dict)
    fits: dict[str, int] = {}
    for name, rows in found:
        for one in starmap(Named, rows):
            if one.name_key not in fits and (fit := name.near(one)) is not None:
                fits[one.name_key] = fit
            if one.name_key in fits:
                called[one.name_key][one.id] = one
    best = sorted(called, key=lambda key: (fits[key], -len(called[key]), key))
    rounds = enumerate(zip_longest(*(sorted(called[key].values(), key=attrgetter("sort_key", "id")) for key in best)))
    return ((_NEAR + turn, f"{place:05}", one.id) for turn, some in rounds for place, one in enumerate(some) if one)


def _words(named: Named) -> list[str]:
    """Return the words of all names of somebody."""
    return [*chain(named.name_key.split(), *map(name_words, json.loads(named.other_names)))]
