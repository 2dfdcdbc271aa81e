"""Provinces, districts and communes as of 2024 and of 2025, what became of each, and which one a clerk means.

On 1/7/2025 districts ended and communes were merged and split, and codes were used again: a unit is its epoch
(2024 or 2025) and its code, never its code alone. The tables and their source: data/README.md.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from sys import intern
from typing import NamedTuple
from unicodedata import normalize

from kieubao.ground.errors import Invalid, _
from kieubao.ground.text import clean, fold

OLD, CURRENT = 2024, 2025
# The length of a code says its level.
PROVINCE, DISTRICT, COMMUNE = 2, 3, 5

_DATA = Path(__file__).parent / "data"
_WORD = re.compile(r"[^\W\d_]+|\d+")


@dataclass(frozen=True, slots=True)
class Unit:
    """A province, district or commune of one epoch; `name` is without the kind, `parent` a code of the same epoch."""

    epoch: int
    code: str
    kind: str
    name: str
    parent: str | None

    @property
    def full_name(self) -> str:
        return f"{self.kind.capitalize()} {self.name}"

    @property
    def key(self) -> str:
        """What to store: "2025:18673"."""
        return f"{self.epoch}:{self.code}"


@dataclass(frozen=True, slots=True)
class Located:
    """The one unit a text names, or none and the units a person could choose from."""

    unit: Unit | None
    candidates: tuple[Unit, ...]

    @property
    def sure(self) -> bool:
        return self.unit is not None


def unit(epoch: int, code: str) -> Unit:
    """Return the unit; raise Invalid for a code its epoch does not have."""
    found = _units().get((epoch, code))
    if found is None:
        raise Invalid(
            _("There is no unit %(code)s in the list of %(epoch)s; choose one from the list"),
            code=code,
            epoch=epoch,
        )
    return found


def keyed(key: str) -> Unit:
    """Return the unit of a stored key such as "2025:18673"; raise Invalid for any other text."""
    epoch, _colon, code = key.partition(":")
    return unit(int(epoch) if epoch.isdecimal() else 0, code)


def province(code: str) -> Unit:
    """Return the current province of a two-digit code such as "42"; raise Invalid when there is none."""
    found = unit(CURRENT, code)
    if len(code) != PROVINCE:
        raise Invalid(_("%(code)s is not a province; give one of the 34 two-digit codes"), code=code)
    return found


def provinces() -> tuple[Unit, ...]:
    """Return the 34 current provinces by code."""
    return tuple(place for place in _units().values() if place.epoch == CURRENT and not place.parent)


def communes(province_code: str) -> tuple[Unit, ...]:
    """Return the current communes of a current province in the order of their names."""
    return tuple(sorted(_children()[province(province_code).key], key=_by_name))


def province_of(place: Unit) -> Unit:
    """Return the province of the same epoch it lies in; a province is its own."""
    while place.parent:
        place = unit(place.epoch, place.parent)
    return place


def path(place: Unit) -> str:
    """Return "Xã Kỳ Lợi, thị xã Kỳ Anh, tỉnh Hà Tĩnh"."""
    names, above = [place.full_name], place
    while above.parent:
        above = unit(above.epoch, above.parent)
        names.append(f"{above.kind} {above.name}")
    return ", ".join(names)


def successors(place: Unit) -> tuple[Unit, ...]:
    """Return the current units it went into: one, or several when it was split; itself when current.

    A district went into none: its communes did.
    """
    return (place,) if place.epoch == CURRENT else tuple(unit(CURRENT, code) for code in _after()[place.code])


def current(place: Unit) -> Unit | None:
    """Return the only unit it is today, or None when a person has to decide."""
    after = successors(place)
    return after[0] if len(after) == 1 else None


def predecessors(place: Unit) -> tuple[Unit, ...]:
    """Return the old units that went into a current one, wholly or in part."""
    return tuple(unit(OLD, code) for code in _before()[place.code]) if place.epoch == CURRENT else ()


def search_units(text: str, province_code: str, limit: int = 20) -> tuple[Unit, ...]:
    """Return communes, current ones first, whose name or full name begins like the text, marks and case aside."""
    sought = _key(text)
    found = (place for *keys, place in _catalogue(province_code) if any(key.startswith(sought) for key in keys))
    return tuple(place for place, _n in zip(found, range(limit), strict=False))


def locate(text: str, province_code: str) -> Located:
    """Read a home place as clerks write it ("P. Thành Sen", "Kỳ Lợi, TX Kỳ Anh"), smallest unit first.

    `province_code` is the current province whose natives they are. It is sure only when one unit fits: the kind must
    match where it is written, a district means 2024, and a name that both epochs have is the current unit only if the
    old one, of the same kind, became just that. Anything else leaves no unit and the candidates.
    """
    named, words = _named(province_code), _words(text)
    fits = _closest(list(_fits(words, named)), marked=not text.isascii())
    chosen = None if _larger(words, named) else _sole(fits)
    if chosen:
        return Located(chosen, (chosen,))
    return Located(None, tuple(sorted(fits or _resembling(words, named), key=_newest_first)))


class _Word(NamedTuple):
    key: str  # as it is looked for
    spelling: str  # with its marks, wherever they were placed


class _Fit(NamedTuple):
    place: Unit
    proper: bool  # no kind is written, or the right one
    likeness: int  # 2 the same marks, 1 marks left out, 0 other marks


_Words = tuple[_Word, ...]
_Named = dict[str, tuple[Unit, ...]]


def _words(text: str) -> _Words:
    # Kì Anh and Kỳ Anh, Qui and Quy are one name.
    spelled = [word.replace("y", "i") for word in _WORD.findall(_plain_y(clean(text).casefold()))]
    return tuple(_Word(fold(word).lstrip("0"), "".join(sorted(normalize("NFD", word)))) for word in spelled)


def _plain_y(text: str) -> str:
    return normalize("NFC", normalize("NFD", text).replace("y", "i"))


def _key(words: str | Iterable[_Word]) -> str:
    return " ".join(word.key for word in (_words(words) if isinstance(words, str) else words))


_KINDS = {
    _key(written): kind
    for kind, ways in {
        "": ("",),
        "tỉnh": ("tỉnh", "t"),
        "thành phố": ("thành phố", "tp", "t p"),
        "huyện": ("huyện", "h", "huyện đảo"),
        "quận": ("quận", "q"),
        "thị xã": ("thị xã", "tx", "t x"),
        "xã": ("xã", "x"),
        "phường": ("phường", "p", "f"),
        "thị trấn": ("thị trấn", "tt", "t t"),
        "đặc khu": ("đặc khu", "đk"),
    }.items()
    for written in ways
}
_LONGEST_KIND = 2


def _fits(words: _Words, named: _Named) -> Iterator[_Fit]:
    for end in range(1, len(words) + 1):
        for fit in _called(words[:end], named, COMMUNE):
            if fit.proper and _lies_in(fit.place, words[end:], named):
                yield fit


def _called(words: _Words, named: _Named, level: int) -> Iterator[_Fit]:
    for start in range(_LONGEST_KIND + 1):
        kind, name = _KINDS.get(_key(words[:start])), words[start:]
        for place in named.get(_key(name), ()) if kind is not None else ():
            if len(place.code) == level:
                yield _Fit(place, kind in ("", place.kind), _likeness(name, _words(place.name)))


def _likeness(typed: _Words, name: _Words) -> int:
    pairs = list(zip(typed, name, strict=True))
    if all(word.spelling == right.spelling for word, right in pairs):
        return 2
    return int(all(word.spelling in (right.spelling, "".join(sorted(word.key))) for word, right in pairs))


def _lies_in(place: Unit, words: _Words, named: _Named) -> bool:
    home = province_of(place)
    above = {place.parent, home.key, *(after.key for after in successors(home))}
    return any(
        _names(words[:end], named, DISTRICT, above) and _names(words[end:], named, PROVINCE, above)
        for end in range(len(words) + 1)
    )


def _names(words: _Words, named: _Named, level: int, among: set[str | None]) -> bool:
    found = (fit.place for fit in _called(words, named, level) if fit.proper)
    return not words or any((place.code if level == DISTRICT else place.key) in among for place in found)


def _larger(words: _Words, named: _Named) -> bool:
    """Say whether the whole text could be read as a district or a province."""
    anywhere: set[str | None] = {place.code for places in named.values() for place in places}
    anywhere |= {place.key for places in named.values() for place in places}
    return any(
        _names(words[:end], named, DISTRICT, anywhere) and _names(words[end:], named, PROVINCE, anywhere)
        for end in range(len(words) + 1)
    )
