"""Names as they are misspelt: one letter wrong, missing or doubled, or two in turn; with marks and without."""

import random
from collections.abc import Callable

from kieubao.ground.text import fold

# What lies next to each letter on the keys, a to z.
_BESIDE = "sz vn xv sf wr dg fh gj uo hk jl ko nk bm ip ol wa et ad ry yi cb qe zc tu xs".split()  # noqa: SIM905 - a keyboard
_NEXT = dict(zip("abcdefghijklmnopqrstuvwxyz", _BESIDE, strict=True))


def _wrong(chance: random.Random, word: str, place: int) -> str:
    return word[:place] + chance.choice(_NEXT[word[place]]) + word[place + 1 :]


def _missing(chance: random.Random, word: str, place: int) -> str:
    return word[:place] + word[place + 1 :]


def _doubled(chance: random.Random, word: str, place: int) -> str:
    return word[: place + 1] + word[place:]


def _swapped(chance: random.Random, word: str, place: int) -> str:
    return word[:place] + word[place : place + 2][::-1] + word[place + 2 :]


_SLIPS: tuple[Callable[[random.Random, str, int], str], ...] = (_wrong, _missing, _doubled, _swapped)


def misspelt(chance: random.Random, name: str) -> str:
    """Return a name with one slip in one of its words, the others as they are; initials are never misspelt."""
    words = name.split()
    long = [number for number, word in enumerate(words) if len(fold(word)) > 1]
    if not long:
        return name
    number = chance.choice(long)
    word = fold(words[number]).replace(" ", "")
    while (slip := chance.choice(_SLIPS)(chance, word, chance.randrange(len(word)))) == word:
        pass
    return " ".join([*words[:number], slip, *words[number + 1 :]])
