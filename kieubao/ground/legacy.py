"""Vietnamese of before Unicode: texts typed in fonts that drew its letters at the places of Western ones.

Such a text arrives as Western letters: "NguyÔn ThÞ Hßa" (TCVN3, the fonts of ABC) or "Nguyeãn Thò Hoøa" (VNI). The
tables are those of GNU recode 3.6, VNI's upper Ằ and Ắ set right; VPS has no Ỗ. In TCVN3 capitals with a tone come from
a font of capitals, and arrive as small letters.
"""

import json
import re
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Final, NamedTuple
from unicodedata import normalize

ENCODINGS: Final = ("tcvn3", "vni", "vps", "viscii")
_DATA = Path(__file__).parent / "data/legacy_encodings.json"
_WORD = re.compile(r"[^\W\d_]+")
_ONSET = "ngh|ng|nh|n|th|tr|t|ch|c|kh|k|gh|gi|g|ph|p|qu|q|b|d|đ|h|l|m|r|s|v|x"
_VOWELS = "iê|yê|uyê|uyu|uya|uy|uô|uâ|uê|uơ|ươ|oă|oa|oe|oo|ưa|ua|ia|ya|a|ă|â|e|ê|i|o|ô|ơ|u|ư|y"
_CODA = "ch|c|ng|nh|n|m|p|t|iu|i|y|o|u|a"
_SYLLABLE = re.compile(f"(?:{_ONSET})?(?:{_VOWELS})(?:{_CODA})?")
# The five tones, apart from the letters they stand on.
_TONES = re.compile("[\u0300\u0301\u0303\u0309\u0323]")
# Fewer words with marks tell nothing; and so many of them have to be Vietnamese.
_FEWEST, _SURE = 3, 0.85


class Guess(NamedTuple):
    """How a text seems to be written, and how many of its words are Vietnamese then: 0 to 1."""

    encoding: str
    confidence: float


def decode(text: str, encoding: str) -> str:
    """Return a text that was typed in an old encoding; what is no letter of it stays.

    >>> decode("NguyÔn ThÞ Hßa", "tcvn3"), decode("Nguyeãn Thò Hoøa", "vni")
    ('Nguyễn Thị Hòa', 'Nguyễn Thị Hòa')
    """
    letters, pattern = _table(encoding)
    return pattern.sub(lambda found: letters[found[0]], "".join(map(_western, text)))


def guess(texts: Iterable[str]) -> Guess | None:
    """Return the old encoding that texts seem to be in; None where they are Vietnamese as they are, or too few."""
    # A letter may stand at the place of a sign, so words are parted where blanks are.
    written = " ".join({word for text in texts for word in "".join(map(_western, text)).split() if not word.isascii()})
    if len(written.split()) < _FEWEST:
        return None
    scores = {encoding: _vietnamese(decode(written, encoding)) for encoding in ENCODINGS}
    best = max(ENCODINGS, key=lambda encoding: scores[encoding])
    is_better = scores[best] > _vietnamese(written)
    return Guess(best, scores[best]) if is_better and scores[best] >= _SURE else None


def is_syllable(word: str) -> bool:
    """Tell whether a word could be one of Vietnamese: its sounds in their order, and one tone at most."""
    bare, tones = _TONES.subn("", normalize("NFD", word.lower()))
    return tones <= 1 and _SYLLABLE.fullmatch(normalize("NFC", bare)) is not None


def _vietnamese(text: str) -> float:
    """Return how many of the words with marks are Vietnamese."""
    words = [word for word in _WORD.findall(text) if not word.isascii()]
    return sum(map(is_syllable, words)) / len(words) if words else 0


def _western(char: str) -> str:
    """Return the letter at the place of a byte, as Latin-1 has it: spreadsheets know some by their Windows names."""
    if char <= "\xff":
        return char
    byte = char.encode("cp1252", "ignore")
    return byte.decode("latin-1") if byte else char


@cache
def _table(encoding: str) -> tuple[Mapping[str, str], re.Pattern[str]]:
    places: Mapping[str, str] = json.loads(_DATA.read_text("utf-8"))[encoding]
    letters = {bytes.fromhex(place).decode("latin-1"): letter for letter, place in places.items()}
    longest_first = sorted(letters, key=len, reverse=True)
    return letters, re.compile("|".join(map(re.escape, longest_first)))
