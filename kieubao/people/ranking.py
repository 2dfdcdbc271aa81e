"""How well a name fits what was typed: first who is called just so, last who only comes near it."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import chain
from typing import NamedTuple

from kieubao.ground.names import spelled
from kieubao.people.words import name_words

# From the best fit down; those of the turns follow each other, each whole before unfinished.
TO_THE_LETTER, WITHOUT_MARKS, _FIRST_TURN, _ANY_ORDER, _OTHER_NAME, _NEAR = 0, 1, 2, 8, 10, 12


def is_near(rank: int) -> bool:
    """Tell whether a rank is of a name that only comes near."""
    return rank >= 2 * _NEAR


class Named(NamedTuple):
    """A person as people are ranked: by the name, its three turns, and the other names as JSON."""

    id: int
    name: str
    sort_key: str
    name_key: str
    given_key: str
    mid_key: str
    other_names: str

    @property
    def turns(self) -> tuple[str, str, str]:
        return self.name_key, self.given_key, self.mid_key


@dataclass(frozen=True, eq=False)
class Sought:
    """A name as typed, and the folded words of it; the last may be unfinished.

    `instead` are the words one of them may have been meant to be: `meant` says which one.
    """

    typed: str = ""
    words: Sequence[str] = ()
    meant: int = 0
    instead: Sequence[str] = ()

    @cached_property
    def beginning(self) -> str:
        return " ".join(self.words)

    def rank(self, named: Named) -> int:
        """Say how well somebody fits, the less the better: by the words, and among the same by their marks."""
        if not self.instead:
            return 2 * self.fit(named) + (not self._is_spelled(named.name))
        there = {*_words(named)}
        return 2 * (_NEAR + min(self.with_word(one).fit(named) for one in self.instead if one in there))

    def with_word(self, word: str) -> "Sought":
        """Return the name with another word in the place of the one that may be misspelt."""
        return replace(self, words=[*self.words[: self.meant], word, *self.words[self.meant + 1 :]], instead=())

    def fit(self, named: Named) -> int:
        """Say how well the words fit, whatever their marks."""
        begun = self.beginning
        if named.name_key == begun:
            return WITHOUT_MARKS - (self.typed != "" and self._spelled == spelled(named.name))
        for number, key in enumerate(named.turns):
            if key.startswith(begun):
                return _FIRST_TURN + 2 * number + (key[len(begun) : len(begun) + 1] not in {"", " "})
        own = self._is_in(named.name_key.split())
        return _OTHER_NAME + (self._is_in(_words(named)) or 0) if own is None else _ANY_ORDER + own

    def _is_in(self, name: Sequence[str]) -> int | None:
        """Say whether a name has the words, 0; the last unfinished, 1; or not, None."""
        *complete, last = self.words
        if not {*complete} <= {*name}:
            return None
        return 0 if last in name else 1 if any(word.startswith(last) for word in name) else None

    def _is_spelled(self, name: str) -> bool:
        return self.typed.isascii() or {*self._spelled} <= {*spelled(name)}

    @cached_property
    def _spelled(self) -> list[str]:
        return spelled(self.typed)


def _words(named: Named) -> list[str]:
    """Return the words of all names of somebody."""
    return [*chain(named.name_key.split(), *map(name_words, json.loads(named.other_names)))]
