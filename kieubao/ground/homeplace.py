"""Which commune a home place names: `locate` reads what clerks write, `search_units` offers a choice."""

import re
from collections.abc import Container, Iterable, Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import islice
from typing import NamedTuple
from unicodedata import normalize

from kieubao.ground.places import (
    COMMUNE,
    DISTRICT,
    PROVINCE,
    Unit,
    by_name,
    current,
    natives,
    province_of,
    successors,
)
from kieubao.ground.text import clean, fold

_WORD = re.compile(r"[^\W\d_]+|\d+")
# So many home places are kept as they were read: of an office's file most rows name one that a row above named.
_READ = 2_000
# A home has a house, a hamlet, a commune, a district and a province; what stands before that tells no place.
_MOST_PARTS = 8


@dataclass(frozen=True, slots=True)
class Located:
    """The one unit a text names, or none and the units a person could choose from."""

    unit: Unit | None
    candidates: tuple[Unit, ...]

    @property
    def sure(self) -> bool:
        return self.unit is not None


def search_units(text: str, province_code: str, limit: int = 20) -> tuple[Unit, ...]:
    """Return communes, current ones first, whose name or full name begins like the text."""
    sought = _key(text)
    found = (place for *keys, place in _catalogue(province_code) if any(key.startswith(sought) for key in keys))
    return tuple(islice(found, limit))


@lru_cache(_READ)
def locate(text: str, province_code: str) -> Located:
    """Read a home place as clerks write it ("P. Thành Sen", "Kỳ Lợi, TX Kỳ Anh"), smallest unit first.

    `province_code` is the current province whose natives they are. It is sure only when one unit fits: the
    kind must match where it is written, a district means 2024, and a name both epochs have is the current
    unit only if the old one, of the same kind, became just that. Otherwise a person chooses a candidate.
    """
    named, words = _named(province_code), _words(text)
    fits = _closest(list(_fits(words, named)), marked=not text.isascii())
    chosen = None if _larger(words, named, None) else _sole(fits)
    if chosen:
        return Located(chosen, (chosen,))
    return Located(None, tuple(sorted(fits or _resembling(words, named), key=_newest_first)))


def choices(text: str | None, unit: Unit | None, province_code: str) -> tuple[Unit, ...]:
    """Return the communes of today that a home which is not settled may lie in.

    They are what its unit went into; where no commune follows from that, what the text could mean, if need be
    without its first parts, which may name a hamlet.
    """
    found = _communes([unit] if unit else [])
    parts = (text or "").split(",")[-_MOST_PARTS:]
    for start in range(len(parts)):
        found = found or _communes(locate(",".join(parts[start:]), province_code).candidates)
    return found


def reading(text: str) -> str:
    """Return what a home place reads like, however it is written: marks, case, spaces, y or i, P. 1 or P. 01.

    >>> reading("XÃ  Kì-Lợi") == reading("xa Ky Loi")
    True
    """
    return _key(text)


class _Word(NamedTuple):
    key: str  # as it is looked for
    spelling: str  # with its marks, wherever they were placed


class _Fit(NamedTuple):
    place: Unit
    likeness: int  # 2 the same marks, 1 marks left out, 0 other marks
    proper: bool  # none of its marks is wrong, nor its kind where one is written


_Words = tuple[_Word, ...]
_Named = dict[str, tuple[Unit, ...]]


def _words(text: str) -> _Words:
    # Kì Anh and Kỳ Anh, Qui and Quy are one name.
    spelled = normalize("NFC", normalize("NFD", clean(text).casefold()).replace("y", "i"))
    words = (word.lstrip("0") for word in _WORD.findall(spelled))  # P. 01 is P. 1
    return tuple(_Word(fold(word), _letters(word)) for word in words)


def _letters(word: str) -> str:
    return "".join(sorted(normalize("NFD", word)))


def _key(words: str | _Words) -> str:
    return " ".join(word.key for word in (_words(words) if isinstance(words, str) else words))


_KINDS = {
    _key(written): kind
    for kind, ways in {
        "": ("",),
        "tỉnh": ("tỉnh", "t"),
        "thành phố": ("thành phố", "tp", "t.p"),
        "huyện": ("huyện", "h", "huyện đảo"),
        "quận": ("quận", "q"),
        "thị xã": ("thị xã", "tx", "t.x"),
        "xã": ("xã", "x"),
        "phường": ("phường", "p", "f"),
        "thị trấn": ("thị trấn", "tt", "t.t"),
        "đặc khu": ("đặc khu", "đk"),
    }.items()
    for written in ways
}
_LONGEST_KIND = 2


def _fits(words: _Words, named: _Named) -> Iterator[_Fit]:
    for end in range(1, len(words) + 1):
        for fit in _called(words[:end], named, COMMUNE):
            if fit.proper and _larger(words[end:], named, _above(fit.place)):
                yield fit


def _called(words: _Words, named: _Named, level: int) -> Iterator[_Fit]:
    for start in range(_LONGEST_KIND + 1):
        kind, name = _KINDS.get(_key(words[:start])), words[start:]
        for place in named.get(_key(name), ()) if kind is not None else ():
            if len(place.code) == level:
                likeness = _likeness(name, _words(place.name))
                yield _Fit(place, likeness, likeness > 0 and kind in {"", place.kind})


def _likeness(typed: _Words, name: _Words) -> int:
    if typed == name:
        return 2
    return int(
        all(word.spelling in {right.spelling, _letters(word.key)} for word, right in zip(typed, name, strict=True))
    )


def _above(place: Unit) -> set[str]:
    home = province_of(place)
    return {f"{place.epoch}:{place.parent}", home.key, *(after.key for after in successors(home))}


def _larger(words: _Words, named: _Named, among: Container[str] | None) -> bool:
    """Say whether the words are nothing but a district, a province or both (of those among)."""
    return any(
        _is(words[:end], named, DISTRICT, among) and _is(words[end:], named, PROVINCE, among)
        for end in range(len(words) + 1)
    )


def _is(words: _Words, named: _Named, level: int, among: Container[str] | None) -> bool:
    return not words or any(
        fit.proper and (among is None or fit.place.key in among) for fit in _called(words, named, level)
    )


def _closest(fits: list[_Fit], *, marked: bool) -> tuple[Unit, ...]:
    # In a text typed with marks a name without them is meant as it stands.
    exact = [fit for fit in fits if marked and fit.likeness > 1]
    return tuple({fit.place: None for fit in exact or fits})


def _sole(places: tuple[Unit, ...]) -> Unit | None:
    after = {current(place) for place in places}
    one = after.pop() if len(after) == 1 else None
    same = len({(place.kind, place.name) for place in places}) == 1
    return places[0] if len(places) == 1 else one if same and one in places else None


def _resembling(words: _Words, named: _Named) -> set[Unit]:
    """Find the units with the longest name the text begins with, of any kind, with other marks if need be."""
    found = (
        {fit.place for fit in _called(words[:end], named, COMMUNE) if fit.likeness >= least}
        for least in (1, 0)
        for end in range(len(words), 0, -1)
    )
    return next(filter(None, found), set())


def _communes(units: Iterable[Unit]) -> tuple[Unit, ...]:
    after = (one for place in units for one in successors(place) if len(one.code) == COMMUNE)
    return tuple(dict.fromkeys(after))


def _newest_first(place: Unit) -> tuple[int, str, str, str]:
    return -place.epoch, *by_name(place), place.code


@cache
def _named(province_code: str) -> _Named:
    named: dict[str, tuple[Unit, ...]] = {}
    for place in natives(province_code):
        named[_key(place.name)] = (*named.get(_key(place.name), ()), place)
    return named


@cache
def _catalogue(province_code: str) -> tuple[tuple[str, str, Unit], ...]:
    found = sorted((place for place in natives(province_code) if len(place.code) == COMMUNE), key=_newest_first)
    return tuple((_key(place.name), _key(place.full_name), place) for place in found)
